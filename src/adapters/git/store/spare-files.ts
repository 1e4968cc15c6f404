// Small files that a process links to a name, takes back and writes anew, instead of creating one each time.
import * as fs from 'node:fs';
import { createSynced, isAbsent, removeIfPresent, uniquePath, writeWhole } from './durable-file.ts';

/** Whether the bytes must be on disk before a name is given to them. */
export type Durability = 'synced' | 'unsynced';

// What is linked may be read by others for long; two take turns, and a third waits out one that is.
const sparesMax = 3;
/** All spares of this process, for its end. */
const atExit = new Set<string>();
let isAwaitingExit = false;

/**
 * Creating and deleting a file are among the dearest calls of a file system, so what a process needs again and again,
 * it keeps. A file is written anew only while its spare name is its only one: what else is linked to it, a ref or a
 * mutex, is never changed in place. What a killed process leaves is swept with other leftovers.
 */
export class SpareFiles {
  readonly #directory: string;
  readonly #prefix: string;
  readonly #paths = new Set<string>();
  #isRegular = false;
  #areLinksCounted = true;

  constructor(directory: string, prefix: string) {
    this.#directory = directory;
    this.#prefix = prefix;
  }

  /** The path of a file with these bytes and no other name, to be settled. Throws system errors; nothing stays behind then. */
  write(bytes: Buffer, durability: Durability): string {
    const idle = [...this.#paths].find((path) => this.#isIdle(path, bytes.length));
    const again = idle === undefined ? undefined : this.#again(idle, bytes, durability);
    return again ?? this.#create(bytes, durability);
  }

  /**
   * Gives a file its other name, which must not exist. Throws what the system says. A file system that does not count
   * names cannot tell what is idle: there nothing is kept.
   */
  link(path: string, name: string): void {
    fs.linkSync(path, name);
    const count = fs.statSync(path, { throwIfNoEntry: false })?.nlink ?? 0;
    if (count < 2) this.#areLinksCounted = false;
  }

  /** Whether one of these files is the one of this name. */
  isLinkedTo(name: string): boolean {
    const there = fs.statSync(name, { throwIfNoEntry: false, bigint: true })?.ino;
    return [...this.#paths].some((path) => {
      return fs.statSync(path, { throwIfNoEntry: false, bigint: true })?.ino === there;
    });
  }

  /** Says that a file has its other name, or needs none. Who comes once leaves nothing; from then on they are kept. */
  settle(path: string): void {
    if (!this.#isRegular || !this.#areLinksCounted) this.#drop(path);
    this.#isRegular = true;
  }

  /** Leaves a file where it is for good: it marks something that could not be removed. */
  abandon(path: string): void {
    this.#paths.delete(path);
    atExit.delete(path);
  }

  /** Removes all of them; what they are linked to keeps its content. */
  remove(): void {
    for (const path of this.#paths) this.#drop(path);
  }

  /** Of the same length, for what is cut or grown is not there in one step. */
  #isIdle(path: string, length: number): boolean {
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    return stat?.nlink === 1 && stat.size === length;
  }

  /** Undefined where another process has swept it meanwhile. */
  #again(path: string, bytes: Buffer, durability: Durability): string | undefined {
    try {
      const file = fs.openSync(path, 'r+');
      try {
        writeWhole(file, bytes);
        if (durability === 'synced') fs.fdatasyncSync(file);
      } finally {
        fs.closeSync(file);
      }
      return path;
    } catch (error) {
      this.#drop(path);
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  #create(bytes: Buffer, durability: Durability): string {
    const path = uniquePath(this.#directory, this.#prefix);
    if (this.#paths.size >= sparesMax) this.remove();
    this.#keep(path);
    try {
      if (durability === 'synced') createSynced(path, bytes);
      else fs.writeFileSync(path, bytes, { flag: 'wx' });
      return path;
    } catch (error) {
      this.#drop(path);
      throw error;
    }
  }

  #keep(path: string): void {
    if (!isAwaitingExit) process.once('exit', removeAtExit);
    isAwaitingExit = true;
    this.#paths.add(path);
    atExit.add(path);
  }

  #drop(path: string): void {
    this.abandon(path);
    try {
      removeIfPresent(path);
    } catch {
      // It is swept with other leftovers.
    }
  }
}

function removeAtExit(): void {
  for (const path of atExit) {
    try {
      fs.unlinkSync(path);
    } catch {
      // It is gone, or it is swept later.
    }
  }
}
