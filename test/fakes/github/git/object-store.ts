// Reads objects through one long-lived `git cat-file --batch`, writes loose objects directly.
import { createHash, randomBytes } from 'node:crypto';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { CommitObject, GitObject, ObjectType, TreeEntry } from './object-format.ts';
import { formatCommit, formatTree, parseCommit, parseTree } from './object-format.ts';
import { gitEnvironment } from './run.ts';

const compress = promisify(deflate);
const cachedObjectsMax = 2000;
const safeName = /^[A-Za-z0-9][A-Za-z0-9._/+@#=-]*$/;

interface Waiting {
  resolve(object: GitObject | null): void;
  reject(error: Error): void;
}

export class ObjectStore {
  readonly #gitDir: string;
  readonly #waiting: Waiting[] = [];
  readonly #commits = new Map<string, CommitObject>();
  readonly #trees = new Map<string, readonly TreeEntry[]>();
  readonly #sizes = new Map<string, number>();
  #child: ChildProcessWithoutNullStreams | null = null;
  #chunks: Buffer[] = [];
  #received = 0;
  #awaited = 1;

  constructor(gitDir: string) {
    this.#gitDir = gitDir;
  }

  /** Reads an object by id or by full ref name; null when there is none. */
  async read(name: string): Promise<GitObject | null> {
    if (!safeName.test(name) || name.includes('..') || name.includes('@{')) return null;
    const child = this.#process();
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      child.stdin.write(`${name}\n`);
    });
  }

  /** The commit of this id; null when it is missing or something else. */
  async commit(oid: string): Promise<CommitObject | null> {
    const cached = this.#commits.get(oid);
    if (cached !== undefined) return cached;
    const object = await this.read(oid);
    if (object?.type !== 'commit') return null;
    const commit = parseCommit(object.oid, object.data);
    remember(this.#commits, object.oid, commit);
    return commit;
  }

  /** The entries of the tree of this id; null when it is missing or something else. */
  async tree(oid: string): Promise<readonly TreeEntry[] | null> {
    const cached = this.#trees.get(oid);
    if (cached !== undefined) return cached;
    const object = await this.read(oid);
    if (object?.type !== 'tree') return null;
    const entries = parseTree(object.data);
    remember(this.#trees, object.oid, entries);
    return entries;
  }

  /** Bytes of a blob; 0 when it is missing. */
  async size(oid: string): Promise<number> {
    const cached = this.#sizes.get(oid);
    if (cached !== undefined) return cached;
    const size = (await this.read(oid))?.data.length ?? 0;
    remember(this.#sizes, oid, size);
    return size;
  }

  /** Writes one loose object unless it is there already, and answers its id. */
  async write(type: ObjectType, data: Buffer): Promise<string> {
    const whole = Buffer.concat([Buffer.from(`${type} ${data.length}\0`), data]);
    const oid = createHash('sha1').update(whole).digest('hex');
    const folder = join(this.#gitDir, 'objects', oid.slice(0, 2));
    const path = join(folder, oid.slice(2));
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) return oid;
    await mkdir(folder, { recursive: true });
    const temporary = join(folder, `tmp_obj_${randomBytes(6).toString('hex')}`);
    await writeFile(temporary, await compress(whole), { mode: 0o444 });
    await rename(temporary, path);
    return oid;
  }

  async writeTree(entries: readonly TreeEntry[]): Promise<string> {
    return await this.write('tree', formatTree(entries));
  }

  async writeCommit(commit: Omit<CommitObject, 'oid'>): Promise<string> {
    return await this.write('commit', formatCommit(commit));
  }

  /** Ends the child process and waits until it is gone. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.stdin.end();
    await gone;
  }

  #process(): ChildProcessWithoutNullStreams {
    if (this.#child !== null) return this.#child;
    const child = spawn('git', ['--git-dir', this.#gitDir, 'cat-file', '--batch'], {
      env: gitEnvironment(),
    });
    child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    const fail = (): void => {
      for (const waiting of this.#waiting.splice(0)) {
        waiting.reject(new Error(`git cat-file ended early in ${this.#gitDir}.`));
      }
    };
    child.on('close', fail);
    child.on('error', fail);
    child.stdin.on('error', fail);
    child.stderr.resume();
    this.#child = child;
    return child;
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    // A large object comes in many chunks: they are joined once, when it is complete.
    if (this.#received < this.#awaited) return;
    let rest = Buffer.concat(this.#chunks);
    let answer = firstAnswer(rest);
    while (answer.isComplete) {
      rest = rest.subarray(answer.length);
      this.#waiting.shift()?.resolve(answer.object);
      answer = firstAnswer(rest);
    }
    this.#chunks = [rest];
    this.#received = rest.length;
    this.#awaited = answer.length;
  }
}

interface BatchAnswer {
  /** Bytes of the whole answer, as far as that is known. */
  readonly length: number;
  readonly isComplete: boolean;
  readonly object: GitObject | null;
}

/** Reads `<oid> <type> <size>`, the object and a line feed; or a line that says why there is none. */
function firstAnswer(received: Buffer): BatchAnswer {
  const lineEnd = received.indexOf(10);
  if (lineEnd < 0) return { length: received.length + 1, isComplete: false, object: null };
  const [oid = '', type, sizeText] = received.toString('utf8', 0, lineEnd).split(' ');
  const size = Number(sizeText);
  if (!Number.isInteger(size)) return { length: lineEnd + 1, isComplete: true, object: null };
  const start = lineEnd + 1;
  const length = start + size + 1;
  if (received.length < length) return { length, isComplete: false, object: null };
  const data = Buffer.from(received.subarray(start, start + size));
  return { length, isComplete: true, object: { oid, type: type as ObjectType, data } };
}

function remember<Value>(cache: Map<string, Value>, oid: string, value: Value): void {
  if (cache.size >= cachedObjectsMax) cache.clear();
  cache.set(oid, value);
}
