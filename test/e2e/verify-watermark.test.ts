// What `coord verify` remembers between two looks, when it does not believe that, and how it looks deeper than a clone goes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git } from '../log-forge.ts';
import { resultOf, runShell } from '../shell.ts';
import { LongLog, forgeLong, places } from '../tampered-long-log.ts';
import { storeOf, verify } from '../tampered-log.ts';

const long = new LongLog();
beforeAll(() => long.make(), 60_000);
afterAll(() => long.remove());

const markOf = (repository: string): string => join(storeOf(repository), 'coord-verified.json');

function oidAt(repository: string, index: number): string {
  const oids = git(storeOf(repository), ['rev-list', '--reverse', 'coord']).trim().split('\n');
  return oids[index] ?? '';
}

describe('a second look', () => {
  it('begins at the newest checkpoint that was found good, and says the same', async () => {
    const repository = long.copy();
    const [, first] = await verify(repository, '--level', 'genesis');
    expect(first).not.toHaveProperty('since');
    const [status, second] = await verify(repository, '--level', 'genesis');
    const since = { seq: places.newest + 1, commit: oidAt(repository, places.newest) };
    const checkpoints = { compared: 0, outgrown: 0 };
    expect([status, second]).toEqual([0, { ...first, since, checkpoints }]);
  });

  it('goes on from there when the log has grown, over the next checkpoint too', async () => {
    const repository = long.copy();
    await verify(repository);
    const words = ['-C', repository, '--as', 'ada', 'send', 'bob', 'more', 'x'.repeat(60_000)];
    for (let sent = 0; sent < 3; sent += 1) await resultOf(words);
    const [status, answer] = await verify(repository);
    expect([status, answer]).toMatchObject([
      0,
      { commits: 209, records: 209, valid: true, since: { seq: places.newest + 1 } },
    ]);
    expect(answer).toMatchObject({ checkpoints: { compared: 1 } });
    const whole = await verify(repository, '--no-watermark');
    expect(whole).toMatchObject([0, { commits: 209, records: 209, chain: answer.chain }]);
  });

  it('says again what it said without a proof: the mark goes no further than that', async () => {
    const repository = long.copy();
    const say = (...words: string[]) => resultOf(['-C', repository, ...words, '--offline']);
    await say('lock', '@build', '--as', 'ada');
    await say('unlock', '@build', '--force', '--reason', 'its machine is gone');
    const bulky = ['send', 'bob', 'more', 'x'.repeat(60_000), '--as', 'ada'];
    for (let sent = 0; sent < 3; sent += 1) await say(...bulky);
    git(repository, ['remote', 'add', 'origin', join(long.folder, 'nowhere.git')]);
    const [status, first] = await verify(repository);
    const said = [{ reason: expect.stringContaining('releases the lock of "ada"') as string }];
    expect([status, first]).toMatchObject([0, { unproven: said }]);
    const mark = JSON.parse(readFileSync(markOf(repository), 'utf8')) as { oid: string };
    expect(mark.oid).toBe(oidAt(repository, places.newest));
    expect((await verify(repository))[1].unproven).toEqual(first.unproven);
  });

  it('knows no key that came behind the mark before it came, as a look from the genesis does', async () => {
    const repository = long.copy();
    git(repository, ['remote', 'add', 'origin', join(long.folder, 'nowhere.git')]);
    await verify(repository);
    const mark = readFileSync(markOf(repository), 'utf8');
    git(repository, ['remote', 'remove', 'origin']);
    const config = { COORD_CONFIG_DIR: join(long.folder, 'config of a key') };
    const say = (...words: string[]) => resultOf(['-C', repository, ...words], config);
    await say('agent', 'key', 'add', '--as', 'ada');
    await say('lock', '@build', '--as', 'bob');
    await say('unlock', '@build', '--force', '--reason', 'its machine is gone');
    git(repository, ['remote', 'add', 'origin', join(long.folder, 'nowhere.git')]);
    const [, after] = await verify(repository);
    expect(after).toHaveProperty('since');
    expect(readFileSync(markOf(repository), 'utf8')).toBe(mark);
    const [, whole] = await verify(repository, '--no-watermark');
    expect(whole.unproven).toHaveLength(2);
    expect([after.problems, after.unproven]).toEqual([whole.problems, whole.unproven]);
  });

  it('does not go on from a mark that was made while shells were trusted, or by less', async () => {
    const repository = long.copy();
    await verify(repository);
    const path = markOf(repository);
    const trusted = readFileSync(path, 'utf8');
    git(repository, ['remote', 'add', 'origin', join(long.folder, 'nowhere.git')]);
    expect((await verify(repository))[1]).not.toHaveProperty('since');
    expect((await verify(repository))[1]).toHaveProperty('since');
    for (const text of [trusted, readFileSync(path, 'utf8').replace(/"judge":\d+/, '"judge":1')]) {
      writeFileSync(path, text);
      expect((await verify(repository))[1]).not.toHaveProperty('since');
    }
  });

  it('finds an id of long before once more, and a changed checkpoint after the mark', async () => {
    const repository = long.copy();
    await verify(repository);
    const mark = JSON.parse(readFileSync(markOf(repository), 'utf8')) as { ids: string };
    const [id = ''] = /(?<="id":")[^"]*/.exec(long.commits[3]?.batch ?? '') ?? [];
    expect(Buffer.from(mark.ids, 'base64').toString('hex')).toContain(id.replaceAll('-', ''));
    // Commits up to the mark stay as they are, so that it still fits.
    const last = oidAt(repository, places.head);
    const batch = git(storeOf(repository), ['show', `${last}:batch.ndjson`]);
    const forged = batch.replace(/"id":"[^"]*"/, `"id":"${id}"`);
    const blob = git(storeOf(repository), ['hash-object', '-w', '--stdin'], forged).trim();
    const entries = git(storeOf(repository), ['ls-tree', last]);
    const tree = git(
      storeOf(repository),
      ['mktree'],
      entries.replace(/blob \S+\tbatch/, `blob ${blob}\tbatch`),
    ).trim();
    const message = git(storeOf(repository), ['log', '-1', '--format=%B', last]);
    const words = ['commit-tree', tree, '-p', `${last}~1`];
    const oid = git(storeOf(repository), words, message).trim();
    git(storeOf(repository), ['update-ref', 'refs/heads/coord', oid]);
    const [status, answer] = await verify(repository);
    expect(status).toBe(1);
    expect(answer).toHaveProperty('since');
    expect(answer.problems.map(({ reason }) => reason)).toContain(
      `The id ${id} stands on the log already.`,
    );
  });
});

