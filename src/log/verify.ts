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
import type { Problem } from './verify-batch.ts';
import { continues, verifyEpoch } from './verify-epoch.ts';
import type { Beginning } from './verify-epoch.ts';
import { knownFrom, markOf, nothingKnown } from './verify-known.ts';
import type { Known, Mark } from './verify-known.ts';
import { verifyRecords } from './verify-records.ts';
import type { Digest, Look, VerifiedRecords } from './verify-records.ts';
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
  /** As git has them: what the first commit of an epoch continues stands in its message only. */
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

export interface VerifyOptions {
  readonly sha256: Digest;
  /** The first commit is to be the genesis; otherwise it is a boundary whose trailers are taken as they are. */
  readonly startsAtGenesis: boolean;
}

/** Stands for the path of a tree that could not be read at all. */
export const wholeTree = '.';
const fileMode = '100644';
const rootFiles = [formatPath, batchPath, boardPath];

function verifyParents(beginning: Beginning, known: Known, tell: Tell): void {
  const { length } = beginning.parents;
  const parent = continues(beginning);
  const isGenesis = known.isAtGenesis;
  if (length > 1) tell(`It is a merge of ${length} commits; the log is linear.`);
  if (isGenesis !== (parent === null)) {
    tell(
      isGenesis
        ? 'It should be the genesis, but has a parent.'
        : 'It has no parent, but is not the genesis.',
    );
  }
  if (known.oid !== null && (parent ?? known.oid) !== known.oid)
    tell(`Its parent is ${parent ?? ''}.`);
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
  if (tail > 0 && tail !== next) tell(`${trailers.tail} is ${tail}; ${next} follows the parent's.`);
  if (tail > limits.tailCommitsMax) tell(`${trailers.tail} exceeds ${limits.tailCommitsMax}.`);
}

/** Letting go belongs to a checkpoint, and nothing is past that has not happened yet. */
function verifyKept({ kept, tail }: Stated, known: Known, tell: Tell): void {
  if (kept === null) return;
  if (tail !== 0) tell(`${trailers.kept} stands where there is no new checkpoint.`);
  const late = kept.find((each) => each > known.at);
  if (late !== undefined)
    tell(`${trailers.kept} says ${late}, but the last record is of ${known.at}.`);
}

interface Meta {
  readonly log?: unknown;
  readonly reducer?: unknown;
}

function metaIn(text: string): Meta {
  try {
    return (JSON.parse(text) as Meta | null) ?? {};
  } catch {
    // Not JSON, so it names no log.
    return {};
  }
}

/** A checkpoint names its log, and the reducer that wrote it, which nobody can go back behind. */
function verifyMeta(text: string, known: Known, tell: Tell): void {
  const { log, reducer } = metaIn(text);
  const where: Tell = (reason) => tell(reason, { path: checkpointMetaPath });
  if (log !== known.log) where('The checkpoint is not one of this log.');
  if (typeof reducer !== 'number') {
    where('The checkpoint does not say which reducer wrote it.');
    return;
  }
  const before = known.reducer ?? reducer;
  if (reducer < before) where(`Reducer ${reducer} is older than ${before} of the one before.`);
  known.reducer = reducer;
}

const nothingRead: VerifiedRecords = { records: [], chain: null, isInOrder: false };

/** Holds one commit against what is known; what it states is believed for the next, so that one break is told once. */
function verifyCommit(evidence: Evidence, known: Known, look: Look): VerifiedRecords {
  const { tell } = look;
  const { batch, checkpoint, meta, oid, parents } = evidence;
  const stated = statedBy(evidence.message, tell);
  const beginning = { parents, stated };
  verifyParents(beginning, known, tell);
  verifyFiles(evidence, tell);
  const read = batch === null ? nothingRead : verifyRecords(batch, stated, known, look);
  verifyEpoch({ ...beginning, records: read.records, known }, tell);
  if (checkpoint === null) tell('The checkpoint is missing.', { path: checkpointFolder });
  verifyKept(stated, known, tell);
  if (stated.tail !== null) {
    verifyCheckpoint(evidence, stated.tail, known, tell);
    verifyTail(stated.tail, known, tell);
  }
  if (meta !== null && checkpoint !== known.checkpoint) verifyMeta(meta, known, tell);
  known.seq = stated.seq ?? known.seq;
  known.chain = stated.chain ?? read.chain;
  known.tail = stated.tail;
  known.commits += 1;
  Object.assign(known, { oid, checkpoint, isAtGenesis: false, isOpen: checkpoint === null });
  return read;
}

/** A verifier in the middle of its work: commits come one by one, oldest first. */
export interface Verifier {
  /** Holds the next commit against format 1; answers its records as far as they could be read. */
  add(evidence: Evidence): VerifiedRecords;
  /** Problems so far; it grows with every commit. */
  readonly problems: readonly Problem[];
  /** Ids of all records so far. */
  readonly ids: ReadonlySet<string>;
  /** Where it stands; null where not enough is known to go on from there another time. */
  mark(): Mark | null;
  report(): Report;
}

function verifierFrom(known: Known, ids: Set<string>, sha256: Digest): Verifier {
  const problems: Problem[] = [];
  return {
    problems,
    ids,
    add: (evidence) => {
      const tell: Tell = (reason, where = {}) =>
        problems.push({ commit: evidence.oid, ...where, reason });
      return verifyCommit(evidence, known, { ids, tell, sha256 });
    },
    mark: () => markOf(known),
    report: () => {
      const { commits, records, oid: head, seq, chain } = known;
      return { commits, records, head, seq: seq ?? 0, chain: chain ?? '', problems };
    },
  };
}

/** A verifier before the first commit of a history. */
export function openVerifier({ sha256, startsAtGenesis }: VerifyOptions): Verifier {
  return verifierFrom(nothingKnown(startsAtGenesis), new Set(), sha256);
}

/** A verifier that goes on after a commit up to which the log was found good, with the ids of all records till then. */
export function resumeVerifier(mark: Mark, ids: Iterable<string>, sha256: Digest): Verifier {
  return verifierFrom(knownFrom(mark), new Set(ids), sha256);
}

/** Holds the commits of a history, oldest first, against format 1; every problem names its commit. */
export function verifyLog(history: Iterable<Evidence>, options: VerifyOptions): Report {
  const verifier = openVerifier(options);
  for (const evidence of history) verifier.add(evidence);
  return verifier.report();
}
