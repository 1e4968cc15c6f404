// Faults on demand: latency on every call, and single calls that fail before or after they took effect.

export type FaultKind =
  /** The connection is cut; nothing happened. */
  | 'timeout-before-commit'
  /** Everything happened, and then the connection is cut instead of answering. */
  | 'timeout-after-commit'
  /** Answers `status` (502 by default); nothing happened. */
  | 'status'
  /** A compare-and-swap is answered as if somebody had been faster; nothing happened. */
  | 'stale'
  /** 403 (or `status`: 429) with `retry-after`. */
  | 'secondary-limit'
  /** 403 with an exhausted hourly budget. */
  | 'primary-limit';

export interface FaultMatch {
  readonly method?: string;
  /** Against the path without `/api/v3`; text matches anywhere in it. */
  readonly path?: string | RegExp;
  /** REST operation id, GraphQL root field, `git-receive-pack`, `git-upload-pack`. */
  readonly operation?: string | RegExp;
}

export interface Fault {
  readonly kind: FaultKind;
  readonly match?: FaultMatch;
  /** How many matching calls are hit; 1 by default. */
  readonly times?: number;
  /** For `status` and `secondary-limit`. */
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** Leaves the caller waiting this long before the connection is cut. */
  readonly hangMs?: number;
}

export interface FaultSubject {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
}

function fits(wanted: string | RegExp | undefined, value: string): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === 'string' ? value.includes(wanted) : wanted.test(value);
}

export class Faults {
  /** Latency of every API and git call, half on the way in and half on the way out. */
  latencyMs = 0;
  readonly #planned: { readonly fault: Fault; left: number }[] = [];

  /** Sets the latency of every call. */
  delayMs(ms: number): void {
    this.latencyMs = ms;
  }

  /** Plans a fault for the next matching call. */
  next(fault: Fault): void {
    this.#planned.push({ fault, left: fault.times ?? 1 });
  }

  /** Forgets everything planned, and the latency. */
  clear(): void {
    this.#planned.length = 0;
    this.latencyMs = 0;
  }

  /** How many planned hits have not happened yet: a test asserts 0 to know that its fault did bite. */
  get pending(): number {
    return this.#planned.reduce((sum, each) => sum + each.left, 0);
  }

  /** The fault for this call, used up by asking. */
  take(subject: FaultSubject): Fault | null {
    const found = this.#planned.find(({ fault: { match = {} }, left }) => {
      return (
        left > 0 &&
        (match.method === undefined || match.method.toUpperCase() === subject.method) &&
        fits(match.path, subject.path) &&
        fits(match.operation, subject.operation)
      );
    });
    if (found === undefined) return null;
    found.left -= 1;
    return found.fault;
  }
}
