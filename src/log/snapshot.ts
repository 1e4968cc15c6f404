// What a reader of the log came to, kept so that the next question need not fold the same commits again.

/** Where in the log a fold stands. */
export interface Position {
  readonly oid: string;
  readonly seq: number;
  readonly tail: number;
  readonly chain: string;
  /** Time and clock reading of the last record. */
  readonly at: string;
  readonly hlc: string;
}

/** A fold at a commit, as the files of a checkpoint that the log does not have. */
export interface Snapshot {
  readonly position: Position;
  readonly tailBytes: number;
  /** Commit with the checkpoint that holds the files which did not change since; null where all did. */
  readonly base: string | null;
  /** Texts of the files that are not as in the checkpoint of `base`. */
  readonly changed: ReadonlyMap<string, string>;
  /** Texts of other files that were needed for the last question, and so will be for the next. */
  readonly copied: ReadonlyMap<string, string>;
  /** All files, each read when it is asked for. */
  readonly files: ReadonlyMap<string, string>;
}

/** A snapshot as it is written down: of other files the paths are enough. */
export type NewSnapshot = Omit<Snapshot, 'files'> & { readonly paths: readonly string[] };

/** Keeps the last snapshot. It is a cache: whatever stands in its way, there is none, and nothing is thrown. */
export interface SnapshotShelf {
  /** Null where there is none that this version of the reducer can use. */
  read(): Snapshot | null;
  keep(snapshot: NewSnapshot): void;
  remove(): void;
}
