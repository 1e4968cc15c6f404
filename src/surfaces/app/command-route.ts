// `POST /coord/v1/commands`: shells send commands with a token, and get the answers that a log of their own would give.
import type { GitHubClient, RepositoryName } from '../../adapters/github/client.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Request } from '../../engine/decide.ts';
import type { Answer } from '../../engine/execute.ts';
import { Fault, messageOf } from '../../kernel/fault.ts';
import type { Details } from '../../kernel/fault.ts';
import { limits } from '../../kernel/limits.ts';
import { bind } from './bind.ts';
import type { Bound, Holder } from './bind.ts';
import type { Desk, OpenDesk } from './desk.ts';
import { Holders } from './holder.ts';
import type { Authority, HolderAnswer } from './holder.ts';
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

/** A command with what is known of its sender, as the engine takes it. */
function requestOf(command: SentCommand, { actor, auth, isPersonPresent }: Bound): Request {
  const { id, log, op, hlc, input, session, notAfter, sig } = command;
  const optional = Object.entries({ session, notAfter, sig });
  const given = Object.fromEntries(optional.filter(([, value]) => value !== undefined));
  return { intent: { id, log, op, actor, hlc, input, ...given }, auth, isPersonPresent };
}

async function executeAll(desk: Desk, holder: Holder, sent: SentBody): Promise<Answer[]> {
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
  return bound.map(({ command, found }): Answer => {
    if (!('actor' in found)) return { ...found, id: command.id };
    const answer = answers.shift();
    if (answer !== undefined) return answer;
    throw new Fault('no-answer', 'The engine gave no answer. Report this bug.');
  });
}

/** An answer as shells know it from a log of their own. */
function shown(answer: Answer): Details {
  if (!answer.ok) {
    const { id, code, message, data } = answer;
    return { ok: false, id, code, message, data };
  }
  const { id, seq, events, isDuplicate, result } = answer;
  return { ok: true, id, seq, confirmed: true, events, duplicate: isDuplicate, result };
}

/** Faults that go away by themselves; of others somebody has to do something. */
const passing = new Set(['github-unreachable', 'github-refused', 'log-busy', 'outcome-unknown']);

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

function deniedReply(denied: Extract<HolderAnswer, { ok: false }>): Reply {
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
  return Promise.race([work, clock.sleep(seconds * 1000).then(() => 'pending' as const)]);
}

/** The route over its services. */
export function commandRoute(services: RouteServices): TakeCommands {
  const { open, clientFor, clock, warn } = services;
  const holders = new Holders(services.authority);
  const failures = new Rate(clock, failuresPerMinute);
  const requests = new Rate(clock, limits.sentPerMinuteMax);
  const kept = new SentAnswers(clock);

  async function answerTo(desk: Desk, holder: Holder, sent: SentBody): Promise<Reply> {
    const { subject } = holder.auth;
    const key = requestKey(desk.repository, subject, sent);
    const found = kept.find(key);
    // Asking again for what is under way costs nothing; what is new is counted.
    if (found === undefined && !requests.take(subject)) {
      return tooMany(
        `${holder.actor} sends more than ${limits.sentPerMinuteMax} requests a minute. Wait a little.`,
        10,
      );
    }
    if (found === undefined && kept.waiting >= limits.sentWaitingMax) {
      return tooMany('More commands wait than can be kept. Send it again later.', 30);
    }
    const work = found ?? kept.keep(key, executeAll(desk, holder, sent));
    const answers = await within(clock, limits.sentWaitSeconds, work);
    if (answers !== 'pending')
      return { status: 200, body: { ok: true, answers: answers.map(shown) } };
    const body = { ok: true, pending: true };
    return { status: 202, body, retrySeconds: pendingRetrySeconds };
  }

  async function take({ authorization, from, body }: SentRequest): Promise<Reply> {
    if (!failures.has(from))
      return tooMany('Too many requests failed from here. Wait a minute.', 60);
    const token = tokenIn(authorization);
    const failed = (reply: Reply): Reply => {
      failures.take(from);
      return reply;
    };
    if (token === null) {
      const message = 'Send a token: `authorization: Bearer TOKEN`, of GitHub or of a workflow.';
      return failed(problem(401, 'fault', 'token-missing', message));
    }
    const sent = readSent(body);
    if ('status' in sent) return failed(sent);
    const repository = repositoryIn(sent);
    const client = await clientFor(repository);
    if (client === null) {
      const message = `The App is not installed on ${sent.repository}, or there is no such repository. Install it there.`;
      return failed(problem(404, 'fault', 'not-installed', message));
    }
    const desk = await open(client, repository);
    const answer = await holders.find(desk, token);
    return answer.ok ? answerTo(desk, answer.holder, sent) : failed(deniedReply(answer));
  }

  return async (request) => {
    try {
      return await take(request);
    } catch (error) {
      warn(`Commands from a shell failed: ${messageOf(error)}`);
      return faultReply(error);
    }
  };
}
