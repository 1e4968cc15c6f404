// Commits on the remote of which one is bad: what is good before it is taken over, it is named, and nothing goes past it.
import { chmodSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { Clones, say } from '../clones.ts';
import type { Said } from '../clones.ts';
import { forge, forgedOn, git, layOut } from '../log-forge.ts';
import type { ForgedCommit } from '../log-forge.ts';

let clones: Clones;
let first: string;
beforeEach(async () => {
  clones = new Clones();
  first = await clones.begin(['ada', 'bob'], ['wanted']);
});
afterEach(() => clones.remove());

const store = (clone: string): string => join(clone, '.git', 'coord', 'store.git');
const refIn = (clone: string, ref: string): string => git(store(clone), ['rev-parse', ref]).trim();
const pinIn = (clone: string): string => refIn(clone, 'refs/remotes/origin/coord');

/** A commit after another with one record like its last, right in everything but what is changed. */
function after(parent: ForgedCommit, changes: object): ForgedCommit {
  const record = JSON.parse(parent.batch.trim().split('\n').at(-1) ?? '') as { seq: number };
  const seq = record.seq + 1;
  const id = `01a1f954-9eba-70f0-98c5-${String(seq).padStart(12, '0')}`;
  const events = [{ type: 'task.painted', data: {} }];
  return forgedOn(parent, [{ ...record, id, seq, events, ...changes }]);
}

const bad = { events: [{ type: 'task.added', data: {} }] };

/** Pushes one commit after another by plain git; answers their names. */
function push(...changes: readonly object[]): string[] {
  const last = present(layOut(clones.remote).at(-1), 'the log has commits');
  const made: ForgedCommit[] = [];
  for (const each of changes) made.push(after(made.at(-1) ?? last, each));
  return forge(clones.remote, made, last.oid);
}

function expectStopped({ status, error }: Said, at: string, good: string): void {
  expect([status, error.code]).toEqual([3, 'log-corrupt']);
  expect(error.data).toMatchObject({ commit: at, parent: good });
  expect(error.message).toContain(`Commit ${at} `);
  expect(error.message).toContain(`back to ${good}, the last good commit`);
}

describe('a bad commit among others', () => {
  it('leaves what is good before it, and stops every sync with the same sentence', async () => {
    const [, good = '', evil = ''] = push({}, {}, bad, {});
    const stopped = await say(first, 'sync');
    expectStopped(stopped, evil, good);
    expect([refIn(first, 'coord'), pinIn(first)]).toEqual([good, good]);
    expect(() => git(store(first), ['cat-file', '-e', evil])).toThrow();
    expect((await say(first, 'sync')).error).toEqual(stopped.error);
    expect([refIn(first, 'coord'), pinIn(first)]).toEqual([good, good]);
    expect((await say(first, 'status', '--offline')).status).toBe(0);
    expect(await say(first, 'verify', '--offline')).toMatchObject({ result: { valid: true } });
    expect((await say(first, 'task', 'add', 'x', '--as', 'ada')).error).toEqual(stopped.error);
  });

  it('has every command say what is good here, and that --offline works with it', async () => {
    const [good = ''] = push({}, bad);
    for (const words of [['sync'], ['status'], ['task', 'add', 'x', '--as', 'ada']]) {
      const { status, error } = await say(first, ...words);
      expect([words, status]).toEqual([words, 3]);
      expect(error.message).toContain(`${good}, the last good commit`);
      expect(error.message).toContain('With --offline every command works with what is here.');
      expect(error.data).toMatchObject({ good });
    }
    const offline = ['--offline', '--as', 'ada'];
    expect((await say(first, 'task', 'add', 'x', ...offline)).status).toBe(0);
    const { status, result } = await say(first, 'verify');
    const [problem] = result['problems'] as { reason: string }[];
    expect([status, problem?.reason]).toEqual([1, expect.stringContaining('With --offline')]);
  });

  it('has what was accepted here decided again on what is good, and tells what that changed', async () => {
    const before = git(clones.remote, ['rev-parse', 'coord']).trim();
    const second = clones.clone('second');
    await say(second, 'claim', 'T-1', '--as', 'bob');
    await say(second, 'task', 'add', 'theirs', '--as', 'bob');
    const good = git(clones.remote, ['rev-parse', 'coord']).trim();
    const [evil = ''] = push(bad);
    const hostile = git(clones.remote, ['rev-parse', 'coord']).trim();
    git(clones.remote, ['update-ref', 'refs/heads/coord', before]);
    await say(first, 'claim', 'T-1', '--as', 'ada', '--offline');
    await say(first, 'task', 'add', 'mine', '--as', 'ada', '--offline');
    git(clones.remote, ['update-ref', 'refs/heads/coord', hostile]);
    const stopped = await say(first, 'sync');
    expectStopped(stopped, evil, good);
    expect(stopped.err).toMatch(/^coord: lost: .*bob/m);
    expect(stopped.err).toContain('T-2 is now T-3');
    expect(pinIn(first)).toBe(good);
    git(clones.remote, ['update-ref', 'refs/heads/coord', good]);
    expect(await say(first, 'sync')).toMatchObject({ status: 0, result: { confirmed: true } });
    const titles = clones.records().map(({ input }) => (input as { title?: string }).title);
    expect(titles.filter((title) => title !== undefined)).toEqual(['wanted', 'theirs', 'mine']);
  });

  it.each([
    ['a bad one', bad, 3],
    ['one that is ahead, which stops no question', { at: '2099-01-01T00:00:00.000Z' }, 0],
  ])('has a question tell what goes by another number: %s', async (_what, stop, exit) => {
    await say(first, 'task', 'add', 'mine', '--as', 'ada', '--offline');
    await say(clones.clone('second'), 'task', 'add', 'theirs', '--as', 'bob');
    push(stop);
    const { status, err } = await say(first, 'task', 'list');
    expect([status, err]).toEqual([exit, expect.stringContaining('T-2 is now T-3')]);
  });

  it('is gone when the branch is set back to where it says, and the log goes on', async () => {
    const [good = ''] = push({}, bad);
    await say(first, 'sync');
    git(clones.remote, ['update-ref', 'refs/heads/coord', good]);
    expect(await say(first, 'task', 'add', 'on', '--as', 'ada')).toMatchObject({
      ...{ status: 0, result: { confirmed: true } },
    });
    expect(await say(first, 'verify')).toMatchObject({ result: { valid: true } });
  });

  it.each([
    ['no trailers', (commit: ForgedCommit) => ({ ...commit, message: 'Hello\n' })],
    [
      'a foreign file',
      (commit: ForgedCommit) => ({
        ...commit,
        entries: new Map([
          ...commit.entries,
          ['evil.sh', present(commit.entries.get('format'), 'it')],
        ]),
      }),
    ],
  ])('says where to set the branch back to, also for %s', async (_what, spoil) => {
    const last = present(layOut(clones.remote).at(-1), 'the log has commits');
    const fine = after(last, {});
    const [good = '', evil = ''] = forge(
      clones.remote,
      [fine, spoil(after(fine, {})), after(fine, {})],
      last.oid,
    );
    const stopped = await say(first, 'sync');
    expectStopped(stopped, evil, good);
    expect((await say(first, 'sync')).error).toEqual(stopped.error);
    expect(refIn(first, 'coord')).toBe(good);
  });

  it('is named before a later one that is worse, and nothing after it counts', async () => {
    const ahead = { at: '2099-01-01T00:00:00.000Z' };
    const [good = '', evil = ''] = push({}, ahead, bad);
    const { error } = await say(first, 'sync');
    expect([error.code, (error.data as { commit: string }).commit]).toEqual(['log-ahead', evil]);
    expect(refIn(first, 'coord')).toBe(good);
  });
});

describe('nothing is kept of news', () => {
  it('that do not continue what was seen, however good the first of them are', async () => {
    const known = pinIn(first);
    git(clones.remote, ['update-ref', 'refs/heads/coord', `${known}~1`]);
    const [strange = '', evil = ''] = push({}, bad);
    const { status, error } = await say(first, 'sync');
    expect([status, error.code]).toEqual([3, 'log-corrupt']);
    expect(error.message).toContain(evil);
    expect(error.message).toContain(`The last good commit known here is ${known}.`);
    expect([refIn(first, 'coord'), pinIn(first)]).toEqual([known, known]);
    expect(() => git(store(first), ['cat-file', '-e', strange])).toThrow();
  });

  it('that begin behind a depth without the checkpoint that they rest on', async () => {
    const many = Array.from({ length: 100 }, () => ({}));
    const made = push(...many.slice(0, 60), bad, ...many.slice(60));
    const fresh = clones.clone('fresh');
    const { status, error } = await say(fresh, 'status');
    expect([status, error.code]).toEqual([3, 'log-corrupt']);
    expect(error.data).toMatchObject({ commit: made[60] });
    expect(error.message).not.toContain('--offline');
    expect(() => refIn(fresh, 'coord')).toThrow();
  });
});

/** Changes a byte of an object where it lies in a pack of the clone's store. */
function damage(clone: string, oid: string): void {
  const folder = join(store(clone), 'objects', 'pack');
  const packs = readdirSync(folder).filter((name) => name.endsWith('.idx'));
  for (const index of packs) {
    const listing = git(store(clone), ['verify-pack', '-v', join(folder, index)]);
    const found = new RegExp(`^${oid} \\w+ +\\d+ (\\d+) (\\d+)`, 'm').exec(listing);
    if (found === null) continue;
    const pack = join(folder, index.replace(/idx$/, 'pack'));
    const bytes = readFileSync(pack);
    const last = Number(found[1]) + Number(found[2]) - 1;
    bytes.writeUInt8(bytes.readUInt8(last) ^ 0xff, last);
    chmodSync(pack, 0o644);
    writeFileSync(pack, bytes);
  }
}

describe('damage of this clone', () => {
  it('is not taken for a fault of what was fetched', async () => {
    await say(first, 'sync');
    push({});
    damage(first, git(store(first), ['rev-parse', 'coord:format']).trim());
    const { status, error } = await say(first, 'sync');
    expect([status, error.code]).toEqual([3, 'object-corrupt']);
    expect(error.message).toContain(store(first));
    expect(error.message).not.toMatch(/back to|--offline/);
  });
});

describe('a trailer that only some readers would see', () => {
  it.each([
    ['behind a carriage return', (message: string) => message.replace('\n', '\rCoord-Tail: 0\n')],
    ['twice', (message: string) => `${message}Coord-Tail: 0\n`],
  ])('is no trailer: %s', async (_where, change) => {
    const last = present(layOut(clones.remote).at(-1), 'the log has commits');
    const next = after(last, {});
    const [evil = ''] = forge(
      clones.remote,
      [{ ...next, message: change(next.message) }],
      last.oid,
    );
    expectStopped(await say(first, 'sync'), evil, last.oid);
  });

  it('that lets go of what is not past yet is none of an honest writer', async () => {
    const last = present(layOut(clones.remote).at(-1), 'the log has commits');
    const day = '2999-01-01T00:00:00.000Z';
    const message = `${after(last, {}).message}Coord-Kept: tasks ${day} messages ${day}\n`;
    const [evil = ''] = forge(clones.remote, [{ ...after(last, {}), message }], last.oid);
    const stopped = await say(first, 'sync');
    expectStopped(stopped, evil, last.oid);
    expect(stopped.error.message).toContain('it lets go of what is not past yet');
  });

  it('in the subject makes no checkpoint of a commit that has none', async () => {
    const last = present(layOut(clones.remote).at(-1), 'the log has commits');
    const next = after(last, {});
    forge(
      clones.remote,
      [{ ...next, message: next.message.replace(/^.*/, 'Coord-Tail: 0') }],
      last.oid,
    );
    const second = clones.clone('second');
    const { result } = await say(second, 'task', 'list');
    expect((result['tasks'] as unknown[]).length).toBe(1);
  });
});
