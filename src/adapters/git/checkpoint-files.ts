// The names of the objects in a commit's checkpoint, by path: what did not change since the last look is not read again.
import { checkpointFolder, checkpointMetaPath } from '../../log/format.ts';
import type { CommitSource } from './object-batches.ts';
import type { Oid } from './store/object.ts';
import { treeModes } from './store/tree.ts';

const checkpointName = checkpointFolder.slice(0, -1);

/** A checkpoint as it lies in a tree. */
interface CheckpointFiles {
  /** Object names by full path. */
  readonly files: ReadonlyMap<string, Oid>;
  /** Text of the meta file; null where there is none. */
  readonly meta: string | null;
}

type Entries = readonly (readonly [string, Oid])[];

/** Looks at one checkpoint after another. */
export class CheckpointLister {
  readonly #source: CommitSource;
  /** Files below a folder of the checkpoint that was looked at last. */
  #folders = new Map<Oid, Entries>();

  constructor(source: CommitSource) {
    this.#source = source;
  }

  /** The files below `checkpoint/` of a commit; Fault `object-missing` or `object-corrupt` when one cannot be read. */
  of(commit: Oid): CheckpointFiles {
    const root = this.#source.readTree(this.#source.readCommit(commit).tree);
    const folder = root.find(({ name }) => name === checkpointName);
    const seen = new Map<Oid, Entries>();
    const below = folder === undefined ? [] : this.#below(folder.oid, checkpointFolder, seen);
    this.#folders = seen;
    const files = new Map(below);
    const meta = files.get(checkpointMetaPath);
    const text = meta === undefined ? null : this.#source.readBlob(meta).toString('utf8');
    return { files, meta: text };
  }

  #below(tree: Oid, prefix: string, seen: Map<Oid, Entries>): Entries {
    // Two folders may be the same tree under different names, so the path is part of what is remembered.
    const key = `${tree} ${prefix}`;
    const entries = this.#folders.get(key) ?? this.#read(tree, prefix, seen);
    seen.set(key, entries);
    return entries;
  }

  #read(tree: Oid, prefix: string, seen: Map<Oid, Entries>): Entries {
    return this.#source
      .readTree(tree)
      .flatMap(({ mode, name, oid }): Entries =>
        mode === treeModes.tree
          ? this.#below(oid, `${prefix}${name}/`, seen)
          : [[`${prefix}${name}`, oid]],
      );
  }
}
