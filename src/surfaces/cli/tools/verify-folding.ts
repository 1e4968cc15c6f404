// Folds along while a log is verified, from its genesis or the first checkpoint that is met, and compares the checkpoints.
import { CheckpointLister } from '../../../adapters/git/checkpoint-files.ts';
import { readCheckpoint } from '../../../adapters/git/log-commit.ts';
import type { CommitSource } from '../../../adapters/git/object-batches.ts';
import type { GitStore } from '../../../adapters/git/store/git-store.ts';
import { hashObject } from '../../../adapters/git/store/object.ts';
import type { Evolutions } from '../../../engine/fold.ts';
import {
  refoldFrom,
  refoldFromGenesis,
  saysCheckpoint,
} from '../../../engine/verify-checkpoint.ts';
import type { Refold, Refolding, RefoldProblem } from '../../../engine/verify-checkpoint.ts';
import { messageOf } from '../../../kernel/fault.ts';
import type { LogRecord } from '../../../log/record.ts';
import type { LogCommit } from '../../../log/store.ts';
import type { VerifiedRecords } from '../../../log/verify-records.ts';
import type { Evidence } from '../../../log/verify.ts';

export interface FoldingOptions {
  readonly store: GitStore;
  readonly evolutions: Evolutions;
  /** Where folding begins; null where nothing is folded. */
  readonly from: 'genesis' | 'checkpoint' | null;
  /** The checkpoint to begin at was itself held against the records before. */
  readonly isVerified: boolean;
}

function identify(text: string): string {
  return hashObject({ type: 'blob', body: Buffer.from(text, 'utf8') });
}

function commitOf({ oid, parents, message, batch }: Evidence): LogCommit | null {
  if (batch === null) return null;
  const text = Buffer.from(batch.buffer, batch.byteOffset, batch.length).toString('utf8');
  return { oid, parents, message, batch: text, provenance: 'elsewhere' };
}

/** What folds along; nothing where it is not to, or there is no checkpoint to start at. */
export class Folding {
  readonly problems: RefoldProblem[] = [];
  readonly #lister: CheckpointLister;
  /** Where the commits that are looked at are read. */
  #source: CommitSource;
  readonly #refolding: Refolding;
  readonly #store: GitStore;
  readonly #isVerified: boolean;
  #refold: Refold | null = null;
  #waits: boolean;
  /** Records are missing or out of order, so that nothing after them can be judged. */
  #isOver = false;

  constructor({ store, evolutions, from, isVerified }: FoldingOptions) {
    this.#store = store;
    this.#source = store;
    this.#lister = new CheckpointLister({
      readCommit: (oid) => this.#source.readCommit(oid),
      readTree: (oid) => this.#source.readTree(oid),
      readBlob: (oid) => this.#source.readBlob(oid),
    });
    this.#refolding = { evolutions, identify };
    this.#isVerified = isVerified;
    this.#waits = from === 'checkpoint';
    if (from === 'genesis') this.#refold = refoldFromGenesis(this.#refolding);
  }

  get counts(): Refold['counts'] {
    return this.#refold?.counts ?? { compared: 0, outgrown: 0 };
  }

  /** From where the commits that come are read. */
  readFrom(source: CommitSource): void {
    this.#source = source;
  }

  /** Starts at the checkpoint of this commit, where it waits for one, or adds it. */
  add(evidence: Evidence, { records, isInOrder }: Pick<VerifiedRecords, 'records' | 'isInOrder'>) {
    const { oid, message } = evidence;
    if (!isInOrder) this.#isOver = true;
    if (this.#isOver) return;
    if (this.#refold === null) {
      if (this.#waits && saysCheckpoint(evidence)) this.#start(evidence);
      return;
    }
    // Read by the verifier, field by field as the format has them; the reducer takes them from there.
    const folded = records.map(({ fields }) => fields as unknown as LogRecord);
    this.#refold.add({ oid, message, records: folded }, () => this.#lister.of(oid));
  }

  stopped(): RefoldProblem | null {
    return this.#refold?.stopped() ?? null;
  }

  #start(evidence: Evidence): void {
    this.#waits = false;
    const commit = commitOf(evidence);
    if (commit === null) return;
    try {
      const texts = readCheckpoint(this.#store, commit.oid);
      const found = this.#lister.of(commit.oid);
      const start = { commit, texts, found, isVerified: this.#isVerified };
      this.#refold = refoldFrom(start, this.#refolding);
    } catch (error) {
      this.problems.push({ commit: commit.oid, reason: messageOf(error) });
    }
  }

  all(): RefoldProblem[] {
    return [...this.problems, ...(this.#refold?.problems ?? [])];
  }
}
