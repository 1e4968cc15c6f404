// Reads JaCoCo XML, which knows instructions and no counts: a line ran where one of its instructions did.
import { CoverageDraft, badReport, hitsOf, lineOf } from './coverage-model.ts';
import type { Coverage } from './coverage-model.ts';
import { walkXml } from './coverage-xml.ts';
import type { Element, XmlReader } from './coverage-xml.ts';

interface Method {
  readonly name: string;
  readonly line: number;
  readonly path: string;
}

class JacocoReader implements XmlReader {
  readonly draft = new CoverageDraft();
  private folder = '';
  /** Of the open class and of the open source file. */
  private classPath: string | null = null;
  private sourcePath: string | null = null;
  private method: Method | null = null;

  private readonly opens: Readonly<Record<string, (element: Element) => void>> = {
    package: (element) => {
      this.folder = element.attribute('name') ?? '';
    },
    class: (element) => this.openClass(element),
    method: (element) => this.openMethod(element),
    counter: (element) => this.readCounter(element),
    sourcefile: (element) => {
      this.sourcePath = this.pathOf(element.attribute('name') ?? '');
      this.draft.openFile(this.sourcePath, element.at);
    },
    line: (element) => this.readLine(element),
  };

  private readonly closes: Readonly<Record<string, () => void>> = {
    package: () => {
      this.folder = '';
    },
    class: () => {
      this.classPath = null;
    },
    method: () => {
      this.method = null;
    },
    sourcefile: () => {
      this.sourcePath = null;
    },
  };

  open(element: Element): void {
    if (Object.hasOwn(this.opens, element.name)) this.opens[element.name]?.(element);
  }

  close(name: string): void {
    if (Object.hasOwn(this.closes, name)) this.closes[name]?.();
  }

  private pathOf(name: string): string {
    return this.folder === '' ? name : `${this.folder}/${name}`;
  }

  private openClass(element: Element): void {
    const name = element.attribute('sourcefilename');
    if (name === undefined) return;
    this.classPath = this.pathOf(name);
    this.draft.openFile(this.classPath, element.at);
  }

  private openMethod(element: Element): void {
    const text = element.attribute('line');
    // What the compiler adds has no line.
    if (this.classPath === null || text === undefined) return;
    const name = element.attribute('name') ?? '';
    this.method = { name, line: lineOf(text, element.at), path: this.classPath };
  }

  private readCounter(element: Element): void {
    if (this.method === null || element.attribute('type') !== 'METHOD') return;
    const { name, line, path } = this.method;
    const hits = hitsOf(element.attribute('covered'), element.at);
    this.draft.addFunction(path, { name, line, endLine: null, hits });
  }

  private readLine(element: Element): void {
    const { at } = element;
    const path = this.sourcePath ?? badReport(at, 'a line stands outside of any source file');
    const line = lineOf(element.attribute('nr'), at);
    const missed = hitsOf(element.attribute('mi'), at);
    const covered = hitsOf(element.attribute('ci'), at);
    if (missed + covered > 0) this.draft.addLine(path, { line, hits: covered > 0 ? 1 : 0 });
  }
}

/** Reads a report of JaCoCo; throws BadReport. */
export function parseJacoco(text: string): Coverage {
  const reader = new JacocoReader();
  walkXml(text, reader);
  return reader.draft.done();
}
