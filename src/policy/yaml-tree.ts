// The parsed YAML nodes as plain data, with the places of every key and value kept beside it.
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { limits } from '../kernel/limits.ts';
import type { Finding, Path } from './problem.ts';
import { quoted } from './problem.ts';
import { tooDeep, tooMany } from './yaml-lexemes.ts';
import type { Complaint } from './yaml-lexemes.ts';

export interface Tree {
  /** Maps are objects without a prototype, lists are arrays; an empty text is null. */
  readonly data: unknown;
  /** Keys that are forbidden, empty or there twice; the data leaves them out. */
  readonly keyFindings: readonly Finding[];
  /** A bound that was exceeded; the data is incomplete then. */
  readonly excess: Complaint | undefined;
  /** Where a finding points to, in UTF-16 units: the deepest place on its path that exists. */
  readonly offsetOf: (finding: Finding) => number;
}

/** Offsets of a key and of its value; for an empty value both are the key's. */
interface Place {
  readonly key: number;
  readonly value: number;
}

/** Reads the root node of a document; time grows linearly with its size. */
export function readTree(root: unknown): Tree {
  const reader = new TreeReader();
  const data = reader.read(root, []);
  return {
    data,
    keyFindings: reader.keyFindings,
    excess: reader.excess,
    offsetOf: (finding) => offsetOf(finding, data, startOf(root), reader.places),
  };
}

class TreeReader {
  readonly keyFindings: Finding[] = [];
  readonly places = new Map<object, Map<string | number, Place>>();
  excess: Complaint | undefined;
  private nodes = 0;

  read(node: unknown, path: Path): unknown {
    if (!this.affords(node, path)) return null;
    if (isMap<Node, Node>(node)) return this.readMap(node, path);
    if (isSeq<Node>(node)) return this.readList(node, path);
    return isScalar(node) ? node.value : null;
  }

  private affords(node: unknown, path: Path): boolean {
    this.nodes += 1;
    const isTooDeep = path.length > limits.policyDepthMax;
    if (!isTooDeep && this.nodes <= limits.policyNodesMax) return true;
    this.excess ??= { offset: startOf(node), ...(isTooDeep ? tooDeep() : tooMany()) };
    return false;
  }

  private readList(list: YAMLSeq<Node>, path: Path): unknown[] {
    const places = new Map<number, Place>();
    const data = list.items.map((item, index) => {
      places.set(index, { key: startOf(item), value: startOf(item) });
      return this.read(item, [...path, index]);
    });
    this.places.set(data, places);
    return data;
  }

  private readMap(map: YAMLMap<Node, Node>, path: Path): Record<string, unknown> {
    const data = Object.create(null) as Record<string, unknown>;
    const places = new Map<string | number, Place>();
    this.places.set(data, places);
    for (const pair of map.items) {
      const key = keyText(pair);
      const fault = keyFault(key, path, places);
      const offset = startOf(pair.key);
      if (fault !== undefined) {
        this.keyFindings.push({ ...fault, offset });
      } else if (key !== undefined) {
        places.set(key, { key: offset, value: isEmpty(pair.value) ? offset : startOf(pair.value) });
        data[key] = this.read(pair.value, [...path, key]);
      }
    }
    return data;
  }
}

/** The key as it is written, numbers and `true` too; undefined for an empty key, a list or a map. */
function keyText(pair: Pair<Node, Node | null>): string | undefined {
  if (!isScalar(pair.key)) return undefined;
  if (typeof pair.key.value === 'string') return pair.key.value;
  return pair.key.source === '' ? undefined : pair.key.source;
}

function keyFault(
  key: string | undefined,
  path: Path,
  seen: ReadonlyMap<string | number, Place>,
): Finding | undefined {
  if (key === undefined) {
    return { path, at: 'key', message: 'Expected a word as the key, found none.' };
  }
  if (key === '<<') {
    const hint = 'Write the keys out in each place.';
    return {
      path,
      at: 'key',
      message: 'Merge keys are not allowed in a policy, found "<<".',
      hint,
    };
  }
  if (key === '__proto__') {
    const message = 'The key "__proto__" is not allowed in a policy.';
    return { path, at: 'key', message, hint: 'Leave it out.' };
  }
  if (!seen.has(key)) return undefined;
  const message = `The key ${quoted(key)} stands here for the second time.`;
  return { path: [...path, key], at: 'key', message, hint: 'Keep one of the two.' };
}

function offsetOf(
  finding: Finding,
  root: unknown,
  rootOffset: number,
  places: ReadonlyMap<object, ReadonlyMap<string | number, Place>>,
): number {
  let data = root;
  let offset = rootOffset;
  for (const [index, step] of finding.path.entries()) {
    const place = isContainer(data) ? places.get(data)?.get(step) : undefined;
    if (place === undefined) break;
    const isLast = index === finding.path.length - 1;
    offset = isLast && finding.at === 'key' ? place.key : place.value;
    data = (data as Record<string | number, unknown>)[step];
  }
  return offset;
}

function isContainer(data: unknown): data is object {
  return typeof data === 'object' && data !== null;
}

function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.source === '' && node.value === null);
}

function startOf(node: unknown): number {
  const isNode = isMap(node) || isSeq(node) || isScalar(node) || isAlias(node);
  return isNode ? (node.range?.[0] ?? 0) : 0;
}
