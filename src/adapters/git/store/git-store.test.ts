// Many processes write one store, and processes are killed while they do: nothing acknowledged is lost.
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../../kernel/assert.ts';
import {
  branch,
  complaints,
  ended,
  freshStore,
  git,
  packFiles,
  scratchDirectory,
  startChild,
  textsUpTo,
} from './git-store.fixture.ts';
import type { GitStore } from './git-store.ts';
import { openBareStore } from './git-store.ts';
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

describe('a process killed at any point', () => {
  it(
    'loses nothing it acknowledged and leaves a store that works on',
    { timeout: 120_000 },
    async () => {
      let acknowledged = 0;
      for (let kill = 0; kill < 30; kill += 1) {
        const child = startChild('count.child.ts', store.dir, '100000');
        const lines = createInterface({ input: present(child.stdout, 'its output is a pipe') });
        lines.on('line', (line) => (acknowledged = Math.max(acknowledged, Number(line))));
        await once(lines, 'line');
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
        child.kill('SIGKILL');
        expect(await ended(child)).toBe('SIGKILL');

        const fresh = openBareStore(store.dir);
        const texts = textsUpTo(fresh, present(fresh.readRef(branch), 'the branch exists'));
        expect(texts).toEqual(texts.map((_, place) => `${place + 1}`));
        // One more than acknowledged is right: it was killed between the two.
        expect(texts.length - acknowledged).toBeOneOf([0, 1]);
        acknowledged = texts.length;
        if (kill % 5 === 4) expect(complaints(store.dir)).toBe('');
      }
      expect(acknowledged).toBeGreaterThanOrEqual(30);
      expect(packFiles(store).length).toBeLessThan(100);
    },
  );
});
