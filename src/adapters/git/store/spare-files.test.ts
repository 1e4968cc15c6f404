// What a process keeps to link it again is never written while anything else is linked to it.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ended, replaceFs, scratchDirectory, startChild } from './git-store.fixture.ts';
import { SpareFiles } from './spare-files.ts';

let scratch: ReturnType<typeof scratchDirectory>;
let spares: SpareFiles;

beforeEach(() => {
  scratch = scratchDirectory();
  spares = new SpareFiles(scratch.path, 'tmp_');
});
afterEach(() => scratch.remove());

function write(text: string): string {
  const path = spares.write(Buffer.from(text), 'synced');
  expect(fs.readFileSync(path, 'utf8')).toBe(text);
  spares.settle(path);
  return path;
}

function inode(path: string): number {
  return fs.statSync(path).ino;
}

describe('a spare file', () => {
  it('is kept from the second on, and written anew in place', () => {
    expect(fs.existsSync(write('one'))).toBe(false);
    const second = write('two');
    const file = inode(second);
    expect(write('six')).toBe(second);
    expect(inode(second)).toBe(file);
    expect(fs.readdirSync(scratch.path)).toHaveLength(1);
  });

  it('is left alone while something else is linked to it, and used again after', () => {
    write('one');
    const ref = join(scratch.path, 'ref');
    const second = write('two');
    fs.linkSync(second, ref);
    const third = write('six');
    expect(third).not.toBe(second);
    expect(fs.readFileSync(ref, 'utf8')).toBe('two');
    fs.linkSync(third, `${ref}.lock`);
    fs.renameSync(`${ref}.lock`, ref);
    expect(write('ten')).toBe(second);
    expect(fs.readFileSync(ref, 'utf8')).toBe('six');
  });

  it('whose name was swept is not written through what it is linked to', () => {
    write('one');
    const ref = join(scratch.path, 'ref');
    const second = write('two');
    fs.linkSync(second, ref);
    fs.unlinkSync(second);
    write('six');
    write('ten');
    expect(fs.readFileSync(ref, 'utf8')).toBe('two');
  });

  it('is on disk before it is given away, where that is asked for', () => {
    const synced: number[] = [];
    const restore = replaceFs('fdatasyncSync', () => (file) => {
      synced.push(fs.fstatSync(file).ino);
    });
    write('one');
    const kept = [write('two'), write('six')].map(inode);
    spares.write(Buffer.from('ten'), 'unsynced');
    restore();
    expect(synced.slice(1)).toEqual(kept);
  });

  it('of another length is another file, so that none is ever cut', () => {
    write('one');
    expect(write('eleven')).not.toBe(write('two'));
  });

  it('that cannot be written whole is gone, new or old', () => {
    write('one');
    const full = (): (() => void) =>
      replaceFs('writeSync', () => () => {
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
      });
    for (const text of ['two', 'six']) {
      const restore = full();
      expect(() => write(text)).toThrow('ENOSPC');
      restore();
      expect(fs.readdirSync(scratch.path)).toEqual([]);
      write('old');
    }
  });

  it('is not kept where the file system does not count names', () => {
    write('one');
    const second = write('two');
    const ref = join(scratch.path, 'ref');
    const restore = replaceFs(
      'statSync',
      (stat) =>
        ((...words: Parameters<typeof fs.statSync>) => {
          const found = stat(...words);
          return found === undefined ? undefined : Object.assign(found, { nlink: 1 });
        }) as typeof fs.statSync,
    );
    spares.link(second, ref);
    spares.settle(second);
    write('six');
    write('ten');
    restore();
    expect(fs.readFileSync(ref, 'utf8')).toBe('two');
    expect(fs.readdirSync(scratch.path)).toEqual(['ref']);
  });

  it('that another process sweeps at the last moment is made anew', () => {
    write('one');
    const second = write('two');
    let isSwept = false;
    const restore = replaceFs('openSync', (open) => (path, ...rest) => {
      if (path === second && !isSwept) fs.unlinkSync(second);
      isSwept ||= path === second;
      return open(path, ...rest);
    });
    expect(write('six')).not.toBe(second);
    restore();
  });

  it('that is abandoned stays and is never used again', () => {
    write('one');
    const marked = write('two');
    spares.abandon(marked);
    expect(write('six')).not.toBe(marked);
    spares.remove();
    expect(fs.readdirSync(scratch.path).map((name) => join(scratch.path, name))).toEqual([marked]);
  });

  it('goes with its process, and what is linked to it stays', async () => {
    const child = startChild('spare-files.child.ts', scratch.path);
    expect(await ended(child)).toBe(0);
    expect(fs.readdirSync(scratch.path)).toEqual(['linked']);
    expect(fs.readFileSync(join(scratch.path, 'linked'), 'utf8')).toBe('other');
  });
});
