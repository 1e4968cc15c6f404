// Streams the objects of many commits out of the installed git, which finds and inflates them in processes of its own while
// others are looked at; each is hashed here.
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { hash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { gitOn } from './object-batches.ts';
import type { ObjectBatch } from './object-batches.ts';
import { objectTypes } from './store/object.ts';
import type { GitObject, ObjectType, Oid } from './store/object.ts';

/** The objects of commits, in the order in which the commits were named, each object with the first commit that has it. */
export interface ObjectStream {
  /**
   * The objects of the next commits, as far as git could read them and their bytes are their own. They last until the
   * next call, which puts others in their place.
   */
  take(commits: readonly Oid[]): Promise<ObjectBatch>;
  /** Ends the processes. */
  close(): void;
}

interface Named {
  readonly oid: Oid;
  readonly object: GitObject;
}

/** The line before an object's bytes; the type is unknown where git says that there is no such object. */
interface Header {
  readonly oid: Oid;
  readonly type: ObjectType | undefined;
  /** Where the line ends, and where the bytes do. */
  readonly end: number;
  readonly bodyEnd: number;
}

const bufferBytes = 1024 * 1024;
/** Git says nothing for that long only when it hangs. */
const silenceMillisecondsMax = 120_000;
const lineFeed = 0x0a;
const oidChars = 40;
const types = new Map<string, ObjectType>(objectTypes.map((type) => [type, type]));

/** Puts the answers of `cat-file --batch` together out of the pieces that come. */
class Answers {
  #bytes = Buffer.allocUnsafe(bufferBytes);
  #from = 0;
  #to = 0;

  push(piece: Buffer): void {
    // Not moved to the front: what was handed out lies there.
    if (this.#to + piece.length > this.#bytes.length) this.#grow(piece.length);
    this.#to += piece.copy(this.#bytes, this.#to);
  }

  /** What was handed out before is not needed any more. */
  reuse(): void {
    this.#bytes.copyWithin(0, this.#from, this.#to);
    [this.#from, this.#to] = [0, this.#to - this.#from];
  }

  /** The next object that is there as a whole; null where none is, `later` where it is another commit than those. */
  next(commits: ReadonlySet<Oid>): Named | 'later' | null {
    for (let header = this.#header(); header !== null; header = this.#header()) {
      if (header.type === 'commit' && !commits.has(header.oid)) return 'later';
      const named = this.#named(header);
      this.#from = header.bodyEnd + 1;
      if (named !== null) return named;
    }
    return null;
  }

  #grow(more: number): void {
    const rest = this.#bytes.subarray(this.#from, this.#to);
    // Twice what there is, so that a large object is not copied for every piece of it.
    const bytes = Buffer.allocUnsafe(Math.max(bufferBytes, 2 * rest.length + more));
    rest.copy(bytes);
    [this.#bytes, this.#from, this.#to] = [bytes, 0, rest.length];
  }

  /** The line where the next object begins, once the object and the line feed behind it are there. */
  #header(): Header | null {
    const end = this.#bytes.indexOf(lineFeed, this.#from);
    if (end < 0 || end >= this.#to) return null;
    const line = this.#bytes.toString('latin1', this.#from, end);
    const oid = line.slice(0, oidChars);
    const space = line.indexOf(' ', oidChars + 1);
    const type = types.get(line.slice(oidChars + 1, space));
    if (type === undefined) return { oid, type, end, bodyEnd: end };
    const bodyEnd = end + 1 + Number(line.slice(space + 1));
    return bodyEnd < this.#to ? { oid, type, end, bodyEnd } : null;
  }

  /**
   * The object, if its bytes hash to its name. What git hashes is the type, the size, a zero byte and the bytes: the
   * very ones that stand here, but for the line feed behind the size.
   */
  #named({ oid, type, end, bodyEnd }: Header): Named | null {
    if (type === undefined) return null;
    const bytes = this.#bytes;
    bytes[end] = 0;
    const hashed = hash('sha1', bytes.subarray(this.#from + oidChars + 1, bodyEnd), 'hex');
    if (hashed !== oid) return null;
    return { oid, object: { type, body: bytes.subarray(end + 1, bodyEnd) } };
  }
}

type Git = ChildProcessByStdio<Writable, Readable, null>;

/** Nothing of the caller's may send git to other objects. */
const environment = { GIT_DIR: undefined, GIT_OBJECT_DIRECTORY: undefined, LC_ALL: 'C' };

function start(directory: string, words: readonly string[]): Git {
  const child = spawn('git', gitOn(directory, ...words), {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  // Whatever fails, the objects that do not come are read without git.
  for (const each of [child, child.stdin, child.stdout]) each.on('error', () => undefined);
  return child;
}

/** Names every object that these commits have and none before them has, in their order. */
const listing = [
  ...['rev-list', '--no-walk=unsorted', '--objects', '--in-commit-order', '--no-object-names'],
  ...['--ignore-missing', '--missing=allow-any', '--stdin'],
];
const reading = ['cat-file', '--batch', '--buffer'];

class GitStream implements ObjectStream {
  readonly #lister: Git;
  readonly #reader: Git;
  readonly #pieces: AsyncIterator<Buffer, undefined>;
  readonly #answers = new Answers();
  readonly #silence: NodeJS.Timeout;

  constructor(directory: string, commits: readonly Oid[]) {
    this.#lister = start(directory, listing);
    this.#reader = start(directory, reading);
    this.#lister.stdin.end(`${commits.join('\n')}\n`);
    this.#lister.stdout.pipe(this.#reader.stdin);
    this.#pieces = this.#reader.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
    this.#silence = setTimeout(() => {
      this.close();
    }, silenceMillisecondsMax);
  }

  async take(commits: readonly Oid[]): Promise<ObjectBatch> {
    const wanted = new Set(commits);
    const objects = new Map<Oid, GitObject>();
    this.#answers.reuse();
    for (;;) {
      const named = await this.#read(wanted);
      if (named === null || named === 'later') return objects;
      objects.set(named.oid, named.object);
    }
  }

  close(): void {
    clearTimeout(this.#silence);
    for (const child of [this.#lister, this.#reader]) child.kill('SIGKILL');
  }

  /** The next object; null at the end, or where git was ended. */
  async #read(commits: ReadonlySet<Oid>): Promise<Named | 'later' | null> {
    for (;;) {
      const named = this.#answers.next(commits);
      if (named !== null) return named;
      const piece = await this.#piece();
      if (piece === undefined) return null;
      this.#answers.push(piece);
    }
  }

  async #piece(): Promise<Buffer | undefined> {
    try {
      const { value } = await this.#pieces.next();
      this.#silence.refresh();
      return value;
    } catch {
      return undefined;
    }
  }
}

/** Begins to read the objects of commits, which are then asked for in the same order. */
export function streamObjects(directory: string, commits: readonly Oid[]): ObjectStream {
  return new GitStream(directory, commits);
}
