// Time and randomness arrive through this port, so that tests and replays decide the same way.

export interface Clock {
  /** ISO 8601 UTC with milliseconds. */
  now(): string;
  randomBytes(count: number): Uint8Array;
  sha256(bytes: Uint8Array): Uint8Array;
  /** Resolves after so many milliseconds, or when the signal says so. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
