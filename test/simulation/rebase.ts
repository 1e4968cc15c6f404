// Puts old decisions on a new head without deciding again: well formed, and wrong. Only mutants do that.
import { createHash } from 'node:crypto';
import { present } from '../../src/kernel/assert.ts';
import { chainNext } from '../../src/log/chain.ts';
import { batchPath } from '../../src/log/format.ts';
import { formatMessage, parseMessage } from '../../src/log/message.ts';
import { decodeBatch, encodeBatch } from '../../src/log/record.ts';
import type { Commits } from './commits.ts';

/** Writes a commit with the decisions of a batch on top of `onto`; answers its name. */
export function rebase(commits: Commits, batch: string, onto: string): string {
  const parent = present(commits.get(onto), 'the head is known');
  const before = parseMessage(parent.message, onto);
  const last = decodeBatch(parent.batch, onto).at(-1)?.at ?? '';
  const records = decodeBatch(batch, onto).map((record, index) => ({
    ...record,
    seq: before.seq + index + 1,
    at: record.at > last ? record.at : last,
  }));
  const text = encodeBatch(records);
  const chain = chainNext(before.chain, text, (bytes) =>
    createHash('sha256').update(bytes).digest(),
  );
  const { length: count } = records;
  const ops = records.map(({ op }) => op);
  const seq = before.seq + count;
  const draft = {
    message: formatMessage(ops, { seq, count, tail: before.tail + 1, chain }),
    at: records.at(-1)?.at ?? last,
    files: new Map([[batchPath, text]]),
    ...{ removed: [], replacesCheckpoint: false },
  };
  return commits.write(draft, onto);
}
