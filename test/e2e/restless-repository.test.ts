// A repository that does not hold still: garbage is collected all the time, from worktrees and submodules; and formats that git may choose.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openLocalLog } from '../../src/adapters/git/local-log.ts';
import { findRepository } from '../../src/adapters/git/repository.ts';
import { Clones, say } from '../clones.ts';
import { LogWriter } from '../concurrency/log-writer.ts';
import { accepted, idsOn, task } from '../crash/scene.ts';
import { git } from '../log-forge.ts';
import { MemoryEngine } from '../memory-engine.ts';

const clones = new Clones();
afterAll(() => clones.remove());

/** Collects garbage of the user's repository again and again until it is told to end. */
function collectGarbage(repository: string): { stop(): Promise<number> } {
  const state = { isOver: false };
  let rounds = 0;
  const round = (): Promise<void> =>
    new Promise((resolve) => {
      const child = spawn('git', ['-C', repository, 'gc', '-q', '--prune=now'], {
        stdio: 'ignore',
      });
      child.once('close', () => resolve());
    });
  const running = (async () => {
    while (!state.isOver) {
      await round();
      rounds += 1;
    }
  })();
  return {
    stop: async () => {
      state.isOver = true;
      await running;
      return rounds;
    },
  };
}

it('keeps the log whole while garbage is collected, from the main tree and a linked one', async () => {
  const main = await clones.begin(['ada', 'bob']);
  const linked = join(clones.folder, 'linked ünï 1');
  git(main, ['worktree', 'add', '-q', '-b', 'topic', linked]);
  const before = git(main, ['for-each-ref']);
  const collecting = collectGarbage(main);
  const add = async (directory: string, name: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      const words = ['task', 'add', `${name} ${index}`, '--as', name, '--offline'];
      const said = await say(directory, ...words);
      expect([said.status, said.error]).toEqual([0, undefined]);
      ids.push(String(said.result['id']));
    }
    return ids;
  };
  const ids = (await Promise.all([add(main, 'ada'), add(linked, 'bob')])).flat();
  expect((await say(linked, 'sync')).result).toMatchObject({ confirmed: true, lost: [] });
  expect(await collecting.stop()).toBeGreaterThan(1);
  const logged = clones.records().map(({ id }) => id);
  expect(ids.filter((id) => !logged.includes(id))).toEqual([]);
  expect((await say(main, 'verify')).result).toMatchObject({ valid: true });
  for (const directory of [main, linked]) {
    expect(git(directory, ['status', '--porcelain', '--untracked-files=all'])).toBe('');
  }
  expect(git(main, ['for-each-ref'])).toBe(before);
  expect(git(main, ['fsck', '--no-dangling'])).toBe('');
});

it('has a log of its own in a submodule, and leaves the outer repository as it was', async () => {
  const outer = clones.clone('outer é');
  git(outer, [
    '-c',
    'protocol.file.allow=always',
    'submodule',
    'add',
    '-q',
    clones.remote,
    'inner',
  ]);
  git(outer, ['commit', '-q', '-m', 'Add a submodule']);
  const inner = join(outer, 'inner');
  const states = (): string[] =>
    [outer, inner].map((each) => git(each, ['status', '--porcelain', '--untracked-files=all']));
  const before = states();
  expect(await say(inner, 'task', 'add', 'inside', '--as', 'ada')).toMatchObject({ status: 0 });
  expect(existsSync(join(outer, '.git/modules/inner/coord/store.git'))).toBe(true);
  expect(existsSync(join(outer, '.git/coord'))).toBe(false);
  expect(states()).toEqual(before);
  expect(JSON.stringify(clones.records().at(-1))).toContain('inside');
});

/** A repository whose refs are a reftable: made by git where it can (2.45), else laid out by hand as git documents it. */
function reftableRepository(): { path: string; isNative: boolean } {
  const path = join(clones.folder, 'reftable');
  const flags = ['-C', clones.folder, 'init', '-q', '--ref-format=reftable', path];
  if (spawnSync('git', flags).status === 0) return { path, isNative: true };
  git(clones.folder, ['init', '-q', path]);
  const dotGit = join(path, '.git');
  git(path, ['config', 'core.repositoryFormatVersion', '1']);
  git(path, ['config', 'extensions.refStorage', 'reftable']);
  mkdirSync(join(dotGit, 'reftable'));
  writeFileSync(join(dotGit, 'reftable/tables.list'), '');
  writeFileSync(join(dotGit, 'HEAD'), 'ref: refs/heads/.invalid\n');
  rmSync(join(dotGit, 'refs'), { recursive: true });
  mkdirSync(join(dotGit, 'refs'));
  writeFileSync(join(dotGit, 'refs/heads'), 'this repository uses the reftable format\n');
  return { path, isNative: false };
}

it('works where the refs are a reftable, and writes none of them', async () => {
  const { path, isNative } = reftableRepository();
  process.stdout.write(
    `reftable: ${isNative ? 'made by git' : 'laid out by hand, git here cannot read it'}\n`,
  );
  const tables = join(path, '.git/reftable');
  const before = [readdirSync(tables), readdirSync(join(path, '.git/refs'))];
  if (isNative) {
    expect(await say(path, 'init')).toMatchObject({ status: 0 });
    expect(await say(path, 'agent', 'join', 'ada', '--as', 'ada')).toMatchObject({ status: 0 });
    expect(await say(path, 'lock', 'src/**', '--as', 'ada')).toMatchObject({ status: 0 });
    expect(await say(path, 'verify')).toMatchObject({ status: 0, result: { valid: true } });
  } else {
    // The shell asks git for the policy and passes on what git says; the log itself does not need to ask.
    const said = await say(path, 'init');
    expect([said.status, said.error.message]).toEqual([3, expect.stringContaining('refstorage')]);
    const { commonDir } = findRepository(path);
    await MemoryEngine.open(openLocalLog(commonDir, false));
    accepted(await new LogWriter(commonDir).say(task('in a reftable')));
    expect(await idsOn(commonDir)).toHaveLength(2);
  }
  expect([readdirSync(tables), readdirSync(join(path, '.git/refs'))]).toEqual(before);
});
