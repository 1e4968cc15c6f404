// A policy's text as plain data that remembers where each value stands in the text.
import { Composer, Parser } from 'yaml';
import type { CST, Document } from 'yaml';
import { limits } from '../kernel/limits.ts';
import type { Finding, Position, Problem } from './problem.ts';
import { hintOf, pathText } from './problem.ts';
import { lexemesOf } from './yaml-lexemes.ts';
import type { Complaint } from './yaml-lexemes.ts';
import { readTree } from './yaml-tree.ts';

/** Problems in the order of the text: the first ones in full, the others counted. */
export interface Report {
  readonly problems: readonly Problem[];
  readonly omitted: number;
}

/** Text that was read: the data, and the way from findings about the data to problems in the text. */
export interface YamlSource {
  /** Maps are objects without a prototype, lists are arrays; an empty text is null. */
  readonly data: unknown;
  /** Keys that are forbidden, empty or there twice; the data leaves them out. */
  readonly keyFindings: readonly Finding[];
  readonly report: (findings: readonly Finding[]) => Report;
  readonly warnings: readonly Problem[];
}

export type YamlReading =
  | { readonly ok: true; readonly source: YamlSource }
  | { readonly ok: false; readonly report: Report };

/**
 * Reads one YAML document without anchors, aliases, tags, merge keys and directives, within the policy's bounds;
 * the caller has bounded the text's length. Never throws. A text whose form is broken has no data to judge.
 */
export function readYaml(text: string): YamlReading {
  const positionOf = positions(text);
  const reported = (complaints: readonly Complaint[]): Report => {
    return reportOf(complaints.map(asPlaced), positionOf);
  };
  const lexemes = lexemesOf(text);
  if (lexemes.complaints.length > 0) return { ok: false, report: reported(lexemes.complaints) };
  const documents = compose(lexemes.texts, text.length);
  const complaints = formComplaints(documents);
  if (complaints.length > 0) return { ok: false, report: firstOnly(reported(complaints)) };
  const tree = readTree(documents[0]?.contents ?? null);
  if (tree.excess !== undefined) return { ok: false, report: reported([tree.excess]) };
  const source: YamlSource = {
    data: tree.data,
    keyFindings: tree.keyFindings,
    report: (findings) => {
      const placed = findings.map((finding) => ({
        finding,
        offset: finding.offset ?? tree.offsetOf(finding),
      }));
      return reportOf(placed, positionOf);
    },
    warnings: reported(lexemes.warnings).problems,
  };
  return { ok: true, source };
}

/** One unclosed bracket makes the library complain about all that follows: only the first complaint is certain. */
function firstOnly({ problems, omitted }: Report): Report {
  return { problems: problems.slice(0, 1), omitted: omitted + problems.length - 1 };
}

interface Placed {
  readonly finding: Finding;
  readonly offset: number;
}

function asPlaced({ offset, ...sentences }: Complaint): Placed {
  return { offset, finding: { path: [], at: 'value', ...sentences } };
}

function reportOf(placed: readonly Placed[], positionOf: (offset: number) => Position): Report {
  const inOrder = placed.toSorted((first, second) => first.offset - second.offset);
  const problems = inOrder
    .slice(0, limits.policyProblemsMax)
    .map(({ finding, offset }): Problem => {
      const hint = hintOf(finding);
      const { path, message } = finding;
      const problem = { ...positionOf(offset), path: pathText(path), message };
      return hint === undefined ? problem : { ...problem, hint };
    });
  return { problems, omitted: placed.length - problems.length };
}

function compose(lexemes: readonly string[], endOffset: number): Document.Parsed[] {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of lexemes) tokens.push(...parser.next(lexeme));
  tokens.push(...parser.end());
  // Keys are compared when the tree is read, on a Map: the library compares every key with every other.
  const composer = new Composer({ uniqueKeys: false, logLevel: 'silent' });
  return [...composer.compose(tokens, true, endOffset)];
}

function formComplaints(documents: readonly Document.Parsed[]): Complaint[] {
  const complaints = documents.flatMap((document) =>
    document.errors.map((error) => ({ offset: error.pos[0], ...formSentence(error.message) })),
  );
  const second = documents[1];
  if (second === undefined) return complaints;
  const message = 'Expected one YAML document, found a second one.';
  const hint = 'Leave out the line "---" or "..." before it.';
  return [...complaints, { offset: second.range[0], message, hint }];
}

/** The library's message as a sentence of ours. */
function formSentence(message: string): Omit<Complaint, 'offset'> {
  const text = message.replace(/\.$/, '');
  return {
    message: `This is not YAML: ${text.charAt(0).toLowerCase()}${text.slice(1)}.`,
    hint: 'Check brackets, quotes and indentation at this place.',
  };
}

/** The way from an offset to line and column, prepared once per text. */
function positions(text: string): (offset: number) => Position {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    lineStarts.push(at + 1);
  }
  return (offset) => {
    let low = 0;
    let high = lineStarts.length;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
  };
}
