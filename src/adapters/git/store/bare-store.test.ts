// The store's directory is complete or absent, and a repository native git accepts.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBareStore, createBareStore } from './bare-store.ts';
import {
  branch,
  complaints,
  ended,
  git,
  replaceFs,
  scratchDirectory,
  startChild,
  writeCommit,
} from './git-store.fixture.ts';
import { openBareStore } from './git-store.ts';

let scratch: ReturnType<typeof scratchDirectory>;
let dir: string;

beforeEach(() => {
  scratch = scratchDirectory();
  dir = join(scratch.path, 'deep', 'store.git');
});
afterEach(() => scratch.remove());

describe('createBareStore', () => {
  it('makes a bare repository that native git can work in', () => {
    createBareStore(dir);
    expect(git(dir, 'rev-parse', '--is-bare-repository').trim()).toBe('true');
    expect(git(dir, 'symbolic-ref', 'HEAD').trim()).toBe(branch);
    expect(git(dir, 'config', 'gc.auto').trim()).toBe('0');
    expect(complaints(dir)).toBe('');
    expect(fs.readdirSync(join(scratch.path, 'deep'))).toEqual(['store.git']);
  });

  it('keeps what is there', () => {
    createBareStore(dir);
    const store = openBareStore(dir);
    const oid = writeCommit(store, null, 'kept');
    createBareStore(dir);
    expect(openBareStore(dir).readObject(oid)?.type).toBe('commit');
  });

  it('may be done by several processes at once', async () => {
    const children = Array.from({ length: 4 }, () => startChild('create-store.child.ts', dir));
    expect(await Promise.all(children.map(ended))).toEqual([0, 0, 0, 0]);
    expect(complaints(dir)).toBe('');
    const store = openBareStore(dir);
    const texts = git(dir, 'cat-file', '--batch-all-objects', '--batch-check');
    expect(texts.match(/ commit /g)).toHaveLength(4);
    expect(fs.readdirSync(join(scratch.path, 'deep'))).toEqual(['store.git']);
    expect(store.readRef(branch)).toBeNull();
  });

  it('is complete or absent wherever it is cut off', () => {
    for (let renames = 0; renames < 1; renames += 1) {
      const restore = replaceFs('renameSync', () => () => {
        throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'rename' });
      });
      expect(() => createBareStore(dir)).toThrow('EIO');
      restore();
      expect(fs.readdirSync(join(scratch.path, 'deep'))).toEqual([]);
    }
    createBareStore(dir);
    expect(complaints(dir)).toBe('');
  });

  it('removes old half-made directories of killed processes', () => {
    const abandoned = `${dir}.tmp-1-aa`;
    const young = `${dir}.tmp-2-bb`;
    [abandoned, young].forEach((path) => fs.mkdirSync(path, { recursive: true }));
    const past = new Date(Date.now() - 7_200_000);
    fs.utimesSync(abandoned, past, past);
    createBareStore(dir);
    expect(fs.existsSync(abandoned)).toBe(false);
    expect(fs.existsSync(young)).toBe(true);
  });
});

describe('checkBareStore', () => {
  it('tells nothing from something else', () => {
    expect(() => checkBareStore(dir)).toThrow(expect.objectContaining({ code: 'store-missing' }));
    expect(() => openBareStore(dir)).toThrow('There is no git repository at');
    fs.mkdirSync(dir, { recursive: true });
    expect(() => checkBareStore(dir)).toThrow(expect.objectContaining({ code: 'store-format' }));
    expect(() => createBareStore(dir)).toThrow(expect.objectContaining({ code: 'store-format' }));
  });

  it('refuses formats that we would damage', () => {
    spawnSync('git', ['init', '-q', '--bare', '--object-format=sha256', dir]);
    expect(() => checkBareStore(dir)).toThrow(/uses objectformat sha256, which coord cannot write/);
    fs.rmSync(dir, { recursive: true });
    createBareStore(dir);
    fs.appendFileSync(join(dir, 'config'), '[extensions]\n\trefStorage = reftable\n');
    expect(() => checkBareStore(dir)).toThrow(/uses refStorage reftable/);
  });

  it('accepts a repository made by native git', () => {
    spawnSync('git', ['init', '-q', '--bare', dir]);
    const store = openBareStore(dir);
    expect(store.readObject(writeCommit(store, null, 'x'))?.type).toBe('commit');
  });
});
