// Our own store without engine: chain, message, objects, one pack, the ref swapped; as many commits as a batch may need.
import { createHash } from 'node:crypto';
import { openLocalLog } from '../../src/adapters/git/local-log.ts';
import { limits } from '../../src/kernel/limits.ts';
import { chainNext, chainStart } from '../../src/log/chain.ts';
import { batchPath } from '../../src/log/format.ts';
import { formatMessage } from '../../src/log/message.ts';
import { batchOf, encodeRecord } from '../../src/log/record.ts';
import type { LogRecord } from '../../src/log/record.ts';
import type { Batch, Peer } from './peer.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

interface Run {
  readonly records: LogRecord[];
  readonly lines: string[];
}

/** The records in runs that each fit into one commit. */
function* commitsOf(records: readonly LogRecord[]): Generator<Run> {
  let run: Run = { records: [], lines: [] };
  let bytes = 0;
  for (const record of records) {
    const line = encodeRecord(record);
    const size = line.length + 1;
    if (bytes + size > limits.batchBytesMax || run.lines.length >= limits.batchCommandsMax) {
      yield run;
      run = { records: [], lines: [] };
      bytes = 0;
    }
    run.records.push(record);
    run.lines.push(line);
    bytes += size;
  }
  yield run;
}

export function openStoreAlone(directory: string): Peer {
  const store = openLocalLog(directory, false);
  let chain = chainStart('bench', sha256);
  let head: string | null = null;
  let seq = 0;
  const commit = async ({ records, lines }: Run): Promise<void> => {
    const batch = batchOf(lines);
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
