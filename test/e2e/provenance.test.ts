// A log that ever came from a remote is no word of this machine, though the remote is gone.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalLog } from '../../src/adapters/git/local-log.ts';
import { hasRemotes, findRepository } from '../../src/adapters/git/repository.ts';
import { Clones, say } from '../clones.ts';
import { git } from '../log-forge.ts';

let clones: Clones;
beforeEach(() => {
  clones = new Clones();
});
afterEach(() => clones.remove());

/** Where the commits of a log came from, each answer once, as the shell would open it. */
async function provenances(directory: string): Promise<unknown[]> {
  const repository = findRepository(directory);
  const log = openLocalLog(repository.commonDir, hasRemotes(repository));
  const { commits } = await log.read({ commitsMax: 100 });
  return [...new Set(commits.map(({ provenance }) => provenance))];
}

const storeOf = (directory: string): string => join(directory, '.git', 'coord', 'store.git');

describe('a log whose remote is gone', () => {
  it('came from elsewhere', async () => {
    const first = await clones.begin(['ada']);
    git(first, ['remote', 'remove', 'origin']);
    expect(await provenances(first)).toEqual(['elsewhere']);
    await say(first, 'task', 'add', 'alone', '--as', 'ada');
    expect(await provenances(first)).toEqual(['elsewhere']);
  });

  it('came from elsewhere, too, when git has packed the refs', async () => {
    const first = await clones.begin(['ada']);
    git(first, ['remote', 'remove', 'origin']);
    const store = storeOf(first);
    git(store, ['pack-refs', '--all', '--prune']);
    rmSync(join(store, 'refs', 'remotes'), { recursive: true, force: true });
    expect(await provenances(first)).toEqual(['elsewhere']);
  });

  it('came from elsewhere, too, when it was fetched without its beginning', async () => {
    const first = await clones.begin(['ada']);
    for (let n = 0; n < 100; n += 1) {
      await say(first, 'task', 'add', `${n}`, '--as', 'ada', '--offline');
    }
    await say(first, 'sync');
    const second = clones.clone('second');
    await say(second, 'status');
    git(second, ['remote', 'remove', 'origin']);
    const store = storeOf(second);
    git(store, ['update-ref', '-d', 'refs/remotes/origin/coord']);
    rmSync(join(store, 'refs', 'remotes'), { recursive: true, force: true });
    expect(await provenances(second)).toEqual(['elsewhere']);
  });
});

it('a log that never had a remote is of this machine', async () => {
  const alone = join(clones.folder, 'alone');
  git(clones.folder, ['init', '-q', '--initial-branch=main', alone]);
  await say(alone, 'init');
  expect(await provenances(alone)).toEqual(['here']);
  git(storeOf(alone), ['pack-refs', '--all', '--prune']);
  expect(await provenances(alone)).toEqual(['here']);
});
