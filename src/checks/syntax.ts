// Measures the languages that tree-sitter reads. The tables are loaded with it, so import this lazily.
import type { LanguageName } from '../policy/language-name.ts';
import { c } from './language-c.ts';
import { go } from './language-go.ts';
import { java } from './language-java.ts';
import { python } from './language-python.ts';
import { rust } from './language-rust.ts';
import type { SyntaxLanguage } from './syntax-language.ts';
import { SyntaxTree } from './syntax-tree.ts';
import type { ParserOf } from './syntax-tree.ts';
import { unitsIn } from './syntax-units.ts';
import type { Analysis } from './unit.ts';

export type SyntaxLanguageName = Exclude<LanguageName, 'typescript'>;

const tables: Readonly<Record<SyntaxLanguageName, SyntaxLanguage>> = {
  ...{ python, go, java, rust, c },
  cpp: c,
};

/** The preprocessor may make sense of what the grammar does not. */
const withMacros: ReadonlySet<SyntaxLanguageName> = new Set(['c', 'cpp']);

/**
 * Every function of a text in source order, an outer one before its inner ones; `text` may carry a byte order mark.
 * Offsets count from behind it, in UTF-16 units. Ask for files of at most `bytesMaxOf` bytes. A file with a syntax
 * error is answered with its first one. Rejects with a Fault where the grammar cannot be loaded.
 */
export async function analyseSyntax(
  name: SyntaxLanguageName,
  text: string,
  parserOf: ParserOf,
): Promise<Analysis> {
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const language = tables[name];
  const parsed = (await parserOf(language.grammar))(clean);
  if (!parsed.ok) {
    const { error } = parsed;
    return withMacros.has(name)
      ? { ...parsed, error: `${error.replace(/\.$/, '')}; macros are not expanded.` }
      : parsed;
  }
  return { ok: true, units: unitsIn(language, new SyntaxTree(clean, parsed.nodes)) };
}
