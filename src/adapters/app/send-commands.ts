// Sends commands to the GitHub App over HTTP and waits for their answers, which come when they are on the log.
import { z } from 'zod';
import type { Clock } from '../../engine/clock.ts';
import { Fault, messageOf } from '../../kernel/fault.ts';
import type { Intent } from '../../log/record.ts';

/** Commands for one repository, and the App that takes them. */
export interface Sending {
  /** Address of the App, without a slash at the end. */
  readonly url: string;
  /** Goes into one header of one kind of request; nothing logs it. */
  readonly token: string;
  /** `owner/name` on GitHub. */
  readonly repository: string;
  /** Somebody sits at a terminal outside an agent's environment. */
  readonly isInteractive: boolean;
  readonly intents: readonly Intent[];
}

const data = () => z.record(z.string(), z.unknown());
const answer = () =>
  z.discriminatedUnion('ok', [
    z.object({
      ok: z.literal(true),
      id: z.string(),
      seq: z.int().nullable(),
      /** Who stands behind the sender: `github`, `key`, or `shell` for which nobody vouches. */
      by: z.string(),
      events: z.array(z.object({ type: z.string(), data: data() })),
      duplicate: z.boolean(),
      result: data(),
    }),
    z.object({
      ok: z.literal(false),
      id: z.string(),
      code: z.string(),
      message: z.string(),
      data: data(),
    }),
  ]);
const answered = () => z.object({ ok: z.literal(true), answers: z.array(answer()) });
const failed = () => z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** An answer as the App gives it: what is on the log, or a refusal. */
export type SentAnswer = z.output<ReturnType<typeof answer>>;

const path = '/coord/v1/commands';
const waitMsMax = 300_000;
const requestMsMax = 60_000;
const lostMax = 5;
const retrySecondsMax = 60;

interface Heard {
  readonly status: number;
  readonly body: unknown;
  readonly retrySeconds: number;
}

/** What has caused a command is the sequencer's to say; everything else of it goes as it was signed. */
function bodyOf({ repository, isInteractive, intents }: Sending): string {
  const commands = intents.map((intent) => ({ ...intent, cause: undefined }));
  return JSON.stringify({ repository, interactive: isInteractive, commands });
}

/** One request; null when nobody can say what became of it. */
async function ask(sending: Sending, body: string): Promise<Heard | { readonly lost: string }> {
  try {
    const response = await fetch(`${sending.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sending.token}`, 'content-type': 'application/json' },
      // A redirect would carry the token to somebody else.
      redirect: 'error',
      signal: AbortSignal.timeout(requestMsMax),
      body,
    });
    const text = await response.text();
    const { status, headers } = response;
    const retry = Number(headers.get('retry-after') ?? 1);
    const retrySeconds = Number.isFinite(retry) ? Math.min(Math.max(retry, 1), retrySecondsMax) : 1;
    return { status, body: parsed(text), retrySeconds };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return { lost: messageOf(cause ?? error) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unreachable({ url, intents }: Sending, said: string): Fault {
  const ids = intents.map(({ id }) => id);
  return new Fault(
    'app-unreachable',
    `The App at ${url} gave no answer: ${said}. The command may or may not have been done; \`coord log\` shows whether ${ids.join(', ')} is there.`,
    { url, ids },
  );
}

function refusedBy({ url }: Sending, { status, body }: Heard): Fault {
  const said = failed().safeParse(body);
  if (!said.success) {
    return new Fault(
      'app-denied',
      `The App at ${url} answered ${status}, which is no answer of coord. Is the address right?`,
      { url, status },
    );
  }
  const { code, message } = said.data.error;
  return new Fault(code, `The App at ${url}: ${message}`, { url, status });
}

function answersIn(sending: Sending, heard: Heard): SentAnswer[] {
  const said = answered().safeParse(heard.body);
  const ids = sending.intents.map(({ id }) => id).join();
  if (said.success && said.data.answers.map(({ id }) => id).join() === ids)
    return said.data.answers;
  throw refusedBy(sending, { ...heard, body: null });
}

/** GitHub, the App or a proxy before it may be busy for a while; each says so with one of these. */
const passing = new Set([202, 429, 502, 503, 504]);

function lateFault(sending: Sending, heard: Heard): Fault {
  return heard.status === 202
    ? unreachable(sending, 'it is still waiting for its turn')
    : refusedBy(sending, heard);
}

/** How patiently somebody asks: how often nothing was heard, and how long it was waited in all. */
interface Patience {
  lost: number;
  waitedMs: number;
}

/** Milliseconds until the next try, or the fault for which there is none. */
function nextWait(
  sending: Sending,
  heard: Heard | { readonly lost: string },
  patience: Patience,
): number | Fault {
  if ('lost' in heard) {
    patience.lost += 1;
    return patience.lost < lostMax ? 200 * 2 ** patience.lost : unreachable(sending, heard.lost);
  }
  const waitMs = heard.retrySeconds * 1000;
  patience.waitedMs += waitMs;
  return patience.waitedMs <= waitMsMax ? waitMs : lateFault(sending, heard);
}

/**
 * Sends commands and answers each, in order; asks again with the same ids until the answer is there, for five
 * minutes at most. `onWait` is called when it does not come at once. Fault `app-unreachable` when nobody can say
 * whether they were done; else the fault that the App names.
 */
export async function sendCommands(
  sending: Sending,
  clock: Pick<Clock, 'sleep'>,
  onWait: () => void = () => undefined,
): Promise<SentAnswer[]> {
  const body = bodyOf(sending);
  const patience: Patience = { lost: 0, waitedMs: 0 };
  for (;;) {
    const heard = await ask(sending, body);
    const isFinal = !('lost' in heard) && !passing.has(heard.status);
    if (isFinal && heard.status === 200) return answersIn(sending, heard);
    if (isFinal) throw refusedBy(sending, heard);
    const wait = nextWait(sending, heard, patience);
    if (typeof wait !== 'number') throw wait;
    onWait();
    await clock.sleep(wait);
  }
}
