// `POST /coord/v1/commands`: shells send commands with a token, and get the answers that a log of their own would give.
import type { GitHubClient, RepositoryName } from '../../adapters/github/client.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Request } from '../../engine/decide.ts';
import type { Answer } from '../../engine/answer.ts';
import { Fault, messageOf } from '../../kernel/fault.ts';
import type { Details } from '../../kernel/fault.ts';
import { limits } from '../../kernel/limits.ts';
import type { Auth } from '../../log/record.ts';
import { bind } from './bind.ts';
import type { Bound, Holder } from './bind.ts';
import type { Desk, OpenDesk } from './desk.ts';
import { holderIn, KnownHolders, proofOf, unknownWorkflow } from './holder.ts';
import type { Authority, Denied, HolderAnswer } from './holder.ts';
import { Rate } from './rate.ts';
import { requestKey, SentAnswers } from './sent-answers.ts';
import { sentBody } from './sent-body.ts';
import type { SentBody, SentCommand } from './sent-body.ts';

/** A request as the edge hands it over; the token is never logged and never answered. */
export interface SentRequest {
  readonly authorization: string | undefined;
  /** Address of who asks, for counting failed tries. */
  readonly from: string;
  readonly body: Buffer;
}

/** What is answered, as JSON. */
export interface Reply {
  readonly status: number;
  readonly body: Details;
  readonly retrySeconds?: number;
}

export type TakeCommands = (request: SentRequest) => Promise<Reply>;

export interface RouteServices {
  readonly open: OpenDesk;
  /** The App's own client for a repository; null where it is not installed. */
  readonly clientFor: (repository: RepositoryName) => Promise<GitHubClient | null>;
  readonly authority: Authority;
  readonly clock: Clock;
  /** Told of failures in one line, without anything that was sent. */
  readonly warn: (message: string) => void;
}

const failuresPerMinute = 30;
const pendingRetrySeconds = 1;

type ErrorKind = 'usage' | 'fault' | 'refusal';

function problem(status: number, kind: ErrorKind, code: string, message: string): Reply {
  return { status, body: { ok: false, error: { kind, code, message, data: {} } } };
}

function tooMany(message: string, retrySeconds: number): Reply {
  return { ...problem(429, 'fault', 'too-many-requests', message), retrySeconds };
}

function tokenIn(authorization: string | undefined): string | null {
  return /^(?:bearer|token) +([\x21-\x7e]{1,16384})$/i.exec(authorization ?? '')?.[1] ?? null;
}

