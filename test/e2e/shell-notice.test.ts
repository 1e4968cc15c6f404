// Whoever loses a task or a lock to somebody else's word reads why in the inbox; who gives things back reads which.
import { expect, it } from 'vitest';
import { runShell } from '../shell.ts';
import { inside, newLog, useRepositories } from './shell-repository.ts';

useRepositories();

it.each<[string, readonly string[], readonly string[], string]>([
  [
    'task',
    ['claim', 'T-1'],
    ['task', 'release', 'T-1'],
    'Your claim ended: T-1 "One" was released',
  ],
  ['lock', ['lock', '@db'], ['unlock', '@db', '--force'], 'Released by force: the lock on @db'],
])('of a %s', async (_, taking, releasing, subject) => {
  const directory = await newLog();
  const codex = (...words: string[]) => inside(directory, [...words, '--as', 'codex']);
  await inside(directory, ['task', 'add', 'One']);
  await codex(...taking);
  await inside(directory, [...releasing, '--reason', 'its machine is gone']);
  const { result } = (await codex('continue')).answer;
  expect(result['unread']).toMatchObject({ count: 1, top: [{ id: 'M-1', subject }] });
  expect((await codex('read', 'M-1')).answer.result).toMatchObject({
    message: { from: 'git:tess-tester', to: 'codex', body: 'its machine is gone' },
  });
  expect((await codex('continue')).answer.result['unread']).toMatchObject({ count: 0 });
});

it('who leaves by force is told what was given back', async () => {
  const directory = await newLog();
  const codex = ['-C', directory, '--as', 'codex'];
  await inside(directory, ['task', 'add', 'One']);
  await runShell([...codex, 'claim', 'T-1']);
  await runShell([...codex, 'lock', '@db']);
  const { out } = await runShell([...codex, 'agent', 'leave', '--force', '--reason', 'done']);
  expect(out).toBe('codex has left. Given back, and free for others: T-1, @db.');
});
