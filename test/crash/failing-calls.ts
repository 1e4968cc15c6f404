// File system calls that fail where a test says so: by an error of the system, once or from then on, or by the end of the process.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** How the call at the boundary fails; after `death` no later call happens either. */
export type Failure = 'EIO' | 'ENOSPC' | 'EROFS' | 'death';

export interface Boundary {
  /** How many calls still succeed. */
  readonly after: number;
  readonly failure: Failure;
  /** Whether the trouble stays, as on a full disk, or passes; a death always stays. */
  readonly lasts: boolean;
}

export interface Report<Result> {
  /** Calls that could have failed this way, until the action ended. */
  readonly calls: number;
  readonly hasFailed: boolean;
  /** What the action answered or threw. */
  readonly outcome: { readonly result: Result } | { readonly error: unknown };
}

/** Thrown by every call after the end of a process, also by those that would clean up. */
export class Death extends Error {}

/** Calls that change the disk, and calls that only look. */
const changing = [
  ...([
    'openSync',
    'writeSync',
    'writeFileSync',
    'fdatasyncSync',
    'fsyncSync',
    'closeSync',
  ] as const),
  ...(['renameSync', 'linkSync', 'unlinkSync', 'mkdirSync', 'rmSync', 'copyFileSync'] as const),
];
const looking = ['readSync', 'readFileSync', 'readdirSync', 'statSync', 'fstatSync'] as const;

type Name = (typeof changing)[number] | (typeof looking)[number];
type Call = (...words: unknown[]) => unknown;
const calls = fs as unknown as Record<Name, Call>;

/** Runs an action on a disk that fails at a boundary; the disk is sound again when this returns. */
export async function failAt<Result>(
  boundary: Boundary,
  action: () => Promise<Result>,
): Promise<Report<Result>> {
  const disk = new FailingDisk(boundary);
  disk.install();
  try {
    const outcome = await action().then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    return { calls: disk.calls, hasFailed: disk.hasFailed, outcome };
  } finally {
    disk.remove();
  }
}

class FailingDisk {
  calls = 0;
  hasFailed = false;
  readonly #boundary: Boundary;
  readonly #sound = new Map<Name, Call>();

  constructor(boundary: Boundary) {
    this.#boundary = boundary;
  }

  install(): void {
    for (const name of this.#names()) this.#replace(name);
    syncBuiltinESMExports();
  }

  remove(): void {
    for (const [name, call] of this.#sound) calls[name] = call;
    syncBuiltinESMExports();
  }

  /** A full or read-only disk can still be read. */
  #names(): readonly Name[] {
    const isAny = this.#boundary.failure === 'EIO' || this.#boundary.failure === 'death';
    return isAny ? [...changing, ...looking] : changing;
  }

  #replace(name: Name): void {
    const sound = calls[name];
    this.#sound.set(name, sound);
    calls[name] = (...words) => {
      if (this.#passes(name, words)) return sound(...words);
      // Half of what was to be written arrives before the trouble does.
      if (name === 'writeSync') this.#writeHalf(sound, words);
      // A file descriptor is given back even where closing reports an error.
      if (name === 'closeSync') sound(...words);
      throw this.#error(name);
    };
  }

  #passes(name: Name, words: readonly unknown[]): boolean {
    const { after, failure, lasts } = this.#boundary;
    if (this.#onlyReads(name, words)) return true;
    this.calls += 1;
    const isAt = this.calls === after + 1;
    const isPast = this.calls > after && (lasts || failure === 'death');
    this.hasFailed ||= isAt;
    return !isAt && !isPast;
  }

  #onlyReads(name: Name, words: readonly unknown[]): boolean {
    const { failure } = this.#boundary;
    const isSpared = failure === 'ENOSPC' || failure === 'EROFS';
    return isSpared && name === 'openSync' && words[1] === 'r';
  }

  #writeHalf(sound: Call, [file, bytes]: readonly unknown[]): void {
    const isFirst = this.calls === this.#boundary.after + 1;
    if (!isFirst || !(bytes instanceof Uint8Array)) return;
    sound(file, bytes, 0, Math.floor(bytes.length / 2));
  }

  #error(name: Name): Error {
    const { failure } = this.#boundary;
    if (failure === 'death') return new Death('The process is no more.');
    const syscall = name.replace(/Sync$/, '');
    const message = `${failure}: a test wants it so, ${syscall}`;
    return Object.assign(new Error(message), { code: failure, syscall });
  }
}
