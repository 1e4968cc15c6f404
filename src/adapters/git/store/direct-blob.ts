// Finds a file at a branch of the user's repository without starting git, wherever that is as safe as asking git.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../../../kernel/limits.ts';
import { parseCommit } from './commit.ts';
import { namesIn, readIfPresent } from './durable-file.ts';
import type { GitObject, ObjectSource, ObjectType } from './object.ts';
import { isOid } from './object.ts';
import { openObjectReader } from './object-read.ts';
import { parseTree, treeModes } from './tree.ts';

/** The directories of a repository that refs are looked for in. */
export interface RefPlaces {
  /** `.git`, of a linked worktree its own: there is its HEAD. */
  readonly gitDir: string;
  readonly commonDir: string;
}

export interface FoundBlob {
  readonly oid: string;
  readonly text: string;
  readonly revision: string;
}

/** Thrown where only git can say: never seen outside of this file. */
class Unsure extends Error {}

const symbolicRefsMax = 5;
const foreignFormat = /\b(?:objectformat|refstorage)[ \t]*=/i;
const plainRef = /^refs(?:\/[A-Za-z0-9_][A-Za-z0-9_.+-]*)+$/;
/** With these git reads objects from other places than the repository's own. */
const elsewhere = ['GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_REPLACE_REF_BASE'];

/** Whether everything the repository says is in plain refs and its own objects, in the one format we read. */
function isPlain(commonDir: string): boolean {
  const config = readFileSync(join(commonDir, 'config'), 'utf8');
  const odd = ['objects/info/alternates', 'refs/replace', 'reftable'];
  return (
    !foreignFormat.test(config) &&
    !odd.some((path) => existsSync(join(commonDir, path))) &&
    !elsewhere.some((name) => process.env[name] !== undefined) &&
    indexBytes(commonDir) <= limits.directIndexBytesMax
  );
}

/** What the indexes of all packs weigh; git maps them, we would have to read them. */
function indexBytes(commonDir: string): number {
  const folder = join(commonDir, 'objects', 'pack');
  const indexes = namesIn(folder).filter((name) => name.endsWith('.idx'));
  return indexes.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function packedOid(packed: string, name: string): string | null {
  const line = packed.split('\n').find((candidate) => candidate.endsWith(` ${name}`));
  return line === undefined ? null : line.slice(0, -name.length - 1);
}

function looseRef(path: string): string | null {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return null;
  return readIfPresent(path)?.toString('utf8').trimEnd() ?? null;
}

/** What one ref holds: an object's name, another ref, or null where it does not exist. */
function refValue({ gitDir, commonDir }: RefPlaces, packed: string, name: string): string | null {
  if (name === 'HEAD') return looseRef(join(gitDir, name));
  if (!plainRef.test(name)) throw new Unsure();
  return looseRef(join(commonDir, name)) ?? packedOid(packed, name);
}

/** The object a ref names, through symbolic refs; null where it does not exist. */
function refTarget(places: RefPlaces, packed: string, ref: string): string | null {
  let name = ref;
  for (let step = 0; step < symbolicRefsMax; step += 1) {
    const value = refValue(places, packed, name);
    if (value === null || isOid(value)) return value;
    if (!value.startsWith('ref: ')) throw new Unsure();
    name = value.slice('ref: '.length).trim();
  }
  throw new Unsure();
}

function read(objects: ObjectSource, oid: string, type?: ObjectType): GitObject {
  const object = objects.readObject(oid);
  if (object === undefined || (type !== undefined && object.type !== type)) throw new Unsure();
  return object;
}

function blobIn(
  objects: ObjectSource,
  commit: string,
  path: string,
): { oid: string; text: string } | null {
  let oid = parseCommit(read(objects, commit, 'commit').body).tree;
  for (const name of path.split('/')) {
    const tree = read(objects, oid);
    if (tree.type !== 'tree') return null;
    const entry = parseTree(tree.body).find((candidate) => candidate.name === name);
    if (entry === undefined) return null;
    if (entry.mode === treeModes.gitlink) throw new Unsure();
    oid = entry.oid;
  }
  const { type, body } = read(objects, oid);
  return type === 'blob' ? { oid, text: body.toString('utf8') } : null;
}

function firstBlob(
  places: RefPlaces,
  refs: readonly string[],
  path: string,
  objects: ObjectSource,
): FoundBlob | null {
  const packed = readIfPresent(join(places.commonDir, 'packed-refs'))?.toString('utf8') ?? '';
  if (packed.includes(' refs/replace/')) throw new Unsure();
  for (const revision of refs) {
    const commit = refTarget(places, packed, revision);
    if (commit === null) continue;
    const blob = blobIn(objects, commit, path);
    return blob === null ? null : { ...blob, revision };
  }
  return null;
}

/**
 * The blob at a path in the first of the refs (full names, or HEAD) that exists, with its id; null when that has
 * none. Undefined where only git can say: another format of objects or refs, objects that lie elsewhere, are replaced,
 * missing or damaged, or packs whose indexes weigh more than starting git. Nothing is thrown.
 */
export function blobWithoutGit(
  places: RefPlaces,
  refs: readonly string[],
  path: string,
): FoundBlob | null | undefined {
  const objects = openObjectReader(join(places.commonDir, 'objects'));
  try {
    return isPlain(places.commonDir) ? firstBlob(places, refs, path, objects) : undefined;
  } catch {
    // Whatever it is, git sees it too, and says it better.
    return undefined;
  } finally {
    objects.close();
  }
}
