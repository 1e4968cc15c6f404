// Measures a file in whatever language its path says: TypeScript by its own parser, the others by tree-sitter.
import type { LanguageName } from '../policy/language-name.ts';
import { languageOf } from './language.ts';
import type { ParserOf } from './syntax-tree.ts';
import type { Analysis } from './unit.ts';

interface Asked {
  readonly parserOf: ParserOf;
  /** Adds what the check `rules` looks for, in JavaScript and TypeScript. */
  readonly withTraits?: boolean;
}

/**
 * Every unit of a file in source order; `path` chooses the language and is not read. What no language owns is taken
 * for JavaScript or TypeScript. A syntax error is an answer; rejects only where a grammar cannot be loaded.
 */
export async function analyseFile(path: string, text: string, asked: Asked): Promise<Analysis> {
  const language = languageOf(path) ?? 'typescript';
  if (language === 'typescript') {
    const { analyse } = await import('./typescript.ts');
    return analyse(path, text, { withTraits: asked.withTraits === true });
  }
  const { analyseSyntax } = await import('./syntax.ts');
  return analyseSyntax(language, text, asked.parserOf);
}

/** Loads what TypeScript takes, half a second, while something else is waited for. */
export async function prepare(languages: ReadonlySet<LanguageName | null>): Promise<void> {
  if (languages.has('typescript')) await import('./typescript.ts');
}
