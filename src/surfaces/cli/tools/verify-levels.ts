// Verification as deep as was asked for: which commits are looked at, from what on, and what is folded again.
import { hash } from 'node:crypto';
import { evidenceInTurns } from '../../../adapters/git/commit-evidence.ts';
import { historyOf, wholeHistory } from '../../../adapters/git/evidence.ts';
import type { History } from '../../../adapters/git/evidence.ts';
import type { GitStore } from '../../../adapters/git/store/git-store.ts';
import { fitsItsCommit } from '../../../adapters/git/verified-mark.ts';
import type { VerifiedMark } from '../../../adapters/git/verified-mark.ts';
import type { Evolutions } from '../../../engine/fold.ts';
import { saysCheckpoint } from '../../../engine/verify-checkpoint.ts';
import type { Refold } from '../../../engine/verify-checkpoint.ts';
import { limits } from '../../../kernel/limits.ts';
import { checkpointMetaPath } from '../../../log/format.ts';
import type { Problem } from '../../../log/verify-batch.ts';
import type { SignatureReport, SpokenCommit } from '../../../log/verify-signature.ts';
import type { Mark } from '../../../log/verify-known.ts';
import type { VerifiedRecords } from '../../../log/verify-records.ts';
import { openVerifier, resumeVerifier } from '../../../log/verify.ts';
import type { Evidence, Report, Verifier } from '../../../log/verify.ts';
import { Folding } from './verify-folding.ts';
import type { SignatureJudges } from './verify-signatures.ts';

export const levels = ['window', 'checkpoint', 'genesis'] as const;
export type Level = (typeof levels)[number];

/** A log to look at. */
export interface Place {
  readonly store: GitStore;
  /** Commits whose parents are not here. */
  readonly boundary: readonly string[];
  readonly head: string;
  readonly evolutions: Evolutions;
  /** Up to where it was verified before; null to look at everything. */
  readonly before: VerifiedMark | null;
  readonly senders: SignatureJudges;
}

export interface Verified {
  readonly level: Level;
  readonly report: Report;
  readonly problems: readonly Problem[];
  /** What permits something while nothing here shows who vouches for it. */
  readonly unproven: readonly Problem[];
  /** Checkpoints that were held against the records, and those of older reducers, which could not be. */
  readonly checkpoints: Refold['counts'];
  /** From where on the commits were looked at, when it was not the first one asked for. */
  readonly since: Mark | null;
  /** How far it was found good, for the next time; null where it is not good, or not known from the genesis on. */
  readonly mark: VerifiedMark | null;
  /** The commits that were asked for go further back than what is here. */
  readonly isShort: boolean;
  /** The first commit that was looked at. */
  readonly first: string | null;
}

// By way of a text, which costs a third less than having Node make the bytes.
const sha256 = (bytes: Uint8Array): Uint8Array =>
  Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');

/** The commits of a level, as far as they are here. */
async function historyAt({ store, boundary, head, before }: Place, asked: Level | undefined) {
  if (asked === 'window') {
    const isLast = (_commit: unknown, _oid: string, count: number): boolean =>
      count > limits.tailCommitsMax;
    return historyOf(store, head, { boundary, isLast });
  }
  if (asked === 'checkpoint') {
    let checkpoints = 0;
    const isLast = (commit: { readonly message: string }): boolean => {
      if (saysCheckpoint(commit)) checkpoints += 1;
      return checkpoints === 2;
    };
    return historyOf(store, head, { boundary, isLast });
  }
  if (before === null) return wholeHistory(store, head, boundary);
  return historyOf(store, head, { boundary, isLast: (_commit, oid) => oid === before.mark.oid });
}

/** Where the work begins: at the genesis, at what was verified before, or at the first commit that is here. */
interface Beginning {
  readonly history: History;
  readonly since: VerifiedMark | null;
  readonly level: Level;
  readonly isShort: boolean;
}

/** The mark, where the walk ended at it. */
function markMet(history: History, { before }: Place, asked: Level | undefined) {
  const goesBack = asked === undefined || asked === 'genesis';
  return goesBack && history.oids[0] === before?.mark.oid ? before : null;
}

function beginningOf(history: History, place: Place, asked: Level | undefined): Beginning {
  const since = markMet(history, place, asked);
  const isWhole = since !== null || history.end === 'genesis';
  const level = asked ?? (isWhole ? 'genesis' : 'window');
  const isShort = !isWhole && history.end === 'boundary' && level !== 'window';
  return { history, since, level, isShort };
}

function verifierFor({ history, since }: Beginning): Verifier {
  if (since !== null) return resumeVerifier(since.mark, since.ids, sha256);
  return openVerifier({ sha256, startsAtGenesis: history.end === 'genesis' });
}