function readSent(body: Buffer): SentBody | Reply {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return problem(
      400,
      'usage',
      'bad-body',
      'The body is not JSON. Send it as the reference says.',
    );
  }
  const parsed = sentBody.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  const message = `The body cannot be used${where === '' ? '' : ` at \`${where}\``}: ${issue?.message ?? 'it has another form'}.`;
  return problem(400, 'usage', 'bad-body', message);
}

function repositoryIn({ repository }: SentBody): RepositoryName {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}

/**
 * A command with what is known of its sender, as the engine takes it. Where GitHub's word stands behind the sender no
 * signature is looked at, so none goes on the log: one that is wrong would spoil it for whoever verifies it.
 */
function requestOf(command: SentCommand, { actor, auth, isPersonPresent }: Bound): Request {
  const { id, log, op, hlc, input, session, notAfter, capability, sig } = command;
  // Under a capability the signature of its holder is what counts.
  const isLent = capability !== undefined;
  const isVouched = auth.by === 'github' && !isLent;
  const checked = isVouched ? undefined : sig;
  const optional = Object.entries({ session, notAfter, capability, sig: checked });
  const given = Object.fromEntries(optional.filter(([, value]) => value !== undefined));
  return {
    intent: { id, log, op, actor, hlc, input, ...given },
    auth: isLent ? { by: 'shell', subject: auth.subject } : auth,
    isPersonPresent: isPersonPresent && !isLent,
  };
}

type Told = Answer & { readonly by?: Auth['by'] };

async function executeAll(desk: Desk, holder: Holder, sent: SentBody): Promise<Told[]> {
  const { policy } = await desk.engine.policy();
  const bound = sent.commands.map((command) => {
    const { actor, sig } = command;
    const claimed = { actor, isSigned: sig !== undefined, isInteractive: sent.interactive };
    return { command, found: bind(holder, claimed, policy) };
  });
  const requests = bound.flatMap(({ command, found }) => {
    return 'actor' in found ? [requestOf(command, found)] : [];
  });
  const answers = await desk.write(requests);
  return bound.map(({ command, found }): Told => {
    if (!('actor' in found)) return { ...found, id: command.id };
    const answer = answers.shift();
    if (answer !== undefined) return { ...answer, by: found.auth.by };
    throw new Fault('no-answer', 'The engine gave no answer. Report this bug.');
  });
}

/** An answer as shells know it from a log of their own, and whether GitHub's word stands behind its sender. */
function shown(answer: Told): Details {
  if (!answer.ok) {
    const { id, code, message, data } = answer;
    return { ok: false, id, code, message, data };
  }
  const { id, seq, events, isDuplicate, result, by } = answer;
  return { ok: true, id, seq, confirmed: true, by, events, duplicate: isDuplicate, result };
}

/** Faults that go away by themselves; of others somebody has to do something. */
const passing = new Set(['github-unreachable', 'log-busy', 'outcome-unknown']);

function faultReply(error: unknown): Reply {
  if (!(error instanceof Fault)) {
    return problem(
      500,
      'fault',
      'unexpected',
      'Something unexpected happened; the log of the App tells more.',
    );
  }
  const { code, message } = error;
  const reply = problem(passing.has(code) ? 503 : 409, 'fault', code, message);
  return passing.has(code) ? { ...reply, retrySeconds: pendingRetrySeconds } : reply;
}

function notInstalled({ owner, repo }: RepositoryName): Denied {
  const message = `The App is not installed on ${owner}/${repo}. Install it there.`;
  return { ok: false, status: 404, code: 'not-installed', message };
}

function deniedReply(denied: Denied): Reply {
  const { status, code, message, retrySeconds } = denied;
  const reply = problem(status, 'fault', code, message);
  return retrySeconds === undefined ? reply : { ...reply, retrySeconds };
}

/** Resolves with `pending` after so many seconds; the answer is on its way all the same. */
async function within<Value>(
  clock: Clock,
  seconds: number,
  work: Promise<Value>,
): Promise<Value | 'pending'> {
  const done = new AbortController();
  const late = clock.sleep(seconds * 1000, done.signal).then(() => 'pending' as const);
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}

class CommandRoute {
  readonly #services: RouteServices;
  readonly #known: KnownHolders;
  readonly #failures: Rate;
  readonly #requests: Rate;
  readonly #kept: SentAnswers<readonly Told[]>;

  constructor(services: RouteServices) {
    const { clock } = services;
    this.#services = services;
    this.#known = new KnownHolders(clock);
    this.#failures = new Rate(clock, failuresPerMinute);
    this.#requests = new Rate(clock, limits.sentPerMinuteMax);
    this.#kept = new SentAnswers(clock);
  }

  async take({ authorization, from, body }: SentRequest): Promise<Reply> {
    const token = tokenIn(authorization);
    if (token === null) {
      const message = 'Send a token: `authorization: Bearer TOKEN`, of GitHub or of a workflow.';
      return problem(401, 'fault', 'token-missing', message);
    }
    const sent = readSent(body);
    if ('status' in sent) return sent;
    const repository = repositoryIn(sent);
    const known = this.#known.find(token, repository);
    if (known !== undefined) return this.#answer(repository, known, sent);
    if (!this.#failures.has(from)) {
      return tooMany('Too many requests failed from here. Wait a minute.', 60);
    }
    const found = await this.#holder(token, repository);
    if (!found.ok) {
      this.#failures.take(from);
      return deniedReply(found);
    }
    this.#known.remember(token, repository, found.holder);
    return this.#answer(repository, found.holder, sent);
  }

  /** Nothing is told of a repository, not even that the App is there, before the token has proven something. */
  async #holder(token: string, repository: RepositoryName): Promise<HolderAnswer> {
    const proof = await proofOf(this.#services.authority, token, repository);
    if (!proof.ok) return proof;
    const client = await this.#services.clientFor(repository);
    if (client !== null) return holderIn(await this.#services.open(client, repository), proof);
    return proof.kind === 'workflow' ? unknownWorkflow(proof.run) : notInstalled(repository);
  }

  async #answer(repository: RepositoryName, holder: Holder, sent: SentBody): Promise<Reply> {
    const { clock } = this.#services;
    const { subject } = holder.auth;
    const key = requestKey(repository, subject, sent);
    const found = this.#kept.find(key);
    // Asking again for what is under way costs nothing; what is new is counted.
    const obstacle = found === undefined ? this.#obstacle(subject) : null;
    if (obstacle !== null) return obstacle;
    const work = found ?? this.#kept.keep(key, this.#execute(repository, holder, sent));
    const answers = await within(clock, limits.sentWaitSeconds, work);
    if (answers !== 'pending') {
      return { status: 200, body: { ok: true, answers: answers.map(shown) } };
    }
    return { status: 202, body: { ok: true, pending: true }, retrySeconds: pendingRetrySeconds };
  }

  #obstacle(subject: string): Reply | null {
    if (!this.#requests.take(subject)) {
      const message = `More than ${limits.sentPerMinuteMax} requests a minute came from you. Wait a little.`;
      return tooMany(message, 10);
    }
    if (this.#kept.waiting < limits.sentWaitingMax) return null;
    return tooMany('More commands wait than can be kept. Send it again later.', 30);
  }

  async #execute(repository: RepositoryName, holder: Holder, sent: SentBody): Promise<Told[]> {
    const client = await this.#services.clientFor(repository);
    if (client === null) throw new Fault('not-installed', notInstalled(repository).message);
    return executeAll(await this.#services.open(client, repository), holder, sent);
  }
}

/** The route over its services. */
export function commandRoute(services: RouteServices): TakeCommands {
  const route = new CommandRoute(services);
  return async (request) => {
    try {
      return await route.take(request);
    } catch (error) {
      services.warn(`Commands from a shell failed: ${messageOf(error)}`);
      return faultReply(error);
    }
  };
}
