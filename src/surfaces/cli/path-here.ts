// Paths as they are said in a folder of the work tree: `./` and `../` begin there, all others at the root.
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryGit } from '../../adapters/git/native.ts';
import type { Repository } from '../../adapters/git/repository.ts';
import { isResource } from '../../concepts/lock/lock.ts';
import { UsageError } from '../../kernel/fault.ts';
import { shortened } from '../../kernel/table.ts';

/** Where a shell stands in a work tree. */
export interface Here {
  /** Top of the work tree. */
  readonly root: string;
  /** From there to the current folder: `src/ui/`, and nothing at the top. */
  readonly prefix: string;
}

/** `core.worktree` puts the work tree anywhere; what only looks like it costs no more than a process of git. */
function hasTreeElsewhere(gitDir: string): boolean {
  try {
    return /worktree/i.test(readFileSync(join(gitDir, 'config'), 'utf8'));
  } catch {
    return true;
  }
}

/** Where the shell stands; null where there is no work tree, as in a bare repository. */
export async function hereIn({ directory, gitDir }: Repository): Promise<Here | null> {
  const isTop = gitDir === join(directory, '.git') && !hasTreeElsewhere(gitDir);
  if (isTop) return { root: directory, prefix: '' };
  const run = await tryGit(['rev-parse', '--show-toplevel', '--show-prefix'], { cwd: directory });
  const [root = '', prefix = ''] = run.stdout.toString('utf8').split('\n');
  return run.status === 0 && root !== '' ? { root, prefix: prefix.normalize('NFC') } : null;
}

const shownCharsMax = 60;

function quoted(text: string): string {
  return `\`${shortened(text, shownCharsMax)}\``;
}

/** Windows writes `.\src\a.ts`; behind such a beginning nobody can mean a name with a backslash, as no glob has one. */
function slashed(text: string, isWindows: boolean): string {
  return isWindows && /^\.{1,2}\\/.test(text) ? text.replaceAll('\\', '/') : text;
}

const fromHere = /^\.{1,2}(?:\/|$)/;

/** Whether a path says by its beginning that it is meant from the current folder. */
export function isFromHere(text: string, isWindows: boolean): boolean {
  return fromHere.test(slashed(text, isWindows));
}

function outside(text: string, { prefix }: Here): UsageError {
  const stand = prefix === '' ? 'the root of the repository' : prefix;
  return new UsageError(
    'path-outside',
    `${quoted(text)} leads from ${stand} out of the repository. Name a path inside of it; without ./ and ../ it begins at the root.`,
    { path: text, folder: prefix },
  );
}

/** A folder whose name would mean other paths too as part of a glob. */
function untold(text: string, folder: string): UsageError {
  return new UsageError(
    'path-unclear',
    `${quoted(text)} cannot be told from here: the folder ${quoted(folder)} has one of * ? { } \\ in its name, which a glob reads otherwise. Write the path from the root of the repository, with ? in the place of that.`,
    { path: text, folder },
  );
}

/** At the root a name with @ in front of it is no path but a resource. */
function named(text: string, whole: string): UsageError {
  return new UsageError(
    'path-unclear',
    `${quoted(text)} would be read as the resource ${quoted(whole)}, not as a path. For all that lies beneath say ${quoted(`${whole}/**`)}.`,
    { path: text },
  );
}

function withoutTree(text: string): UsageError {
  return new UsageError(
    'no-work-tree',
    `${quoted(text)} is meant from the current folder, and there is no work tree here. Write the path from the root of the repository.`,
    { path: text },
  );
}

function joined(text: string, folders: readonly string[], rest: string): string {
  const odd = folders.find((name) => /[*?{}\\]/.test(name));
  if (odd !== undefined) throw untold(text, odd);
  const whole = [...folders, rest].join('/');
  if (isResource(whole)) throw named(text, whole);
  return whole === '' ? '**' : whole;
}

/**
 * A path from the current folder as one from the root; the folder itself is told as `src/ui/`, the root as `**`.
 * UsageError where it leads out of the repository, where there is no work tree (null), or where a folder's name
 * cannot stand in a glob.
 */
export function fromRoot(text: string, here: Here | null, isWindows: boolean): string {
  if (here === null) throw withoutTree(text);
  const folders = here.prefix.split('/').filter((name) => name !== '');
  let rest = slashed(text, isWindows);
  while (fromHere.test(rest)) {
    const [dots = ''] = rest.split('/', 1);
    if (dots === '..' && folders.pop() === undefined) throw outside(text, here);
    rest = rest.slice(dots.length + 1);
  }
  return joined(text, folders, rest);
}

/** The names of a glob up to the first that holds a wildcard or braces. */
function literalBeginning(text: string): string {
  const names = text.split('/');
  const first = names.findIndex((name) => /[*?{}]/.test(name));
  return (first < 0 ? names : names.slice(0, first)).join('/');
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A file in the place of a folder, or a name too long for a path.
    return false;
  }
}

/** Whether a path that was read from the root is there from the current folder only. */
export function looksFromHere(text: string, { root, prefix }: Here): boolean {
  const beginning = literalBeginning(text);
  if (prefix === '' || beginning === '' || isResource(text)) return false;
  return isThere(join(root, prefix, beginning)) && !isThere(join(root, beginning));
}

const namedMax = 3;

/** How paths were understood that only the current folder has, and how to say the other; null for no paths. */
export function misreadNote(paths: readonly string[], { prefix }: Here): string | null {
  const [first] = paths;
  if (first === undefined) return null;
  const named = paths.slice(0, namedMax).map((path) => shortened(path, shownCharsMax));
  const more = paths.length > namedMax ? ` and ${paths.length - namedMax} more` : '';
  return `Read from the root of the repository: ${named.join(', ')}${more}. No such path is there, but below ${prefix} there is; to mean that, begin with ./, as ./${shortened(first, shownCharsMax)} does.`;
}
