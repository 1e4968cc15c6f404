// Our own store without engine: chain, message, objects, one pack, the ref swapped; as many commits as a batch may need.
import { createHash } from 'node:crypto';
import { openLocalLog } from '../../src/adapters/git/local-log.ts';
import { limits } from '../../src/kernel/limits.ts';
import { chainNext, chainStart } from '../../src/log/chain.ts';
import { batchPath } from '../../src/log/format.ts';
import { formatMessage } from '../../src/log/message.ts';
import { encodeBatch, encodeOnce } from '../../src/log/record.ts';
import type { LogRecord } from '../../src/log/record.ts';
import type { Batch, Peer } from './peer.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** The records in runs that each fit into one commit. */
function* commitsOf(records: readonly LogRecord[]): Generator<readonly LogRecord[]> {
  let run: LogRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = encodeOnce(record).length + 1;
    if (bytes + size > limits.batchBytesMax || run.length >= limits.batchCommandsMax) {
      yield run;
      run = [];
      bytes = 0;
    }
    run.push(record);
    bytes += size;
  }
  yield run;
}

export function openStoreAlone(directory: string): Peer {
  const store = openLocalLog(directory, false);
  let chain = chainStart('bench', sha256);
  let head: string | null = null;
  let seq = 0;
  const commit = async (records: readonly LogRecord[]): Promise<void> => {
    const batch = encodeBatch(records);
    chain = chainNext(chain, batch, sha256);
    seq += records.length;
    const trailers = { seq, count: records.length, tail: 1, chain };
    const message = formatMessage(
      records.map(({ op }) => op),
      trailers,
    );
    const files = new Map([[batchPath, batch]]);
    const at = new Date().toISOString();
    const draft = { message, at, files, removed: [], replacesCheckpoint: false };
    const appended = await store.append(draft, head);
    if (!appended.ok) throw new Error('The store did not take a commit.');
    head = appended.oid;
  };
  return {
    append: (batch: Batch) =>
      store.exclusively(async () => {
        for (const run of commitsOf(batch as readonly LogRecord[])) await commit(run);
      }),
    close: () => undefined,
  };
}
