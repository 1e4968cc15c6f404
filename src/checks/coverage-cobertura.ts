// Reads Cobertura XML, as coverage.py, gcovr, Istanbul, PHPUnit and coverlet write it.
import { CoverageDraft, badReport, hitsOf, lineOf } from './coverage-model.ts';
import type { Coverage } from './coverage-model.ts';
import { walkXml } from './coverage-xml.ts';
import type { Element, XmlReader } from './coverage-xml.ts';

interface Method {
  readonly name: string;
  /** What its first line says; null as long as none came. */
  line: number | null;
  hits: number;
  endLine: number | null;
  /** A count of the method itself, as Istanbul writes it. */
  readonly ownHits: number | null;
}

class CoberturaReader implements XmlReader {
  readonly draft = new CoverageDraft();
  private path: string | null = null;
  private method: Method | null = null;
  /** Lines of the open class; a line of a method stands in the class again. */
  private lines = new Map<number, number>();

  private readonly opens: Readonly<Record<string, (element: Element) => void>> = {
    class: (element) => this.openClass(element),
    method: (element) => this.openMethod(element),
    line: (element) => this.readLine(element),
    project: ({ at }) =>
      badReport(at, 'this is a report of Clover; write LCOV or Cobertura instead'),
  };

  open(element: Element): void {
    if (Object.hasOwn(this.opens, element.name)) this.opens[element.name]?.(element);
  }

  close(name: string, text: string): void {
    if (name === 'source') this.draft.addRoot(text);
    if (name === 'method') this.closeMethod();
    if (name === 'class') this.closeClass();
  }

  private openClass(element: Element): void {
    if (this.path !== null) badReport(element.at, 'a class stands within a class');
    this.path = element.attribute('filename') ?? '';
    this.draft.openFile(this.path, element.at);
    this.lines = new Map();
  }

  private openMethod(element: Element): void {
    if (this.method !== null) badReport(element.at, 'a method stands within a method');
    const hits = element.attribute('hits');
    this.method = {
      name: element.attribute('name') ?? '',
      ownHits: hits === undefined ? null : hitsOf(hits, element.at),
      ...{ line: null, hits: 0, endLine: null },
    };
  }

  private readLine(element: Element): void {
    if (this.path === null) badReport(element.at, 'a line stands outside of any class');
    const line = lineOf(element.attribute('number'), element.at);
    const hits = hitsOf(element.attribute('hits'), element.at);
    this.lines.set(line, Math.max(this.lines.get(line) ?? 0, hits));
    if (this.method !== null) noteLine(this.method, line, hits);
  }

  private closeMethod(): void {
    if (this.path !== null && this.method?.line != null) {
      const { name, line, endLine, ownHits, hits } = this.method;
      // One line alone is where it begins, not all of it.
      const end = endLine === line ? null : endLine;
      this.draft.addFunction(this.path, { name, line, endLine: end, hits: ownHits ?? hits });
    }
    this.method = null;
  }

  private closeClass(): void {
    const path = this.path ?? '';
    for (const [line, hits] of this.lines) this.draft.addLine(path, { line, hits });
    this.path = null;
  }
}

/** A method ran as often as the line of it that ran most. */
function noteLine(method: Method, line: number, hits: number): void {
  method.line = Math.min(method.line ?? line, line);
  method.endLine = Math.max(method.endLine ?? line, line);
  method.hits = Math.max(method.hits, hits);
}

/** Reads a report of Cobertura; throws BadReport. */
export function parseCobertura(text: string): Coverage {
  const reader = new CoberturaReader();
  walkXml(text, reader);
  return reader.draft.done();
}
