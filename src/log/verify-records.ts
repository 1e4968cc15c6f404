// The verifier's rules for the records of a commit: order, times, ids, counts, and the chain that they make.
import { batchPath, trailers } from './format.ts';
import { verifyBatch } from './verify-batch.ts';
import type { VerifiedRecord } from './verify-batch.ts';
import type { Known } from './verify-known.ts';
import type { Stated, Tell } from './verify-trailers.ts';

export type Digest = (bytes: Uint8Array) => Uint8Array;

const hexPair = /../g;

function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += (byte < 16 ? '0' : '') + byte.toString(16);
  return hex;
}

function followingChain(before: string, batch: Uint8Array, sha256: Digest): string {
  const previous = (before.match(hexPair) ?? []).map((pair) => Number.parseInt(pair, 16));
  return hexOf(sha256(new Uint8Array([...previous, ...sha256(batch)])));
}

/** Tells the reason of every rule that is broken. */
export function tellBroken(
  rules: readonly (readonly [isBroken: boolean, reason: string])[],
  tell: Tell,
) {
  for (const [isBroken, reason] of rules) if (isBroken) tell(reason);
}

/** The first record, and no other, creates the log. */
function verifyCreation({ seq, op, log, creates }: VerifiedRecord, tell: Tell): void {
  if (seq === 1 && creates !== log) tell('The first record does not create this log.');
  if (seq > 1 && creates !== null) tell(`${op} creates a log where there is one.`);
}

function verifyRecord(record: VerifiedRecord, known: Known, ids: Set<string>, tellAll: Tell): void {
  const { id, line, log, seq, at } = record;
  const tell: Tell = (reason) => tellAll(reason, { path: batchPath, line });
  const logBefore = known.log ?? log;
  const expected = known.seq === null ? seq : known.seq + 1;
  const rules = [
    [seq !== expected, `seq ${seq} stands where ${expected} belongs.`],
    [at < known.at, `The time ${at} is before ${known.at} of the record before.`],
    [ids.has(id), `The id ${id} stands on the log already.`],
    [log !== logBefore, `The record is for log ${log}, not ${logBefore}.`],
  ] as const;
  tellBroken(rules, tell);
  verifyCreation(record, tell);
  ids.add(id);
  known.log = logBefore;
  known.seq = seq;
  known.at = at > known.at ? at : known.at;
  known.records += 1;
}

export interface Look {
  /** Ids of all records before. */
  readonly ids: Set<string>;
  readonly tell: Tell;
  readonly sha256: Digest;
}

function verifyCounts(stated: Stated, lines: number, last: number | undefined, tell: Tell): void {
  const { count, seq } = stated;
  const rules = [
    [
      count !== null && count !== lines,
      `${trailers.count} is ${count ?? ''}, but the batch has ${lines} records.`,
    ],
    [
      seq !== null && last !== undefined && seq !== last,
      `${trailers.seq} is ${seq ?? ''}, but the last record has seq ${last ?? ''}.`,
    ],
  ] as const;
  tellBroken(rules, tell);
}

function chainBefore({ isAtGenesis, log, chain }: Known, sha256: Digest) {
  return isAtGenesis ? hexOf(sha256(new TextEncoder().encode(log ?? ''))) : chain;
}

/** Holds records against their trailers; answers the chain that this batch makes, null where that is not known. */
export function verifyRecords(
  batch: Uint8Array,
  stated: Stated,
  known: Known,
  { ids, tell, sha256 }: Look,
): string | null {
  const { records, lines, problems } = verifyBatch(batch);
  for (const { reason, ...where } of problems) tell(reason, where);
  for (const record of records) verifyRecord(record, known, ids, tell);
  verifyCounts(stated, lines, records.at(-1)?.seq, tell);
  const before = chainBefore(known, sha256);
  const chain = before === null ? null : followingChain(before, batch, sha256);
  if (chain !== null && (stated.chain ?? chain) !== chain) {
    tell("The chain does not continue the parent's with this batch.");
  }
  return chain;
}
