// What must hold between the phases of a plan: unique ids, known predecessors, no cycle, scopes of listed agents.
import type { Finding, Path } from './problem.ts';
import { pathText, quoted } from './problem.ts';
import { entriesAt, itemsAt, textsAt, valueAt } from './raw-data.ts';
import type { TextAt } from './raw-data.ts';
import { isName } from './name.ts';

interface RawPhase {
  readonly id: string;
  readonly path: Path;
  readonly after: readonly TextAt[];
}

/** Findings for `plan.phases`; `listed` are the names that a scope may be given to. */
export function phaseFindings(
  data: unknown,
  listed: readonly string[],
  hasAgents: boolean,
): Finding[] {
  const phases = itemsAt(data, ['plan', 'phases']).map(({ path }): RawPhase => {
    const id = valueAt(data, [...path, 'id']);
    const after = textsAt(data, [...path, 'after']);
    return { id: typeof id === 'string' ? id.toLowerCase() : '', path, after };
  });
  const ids = new Set(phases.map(({ id }) => id));
  const agents = new Set(listed);
  return [
    ...duplicateFindings(phases),
    ...phases.flatMap((phase) => predecessorFindings(phase, ids)),
    ...cycleFindings(phases),
    ...phases.flatMap((phase) => scopeFindings(data, phase, agents, hasAgents)),
  ];
}

function duplicateFindings(phases: readonly RawPhase[]): Finding[] {
  const first = new Map<string, Path>();
  return phases.flatMap(({ id, path }): Finding[] => {
    const twin = first.get(id);
    if (twin === undefined) first.set(id, path);
    if (twin === undefined || id === '') return [];
    const message = `The id ${quoted(id)} is taken by ${pathText(twin)}.`;
    return [{ path: [...path, 'id'], at: 'value', message, hint: 'Choose another id.' }];
  });
}

function predecessorFindings(phase: RawPhase, ids: ReadonlySet<string>): Finding[] {
  return phase.after
    .filter(({ text }) => !ids.has(text.toLowerCase()))
    .map(({ text, path }): Finding => {
      const message = `There is no phase ${quoted(text)}.`;
      const hint = 'Add the phase or leave it out here.';
      return { path, at: 'value', message, hint, suggestion: { word: text, among: ids } };
    });
}

/** One finding per cycle, at the phase of it that stands first; found by removing what nothing waits for. */
function cycleFindings(phases: readonly RawPhase[]): Finding[] {
  const waitsFor = new Map(
    phases.map(({ id, after }) => [id, after.map(({ text }) => text.toLowerCase())]),
  );
  const findings: Finding[] = [];
  const settled = new Set<string>();
  for (const { id, path } of phases) {
    const cycle = cycleFrom(id, waitsFor, settled);
    if (cycle === undefined) continue;
    const message = `The phases wait for each other in a circle: ${cycle.join(' after ')}.`;
    const hint = 'Leave one of them out of "after".';
    findings.push({ path: [...path, 'after'], at: 'value', message, hint });
  }
  return findings;
}

/** Walks depth first without recursion; `settled` keeps what was walked before, so all walks are linear together. */
function cycleFrom(
  start: string,
  waitsFor: ReadonlyMap<string, readonly string[]>,
  settled: Set<string>,
): string[] | undefined {
  const trail: { readonly id: string; next: number }[] = [{ id: start, next: 0 }];
  let cycle: string[] | undefined;
  for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
    const next = settled.has(top.id) ? undefined : waitsFor.get(top.id)?.[top.next];
    top.next += 1;
    if (next === undefined) {
      settled.add(top.id);
      trail.pop();
      continue;
    }
    const at = trail.findIndex(({ id }) => id === next);
    if (at === -1) trail.push({ id: next, next: 0 });
    else cycle ??= [...trail.slice(at).map(({ id }) => id), next];
  }
  return cycle;
}

function scopeFindings(
  data: unknown,
  phase: RawPhase,
  listed: ReadonlySet<string>,
  hasAgents: boolean,
): Finding[] {
  return entriesAt(data, [...phase.path, 'scopes'])
    .filter(({ key }) => isName(key) && !listed.has(key.toLowerCase()))
    .map(({ key, path }): Finding => {
      const message = `The agent ${quoted(key)} is not ${hasAgents ? 'listed under agents' : 'known'}.`;
      const hint = `Add ${quoted(`${key}: {}`)} under agents.`;
      return { path, at: 'key', message, hint, suggestion: { word: key, among: listed } };
    });
}
