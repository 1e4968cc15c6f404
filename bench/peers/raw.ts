// The floor: one file, one write and one fdatasync a batch. Nobody can be durable with less.
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Batch, Peer } from './peer.ts';

/** The lines of a batch as one text. */
export function linesOf(batch: Batch): string {
  return batch.map((record) => `${JSON.stringify(record)}\n`).join('');
}

export function openRaw(directory: string): Peer {
  const file = openSync(join(directory, 'raw.ndjson'), 'a');
  return {
    append: (batch) => {
      writeSync(file, linesOf(batch));
      fdatasyncSync(file);
    },
    close: () => closeSync(file),
  };
}
