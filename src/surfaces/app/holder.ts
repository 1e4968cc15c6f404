// Finds out who stands behind the token of a request: an account that GitHub knows, or a run of a workflow.
import { createHash } from 'node:crypto';
import type { GitHubClient } from '../../adapters/github/client.ts';
import { branchPolicy, usable } from '../../adapters/github/policy.ts';
import { holderOf } from '../../adapters/github/token.ts';
import type { TokenAnswer } from '../../adapters/github/token.ts';
import { isWorkflowToken } from '../../adapters/github/workflow-token.ts';
import type { VerifyWorkflow } from '../../adapters/github/workflow-token.ts';
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
      readonly status: 401 | 403 | 429 | 503;
      readonly code: string;
      readonly message: string;
      readonly retrySeconds?: number;
    };

type Denied = Extract<HolderAnswer, { ok: false }>;

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

async function workflowOf(desk: Desk, token: string, verify: VerifyWorkflow) {
  const verified = await verify(token);
  if (!verified.ok && verified.why === 'unknown') {
    const message = 'The keys of GitHub Actions could not be had. Send the command again.';
    return denied(503, 'github-unreachable', message);
  }
  if (!verified.ok) {
    const message = `The token of the workflow does not count: ${verified.message}. Ask for one with this server's address as its audience.`;
    return denied(401, 'token-invalid', message);
  }
  const found = await branchPolicy(desk.client, desk.repository, null);
  const { policy } = usable(found);
  const holder = workflowHolder(verified.run, desk.repository, policy, found.branch);
  if (holder !== null) return { ok: true, holder } as const;
  const { home, path, ref } = verified.run;
  const message = `The policy lists no agent for the workflow ${home}/${path} at ${ref}. List it under \`agents.NAME.workflows\` on the default branch, and run it there.`;
  return denied(403, 'workflow-unknown', message);
}

async function accountOf(desk: Desk, client: GitHubClient): Promise<HolderAnswer> {
  const answer = await holderOf(client, desk.repository);
  if (!answer.ok) return deniedToken(answer);
  const found = await senderOf(desk, answer.account);
  if (!found.ok) {
    const isUnknown = found.kind === 'unknown';
    return isUnknown
      ? denied(503, 'github-unreachable', found.reason)
      : denied(403, 'not-allowed', found.reason);
  }
  const { actor, auth, isPersonPresent: isPerson, permission } = found.sender;
  if (mayWrite(found.sender)) return { ok: true, holder: { actor, auth, isPerson } };
  return denied(403, 'not-allowed', `Commands need write access; you have ${permission}.`);
}

interface Remembered {
  readonly holder: Holder;
  readonly untilMs: number;
}

const rememberedMax = 10_000;

/** Verifies tokens, and remembers for a minute who stands behind those that count; of a token only a hash is kept. */
export class Holders {
  readonly #authority: Authority;
  readonly #known = new Map<string, Remembered>();

  constructor(authority: Authority) {
    this.#authority = authority;
  }

  async find(desk: Desk, token: string): Promise<HolderAnswer> {
    const nowMs = Date.parse(desk.engine.clock.now());
    const { owner, repo } = desk.repository;
    const place = `${owner}/${repo}`.toLowerCase();
    const key = createHash('sha256').update(`${place}\n${token}`).digest('base64');
    const known = this.#known.get(key);
    if (known !== undefined && known.untilMs > nowMs) return { ok: true, holder: known.holder };
    this.#known.delete(key);
    const answer = await this.#ask(desk, token);
    if (answer.ok) this.#remember(key, answer.holder, nowMs);
    return answer;
  }

  async #ask(desk: Desk, token: string): Promise<HolderAnswer> {
    const { workflows, clientFor } = this.#authority;
    if (workflows !== null && isWorkflowToken(token, workflows.issuer)) {
      return workflowOf(desk, token, workflows.verify);
    }
    return accountOf(desk, clientFor(token));
  }

  #remember(key: string, holder: Holder, nowMs: number): void {
    this.#known.set(key, { holder, untilMs: nowMs + limits.sentTrustSeconds * 1000 });
    const [oldest] = this.#known.keys();
    if (this.#known.size > rememberedMax && oldest !== undefined) this.#known.delete(oldest);
  }
}
