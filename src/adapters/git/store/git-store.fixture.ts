// What the tests of the git store share: throwaway stores, native git to compare with, sample commits.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { present } from '../../../kernel/assert.ts';
import { createBareStore } from './bare-store.ts';
import { encodeCommit } from './commit.ts';
import type { GitStore, GitStoreOptions } from './git-store.ts';
import { openBareStore } from './git-store.ts';
import type { NewObject, ObjectType, Oid } from './object.ts';
import { hashObject } from './object.ts';
import { encodeTree } from './tree.ts';

export const branch = 'refs/heads/coord';
const someone = 'Ada <ada@example.org> 1800000000 +0000';

/** A directory that `remove` deletes. */
export function scratchDirectory(): { path: string; remove: () => void } {
  const path = fs.mkdtempSync(join(tmpdir(), 'git-store-'));
  return { path, remove: () => fs.rmSync(path, { recursive: true, force: true }) };
}

/** Creates and opens a store inside `parent`. */
export function freshStore(parent: string, options: GitStoreOptions = {}): GitStore {
  const dir = join(parent, 'store.git');
  const restore = withoutSync();
  createBareStore(dir);
  restore();
  return openBareStore(dir, options);
}

/** Native git's answer; throws with its complaint when it fails. */
export function git(dir: string, ...args: string[]): string {
  const { status, stdout, stderr } = tryGit(dir, args);
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr}`);
  return stdout;
}

/** Native git with input or with a failure that is expected. */
export function tryGit(
  dir: string,
  args: readonly string[],
  input: Uint8Array | string = '',
): { status: number | null; stdout: string; stderr: string } {
  const run = spawnSync('git', ['-C', dir, ...args], {
    input,
    env: gitEnvironment(),
    maxBuffer: 1 << 28,
  });
  return {
    status: run.status,
    stdout: run.stdout.toString('latin1'),
    stderr: run.stderr.toString('utf8'),
  };
}

/** The name native git gives to an object, which it also writes. */
export function nativeHash(dir: string, type: ObjectType, body: Uint8Array): Oid {
  const args = ['hash-object', '-t', type, '--literally', '--stdin', '-w'];
  return tryGit(dir, args, body).stdout.trim();
}

/** What `git fsck --strict` complains about; empty for a sound store. */
export function complaints(dir: string): string {
  const { status, stdout, stderr } = tryGit(dir, ['fsck', '--strict', '--full', '--no-dangling']);
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => !/^(?:notice: .*)?$/.test(line));
  return [...lines, ...(status === 0 ? [] : [`exit ${String(status)}`])].join('\n');
}

/** The three objects of a commit whose tree holds one file; the last one is the commit. */
export function commitObjects(parent: Oid | null, text: string): [NewObject, NewObject, NewObject] {
  const blob: NewObject = { type: 'blob', body: Buffer.from(text) };
  const entry = { mode: '100644', name: 'batch.ndjson', oid: hashObject(blob) };
  const tree: NewObject = { type: 'tree', body: encodeTree([entry]) };
  const body = encodeCommit({
    tree: hashObject(tree),
    parents: parent === null ? [] : [parent],
    author: someone,
    committer: someone,
    headers: [],
    message: `Record ${text.slice(0, 20)}\n`,
  });
  return [blob, tree, { type: 'commit', body }];
}

/** Writes a commit with one file on top of `parent`, as one pack; moves no ref. */
export function writeCommit(store: GitStore, parent: Oid | null, text: string): Oid {
  return present(store.writeObjects(commitObjects(parent, text))[2], 'three objects were written');
}

/** The texts of a history from its first commit to `head`, every object read and verified. */
export function textsUpTo(store: GitStore, head: Oid | null): string[] {
  const texts: string[] = [];
  for (let oid = head; oid !== null;) {
    const commit = store.readCommit(oid);
    const [file] = store.readTree(commit.tree);
    texts.push(store.readBlob(present(file, 'the tree has a file').oid).toString('utf8'));
    oid = commit.parents[0] ?? null;
  }
  return texts.reverse();
}

/** The files of a store's pack directory. */
export function packFiles(store: GitStore): string[] {
  return fs.readdirSync(join(store.dir, 'objects', 'pack'));
}

/**
 * Replaces a function of `node:fs` for everybody in this process until the returned function is called:
 * to count syncs, to fail where a disk would, or to save the time of syncing thousands of files.
 */
export function replaceFs<
  Name extends
    | 'fdatasyncSync'
    | 'fsyncSync'
    | 'openSync'
    | 'renameSync'
    | 'unlinkSync'
    | 'statSync'
    | 'writeSync'
    | 'linkSync',
>(name: Name, make: (original: (typeof fs)[Name]) => (typeof fs)[Name]): () => void {
  const original = fs[name];
  fs[name] = make(original);
  syncBuiltinESMExports();
  return () => {
    fs[name] = original;
    syncBuiltinESMExports();
  };
}

/** Syncs nothing until the returned function is called; for tests that are not about the disk. */
export function withoutSync(): () => void {
  const restores = [
    replaceFs('fdatasyncSync', () => () => undefined),
    replaceFs('fsyncSync', () => () => undefined),
  ];
  return () => restores.forEach((restore) => restore());
}

/** Starts a program beside the tests as its own process, its standard output readable. */
export function startChild(file: string, ...args: string[]): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return spawn(process.execPath, ['--import', 'tsx', path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Resolves with the exit code of a child, or the name of the signal that ended it. */
export function ended(child: ChildProcess): Promise<number | string | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve(child.exitCode ?? child.signalCode);
      return;
    }
    child.once('close', (code, signal) => {
      resolve(code ?? signal);
    });
  });
}

function gitEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' };
}
