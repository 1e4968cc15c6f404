// An epoch roll seen from several clones: what goes on, what is kept, who is left behind, and what is a forgery.
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { storeDirectory } from '../../src/adapters/git/local-log.ts';
import { Clones, say } from '../clones.ts';
import { git } from '../log-forge.ts';
import { resultOf } from '../shell.ts';

const made: Clones[] = [];

function clones(): Clones {
  const each = new Clones();
  made.push(each);
  return each;
}

afterAll(() => {
  for (const each of made) each.remove();
});

function storeOf(clone: string): string {
  return storeDirectory(join(clone, '.git'));
}

function headOf(directory: string, ref = 'refs/heads/coord'): string {
  return git(directory, ['rev-parse', ref]).trim();
}

function countOf(directory: string, ref = 'refs/heads/coord'): number {
  return Number(git(directory, ['rev-list', '--count', ref]).trim());
}

describe('a roll', () => {
  const world = clones();
  let first = '';
  let before = '';

  it('needs to be meant, and a person or an executive', async () => {
    first = await world.begin(['codex'], ['one', 'two']);
    before = headOf(world.remote);
    expect((await say(first, 'epoch', 'roll')).error.code).toBe('confirmation-needed');
    expect((await say(first, 'epoch', 'roll', '--yes', '--as', 'codex')).error.code).toBe(
      'not-allowed',
    );
    expect((await say(first, 'epoch', 'roll', '--yes', '--offline')).error.code).toBe('offline');
    const other = ['--previous', '0'.repeat(40)];
    expect((await say(first, 'epoch', 'roll', '--yes', ...other)).error.code).toBe('head-moved');
    expect(headOf(world.remote)).toBe(before);
  });

  it('puts a root commit with the whole state in the place of the head, and keeps what was before', async () => {
    const { status, result } = await say(first, 'epoch', 'roll', '--yes');
    expect(status).toBe(0);
    expect(result).toMatchObject({ confirmed: true, epoch: { epoch: 2, previous: before } });
    const root = headOf(world.remote);
    expect(countOf(world.remote)).toBe(1);
    expect(headOf(world.remote, 'refs/coord/archive/1')).toBe(before);
    expect(headOf(storeOf(first))).toBe(root);
    expect(headOf(storeOf(first), 'refs/coord/archive/1')).toBe(before);
    const [commit] = world.log();
    expect(commit?.records.map(({ op, seq }) => [op, seq])).toEqual([['epoch.roll', 5]]);
    expect(git(world.remote, ['log', '-1', '--format=%B', root])).toContain(`Coord-Tail: 0\n`);
    expect(git(world.remote, ['log', '-1', '--format=%B', root])).toContain(
      `Coord-Previous: ${before}\n`,
    );
  });

  it('goes on: seq, chain, tasks and keys are those of before', async () => {
    const { task } = (await say(first, 'task', 'add', 'three', '--as', 'codex')).result;
    expect(task).toMatchObject({ id: 'T-3' });
    expect(countOf(world.remote)).toBe(2);
    const log = await say(first, 'log');
    expect((log.result['records'] as unknown[]).length).toBe(6);
    expect((await say(first, 'task', 'show', 'T-1')).status).toBe(0);
  });

  it('is all that a new clone fetches', async () => {
    const fresh = world.clone('fresh');
    expect((await resultOf(['-C', fresh, 'task', 'list']))['tasks']).toHaveLength(3);
    expect(countOf(storeOf(fresh))).toBe(2);
    expect(() => headOf(storeOf(fresh), 'refs/coord/archive/1')).toThrow();
    await resultOf(['-C', fresh, 'task', 'claim', 'T-1', '--as', 'codex']);
    const verified = await say(fresh, 'verify');
    expect([verified.status, verified.result['problems']]).toEqual([0, []]);
  });
});

describe('who was elsewhere meanwhile', () => {
  it('takes the new epoch over, decides its own again on it, and keeps the past', async () => {
    const world = clones();
    const first = await world.begin(['codex'], ['one']);
    const second = world.clone('second');
    await resultOf(['-C', second, 'sync']);
    await resultOf(['-C', second, 'task', 'claim', 'T-1', '--as', 'codex', '--offline']);
    await resultOf(['-C', first, 'task', 'add', 'unseen', '--as', 'codex']);
    const before = headOf(world.remote);
    await resultOf(['-C', first, 'epoch', 'roll', '--yes']);
    await resultOf(['-C', first, 'task', 'add', 'after', '--as', 'codex']);
    const synced = await resultOf(['-C', second, 'sync']);
    expect(synced).toMatchObject({ confirmed: true, again: 1, lost: [] });
    expect(headOf(storeOf(second), 'refs/coord/archive/1')).toBe(before);
    expect(world.records().at(-1)).toMatchObject({ op: 'task.claim' });
    expect((await resultOf(['-C', second, 'task', 'list']))['tasks']).toHaveLength(3);
    const verified = await say(second, 'verify', '--level', 'genesis');
    expect([verified.status, verified.result['problems']]).toEqual([0, []]);
    expect(verified.result['records']).toBe(7);
  });

  it('follows over two rolls at once', async () => {
    const world = clones();
    const first = await world.begin(['codex'], ['one']);
    const second = world.clone('second');
    await resultOf(['-C', second, 'sync']);
    for (const title of ['two', 'three']) {
      await resultOf(['-C', first, 'task', 'add', title, '--as', 'codex']);
      await resultOf(['-C', first, 'epoch', 'roll', '--yes']);
    }
    await resultOf(['-C', second, 'sync']);
    expect(headOf(storeOf(second))).toBe(headOf(world.remote));
    expect((await resultOf(['-C', second, 'task', 'list']))['tasks']).toHaveLength(3);
    expect(headOf(storeOf(second), 'refs/coord/archive/2')).toBe(
      headOf(world.remote, 'refs/coord/archive/2'),
    );
  });
});

it('uses a branch where the host takes no refs but branches', async () => {
  const world = clones();
  const first = await world.begin(['codex'], ['one']);
  git(world.remote, ['config', 'receive.hideRefs', 'refs/coord']);
  const before = headOf(world.remote);
  await resultOf(['-C', first, 'epoch', 'roll', '--yes']);
  expect(headOf(world.remote, 'refs/heads/coord-archive/1')).toBe(before);
});
