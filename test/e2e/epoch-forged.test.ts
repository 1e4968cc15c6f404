// A head that begins an epoch is taken over only where it says what the history before it comes to; else it is forked.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeDirectory } from '../../src/adapters/git/local-log.ts';
import { present } from '../../src/kernel/assert.ts';
import { Clones, say } from '../clones.ts';
import { blob, forge, git, layOut, rightMessage } from '../log-forge.ts';
import type { ForgedCommit } from '../log-forge.ts';
import { resultOf } from '../shell.ts';

const world = new Clones();
let second = '';
let third = '';
let pin = '';
let honest = '';
let before: ForgedCommit;
let root: ForgedCommit;

beforeAll(async () => {
  const first = await world.begin(['codex', 'opus'], ['one']);
  second = world.clone('second');
  third = world.clone('third');
  for (const clone of [second, third]) await resultOf(['-C', clone, 'sync']);
  await resultOf(['-C', first, 'lock', 'acquire', 'src/**', '--as', 'codex']);
  pin = git(storeDirectory(join(second, '.git')), ['rev-parse', 'coord']).trim();
  before = present(layOut(world.remote).at(-1), 'the log has commits');
  await resultOf(['-C', first, 'epoch', 'roll', '--yes']);
  honest = git(world.remote, ['rev-parse', 'coord']).trim();
  root = present(layOut(world.remote)[0], 'an epoch begins with a commit');
});

afterAll(() => world.remove());

function headIn(clone: string): string {
  return git(storeDirectory(join(clone, '.git')), ['rev-parse', 'coord']).trim();
}

/** The root's entries with another text in a file of its checkpoint. */
function withState(name: string, text: string): ForgedCommit['entries'] {
  const folder = git(world.remote, ['ls-tree', `${root.oid}:checkpoint`]);
  const lines = folder
    .split('\n')
    .map((line) =>
      line.endsWith(`\t${name}`) ? `100644 blob ${blob(world.remote, text)}\t${name}` : line,
    );
  const oid = git(world.remote, ['mktree'], lines.join('\n')).trim();
  return new Map([...root.entries, ['checkpoint', { mode: '040000', oid }]]);
}

async function refusedBy(clone: string): Promise<string> {
  const { status, error } = await say(clone, 'sync');
  expect([status, error.code]).toEqual([3, 'log-forked']);
  expect(headIn(clone)).toBe(pin);
  return error.message;
}

describe('a forged epoch', () => {
  it('whose state leaves out a lock is refused', async () => {
    const state = JSON.parse(
      git(world.remote, ['cat-file', 'blob', `${root.oid}:checkpoint/lock.json`]),
    ) as Record<string, unknown>;
    const [field = ''] = Object.keys(state);
    const text = `${JSON.stringify({ ...state, [field]: { $map: [] } })}\n`;
    forge(world.remote, [{ ...root, entries: withState('lock.json', text) }]);
    expect(await refusedBy(second)).toContain('checkpoint/lock.json');
  });

  it('that names a commit before it which nobody has is refused', async () => {
    const message = root.message.replace(
      /Coord-Previous: \w+/,
      `Coord-Previous: ${'7'.repeat(40)}`,
    );
    forge(world.remote, [{ ...root, message }]);
    await refusedBy(second);
  });

  it('that continues a commit before the last one, so that a lock is never known, is refused', async () => {
    const message = root.message.replace(/Coord-Previous: \w+/, `Coord-Previous: ${pin}`);
    forge(world.remote, [{ ...root, message }]);
    const { status, error } = await say(second, 'sync');
    expect([status, error.code]).toEqual([3, 'log-corrupt']);
    expect(headIn(second)).toBe(pin);
  });

  it('that brings other records with it is refused', async () => {
    const line = before.batch.trim().split('\n').at(-1) ?? '';
    const record = JSON.parse(line) as { seq: number };
    const forged = { ...record, seq: record.seq + 1, id: '0199a1b2-0000-7000-8000-000000000001' };
    const batch = `${JSON.stringify(forged)}\n`;
    const trailer = `Coord-Previous: ${before.oid}\n`;
    const message = rightMessage(before, batch).replace(/(Coord-Tail): \d+/, '$1: 0') + trailer;
    const [there] = forge(world.remote, [{ ...root, batch, message }]);
    expect(await refusedBy(second)).toContain('its only record is not the roll');
    const { status, result } = await say(second, 'status');
    expect([status, result['forked']]).toMatchObject([0, { remote: 'origin', here: pin, there }]);
  });
});

it('a link on a commit that has a parent begins no epoch and keeps nobody from taking it over', async () => {
  const line = before.batch.trim().split('\n').at(-1) ?? '';
  const record = JSON.parse(line) as { seq: number };
  const next = { ...record, seq: record.seq + 1, id: '0199a1b2-0000-7000-8000-000000000002' };
  const batch = `${JSON.stringify(next)}\n`;
  const message = `${rightMessage(before, batch)}Coord-Previous: ${'7'.repeat(40)}\n`;
  const fourth = world.clone('fourth');
  git(world.remote, ['update-ref', 'refs/heads/coord', before.oid]);
  await resultOf(['-C', fourth, 'sync']);
  const [there] = forge(world.remote, [{ ...before, batch, message }], before.oid);
  await resultOf(['-C', fourth, 'sync']);
  expect(headIn(fourth)).toBe(there);
});

it('an honest epoch is not taken over on its word alone, and is once its past is there', async () => {
  git(world.remote, ['update-ref', 'refs/heads/coord', honest]);
  git(world.remote, ['update-ref', 'refs/keep', before.oid]);
  git(world.remote, ['update-ref', '-d', 'refs/coord/archive/1']);
  await refusedBy(third);
  git(world.remote, ['update-ref', 'refs/coord/archive/1', before.oid]);
  await resultOf(['-C', third, 'sync']);
  expect(headIn(third)).toBe(honest);
});
