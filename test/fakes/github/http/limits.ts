// Rate limits: the hourly budget of every credential, and on demand the ones on creating content.
import type { Credential } from '../state/credential.ts';
import { nameOf } from '../state/credential.ts';
import { Problem } from '../rest/problem.ts';

export type Resource = 'core' | 'graphql';

export interface Budget {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since 1970. */
  readonly resetSeconds: number;
}

const hourSeconds = 3600;
const anonymousPerHour = 60;
const appPerHour = 5000;

interface Window {
  used: number;
  endsSeconds: number;
}

export class Limits {
  /**
   * Secondary limits on creating content, as GitHub documents them: 80 a minute and 500 an hour.
   * Off by default, so that a stress test is not stopped by them; set both to have them bite.
   */
  contentPerMinuteMax = Infinity;
  contentPerHourMax = Infinity;
  readonly #now: () => Date;
  readonly #windows = new Map<string, Window>();
  readonly #created = new Map<string, number[]>();
  /** One budget per token object: two tokens of one installation share theirs on GitHub, and here. */
  readonly #keys = new Map<object, string>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** What is left, without spending anything. */
  budget(credential: Credential, resource: Resource): Budget {
    const window = this.#window(credential, resource);
    const limit = limitOf(credential);
    return {
      limit,
      used: window.used,
      remaining: Math.max(limit - window.used, 0),
      resetSeconds: window.endsSeconds,
    };
  }

  /** Spends `points`; answers the budget afterwards, or throws 403 when there is none left. */
  spend(credential: Credential, resource: Resource, points = 1): Budget {
    const window = this.#window(credential, resource);
    if (window.used + points > limitOf(credential)) {
      throw primaryLimit(credential, this.budget(credential, resource));
    }
    window.used += points;
    return this.budget(credential, resource);
  }

  /** Counts a request that creates content; throws 403 with `retry-after` beyond the secondary limits. */
  create(credential: Credential): void {
    const now = this.#now().getTime();
    const key = this.#key(credential);
    const recent = (this.#created.get(key) ?? []).filter((at) => now - at < hourSeconds * 1000);
    const lastMinute = recent.filter((at) => now - at < 60_000);
    if (lastMinute.length >= this.contentPerMinuteMax || recent.length >= this.contentPerHourMax) {
      throw secondaryLimit(403, 60);
    }
    this.#created.set(key, [...recent, now]);
  }

  /** Spends all that is left, so that the next request meets the primary limit. */
  exhaust(credential: Credential, resource: Resource = 'core'): void {
    this.#window(credential, resource).used = limitOf(credential);
  }

  #key(credential: Credential): string {
    if (credential.kind === 'anonymous') return 'anonymous';
    if (credential.kind === 'app') return `app ${credential.app.id}`;
    if (credential.kind === 'user') return `user ${credential.account.id}`;
    if (credential.installation !== null) return `installation ${credential.installation.id}`;
    const known = this.#keys.get(credential) ?? `actions ${this.#keys.size}`;
    this.#keys.set(credential, known);
    return known;
  }

  #window(credential: Credential, resource: Resource): Window {
    const key = `${this.#key(credential)} ${resource}`;
    const now = Math.floor(this.#now().getTime() / 1000);
    const known = this.#windows.get(key);
    if (known !== undefined && known.endsSeconds > now) return known;
    const fresh = { used: 0, endsSeconds: now + hourSeconds };
    this.#windows.set(key, fresh);
    return fresh;
  }
}

function limitOf(credential: Credential): number {
  if (credential.kind === 'anonymous') return anonymousPerHour;
  return credential.kind === 'app' ? appPerHour : credential.requestsPerHour;
}

/** The headers every answer carries. */
export function limitHeaders(budget: Budget, resource: Resource): Record<string, string> {
  return {
    'x-ratelimit-limit': String(budget.limit),
    'x-ratelimit-remaining': String(budget.remaining),
    'x-ratelimit-used': String(budget.used),
    'x-ratelimit-reset': String(budget.resetSeconds),
    'x-ratelimit-resource': resource,
  };
}

/** The hourly budget is used up: no `retry-after`, but the time of the reset. */
export function primaryLimit(credential: Credential, budget: Budget): Problem {
  const headers = limitHeaders({ ...budget, remaining: 0 }, 'core');
  return new Problem(403, `API rate limit exceeded for ${nameOf(credential)}.`, { headers });
}

/** Too much at once: says how long to wait. */
export function secondaryLimit(status: 403 | 429, retryAfterSeconds: number): Problem {
  const message =
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  return new Problem(status, message, { headers: { 'retry-after': String(retryAfterSeconds) } });
}
