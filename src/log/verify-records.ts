// The verifier's rules for the records of a commit: order, times, ids, counts, and the chain that they make.
import { batchPath, trailers } from './format.ts';
import { verifyBatch } from './verify-batch.ts';
import type { VerifiedRecord } from './verify-batch.ts';
import type { Known } from './verify-known.ts';
import type { Stated, Tell } from './verify-trailers.ts';

export type Digest = (bytes: Uint8Array) => Uint8Array;

const hexDigits = Array.from({ length: 256 }, (_each, byte) => byte.toString(16).padStart(2, '0'));
const hexBase = 16;
const digestBytes = 32;

function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += hexDigits[byte] ?? '';
  return hex;
}

const codeOf0 = 0x30;
const codeOf9 = 0x39;
/** So that `a` comes to ten. */
const codeBeforeLetters = 0x57;

/** The value of a lower-case hexadecimal digit. */
function digitAt(hex: string, index: number): number {
  const code = hex.charCodeAt(index);
  return code - (code <= codeOf9 ? codeOf0 : codeBeforeLetters);
}

function followingChain(before: string, batch: Uint8Array, sha256: Digest): string {
  const joined = new Uint8Array(2 * digestBytes);
  for (let index = 0; index < digestBytes; index += 1) {
    joined[index] = hexBase * digitAt(before, 2 * index) + digitAt(before, 2 * index + 1);
  }
  joined.set(sha256(batch), digestBytes);
  return hexOf(sha256(joined));
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
  if (seq !== expected) tell(`seq ${seq} stands where ${expected} belongs.`);
  if (at < known.at) tell(`The time ${at} is before ${known.at} of the record before.`);
  if (ids.has(id)) tell(`The id ${id} stands on the log already.`);
  if (log !== logBefore) tell(`The record is for log ${log}, not ${logBefore}.`);
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
  if (count !== null && count !== lines) {
    tell(`${trailers.count} is ${count}, but the batch has ${lines} records.`);
  }
  if (seq !== null && last !== undefined && seq !== last) {
    tell(`${trailers.seq} is ${seq}, but the last record has seq ${last}.`);
  }
}

function chainBefore({ isAtGenesis, log, chain }: Known, sha256: Digest) {
  return isAtGenesis ? hexOf(sha256(new TextEncoder().encode(log ?? ''))) : chain;
}

/** What the records of a commit come to. */
export interface VerifiedRecords {
  readonly records: readonly VerifiedRecord[];
  /** The chain that this batch makes; null where that is not known. */
  readonly chain: string | null;
  /** Every line is a record, and in order. */
  readonly isInOrder: boolean;
}

/** Holds records against one another and their trailers. */
export function verifyRecords(
  batch: Uint8Array,
  stated: Stated,
  known: Known,
  { ids, tell, sha256 }: Look,
): VerifiedRecords {
  const { records, lines, problems } = verifyBatch(batch);
  let isInOrder = problems.length === 0;
  for (const { reason, ...where } of problems) tell(reason, where);
  const tellRecord: Tell = (reason, where) => {
    isInOrder = false;
    tell(reason, where);
  };
  for (const record of records) verifyRecord(record, known, ids, tellRecord);
  verifyCounts(stated, lines, records.at(-1)?.seq, tell);
  const before = chainBefore(known, sha256);
  const chain = before === null ? null : followingChain(before, batch, sha256);
  if (chain !== null && (stated.chain ?? chain) !== chain) {
    tell("The chain does not continue the parent's with this batch.");
  }
  return { records, chain, isInOrder };
}
