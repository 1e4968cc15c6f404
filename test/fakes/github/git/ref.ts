// Refs of a bare repository: resolve, list, and compare-and-swap through native git.
import type { ObjectType } from './object-format.ts';
import type { ObjectStore } from './object-store.ts';
import { git, tryGit } from './run.ts';

export const zeroOid = '0'.repeat(40);

export interface Ref {
  /** Full name, e.g. `refs/heads/main`. */
  readonly name: string;
  readonly oid: string;
  readonly type: ObjectType;
}

const refName = /^refs\/[A-Za-z0-9._+@#=-]+(\/[A-Za-z0-9._+@#=-]+)+$/;

/** True for the ref names the fake serves; git refuses the rest in its own words. */
export function isRefName(name: string): boolean {
  return (
    refName.test(name) &&
    !name.includes('..') &&
    !name.includes('@{') &&
    !/(^|\/)\.|\.lock(\/|$)|\.$/.test(name)
  );
}

/** The object a full ref name points to; null when there is no such ref. */
export async function resolveRef(objects: ObjectStore, name: string): Promise<Ref | null> {
  if (!isRefName(name)) return null;
  const object = await objects.read(name);
  return object === null ? null : { name, oid: object.oid, type: object.type };
}

/** The head of a branch; null when there is no such branch. */
export async function branchHead(objects: ObjectStore, branch: string): Promise<string | null> {
  return (await resolveRef(objects, `refs/heads/${branch}`))?.oid ?? null;
}

/** All refs below a prefix such as `refs/heads/`, sorted by name. */
export async function listRefs(gitDir: string, prefix: string): Promise<Ref[]> {
  const text = await git(
    gitDir,
    'for-each-ref',
    '--format=%(refname) %(objectname) %(objecttype)',
    'refs/',
  );
  return text
    .split('\n')
    .filter((line) => line.startsWith(prefix))
    .map((line) => {
      const [name = '', oid = '', type = 'commit'] = line.split(' ');
      return { name, oid, type: type as ObjectType };
    });
}

/**
 * Moves a ref from `expected` (null: it must not exist) to `next` (null: delete it), atomically.
 * False when the ref was not where it was expected, whoever moved it.
 */
export async function swapRef(
  gitDir: string,
  name: string,
  next: string | null,
  expected: string | null,
): Promise<boolean> {
  const args = next === null ? ['-d', name] : [name, next];
  const result = await tryGit(gitDir, ['update-ref', ...args, expected ?? zeroOid]);
  if (result.code === 0) return true;
  if (/but expected|already exists|reference is missing|cannot lock ref/.test(result.stderr)) {
    return false;
  }
  throw new Error(`git update-ref ${name} failed: ${result.stderr.trim()}`);
}
