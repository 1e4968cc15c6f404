// Whom a command that was sent with a token speaks for: the token's own account, or an agent that a person runs.
import type { WorkflowRun } from '../../adapters/github/workflow-token.ts';
import { refuse } from '../../kernel/decider.ts';
import type { Refusal } from '../../kernel/decider.ts';
import type { RepositoryName } from '../../adapters/github/client.ts';
import type { Auth } from '../../log/record.ts';
import type { Policy } from '../../policy/schema.ts';

/** Who stands behind a token, found out from GitHub and the policy. */
export interface Holder {
  /** The agent or person by the policy. */
  readonly actor: string;
  readonly auth: Auth;
  readonly isPerson: boolean;
}

/** What a sender says of itself. */
export interface Claimed {
  readonly actor: string;
  readonly isSigned: boolean;
  /** Somebody sits at a terminal outside an agent's environment; a hint that only people are given anything for. */
  readonly isInteractive: boolean;
}

export interface Bound {
  readonly ok: true;
  readonly actor: string;
  readonly auth: Auth;
  readonly isPersonPresent: boolean;
}

function notYourself(claimed: string, holder: string): Refusal<'not-yourself'> {
  return refuse(
    'not-yourself',
    `The token is ${holder}'s, and the command names ${claimed}. Send it as ${holder}, or with a token of ${claimed}.`,
    { actor: claimed, holder },
  );
}

/** A name that a shell makes up from git's user, which says nothing beside a token; a signed one stays as it was signed. */
function isGuess({ actor, isSigned }: Claimed): boolean {
  return actor.startsWith('git:') && !isSigned;
}

function asItself({ actor, auth, isPerson }: Holder, { isInteractive }: Claimed): Bound {
  return { ok: true, actor, auth, isPersonPresent: isPerson && isInteractive };
}

/**
 * Binds a command to who may have sent it. People may run agents, as they may over git: then GitHub's word is for
 * the person only, and the record says `shell`, for which nobody vouches. An agent's token is the agent's alone.
 */
export function bind(holder: Holder, claimed: Claimed, policy: Policy): Bound | Refusal {
  const { actor } = claimed;
  if (actor === holder.actor) return asItself(holder, claimed);
  if (!holder.isPerson) return notYourself(actor, holder.actor);
  if (isGuess(claimed)) return asItself(holder, claimed);
  const isSomebodyElse = actor.includes(':') || policy.people.has(actor);
  if (isSomebodyElse) return notYourself(actor, holder.actor);
  const { subject } = holder.auth;
  return { ok: true, actor, auth: { by: 'shell', subject }, isPersonPresent: false };
}

/** The name by which a policy may list a workflow of this repository, and the one for any other. */
function namesOf({ home, path }: WorkflowRun, { owner, repo }: RepositoryName): string[] {
  const isOurs = home === `${owner}/${repo}`.toLowerCase();
  return isOurs ? [path, `${home}/${path}`] : [`${home}/${path}`];
}

/** Cut before the file, of which upper and lower case are two. */
function withLowerHome(listed: string): string {
  const cut = listed.indexOf('.github/workflows/');
  return `${listed.slice(0, cut).toLowerCase()}${listed.slice(cut)}`;
}

/** The agent that a run of a workflow speaks for by the policy; null where none is listed, or it is of a side branch. */
export function workflowHolder(
  run: WorkflowRun,
  repository: RepositoryName,
  policy: Policy,
  defaultBranch: string,
): Holder | null {
  const names = namesOf(run, repository);
  const isOurs = run.home === `${repository.owner}/${repository.repo}`.toLowerCase();
  // Whoever may push to a side branch could change the workflow there; of another repository `main` must do.
  const trusted = isOurs ? [defaultBranch] : ['main', 'master'];
  if (!trusted.some((branch) => run.ref === `refs/heads/${branch}`)) return null;
  const found = [...(policy.agents ?? [])].find(([, { workflows }]) =>
    workflows.some((listed) => names.includes(withLowerHome(listed))),
  );
  if (found === undefined) return null;
  const subject = `workflow:${run.home}/${run.path}@${run.ref}`;
  return { actor: found[0], auth: { by: 'github', subject }, isPerson: false };
}
