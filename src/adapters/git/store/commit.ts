// Git commits: headers in git's order, others such as gpgsig carried as they are, and the message.
import { assert } from '../../../kernel/assert.ts';
import { Fault } from '../../../kernel/fault.ts';
import type { Oid } from './object.ts';
import { isOid } from './object.ts';

/** A header other than the four every commit has; the value may have several lines. */
export interface CommitHeader {
  readonly name: string;
  readonly value: string;
}

/** A commit; `author` and `committer` are identity lines, see {@link formatIdentity}. */
export interface Commit {
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly author: string;
  readonly committer: string;
  readonly headers: readonly CommitHeader[];
  readonly message: string;
}

/** Who and when; `atSeconds` since 1970, `zone` as `+0000`. */
export interface Identity {
  readonly name: string;
  readonly email: string;
  readonly atSeconds: number;
  readonly zone: string;
}

const identityPattern = /^(?<name>.*?) ?<(?<email>[^>]*)> (?<at>\d+) (?<zone>[+-]\d{4})$/;

/** The bytes of a commit, ending with the message exactly as given. */
export function encodeCommit(commit: Commit): Buffer {
  assert([commit.tree, ...commit.parents].every(isOid), 'a commit names objects');
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${commit.author}`,
    `committer ${commit.committer}`,
    ...commit.headers.map(({ name, value }) => `${name} ${value.replaceAll('\n', '\n ')}`),
  ];
  return Buffer.from(`${lines.join('\n')}\n\n${commit.message}`);
}

/** A commit from its bytes, read as UTF-8. Throws Fault `object-corrupt` when they are no commit. */
export function parseCommit(body: Buffer): Commit {
  const text = body.toString('utf8');
  const end = text.indexOf('\n\n');
  // Git allows a commit without a message; its headers then end the object.
  const head = end < 0 ? text.replace(/\n$/, '') : text.slice(0, end);
  const headers = head.replaceAll('\n ', '\0').split('\n').map(parseHeader);
  const parents = headers.filter(({ name }) => name === 'parent').map(({ value }) => value);
  const tree = single(headers, 'tree');
  if (![tree, ...parents].every(isOid)) throw brokenCommit('a name of its tree or parents');
  return {
    tree,
    parents,
    author: single(headers, 'author'),
    committer: single(headers, 'committer'),
    headers: headers.filter(({ name }) => !/^(?:tree|parent|author|committer)$/.test(name)),
    message: end < 0 ? '' : text.slice(end + 2),
  };
}

/** An identity line; characters git does not allow there are dropped, as git does. */
export function formatIdentity({ name, email, atSeconds, zone }: Identity): string {
  assert(Number.isSafeInteger(atSeconds) && atSeconds >= 0, 'a commit time is whole seconds');
  assert(/^[+-]\d{4}$/.test(zone), `${zone} is a time zone such as +0000`);
  const clean = (text: string): string => text.replace(/[<>\n\r\0]/g, '').trim();
  return `${clean(name)} <${clean(email)}> ${atSeconds} ${zone}`;
}

/** The parts of an identity line, or undefined for a line that git itself would not write. */
export function parseIdentity(line: string): Identity | undefined {
  const parts = identityPattern.exec(line)?.groups;
  if (parts === undefined) return undefined;
  const { name = '', email = '', at = '', zone = '' } = parts;
  return { name, email, atSeconds: Number(at), zone };
}

function parseHeader(line: string): CommitHeader {
  const space = line.indexOf(' ');
  if (space < 1) throw brokenCommit('a header');
  return { name: line.slice(0, space), value: line.slice(space + 1).replaceAll('\0', '\n') };
}

function single(headers: readonly CommitHeader[], name: string): string {
  const value = headers.find((header) => header.name === name)?.value;
  if (value === undefined) throw brokenCommit(`its ${name}`);
  return value;
}

function brokenCommit(part: string): Fault {
  return new Fault(
    'object-corrupt',
    `A commit cannot be read: ${part} is missing or malformed. Run \`coord git fsck --full\` to see what is damaged.`,
    { part },
  );
}
