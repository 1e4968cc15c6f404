// What every store in the comparison does: takes the lines of a batch and returns when they would survive a power cut.

/** One batch as its records; making the text of them is part of storing them. */
export type Batch = readonly object[];

export interface Peer {
  /** Stores one batch; durable when it is done. */
  readonly append: (batch: Batch) => Promise<void> | void;
  readonly close: () => Promise<void> | void;
}

/** Opens a store in an empty directory of its own; null where it is not installed. */
export type OpenPeer = (directory: string) => Promise<Peer | null> | Peer | null;
