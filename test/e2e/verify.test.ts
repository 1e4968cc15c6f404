// `coord verify` on logs that somebody tampered with by plain git: each is found, by commit and reason.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forge, git } from '../log-forge.ts';
import { runShell } from '../shell.ts';
import { GoodLog, at, storeOf, verify } from '../tampered-log.ts';
import type { Tamper } from '../tampered-log.ts';

const good = new GoodLog();
beforeAll(() => good.make());
afterAll(() => good.remove());

const chainBroken = "The chain does not continue the parent's with this batch.";

describe('a good log', () => {
  it('is valid from the genesis', async () => {
    const [status, answer] = await verify(good.base);
    const last = at(good.commits, 5);
    const chain = /^Coord-Chain: (.*)$/m.exec(last.message)?.[1];
    expect(status).toBe(0);
    expect(answer).toEqual({
      ...{
        level: 'genesis',
        reached: 'genesis',
        commits: 6,
        records: 6,
        head: last.oid,
        seq: 6,
        chain,
      },
      ...{ valid: true, problems: [], checkpoints: { compared: 1, outgrown: 0 } },
    });
  });

  it('stays valid when plain git made the same commits anew', async () => {
    const repository = good.copy();
    forge(storeOf(repository), good.commits);
    expect(await verify(repository)).toMatchObject([0, { valid: true, seq: 6 }]);
  });

  it('says so in a line for people', async () => {
    const run = await runShell(['-C', good.base, 'verify', '--level', 'window']);
    expect([run.status, run.err]).toEqual([0, '']);
    expect(run.out).toMatch(/^The log is good: 6 commits with 6 records up to seq 6/);
  });

  it('is asked for where there is none', async () => {
    const empty = join(good.folder, 'empty');
    git(good.folder, ['init', '-q', empty]);
    const run = await runShell(['-C', empty, 'verify', '--json']);
    expect([run.status, run.out]).toEqual([1, expect.stringContaining('"no-log"')]);
  });
});

