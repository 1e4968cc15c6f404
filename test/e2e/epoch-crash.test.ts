// A roll that is cut short, or meets somebody who writes meanwhile: it is the old epoch or the new one, and nothing is lost.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { storeDirectory } from '../../src/adapters/git/local-log.ts';
import { Clones, say } from '../clones.ts';
import { git } from '../log-forge.ts';
import { resultOf } from '../shell.ts';

let world: Clones;
let first = '';
let store = '';

beforeEach(async () => {
  world = new Clones();
  first = await world.begin(['codex'], ['one']);
  store = storeDirectory(join(first, '.git'));
});

afterEach(() => world.remove());

function at(directory: string, ref: string): string {
  return git(directory, ['rev-parse', ref]).trim();
}

it('cut short before the branch was moved, it is done again from a later head', async () => {
  git(store, ['push', '-q', world.remote, 'coord:refs/coord/archive/1']);
  await resultOf(['-C', first, 'task', 'add', 'two', '--as', 'codex']);
  const before = at(world.remote, 'coord');
  await resultOf(['-C', first, 'epoch', 'roll', '--yes']);
  expect(at(world.remote, 'refs/coord/archive/1')).toBe(before);
  expect(world.records().map(({ op }) => op)).toEqual(['epoch.roll']);
});

it('cut short after the branch was moved, the clone that did it takes its own epoch over', async () => {
  const before = at(store, 'coord');
  await resultOf(['-C', first, 'epoch', 'roll', '--yes']);
  git(store, ['update-ref', 'refs/heads/coord', before]);
  git(store, ['update-ref', 'refs/remotes/origin/coord', before]);
  git(store, ['update-ref', '-d', 'refs/coord/archive/1']);
  await resultOf(['-C', first, 'task', 'add', 'two', '--as', 'codex']);
  expect(world.records().map(({ op }) => op)).toEqual(['epoch.roll', 'task.add']);
  expect(at(store, 'refs/coord/archive/1')).toBe(before);
});

it('goes on from what somebody else wrote between keeping the old epoch and moving the branch', async () => {
  const second = world.clone('second');
  await resultOf(['-C', second, 'sync']);
  await resultOf(['-C', second, 'task', 'add', 'between', '--as', 'codex', '--offline']);
  const between = storeDirectory(join(second, '.git'));
  git(between, ['push', '-q', world.remote, 'coord:refs/heads/between']);
  // The host moves the branch to the other's commit as soon as the archive comes.
  const hook = join(world.remote, 'hooks', 'post-receive');
  const moved = at(between, 'coord');
  const script = `while read -r old new ref; do case $ref in refs/coord/archive/*)
git rev-parse -q --verify refs/done >/dev/null || git update-ref refs/heads/coord ${moved}
git update-ref refs/done ${moved} ;; esac; done`;
  writeFileSync(hook, `#!/bin/sh\n${script}\n`);
  chmodSync(hook, 0o755);
  const result = await resultOf(['-C', first, 'epoch', 'roll', '--yes']);
  expect(result).toMatchObject({ epoch: { epoch: 2, previous: moved } });
  expect(at(world.remote, 'refs/coord/archive/1')).toBe(moved);
  expect((await resultOf(['-C', first, 'task', 'list']))['tasks']).toHaveLength(2);
});

it('works on a log that has no remote, and is good from its first genesis on', async () => {
  const alone = join(world.folder, 'alone');
  git(world.folder, ['init', '-q', alone]);
  await resultOf(['-C', alone, 'init']);
  await resultOf(['-C', alone, 'task', 'add', 'one']);
  await resultOf(['-C', alone, 'epoch', 'roll', '--yes']);
  await resultOf(['-C', alone, 'task', 'add', 'two']);
  const verified = await say(alone, 'verify', '--level', 'genesis');
  expect([verified.status, verified.result['records']]).toEqual([0, 4]);
  expect(git(storeDirectory(join(alone, '.git')), ['rev-list', '--count', 'coord']).trim()).toBe(
    '2',
  );
});
