// What a lock holds beyond what the plan lets its holder write: it keeps others out, and does not let anybody in.
import type { View } from '../../kernel/decider.ts';
import type { Moment } from '../../kernel/operation.ts';
import { containedInUnion, parseGlob } from '../../kernel/scope-glob.ts';
import type { Glob } from '../../kernel/scope-glob.ts';
import { liveGrants, phaseStatuses } from '../plan/plan.ts';
import type { Plan } from '../plan/plan.ts';
import { isResource } from './lock.ts';

/** What the active phases and live grants let somebody write; null where no active phase has a scope for him. */
function writable(state: View<Plan>, { actor, rules, now }: Moment): string[] | null {
  const active = phaseStatuses(rules, state).filter(({ status }) => status === 'active');
  const ids = new Set(active.map(({ id }) => id));
  const scopes = rules.phases
    .filter(({ id }) => ids.has(id))
    // Not a bare index: `constructor` is a name that somebody may have.
    .flatMap((phase) => Object.entries(phase.scopes ?? {}).filter(([name]) => name === actor.name));
  if (scopes.length === 0) return null;
  const granted = liveGrants(state, actor.name, now).map(({ glob }) => glob);
  return [...new Set([...scopes.flatMap(([, { write }]) => write), ...granted])];
}

function globsOf(texts: readonly string[]): Glob[] {
  return texts.flatMap((text) => {
    const parsed = parseGlob(text);
    return parsed.ok ? [parsed.glob] : [];
  });
}

/** Whether every path of a scope is in one of the globs; what is too hard to compare is taken to be. */
function isInside(scope: string, globs: readonly Glob[]): boolean {
  const [inner] = globsOf([scope]);
  if (inner === undefined) return true;
  try {
    return globs.length > 0 && containedInUnion(globs, inner);
  } catch {
    return true;
  }
}

/** A sentence about scopes that the holder may lock and the required check will not let him write; none otherwise. */
export function beyondPlanNote(
  scopes: readonly string[],
  state: View<Plan>,
  moment: Moment,
): string[] {
  const write = writable(state, moment);
  if (write === null) return [];
  const globs = globsOf(write);
  const beyond = scopes.filter((scope) => !isResource(scope) && !isInside(scope, globs));
  if (beyond.length === 0) return [];
  const allowed = write.length === 0 ? 'nothing' : write.join(', ');
  return [
    `${beyond.join(', ')}: outside what the plan lets ${moment.actor.name} write, which is ${allowed}. The lock keeps others out and gives no right to change it; see: coord plan show`,
  ];
}
