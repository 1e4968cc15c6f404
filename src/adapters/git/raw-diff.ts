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

function readRaw(fields: readonly string[], index: number): [RawChange, number] {
  const header = fields[index] ?? '';
  const [beforeMode = '', afterMode = '', beforeOid = '', afterOid = '', code = ''] = header
    .slice(1)
    .split(' ');
  const status = statuses[code.charAt(0)];
  if (status === undefined) throw unreadable(header);
  const hasTwoNames = status === 'renamed' || status === 'copied';
  const first = fields[index + 1] ?? '';
  const change: RawChange = {
    status,
    path: hasTwoNames ? (fields[index + 2] ?? '') : first,
    previousPath: hasTwoNames ? first : null,
    before: entry(beforeMode, beforeOid),
    after: entry(afterMode, afterOid),
  };
  return [change, index + (hasTwoNames ? 3 : 2)];
}

function readNumstat(fields: readonly string[], index: number): [string, Lines, number] {
  const [added = '', deleted = '', path = ''] = (fields[index] ?? '').split('\t');
  // Binary files have dashes.
  const lines = { additions: Number(added) || 0, deletions: Number(deleted) || 0 };
  if (path !== '') return [path, lines, index + 1];
  return [fields[index + 2] ?? '', lines, index + 3];
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
