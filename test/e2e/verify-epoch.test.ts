// `coord verify` where an epoch begins, and where somebody with plain git only says that one does.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forge, forgedOn, git, layOut, rightMessage } from '../log-forge.ts';
import type { ForgedCommit } from '../log-forge.ts';
import { resultOf } from '../shell.ts';
import { GoodLog, at, storeOf, verify } from '../tampered-log.ts';

const good = new GoodLog();
let rolled = '';
let root: ForgedCommit;
let after: ForgedCommit;

beforeAll(async () => {
  await good.make();
  rolled = good.copy();
  const say = (...words: string[]) => resultOf(['-C', rolled, ...words]);
  await say('epoch', 'roll', '--yes');
  await say('task', 'add', 'in the second epoch', '--as', 'ada');
  [root, after] = layOut(storeOf(rolled)) as [ForgedCommit, ForgedCommit];
});
afterAll(() => good.remove());

const nobody = '7'.repeat(40);
const link = (oid: string): string => `Coord-Previous: ${oid}\n`;

/** A record that tells of a roll, as the one after the last of the good log. */
function rollRecord(change: object = {}): object {
  const before = JSON.parse(at(good.commits, 5).batch) as { seq: number; id: string };
  const previous = at(good.commits, 5).oid;
  return {
    ...before,
    ...{ id: before.id.replace(/^..../, 'ffff'), seq: before.seq + 1, op: 'epoch.roll' },
    input: { previous, yes: true },
    events: [{ type: 'epoch.rolled', data: { epoch: 2, previous, archive: null } }],
    ...change,
  };
}

describe('an epoch that coord began', () => {
  it('is good from the genesis, and in a store that has nothing before it', async () => {
    const [status, answer] = await verify(rolled);
    expect([status, answer.problems, answer.level, answer.records]).toEqual([0, [], 'genesis', 8]);
    const store = storeOf(rolled);
    git(rolled, [
      'clone',
      '-q',
      '--bare',
      '--single-branch',
      '-b',
      'coord',
      store,
      `${rolled}.git`,
    ]);
    const alone = good.copy();
    rmSync(storeOf(alone), { recursive: true });
    git(alone, ['clone', '-q', '--bare', '--no-local', `${rolled}.git`, storeOf(alone)]);
    expect(await verify(alone)).toMatchObject([0, { level: 'window', commits: 2, problems: [] }]);
  });

  it('is gone on from by a look from a mark, which knows the epoch', async () => {
    await verify(rolled);
    const [status, answer] = await verify(rolled);
    expect([status, answer.problems]).toEqual([0, []]);
    expect(answer).toHaveProperty('since');
  });
});

describe('a link to an epoch before', () => {
  it.each([
    ['that is not here', nobody],
    ['that is its own parent', ''],
  ])('is named on a commit that has a parent, with a commit %s', async (_what, oid) => {
    const problems = await good.found((log, store) => {
      forge(store, log.slice(0, 3));
      const parent = oid === '' ? git(store, ['rev-parse', 'coord']).trim() : oid;
      at(log, 3).message += link(parent);
    });
    expect(problems).toEqual([
      [3, 'Coord-Previous stands on a commit that has a parent, and so begins no epoch.'],
    ]);
  });

  it('is named where it is no commit, or stands there twice', async () => {
    const reasons = await good.found((log) => {
      at(log, 2).message += link('HEAD');
      at(log, 3).message += link(nobody) + link(nobody);
    });
    expect(reasons).toEqual([
      [2, 'The trailer Coord-Previous is no commit: "HEAD".'],
      [3, 'Coord-Previous stands there twice.'],
    ]);
  });

  it('is named on a genesis, which is no roll', async () => {
    const repository = good.copy();
    const log = structuredClone(good.commits);
    at(log, 0).message += link(nobody);
    const [oid] = forge(storeOf(repository), log);
    const [status, answer] = await verify(repository);
    expect(status).toBe(1);
    expect(answer.problems).toEqual([
      {
        commit: oid,
        reason: 'It begins an epoch by Coord-Previous, but its only record is not the roll.',
      },
    ]);
  });
});

