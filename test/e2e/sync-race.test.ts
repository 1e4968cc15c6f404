// Two processes of one clone that sync at once: who fetched first and comes last does not move the log back.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findRepository } from '../../src/adapters/git/repository.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { refresh } from '../../src/engine/sync.ts';
import { present } from '../../src/kernel/assert.ts';
import type { RemoteLog } from '../../src/log/store.ts';
import { registry } from '../../src/registry.ts';
import { openWorkspace } from '../../src/surfaces/cli/workspace.ts';
import type { Workspace } from '../../src/surfaces/cli/workspace.ts';
import { Clones, say } from '../clones.ts';
import { forge, forgedOn, git, layOut } from '../log-forge.ts';

let clones: Clones;
beforeEach(() => {
  clones = new Clones();
});
afterEach(() => clones.remove());

/** A process of its own, as far as the log is concerned. */
function open(directory: string): Workspace {
  return openWorkspace(findRepository(directory), {
    ...{ globals: { remote: 'origin' }, environment: {}, terminal: { err: () => undefined } },
    ...{ clock: systemClock(), registry },
  });
}

const remoteOf = ({ remote }: Workspace): RemoteLog => present(remote, 'the clone has a remote');

it.each(['as it was', 'with something unpublished'])(
  'a late fetch takes nothing back: a clone %s',
  async (state) => {
    const ours = await clones.begin(['ada', 'bob'], ['one']);
    const theirs = clones.clone('theirs');
    await say(theirs, 'task', 'add', 'two', '--as', 'bob');
    if (state !== 'as it was') await say(ours, 'task', 'add', 'own', '--as', 'ada', '--offline');
    const [late, early] = [open(ours), open(ours)];
    const fetch = async (): Promise<string | null> => {
      const head = await remoteOf(late).fetch();
      await say(theirs, 'task', 'add', 'three', '--as', 'bob');
      await refresh(early.engine, early.log, remoteOf(early));
      return head;
    };
    await refresh(late.engine, late.log, { ...remoteOf(late), fetch });
    const titles = async (...flags: string[]): Promise<unknown> =>
      ((await say(ours, 'task', 'list', ...flags)).result['tasks'] as { title: string }[]).map(
        ({ title }) => title,
      );
    const own = state === 'as it was' ? [] : ['own'];
    expect(await remoteOf(late).pin()).toBe(clones.log().at(-1)?.oid);
    expect(await titles('--offline')).toEqual(['one', 'two', 'three', ...own]);
    expect((await say(ours, 'sync')).result).toMatchObject({ confirmed: true, lost: [] });
    expect(await titles()).toEqual(['one', 'two', 'three', ...own]);
    const all = clones.records().map(({ input }) => (input as { title?: string }).title);
    expect(all.filter((title) => title !== undefined)).toEqual(['one', 'two', 'three', ...own]);
  },
);

it('a head that does not continue the pin is forked for the engine too, whatever the transport let through', async () => {
  const ours = await clones.begin(['ada'], ['one']);
  await say(ours, 'task', 'add', 'own', '--as', 'ada', '--offline');
  const log = layOut(clones.remote);
  const before = present(log.at(-2), 'the log has commits');
  const record = JSON.parse(present(log.at(-1), 'the log has commits').batch) as object;
  const id = '01a1f954-9eba-70f0-98c5-310938257741';
  const [theirs = ''] = forge(clones.remote, [forgedOn(before, [{ ...record, id }])], before.oid);
  const store = join(ours, '.git', 'coord', 'store.git');
  git(store, ['fetch', '-q', clones.remote, '+coord:refs/heads/strange']);
  const head = git(store, ['rev-parse', 'refs/heads/coord']);
  const { engine, log: local, remote } = open(ours);
  const blind = {
    ...present(remote, 'the clone has a remote'),
    fetch: () => Promise.resolve(theirs),
  };
  await expect(refresh(engine, local, blind)).rejects.toMatchObject({ code: 'log-forked' });
  expect(git(store, ['rev-parse', 'refs/heads/coord'])).toBe(head);
});

it('what is unpublished stays as it was decided while the remote has nothing new', async () => {
  const ours = await clones.begin(['ada'], ['one']);
  await say(ours, 'task', 'add', 'own', '--as', 'ada', '--offline');
  const store = join(ours, '.git', 'coord', 'store.git');
  const head = git(store, ['rev-parse', 'refs/heads/coord']).trim();
  expect((await say(ours, 'sync')).result).toMatchObject({ confirmed: true, again: 0, head });
});

it('what is decided again keeps what its sender said of it', async () => {
  const ours = await clones.begin(['ada', 'bob'], ['one']);
  const theirs = clones.clone('theirs');
  const words = ['task', 'add', 'own', '--as', 'ada', '--session', 's-9', '--offline'];
  const { result } = await say(ours, ...words);
  await say(theirs, 'task', 'add', 'yours', '--as', 'bob');
  expect((await say(ours, 'sync')).result).toMatchObject({ confirmed: true, again: 1 });
  const { id } = result;
  expect(clones.records().at(-1)).toMatchObject({ id, actor: 'ada', session: 's-9' });
});
