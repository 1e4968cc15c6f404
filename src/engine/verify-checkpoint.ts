// Folds records again and holds every checkpoint on the way against what they come to, file by file.
import { Fault, messageOf } from '../kernel/fault.ts';
import { checkpointMetaPath, reducerVersion } from '../log/format.ts';
import { parseMessage } from '../log/message.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogCommit } from '../log/store.ts';
import { statedBy } from '../log/verify-trailers.ts';
import { takeCheckpoint } from './checkpoint.ts';
import { applyRecord, emptyFold, eventProblem, letGo } from './fold.ts';
import type { Evolutions, Fold } from './fold.ts';
import { foldAt } from './project.ts';

/** A checkpoint as it lies in a commit's tree. */
export interface FoundCheckpoint {
  /** What the content of a file is known by, by its full path. */
  readonly files: ReadonlyMap<string, string>;
  /** Text of the meta file; null where there is none. */
  readonly meta: string | null;
}

/** What folding again takes beside the records. */
export interface Refolding {
  /** The shipped reducer: there is no other by which a checkpoint could be judged. */
  readonly evolutions: Evolutions;
  /** What a text would be known by as the content of a file. */
  readonly identify: (text: string) => string;
}

export interface RefoldProblem {
  readonly commit: string;
  readonly path?: string;
  readonly reason: string;
}

/** A commit whose records are in order. */
export interface FoldedCommit {
  readonly oid: string;
  readonly message: string;
  readonly records: readonly LogRecord[];
}

/** A fold that goes along the log and looks at the checkpoints it passes. */
export interface Refold {
  /** The next commit, and the checkpoint of its tree, which is asked for only where it is a new one. */
  add(commit: FoldedCommit, checkpoint: () => FoundCheckpoint): void;
  readonly problems: readonly RefoldProblem[];
  /** The commit that could not be folded, after which nothing was compared; null while there was none. */
  stopped(): RefoldProblem | null;
  /** Checkpoints that were compared, and those of older reducers, which were not. */
  readonly counts: { readonly compared: number; readonly outgrown: number };
}

interface Work {
  readonly fold: Fold;
  /** The files of a checkpoint here, as the records make them. */
  readonly expected: Map<string, string>;
  /** Files that are wrong, with what they are known by; what is carried over is told once. */
  readonly told: Map<string, string | undefined>;
  readonly problems: RefoldProblem[];
  readonly counts: { compared: number; outgrown: number };
  /** Whether what did not change since the checkpoint before is known to be good, and need not be made again. */
  readonly carriesOver: boolean;
  /** What is folded, for people. */
  readonly from: string;
  stopped: RefoldProblem | null;
}

/** Whether the commit says that it carries a new checkpoint. */
export function saysCheckpoint({ message }: Pick<LogCommit, 'message'>): boolean {
  return statedBy(message, () => undefined).tail === 0;
}

function metaOf(text: string | null): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(text ?? '') as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}

/** What a meta file says otherwise than it should, field by field. */
function metaReason(found: string | null, made: string): string {
  const [says, should] = [metaOf(found), metaOf(made)];
  const wrong = Object.keys({ ...should, ...says }).filter(
    (key) => JSON.stringify(says[key]) !== JSON.stringify(should[key]),
  );
  const told = wrong.map((key) => {
    const value = JSON.stringify(says[key] ?? null).slice(0, 80);
    return `\`${key}\` is ${value} and should be ${JSON.stringify(should[key] ?? null).slice(0, 80)}`;
  });
  return told.length === 0 ? 'It is not written as it should be.' : `${told.join('; ')}.`;
}

interface Made {
  /** Text that the meta file should have. */
  readonly meta: string;
  /** What is folded, for the sentence. */
  readonly from: string;
}

function reasonFor(path: string, { files, meta }: FoundCheckpoint, made: Made): string {
  if (!files.has(path)) return `The file is missing: ${made.from} come to it.`;
  if (path === checkpointMetaPath) return metaReason(meta, made.meta);
  return `It is not what ${made.from} come to.`;
}

type Difference = Omit<RefoldProblem, 'commit'> & { readonly path: string };

/** How the files of a checkpoint differ from what the records come to. */
function differences(
  expected: ReadonlyMap<string, string>,
  found: FoundCheckpoint,
  made: Made,
): Difference[] {
  const { files } = found;
  const wrong = [...expected].filter(([path, identity]) => files.get(path) !== identity);
  const strange = [...files.keys()].filter((path) => !expected.has(path));
  return [
    ...wrong.map(([path]) => ({ path, reason: reasonFor(path, found, made) })),
    ...strange.map((path) => ({ path, reason: `No such file is what ${made.from} come to.` })),
  ];
}

