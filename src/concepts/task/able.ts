// What it takes to do a task, and who has it.
import type { View } from '../../kernel/decider.ts';
import type { Moment } from '../../kernel/operation.ts';
import type { Agents } from '../agent/agent.ts';

/** What the task requires and the actor has not stated, nor the policy for it; people are asked for nothing. */
export function missingCapabilities(
  task: { readonly capabilities: readonly string[] },
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