describe('a mark is thrown away', () => {
  it('when the log was rewritten behind it', async () => {
    const repository = long.copy();
    await verify(repository);
    const log = structuredClone(long.commits);
    const [, second] = log;
    if (second !== undefined) second.batch = second.batch.replace('ada', 'eve');
    forgeLong(storeOf(repository), log);
    const [status, answer] = await verify(repository);
    expect(status).toBe(1);
    expect(answer).not.toHaveProperty('since');
    expect(answer.problems[0]).toMatchObject({ commit: oidAt(repository, 1) });
  });

  it.each([
    ['is of another reducer', (text: string) => text.replace(/"reducer":\d+/, '"reducer":1')],
    ['misses ids', (text: string) => text.replace(/"ids":".{64}/, '"ids":"')],
    ['is cut off', (text: string) => text.slice(0, 400)],
    ['is of another log', (text: string) => text.replace(/"log":"0/, '"log":"1')],
    ['has another chain', (text: string) => text.replace(/"chain":".{8}/, '"chain":"00000000')],
    ['has another seq', (text: string) => text.replace(/"seq":\d+/, '"seq":7')],
  ])('when it %s', async (_what, change) => {
    const repository = long.copy();
    await verify(repository);
    writeFileSync(markOf(repository), change(readFileSync(markOf(repository), 'utf8')));
    const [status, answer] = await verify(repository);
    expect([status, answer.commits]).toEqual([0, 206]);
    expect(answer).not.toHaveProperty('since');
  });

  it('is not left where the log is not good, nor by a look that does not begin at the genesis', async () => {
    const repository = long.copy();
    await verify(repository, '--level', 'checkpoint');
    expect(() => readFileSync(markOf(repository))).toThrow('ENOENT');
    const log = structuredClone(long.commits);
    log.splice(150, 1);
    forgeLong(storeOf(repository), log);
    await verify(repository);
    expect(() => readFileSync(markOf(repository))).toThrow('ENOENT');
  });
});

describe('a clone that has the end only', () => {
  /** A repository with a remote, whose store begins so many commits ago. */
  function shallow(commits: number): string {
    const repository = long.copy();
    const remote = `${repository}.git`;
    git(long.folder, ['init', '-q', '--bare', remote]);
    git(storeOf(repository), ['push', '-q', remote, 'refs/heads/coord']);
    git(repository, ['remote', 'add', 'origin', remote]);
    const boundary = oidAt(repository, places.head + 1 - commits);
    writeFileSync(join(storeOf(repository), 'shallow'), `${boundary}\n`);
    return repository;
  }

  it('fetches for one look what the level asks for', async () => {
    const repository = shallow(20);
    expect(await verify(repository, '--level', 'checkpoint')).toMatchObject([
      0,
      { level: 'checkpoint', commits: 109, checkpoints: { compared: 1 }, valid: true },
    ]);
    expect(await verify(repository, '--level', 'genesis')).toMatchObject([
      0,
      { level: 'genesis', commits: 206, checkpoints: { compared: 3 }, valid: true },
    ]);
    expect(git(storeOf(repository), ['rev-list', 'coord']).trim().split('\n')).toHaveLength(20);
  });

  it('needs no remote for what was verified before', async () => {
    const repository = shallow(20);
    await verify(repository, '--level', 'genesis');
    expect(await verify(repository, '--level', 'genesis', '--offline')).toMatchObject([
      0,
      { level: 'genesis', commits: 206, since: { seq: places.newest + 1 } },
    ]);
  });

  it('says what it lacks, and how to get it', async () => {
    const repository = shallow(20);
    const run = await runShell(['-C', repository, 'verify', '--level', 'checkpoint', '--offline']);
    expect(run.status).toBe(1);
    expect(run.out).toContain('`coord verify --level checkpoint` fetches it');
  });
});
