// Commits as git has them, in memory: named by their content, found from any head that is known.
import { createHash } from 'node:crypto';
import { batchPath, checkpointFolder } from '../../src/log/format.ts';
import type { CommitDraft, LogCommit, ReadRange, ReadResult } from '../../src/log/store.ts';

export interface Stored extends LogCommit {
  readonly tree: ReadonlyMap<string, string>;
}

function treeOf(draft: CommitDraft, parent: Stored | undefined): Map<string, string> {
  const goes = (path: string): boolean =>
    draft.removed.includes(path) || (draft.replacesCheckpoint && path.startsWith(checkpointFolder));
  const carried = [...(parent?.tree ?? [])].filter(([path]) => !goes(path));
  return new Map([...carried, ...draft.files]);
}

function nameOf(draft: CommitDraft, parent: string | null): string {
  const hash = createHash('sha1').update(`${parent ?? ''}\n${draft.message}\n${draft.at}`);
  for (const [path, text] of draft.files) hash.update(`\n${path}\n${text}`);
  return hash.digest('hex');
}

export class Commits {
  readonly #commits = new Map<string, Stored>();

  get(oid: string | null): Stored | undefined {
    return oid === null ? undefined : this.#commits.get(oid);
  }

  /** Writes a commit; no branch moves. */
  write(draft: CommitDraft, parent: string | null): string {
    const before = this.get(parent);
    const oid = nameOf(draft, parent);
    this.#commits.set(oid, {
      oid,
      parents: parent === null ? [] : [parent],
      message: draft.message,
      batch: draft.files.get(batchPath) ?? '',
      provenance: 'elsewhere',
      tree: treeOf(draft, before),
    });
    return oid;
  }

  read(head: string | null, range: ReadRange): ReadResult {
    const commits: Stored[] = [];
    let next = this.get(range.from ?? head);
    while (next !== undefined && next.oid !== range.until && commits.length < range.commitsMax) {
      commits.push(next);
      next = this.get(next.parents[0] ?? null);
    }
    return { head, commits: commits.reverse(), isComplete: next?.oid === range.until };
  }

  /** Everything up to a head, oldest first. */
  history(head: string | null): readonly Stored[] {
    const { commits } = this.read(head, { commitsMax: Number.MAX_SAFE_INTEGER });
    return head === null ? [] : (commits as readonly Stored[]);
  }

  checkpoint(oid: string): Map<string, string> {
    const tree = this.get(oid)?.tree ?? new Map<string, string>();
    return new Map([...tree].filter(([path]) => path.startsWith(checkpointFolder)));
  }

  /** Whether `older` is `newer` or stands before it. */
  reaches(newer: string | null, older: string | null): boolean {
    if (older === null) return true;
    let next = this.get(newer);
    while (next !== undefined && next.oid !== older) next = this.get(next.parents[0] ?? null);
    return next !== undefined;
  }

  /** Takes over what it lacks up to a head. */
  take(from: Commits, head: string | null): void {
    let next = from.get(head);
    while (next !== undefined && !this.#commits.has(next.oid)) {
      this.#commits.set(next.oid, next);
      next = from.get(next.parents[0] ?? null);
    }
  }
}
