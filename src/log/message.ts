// Commit messages of the log: a line for people without any user text, then the trailers.
import { Fault } from '../kernel/fault.ts';
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
    '',
  ].join('\n');
}

function numberOf(message: string, name: string): number | undefined {
  const match = new RegExp(`^${name}: (\\d{1,15})$`, 'm').exec(message);
  return match === null ? undefined : Number(match[1]);
}

/** Reads the trailers; Fault `log-corrupt` naming the commit when one is missing. */
export function parseMessage(message: string, commit: string): Trailers {
  const seq = numberOf(message, trailers.seq);
  const count = numberOf(message, trailers.count);
  const tail = numberOf(message, trailers.tail);
  const chain = new RegExp(`^${trailers.chain}: sha256:([0-9a-f]{64})$`, 'm').exec(message)?.[1];
  if (seq === undefined || count === undefined || tail === undefined || chain === undefined) {
    throw new Fault(
      'log-corrupt',
      `Commit ${commit} on the log has no complete trailers: it was not written by coord. Run \`coord verify\`.`,
      { commit },
    );
  }
  return { seq, count, tail, chain };
}
