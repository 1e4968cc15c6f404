// A redacted text is gone from everything that the new epoch consists of, and stays where the old one is kept.
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { storeDirectory } from '../../src/adapters/git/local-log.ts';
import { Clones } from '../clones.ts';
import { git } from '../log-forge.ts';
import { resultOf, runShell } from '../shell.ts';

const world = new Clones();
const secret = 'tulip-8841-orchid';

afterAll(() => world.remove());

/** Whether any object of a repository, reachable or not, holds the text. */
function holds(directory: string, text: string): boolean {
  return git(directory, ['cat-file', '--batch-all-objects', '--batch', '--buffer']).includes(text);
}

function storeOf(clone: string): string {
  return storeDirectory(join(clone, '.git'));
}

it('is in no object of the new epoch, wherever the archive is deleted', async () => {
  const first = await world.begin(['codex', 'opus']);
  const said = ['send', 'codex', 'Hello', `the password is ${secret}`, '--as', 'opus'];
  await resultOf(['-C', first, ...said]);
  await resultOf(['-C', first, 'read', 'M-1', '--as', 'codex']);
  const redacted = await resultOf(['-C', first, 'redact', 'M-1', '--reason', 'a password']);
  expect(redacted).toMatchObject({
    message: { body: { redacted: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string } },
  });
  const shown = await runShell(['-C', first, 'read', 'M-1', '--as', 'codex']);
  expect(shown.out).toContain('(redacted; its hash is sha256:');
  expect(holds(world.remote, secret)).toBe(true);
  await resultOf(['-C', first, 'epoch', 'roll', '--yes']);
  await resultOf(['-C', first, 'task', 'add', 'after', '--as', 'codex']);

  // Who comes new gets none of it, although the remote still keeps the old epoch.
  const fresh = world.clone('fresh');
  expect(await resultOf(['-C', fresh, 'read', 'M-1', '--as', 'codex'])).toMatchObject({
    message: {
      subject: 'Hello',
      body: redacted['message'] && { redacted: expect.anything() as string },
    },
  });
  expect(holds(storeOf(fresh), secret)).toBe(false);
  expect(holds(world.remote, secret)).toBe(true);

  for (const directory of [world.remote, storeOf(first)]) {
    git(directory, ['update-ref', '-d', 'refs/coord/archive/1']);
    git(directory, ['reflog', 'expire', '--expire=now', '--all']);
    git(directory, ['gc', '-q', '--prune=now']);
    expect(holds(directory, secret)).toBe(false);
    expect(holds(directory, 'Hello')).toBe(true);
  }
  await resultOf(['-C', first, 'task', 'add', 'later', '--as', 'codex']);
  const verified = await resultOf(['-C', first, 'verify']);
  expect(verified['problems']).toEqual([]);
});
