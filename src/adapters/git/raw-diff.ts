// Changed paths between two commits, read from git's raw and numstat output with NUL separators: exact for every name.
import { Fault } from '../../kernel/fault.ts';
import type { Change, ChangeStatus, TreeEntry } from '../../checks/pull-request.ts';

const nothing = /^0+$/;

const statuses: Readonly<Record<string, ChangeStatus>> = {
  A: 'added',
  M: 'modified',
  T: 'modified',
  D: 'removed',
  R: 'renamed',
  C: 'copied',
};

interface RawChange {
  readonly status: ChangeStatus;
  readonly path: string;
  readonly previousPath: string | null;
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
}

interface Lines {
  readonly additions: number;
  readonly deletions: number;
}

function entry(mode: string, oid: string): TreeEntry | null {
  return nothing.test(mode) ? null : { mode, oid };
}

function unreadable(part: string): Fault {
  return new Fault(
    'git-failed',
    `git printed a change that cannot be read: ${JSON.stringify(part)}.`,
  );
}

const headerPattern = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/;

function readRaw(fields: readonly string[], index: number): [RawChange, number] {
  const header = fields[index] ?? '';
  const [, modeBefore, modeAfter, oidBefore, oidAfter, letter] = headerPattern.exec(header) ?? [];
  const status = statuses[letter ?? ''];
  if (status === undefined) throw unreadable(header);
  const sides = {
    before: entry(String(modeBefore), String(oidBefore)),
    after: entry(String(modeAfter), String(oidAfter)),
  };
  const [first, second] = [String(fields[index + 1]), String(fields[index + 2])];
  return status === 'renamed' || status === 'copied'
    ? [{ ...sides, status, path: second, previousPath: first }, index + 3]
    : [{ ...sides, status, path: first, previousPath: null }, index + 2];
}

function readNumstat(fields: readonly string[], index: number): [string, Lines, number] {
  const match = /^(\d+|-)\t(\d+|-)\t([^]*)$/.exec(fields[index] ?? '');
  if (match === null) throw unreadable(fields[index] ?? '');
  const [added, deleted, path] = match.slice(1).map(String);
  // Binary files have dashes.
  const lines = { additions: Number(added) || 0, deletions: Number(deleted) || 0 };
  return path === ''
    ? [String(fields[index + 2]), lines, index + 3]
    : [String(path), lines, index + 1];
}

/** Changes out of `git diff-tree -r -z -M --raw --numstat --no-abbrev`. Names are read as UTF-8. */
export function parseRawDiff(output: Buffer): Change[] {
  const fields = output.toString('utf8').split('\0').slice(0, -1);
  const changes: RawChange[] = [];
  const lines = new Map<string, Lines>();
  let index = 0;
  while (index < fields.length) {
    if (fields[index]?.startsWith(':') === true) {
      const [change, next] = readRaw(fields, index);
      changes.push(change);
      index = next;
    } else {
      const [path, count, next] = readNumstat(fields, index);
      lines.set(path, count);
      index = next;
    }
  }
  return changes.map((change) => ({
    ...change,
    ...(lines.get(change.path) ?? { additions: 0, deletions: 0 }),
  }));
}
