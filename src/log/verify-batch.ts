// The verifier's own reading of a batch: bytes to records, each held against format 1.
import { limits } from '../kernel/limits.ts';
import { batchPath } from './format.ts';

/** Something that is not as format 1 says; `line` counts from 1. */
export interface Problem {
  /** Null when it is about the log as a whole. */
  readonly commit: string | null;
  readonly path?: string;
  readonly line?: number;
  readonly reason: string;
}

/** What the verifier needs of a record that is well formed. */
export interface VerifiedRecord {
  readonly line: number;
  readonly id: string;
  readonly log: string;
  readonly op: string;
  readonly seq: number;
  readonly at: string;
  /** The log that an event `log.created` of this record names. */
  readonly creates: string | null;
  /** What an event `epoch.rolled` of this record says. */
  readonly rolls: Fields | null;
  /** How many events it has. */
  readonly events: number;
  /** All that the line says. */
  readonly fields: Fields;
}

export interface VerifiedBatch {
  readonly records: readonly VerifiedRecord[];
  /** Lines of the batch, well formed or not. */
  readonly lines: number;
  readonly problems: readonly Omit<Problem, 'commit'>[];
}

export type Fields = Readonly<Record<string, unknown>>;
type Rule = (value: unknown) => boolean;

const matches =
  (pattern: RegExp): Rule =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const isText = matches(/./s);
const isTime: Rule = (value) =>
  matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)(value) &&
  !Number.isNaN(Date.parse(value as string));
const isUuid = matches(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const isObject: Rule = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isEvent: Rule = (value) => {
  const { type, data } = (isObject(value) ? value : {}) as Fields;
  return isText(type) && isObject(data);
};
const optional =
  (rule: Rule): Rule =>
  (value) =>
    value === undefined || rule(value);

/** Every known field with what it has to be; fields that are not named here are left alone. */
const rules: readonly (readonly [string, Rule, string])[] = [
  ['id', isUuid, 'a UUIDv7'],
  ['log', isUuid, 'a UUIDv7'],
  ['op', matches(/^[a-z0-9-]+\.[a-z0-9-]+$/), 'noun.verb'],
  ['actor', isText, 'a name'],
  ['session', optional(isText), 'a name'],
  ['hlc', matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\/[0-9a-f]{4}$/), 'a clock reading'],
  ['notAfter', optional(isText), 'a time'],
  ['cause', optional(isText), 'a text'],
  ['capability', optional(isText), 'a token'],
  ['sig', optional(isText), 'a signature'],
  ['input', isObject, 'an object'],
  ['auth', (value) => isObject(value) && isText((value as Fields)['by']), 'who sent it'],
  ['seq', (value) => Number.isSafeInteger(value) && (value as number) > 0, 'a number from 1'],
  ['at', isTime, 'a time'],
  ['policy', matches(/^(?:none|[0-9a-f]{40,64})$/), 'a blob id or none'],
  [
    'events',
    (value) => Array.isArray(value) && value.length > 0 && value.every(isEvent),
    'a list of events',
  ],
];

/** What the events of a record say of the log itself. */
function saidOfLog(fields: Fields): Pick<VerifiedRecord, 'creates' | 'rolls' | 'events'> {
  const events = fields['events'] as readonly { type: string; data: Fields }[];
  let creates: string | null = null;
  let rolls: Fields | null = null;
  for (const { type, data } of events) {
    if (type === 'log.created') creates ??= String(data['log']);
    else if (type === 'epoch.rolled') rolls ??= data;
  }
  return { creates, rolls, events: events.length };
}

function parseLine(text: string): Fields | string {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value as Fields) : 'The line is not an object.';
  } catch {
    return 'The line is not JSON.';
  }
}

function recordOf(text: string, line: number): VerifiedRecord | string {
  const fields = parseLine(text);
  if (typeof fields === 'string') return fields;
  const broken = rules.find(([key, rule]) => !rule(fields[key]));
  if (broken !== undefined) return `\`${broken[0]}\` is not ${broken[2]}.`;
  const { id, log, op, seq, at } = fields as unknown as VerifiedRecord;
  const { creates, rolls, events } = saidOfLog(fields);
  return { line, id, log, op, seq, at, creates, rolls, events, fields };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(batch: Uint8Array): string | null {
  try {
    return utf8.decode(batch);
  } catch {
    return null;
  }
}

function boundProblem(bytes: number, lines: number): string | null {
  if (bytes > limits.batchBytesMax) {
    return `The batch has ${bytes} bytes; ${limits.batchBytesMax} is the most.`;
  }
  if (lines > limits.batchCommandsMax) {
    return `The batch has ${lines} records; ${limits.batchCommandsMax} is the most.`;
  }
  return null;
}

/** Reads a batch and tells everything that is wrong with its form. */
export function verifyBatch(batch: Uint8Array): VerifiedBatch {
  const text = textOf(batch);
  if (text === null) {
    const problems = [{ path: batchPath, reason: 'The batch is not UTF-8.' }];
    return { records: [], lines: 0, problems };
  }
  const records: VerifiedRecord[] = [];
  const problems: Omit<Problem, 'commit'>[] = [];
  const lines = text.split('\n');
  if (lines.pop() !== '') {
    problems.push({ path: batchPath, line: lines.length + 1, reason: 'The last line is cut off.' });
  }
  const bound = boundProblem(batch.length, lines.length);
  if (bound !== null) problems.push({ path: batchPath, reason: bound });
  for (const [index, each] of lines.entries()) {
    const record = recordOf(each, index + 1);
    if (typeof record === 'string') {
      problems.push({ path: batchPath, line: index + 1, reason: record });
    } else {
      records.push(record);
    }
  }
  return { records, lines: lines.length, problems };
}
