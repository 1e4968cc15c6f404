// What one part of a policy says of another: names that must be listed, unique, or free of cycles.
//
// Works on the raw data, so that these findings are reported together with those of the schema; what the schema
// refuses anyway is skipped here.
import { tiers } from '../kernel/rules.ts';
import { knownAgents } from './known-agents.ts';
import { phaseFindings } from './plan-checks.ts';
import type { Finding, Path } from './problem.ts';
import { pathText, quoted } from './problem.ts';
import { entriesAt, hasKey, textsAt } from './raw-data.ts';
import type { Entry } from './raw-data.ts';
import { reservedNames } from './name.ts';

export interface CrossCheckOptions {
  /** Names of the operations there are, to find misspelt ones; unknown where the caller does not know them. */
  readonly operationNames?: readonly string[];
}

/** All contradictions between parts of the policy. Never throws, whatever the data. */
export function crossFindings(data: unknown, options: CrossCheckOptions): Finding[] {
  const agents = entriesAt(data, ['agents']);
  const people = entriesAt(data, ['people']);
  const listed = hasKey(data, 'agents') ? namesOf(agents) : knownAgents.map((agent) => agent.name);
  return [
    ...nameFindings([...agents, ...people]),
    ...twins(data, [...agents, ...people], 'github', (text) =>
      text.replace(/^@/, '').toLowerCase(),
    ),
    ...twins(data, [...agents, ...people], 'email', (text) => text.toLowerCase()),
    ...twins(data, agents, 'branches', (text) => text),
    ...twins(data, agents, 'keys', (text) => text),
    ...phaseFindings(data, listed, hasKey(data, 'agents')),
    ...authorityFindings(data, [...tiers, ...listed, ...namesOf(people)], options),
  ];
}

function namesOf(entries: readonly Entry[]): string[] {
  return entries.map(({ key }) => key.toLowerCase());
}

function nameFindings(entries: readonly Entry[]): Finding[] {
  const first = new Map<string, Path>();
  return entries.flatMap(({ key, path }): Finding[] => {
    const name = key.toLowerCase();
    const twin = first.get(name);
    if (twin === undefined) first.set(name, path);
    if (reservedNames.has(name)) {
      const message = `The name ${quoted(key)} has a meaning of its own.`;
      return [{ path, at: 'key', message, hint: 'Choose another name.' }];
    }
    if (twin === undefined) return [];
    const message = `The name ${quoted(key)} is taken by ${pathText(twin)}; upper and lower case are the same.`;
    return [{ path, at: 'key', message, hint: 'Choose another name for one of them.' }];
  });
}

/** Two members that claim the same login, address, prefix or key. */
function twins(
  data: unknown,
  members: readonly Entry[],
  field: string,
  normal: (text: string) => string,
): Finding[] {
  const owners = new Map<string, Path>();
  return members.flatMap((member) =>
    textsAt(data, [...member.path, field]).flatMap(({ text, path }): Finding[] => {
      const owner = owners.get(normal(text));
      if (owner === undefined) {
        owners.set(normal(text), member.path);
        return [];
      }
      if (owner === member.path) return [];
      const message = `${quoted(text)} already belongs to ${pathText(owner)}.`;
      return [{ path, at: 'value', message, hint: 'Leave it to one of them.' }];
    }),
  );
}

function authorityFindings(
  data: unknown,
  members: readonly string[],
  { operationNames }: CrossCheckOptions,
): Finding[] {
  const operations = entriesAt(data, ['authority', 'operations']);
  const domains = entriesAt(data, ['authority', 'domains']);
  const memberSet = new Set(members);
  const strangers = [...operations, ...domains].flatMap(({ path }) =>
    textsAt(data, path)
      .filter(({ text }) => !memberSet.has(text.toLowerCase()))
      .map((stranger): Finding => {
        const message = `${quoted(stranger.text)} is no tier and not listed under agents or people.`;
        const suggestion = { word: stranger.text, among: members };
        return { path: stranger.path, at: 'value', message, hint: 'List it there.', suggestion };
      }),
  );
  if (operationNames === undefined) return strangers;
  const existing = new Set(operationNames);
  const unknown = operations
    .filter(({ key }) => !existing.has(key))
    .map(({ key, path }): Finding => {
      const message = `There is no operation ${quoted(key)}.`;
      const suggestion = { word: key, among: operationNames };
      return { path, at: 'key', message, hint: '"coord help" lists them.', suggestion };
    });
  return [...strangers, ...unknown];
}
