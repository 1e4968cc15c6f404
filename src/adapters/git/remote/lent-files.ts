// A quarantine's files with the store's objects behind them, for a library that does not know alternates.
import { promises as files } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { assert } from '../../../kernel/assert.ts';
import { isAbsent } from '../store/durable-file.ts';

type Files = Pick<
  typeof files,
  | 'readFile'
  | 'writeFile'
  | 'mkdir'
  | 'rmdir'
  | 'unlink'
  | 'stat'
  | 'lstat'
  | 'readdir'
  | 'readlink'
  | 'symlink'
>;

/** Files as isomorphic-git takes them. */
export interface LentFiles {
  readonly promises: Readonly<Record<keyof Files, (...args: never[]) => Promise<unknown>>>;
}

/** The same path below the store, for what lies in `objects/`; null elsewhere. */
function twin(directory: string, storeDir: string, path: string): string | null {
  const inside = relative(directory, path);
  return /^objects(?:[\\/]|$)/.test(inside) ? join(storeDir, inside) : null;
}

/**
 * Reads from `directory`, and what is not there below `objects/` from the store. Writes go to `directory` only;
 * a write elsewhere is a broken assumption.
 */
export function lentFiles(directory: string, storeDir: string): LentFiles {
  const own = (path: string): string => {
    const inside = relative(directory, path);
    assert(!inside.startsWith('..') && !isAbsolute(inside), 'a transport writes to its quarantine');
    return path;
  };
  const reading =
    <Rest extends unknown[], Result>(read: (path: string, ...rest: Rest) => Promise<Result>) =>
    async (path: string, ...rest: Rest): Promise<Result> => {
      try {
        return await read(path, ...rest);
      } catch (error) {
        const lent = isAbsent(error) ? twin(directory, storeDir, path) : null;
        if (lent === null) throw error;
        return read(lent, ...rest);
      }
    };
  const readdir = async (path: string): Promise<string[]> => {
    const lent = twin(directory, storeDir, path);
    const there = lent === null ? [] : await files.readdir(lent).catch(() => []);
    const here = await files.readdir(path).catch((error: unknown) => {
      if (there.length > 0 && isAbsent(error)) return [];
      throw error;
    });
    return [...new Set([...here, ...there])];
  };
  return {
    promises: {
      readFile: reading((path: string, options?: object) => files.readFile(path, options)),
      stat: reading((path: string) => files.stat(path)),
      lstat: reading((path: string) => files.lstat(path)),
      readlink: (path: string) => files.readlink(path),
      readdir,
      writeFile: (path: string, data: Uint8Array) => files.writeFile(own(path), data),
      mkdir: (path: string) => files.mkdir(own(path)),
      rmdir: (path: string) => files.rmdir(own(path)),
      unlink: (path: string) => files.unlink(own(path)),
      symlink: (target: string, path: string) => files.symlink(target, own(path)),
    },
  };
}
