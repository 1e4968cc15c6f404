// Tells generated files by what the base says of them: nothing in the change itself can make a file generated.
import { covers, parseGlob } from '../kernel/scope-glob.ts';
import type { Glob } from '../kernel/scope-glob.ts';
import type { PullRequest } from './pull-request.ts';

const attributesPath = '.gitattributes';

/** Whether a path is generated; of several lines that match it the last one decides, as git has it. */
export type IsGenerated = (path: string) => boolean;

/** Reads the file .gitattributes at the root of the base; where there is none, or it cannot be read, nothing is generated. */
export async function generatedAtBase(pullRequest: PullRequest): Promise<IsGenerated> {
  const entries = await pullRequest.entries('base');
  const entry = entries?.get(attributesPath);
  if (entry?.mode.startsWith('100') !== true) return () => false;
  const text = (await pullRequest.blobs([entry.oid])).get(entry.oid);
  return text?.ok === true ? generatedBy(text.text) : () => false;
}

interface Line {
  readonly globs: readonly Glob[];
  readonly isGenerated: boolean;
}

/**
 * What the lines of a .gitattributes say with `linguist-generated`. Patterns of letters, `*`, `**` and `?` are understood;
 * a line with anything else of git's patterns is left out, so that its files are judged.
 */
export function generatedBy(attributes: string): IsGenerated {
  const lines = attributes.split(/\r?\n/).flatMap((line) => lineOf(line) ?? []);
  return (path) => lines.findLast(({ globs }) => covers(globs, path))?.isGenerated ?? false;
}

function lineOf(line: string): Line | null {
  const [pattern = '', ...attributes] = line.trim().split(/\s+/);
  const states = attributes.flatMap((attribute) => stateOf(attribute) ?? []);
  const isGenerated = states.at(-1);
  if (isGenerated === undefined || pattern === '' || /^[#!"]|[[\]{}\\]|\/$/.test(pattern))
    return null;
  const parsed = parseGlob(globText(pattern));
  return parsed.ok ? { globs: [parsed.glob], isGenerated } : null;
}

function stateOf(attribute: string): boolean | null {
  const found = /^([-!]?)linguist-generated(?:=(.*))?$/.exec(attribute);
  if (found === null) return null;
  const [, sign, value] = found;
  return sign === '' && (value === undefined || value === 'true' || value === '1');
}

/** A pattern without a slash means the name in every folder. */
function globText(pattern: string): string {
  if (pattern.startsWith('/')) return pattern.slice(1);
  return pattern.includes('/') ? pattern : `**/${pattern}`;
}
