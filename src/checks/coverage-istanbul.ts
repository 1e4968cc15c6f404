// Reads the JSON that Istanbul's reporter `json` writes (coverage-final.json), as nyc, Jest, c8 and Vitest have it.
import { limits } from '../kernel/limits.ts';
import { CoverageDraft, badReport, shown } from './coverage-model.ts';
import type { Coverage } from './coverage-model.ts';

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown, path: string, name: string): Fields {
  if (isFields(value)) return value;
  return badReport(null, `the file ${shown(path)} has no map ${name}`);
}

/** Reads `start.line` and the like; null where there is none. */
function numberAt(value: unknown, ...keys: readonly string[]): number | null {
  let inner = value;
  for (const key of keys) inner = isFields(inner) ? inner[key] : undefined;
  return typeof inner === 'number' ? inner : null;
}

function isLine(line: number | null): line is number {
  return line !== null && Number.isInteger(line) && line >= 1 && line <= limits.coverageLineMax;
}

/** One file of the report, read by its own name for problems. */
class IstanbulFile {
  private readonly path: string;
  private readonly file: Fields;

  constructor(path: string, file: Fields) {
    this.path = path;
    this.file = file;
  }

  /** A line counts as its statement that ran most often, as Istanbul itself has it. */
  lines(): Map<number, number> {
    const counts = fieldsOf(this.file['s'], this.path, 's');
    const lines = new Map<number, number>();
    for (const [key, place] of this.entries('statementMap')) {
      const line = this.line(numberAt(place, 'start', 'line'), `statement ${shown(key)}`);
      const hits = this.hits(counts, key);
      lines.set(line, Math.max(lines.get(line) ?? 0, hits));
    }
    return lines;
  }

  functions(): { name: string; line: number; endLine: number | null; hits: number }[] {
    const counts = fieldsOf(this.file['f'], this.path, 'f');
    return this.entries('fnMap').map(([key, found]) => {
      const declared = numberAt(found, 'decl', 'start', 'line') ?? numberAt(found, 'line');
      const line = this.line(declared, `function ${shown(key)}`);
      const end = numberAt(found, 'loc', 'end', 'line');
      const name = isFields(found) && typeof found['name'] === 'string' ? found['name'] : '';
      return { name, line, endLine: isLine(end) ? end : null, hits: this.hits(counts, key) };
    });
  }

  private entries(map: string): [string, unknown][] {
    return Object.entries(fieldsOf(this.file[map], this.path, map));
  }

  private line(line: number | null, what: string): number {
    if (isLine(line)) return line;
    return badReport(null, `the ${what} of the file ${shown(this.path)} has no line`);
  }

  private hits(counts: Fields, key: string): number {
    const hits = counts[key];
    if (typeof hits === 'number' && hits >= 0 && Number.isFinite(hits)) {
      return Math.min(Math.ceil(hits), Number.MAX_SAFE_INTEGER);
    }
    const where = `${shown(key)} of the file ${shown(this.path)}`;
    return badReport(null, `the count ${where} must be a number from 0`);
  }
}

function refuseSummary(report: Fields): void {
  const { total } = report;
  if (!isFields(total) || numberAt(total, 'lines', 'total') === null) return;
  badReport(
    null,
    'this is a summary, which holds totals and no lines; let the tests write the report `json` or `lcov` instead',
  );
}

/** The line that the message of `JSON.parse` points at, as far as it does. */
function lineOfSyntax(text: string, message: string): number | null {
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined ? null : text.slice(0, Number(position)).split('\n').length;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    return badReport(lineOfSyntax(text, message), 'this is not valid JSON');
  }
}

/** Reads coverage-final.json; throws BadReport. */
export function parseIstanbul(text: string): Coverage {
  const report = parsed(text);
  if (!isFields(report)) badReport(null, 'this JSON is no report of Istanbul');
  refuseSummary(report);
  const draft = new CoverageDraft();
  for (const [key, value] of Object.entries(report)) {
    const file = fieldsOf(value, key, 'of coverage');
    const path = typeof file['path'] === 'string' ? file['path'] : key;
    const reading = new IstanbulFile(path, file);
    draft.openFile(path, null);
    for (const [line, hits] of reading.lines()) draft.addLine(path, { line, hits });
    for (const found of reading.functions()) draft.addFunction(path, found);
  }
  return draft.done();
}
