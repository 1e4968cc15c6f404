// Git's commit and tree objects as bytes and as values.

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

export interface GitObject {
  readonly oid: string;
  readonly type: ObjectType;
  readonly data: Buffer;
}

export interface Person {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970. */
  readonly seconds: number;
  /** `+0000` */
  readonly zone: string;
}

export interface CommitObject {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

export interface TreeEntry {
  /** Six digits as GitHub prints them, e.g. `100644` or `040000`. */
  readonly mode: string;
  readonly name: string;
  readonly oid: string;
}

const personPattern = /^(.*) <([^>]*)> (\d+) ([+-]\d{4})$/;

function parsePerson(text: string): Person {
  const unreadable = ['', '', '', '0', '+0000'];
  const [, name = '', email = '', seconds, zone = ''] = personPattern.exec(text) ?? unreadable;
  return { name, email, seconds: Number(seconds), zone };
}

/** Header lines by name; a header may come several times. */
function parseHeaders(text: string): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space <= 0) continue;
    const name = line.slice(0, space);
    headers.set(name, [...(headers.get(name) ?? []), line.slice(space + 1)]);
  }
  return headers;
}

/** Reads a commit object; continuation lines (signatures) are skipped. */
export function parseCommit(oid: string, data: Buffer): CommitObject {
  const text = data.toString();
  const end = text.indexOf('\n\n');
  const headers = parseHeaders(text.slice(0, end));
  const only = (name: string): string => headers.get(name)?.[0] ?? '';
  return {
    oid,
    tree: only('tree'),
    parents: headers.get('parent') ?? [],
    author: parsePerson(only('author')),
    committer: parsePerson(only('committer')),
    message: text.slice(end + 2),
  };
}

function formatPerson(person: Person): string {
  const clean = (part: string): string => part.replace(/[<>\n]/g, '').trim();
  return `${clean(person.name)} <${clean(person.email)}> ${person.seconds} ${person.zone}`;
}

/** Writes a commit object. */
export function formatCommit(commit: Omit<CommitObject, 'oid'>): Buffer {
  const parents = commit.parents.map((parent) => `parent ${parent}\n`).join('');
  const people = `author ${formatPerson(commit.author)}\ncommitter ${formatPerson(commit.committer)}\n`;
  return Buffer.from(`tree ${commit.tree}\n${parents}${people}\n${commit.message}`);
}

/** Reads a tree object. */
export function parseTree(data: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < data.length) {
    const nul = data.indexOf(0, at);
    const head = data.toString('utf8', at, nul);
    const space = head.indexOf(' ');
    entries.push({
      mode: head.slice(0, space).padStart(6, '0'),
      name: head.slice(space + 1),
      oid: data.toString('hex', nul + 1, nul + 21),
    });
    at = nul + 21;
  }
  return entries;
}

/** True for the mode of a folder. */
export function isFolder(entry: TreeEntry): boolean {
  return entry.mode === '040000';
}

/** Writes a tree object; git sorts folders as if their name ended in a slash. */
export function formatTree(entries: readonly TreeEntry[]): Buffer {
  const keyed = entries.map((entry) => ({
    entry,
    key: Buffer.from(isFolder(entry) ? `${entry.name}/` : entry.name),
  }));
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  return Buffer.concat(
    keyed.flatMap(({ entry }) => [
      Buffer.from(`${entry.mode.replace(/^0/, '')} ${entry.name}\0`),
      Buffer.from(entry.oid, 'hex'),
    ]),
  );
}

/** The object type a tree entry points to. */
export function entryType(mode: string): ObjectType {
  if (mode === '040000') return 'tree';
  return mode === '160000' ? 'commit' : 'blob';
}
