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
const patterns = {
  seq: new RegExp(`^${trailers.seq}: (\\d{1,15})$`, 'm'),
  count: new RegExp(`^${trailers.count}: (\\d{1,15})$`, 'm'),
  tail: new RegExp(`^${trailers.tail}: (\\d{1,15})$`, 'm'),
  chain: new RegExp(`^${trailers.chain}: sha256:([0-9a-f]{64})$`, 'm'),
  kept: new RegExp(`^${trailers.kept}: tasks ${time} messages ${time}$`, 'm'),
  previous: new RegExp(`^${trailers.previous}: ([0-9a-f]{40,64})$`, 'm'),
};

function numberOf(message: string, pattern: RegExp): number | undefined {
  const match = pattern.exec(message);
  return match === null ? undefined : Number(match[1]);
}

function keptIn(message: string): Kept | undefined {
  const [, tasksSince, messagesSince] = patterns.kept.exec(message) ?? [];
  if (tasksSince === undefined || messagesSince === undefined) return undefined;
  return { tasksSince, messagesSince };
}

function previousIn(message: string): string | undefined {
  return patterns.previous.exec(message)?.[1];
}

/**
 * The commits that a commit of the log continues: those that git knows, or the last one of the epoch before, which the
 * first commit of an epoch names in its trailers, so that clones need not have it.
 */
export function continuedBy(parents: readonly string[], message: string): readonly string[] {
  if (parents.length > 0) return parents;
  const previous = previousIn(message);
  return previous === undefined ? [] : [previous];
}

/** With the trailers that few commits have. */
function withOthers(usual: Trailers, message: string): Trailers {
  const kept = keptIn(message);
  const previous = previousIn(message);
  if (kept === undefined && previous === undefined) return usual;
  return { ...usual, ...(kept && { kept }), ...(previous !== undefined && { previous }) };
}

/** Reads the trailers; Fault `log-corrupt` naming the commit when one is missing. */
export function parseMessage(message: string, commit: string): Trailers {
  const seq = numberOf(message, patterns.seq);
  const count = numberOf(message, patterns.count);
  const tail = numberOf(message, patterns.tail);
  const chain = patterns.chain.exec(message)?.[1];
  if (seq === undefined || count === undefined || tail === undefined || chain === undefined) {
    throw new Fault(
      'log-corrupt',
      `Commit ${commit} on the log has no complete trailers: it was not written by coord. Run \`coord verify\`.`,
      { commit },
    );
  }
  return withOthers({ seq, count, tail, chain }, message);
}
