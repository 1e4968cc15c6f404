// Objects arrive from another repository as one verified pack or not at all.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../../kernel/assert.ts';
import { createBareStore } from './bare-store.ts';
import {
  branch,
  complaints,
  freshStore,
  git,
  packFiles,
  scratchDirectory,
  textsUpTo,
  withoutSync,
  writeCommit,
} from './git-store.fixture.ts';
import type { GitStore } from './git-store.ts';
import { openBareStore } from './git-store.ts';
import { importObjects } from './import.ts';
import type { Oid } from './object.ts';

let scratch: ReturnType<typeof scratchDirectory>;
let source: GitStore;
let target: GitStore;
let head: Oid;
let oids: Oid[];

beforeEach(() => {
  scratch = scratchDirectory();
  source = freshStore(scratch.path);
  const restore = withoutSync();
  let parent: Oid | null = null;
  for (let place = 0; place < 30; place += 1) parent = writeCommit(source, parent, `text ${place}`);
  restore();
  head = present(parent, 'a commit was written');
  git(source.dir, 'update-ref', branch, head);
  git(source.dir, 'repack', '-adfq');
  oids = git(source.dir, 'rev-list', '--objects', branch)
    .split('\n')
    .filter(Boolean)
    .map((line) => line.slice(0, 40));
  const dir = join(scratch.path, 'target.git');
  createBareStore(dir);
  target = openBareStore(dir);
});
afterEach(() => scratch.remove());

describe('importObjects', () => {
  it('copies a set of objects as one pack', async () => {
    expect(importObjects(source, target, [...oids, head])).toBe(90);
    expect(packFiles(target)).toHaveLength(2);
    await target.swapRef({ name: branch, expected: null, next: head });
    expect(textsUpTo(target, head)).toEqual(textsUpTo(source, head));
    expect(complaints(target.dir)).toBe('');
  });

  it('copies nothing for no objects', () => {
    expect(importObjects(source, target, [])).toBe(0);
    expect(packFiles(target)).toEqual([]);
  });

  it('leaves nothing behind when one is missing', () => {
    const fault = expect.objectContaining({
      code: 'object-missing',
      data: { oid: 'e'.repeat(40) },
    }) as unknown;
    expect(() => importObjects(source, target, [head, 'e'.repeat(40)])).toThrow(fault);
    expect(packFiles(target)).toEqual([]);
  });

  it('leaves nothing behind when one is damaged', () => {
    const pack = present(
      packFiles(source).find((name) => name.endsWith('.pack')),
      'one pack',
    );
    const path = join(source.dir, 'objects', 'pack', pack);
    fs.chmodSync(path, 0o644);
    const bytes = fs.readFileSync(path);
    bytes.fill(0, bytes.length - 200, bytes.length - 30);
    fs.writeFileSync(path, bytes);
    const damaged = expect.objectContaining({ code: 'object-corrupt' }) as unknown;
    expect(() => importObjects(openBareStore(source.dir), target, oids)).toThrow(damaged);
    expect(packFiles(target)).toEqual([]);
  });
});
