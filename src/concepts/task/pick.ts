// Which task is whose to do next.
import type { View } from '../../kernel/decider.ts';
import type { Moment } from '../../kernel/operation.ts';
import type { Agents } from '../agent/agent.ts';
import { byUrgency, readyTasks } from './task.ts';
import type { Task, Tasks } from './task.ts';

/** What the task requires and the actor has not stated, nor the policy for it; people are asked for nothing. */
export function missingCapabilities(
  task: View<Task>,
  agents: View<Agents>,
  { actor, rules }: Moment,
): string[] {
  if (actor.tier === 'human') return [];
  const stated = agents.byName.get(actor.name)?.capabilities ?? [];
  // Not a bare index: `constructor` is a name that somebody may join under.
  const listed =
    rules.agents !== null && Object.hasOwn(rules.agents, actor.name)
      ? (rules.agents[actor.name]?.capabilities ?? [])
      : [];
  return task.capabilities.filter((each) => !stated.includes(each) && !listed.includes(each));
}

/**
 * The free task for the actor: one that it can do, those that ask for a capability before those that anybody can
 * do, then the more urgent, then the older. Undefined when there is none.
 */
export function nextFor(
  state: View<Tasks>,
  agents: View<Agents>,
  moment: Moment,
): View<Task> | undefined {
  const isSpecial = (task: View<Task>): number => (task.capabilities.length > 0 ? 0 : 1);
  return readyTasks(state, moment.now)
    .filter((task) => missingCapabilities(task, agents, moment).length === 0)
    .sort((left, right) => isSpecial(left) - isSpecial(right) || byUrgency(left, right))[0];
}
