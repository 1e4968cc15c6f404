// The reference store: a log in memory, for tests and simulations.
import { checkpointFolder } from './format.ts';
import type {
  AppendResult,
  CommitDraft,
  LogCommit,
  LogStore,
  Provenance,
  ReadRange,
  ReadResult,
} from './store.ts';

interface Stored extends LogCommit {
  readonly tree: ReadonlyMap<string, string>;
}

function treeOf(draft: CommitDraft, parent: Stored | undefined): Map<string, string> {
  const goes = (path: string): boolean =>
    draft.removed.includes(path) || (draft.replacesCheckpoint && path.startsWith(checkpointFolder));
  const carried = [...(parent?.tree ?? [])].filter(([path]) => !goes(path));
  return new Map([...carried, ...draft.files]);
}

/** A store that forgets everything with the process; commits are named `m1`, `m2` and so on. */
export function memoryStore(provenance: Provenance = 'here'): LogStore {
  const commits: Stored[] = [];
  const indexOf = (oid: string): number => commits.findIndex((commit) => commit.oid === oid);
  const headOf = (): string | null => commits.at(-1)?.oid ?? null;
  let tail: Promise<unknown> = Promise.resolve();

  function read(range: ReadRange): ReadResult {
    const last = range.from === undefined ? commits.length - 1 : indexOf(range.from);
    const stop = range.until === undefined ? -1 : indexOf(range.until);
    const first = Math.max(stop + 1, last + 1 - range.commitsMax, 0);
    const isKnown = range.until === undefined || stop >= 0;
    return {
      head: headOf(),
      commits: commits.slice(first, last + 1),
      isComplete: isKnown && first === stop + 1,
    };
  }

  function append(draft: CommitDraft, expected: string | null): AppendResult {
    const parent = commits.at(-1);
    if ((parent?.oid ?? null) !== expected) return { ok: false, reason: 'stale' };
    const oid = `m${commits.length + 1}`;
    commits.push({
      oid,
      parents: parent === undefined ? [] : [parent.oid],
      message: draft.message,
      batch: draft.files.get('batch.ndjson') ?? '',
      provenance,
      tree: treeOf(draft, parent),
    });
    return { ok: true, oid };
  }

  return {
    place: 'memory',
    head: () => Promise.resolve(headOf()),
    read: (range) => Promise.resolve(read(range)),
    checkpoint: (oid) => {
      const tree = commits[indexOf(oid)]?.tree ?? new Map<string, string>();
      return Promise.resolve(
        new Map([...tree].filter(([path]) => path.startsWith(checkpointFolder))),
      );
    },
    append: (draft, expected) => Promise.resolve(append(draft, expected)),
    exclusively: (work) => {
      const turn = tail.then(work, work);
      tail = turn.catch(() => undefined);
      return turn;
    },
  };
}
