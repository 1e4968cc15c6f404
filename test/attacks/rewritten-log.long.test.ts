// What a push can do to the history itself: nobody follows a log that does not continue, and nobody believes a checkpoint.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { blob, forge, forgedOn, git, tree } from '../log-forge.ts';
import type { ForgedCommit } from '../log-forge.ts';
import { Scene } from './scene.ts';
import type { Attacked, Forged } from './scene.ts';

const scene = new Scene();
beforeAll(() => scene.open(), 120_000);
afterAll(() => scene.remove());

const start: Forged = {
  ...{ op: 'plan.start', actor: 'gh:eve', input: { phase: 'rpc' } },
  events: [{ type: 'plan.phase-started', data: { phase: 'rpc' } }],
};

function lastOf({ log }: { log: ForgedCommit[] }): ForgedCommit {
  return present(log.at(-1), 'the log has commits');
}

/** The clone has seen the log before it is rewritten. */
async function seen(attacked: Attacked): Promise<ForgedCommit[]> {
  await attacked.sayKeyless('log');
  return attacked.log();
}

describe('a history that does not continue', () => {
  it('with a time before the last', async () => {
    const attacked = scene.copy();
    attacked.push(attacked.record({ ...start, at: '2020-01-01T00:00:00.000Z' }));
    await scene.isNotTakenOver(attacked, 'log-corrupt', /its time 2020-\S+ is before/);
  });

  it('with records in another order', async () => {
    const attacked = scene.copy();
    const one = attacked.record(start);
    attacked.push({ ...attacked.record(start), seq: one.seq + 1 }, one);
    await scene.isNotTakenOver(
      attacked,
      'log-corrupt',
      /[0-9a-f]{40} from the remote was not taken over: .*(?:seq|trailers)/,
    );
  });

  it('with a seq left out', async () => {
    const attacked = scene.copy();
    const { seq } = attacked.lastRecord();
    attacked.push({ ...attacked.record(start), seq: seq + 2 });
    await scene.isNotTakenOver(
      attacked,
      'log-corrupt',
      /[0-9a-f]{40} from the remote was not taken over: .*(?:seq|trailers)/,
    );
  });

  it('truncated by a forced push', async () => {
    const attacked = scene.copy();
    const log = await seen(attacked);
    const earlier = present(log.at(-3), 'a longer log').oid;
    git(attacked.remote, ['update-ref', 'refs/heads/coord', earlier]);
    await scene.isNotTakenOver(attacked, 'log-forked', /which does not continue [0-9a-f]{40}/);
  });

  it('truncated and grown again', async () => {
    const attacked = scene.copy();
    const log = await seen(attacked);
    const [before, last] = [present(log.at(-2), 'a longer log'), lastOf({ log })];
    const { batch } = last;
    const forged = forgedOn(before, [JSON.parse(batch) as object]);
    forge(attacked.remote, [{ ...forged, message: `${forged.message} \n` }], before.oid);
    await scene.isNotTakenOver(attacked, 'log-forked', /which does not continue [0-9a-f]{40}/);
  });

  it('merged with another', async () => {
    const attacked = scene.copy();
    const log = await seen(attacked);
    const [before, last] = [present(log.at(-2), 'a longer log'), lastOf({ log })];
    const forged = forgedOn(last, [attacked.record(start)]);
    forge(attacked.remote, [{ ...forged, moreParents: [before.oid] }], last.oid);
    await scene.isNotTakenOver(attacked, 'log-corrupt', /merge|parents|linear/);
  });
});

/** A checkpoint of the last one's files, some of them replaced, on a commit that says it carries one. */
function withCheckpoint(attacked: Attacked, change: (path: string, text: string) => string): void {
  const { remote } = attacked;
  const last = lastOf({ log: attacked.log() });
  const folder = present(last.entries.get('checkpoint'), 'a checkpoint').oid;
  const forged = forgedOn(last, [attacked.record(start)]);
  const rewrite = (oid: string, prefix: string): string => {
    const lines = git(remote, ['ls-tree', '-z', oid]).split('\0').filter(Boolean);
    const entries = lines.map((line): [string, { mode: string; oid: string }] => {
      const [head = '', name = ''] = line.split('\t');
      const [mode = '', type = '', object = ''] = head.split(' ');
      const path = `${prefix}${name}`;
      if (type === 'tree') return [name, { mode, oid: rewrite(object, `${path}/`) }];
      const text = git(remote, ['cat-file', 'blob', object]);
      return [name, { mode, oid: blob(remote, change(path, text)) }];
    });
    return tree(remote, new Map(entries));
  };
  const entries = new Map(forged.entries);
  entries.set('checkpoint', { mode: '040000', oid: rewrite(folder, '') });
  const message = forged.message.replace(/^Coord-Tail: \d+$/m, 'Coord-Tail: 0');
  forge(remote, [{ ...forged, entries, message }], last.oid);
}

describe('a checkpoint made by hand', () => {
  it('that leaves the lock out and has the phase active', async () => {
    const attacked = scene.copy();
    withCheckpoint(attacked, (path, text) => {
      if (path.includes('lock')) return text.replaceAll('opus', 'nobody');
      return path.includes('plan')
        ? text.replaceAll(
            '"phases":{"$map":[]}',
            '"phases":{"$map":[["rpc",{"starts":[],"completed":null,"wasCompleted":false}]]}',
          )
        : text;
    });
    await scene.opensNothing(attacked, /It is not what the records come to/);
  });

  it('of another log', async () => {
    const attacked = scene.copy();
    withCheckpoint(attacked, (path, text) =>
      path.endsWith('meta.json') ? text.replace(/"log":"[^"]*"/, '"log":"x"') : text,
    );
    await scene.opensNothing(attacked, /checkpoint/i);
  });
});
