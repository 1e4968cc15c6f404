// The port of a pull request: every fact that a check may read, the same from GitHub and from two local revisions.
import type { Grant, PhaseStatus } from '../concepts/plan/plan.ts';
import type { Lock, OverriddenLock } from '../concepts/lock/lock.ts';
import type { Policy } from '../policy/schema.ts';
import type { ParserOf } from './syntax-tree.ts';

/** `100644`, `100755`, `120000` (symlink), `160000` (submodule). */
export interface TreeEntry {
  readonly mode: string;
  readonly oid: string;
}

export type ChangeStatus = 'added' | 'modified' | 'removed' | 'renamed' | 'copied';

/** One changed path between the merge base and the head. */
export interface Change {
  readonly status: ChangeStatus;
  /** Name at the head; for `removed` the name at the base. */
  readonly path: string;
  /** Name at the base of a renamed or copied file, else null. */
  readonly previousPath: string | null;
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
  readonly additions: number;
  readonly deletions: number;
}

/** All changes; when something could not be read `problem` says what, and checks must not pass. */
export interface ChangeSet {
  readonly changes: readonly Change[];
  readonly problem: string | null;
}

/** Text of a blob, or why there is none. */
export type BlobText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: 'binary' | 'too-large' | 'missing' };

/** Which tree: the head's, or that of the commit where the head left the base. */
export type Side = 'base' | 'head';

/** A report on the head that was handed over beside its tree: a file of the work tree, an artifact of a workflow. */
export interface GivenReport {
  /** Where it came from, for people. */
  readonly name: string;
  readonly content: BlobText;
}

/** Whose pull request it is, in the words of the policy. */
export type Author =
  | { readonly kind: 'agent'; readonly name: string; readonly by: string }
  | { readonly kind: 'person'; readonly name: string }
  | { readonly kind: 'unknown'; readonly login: string };

/** Whose word stands behind a record, judged by the reader; null restricts but never permits. */
export type Vouch = 'github' | 'key' | 'terminal' | null;

/** What the log says, as far as checks care. */
export interface Coordination {
  /** Seq of the log's head that was read; 0 without a log. */
  readonly seq: number;
  readonly locks: readonly Lock[];
  /** Locks that somebody else released by force; they count until the release is vouched for. */
  readonly overridden: readonly OverriddenLock[];
  /** Phases by policy and log; one started on the log names the seq of that record. */
  readonly phases: readonly PhaseStatus[];
  readonly grants: readonly Grant[];
}

/** Fields of one event with the values they are said to have, such as a grant's agent, glob and end. */
export type Claim = Readonly<Record<string, string>>;

export interface PullRequest {
  /** Number on GitHub; null for two local revisions. */
  readonly number: number | null;
  /** Full object ids. */
  readonly head: string;
  readonly base: string;
  readonly author: Author;
  /** ISO 8601 UTC. */
  readonly now: string;
  /** Policy of the base branch; `oid` is its blob, `none` without a file; null when it cannot be used. */
  readonly policy: { readonly oid: string; readonly policy: Policy } | null;
  /** Why the policy cannot be used, one sentence a problem. */
  readonly policyProblems: readonly string[];
  readonly coordination: Coordination;
  /**
   * Whose word stands behind the record at `seq`; null too where it holds no event of this type that says all of the
   * claim. The fold may come from a checkpoint, so what it claims is held against the record itself.
   */
  vouchOf(seq: number, eventType: string, claim: Claim): Promise<Vouch>;
  changes(): Promise<ChangeSet>;
  /**
   * Contents of blobs, batched by the caller for few round trips; one of more than `bytesMax` bytes is `too-large`.
   * Without it the bound is limits.analysedFileBytesMax.
   */
  blobs(oids: readonly string[], bytesMax?: number): Promise<ReadonlyMap<string, BlobText>>;
  /** The parser of a language other than TypeScript; rejects with a Fault where it is not installed. */
  readonly parserOf: ParserOf;
  /** Every path of the head's tree, for twins that differ only in case; null where it cannot be read whole. */
  headPaths(): Promise<ReadonlySet<string> | null>;
  /** Every file, link and submodule of a side's tree by its path; null where the tree cannot be read whole. */
  entries(side: Side): Promise<ReadonlyMap<string, TreeEntry> | null>;
  /** Coverage reports that stand in no tree; none where nobody handed one over. Then those in the tree do not count. */
  coverageReports(): Promise<readonly GivenReport[]>;
}
