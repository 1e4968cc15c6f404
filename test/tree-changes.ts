// The changes between two maps of files, as `git diff --raw -M` would tell them.
import { createHash } from 'node:crypto';
import type { BlobText, Change, TreeEntry } from '../src/checks/pull-request.ts';

/** A file's text, or an entry that is not plain: another mode, a link, a submodule, a blob that cannot be read. */
export type FileSpec =
  | string
  | { readonly text: string; readonly mode: string }
  | { readonly link: string }
  | { readonly submodule: string }
  | { readonly unreadable: 'binary' | 'too-large' | 'missing'; readonly as: string };

export type Files = Readonly<Record<string, FileSpec>>;

/** New names with the names they come from. */
export type Sources = Readonly<Record<string, string>>;

/** What to take for a rename or a copy where contents differ; renames of equal contents are found without. */
export interface Moves {
  readonly renames?: Sources | undefined;
  readonly copies?: Sources | undefined;
}

function textOf(spec: FileSpec): string {
  if (typeof spec === 'string') return spec;
  if ('text' in spec) return spec.text;
  if ('link' in spec) return spec.link;
  return 'as' in spec ? spec.as : spec.submodule;
}

/** The blob id that git would give this text. */
export function oidOf(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** The entry of a file in a tree. */
export function entryOf(spec: FileSpec = ''): TreeEntry {
  const oid = oidOf(textOf(spec));
  if (typeof spec === 'string' || 'unreadable' in spec) return { mode: '100644', oid };
  if ('link' in spec) return { mode: '120000', oid };
  return 'submodule' in spec ? { mode: '160000', oid } : { mode: spec.mode, oid };
}

/** A blob's id with its text, or with why there is none. */
export function blobOf(spec: FileSpec): [string, BlobText] {
  const text = textOf(spec);
  const isUnreadable = typeof spec !== 'string' && 'unreadable' in spec;
  return [oidOf(text), isUnreadable ? { ok: false, why: spec.unreadable } : { ok: true, text }];
}

function isSame(one: TreeEntry, other: TreeEntry): boolean {
  return one.oid === other.oid && one.mode === other.mode;
}

/** Pairs new names with vanished names of the same content, each once, besides the renames told. */
function renamesOf(base: Files, head: Files, { renames = {}, copies = {} }: Moves): Sources {
  const found = new Map(Object.entries(renames));
  const isTold = (path: string) => found.has(path) || copies[path] !== undefined;
  const vanished = new Set(Object.keys(base).filter((name) => head[name] === undefined));
  for (const old of found.values()) vanished.delete(old);
  for (const [path, spec] of Object.entries(head)) {
    if (base[path] !== undefined || isTold(path)) continue;
    const old = [...vanished].find((name) => isSame(entryOf(base[name]), entryOf(spec)));
    if (old === undefined) continue;
    vanished.delete(old);
    found.set(path, old);
  }
  return Object.fromEntries(found);
}

/** All changes, those at the head first, then what is gone. */
export function changesBetween(base: Files, head: Files, moves: Moves): Change[] {
  const renames = renamesOf(base, head, moves);
  const copies = moves.copies ?? {};
  const kept = Object.entries(head).flatMap(([path, after]): Change[] => {
    const source = renames[path] ?? copies[path];
    if (source !== undefined) {
      const status = renames[path] === undefined ? 'copied' : 'renamed';
      return [change(status, path, { before: base[source], after, previousPath: source })];
    }
    const before = base[path];
    if (before === undefined) return [change('added', path, { after })];
    const isUntouched = isSame(entryOf(before), entryOf(after));
    return isUntouched ? [] : [change('modified', path, { before, after })];
  });
  const gone = new Set(Object.values(renames));
  const removed = Object.entries(base).filter(
    ([path]) => head[path] === undefined && !gone.has(path),
  );
  return [...kept, ...removed.map(([path, before]) => change('removed', path, { before }))];
}

interface Sides {
  readonly before?: FileSpec | undefined;
  readonly after?: FileSpec | undefined;
  readonly previousPath?: string;
}

function change(status: Change['status'], path: string, sides: Sides): Change {
  const { before, after, previousPath = null } = sides;
  return {
    ...{ status, path, previousPath },
    before: before === undefined ? null : entryOf(before),
    after: after === undefined ? null : entryOf(after),
    ...linesBetween(linesOf(before), linesOf(after)),
  };
}

function linesOf(spec: FileSpec | undefined): string[] {
  const text = spec === undefined ? '' : textOf(spec);
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Counts lines outside the common beginning and end: enough for tests of sizes. */
function linesBetween(
  old: readonly string[],
  fresh: readonly string[],
): Pick<Change, 'additions' | 'deletions'> {
  const shorter = Math.min(old.length, fresh.length);
  let same = 0;
  while (same < shorter && old[same] === fresh[same]) same += 1;
  let end = 0;
  while (end < shorter - same && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  return { additions: fresh.length - same - end, deletions: old.length - same - end };
}
