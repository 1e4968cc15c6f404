// Commit messages of the log: a line for people without any user text, then the trailers.
import { Fault } from '../kernel/fault.ts';
import type { Kept } from '../kernel/decider.ts';
import { trailers } from './format.ts';

/** What the trailers of a commit say. */
export interface Trailers {
  /** Seq of the last record. */
  readonly seq: number;
  /** Records in the batch. */
  readonly count: number;
  /** Commits since the checkpoint; 0 marks the commit that carries a new one. */
  readonly tail: number;
  /** Chain value in hex. */
  readonly chain: string;
  /** Only with a checkpoint: what was let go of at this point, by whoever folds the log. */
  readonly kept?: Kept;
  /** Only in the first commit of a later epoch, which has no parent: the last commit of the epoch before. */
  readonly previous?: string;
}

/** `3 commands: lock, task, message [skip ci]` and the trailers; nouns in order of first use. */
export function formatMessage(ops: readonly string[], values: Trailers): string {
  const nouns = [...new Set(ops.map((op) => op.split('.')[0] ?? op))];
  const plural = values.count === 1 ? 'command' : 'commands';
  return [
    `${values.count} ${plural}: ${nouns.join(', ')} [skip ci]`,
    '',
    `${trailers.seq}: ${values.seq}`,
    `${trailers.count}: ${values.count}`,
    `${trailers.tail}: ${values.tail}`,
    `${trailers.chain}: sha256:${values.chain}`,
    ...(values.kept === undefined ? [] : [keptLine(values.kept)]),
    ...(values.previous === undefined ? [] : [`${trailers.previous}: ${values.previous}`]),
    '',
  ].join('\n');
}

function keptLine({ tasksSince, messagesSince }: Kept): string {
  return `${trailers.kept}: tasks ${tasksSince} messages ${messagesSince}`;
}

const time = '(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z)';
// A reader meets a hundred messages at once: made once, not for each of them.
const wholeNumber = /^\d{1,15}$/;
const chainValue = /^sha256:([0-9a-f]{64})$/;
const keptValue = new RegExp(`^tasks ${time} messages ${time}$`);
const commitName = /^[0-9a-f]{40,64}$/;
const names: ReadonlySet<string> = new Set(Object.values(trailers));

// Anything that another reader might take for the end of a line: a trailer must not hide behind it.
const hiding = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/;

const noTrailers: ReadonlyMap<string, string> = new Map();

/**
 * What stands behind each of our names, in the last paragraph and nowhere else. Nothing where a name stands there twice,
 * or where the message holds what could be read in two ways: every reader of the log has to see the same.
 */
function trailersIn(message: string): ReadonlyMap<string, string> {
  const text = message.trimEnd();
  const start = text.lastIndexOf('\n\n');
  if (start < 0 || hiding.test(message)) return noTrailers;
  const values = new Map<string, string>();
  for (const line of text.slice(start + 2).split('\n')) {
    const colon = line.indexOf(': ');
    const name = line.slice(0, Math.max(colon, 0));
    if (!names.has(name)) continue;
    if (values.has(name)) return noTrailers;
    values.set(name, line.slice(colon + 2));
  }
  return values;
}

type Values = ReadonlyMap<string, string>;

function numberIn(values: Values, name: string): number | undefined {
  const text = values.get(name) ?? '';
  return wholeNumber.test(text) ? Number(text) : undefined;
}

function keptIn(values: Values): Kept | undefined {
  const [, tasksSince, messagesSince] = keptValue.exec(values.get(trailers.kept) ?? '') ?? [];
  if (tasksSince === undefined || messagesSince === undefined) return undefined;
  return { tasksSince, messagesSince };
}

function previousIn(values: Values): string | undefined {
  const text = values.get(trailers.previous) ?? '';
  return commitName.test(text) ? text : undefined;
}

/**
 * The commits that a commit of the log continues: those that git knows, or the last one of the epoch before, which the
 * first commit of an epoch names in its trailers, so that clones need not have it.
 */
export function continuedBy(parents: readonly string[], message: string): readonly string[] {
  if (parents.length > 0) return parents;
  const previous = previousIn(trailersIn(message));
  return previous === undefined ? [] : [previous];
}

/** With the trailers that few commits have. */
function withOthers(usual: Trailers, values: Values): Trailers {
  const kept = keptIn(values);
  const previous = previousIn(values);
  if (kept === undefined && previous === undefined) return usual;
  return { ...usual, ...(kept && { kept }), ...(previous !== undefined && { previous }) };
}

/** Reads the trailers; Fault `log-corrupt` naming the commit when one is missing, or there is more than one way to read them. */
export function parseMessage(message: string, commit: string): Trailers {
  const values = trailersIn(message);
  const seq = numberIn(values, trailers.seq);
  const count = numberIn(values, trailers.count);
  const tail = numberIn(values, trailers.tail);
  const chain = chainValue.exec(values.get(trailers.chain) ?? '')?.[1];
  if (seq === undefined || count === undefined || tail === undefined || chain === undefined) {
    throw new Fault(
      'log-corrupt',
      `Commit ${commit} on the log has no complete trailers: it was not written by coord. Run \`coord verify\`.`,
      { commit },
    );
  }
  return withOthers({ seq, count, tail, chain }, values);
}
