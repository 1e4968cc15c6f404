// What is locked now.
import { z } from 'zod';
import { query } from '../../kernel/operation.ts';
import { table } from '../../kernel/table.ts';
import { tasks } from '../task/task.ts';
import { liveLocks, locks, lockView, untilText } from './lock.ts';
import type { Lock } from './lock.ts';

const input = () =>
  z.object({
    mine: z.boolean().default(false).describe('Only what you hold'),
  });

function row(lock: Lock): string[] {
  return [
    lock.scope,
    lock.holder,
    lock.mode,
    untilText(lock),
    `token ${lock.token}`,
    lock.task ?? '-',
    lock.reason ?? '',
  ];
}

export const list = query({
  name: 'lock.list',
  summary: 'List the locks that are on, the oldest grant first.',
  input,
  positional: [],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [
    { text: 'lock list', means: {} },
    { text: 'lock list --mine', means: { mine: true } },
  ],
  on: { locks, tasks },
  answer(wanted, states, { actor, now }) {
    const shown = liveLocks(states.locks, now).filter(
      ({ holder }) => !wanted.mine || holder === actor.name,
    );
    return { locks: shown.map((lock) => lockView(lock, states.tasks)) };
  },
  text(answer) {
    const shown = answer['locks'] as readonly Lock[];
    return shown.length === 0
      ? 'Nothing is locked. `coord lock SCOPE` locks it.'
      : table(shown.map(row));
  },
});
