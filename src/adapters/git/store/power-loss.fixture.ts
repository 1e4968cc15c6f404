// A disk for tests that stops at a chosen step, as a killed process or a power cut would, and forgets what was not synced.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname } from 'node:path';

/**
 * What a crash takes with it: nothing that was done (`process`, as after kill -9), the bytes of
 * files that were not synced, all of them (`data`) or the second half of each (`torn`), or names
 * created, renamed and deleted in directories that were not synced (`names`).
 */
export type Loss = 'process' | 'data' | 'torn' | 'names';

/** Thrown by every change after the crash, also by those that would clean up. */
export class Crash extends Error {}

/** The steps an action took, and whether it crashed. */
export interface CrashReport {
  readonly steps: number;
  readonly crashed: boolean;
}

/** Runs `action` on a disk that stops after `stepsMax` changes, then takes away what is lost. */
export async function crashAfter(
  stepsMax: number,
  loss: Loss,
  action: () => Promise<void>,
): Promise<CrashReport> {
  const disk = new Disk(stepsMax);
  const restore = disk.install();
  try {
    await action();
  } catch (error) {
    // The crash may arrive wrapped, or hidden behind what failed after it, or not at all.
    if (!disk.isDown) throw error;
  } finally {
    restore();
  }
  const crashed = disk.isDown;
  if (crashed) disk.lose(loss);
  return { steps: disk.steps, crashed };
}

class Disk {
  steps = 0;
  readonly #stepsMax: number;
  readonly #paths = new Map<number, string>();
  readonly #unsynced = new Set<string>();
  readonly #undo = new Map<string, (() => void)[]>();

  constructor(stepsMax: number) {
    this.#stepsMax = stepsMax;
  }

  get isDown(): boolean {
    return this.steps > this.#stepsMax;
  }

  install(): () => void {
    const { openSync, writeSync, fdatasyncSync, fsyncSync, renameSync, linkSync, unlinkSync } = fs;
    const changed = {
      openSync,
      writeSync,
      fdatasyncSync,
      fsyncSync,
      renameSync,
      linkSync,
      unlinkSync,
    };
    const real = { ...fs };
    fs.openSync = (path, flags, mode) => {
      if (flags === 'wx') this.#step();
      const file = real.openSync(path, flags, mode);
      this.#paths.set(file, String(path));
      if (flags === 'wx') this.#named(String(path), () => real.rmSync(path, { force: true }));
      return file;
    };
    fs.writeSync = (file: number, ...rest: unknown[]) => {
      this.#step();
      this.#unsynced.add(this.#paths.get(file) ?? '');
      return (real.writeSync as (...all: unknown[]) => number)(file, ...rest);
    };
    // Nothing is really synced: the model knows what would have been.
    fs.fdatasyncSync = fs.fsyncSync = (file) => this.#synced(this.#paths.get(file) ?? '');
    fs.renameSync = (from, to) => {
      this.#step();
      const replaced = readIfThere(real, to);
      real.renameSync(from, to);
      if (this.#unsynced.delete(String(from))) this.#unsynced.add(String(to));
      this.#named(String(to), () => {
        real.renameSync(to, from);
        if (replaced !== undefined) real.writeFileSync(to, replaced);
      });
    };
    fs.linkSync = (from, to) => {
      this.#step();
      real.linkSync(from, to);
      if (this.#unsynced.has(String(from))) this.#unsynced.add(String(to));
      this.#named(String(to), () => real.rmSync(to, { force: true }));
    };
    fs.unlinkSync = (path) => {
      this.#step();
      const removed = readIfThere(real, path);
      real.unlinkSync(path);
      this.#named(String(path), () => real.writeFileSync(path, removed ?? ''));
    };
    syncBuiltinESMExports();
    return () => {
      Object.assign(fs, changed);
      syncBuiltinESMExports();
    };
  }

  lose(loss: Loss): void {
    if (loss === 'names') {
      for (const undo of this.#undo.values()) undo.toReversed().forEach((step) => step());
    }
    if (loss === 'data' || loss === 'torn') {
      const part = loss === 'data' ? 0 : 0.5;
      for (const path of this.#unsynced) if (fs.existsSync(path)) truncate(path, part);
    }
  }

  #step(): void {
    this.steps += 1;
    if (this.isDown) throw new Crash('The disk is gone.');
  }

  #synced(path: string): void {
    this.#step();
    this.#unsynced.delete(path);
    this.#undo.delete(path);
  }

  #named(path: string, undo: () => void): void {
    const directory = dirname(path);
    this.#undo.set(directory, [...(this.#undo.get(directory) ?? []), undo]);
  }
}

function readIfThere(real: Pick<typeof fs, 'readFileSync'>, path: fs.PathLike): Buffer | undefined {
  try {
    return real.readFileSync(path);
  } catch {
    return undefined;
  }
}

function truncate(path: string, part: number): void {
  fs.chmodSync(path, 0o644);
  fs.truncateSync(path, Math.floor(fs.statSync(path).size * part));
}
