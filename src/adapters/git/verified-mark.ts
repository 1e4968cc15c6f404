// Remembers in the store up to where the log was verified from its genesis: a cache, thrown away when it does not fit.
import { join } from 'node:path';
import { z } from 'zod';
import { checkpointFolder, reducerVersion } from '../../log/format.ts';
import type { Mark } from '../../log/verify-known.ts';
import { statedBy } from '../../log/verify-trailers.ts';
import { CheckpointLister } from './checkpoint-files.ts';
import type { CommitSource } from './object-batches.ts';
import {
  createSynced,
  readIfPresent,
  renameOver,
  uniquePath,
  withFaults,
} from './store/durable-file.ts';

/** A mark with the ids of all records up to it. */
export interface VerifiedMark {
  readonly mark: Mark;
  /** Whether the word of a shell counted when it was made, as it does without a remote: then what permits was no doubt. */
  readonly trustsShell: boolean;
  readonly ids: readonly string[];
}

const fileName = 'coord-verified.json';
const temporaryPrefix = 'tmp_verified_';
const idBytes = 16;
/** Grows with what a look tells, so that a mark made by less is not gone on from. */
const judgeVersion = 4;

const hex64 = () => z.string().regex(/^[0-9a-f]{64}$/);
const oid = () => z.string().regex(/^[0-9a-f]{40}$/);
const count = () => z.number().int().min(0);

const shape = () =>
  z.object({
    log: z.string(),
    oid: oid(),
    seq: count(),
    tail: z.literal(0),
    chain: hex64(),
    at: z.string(),
    checkpoint: oid(),
    reducer: z.literal(reducerVersion),
    epoch: count(),
    commits: count(),
    records: count(),
    ids: z.string(),
    judge: count(),
    trustsShell: z.boolean(),
  });

function packed(ids: readonly string[]): string {
  return Buffer.from(ids.join('').replaceAll('-', ''), 'hex').toString('base64');
}

const groups = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

function unpacked(text: string): string[] {
  const bytes = Buffer.from(text, 'base64');
  return Array.from({ length: bytes.length / idBytes }, (_each, index) =>
    bytes.toString('hex', index * idBytes, (index + 1) * idBytes).replace(groups, '$1-$2-$3-$4-$5'),
  );
}

/** The mark of a store, where shells were trusted then as they are now; null where there is none, or none that this version can go on from. */
export function readVerifiedMark(storeDir: string, trustsShell: boolean): VerifiedMark | null {
  try {
    const text = readIfPresent(join(storeDir, fileName))?.toString('utf8');
    const parsed = shape().safeParse(JSON.parse(text ?? ''));
    if (!parsed.success) return null;
    const { ids: packedIds, trustsShell: trusted, judge, ...mark } = parsed.data;
    const ids = unpacked(packedIds);
    const stands = [judge, trusted, ids.length, mark.records];
    const fits = [judgeVersion, trustsShell, mark.records, mark.seq];
    return stands.every((each, index) => each === fits[index]) ? { mark, ids, trustsShell } : null;
  } catch {
    return null;
  }
}

function namesLog(meta: string | null, log: string): boolean {
  return (JSON.parse(meta ?? '') as { log?: unknown } | null)?.log === log;
}

/** Whether the commit of a mark says what the mark says of it. */
export function fitsItsCommit(source: CommitSource, mark: Mark): boolean {
  try {
    const { message, tree } = source.readCommit(mark.oid);
    const { seq, tail, chain } = statedBy(message, () => undefined);
    const folder = source.readTree(tree).find(({ name }) => `${name}/` === checkpointFolder);
    const says = [seq, tail, chain, folder?.oid];
    const isSame = [mark.seq, mark.tail, mark.chain, mark.checkpoint].every(
      (each, index) => says[index] === each,
    );
    return isSame && namesLog(new CheckpointLister(source).of(mark.oid).meta, mark.log);
  } catch {
    return false;
  }
}

/** Replaces the mark of a store in one step. */
export function writeVerifiedMark(
  storeDir: string,
  { mark, ids, trustsShell }: VerifiedMark,
): void {
  const path = join(storeDir, fileName);
  withFaults(`remember what was verified in ${storeDir}`, () => {
    const temporary = uniquePath(storeDir, temporaryPrefix);
    createSynced(
      temporary,
      `${JSON.stringify({ ...mark, ids: packed(ids), judge: judgeVersion, trustsShell })}\n`,
    );
    renameOver(temporary, path);
  });
}