describe('a batch that was tampered with', () => {
  it.each<[string, Tamper, [number, string][]]>([
    [
      'a changed byte',
      (log) => (at(log, 2).batch = at(log, 2).batch.replace('Grün', 'Grau')),
      [[2, chainBroken]],
    ],
    [
      'a batch cut off',
      (log) => (at(log, 3).batch = at(log, 3).batch.slice(0, 200)),
      [
        [3, 'batch.ndjson:1 The last line is cut off.'],
        [3, 'Coord-Count is 1, but the batch has 0 records.'],
        [3, chainBroken],
      ],
    ],
    [
      'a line that is no record',
      (log) => (at(log, 3).batch = '{"id":7}\n'),
      [
        [3, 'batch.ndjson:1 `id` is not a UUIDv7.'],
        [3, chainBroken],
      ],
    ],
    [
      'the same id twice',
      (log) => {
        const [id] = /"id":"[^"]*"/.exec(at(log, 1).batch) ?? [''];
        at(log, 4).batch = at(log, 4).batch.replace(/"id":"[^"]*"/, id);
      },
      [
        [4, expect.stringMatching(/^batch.ndjson:1 The id .* stands on the log already\.$/)],
        [4, chainBroken],
      ] as never,
    ],
    [
      'a wrong seq',
      (log) => (at(log, 4).batch = at(log, 4).batch.replace('"seq":5', '"seq":7')),
      [
        [4, 'batch.ndjson:1 seq 7 stands where 5 belongs.'],
        [4, 'Coord-Seq is 5, but the last record has seq 7.'],
        [4, chainBroken],
      ],
    ],
    [
      'time that goes backwards',
      (log) => (at(log, 5).batch = at(log, 5).batch.replace(/"at":"\d{4}/, '"at":"1999')),
      [
        [5, expect.stringMatching(/^batch.ndjson:1 The time 1999.* of the record before\.$/)],
        [5, chainBroken],
      ] as never,
    ],
  ])('%s', async (_name, tamper, expected) => {
    expect(await good.found(tamper)).toEqual(expected);
  });

  it('names a record of another log', async () => {
    const problems = await good.found((log) => {
      at(log, 5).batch = at(log, 5).batch.replace(/"log":"0/, '"log":"1');
    });
    expect(problems[0]).toEqual([5, expect.stringContaining('The record is for log 1')]);
  });

  it('names a second creation of the log', async () => {
    const problems = await good.found((log) => {
      const event = /\{"type":"log.created".*?\}\}/.exec(at(log, 0).batch)?.[0] ?? '';
      at(log, 5).batch = at(log, 5).batch.replace('"events":[', `"events":[${event},`);
    });
    expect(problems[0]?.[1]).toContain('creates a log where there is one');
  });
});

describe('a history that was tampered with', () => {
  it('names the commit after one that was dropped', async () => {
    expect(await good.found((log) => void log.splice(2, 1))).toEqual([
      [2, 'batch.ndjson:1 seq 4 stands where 3 belongs.'],
      [2, chainBroken],
      [2, "Coord-Tail is 3; 2 follows the parent's."],
    ]);
  });

  it('names commits that changed places', async () => {
    const problems = await good.found((log) => log.splice(2, 2, at(log, 3), at(log, 2)));
    expect(problems.filter(([, reason]) => reason === chainBroken).map(([index]) => index)).toEqual(
      [2, 3, 4],
    );
    expect(problems).toContainEqual([2, 'batch.ndjson:1 seq 4 stands where 3 belongs.']);
  });

  it('names a merge', async () => {
    const problems = await good.found((log) =>
      at(log, 4).moreParents.push(at(good.commits, 1).oid),
    );
    expect(problems).toEqual([[4, 'It is a merge of 2 commits; the log is linear.']]);
  });

  it('names a root that is not the genesis', async () => {
    const problems = await good.found((log) => void log.splice(0, 2));
    expect(problems).toContainEqual([0, 'batch.ndjson:1 seq 3 stands where 1 belongs.']);
    expect(problems).toContainEqual([
      0,
      'checkpoint/ The checkpoint changed, but Coord-Tail is 2.',
    ]);
  });

  it.each([
    ['a chain', /Coord-Chain: .*/, `Coord-Chain: sha256:${'0'.repeat(64)}`, chainBroken],
    [
      'a count',
      /Coord-Count: 1/,
      'Coord-Count: 2',
      'Coord-Count is 2, but the batch has 1 records.',
    ],
    ['a tail', /Coord-Tail: \d+/, 'Coord-Tail: 9', "Coord-Tail is 9; 3 follows the parent's."],
    [
      'a zero tail',
      /Coord-Tail: \d+/,
      'Coord-Tail: 0',
      "checkpoint/ Coord-Tail is 0, but the checkpoint is the parent's.",
    ],
    ['a missing one', /Coord-Seq: \d+\n/, '', 'The trailer Coord-Seq is missing.'],
    ['a doubled one', /(Coord-Seq: \d+\n)/, '$1$1', 'Coord-Seq stands there twice.'],
    [
      'letting go without a checkpoint',
      /(Coord-Seq: \d+\n)/,
      '$1Coord-Kept: tasks 2020-01-01T00:00:00.000Z messages 2020-01-01T00:00:00.000Z\n',
      'Coord-Kept stands where there is no new checkpoint.',
    ],
    [
      'letting go of what is to come',
      /(Coord-Seq: \d+\n)/,
      '$1Coord-Kept: tasks 2999-01-01T00:00:00.000Z messages 2020-01-01T00:00:00.000Z\n',
      expect.stringMatching(/^Coord-Kept says 2999-01-01T00:00:00.000Z, but/) as never,
    ],
    [
      'letting go of anything',
      /(Coord-Seq: \d+\n)/,
      '$1Coord-Kept: everything\n',
      'The trailer Coord-Kept is not two times.',
    ],
    [
      'garbage',
      /Coord-Seq: \d+/,
      'Coord-Seq: seven',
      'The trailer Coord-Seq is no number: "seven".',
    ],
  ])('names a trailer: %s', async (_name, pattern, text, reason) => {
    const problems = await good.found((log) => {
      at(log, 3).message = at(log, 3).message.replace(pattern, text);
    });
    expect(problems).toContainEqual([3, reason]);
  });

  it('names the commit without any trailers', async () => {
    const problems = await good.found((log) => (at(log, 5).message = 'Merge nothing\n'));
    const names = ['Coord-Seq', 'Coord-Count', 'Coord-Tail', 'Coord-Chain'];
    expect(problems).toEqual(names.map((name) => [5, `The trailer ${name} is missing.`]));
  });
});
