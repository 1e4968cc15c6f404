// A remote whose branch was deleted, or that goes by another name: nothing is lost, and nothing is called in sync that is not.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import { git } from '../log-forge.ts';

let clones: Clones;
beforeEach(() => {
  clones = new Clones();
});
afterEach(() => clones.remove());

it('whose branch was deleted is a fault that names the last head, and is not written again', async () => {
  const first = await clones.begin(['ada'], ['one']);
  const head = git(clones.remote, ['rev-parse', 'coord']).trim();
  git(clones.remote, ['update-ref', '-d', 'refs/heads/coord']);
  const synced = await say(first, 'sync');
  expect([synced.status, synced.error.code]).toEqual([3, 'log-forked']);
  expect(synced.error.message).toContain(head);
  expect(git(clones.remote, ['branch', '--list', 'coord'])).toBe('');
  git(clones.remote, ['update-ref', 'refs/heads/coord', head]);
  expect(await say(first, 'sync')).toMatchObject({ status: 0, result: { confirmed: true } });
});

it('under another name is the same log, also with something unpublished on both sides', async () => {
  const first = await clones.begin(['ada'], ['one']);
  const other = clones.clone('other');
  git(first, ['remote', 'rename', 'origin', 'upstream']);
  await say(first, 'task', 'add', 'here', '--as', 'ada', '--offline', '--remote', 'upstream');
  await say(other, 'task', 'add', 'there', '--as', 'ada');
  const synced = await say(first, 'sync', '--remote', 'upstream');
  expect(synced).toMatchObject({ status: 0, result: { confirmed: true, lost: [] } });
  const titles = clones.records().map(({ input }) => (input as { title?: string }).title);
  expect(titles.filter((title) => title !== undefined)).toEqual(['one', 'there', 'here']);
});
