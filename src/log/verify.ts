// The verifier: holds commits of the log against format 1. Shares nothing with the writer but the format's constants.
import { limits } from '../kernel/limits.ts';
import {
  batchPath,
  boardPath,
  checkpointFolder,
  checkpointMetaPath,
  formatPath,
  formatText,
  trailers,
} from './format.ts';
import { verifyBatch } from './verify-batch.ts';
import type { Problem, VerifiedRecord } from './verify-batch.ts';
import { statedBy } from './verify-trailers.ts';
import type { Stated, Tell } from './verify-trailers.ts';

export interface TreeFile {
  readonly path: string;
  /** Octal, as git stores it. */
  readonly mode: string;
}

/** One commit as it was found; nothing in it is believed. */
export interface Evidence {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly message: string;
  /** Files of the tree; what is below an unchanged checkpoint may be left out. */
  readonly files: readonly TreeFile[];
  /** Null when absent or unreadable. */
  readonly batch: Uint8Array | null;
  readonly format: string | null;
  /** Identity of the checkpoint's folder, and the text of its meta file; null when absent or unreadable. */
  readonly checkpoint: string | null;
  readonly meta: string | null;
  /** Objects that could not be read, by path. */
  readonly unreadable: readonly Omit<Problem, 'commit'>[];
}

export interface Report {
  readonly commits: number;
  readonly records: number;
  readonly head: string | null;
  readonly seq: number;
  /** Chain value in hex that the last commit states. */
  readonly chain: string;
  readonly problems: readonly Problem[];
}

/** What is known of the log up to a commit; null where nothing is, as at the boundary of a shallow history. */
interface Known {
  oid: string | null;
  seq: number | null;
  tail: number | null;
  chain: string | null;
  at: string;
  checkpoint: string | null;
  log: string | null;
  records: number;
  /** The next commit is the genesis. */
  isAtGenesis: boolean;
  /** The next commit is the first of a history whose beginning is not here. */
  isOpen: boolean;
}

export interface VerifyOptions {
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  /** The first commit is to be the genesis; otherwise it is a boundary whose trailers are taken as they are. */
  readonly startsAtGenesis: boolean;
}

/** Stands for the path of a tree that could not be read at all. */
export const wholeTree = '.';
const fileMode = '100644';
const rootFiles = [formatPath, batchPath, boardPath];
const hexPair = /../g;

function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += (byte < 16 ? '0' : '') + byte.toString(16);
  return hex;
}

function followingChain(
  before: string,
  batch: Uint8Array,
  sha256: VerifyOptions['sha256'],
): string {
  const previous = (before.match(hexPair) ?? []).map((pair) => Number.parseInt(pair, 16));
  return hexOf(sha256(new Uint8Array([...previous, ...sha256(batch)])));
}

/** Tells the reason of every rule that is broken. */
function tellBroken(rules: readonly (readonly [isBroken: boolean, reason: string])[], tell: Tell) {
  for (const [isBroken, reason] of rules) if (isBroken) tell(reason);
}

function verifyParents({ parents }: Evidence, known: Known, isGenesis: boolean, tell: Tell): void {
  const [parent = known.oid] = parents;
  const rules = [
    [parents.length > 1, `It is a merge of ${parents.length} commits; the log is linear.`],
    [isGenesis && parents.length > 0, 'It should be the genesis, but has a parent.'],
    [!isGenesis && parents.length === 0, 'It has no parent, but is not the genesis.'],
    [known.oid !== null && parent !== known.oid, `Its parent is ${parent ?? ''}.`],
  ] as const;
  tellBroken(rules, tell);
}

function verifyMode({ path, mode }: TreeFile, tell: Tell): void {
  const belongs = rootFiles.includes(path) || path.startsWith(checkpointFolder);
  if (!belongs) tell('The file does not belong on the log.', { path });
  else if (mode !== fileMode) tell(`It has mode ${mode}, not ${fileMode}.`, { path });
}

