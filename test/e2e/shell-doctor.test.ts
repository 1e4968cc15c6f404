// `coord doctor` on the policy: the one that counts is broken, or is not the one that its author sees.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import { commitFile, git, inside, newClone, newLog, useRepositories } from './shell-repository.ts';

useRepositories();

interface Finding {
  readonly check: string;
  readonly status: string;
  readonly message: string;
  readonly next: string | null;
}

const policyPath = '.github/coord.yml';

async function examined(directory: string): Promise<{ exit: number; policy: Finding | undefined }> {
  const { status, answer } = await inside(directory, ['doctor']);
  const checks = answer.result['checks'] as readonly Finding[];
  return { exit: status, policy: checks.find(({ check }) => check === 'policy') };
}

it('names a policy of the base branch that cannot be used, and how to mend it', async () => {
  const directory = await newLog();
  await commitFile(directory, policyPath, 'version: 1\nenfroce: require\n');
  const { exit, policy } = await examined(directory);
  expect([exit, policy?.status]).toEqual([1, 'fail']);
  expect(policy?.message).toMatch(/at refs\/heads\/main cannot be used.*enfroce/s);
  expect(policy?.next).toContain('coord check --policy');
});

it('says that a policy of the work tree does not count, until it is on the base branch', async () => {
  const { directory } = await newClone();
  await inside(directory, ['init']);
  expect(await examined(directory)).toMatchObject({ exit: 0, policy: { status: 'ok' } });
  await commitFile(directory, policyPath, 'version: 1\n');
  const unpushed = await examined(directory);
  expect(unpushed).toMatchObject({ exit: 0, policy: { status: 'warn' } });
  expect(unpushed.policy?.message).toBe(
    '.github/coord.yml is in the work tree and not on origin/main: it does not count yet.',
  );
  await git(directory, 'push', '-q', 'origin', 'main');
  expect(await examined(directory)).toMatchObject({ policy: { status: 'ok' } });
  await writeFile(join(directory, policyPath), 'version: 1\nenforce: require\n');
  const changed = await examined(join(directory, '.github'));
  expect(changed.policy?.message).toContain('another than the one on origin/main');
});

it('says to sync where nothing is here yet and a remote may have a log', async () => {
  const clones = new Clones();
  try {
    await clones.begin([]);
    const fresh = clones.clone('fresh');
    const { status, error } = await say(fresh, 'doctor');
    expect([status, error.code]).toEqual([1, 'no-log']);
    expect(error.message).toContain('the one on origin: coord sync');
    expect((await say(fresh, 'sync')).status).toBe(0);
    expect((await say(fresh, 'doctor')).status).toBe(0);
  } finally {
    clones.remove();
  }
});
