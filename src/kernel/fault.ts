// A fault is something broken outside the rules: I/O, corruption, an unreachable service. Never a refusal.

/** Machine-readable facts that travel with a fault or a refusal; must be JSON. */
export type Details = Readonly<Record<string, unknown>>;

/**
 * Thrown when the world did not hold: exit status 3 on the shell, `action_required` on GitHub.
 * `code` is stable kebab-case; `message` is a sentence that ends with the next step.
 */
export class Fault extends Error {
  readonly code: string;
  readonly data: Details;

  constructor(code: string, message: string, data: Details = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Fault';
    this.code = code;
    this.data = data;
  }
}

/** Thrown when the words given cannot be understood: exit status 2 on the shell, 422 over HTTP. */
export class UsageError extends Error {
  readonly code: string;
  readonly data: Details;

  constructor(code: string, message: string, data: Details = {}) {
    super(message);
    this.name = 'UsageError';
    this.code = code;
    this.data = data;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
