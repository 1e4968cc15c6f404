// The file system steps everything durable is made of.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../kernel/fault.ts';
import {
  createSynced,
  isAbsent,
  isSystemError,
  namesIn,
  oldFilesIn,
  readIfPresent,
  removeIfPresent,
  removeOldFiles,
  syncDirectory,
  uniquePath,
  withFaults,
  writeWhole,
} from './durable-file.ts';
import { replaceFs, scratchDirectory } from './git-store.fixture.ts';

let scratch: ReturnType<typeof scratchDirectory>;
let path: string;

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch.path, 'file');
});
afterEach(() => scratch.remove());

describe('files', () => {
  it('are created with all bytes or an error, and only once', () => {
    createSynced(path, 'text');
    expect(readIfPresent(path)?.toString()).toBe('text');
    expect(() => createSynced(path, 'other')).toThrow('EEXIST');
  });

  it('are written whole although the system takes a piece at a time', () => {
    const file = fs.openSync(path, 'w');
    const restore = replaceFs(
      'writeSync',
      (write) =>
        ((to: number, bytes: Buffer, at: number) =>
          write(to, bytes, at, Math.min(3, bytes.length - at))) as never,
    );
    writeWhole(file, 'ten bytes.');
    restore();
    fs.closeSync(file);
    expect(fs.readFileSync(path, 'utf8')).toBe('ten bytes.');
  });

  it('that are absent are no error to read, list or remove', () => {
    expect(readIfPresent(join(path, 'below'))).toBeUndefined();
    expect(namesIn(path)).toEqual([]);
    expect(removeIfPresent(path)).toBe(false);
    expect(() => readIfPresent(scratch.path)).toThrow('EISDIR');
  });

  it('are removed when their name and age say so', () => {
    const past = new Date(Date.now() - 100_000);
    for (const name of ['tmp_old', 'tmp_new', 'kept_old']) {
      fs.writeFileSync(join(scratch.path, name), '');
      if (name.endsWith('old')) fs.utimesSync(join(scratch.path, name), past, past);
    }
    expect(removeOldFiles(scratch.path, /^tmp_/, 50)).toBe(1);
    expect(namesIn(scratch.path).sort()).toEqual(['kept_old', 'tmp_new']);
  });

  it('are kept, however old, while the process that they are named after runs', () => {
    const past = new Date(Date.now() - 100_000);
    const own = uniquePath(scratch.path, 'tmp_');
    const dead = own.replace(`_${process.pid}_`, '_4194399_');
    for (const each of [own, dead]) {
      fs.writeFileSync(each, '');
      fs.utimesSync(each, past, past);
    }
    expect(oldFilesIn(scratch.path, /^tmp_/, 50)).toEqual([dead]);
  });

  it('in a directory that is gone cannot be made durable', () => {
    expect(() => syncDirectory(path)).toThrow('ENOENT');
  });
});

describe('withFaults', () => {
  it('turns a system error into a fault with the next step, and leaves others alone', () => {
    const failing = (): never => {
      fs.readFileSync(path);
      throw new Error('not reached');
    };
    const fault = expect.objectContaining({
      code: 'store-io',
      message: expect.stringMatching(/^Could not read it: ENOENT.*try again\.$/) as string,
    }) as unknown;
    expect(() => withFaults('read it', failing)).toThrow(fault);
    const own = new Fault('own', 'Own.');
    expect(() =>
      withFaults('do it', () => {
        throw own;
      }),
    ).toThrow(own);
    expect(withFaults('do it', () => 5)).toBe(5);
  });

  it('knows system errors from others', () => {
    expect(isSystemError(new RangeError('x'))).toBe(false);
    expect(isAbsent(Object.assign(new Error('x'), { code: 'ENOTDIR' }))).toBe(true);
    expect(isAbsent('ENOENT')).toBe(false);
  });
});
