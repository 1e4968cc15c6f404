// Which comments silence a tool, read as that tool reads them.
import type { Comment } from './rules-comments.ts';

/** A kind of suppression, with what such a comment looks like. */
interface Kind {
  readonly name: string;
  /** Tried on what stands between the marks, without white space around it. */
  readonly pattern: RegExp;
}

const kinds: readonly Kind[] = [
  { name: 'eslint-disable', pattern: /^(?:eslint|oxlint)-disable(?:-next)?(?:-line)?(?![\w-])/i },
  { name: 'tslint-disable', pattern: /^tslint:disable/i },
  { name: 'biome-ignore', pattern: /^biome-ignore/i },
  { name: 'deno-lint-ignore', pattern: /^deno-lint-ignore/i },
  { name: 'coverage-ignore', pattern: /^(?:istanbul|[vc]8)\s+ignore\b/i },
  { name: 'coverage-ignore', pattern: /^node:coverage\s+(?:disable|ignore)\b/i },
  { name: 'nosonar', pattern: /^NOSONAR\b/ },
];

/** Configuration within the file, in block comments only, turns rules off as well as a comment that says so. */
const eslintConfig = /^eslint\s+["']?[@\w][^:]*:/i;

const typeScriptDirective = /^\/\/\/?\s*@(ts-expect-error|ts-ignore|ts-nocheck)/i;
/** Of a comment of several lines TypeScript reads the last one. */
const typeScriptLastLine = /^[/*]*\s*@(ts-expect-error|ts-ignore)/i;
const lineBreak = /\r\n|[\n\r\u2028\u2029]/;

/** The kind of suppression that a comment is, or undefined for an ordinary one. */
export function suppressionOf({ text, isBlock }: Comment): string | undefined {
  const directive = isBlock
    ? typeScriptLastLine.exec(lastLineOf(text))
    : typeScriptDirective.exec(text);
  if (directive?.[1] !== undefined) return `@${directive[1].toLowerCase()}`;
  const content = text.slice(2, isBlock ? -2 : undefined).trim();
  if (isBlock && eslintConfig.test(content)) return 'eslint-config';
  return kinds.find(({ pattern }) => pattern.test(content))?.name;
}

function lastLineOf(text: string): string {
  return (text.split(lineBreak).at(-1) ?? '').trimStart();
}

/** Whether a comment says anything to people: a word, and not only to a tool. */
export function isExplanation(comment: Comment): boolean {
  return /\p{L}{2}/u.test(comment.text) && suppressionOf(comment) === undefined;
}

const generatedMark = /@generated\b|\bcode generated\b.*\bdo not edit\b/is;

/** Whether a comment says that a tool wrote the file. */
export function marksGenerated({ text }: Comment): boolean {
  return generatedMark.test(text);
}