/** Nothing folds along where a window is all that is asked for. */
function foldingFor({ store, evolutions }: Place, { history, since, level }: Beginning): Folding {
  const isAtGenesis = since === null && history.end === 'genesis';
  const from = isAtGenesis ? 'genesis' : 'checkpoint';
  const options = { store, evolutions, isVerified: since !== null };
  return new Folding({ ...options, from: level === 'window' ? null : from });
}

interface Looked {
  readonly verifier: Verifier;
  readonly folding: Folding;
  readonly senders: SignatureReport;
  /** The newest checkpoint at which everything was good, and nothing had been said of keys. */
  readonly good: Mark | null;
}

/** Where every line is a record, it need not be read again to see who said it. */
function spoken({ oid, batch }: Evidence, { records, isInOrder }: VerifiedRecords): SpokenCommit {
  return isInOrder ? { oid, batch, lines: records.map(({ fields }) => fields) } : { oid, batch };
}

async function lookThrough(place: Place, beginning: Beginning): Promise<Looked> {
  const { history, since } = beginning;
  const verifier = verifierFor(beginning);
  const folding = foldingFor(place, beginning);
  // Behind a mark no key was added yet, so the judge knows as much as one that began at the genesis.
  const judge = place.senders.open(since !== null || history.end === 'genesis');
  const good: Mark[] = [];
  const look = (evidence: Evidence): void => {
    if (evidence.oid === since?.mark.oid) {
      // It was looked at when the mark was made; here it is only folded on from.
      folding.add(evidence, { records: [], isInOrder: true });
      return;
    }
    const verified = verifier.add(evidence);
    folding.add(evidence, verified);
    judge.look(spoken(evidence, verified));
    const mark = saysCheckpoint(evidence) ? verifier.mark() : null;
    // Behind a mark nobody would know again which keys had ended by then, nor what was told: so it stays before that.
    if (mark !== null && verifier.problems.length === 0 && judge.isSilent()) good.push(mark);
  };
  for await (const { commits, source } of evidenceInTurns(place.store, history.oids)) {
    folding.readFrom(source);
    commits.forEach(look);
  }
  return { verifier, folding, good: good.at(-1) ?? null, senders: judge.report() };
}

/** An older reducer's checkpoint that is all that was asked about is no pass: only the records before it tell what it should be. */
function outgrownProblem(
  { level }: Beginning,
  head: string,
  { compared, outgrown }: Refold['counts'],
): Problem[] {
  if (level !== 'checkpoint' || compared > 0 || outgrown === 0) return [];
  const reason =
    'An older coord wrote the newest checkpoint, so it cannot be compared; this coord does not start at it either. `coord verify --level genesis` verifies the records.';
  return [{ commit: head, path: checkpointMetaPath, reason }];
}

function markFor(
  { senders: { trustsShell } }: Place,
  { level }: Beginning,
  { good, verifier }: Looked,
): VerifiedMark | null {
  if (level !== 'genesis' || good === null) return null;
  return { mark: good, ids: [...verifier.ids].slice(0, good.records), trustsShell };
}

function problemsOf(place: Place, beginning: Beginning, looked: Looked): readonly Problem[] {
  const { verifier, folding, senders } = looked;
  const { problem } = beginning.history;
  const found = [
    ...(problem === null ? [] : [problem]),
    ...verifier.problems,
    ...senders.problems,
    ...folding.all(),
    ...outgrownProblem(beginning, place.head, folding.counts),
  ];
  const stopped = folding.stopped();
  // What cannot be folded has mostly been told already, and better.
  return stopped !== null && found.length === 0 ? [stopped] : found;
}

function withFittingMark(place: Place): Place {
  const isGood = place.before !== null && fitsItsCommit(place.store, place.before.mark);
  return isGood ? place : { ...place, before: null };
}

/** Verifies a log at a level; without one, from the genesis on where that is here, and else all that is here. */
export async function verifyAt(given: Place, asked: Level | undefined): Promise<Verified> {
  const place = withFittingMark(given);
  const history = await historyAt(place, asked);
  const beginning = beginningOf(history, place, asked);
  const looked = await lookThrough(place, beginning);
  const { verifier, folding, senders } = looked;
  const problems = problemsOf(place, beginning, looked);
  const { level, isShort } = beginning;
  return {
    ...{ level, problems, isShort, report: verifier.report(), unproven: senders.unproven },
    checkpoints: folding.counts,
    since: beginning.since?.mark ?? null,
    mark: problems.length === 0 ? markFor(place, beginning, looked) : null,
    first: history.oids[0] ?? null,
  };
}
