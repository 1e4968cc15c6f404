// What an agent may write and delete now: by the policy's active phases and by grants that somebody vouches for.
import type { Grant, PhaseStatus } from '../concepts/plan/plan.ts';
import type { Tier } from '../kernel/rules.ts';
import { covers, glob, parseGlob } from '../kernel/scope-glob.ts';
import type { Glob } from '../kernel/scope-glob.ts';
import { boundsFor } from '../policy/bounds.ts';
import type { Policy } from '../policy/schema.ts';
import { tierOf } from './policy-check.ts';
import type { Author, PullRequest } from './pull-request.ts';
import { count, quote } from './quote.ts';

type Agent = Extract<Author, { kind: 'agent' }>;

/** The agent's part of one phase. */
export interface PhaseScope {
  readonly phase: string;
  readonly status: PhaseStatus['status'];
  readonly write: readonly Glob[];
  readonly delete: readonly Glob[];
}

export interface Rights {
  readonly agent: string;
  readonly tier: Tier | null;
  /** Scopes that count. */
  readonly active: readonly PhaseScope[];
  /** Scopes of phases that are not active, or whose start nobody vouches for. */
  readonly waiting: readonly PhaseScope[];
  readonly granted: readonly Glob[];
  /** What its tier may delete, within what it may write. */
  readonly tierDelete: readonly Glob[];
  /** Ids of all phases that count as active, whomever they list. */
  readonly activePhases: readonly string[];
  /** What was left out of account and why, a sentence each. */
  readonly notes: readonly string[];
}

const notesMax = 10;

/** The rights of the author over `paths`; grants for other paths are not looked at. */
export async function rightsOf(
  author: Agent,
  policy: Policy,
  pullRequest: PullRequest,
  paths: readonly string[],
): Promise<Rights> {
  const { phases, grants } = pullRequest.coordination;
  const counted = await countedPhases(phases, pullRequest);
  const scopes = scopesOf(author.name, policy, phases);
  const asked = relevantGrants(grants, author.name, pullRequest.now, paths);
  const granted = await countedGrants(asked, pullRequest);
  const tier = tierOf(author, policy);
  return {
    agent: author.name,
    tier,
    active: scopes.filter(({ phase }) => counted.has(phase)),
    waiting: scopes.filter(({ phase }) => !counted.has(phase)),
    granted: granted.map((grant) => glob(grant.glob)),
    tierDelete: boundsFor(policy, tier).deleteGlobs.map(glob),
    activePhases: [...counted],
    notes: fewNotes([
      ...phases.filter((phase) => lacksVouch(phase, scopes, counted)).map(phaseNote),
      ...asked.filter((grant) => !granted.includes(grant)).map(grantNote),
    ]),
  };
}

/** Ids of the phases that are active by the policy, or started by a record that somebody vouches for. */
async function countedPhases(
  phases: readonly PhaseStatus[],
  pullRequest: PullRequest,
): Promise<ReadonlySet<string>> {
  const counted = new Set<string>();
  for (const phase of phases) {
    const isActive = phase.status === 'active';
    if (isActive && (await hasVouchedStart(phase, pullRequest))) counted.add(phase.id);
  }
  return counted;
}

/** Without a start on the log it is active by the policy's word; else one start that somebody vouches for is enough. */
async function hasVouchedStart(
  { id, startedSeqs }: PhaseStatus,
  pullRequest: PullRequest,
): Promise<boolean> {
  for (const seq of startedSeqs) {
    if ((await pullRequest.vouchOf(seq, 'plan.phase-started', { phase: id })) !== null) return true;
  }
  return startedSeqs.length === 0;
}

function scopesOf(
  agent: string,
  { plan }: Policy,
  statuses: readonly PhaseStatus[],
): readonly PhaseScope[] {
  return plan.phases.flatMap(({ id, scopes }) => {
    const scope = scopes.get(agent);
    if (scope === undefined) return [];
    const status = statuses.find((phase) => phase.id === id)?.status ?? 'planned';
    return [{ phase: id, status, write: scope.write.map(glob), delete: scope.delete.map(glob) }];
  });
}

function relevantGrants(
  grants: readonly Grant[],
  agent: string,
  now: string,
  paths: readonly string[],
): readonly Grant[] {
  return grants.filter((grant) => {
    if (grant.agent !== agent || grant.until <= now) return false;
    // A record pushed by hand may hold anything; what is no glob grants no path.
    const parsed = parseGlob(grant.glob);
    return parsed.ok && paths.some((path) => covers([parsed.glob], path));
  });
}

async function countedGrants(
  grants: readonly Grant[],
  pullRequest: PullRequest,
): Promise<readonly Grant[]> {
  const counted: Grant[] = [];
  for (const grant of grants) {
    const { seq, agent, glob: text, until } = grant;
    const vouch = await pullRequest.vouchOf(seq, 'plan.granted', { agent, glob: text, until });
    if (vouch !== null) counted.push(grant);
  }
  return counted;
}

function lacksVouch(
  { id, status }: PhaseStatus,
  scopes: readonly PhaseScope[],
  counted: ReadonlySet<string>,
): boolean {
  return status === 'active' && !counted.has(id) && scopes.some(({ phase }) => phase === id);
}

function phaseNote({ id, startedBy }: PhaseStatus): string {
  const who = quote(startedBy ?? 'somebody');
  return `Phase ${id} was started by ${who} on the log, but nobody vouches for it: a person with write access can say \`/coord plan start ${id}\`.`;
}

function grantNote({ glob: text, agent, by }: Grant): string {
  return `${quote(text)} was granted to ${agent} by ${quote(by)} on the log, but nobody vouches for it: a person with write access can say \`/coord grant ${agent} GLOB 2h --why TEXT\`.`;
}

function fewNotes(notes: readonly string[]): readonly string[] {
  if (notes.length <= notesMax) return notes;
  const more = count(notes.length - notesMax, 'more record');
  return [...notes.slice(0, notesMax), `${more} nobody vouches for; they count for nothing.`];
}

/** Every glob the agent may write by now. */
export function writeGlobs({ active, granted }: Rights): readonly Glob[] {
  return [...active.flatMap(({ write }) => write), ...granted];
}

export function deleteGlobs({ active, tierDelete }: Rights): readonly Glob[] {
  return [...active.flatMap((scope) => scope.delete), ...tierDelete];
}

export function mayWrite(rights: Rights, path: string): boolean {
  return covers(writeGlobs(rights), path);
}

/** A phase lists what may be deleted; a tier's leave to delete holds within what the agent may write. */
export function mayDelete(rights: Rights, path: string): boolean {
  if (rights.active.some((scope) => covers(scope.delete, path))) return true;
  return covers(rights.tierDelete, path) && mayWrite(rights, path);
}
