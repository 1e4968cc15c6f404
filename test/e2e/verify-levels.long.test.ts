// What each level of `coord verify` sees: every tampering by plain git is named by commit and reason from its lowest level on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, edit, editCheckpoint, lieTwice, makeFit } from '../long-log-tampering.ts';
import { LongLog, forgeLong, places } from '../tampered-long-log.ts';
import type { LongCommit, LongTamper } from '../tampered-long-log.ts';
import { storeOf, verify } from '../tampered-log.ts';

const long = new LongLog();
beforeAll(() => long.make(), 60_000);
afterAll(() => long.remove());

const levels = ['window', 'checkpoint', 'genesis'] as const;
type Level = (typeof levels)[number];

const chainBroken = "The chain does not continue the parent's with this batch.";
const messages = 'checkpoint/message/0/00.json';
const meta = 'checkpoint/meta.json';

interface Row {
  readonly tampering: string;
  readonly tamper: LongTamper;
  readonly lowest: Level;
  readonly commit: number;
  readonly reason: string;
  /** What levels below the genesis blame, where they start later than the fault. */
  readonly blamed?: readonly [number, string];
}

const idOf = (commit: LongCommit): string => /"id":"[^"]*"/.exec(commit.batch)?.[0] ?? '';

const table: readonly Row[] = [
  ...(
    [
      ['window', 150],
      ['checkpoint', 100],
      ['genesis', 50],
    ] as const
  ).map(([lowest, commit]): Row => ({
    tampering: `a changed byte at commit ${commit}`,
    tamper: (log) => {
      at(log, commit).batch = at(log, commit).batch.replace(/(subject|task) /, '$1-');
    },
    ...{ lowest, commit, reason: chainBroken },
  })),
  {
    tampering: 'a dropped commit',
    tamper: (log) => void log.splice(150, 1),
    ...{ lowest: 'window', commit: 150, reason: 'seq 152 stands where 151 belongs.' },
  },
  {
    tampering: 'a dropped commit, with trailers that fit',
    tamper: (log) => {
      log.splice(150, 1);
      makeFit(log, 150);
    },
    ...{ lowest: 'window', commit: 150, reason: 'seq 152 stands where 151 belongs.' },
  },
  {
    tampering: 'reordered commits',
    tamper: (log) => void log.splice(150, 2, at(log, 151), at(log, 150)),
    ...{ lowest: 'window', commit: 150, reason: chainBroken },
  },
  {
    tampering: 'a merge',
    tamper: (log) => void (at(log, 160).moreParents = [':5']),
    ...{ lowest: 'window', commit: 160, reason: 'It is a merge of 2 commits; the log is linear.' },
  },
  {
    tampering: 'a foreign commit on top',
    tamper: (log) =>
      void log.push({ ...at(log, places.head), message: 'Fix typo\n', batch: 'hello\n' }),
    ...{ lowest: 'window', commit: 206, reason: 'The trailer Coord-Seq is missing.' },
  },
  {
    tampering: 'a wrong chain',
    tamper: (log) => {
      const { message } = at(log, 180);
      at(log, 180).message = message.replace(/sha256:.{64}/, `sha256:${'0'.repeat(64)}`);
    },
    ...{ lowest: 'window', commit: 180, reason: chainBroken },
  },
  {
    tampering: 'a seq gap, with trailers that fit',
    tamper: (log) => {
      at(log, 205).batch = at(log, 205).batch.replace('"seq":206', '"seq":207');
      makeFit(log, 205);
    },
    ...{ lowest: 'window', commit: 205, reason: 'seq 207 stands where 206 belongs.' },
  },
  {
    tampering: 'time that goes backwards, with trailers that fit',
    tamper: (log) => {
      at(log, 180).batch = at(log, 180).batch.replace(/"at":"2026/, '"at":"2025');
      makeFit(log, 180);
    },
    ...{ lowest: 'window', commit: 180, reason: 'The time 2025' },
  },
  ...(
    [
      ['window', 150],
      ['checkpoint', 100],
      ['genesis', 50],
    ] as const
  ).map(([lowest, first]): Row => ({
    tampering: `the id of commit ${first} once more, with trailers that fit`,
    tamper: (log) => {
      const { batch } = at(log, 204);
      at(log, 204).batch = batch.replace(/"id":"[^"]*"/, idOf(at(log, first)));
      makeFit(log, 204);
    },
    ...{ lowest, commit: 204, reason: 'stands on the log already.' },
  })),
  {
    tampering: 'a checkpoint part changed between checkpoints',
    tamper: (log) => {
      for (const commit of log.slice(200)) {
        edit(commit, messages, (text) => text.replace('subject 4', 'subject 7'));
      }
    },
    ...{ lowest: 'window', commit: 200, reason: 'The checkpoint changed, but Coord-Tail is 6.' },
  },
  {
    tampering: 'a part of the newest checkpoint changed',
    tamper: (log) =>
      editCheckpoint(log, places.newest, (commit) =>
        edit(commit, messages, (text) => text.replace('subject 4', 'subject 7')),
      ),
    ...{ lowest: 'checkpoint', commit: places.newest, reason: `${messages} It is not what` },
  },
  {
    tampering: 'a part of the newest checkpoint removed',
    tamper: (log) =>
      editCheckpoint(log, places.newest, (commit) => void commit.files.delete(messages)),
    ...{ lowest: 'checkpoint', commit: places.newest, reason: `${messages} The file is missing` },
  },
  {
    tampering: 'a file added to the newest checkpoint',
    tamper: (log) =>
      editCheckpoint(
        log,
        places.newest,
        (commit) => void commit.files.set('checkpoint/message/0/63.json', '[]\n'),
      ),
    lowest: 'checkpoint',
    commit: places.newest,
    reason: 'checkpoint/message/0/63.json No such file',
  },
  {
    tampering: 'meta.bytes of the newest checkpoint wrong',
    tamper: (log) =>
      editCheckpoint(log, places.newest, (commit) =>
        edit(commit, meta, (text) => text.replace(/"bytes":\d+/, '"bytes":7')),
      ),
    ...{
      lowest: 'checkpoint',
      commit: places.newest,
      reason: `${meta} \`bytes\` is 7 and should be`,
    },
  },
  {
    tampering: 'the reducer of the newest checkpoint lowered',
    tamper: (log) =>
      editCheckpoint(log, places.newest, (commit) =>
        edit(commit, meta, (text) => text.replace(/"reducer":\d+/, '"reducer":1')),
      ),
    ...{ lowest: 'window', commit: places.newest, reason: `${meta} Reducer 1 is older than` },
  },
  {
    tampering: 'the reducer of the newest checkpoint raised',
    tamper: (log) =>
      editCheckpoint(log, places.newest, (commit) =>
        edit(commit, meta, (text) => text.replace(/"reducer":\d+/, '"reducer":99')),
      ),
    ...{ lowest: 'checkpoint', commit: places.newest, reason: `${meta} Reducer 99 wrote it` },
  },
  {
    tampering: 'a part of the checkpoint before changed',
    tamper: (log) =>
      editCheckpoint(log, places.before, (commit) =>
        edit(commit, messages, (text) => text.replace('subject 4', 'subject 7')),
      ),
    ...{ lowest: 'checkpoint', commit: places.before, reason: `${messages} It is not what` },
    blamed: [places.newest, `${messages} It is not what the checkpoint before and the records`],
  },
  {
    tampering: 'the same lie in both checkpoints',
    tamper: lieTwice,
    ...{ lowest: 'genesis', commit: places.before, reason: 'checkpoint/agent.json It is not what' },
  },
  {
    tampering: 'a history truncated in the window',
    tamper: (log) => void log.splice(0, 150),
    ...{ lowest: 'window', commit: 0, reason: 'seq 151 stands where 1 belongs.' },
  },
  {
    tampering: 'a history truncated long ago',
    tamper: (log) => void log.splice(0, 50),
    ...{ lowest: 'genesis', commit: 0, reason: 'seq 51 stands where 1 belongs.' },
  },
];

describe('a good log', () => {
  it.each([
    ['window', 97, 0],
    ['checkpoint', 109, 1],
    ['genesis', 206, 3],
  ])('is good at the level %s, which looks at %i commits', async (level, commits, compared) => {
    expect(await verify(long.base, '--level', level, '--no-watermark')).toMatchObject([
      0,
      { level, valid: true, commits, seq: 206, checkpoints: { compared, outgrown: 0 } },
    ]);
  });

  it('stays good at every level when plain git made the same commits anew', async () => {
    const repository = long.copy();
    forgeLong(storeOf(repository), structuredClone(long.commits));
    for (const level of levels) {
      expect(await verify(repository, '--level', level)).toMatchObject([0, { valid: true }]);
    }
  });
});

describe('a tampered log', () => {
  it.each(table)('$tampering: seen from $lowest on', async (row) => {
    const repository = long.copy();
    const log = structuredClone(long.commits);
    row.tamper(log);
    const oids = forgeLong(storeOf(repository), log);
    for (const level of levels) {
      const [status, answer] = await verify(repository, '--level', level);
      const isSeen = levels.indexOf(level) >= levels.indexOf(row.lowest);
      expect([level, status, answer.valid]).toEqual([level, isSeen ? 1 : 0, !isSeen]);
      if (!isSeen) continue;
      const told = answer.problems.map(
        ({ commit, path, reason }) => `${oids.indexOf(commit ?? '')} ${path ?? ''} ${reason}`,
      );
      const isEarly = row.blamed !== undefined && level !== 'genesis';
      const [commit, reason] = isEarly ? row.blamed : [row.commit, row.reason];
      const named = told.filter((line) => line.startsWith(`${commit} `) && line.includes(reason));
      expect([level, named.length > 0 ? 'named' : told]).toEqual([level, 'named']);
    }
  });
});
