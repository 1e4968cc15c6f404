// The fold for questions: begun at a snapshot where one is kept, and kept as one where that saves the next question time.
import { checkpointMetaPath } from '../log/format.ts';
import type { NewSnapshot, Position, Snapshot, SnapshotShelf } from '../log/snapshot.ts';
import type { LogStore } from '../log/store.ts';
import { LazyTexts } from '../kernel/lazy-texts.ts';
import { changedFiles, decodeCheckpoint, metaText } from './checkpoint.ts';
import type { Clock } from './clock.ts';
import type { Evolutions, Fold } from './fold.ts';
import { carriesCheckpoint, coldStart, projectionOf, tailWindow, trusting } from './project.ts';
import type { Beginning, Projection } from './project.ts';

/** A projection for questions. */
export interface AnsweringProjection extends Projection {
  /** Keeps a snapshot of what was loaded, where folding it again would take long. */
  keep(): void;
}

/** Folding fewer commits than this takes less time than writing down what they came to. */
const commitsWorthKeeping = 16;

interface Begun extends Beginning {
  /** What had changed since the base already, and what was read of all files. */
  readonly changed: ReadonlyMap<string, string>;
  readonly read: ReadonlyMap<string, string>;
}

/** The same files; what is read of them goes into `read`. */
function noting(files: ReadonlyMap<string, string>, read: Map<string, string>): LazyTexts {
  return new LazyTexts(files.keys(), (path) => {
    const text = read.get(path) ?? files.get(path) ?? '';
    read.set(path, text);
    return text;
  });
}

async function fromSnapshot(
  snapshot: Snapshot,
  store: LogStore,
  evolutions: Evolutions,
): Promise<Begun | null> {
  const { position, tailBytes, base, changed } = snapshot;
  const { commits, isComplete } = await store.read({ until: position.oid, commitsMax: tailWindow });
  if (!isComplete || commits.some(carriesCheckpoint)) return null;
  const read = new Map<string, string>();
  const files = noting(snapshot.files, read);
  const fold = decodeCheckpoint(files, evolutions, position.oid);
  fold.position = position;
  fold.tailBytes = tailBytes;
  // What it came from is no checkpoint of the log: one that is made of this fold has to be whole.
  fold.shelf = null;
  return { fold, base, files, changed, read, commits };
}

async function fromLog(store: LogStore, evolutions: Evolutions): Promise<Begun> {
  const read = new Map<string, string>();
  const checkpoint = async (oid: string): Promise<LazyTexts> =>
    noting(await store.checkpoint(oid), read);
  const beginning = await coldStart({ ...store, checkpoint }, evolutions);
  return { ...beginning, changed: new Map(), read };
}

function snapshotOf(begun: Begun, position: Position): NewSnapshot {
  const { fold, base, files, read } = begun;
  const changed = new Map(begun.changed);
  const paths = new Set(files.keys());
  const meta: [string, string] = [checkpointMetaPath, metaText(fold, fold.checkpointBytes)];
  for (const [path, text] of [...changedFiles(fold, false), meta]) {
    if (text === null) paths.delete(path);
    else paths.add(path);
    changed.set(path, text ?? '');
  }
  const isKept = ([path]: readonly [string, string]): boolean => paths.has(path);
  const copied = [...read].filter((each) => isKept(each) && !changed.has(each[0]));
  return {
    ...{ position, tailBytes: fold.tailBytes, base, paths: [...paths] },
    changed: new Map([...changed].filter(isKept)),
    copied: new Map(copied),
  };
}

/** Like `projectionOf`, but begun at a snapshot where there is one. Nothing is decided on it: a cache is nobody's word. */
export function answeringProjection(
  store: LogStore,
  evolutions: Evolutions,
  clock: Clock,
  shelf: SnapshotShelf,
): AnsweringProjection {
  let begun: Begun | null = null;

  async function begin(): Promise<Begun> {
    const kept = shelf.read();
    const fitting = kept === null ? null : await fromSnapshot(kept, store, evolutions);
    if (kept !== null && fitting === null) shelf.remove();
    begun = fitting ?? (await fromLog(store, evolutions));
    return begun;
  }

  const projection = projectionOf(store, evolutions, clock, { ...trusting, begin });
  return {
    ...projection,
    keep() {
      const position: Fold['position'] = begun?.fold.position ?? null;
      if (begun === null || position === null) return;
      if (begun.commits.length >= commitsWorthKeeping) shelf.keep(snapshotOf(begun, position));
    },
  };
}
