// Reads LCOV tracefiles of the first and the second version.
import { limits } from '../kernel/limits.ts';
import { CoverageDraft, badReport, hitsOf, lineOf, shown } from './coverage-model.ts';
import type { Coverage } from './coverage-model.ts';

interface Place {
  readonly line: number;
  readonly endLine: number | null;
}

/** Functions of one section; names and counts come in records of their own. */
class Functions {
  /** A name may stand for several functions, such as constructors, in the order of their counts. */
  readonly places = new Map<string, Place[]>();
  readonly counts = new Map<string, number[]>();
  /** By the index of the second version. */
  readonly leaders = new Map<string, Place>();
  readonly aliases: { readonly name: string; readonly index: string; readonly hits: number }[] = [];
}

class LcovReader {
  private readonly draft = new CoverageDraft();
  private path: string | null = null;
  private functions = new Functions();
  private at = 0;

  private readonly records: Readonly<Record<string, (value: string) => void>> = {
    SF: (value) => this.begin(value),
    DA: (value) => this.readLine(value),
    FN: (value) => this.readFunction(value),
    FNDA: (value) => this.readCount(value),
    FNL: (value) => this.readLeader(value),
    FNA: (value) => this.readAlias(value),
  };

  read(text: string, at: number): void {
    this.at = at;
    if (text.length > limits.coverageTextCharsMax) {
      badReport(at, `a line is longer than ${limits.coverageTextCharsMax} characters`);
    }
    const line = text.trim();
    if (line === 'end_of_record') this.end();
    else if (line !== '' && !line.startsWith('#')) this.readRecord(line);
  }

  done(): Coverage {
    if (this.path !== null) badReport(this.at, 'it ends within a record, so a part is missing');
    return this.draft.done();
  }

  private readRecord(line: string): void {
    const key = /^[A-Z]+(?=:)/.exec(line)?.[0];
    if (key === undefined) badReport(this.at, `this is no record of LCOV: ${shown(line)}`);
    // Not every word is a record of interest, and `constructor` is a word too.
    if (Object.hasOwn(this.records, key)) this.records[key]?.(line.slice(key.length + 1));
  }

  private begin(path: string): void {
    if (this.path !== null) badReport(this.at, 'a file begins before the one above has ended');
    this.draft.openFile(path, this.at);
    this.path = path;
    this.functions = new Functions();
  }

  private inFile(): string {
    return this.path ?? badReport(this.at, 'a record stands outside of any file');
  }

  /** `DA:line,hits[,checksum]` */
  private readLine(value: string): void {
    const [line, hits] = value.split(',');
    const place = { line: lineOf(line, this.at), hits: hitsOf(hits, this.at) };
    this.draft.addLine(this.inFile(), place);
  }

  /** `FN:line,name`, in the second version also `FN:line,end,name`; a name may hold commas. */
  private readFunction(value: string): void {
    this.inFile();
    const [, line, end, name = ''] = /^([^,]*),(?:(\d+),)?(.+)$/.exec(value) ?? [];
    const place = this.placeOf(line, end);
    const same = this.functions.places.get(name);
    if (same === undefined) this.functions.places.set(name, [place]);
    else same.push(place);
  }

  /** `FNDA:hits,name` */
  private readCount(value: string): void {
    this.inFile();
    const [, hits, name = ''] = /^([^,]*),(.*)$/.exec(value) ?? [];
    const count = hitsOf(hits, this.at);
    const same = this.functions.counts.get(name);
    if (same === undefined) this.functions.counts.set(name, [count]);
    else same.push(count);
  }

  /** `FNL:index,line[,end]` */
  private readLeader(value: string): void {
    this.inFile();
    const [index = '', line, end] = value.split(',');
    this.functions.leaders.set(index, this.placeOf(line, end));
  }

  /** `FNA:index,hits,name` */
  private readAlias(value: string): void {
    this.inFile();
    const [, index = '', hits, name = ''] = /^([^,]*),([^,]*),(.*)$/.exec(value) ?? [];
    this.functions.aliases.push({ name, index, hits: hitsOf(hits, this.at) });
  }

  private placeOf(line: string | undefined, end: string | undefined): Place {
    return {
      line: lineOf(line, this.at),
      endLine: end === undefined ? null : lineOf(end, this.at),
    };
  }

  private end(): void {
    const path = this.inFile();
    const { places, counts, leaders, aliases } = this.functions;
    for (const [name, found] of places) {
      const hits = counts.get(name) ?? [];
      const isPaired = hits.length === found.length;
      // Where the counts cannot be told apart, one that ran counts for all of that name.
      const any = hits.reduce((most, one) => Math.max(most, one), 0);
      found.forEach((place, index) => {
        this.draft.addFunction(path, { name, ...place, hits: isPaired ? (hits[index] ?? 0) : any });
      });
    }
    for (const { name, index, hits } of aliases) {
      const place =
        leaders.get(index) ?? badReport(this.at, `no function has the index ${shown(index)}`);
      this.draft.addFunction(path, { name, ...place, hits });
    }
    this.path = null;
  }
}

/** Reads a tracefile; throws BadReport. */
export function parseLcov(text: string): Coverage {
  const reader = new LcovReader();
  let at = 0;
  for (const line of text.split('\n')) reader.read(line, (at += 1));
  return reader.done();
}
