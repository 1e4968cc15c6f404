// A log of format 1 that a newer coord wrote, with fields, events, trailers and state this one does not know: all of it survives.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeDirectory } from '../../src/adapters/git/local-log.ts';
import { Clones } from '../clones.ts';
import { git } from '../log-forge.ts';
import { resultOf, runShell } from '../shell.ts';

const fixture = join(import.meta.dirname, '..', 'fixtures', 'newer-log.fast-export');
const environment = { COORD_NOW: '2026-11-21T09:00:00.000Z' };
const world = new Clones();
let clone = '';
let newer = '';

function said(...words: readonly string[]): Promise<Record<string, unknown>> {
  return resultOf(['-C', clone, ...words], environment);
}

/** What a ref of the remote holds at a path, by name. */
function oidAt(path: string, ref = 'coord'): string {
  return git(world.remote, ['rev-parse', `${ref}:${path}`]).trim();
}

beforeAll(() => {
  git(world.remote, ['fast-import', '--quiet'], readFileSync(fixture, 'utf8'));
  newer = git(world.remote, ['rev-parse', 'coord']).trim();
  clone = world.clone('older');
});

afterAll(() => world.remove());

describe('what a newer coord wrote', () => {
  it('is read as far as it is known, and shown where it is not', async () => {
    expect((await said('task', 'list'))['tasks']).toHaveLength(2);
    const { records } = (await said('log')) as { records: { op: string; events: object[] }[] };
    expect(records.map(({ op }) => op).slice(-2)).toEqual(['weather.report', 'task.add']);
    expect(records.at(-2)?.events).toEqual([
      { type: 'weather.reported', data: { sky: 'grey' }, weight: 3 },
    ]);
    const lines = (await runShell(['-C', clone, 'log'], environment)).out;
    expect(lines).toContain('weather.reported');
    expect(lines).toContain('task.painted');
  });

  it('stays, byte for byte, under a checkpoint of ours and through the remote', async () => {
    const before = [oidAt('checkpoint/weather.json'), oidAt('checkpoint/weather/0/00.json')];
    const batch = git(world.remote, ['cat-file', 'blob', `${newer}:batch.ndjson`]);
    for (const subject of ['one', 'two']) {
      await said('send', 'codex', subject, 'x'.repeat(40_000), '--as', 'codex');
    }
    const message = git(world.remote, ['log', '-1', '--format=%B', 'coord']);
    expect(message).toContain('Coord-Tail: 0\n');
    expect(oidAt('checkpoint/weather.json')).toBe(before[0]);
    expect(oidAt('checkpoint/weather/0/00.json')).toBe(before[1]);
    const meta = git(world.remote, ['cat-file', 'blob', 'coord:checkpoint/meta.json']);
    expect(JSON.parse(meta)).toMatchObject({
      unknown: [
        ['weather.reported', 1],
        ['task.painted', 1],
      ],
    });
    expect(git(world.remote, ['log', '-1', '--format=%B', newer])).toContain('Coord-Mood: fine\n');
    expect(git(world.remote, ['merge-base', '--is-ancestor', newer, 'coord'])).toBe('');
    const other = storeDirectory(join(world.clone('another'), '.git'));
    await resultOf(['-C', join(world.folder, 'another'), 'status'], environment);
    expect(git(other, ['cat-file', 'blob', `${newer}:batch.ndjson`])).toBe(batch);
    for (const text of [
      '"mood":{"level":7}',
      '"colour":"red"',
      '"device":"tablet"',
      '"weight":3',
    ]) {
      expect(batch).toContain(text);
    }
  });

  it('is verified but for the state of a concept that nobody here can fold', async () => {
    const run = await runShell(
      ['-C', clone, 'verify', '--level', 'genesis', '--json'],
      environment,
    );
    const { result } = JSON.parse(run.out) as {
      result: { problems: { path: string; reason: string }[] };
    };
    const paths = result.problems.map(({ path, reason }) => [path, reason]);
    const reason = 'No such file is what the records come to.';
    expect(paths).toEqual([
      ['checkpoint/weather.json', reason],
      ['checkpoint/weather/0/00.json', reason],
    ]);
  });

  it('goes from the state, never from the records, when a checkpoint is written as a whole', async () => {
    const last = git(world.remote, ['rev-parse', 'coord']).trim();
    await said('epoch', 'roll', '--yes');
    const files = git(world.remote, ['ls-tree', '-r', '--name-only', 'coord']);
    expect(files).toContain('checkpoint/task.json');
    expect(files).not.toContain('weather');
    expect(git(world.remote, ['rev-parse', 'refs/coord/archive/1']).trim()).toBe(last);
    const { records } = (await said('log')) as { records: { op: string }[] };
    expect(records.map(({ op }) => op)).toContain('weather.report');
  });
});