/** The differences that are not just those of the checkpoint before, carried over. */
function news(told: Work['told'], all: readonly Difference[], { files }: FoundCheckpoint) {
  const fresh = all.filter(({ path }) => !told.has(path) || told.get(path) !== files.get(path));
  told.clear();
  for (const { path } of all) told.set(path, files.get(path));
  return fresh;
}

/** The checkpoint that this fold would write, taken over into what is expected; answers the text of its meta file. */
function expectCheckpoint({ fold, expected }: Work, identify: Refolding['identify']): string {
  const { files, removed, isWhole } = takeCheckpoint(fold);
  if (isWhole) expected.clear();
  for (const path of removed) expected.delete(path);
  for (const [path, text] of files) expected.set(path, identify(text));
  return files.get(checkpointMetaPath) ?? '';
}

function newerReducer(commit: string, reducer: number): RefoldProblem {
  const reason = `Reducer ${reducer} wrote it; this coord has ${reducerVersion}. Install the newer coord and verify again.`;
  return { commit, path: checkpointMetaPath, reason };
}

function compare(work: Work, commit: string, found: FoundCheckpoint, meta: string): void {
  const made = { meta, from: work.from };
  const { reducer } = metaOf(found.meta);
  if (typeof reducer === 'number' && reducer < reducerVersion) {
    work.counts.outgrown += 1;
    return;
  }
  work.counts.compared += 1;
  const isNewer = typeof reducer === 'number' && reducer > reducerVersion;
  const told = isNewer
    ? [newerReducer(commit, reducer)]
    : news(work.told, differences(work.expected, found, made), found).map((each) => ({
        commit,
        ...each,
      }));
  work.problems.push(...told);
}

function foldRecord(fold: Fold, evolutions: Evolutions, record: LogRecord): void {
  for (const event of record.events) {
    const problem = eventProblem(evolutions, event);
    if (problem !== null) {
      const { seq } = record;
      throw new Fault('log-corrupt', `seq ${seq}: ${event.type}: ${problem}.`, { seq });
    }
  }
  applyRecord(fold, evolutions, record);
}

function step(
  work: Work,
  commit: FoldedCommit,
  checkpoint: () => FoundCheckpoint,
  { evolutions, identify }: Refolding,
): void {
  const { fold } = work;
  for (const record of commit.records) foldRecord(fold, evolutions, record);
  if (!saysCheckpoint(commit)) return;
  // As every reader does with a checkpoint, and every writer before it writes one.
  const { kept } = parseMessage(commit.message, commit.oid);
  letGo(fold, evolutions, commit.records.at(-1)?.at ?? '', kept);
  if (!work.carriesOver) fold.shelf = null;
  const meta = expectCheckpoint(work, identify);
  compare(work, commit.oid, checkpoint(), meta);
}

/** Steps until something cannot be folded: what comes after that cannot be judged. */
function refold(work: Work, refolding: Refolding): Refold {
  return {
    problems: work.problems,
    counts: work.counts,
    stopped: () => work.stopped,
    add(commit, checkpoint) {
      if (work.stopped !== null) return;
      try {
        step(work, commit, checkpoint, refolding);
      } catch (error) {
        const reason = `Folding stops here, and no later checkpoint was compared: ${messageOf(error)}`;
        work.stopped = { commit: commit.oid, reason };
      }
    },
  };
}

function workOn(fold: Fold, carriesOver: boolean): Work {
  return {
    ...{ fold, carriesOver, problems: [], stopped: null },
    ...{ expected: new Map(), told: new Map(), counts: { compared: 0, outgrown: 0 } },
    from: carriesOver ? 'the records' : 'the checkpoint before and the records since',
  };
}

/** Folds from the genesis on. */
export function refoldFromGenesis(refolding: Refolding): Refold {
  return refold(workOn(emptyFold(refolding.evolutions), true), refolding);
}

/** The checkpoint that folding starts at: its commit, its texts, and what they are known by. */
export interface StartCheckpoint {
  readonly commit: LogCommit;
  readonly texts: ReadonlyMap<string, string>;
  readonly found: FoundCheckpoint;
  /** It was itself held against the records before, so that what it has need not be made again. */
  readonly isVerified: boolean;
}

/**
 * Folds from a checkpoint on, which is believed; Fault `log-corrupt` or `reducer-version` where it cannot be read.
 * Unless it was verified, every checkpoint after it is made as a whole.
 */
export function refoldFrom(start: StartCheckpoint, refolding: Refolding): Refold {
  const { commit, texts, found, isVerified } = start;
  const work = workOn(foldAt(commit, texts, refolding.evolutions), isVerified);
  for (const [path, identity] of found.files) work.expected.set(path, identity);
  return refold(work, refolding);
}
