// The next free task for whoever asks, shown or claimed at once.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { View } from '../../kernel/decider.ts';
import { command } from '../../kernel/operation.ts';
import type { Moment, States } from '../../kernel/operation.ts';
import { claimEvents, claimParts } from './claim.ts';
import { aboutTask, calledOf, claimedText, taskIn } from './sentence.ts';
import type { ShownTask } from './sentence.ts';
import { askedText, nextFor, openTasks, taskView } from './task.ts';
import type { Task } from './task.ts';

/** The task that this command claimed; none when it was asked to show only. */
function claimedNow(states: States<typeof claimParts>, { actor, seq }: Moment) {
  return openTasks(states.tasks).find(
    ({ claim }) => claim?.agent === actor.name && claim.seq === seq,
  );
}

function nextText(task: ShownTask): string {
  // A lapsed claim is free for the taking; only --claim leaves one that is not.
  if (!task.ready) return claimedText(task);
  return `${calledOf(task)} is free for you${askedText(task)}. Claim it: coord claim ${task.id}`;
}

export const next = command({
  name: 'task.next',
  alias: 'next',
  summary: 'Show the next free task for you, or claim it.',
  input: () => z.object({ claim: z.boolean().default(false).describe('Claim it as well') }),
  positional: [],
  allow: ['implementer', 'human'],
  examples: [
    { text: 'next', means: {} },
    { text: 'next --claim', means: { claim: true } },
  ],
  on: claimParts,
  refusals: ['nothing-to-do'],
  /** Without --claim it is accepted with no events, so that nothing is written. */
  decide(wanted, states, moment) {
    if (!wanted.claim) return accept();
    const task = nextFor(states.tasks, states.agents, moment);
    if (task !== undefined) return accept(...claimEvents(task, states.locks, moment));
    const open = openTasks(states.tasks);
    return refuse(
      'nothing-to-do',
      `No task is free for you: ${open.length} open ones are taken, blocked, waiting or not yours to do. \`coord task list\` shows them.`,
      { open: open.length },
    );
  },
  result(wanted, states, moment) {
    const task: View<Task> | undefined = wanted.claim
      ? claimedNow(states, moment)
      : nextFor(states.tasks, states.agents, moment);
    return { task: task === undefined ? null : taskView(task, states.tasks, moment.now) };
  },
  text: (result) =>
    taskIn(result) === null
      ? 'No task is free for you now. `coord task list` shows them all.'
      : aboutTask(nextText)(result),
});
