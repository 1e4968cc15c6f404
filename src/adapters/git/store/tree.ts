// Git trees: a sorted list of names with modes and object names, as bytes and as values.
import { assert } from '../../../kernel/assert.ts';
import { Fault } from '../../../kernel/fault.ts';
import type { Oid } from './object.ts';
import { isOid } from './object.ts';

export const treeModes = {
  file: '100644',
  executable: '100755',
  symlink: '120000',
  tree: '40000',
  gitlink: '160000',
} as const;

/** One line of a tree; `mode` is octal as git stores it (a directory is `40000`). */
export interface TreeEntry {
  readonly mode: string;
  readonly name: string;
  readonly oid: Oid;
}

const modePattern = /^(?:100644|100755|100664|120000|40000|160000)$/;
const oidBytes = 20;

/** The bytes of a tree; entries may come in any order, names must be unique and legal. */
export function encodeTree(entries: readonly TreeEntry[]): Buffer {
  const keyed = entries.map((entry) => ({ entry, key: sortKey(entry) }));
  keyed.sort((left, right) => Buffer.compare(left.key, right.key));
  const names = new Set<string>();
  const parts: Buffer[] = [];
  for (const { entry } of keyed) {
    assertLegal(entry);
    assert(!names.has(entry.name), `the tree has one entry named ${entry.name}`);
    names.add(entry.name);
    parts.push(Buffer.from(`${entry.mode} ${entry.name}\0`), Buffer.from(entry.oid, 'hex'));
  }
  return Buffer.concat(parts);
}

/**
 * The entries of a tree in stored order. Names are read as UTF-8.
 * Throws Fault `object-corrupt` when the bytes are no tree.
 */
export function parseTree(body: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < body.length) {
    const space = body.indexOf(0x20, at);
    const nul = space < 0 ? -1 : body.indexOf(0, space);
    if (nul < 0 || nul + 1 + oidBytes > body.length) throw brokenTree(at);
    const mode = body.toString('latin1', at, space);
    if (!modePattern.test(mode)) throw brokenTree(at);
    const next = nul + 1 + oidBytes;
    entries.push({
      mode,
      name: body.toString('utf8', space + 1, nul),
      oid: body.toString('hex', nul + 1, next),
    });
    at = next;
  }
  return entries;
}

/** Git compares names as bytes, and a directory as if its name ended with a slash. */
function sortKey(entry: TreeEntry): Buffer {
  return Buffer.from(entry.mode === treeModes.tree ? `${entry.name}/` : entry.name);
}

function assertLegal({ mode, name, oid }: TreeEntry): void {
  assert(modePattern.test(mode), `${mode} is a mode git knows`);
  assert(isOid(oid), `${oid} is an object name`);
  const reserved = name === '' || name === '.' || name === '..' || name.toLowerCase() === '.git';
  assert(!reserved && !/[/\0]/.test(name), `'${name}' is a legal name in a tree`);
}

function brokenTree(at: number): Fault {
  return new Fault(
    'object-corrupt',
    `A tree cannot be read at byte ${at}. Run \`coord git fsck --full\` to see what is damaged.`,
    { at },
  );
}