function verifyFiles({ files, format, batch, unreadable }: Evidence, tell: Tell): void {
  for (const { reason, ...where } of unreadable) tell(reason, where);
  for (const file of files) verifyMode(file, tell);
  const isLost = (path: string): boolean =>
    unreadable.some((each) => each.path === path || each.path === wholeTree);
  if (batch === null && !isLost(batchPath)) tell('The batch is missing.', { path: batchPath });
  if (format !== formatText && !isLost(formatPath)) {
    tell('The file does not say `coord-log 1`.', { path: formatPath });
  }
}

/** A tail of 0 marks a new checkpoint, and only that. */
function verifyCheckpoint({ checkpoint }: Evidence, tail: number, known: Known, tell: Tell): void {
  const where = { path: checkpointFolder };
  const isNew = checkpoint !== known.checkpoint;
  if (known.isOpen || isNew === (tail === 0)) return;
  if (isNew) tell(`The checkpoint changed, but ${trailers.tail} is ${tail}.`, where);
  else tell(`${trailers.tail} is 0, but the checkpoint is the parent's.`, where);
}

function verifyTail(tail: number, known: Known, tell: Tell): void {
  const next = known.tail === null ? tail : known.tail + 1;
  const isLeap = tail > 0 && tail !== next;
  const rules = [
    [isLeap, `${trailers.tail} is ${tail}; ${next} follows the parent's.`],
    [tail > limits.tailCommitsMax, `${trailers.tail} exceeds ${limits.tailCommitsMax}.`],
  ] as const;
  tellBroken(rules, tell);
}

function verifyMeta({ meta }: Evidence, log: string | null, tell: Tell): void {
  if (meta === null) return;
  let named: unknown = null;
  try {
    named = (JSON.parse(meta) as { log?: unknown } | null)?.log;
  } catch {
    // Not JSON, so it names no log.
  }
  if (named !== log) tell('The checkpoint is not one of this log.', { path: checkpointMetaPath });
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

interface Look {
  readonly ids: Set<string>;
  readonly tell: Tell;
  readonly sha256: VerifyOptions['sha256'];
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

function chainBefore({ isAtGenesis, log, chain }: Known, sha256: VerifyOptions['sha256']) {
  return isAtGenesis ? hexOf(sha256(new TextEncoder().encode(log ?? ''))) : chain;
}

/** Records against their trailers; answers the chain that this batch makes, null where that is not known. */
function verifyRecords(
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

/** Holds one commit against what is known; what it states is believed for the next, so that one break is told once. */
function verifyCommit(evidence: Evidence, known: Known, look: Look): void {
  const { tell } = look;
  verifyParents(evidence, known, known.isAtGenesis, tell);
  verifyFiles(evidence, tell);
  const stated = statedBy(evidence.message, tell);
  const { batch, checkpoint, oid } = evidence;
  const chain = batch === null ? null : verifyRecords(batch, stated, known, look);
  if (checkpoint === null) tell('The checkpoint is missing.', { path: checkpointFolder });
  if (stated.tail !== null) {
    verifyCheckpoint(evidence, stated.tail, known, tell);
    verifyTail(stated.tail, known, tell);
  }
  verifyMeta(evidence, known.log, tell);
  known.seq = stated.seq ?? known.seq;
  known.chain = stated.chain ?? chain;
  known.tail = stated.tail;
  Object.assign(known, { oid, checkpoint, isAtGenesis: false, isOpen: checkpoint === null });
}

/** Holds the commits of a history, oldest first, against format 1; every problem names its commit. */
export function verifyLog(history: Iterable<Evidence>, options: VerifyOptions): Report {
  const { sha256, startsAtGenesis } = options;
  const problems: Problem[] = [];
  const ids = new Set<string>();
  const known: Known = {
    ...{ oid: null, seq: startsAtGenesis ? 0 : null, tail: null, chain: null },
    ...{ at: '', checkpoint: null, log: null, records: 0 },
    ...{ isAtGenesis: startsAtGenesis, isOpen: !startsAtGenesis },
  };
  let commits = 0;
  for (const evidence of history) {
    const tell: Tell = (reason, where = {}) =>
      problems.push({ commit: evidence.oid, ...where, reason });
    verifyCommit(evidence, known, { ids, tell, sha256 });
    commits += 1;
  }
  const { records, oid: head, seq, chain } = known;
  return { commits, records, head, seq: seq ?? 0, chain: chain ?? '', problems };
}
