// What the verifier knows of the log up to a commit: all that the next commit is held against.

/** Nothing is known of it where it is null, as at the boundary of a shallow history. */
export interface Known {
  oid: string | null;
  seq: number | null;
  tail: number | null;
  chain: string | null;
  at: string;
  checkpoint: string | null;
  /** Reducer that wrote the checkpoint. */
  reducer: number | null;
  log: string | null;
  /** The epoch that the log is in, from 1. */
  epoch: number | null;
  commits: number;
  records: number;
  /** The next commit is the genesis. */
  isAtGenesis: boolean;
  /** The next commit is the first of a history whose beginning is not here. */
  isOpen: boolean;
}

/** A commit up to which the log was found good, so that another look can go on from there. */
export interface Mark {
  readonly log: string;
  readonly oid: string;
  readonly seq: number;
  readonly tail: number;
  /** In hex. */
  readonly chain: string;
  /** Time of the last record. */
  readonly at: string;
  /** Identity of the checkpoint's folder, and the reducer that wrote it. */
  readonly checkpoint: string;
  readonly reducer: number;
  readonly epoch: number;
  /** How many there are from the genesis up to here. */
  readonly commits: number;
  readonly records: number;
}

/** Before the first commit of a history. */
export function nothingKnown(startsAtGenesis: boolean): Known {
  return {
    ...{ oid: null, seq: startsAtGenesis ? 0 : null, tail: null, chain: null, at: '' },
    ...{ checkpoint: null, reducer: null, log: null, commits: 0, records: 0 },
    epoch: startsAtGenesis ? 1 : null,
    ...{ isAtGenesis: startsAtGenesis, isOpen: !startsAtGenesis },
  };
}

/** After the commit of a mark. */
export function knownFrom(mark: Mark): Known {
  return { ...mark, isAtGenesis: false, isOpen: false };
}

/** The mark of the commit that was looked at last; null where something of it is not known. */
export function markOf({ isAtGenesis, isOpen, ...known }: Known): Mark | null {
  const isWhole = !isAtGenesis && !isOpen && Object.values(known).every((each) => each !== null);
  return isWhole ? (known as Mark) : null;
}
