// The port every store of the log serves: read commits, append one by compare-and-swap.

/** Where a commit came from, as far as the store can tell. */
export type Provenance =
  /** GitHub made and signed it for our own App. */
  | 'github'
  /** Written on this machine into a log that has no remote. */
  | 'here'
  /** Pushed by somebody who could push. */
  | 'elsewhere';

/** One commit of the log with its batch as text. */
export interface LogCommit {
  readonly oid: string;
  /** What it continues: its parents, or for the first commit of a later epoch the last one of the epoch before. */
  readonly parents: readonly string[];
  readonly message: string;
  readonly batch: string;
  readonly provenance: Provenance;
}

/** What an append changes: the batch always, other files only when a checkpoint is due, and of those what is new. */
export interface CommitDraft {
  readonly message: string;
  /** Author and committer time, ISO 8601 UTC. */
  readonly at: string;
  /** Path to text; `batch.ndjson` is always there. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths of the parent that go; everything else of it that `files` does not name stays. */
  readonly removed: readonly string[];
  /** Nothing of what the parent has under `checkpoint/` stays but what `files` names. */
  readonly replacesCheckpoint: boolean;
}

/** A walk from `from` (the head by default) along the parents. */
export interface ReadRange {
  readonly from?: string;
  /** Stop before this commit. */
  readonly until?: string;
  readonly commitsMax: number;
}

export interface ReadResult {
  readonly head: string | null;
  /** Oldest first. */
  readonly commits: readonly LogCommit[];
  /** `until`, or the genesis, was reached. */
  readonly isComplete: boolean;
}

export type AppendResult =
  | { readonly ok: true; readonly oid: string }
  /** Somebody else's commit is there: read it and decide again. */
  | { readonly ok: false; readonly reason: 'stale' }
  /** It may or may not have happened: look for the command id before any retry. */
  | { readonly ok: false; readonly reason: 'unknown'; readonly message: string };

/** Work that somebody else whose turn it is may do as well, and who would do others' work with one's own. */
export interface SharedWork {
  /** Whoever has the same lane does the same with the same items. */
  readonly lane: () => Promise<string>;
  /** JSON, as are the answers. Doing an item twice must be harmless. */
  readonly items: readonly unknown[];
  /** Does items in order, one's own and those of others, and answers each. */
  readonly doAll: (items: readonly unknown[]) => Promise<readonly unknown[]>;
}

export interface LogStore {
  /** Shown in messages: where this log lives. */
  readonly place: string;
  /** Object id of the last commit, or null where there is no log. */
  head(): Promise<string | null>;
  read(range: ReadRange): Promise<ReadResult>;
  /** The files below `checkpoint/` in the tree of a commit, by full path; folders lie in folders. */
  checkpoint(oid: string): Promise<ReadonlyMap<string, string>>;
  /** Adds one commit on top of `expected`; null means that there must be no log yet. */
  append(draft: CommitDraft, expected: string | null): Promise<AppendResult>;
  /**
   * Runs one writer at a time where the store can keep others out; elsewhere it just runs. What waits to be run may
   * be done by who runs instead: then the answers to `shared.items` are the result.
   */
  exclusively<Result>(work: () => Promise<Result>, shared?: SharedWork): Promise<Result>;
}

/** Commits that are written but not yet on the branch. */
export interface Stage {
  /** The log as it would be; its appends stay on the stage. */
  readonly store: LogStore;
  /** Moves the branch from `expected` to the stage's head; false when the branch was elsewhere. */
  settle(expected: string | null): Promise<boolean>;
}

/** A log on this machine that can be taken onto another head without a moment in which anything is lost. */
export interface LocalLog extends LogStore {
  /** A stage on top of a commit that the store has. */
  stage(onto: string): Stage;
  /** Keeps an epoch that is over, behind its last commit. */
  keepArchive?(epoch: number, oid: string): Promise<void>;
}

/** A log on this machine that can go on in a new epoch. */
export interface RollingLog extends LocalLog {
  /** A stage on top of a commit that the store has; on null the next commit has no parent. */
  stage(onto: string | null): Stage;
  keepArchive(epoch: number, oid: string): Promise<void>;
}

export type PushResult =
  | { readonly ok: true }
  /** The remote has something we have not seen. */
  | { readonly ok: false; readonly reason: 'rejected' }
  /** It may or may not have happened. */
  | { readonly ok: false; readonly reason: 'unknown'; readonly message: string };

/** The same log on another machine. */
export interface RemoteLog {
  readonly name: string;
  /** The remote's head as it was last seen and verified, null before the first contact. */
  pin(): Promise<string | null>;
  /**
   * Fetches what is new, verifies it, and takes it into the local store; answers the remote's head, null where it has no log.
   * Fault `remote-unreachable`, or `log-forked` when the head does not descend from the pin. Does not move the pin.
   * A commit that nobody should take over is a Fault, a `PartialFetch` where new ones before it are good.
   */
  fetch(): Promise<string | null>;
  /** Remembers a head that was taken over. */
  movePin(oid: string): Promise<void>;
  /** Publishes a commit without force. Fault `remote-unreachable` or `remote-denied`. */
  push(oid: string): Promise<PushResult>;
}

/** A remote whose log can go on in a new epoch. */
export interface ArchivingRemote extends RemoteLog {
  /**
   * Keeps an epoch that is over there, behind its last commit; never takes anything away.
   * Answers the ref that holds it. Fault `remote-unreachable` or `remote-denied`.
   */
  archive(epoch: number, oid: string): Promise<string>;
  /** Puts a commit of the store in the place of `expected`, which it does not continue for git; `rejected` when the branch is elsewhere. */
  replace(oid: string, expected: string): Promise<PushResult>;
}
