// Reads many objects at once through the installed git, which inflates them in a process of its own; each is hashed here.
import type { Commit } from './store/commit.ts';
import { parseCommit } from './store/commit.ts';
import type { GitObject, ObjectType, Oid } from './store/object.ts';
import { isOid, objectTypes, verifyObject } from './store/object.ts';
import { parseTree } from './store/tree.ts';
import type { TreeEntry } from './store/tree.ts';
import type { GitStore } from './store/git-store.ts';
import { runGit, tryGit } from './native.ts';

/** What commits are read from; a {@link GitStore} will do. */
export type CommitSource = Pick<GitStore, 'readCommit' | 'readTree' | 'readBlob'>;

/** Objects by name, each verified by its hash. */
type Batch = ReadonlyMap<Oid, GitObject>;

const lineFeed = 0x0a;

interface Answered {
  readonly oid: string;
  /** Undefined where the answer is that there is none. */
  readonly type: ObjectType | undefined;
  /** Where its bytes begin and end; behind them stands a line feed. */
  readonly from: number;
  readonly to: number;
}

const header = /^([0-9a-f]{40}) ([a-z]+) (\d+)$/;

/** The answer that begins at a place; null at the end. */
function answerAt(answer: Buffer, at: number): Answered | null {
  const end = answer.indexOf(lineFeed, at);
  if (end < 0) return null;
  const [, oid = '', name, size] = header.exec(answer.toString('latin1', at, end)) ?? [];
  const type = objectTypes.find((known) => known === name);
  if (type === undefined) return { oid, type, from: end, to: end };
  return { oid, type, from: end + 1, to: end + 1 + Number(size) };
}

/** The objects in an answer of `cat-file --batch`; one whose bytes are not its own is left out. */
function objectsIn(answer: Buffer): Batch {
  const objects = new Map<Oid, GitObject>();
  let at = 0;
  for (let next = answerAt(answer, at); next !== null; next = answerAt(answer, at)) {
    const { oid, type, from, to } = next;
    at = to + 1;
    if (type === undefined || objects.has(oid)) continue;
    try {
      objects.set(oid, verifyObject({ type, body: answer.subarray(from, to) }, oid));
    } catch {
      // Whoever asks our own reader for it is told what is wrong.
    }
  }
  return objects;
}

function gitOn(directory: string, ...words: readonly string[]): string[] {
  // Neither replacements nor the commit graph may stand in for what the objects say.
  return [
    '--no-replace-objects',
    `--git-dir=${directory}`,
    '-c',
    'core.commitGraph=false',
    ...words,
  ];
}

/** Commits, their root trees and the file of that name in each; nothing where git is not there or fails. */
export async function readAhead(
  directory: string,
  commits: readonly Oid[],
  fileName: string,
): Promise<Batch> {
  const names = commits.map((oid) => `${oid}\n${oid}^{tree}\n${oid}:${fileName}\n`);
  try {
    const words = gitOn(directory, 'cat-file', '--batch', '--buffer');
    return objectsIn(await runGit(words, { input: names.join('') }));
  } catch {
    return new Map();
  }
}

/** Commits from the first to the head along first parents, as git lists them; null where git is not there or fails. */
export async function listedCommits(directory: string, head: Oid): Promise<Oid[] | null> {
  try {
    const words = gitOn(directory, 'rev-list', '--first-parent', '--reverse', head, '--');
    const { status, stdout } = await tryGit(words);
    const oids = stdout.toString('latin1').trim().split('\n');
    return status === 0 && oids.every(isOid) ? oids : null;
  } catch {
    return null;
  }
}

/** A source with a batch in front of it. */
export function withBatch(batch: Batch, source: CommitSource): CommitSource {
  const bodyOf = (oid: Oid, type: ObjectType): Buffer | undefined => {
    const object = batch.get(oid);
    return object?.type === type ? object.body : undefined;
  };
  return {
    readCommit: (oid): Commit => {
      const body = bodyOf(oid, 'commit');
      return body === undefined ? source.readCommit(oid) : parseCommit(body);
    },
    readTree: (oid): TreeEntry[] => {
      const body = bodyOf(oid, 'tree');
      return body === undefined ? source.readTree(oid) : parseTree(body);
    },
    readBlob: (oid) => bodyOf(oid, 'blob') ?? source.readBlob(oid),
  };
}
