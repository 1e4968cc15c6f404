// Parsers of other languages: tree-sitter as WebAssembly, each grammar read when it is asked for.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Language, Parser, Tree, TreeCursor } from '@vscode/tree-sitter-wasm';
import type { Grammar, NodeTable, Parse, Parsed, Unparsed } from '../../checks/syntax-tree.ts';
import { Fault, messageOf } from '../../kernel/fault.ts';
import { limits } from '../../kernel/limits.ts';

interface TreeSitter {
  readonly Parser: typeof Parser;
  readonly Language: typeof Language;
}

interface Runtime extends TreeSitter {
  /** Where the runtime found itself; the grammars lie beside it. */
  readonly folder: string;
}

let starting: Promise<Runtime> | undefined;
const loading = new Map<Grammar, Promise<Parse>>();
/** Where the last runtime lies that broke. */
let brokenFolder: string | undefined;

/** Loads a grammar, some milliseconds the first time. Fault `grammar-unreadable` where it cannot be. */
export async function parserOf(grammar: Grammar): Promise<Parse> {
  const known = loading.get(grammar) ?? load(grammar);
  loading.set(grammar, known);
  try {
    return await known;
  } catch (error) {
    loading.delete(grammar);
    throw new Fault(
      'grammar-unreadable',
      `The grammar for ${grammar} cannot be loaded: ${messageOf(error)} Install the program again.`,
      { grammar },
    );
  }
}

async function load(grammar: Grammar): Promise<Parse> {
  const runtime = await (starting ??= start());
  const bytes = readFileSync(join(runtime.folder, `tree-sitter-${grammar}.wasm`));
  const language = await runtime.Language.load(bytes);
  const parser = new runtime.Parser().setLanguage(language);
  const names = namesOf(language);
  return (text) => {
    try {
      return parse(parser, names, text);
    } catch (error) {
      abandon(runtime);
      const sentence = `The parser gave up: ${messageOf(error)}`;
      return { ok: false, error: sentence, line: 1, isBeyondParser: true };
    }
  };
}

/** Code nested deeply enough overruns the runtime's stack, and then it never recovers: the next file gets a new one. */
function abandon({ folder }: Runtime): void {
  brokenFolder = folder;
  starting = undefined;
  loading.clear();
}

/** By `import` at first; a copy by `require`, because what was imported is never given up again. */
async function loadedPackage(): Promise<TreeSitter> {
  if (brokenFolder === undefined) {
    const { treeSitter } = await import('./tree-sitter.ts');
    return treeSitter;
  }
  const path = join(brokenFolder, 'tree-sitter.js');
  const load = createRequire(path);
  Reflect.deleteProperty(load.cache, path);
  return load(path) as TreeSitter;
}

async function start(): Promise<Runtime> {
  const { Parser, Language } = await loadedPackage();
  let folder = '';
  await Parser.init({
    locateFile(file, beside) {
      folder = beside;
      return join(beside, file);
    },
  });
  return { Parser, Language, folder };
}

type Names = Pick<NodeTable, 'kindNames' | 'fieldNames'>;

function namesOf(language: Language): Names {
  const kindNames = Array.from(
    { length: language.nodeTypeCount },
    (_, id) => language.nodeTypeForId(id) ?? '',
  );
  const fieldNames = Array.from({ length: language.fieldCount + 1 }, (_, id) =>
    id === 0 ? '' : (language.fieldNameForId(id) ?? ''),
  );
  return { kindNames, fieldNames };
}

function parse(parser: Parser, names: Names, text: string): Parsed {
  const tree = parseInTime(parser, text);
  if (tree === null) {
    parser.reset();
    const error = `The parser took longer than ${limits.parseMillisecondsMax / 1000} seconds.`;
    return { ok: false, error, line: 1, isBeyondParser: true };
  }
  try {
    if (tree.rootNode.hasError) return firstError(tree, text);
    return { ok: true, nodes: { ...names, ...flattened(tree) } };
  } finally {
    tree.delete();
  }
}

function parseInTime(parser: Parser, text: string): Tree | null {
  const end = performance.now() + limits.parseMillisecondsMax;
  return parser.parse(text, null, { progressCallback: () => performance.now() > end });
}

/** Walks a tree in source order; `leave` comes when a node and all that is inside it is done. */
function walk(tree: Tree, enter: (cursor: TreeCursor) => void, leave: () => void): void {
  const cursor = tree.walk();
  do {
    enter(cursor);
  } while (cursor.gotoFirstChild() || goOn(cursor, leave));
  cursor.delete();
}

/** Moves to the next node beside this one, or beside what is around it; false at the end of the tree. */
function goOn(cursor: TreeCursor, leave: () => void): boolean {
  leave();
  while (!cursor.gotoNextSibling()) {
    if (!cursor.gotoParent()) return false;
    leave();
  }
  return true;
}

/** Copies a tree out of the parser's memory, which never shrinks and is used again for the next file. */
function flattened(tree: Tree): Omit<NodeTable, keyof Names> {
  const size = tree.rootNode.descendantCount;
  const [kinds, fields] = [new Uint16Array(size), new Uint16Array(size)];
  const [starts, ends] = [new Uint32Array(size), new Uint32Array(size)];
  const [parents, nexts] = [new Uint32Array(size), new Uint32Array(size)];
  const open: number[] = [];
  let node = 0;
  const enter = (cursor: TreeCursor): void => {
    kinds[node] = cursor.nodeTypeId;
    fields[node] = cursor.currentFieldId;
    starts[node] = cursor.startIndex;
    ends[node] = cursor.endIndex;
    parents[node] = open.at(-1) ?? 0;
    open.push(node);
    node += 1;
  };
  const leave = (): void => {
    nexts[open.pop() ?? 0] = node;
  };
  walk(tree, enter, leave);
  return { kinds, fields, starts, ends, parents, nexts };
}

const shownCharsMax = 40;

/** Where the parser first had to leave something out or put something in. */
function firstError(tree: Tree, text: string): Unparsed {
  let found: { readonly at: number; readonly error: string } | undefined;
  const enter = (cursor: TreeCursor): void => {
    if (found !== undefined) return;
    const at = cursor.startIndex;
    if (cursor.nodeIsMissing) found = { at, error: `Expected ${cursor.nodeType} here.` };
    else if (cursor.nodeType === 'ERROR') {
      const [shown = ''] = text.slice(at, at + shownCharsMax).split('\n');
      found = { at, error: shown === '' ? 'Unexpected end.' : `Unexpected: ${shown.trim()}` };
    }
  };
  walk(tree, enter, () => undefined);
  const { at, error } = found ?? { at: 0, error: 'The syntax is wrong.' };
  return { ok: false, error, line: text.slice(0, at).split('\n').length };
}