describe('a record that says that an epoch begins', () => {
  const stray = 'batch.ndjson:1 It says that an epoch begins, but the commit has a parent.';

  it('is named in an ordinary commit', async () => {
    const problems = await good.found((log) => void log.push(forgedOn(at(log, 5), [rollRecord()])));
    expect(problems).toEqual([[6, stray]]);
  });

  it('is named among the events of another command, which it does not come of', async () => {
    const { events } = rollRecord() as { events: object[] };
    const sneaked = rollRecord({ op: 'task.add', events: [...events, ...events] });
    const problems = await good.found((log) => void log.push(forgedOn(at(log, 5), [sneaked])));
    expect(problems).toContainEqual([6, stray]);
    expect(problems).toContainEqual([6, 'batch.ndjson:1 epoch.rolled does not come of task.add.']);
  });

  it('is named in an ordinary commit that has the link of an epoch too', async () => {
    const problems = await good.found((log) => {
      const forged = forgedOn(at(log, 5), [rollRecord()]);
      log.push({ ...forged, message: forged.message + link(at(good.commits, 5).oid) });
    });
    expect(problems.map(([index]) => index)).toEqual([6, 6]);
    expect(problems).toContainEqual([6, stray]);
  });
});

describe('the first commit of an epoch that somebody made', () => {
  /** What is wrong with a root in the place of the one that coord made, and with what follows it. */
  async function foundAt(change: (root: ForgedCommit) => void): Promise<string[]> {
    const repository = good.copy();
    const store = storeOf(repository);
    git(store, ['fetch', '-q', storeOf(rolled), 'refs/heads/coord:refs/keep']);
    const forged = structuredClone(root);
    change(forged);
    const [oid] = forge(store, [forged, after]);
    const [, answer] = await verify(repository, '--no-watermark');
    const ours = answer.problems.filter(
      ({ commit, path }) => commit === oid && !(path ?? '').startsWith('checkpoint'),
    );
    return ours.map(({ reason }) => reason);
  }

  /** Another record in the root, and trailers that fit. */
  function say(forged: ForgedCommit, ...records: object[]): void {
    forged.batch = records.map((each) => `${JSON.stringify(each)}\n`).join('');
    const right = rightMessage(at(good.commits, 5), forged.batch);
    forged.message = right.replace(/(Coord-Tail): \d+/, '$1: 0') + link(at(good.commits, 5).oid);
  }

  const record = (): Record<string, unknown> => JSON.parse(root.batch) as Record<string, unknown>;
  const event = (data: object): object => ({
    ...record(),
    events: [
      { type: 'epoch.rolled', data: { epoch: 2, previous: at(good.commits, 5).oid, ...data } },
    ],
  });

  it('is good where it is what coord makes', async () => {
    expect(await foundAt(() => undefined)).toEqual([]);
    expect(
      await foundAt((forged) => {
        say(forged, record());
      }),
    ).toEqual([]);
  });

  it('is named where it does not continue what it names', async () => {
    const reasons = await foundAt((forged) => {
      forged.message = forged.message.replace(
        /Coord-Previous: \w+/,
        `Coord-Previous: ${at(good.commits, 4).oid}`,
      );
    });
    expect(reasons).toContain("The chain does not continue the parent's with this batch.");
    expect(reasons.join()).toContain('The roll names');
  });

  it.each<[string, (forged: ForgedCommit) => void, string]>([
    [
      'brings another record with it',
      (forged) => {
        const more = { ...record(), id: String(record()['id']).replace(/^..../, 'ffff'), seq: 8 };
        say(forged, record(), more);
      },
      'It begins an epoch by Coord-Previous, but its only record is not the roll.',
    ],
    [
      'does not roll',
      (forged) => {
        say(forged, { ...record(), op: 'task.add', events: [{ type: 'task.added', data: {} }] });
      },
      'It begins an epoch by Coord-Previous, but its only record is not the roll.',
    ],
    [
      'brings another event with it',
      (forged) => {
        const { events, ...others } = event({}) as { events: object[] };
        say(forged, { ...others, events: [...events, { type: 'task.completed', data: {} }] });
      },
      'It begins an epoch by Coord-Previous, but its only record is not the roll.',
    ],
    [
      'counts another epoch',
      (forged) => {
        say(forged, event({ epoch: 7 }));
      },
      'Epoch 7 begins where 2 belongs.',
    ],
    [
      'rolls from another commit',
      (forged) => {
        say(forged, event({ previous: nobody }));
      },
      `The roll names ${nobody} as the commit before, not `,
    ],
    [
      'has no checkpoint of its own',
      (forged) => {
        forged.message = forged.message.replace(/(Coord-Tail): \d+/, '$1: 6');
      },
      'It begins an epoch without a checkpoint of its own.',
    ],
  ])('is named where it %s', async (_what, change, reason) => {
    const reasons = await foundAt(change);
    expect(reasons.some((each) => each.includes(reason))).toBe(true);
  });
});
