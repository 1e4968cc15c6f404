// Which paths a change writes and which it makes go away: a scope is judged on tree entries, not on statuses.
import type { Change, TreeEntry } from './pull-request.ts';
import { quote } from './quote.ts';

/** Something done to one path. */
export interface Touch {
  readonly kind: 'write' | 'delete';
  readonly path: string;
  /** Ends the sentence "`path` ...": "is deleted", "is emptied". */
  readonly how: string;
}

export type EntryKind = 'file' | 'symlink' | 'submodule';

/** Ids of the blob without content, in SHA-1 and SHA-256 repositories. */
const emptyBlobs: ReadonlySet<string> = new Set([
  'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
  '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813',
]);

export function entryKind({ mode }: TreeEntry): EntryKind {
  if (mode === '120000') return 'symlink';
  return mode === '160000' ? 'submodule' : 'file';
}

function writeWords({ status, previousPath, before, after }: Change): string {
  const from = quote(previousPath ?? '');
  if (status === 'renamed') return `is the new name of ${from}`;
  if (status === 'copied') return `is a copy of ${from}`;
  if (status === 'added') return 'is added';
  const isSameContent = before !== null && before.oid === after?.oid;
  return isSameContent ? `changes its mode from ${before.mode} to ${after.mode}` : 'is changed';
}

/** What a change does to paths. The source of a copy is only read. */
export function touchesOf(change: Change): Touch[] {
  const { status, path, previousPath } = change;
  if (status === 'removed') return [{ kind: 'delete', path, how: 'is deleted' }];
  const touches: Touch[] = [{ kind: 'write', path, how: writeWords(change) }];
  if (status === 'renamed' && previousPath !== null) {
    touches.push({ kind: 'delete', path: previousPath, how: `is moved to ${quote(path)}` });
  }
  const lost = status === 'modified' ? lostContent(change) : null;
  if (lost !== null) touches.push({ kind: 'delete', path, how: lost });
  return touches;
}

/** How a path that stays loses what it held, or null. */
function lostContent({ before, after }: Change): string | null {
  if (before === null || after === null) return null;
  const kind = entryKind(after);
  if (entryKind(before) !== kind) return `is replaced by a ${kind}`;
  return !emptyBlobs.has(before.oid) && emptyBlobs.has(after.oid) ? 'is emptied' : null;
}

/** Whether the path is new at the head. */
export function isNewPath({ status }: Change): boolean {
  return status === 'added' || status === 'renamed' || status === 'copied';
}
