// A process that dies between its push and its note of it: the next one neither publishes twice nor loses.
import { chmodSync, existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import { git } from '../log-forge.ts';
import { spawnShell } from '../shell.ts';

let clones: Clones;
beforeEach(() => {
  clones = new Clones();
});
afterEach(() => clones.remove());

/** A `git` that does what it is told, and kills who called it right after (or before) its first push. */
function deadlyGit(moment: 'before' | 'after'): string {
  const folder = join(clones.folder, 'bin');
  const real = join(git(clones.folder, ['--exec-path']).trim(), 'git');
  const push = moment === 'after' ? `"${real}" "$@" >/dev/null 2>&1; ` : '';
  mkdirSync(folder);
  const script = `#!/bin/sh
case " $* " in *" push "*)
  if [ ! -e "${folder}/done" ]; then
    touch "${folder}/done"; ${push}kill -9 $PPID; exit 1
  fi;;
esac
exec "${real}" "$@"
`;
  writeFileSync(join(folder, 'git'), script);
  chmodSync(join(folder, 'git'), 0o755);
  return `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
}

const titles = (): unknown[] =>
  clones
    .records()
    .map(({ input }) => (input as { title?: string }).title)
    .filter((title) => title !== undefined);

it.each(['after', 'before'] as const)('killed %s its push', async (moment) => {
  const first = await clones.begin(['ada', 'bob'], ['one']);
  const second = clones.clone('second');
  const PATH = deadlyGit(moment);
  const killed = await spawnShell(['-C', first, 'task', 'add', 'only once', '--as', 'ada'], {
    PATH,
  });
  expect(killed).toEqual({ status: 128, out: '', err: '' });
  expect(existsSync(join(clones.folder, 'bin', 'done'))).toBe(true);
  const published = moment === 'after' ? ['one', 'only once'] : ['one'];
  expect(titles()).toEqual(published);
  const pin = ['rev-parse', 'refs/remotes/origin/coord'];
  const store = join(first, '.git', 'coord', 'store.git');
  expect(git(store, pin)).not.toBe(git(store, ['rev-parse', 'refs/heads/coord']));
  // Somebody else goes on meanwhile, and so does the clone: everything stands once, in the order of the remote.
  await say(second, 'task', 'add', 'between', '--as', 'bob');
  const synced = await say(first, 'sync');
  expect(synced.result).toMatchObject({ confirmed: true, again: moment === 'after' ? 0 : 1 });
  const others = moment === 'after' ? ['between'] : ['between', 'only once'];
  expect(titles()).toEqual([...published, ...others]);
  const next = await say(first, 'task', 'add', 'next', '--as', 'ada');
  expect(next).toMatchObject({ status: 0, result: { confirmed: true } });
  expect(titles()).toEqual([...published, ...others, 'next']);
  expect((await say(second, 'verify')).result).toMatchObject({ valid: true });
});

it('killed while it notes what the remote has, its lock is taken away once it is old', async () => {
  const first = await clones.begin(['ada'], ['one']);
  const pin = join(first, '.git', 'coord', 'store.git', 'refs/remotes/origin/coord');
  const tip = git(clones.folder, [
    '--git-dir',
    join(first, '.git'),
    'ls-remote',
    'origin',
    'coord',
  ]);
  writeFileSync(`${pin}.lock`, `${tip.slice(0, 40)}\n`);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(`${pin}.lock`, longAgo, longAgo);
  const done = await say(first, 'task', 'add', 'after', '--as', 'ada');
  expect(done.result).toMatchObject({ confirmed: true });
  expect(existsSync(`${pin}.lock`)).toBe(false);
  expect(titles()).toEqual(['one', 'after']);
});
