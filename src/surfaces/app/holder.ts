// Finds out who stands behind the token of a request: an account that GitHub knows, or a run of a workflow.
import { createHash } from 'node:crypto';
import type { GitHubClient, RepositoryName } from '../../adapters/github/client.ts';
import { branchPolicy, usable } from '../../adapters/github/policy.ts';
import { holderOf } from '../../adapters/github/token.ts';
import type { TokenAccount, TokenAnswer } from '../../adapters/github/token.ts';
import { isWorkflowToken } from '../../adapters/github/workflow-token.ts';
import type { VerifyWorkflow, WorkflowRun } from '../../adapters/github/workflow-token.ts';
import type { Clock } from '../../engine/clock.ts';
import { limits } from '../../kernel/limits.ts';
import { workflowHolder } from './bind.ts';
import type { Holder } from './bind.ts';
import type { Desk } from './desk.ts';
import { mayWrite, senderOf } from './sender.ts';

/** What verifying takes. */
export interface Authority {
  /** A client that acts for a token. */
  readonly clientFor: (token: string) => GitHubClient;
  /** Issuer of workflows' tokens with its verifier; null where the App does not know its own address. */
  readonly workflows: { readonly issuer: string; readonly verify: VerifyWorkflow } | null;
}

export type HolderAnswer =
  | { readonly ok: true; readonly holder: Holder }
  /** HTTP status, a code for machines, and a sentence with the next step. */
  | {
      readonly ok: false;
      readonly status: 401 | 403 | 404 | 429 | 503;
      readonly code: string;
      readonly message: string;
      readonly retrySeconds?: number;
    };

export type Denied = Extract<HolderAnswer, { ok: false }>;

function denied(status: Denied['status'], code: string, message: string): Denied {
  return { ok: false, status, code, message };
}

function deniedToken(answer: Extract<TokenAnswer, { ok: false }>): Denied {
  if (answer.why === 'limited') {
    const message = 'GitHub limits this token for now. Send the command again later.';
    return { ...denied(429, 'github-limited', message), retrySeconds: answer.waitSeconds };
  }
  if (answer.why === 'unknown') {
    const message = 'GitHub did not say whose token this is. Send the command again.';
    return denied(503, 'github-unreachable', message);
  }
  if (answer.why === 'invalid') {
    return denied(
      401,
      'token-invalid',
      'GitHub does not know this token. Use one that is in force.',
    );
  }
  return denied(
    403,
    'token-too-weak',
    'Commands need a token that may write the contents of this repository. Give it that, or ask who may.',
  );
}

/** What a token proves by itself, before anything of a repository is looked at. */
export type Proof =
  | { readonly ok: true; readonly kind: 'account'; readonly account: TokenAccount }
  | { readonly ok: true; readonly kind: 'workflow'; readonly run: WorkflowRun };

/** GitHub's own forms of a token; what is none is not carried to GitHub, which counts failed tries. */
const githubToken = /^(?:(?:gh[a-z]_|github_pat_)[\x21-\x7e]{10,}|[0-9a-f]{40})$/;

async function proveWorkflow(token: string, verify: VerifyWorkflow): Promise<Proof | Denied> {
  const verified = await verify(token);
  if (verified.ok) return { ok: true, kind: 'workflow', run: verified.run };
  if (verified.why === 'unknown') {
    const message = 'The keys of GitHub Actions could not be had. Send the command again.';
    return denied(503, 'github-unreachable', message);
  }
  const message = `The token of the workflow does not count: ${verified.message}. Ask for one with this server's address as its audience.`;
  return denied(401, 'token-invalid', message);
}

/** What a token proves about a repository; GitHub or the issuer's keys are asked, and nothing of the App's. */
export async function proofOf(
  { workflows, clientFor }: Authority,
  token: string,
  repository: RepositoryName,
): Promise<Proof | Denied> {
  if (workflows !== null && isWorkflowToken(token, workflows.issuer)) {
    return proveWorkflow(token, workflows.verify);
  }
  if (!githubToken.test(token)) return deniedToken({ ok: false, why: 'invalid' });
  const answer = await holderOf(clientFor(token), repository);
  return answer.ok ? { ok: true, kind: 'account', account: answer.account } : deniedToken(answer);
}

/** Nothing is said about a repository to a workflow of another one. */
export function unknownWorkflow({ home, path, ref }: WorkflowRun): Denied {
  const message = `The policy lists no agent for the workflow ${home}/${path} at ${ref}. List it under \`agents.NAME.workflows\` on the default branch, and run it there.`;
  return denied(403, 'workflow-unknown', message);
}

async function workflowHolderIn(desk: Desk, run: WorkflowRun): Promise<HolderAnswer> {
  const found = await branchPolicy(desk.client, desk.repository, null);
  const { policy } = usable(found);
  const holder = workflowHolder(run, desk.repository, policy, found.branch);
  return holder === null ? unknownWorkflow(run) : { ok: true, holder };
}

async function accountHolderIn(desk: Desk, account: TokenAccount): Promise<HolderAnswer> {
  const found = await senderOf(desk, account);
  if (!found.ok) {
    return found.kind === 'unknown'
      ? denied(503, 'github-unreachable', found.reason)
      : denied(403, 'not-allowed', found.reason);
  }
  const { actor, auth, isPersonPresent: isPerson, permission } = found.sender;
  if (mayWrite(found.sender)) return { ok: true, holder: { actor, auth, isPerson } };
  return denied(403, 'not-allowed', `Commands need write access; you have ${permission}.`);
}

/** Who a proof stands for in a repository, by its policy and GitHub's word. */
export function holderIn(desk: Desk, proof: Proof): Promise<HolderAnswer> {
  return proof.kind === 'workflow'
    ? workflowHolderIn(desk, proof.run)
    : accountHolderIn(desk, proof.account);
}

interface Remembered {
  readonly holder: Holder;
  readonly untilMs: number;
}

const rememberedMax = 10_000;

/** Remembers for a minute who stands behind a token; of the token only a hash is kept. */
export class KnownHolders {
  readonly #clock: Clock;
  readonly #known = new Map<string, Remembered>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  find(token: string, repository: RepositoryName): Holder | undefined {
    const key = this.#key(token, repository);
    const known = this.#known.get(key);
    if (known !== undefined && known.untilMs > this.#nowMs()) return known.holder;
    this.#known.delete(key);
    return undefined;
  }

  remember(token: string, repository: RepositoryName, holder: Holder): void {
    const untilMs = this.#nowMs() + limits.sentTrustSeconds * 1000;
    this.#known.set(this.#key(token, repository), { holder, untilMs });
    const [oldest] = this.#known.keys();
    if (this.#known.size > rememberedMax && oldest !== undefined) this.#known.delete(oldest);
  }

  #key(token: string, { owner, repo }: RepositoryName): string {
    const place = `${owner}/${repo}`.toLowerCase();
    return createHash('sha256').update(`${place}\n${token}`).digest('base64');
  }

  #nowMs(): number {
    return Date.parse(this.#clock.now());
  }
}
