// The two things we ask of GitHub's client, and its errors told apart: stale, limited, unknown, or refused.
import { Fault, messageOf } from '../../kernel/fault.ts';

/** What an Octokit of any kind offers; only these two are used. */
export interface GitHubClient {
  request(
    route: string,
    parameters?: Readonly<Record<string, unknown>>,
  ): Promise<{ data: unknown }>;
  graphql(query: string, variables?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** A repository on GitHub. */
export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

type Headers = Readonly<Record<string, string | undefined>>;

interface HttpError {
  readonly status?: number;
  readonly message?: string;
  /** Of a REST answer. */
  readonly response?: { readonly headers?: Headers };
  /** Of a GraphQL answer. */
  readonly headers?: Headers;
  readonly errors?: readonly { readonly type?: string; readonly message?: string }[];
}

/** What went wrong with a call, as far as a caller acts differently on it. */
export type Trouble =
  | { readonly kind: 'stale' }
  | { readonly kind: 'missing' }
  /** `waitSeconds` as GitHub asks: `retry-after`, else until the hourly budget is refilled, else 60. */
  | { readonly kind: 'limited'; readonly waitSeconds: number }
  /** It may or may not have happened. */
  | { readonly kind: 'unknown'; readonly message: string }
  | { readonly kind: 'refused'; readonly status: number | null; readonly message: string };

const defaultWaitSeconds = 60;

function isLimited(error: HttpError, text: string): boolean {
  if (error.status === 429) return true;
  const isLimitText = /secondary rate limit|rate limit exceeded|abuse detection/i.test(text);
  return isLimitText && (error.status === 403 || error.status === undefined);
}

/** Seconds until the hourly budget is refilled, by GitHub's own clock; NaN where it is not used up. */
function refillSeconds(headers: Headers): number {
  if (headers['x-ratelimit-remaining'] !== '0') return Number.NaN;
  const now = Date.parse(headers['date'] ?? '') / 1000;
  return Math.ceil(Number(headers['x-ratelimit-reset']) - now) + 1;
}

function waitOf(error: HttpError): number {
  const headers = error.response?.headers ?? error.headers ?? {};
  const asked = [Number(headers['retry-after']), refillSeconds(headers)];
  return asked.find((seconds) => Number.isFinite(seconds) && seconds > 0) ?? defaultWaitSeconds;
}

/** How a compare-and-swap says that somebody was faster: the mutation, moving a ref, creating one, a ref that is gone. */
const staleTexts =
  /expected branch to point to|pull and try again|not a fast.forward|reference (?:update failed|already exists|does not exist)/i;

/** What GraphQL says in its `errors`, and the sentence that a lost race has over REST too. */
function staleOrMissing({ errors = [], status }: HttpError, texts: string): Trouble | null {
  const types = new Set(errors.map(({ type }) => type));
  if (types.has('STALE_DATA') || staleTexts.test(texts)) return { kind: 'stale' };
  return types.has('NOT_FOUND') || status === 404 ? { kind: 'missing' } : null;
}

/** GitHub answered, and the answer was no; a 5xx, or no answer at all, says nothing of what happened. */
function isAnswer({ status, errors }: HttpError): boolean {
  return errors !== undefined || (status !== undefined && status < 500);
}

/** Whether the server says that it has no such mutation, as older ones of GitHub Enterprise do. */
export function isUnknownMutation(thrown: unknown, name: string): boolean {
  const texts = (toHttpError(thrown).errors ?? []).map(({ message }) => message ?? '').join(' ');
  return texts.includes(name) && /doesn't exist|isn't a defined/.test(texts);
}

function toHttpError(thrown: unknown): HttpError {
  return typeof thrown === 'object' && thrown !== null ? thrown : {};
}

/** Tells what a thrown error of the client means. */
export function troubleOf(thrown: unknown): Trouble {
  const error = toHttpError(thrown);
  const message = messageOf(thrown);
  const texts = [message, ...(error.errors ?? []).map((each) => each.message ?? '')].join(' ');
  if (isLimited(error, texts)) return { kind: 'limited', waitSeconds: waitOf(error) };
  const found = staleOrMissing(error, texts);
  if (found !== null) return found;
  if (!isAnswer(error)) return { kind: 'unknown', message };
  return { kind: 'refused', status: error.status ?? null, message };
}

function saidOf(trouble: Trouble): string {
  if (trouble.kind === 'limited') {
    return `its limit is reached, and it asks to wait ${trouble.waitSeconds} seconds`;
  }
  if (trouble.kind === 'missing') return 'it says that there is no such thing';
  return 'message' in trouble ? trouble.message : trouble.kind;
}

/** The fault for a call that failed for good; `what` completes "GitHub could not ...". */
export function githubFault(what: string, thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const trouble = troubleOf(thrown);
  const said = saidOf(trouble);
  const code = trouble.kind === 'unknown' ? 'github-unreachable' : 'github-refused';
  return new Fault(
    code,
    `GitHub could not ${what}: ${said}. Try again; the log of the app tells more.`,
    {
      trouble: trouble.kind,
    },
  );
}
