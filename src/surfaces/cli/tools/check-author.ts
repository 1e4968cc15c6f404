// Whose change `coord check` judges: a name that was given, else what the commits show, else whose environment this is.
import { authorFacts } from '../../../adapters/git/authorship.ts';
import type { RevisionFacts } from '../../../adapters/git/revisions.ts';
import type { Author } from '../../../checks/pull-request.ts';
import { quote } from '../../../checks/quote.ts';
import { agents } from '../../../concepts/agent/agent.ts';
import type { Agents } from '../../../concepts/agent/agent.ts';
import { authorIn } from '../../../engine/assemble.ts';
import type { Fold } from '../../../engine/fold.ts';
import { UsageError } from '../../../kernel/fault.ts';
import { nearest } from '../../../kernel/nearest.ts';
import { knownAgents } from '../../../policy/known-agents.ts';
import type { Policy } from '../../../policy/schema.ts';
import { detectAgent, detectableAgents } from '../identity.ts';
import type { Shell } from '../shell.ts';

/** So many names are listed where one is unknown. */
const listedNamesMax = 12;

/** What is known of who works here; the policy is null where it cannot be used. */
export interface Members {
  readonly policy: Policy | null;
  readonly fold: Fold;
}

function inPolicy({ agents: listed, people }: Policy): string[] {
  return [...(listed?.keys() ?? []), ...people.keys()];
}

function onLog(fold: Fold): string[] {
  const { byName, former } = (fold.states.get(agents.name) ?? agents.initial()) as Agents;
  return [...byName.keys(), ...former.keys()];
}

/** One that nobody knows would be held to nothing, and that looks like passing. */
function refuseUnknown(name: string, policy: Policy, fold: Fold): void {
  const members = [...new Set([...inPolicy(policy), ...onLog(fold)])];
  const outOfTheBox = [...knownAgents.map((agent) => agent.name), ...detectableAgents];
  const names = [...new Set([...members, ...outOfTheBox])];
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const listed = members.length === 0 ? names : members;
  const more = listed.length - listedNamesMax;
  const shown = listed.slice(0, listedNamesMax).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new UsageError(
    'author-unknown',
    `Neither the policy nor the log knows ${quote(name)}, so there is nothing to hold the change to.${hint} Known are ${shown}.`,
    { name, known: listed },
  );
}

/**
 * How the author is recognised by a policy. UsageError `author-unknown` when a name was given that neither policy nor
 * log knows; while the policy cannot be used nobody can tell, and any name is taken.
 */
export async function recogniser(
  shell: Shell,
  facts: RevisionFacts,
  revision: string,
  { policy: inForce, fold }: Members,
): Promise<(policy: Policy) => Author> {
  const { globals, environment } = shell;
  const said = (globals.as ?? environment['COORD_AGENT'] ?? '').toLowerCase();
  if (said !== '') {
    if (inForce !== null) refuseUnknown(said, inForce, fold);
    return (policy) =>
      policy.people.has(said)
        ? { kind: 'person', name: said }
        : { kind: 'agent', name: said, by: 'the name given' };
  }
  const written = await authorFacts(shell.repository(), facts.mergeBase, facts.head, revision);
  const detected = detectAgent(environment);
  return (policy) => {
    const author = authorIn(policy, written);
    if (author.kind !== 'unknown' || detected === null) return author;
    return { kind: 'agent', name: detected, by: 'environment' };
  };
}
