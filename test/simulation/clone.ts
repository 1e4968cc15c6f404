// A clone: a log on a disk that outlives its processes, a mutex between them, and the pin of the remote.
import type { AppendResult, CommitDraft, LocalLog, LogStore, Stage } from '../../src/log/store.ts';
import { Mutex } from './mutex.ts';
import type { Life, Schedule } from './schedule.ts';
import { Commits } from './commits.ts';

/** Local work takes milliseconds; every wait is a place to be killed at, or for others to come in between. */
const localMillisecondsMax = 5;

export class Clone {
  readonly commits = new Commits();
  readonly mutex = new Mutex();
  readonly name: string;
  head: string | null = null;
  pin: string | null = null;
  /** Told of every commit that was decided here, and not of those that were only decided again. */
  onAppended: (clone: Clone, oid: string) => void = () => undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Remembers the remote's head; false when the branch does not hold it, from where no later head can be taken over. */
  movePin(oid: string): boolean {
    this.pin = oid;
    return this.commits.reaches(this.head, oid);
  }

  /** The compare-and-swap of the branch. */
  swap(expected: string | null, next: string): boolean {
    if (this.head !== expected) return false;
    this.head = next;
    return true;
  }
}

/** How one process sees something that several share. */
export interface Sight {
  readonly schedule: Schedule;
  readonly life: Life;
}

interface View {
  readonly head: () => string | null;
  readonly append: LogStore['append'];
  readonly exclusively: LogStore['exclusively'];
}

function logOn(clone: Clone, { schedule, life }: Sight, view: View): LogStore {
  return {
    place: clone.name,
    head: async () => {
      await schedule.point(life, 1);
      return view.head();
    },
    read: async (range) => {
      await schedule.point(life, 1);
      return clone.commits.read(view.head(), range);
    },
    checkpoint: (oid) => Promise.resolve(clone.commits.checkpoint(oid)),
    append: view.append,
    exclusively: view.exclusively,
  };
}

function stageOn(clone: Clone, sight: Sight, onto: string): Stage {
  const { schedule, life } = sight;
  let staged = onto;
  const append = async (draft: CommitDraft, expected: string | null): Promise<AppendResult> => {
    await schedule.point(life, 1);
    if (expected !== staged) return { ok: false, reason: 'stale' };
    staged = clone.commits.write(draft, staged);
    return { ok: true, oid: staged };
  };
  const store = logOn(clone, sight, { head: () => staged, append, exclusively: (work) => work() });
  return {
    store,
    settle: async (expected) => {
      await schedule.point(life, localMillisecondsMax);
      const isMoved = clone.swap(expected, staged);
      await schedule.point(life, localMillisecondsMax);
      return isMoved;
    },
  };
}

/** The clone's log as one process of it has it. */
export function localLogOf(clone: Clone, sight: Sight): LocalLog {
  const { schedule, life } = sight;
  const append = async (draft: CommitDraft, expected: string | null): Promise<AppendResult> => {
    await schedule.point(life, localMillisecondsMax);
    if (clone.head !== expected) return { ok: false, reason: 'stale' };
    const oid = clone.commits.write(draft, expected);
    // Killed here it leaves objects that no branch reaches.
    await schedule.point(life, localMillisecondsMax);
    const isMoved = clone.swap(expected, oid);
    if (isMoved) clone.onAppended(clone, oid);
    await schedule.point(life, localMillisecondsMax);
    return isMoved ? { ok: true, oid } : { ok: false, reason: 'stale' };
  };
  const exclusively: LogStore['exclusively'] = async (work) => {
    await clone.mutex.take(life);
    await schedule.point(life, 1);
    try {
      return await work();
    } finally {
      clone.mutex.free(life);
    }
  };
  const store = logOn(clone, sight, { head: () => clone.head, append, exclusively });
  return { ...store, stage: (onto) => stageOn(clone, sight, onto) };
}
