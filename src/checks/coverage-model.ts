// What every format of coverage report is read into, bounded, because reports are written by whoever wrote the change.
import { limits } from '../kernel/limits.ts';

export interface FunctionCoverage {
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based; null where the report does not tell. */
  readonly endLine: number | null;
  readonly hits: number;
}

export interface FileCoverage {
  /** How often each measured line (1-based) ran. A line that is not in here holds nothing to run. */
  readonly lines: ReadonlyMap<number, number>;
  readonly functions: readonly FunctionCoverage[];
}

/** One report, with paths as it has them. */
export interface Coverage {
  readonly files: ReadonlyMap<string, FileCoverage>;
  /** Folders that its relative paths may count from, as it names them. */
  readonly roots: readonly string[];
}

/** A report that cannot be read; the message is a clause without a full stop that names the line where it can. */
export class BadReport extends Error {}

/** Stops the reading; `line` is the 1-based line of the report. */
export function badReport(line: number | null, problem: string): never {
  throw new BadReport(line === null ? problem : `line ${line}: ${problem}`);
}

/** Counts are only compared with zero and added up, so what is beyond exact numbers stays at the largest. */
export function addHits(one: number, other: number): number {
  return Math.min(one + other, Number.MAX_SAFE_INTEGER);
}

/** Text that is a whole number from zero, or null: NaN, negative numbers, fractions and anything else. */
function wholeOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,24}$/.test(text)) return null;
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}

/** A count of hits as text; `at` is the line of the report. */
export function hitsOf(text: string | undefined, at: number | null): number {
  return (
    wholeOf(text) ??
    badReport(at, `a count must be a whole number from 0, not ${shown(text ?? 'nothing')}`)
  );
}

/** The number of a line as text; `at` is the line of the report. */
export function lineOf(text: string | undefined, at: number | null): number {
  const line = wholeOf(text);
  if (line !== null && line >= 1 && line <= limits.coverageLineMax) return line;
  const most = limits.coverageLineMax;
  return badReport(at, `the number of a line must be from 1 to ${most}, not ${shown(text ?? '')}`);
}

/** A stranger's text within a problem, on one line and short. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** One file while its report is being read. */
class FileDraft {
  readonly lines = new Map<number, number>();
  private readonly byPlace = new Map<string, FunctionCoverage>();

  get functions(): FunctionCoverage[] {
    return [...this.byPlace.values()].sort((one, other) => one.line - other.line);
  }

  addLine(line: number, hits: number): void {
    this.lines.set(line, addHits(this.lines.get(line) ?? 0, hits));
  }

  addFunction(found: FunctionCoverage): void {
    const key = `${found.line} ${found.name}`;
    const known = this.byPlace.get(key);
    const hits = addHits(known?.hits ?? 0, found.hits);
    this.byPlace.set(key, { ...found, endLine: found.endLine ?? known?.endLine ?? null, hits });
  }
}

/** Collects what a report says. What is told twice is added up. */
export class CoverageDraft {
  private readonly files = new Map<string, FileDraft>();
  private readonly roots = new Set<string>();
  private records = 0;

  /** Opens a file; `at` is the line of the report for problems, as in all that follow. */
  openFile(path: string, at: number | null): void {
    if (path === '') badReport(at, 'a file has no name');
    if (path.length > limits.pathBytesMax) badReport(at, 'a path is longer than paths can be');
    if (this.files.has(path)) return;
    if (this.files.size >= limits.coverageFilesMax) {
      badReport(at, `it speaks of more than ${limits.coverageFilesMax} files`);
    }
    this.files.set(path, new FileDraft());
  }

  addRoot(path: string): void {
    if (path !== '' && this.roots.size < limits.listItemsMax) this.roots.add(path);
  }

  addLine(path: string, place: { readonly line: number; readonly hits: number }): void {
    this.fileAt(path).addLine(place.line, place.hits);
  }

  addFunction(path: string, found: FunctionCoverage): void {
    const name = found.name.slice(0, limits.unitPathCharsMax);
    this.fileAt(path).addFunction({ ...found, name });
  }

  /** What was collected so far. */
  done(): Coverage {
    const files = [...this.files].map(([path, { lines, functions }]): [string, FileCoverage] => [
      path,
      { lines, functions },
    ]);
    return { files: new Map(files), roots: [...this.roots] };
  }

  private fileAt(path: string): FileDraft {
    this.records += 1;
    if (this.records > limits.coverageRecordsMax) {
      badReport(null, `it holds more than ${limits.coverageRecordsMax} records`);
    }
    return this.files.get(path) ?? badReport(null, 'a record stands outside of any file');
  }
}

/** Measured lines of both with their hits added up, and all functions; for several reports on one file. */
export function mergedFile(parts: readonly FileCoverage[]): FileCoverage {
  const draft = new FileDraft();
  for (const { lines, functions } of parts) {
    for (const [line, hits] of lines) draft.addLine(line, hits);
    for (const found of functions) draft.addFunction(found);
  }
  return { lines: draft.lines, functions: draft.functions };
}
