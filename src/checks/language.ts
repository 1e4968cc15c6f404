// Which language a file is in, and by which model its functions are counted.
import { limits } from '../kernel/limits.ts';
import type { LanguageName } from '../policy/language-name.ts';
import { isAnalysable } from './unit.ts';

interface Language {
  readonly name: LanguageName;
  /** As people write it. */
  readonly title: string;
  /** Whose rules of counting; those of coord-... are written down in docs/reference/complexity.md. */
  readonly model: string;
  readonly has: (path: string) => boolean;
}

function ends(extension: RegExp): (path: string) => boolean {
  return (path) => extension.test(path);
}

const languages: readonly Language[] = [
  {
    ...{ name: 'typescript', title: 'JavaScript and TypeScript', model: 'ESLint' },
    has: isAnalysable,
  },
  { name: 'python', title: 'Python', model: 'radon', has: ends(/\.pyi?$/i) },
  { name: 'go', title: 'Go', model: 'gocyclo', has: ends(/\.go$/i) },
  { name: 'java', title: 'Java', model: 'coord-java', has: ends(/\.java$/i) },
  { name: 'rust', title: 'Rust', model: 'coord-rust', has: ends(/\.rs$/i) },
  { name: 'c', title: 'C', model: 'coord-c', has: ends(/\.[ch]$/i) },
  {
    ...{ name: 'cpp', title: 'C++', model: 'coord-c' },
    has: ends(/\.(?:cc|hh|[ch](?:pp|xx|\+\+))$/i),
  },
];

/** The language of a file, judged by its extension; null for one that is not measured. */
export function languageOf(path: string): LanguageName | null {
  return languages.find(({ has }) => has(path))?.name ?? null;
}

/** The bytes of the largest file of a language that is measured. */
export function bytesMaxOf(name: LanguageName | null): number {
  return name === null || name === 'typescript'
    ? limits.analysedFileBytesMax
    : limits.parsedFileBytesMax;
}

/** `Python (radon)` for each of these languages, in the order of the list above. */
export function modelsText(names: ReadonlySet<LanguageName>): string {
  const used = languages.filter(({ name }) => names.has(name));
  return used.map(({ title, model }) => `${title} (${model})`).join(', ');
}

/** The languages in words: `Python`, `Python or Go`, `Python, Go or Rust`. */
export function languagesText(names: readonly LanguageName[]): string {
  const titles = languages.flatMap(({ name, title }) => (names.includes(name) ? [title] : []));
  const last = titles.pop() ?? 'measured';
  return titles.length === 0 ? last : `${titles.join(', ')} or ${last}`;
}
