// A record is one line of a batch: what somebody asked for, and what the sequencer made of it.
import { byteLength } from '../kernel/bytes.ts';
import type { Event } from '../kernel/decider.ts';
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';

/** What the sender says, and signs. `hlc` is kept for causality, never for order. */
export interface Intent {
  /** UUIDv7 made by the sender; an idempotency key for 30 days. */
  readonly id: string;
  readonly log: string;
  /** `noun.verb`. */
  readonly op: string;
  readonly actor: string;
  readonly session?: string;
  readonly hlc: string;
  /** ISO time after which it must no longer be accepted. */
  readonly notAfter?: string;
  /** What brought it about, such as `github:issue_comment:123#0`; an idempotency key too. */
  readonly cause?: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Token of the capability that it is said under; then its holder signs, not the actor. */
  readonly capability?: string;
  /** Ed25519 over the canonical form of the fields above, base64. */
  readonly sig?: string;
}

/** Who stands behind the sender, set by the sequencer and never by input. */
export interface Auth {
  readonly by: 'shell' | 'github' | 'key' | 'app';
  readonly subject: string;
  /** The shell was an interactive terminal outside any agent's environment. */
  readonly isInteractive?: true;
}

/** What the sequencer says. */
export interface Sequenced {
  readonly auth: Auth;
  /** Position in the one order, from 1, without gaps. */
  readonly seq: number;
  /** Sequencer's time, ISO 8601 UTC, never decreasing. */
  readonly at: string;
  /** Blob id of the policy it was decided under, or `none`. */
  readonly policy: string;
  readonly events: readonly Event[];
}

export type LogRecord = Intent & Sequenced;

const recordKeys = [
  ...['id', 'log', 'op', 'actor', 'session', 'hlc', 'notAfter', 'cause', 'input'],
  ...['capability', 'sig'],
  ...['auth', 'seq', 'at', 'policy', 'events'],
];
const places: ReadonlyMap<string, number> = new Map(recordKeys.map((key, place) => [key, place]));

function placeOf(key: string): number {
  return places.get(key) ?? recordKeys.length;
}

function isInOrder(record: object): boolean {
  let before = 0;
  for (const key of Object.keys(record)) {
    const place = placeOf(key);
    if (place < before) return false;
    before = place;
  }
  return true;
}

function inOrder(record: LogRecord): object {
  const fields = Object.entries(record);
  return Object.fromEntries(fields.sort(([left], [right]) => placeOf(left) - placeOf(right)));
}

/** The record as one JSON line, known keys in the order of the format, unknown ones behind them. */
export function encodeRecord(record: LogRecord): string {
  // Most are in order as they were made, and an object that is not put together anew is written twice as fast.
  return JSON.stringify(isInOrder(record) ? record : inOrder(record));
}

/** A batch of lines as `encodeRecord` makes them: each ended by a newline. */
export function batchOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

/** A batch: one line a record, each ended by a newline. */
export function encodeBatch(records: readonly LogRecord[]): string {
  return batchOf(records.map(encodeRecord));
}

const required: readonly (readonly [string, string])[] = [
  ['id', 'string'],
  ['log', 'string'],
  ['op', 'string'],
  ['actor', 'string'],
  ['hlc', 'string'],
  ['input', 'object'],
  ['auth', 'object'],
  ['seq', 'number'],
  ['at', 'string'],
  ['policy', 'string'],
];

function isEvent(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, data } = value as { type?: unknown; data?: unknown };
  return typeof type === 'string' && typeof data === 'object' && data !== null;
}

function shapeProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'it is not an object';
  const fields = value as Readonly<Record<string, unknown>>;
  for (const [key, type] of required) {
    if (typeof fields[key] !== type || fields[key] === null) return `\`${key}\` is missing`;
  }
  const events = fields['events'];
  if (!Array.isArray(events) || !events.every(isEvent)) return '`events` is not a list of events';
  return null;
}

function corrupt(where: string, line: number, problem: string): Fault {
  return new Fault(
    'log-corrupt',
    `${where} batch.ndjson line ${line}: ${problem}. Run \`coord verify\` to see how far the log is good.`,
    { where, path: 'batch.ndjson', line },
  );
}

function decodeLine(text: string, where: string, line: number): LogRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw corrupt(where, line, 'it is not JSON');
  }
  const problem = shapeProblem(value);
  if (problem !== null) throw corrupt(where, line, problem);
  return value as LogRecord;
}

/**
 * Reads a batch. `where` names the commit for the message.
 * Unreadable data is a Fault `log-corrupt`, never skipped; unknown fields and event types pass through.
 */
export function decodeBatch(text: string, where: string): LogRecord[] {
  if (byteLength(text) > limits.batchBytesMax) {
    throw corrupt(where, 1, `the batch is larger than ${limits.batchBytesMax} bytes`);
  }
  if (!text.endsWith('\n')) throw corrupt(where, 1, 'the last line is cut off');
  return text
    .slice(0, -1)
    .split('\n')
    .map((line, index) => decodeLine(line, where, index + 1));
}
