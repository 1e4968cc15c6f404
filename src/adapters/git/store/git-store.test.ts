// Many processes write one store: nothing acknowledged is lost.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../../kernel/assert.ts';
import {
  branch,
  complaints,
  ended,
  freshStore,
  git,
  scratchDirectory,
  startChild,
  textsUpTo,
} from './git-store.fixture.ts';
import type { GitStore } from './git-store.ts';
import { encodeRecord } from './mutex-record.ts';
import { ownIdentity } from './process-identity.ts';

let scratch: ReturnType<typeof scratchDirectory>;
let store: GitStore;

beforeEach(() => {
  scratch = scratchDirectory();
  store = freshStore(scratch.path);
});
afterEach(() => scratch.remove());

describe('eight processes', () => {
  it('add 25 commits each to one line of history, though a dead one held the mutex', async () => {
    const dead = { ...ownIdentity(), pid: 2 ** 22 + 1, nonce: 'a'.repeat(16), since: '2026-01-01' };
    fs.writeFileSync(join(store.dir, 'coord-mutex'), encodeRecord(dead).text);
    const children = Array.from({ length: 8 }, () => startChild('count.child.ts', store.dir, '25'));
    expect(await Promise.all(children.map(ended))).toEqual(Array(8).fill(0));
    const head = present(store.readRef(branch), 'the branch exists');
    expect(textsUpTo(store, head)).toEqual(
      Array.from({ length: 200 }, (_, place) => `${place + 1}`),
    );
    expect(git(store.dir, 'rev-list', '--count', '--min-parents=1', branch).trim()).toBe('199');
    expect(complaints(store.dir)).toBe('');
    expect(fs.readdirSync(store.dir)).not.toContain('coord-mutex');
  });
});
