// Walks the XML of coverage reports element by element. Entities of a document are never expanded, nothing is fetched.
import { SaxesParser } from 'saxes';
import { limits } from '../kernel/limits.ts';
import { BadReport, badReport, shown } from './coverage-model.ts';

/** One element when it opens. */
export interface Element {
  readonly name: string;
  /** 1-based line of the report. */
  readonly at: number;
  /** Names of the elements around it, the root first. */
  readonly around: readonly string[];
  /** An attribute's value; undefined where it has none of that name. */
  attribute(name: string): string | undefined;
}

export interface XmlReader {
  open(element: Element): void;
  /** `text` is what stands directly in it, trimmed. */
  close(name: string, text: string): void;
}

/** A declaration may name a DTD, which is not read; one that declares anything itself is refused. */
function refuseDeclarations(doctype: string, at: number): void {
  if (!doctype.includes('[') && !doctype.includes('<!')) return;
  badReport(at, 'it declares entities or elements of its own, which no report needs');
}

/** The parser puts its place before the problem. */
function problemIn(message: string): string {
  return message.replace(/^(?:\d+:\d+: )/, '').replace(/\.$/, '');
}

interface Options {
  readonly xmlns: false;
  readonly position: true;
}

/** An XML document on its way through the parser. */
class Walk {
  readonly parser = new SaxesParser<Options>({ xmlns: false, position: true });
  private readonly reader: XmlReader;
  private readonly around: string[] = [];
  private texts: string[] = [];

  constructor(reader: XmlReader) {
    this.reader = reader;
    this.parser.on('error', ({ message }) => badReport(this.parser.line, problemIn(message)));
    this.parser.on('doctype', (text) => refuseDeclarations(text, this.parser.line));
    this.parser.on('opentag', ({ name, attributes }) => this.open(name, attributes));
    this.parser.on('text', (text) => this.addText(text));
    this.parser.on('cdata', (text) => this.addText(text));
    this.parser.on('closetag', ({ name }) => this.close(name));
  }

  private open(name: string, attributes: Readonly<Record<string, string>>): void {
    const at = this.parser.line;
    if (this.around.length >= limits.coverageDepthMax) {
      badReport(at, `elements are nested deeper than ${limits.coverageDepthMax}`);
    }
    const around = [...this.around];
    const attribute = (key: string) => {
      const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
      if (value === undefined || value.length <= limits.coverageTextCharsMax) return value;
      return badReport(at, `the attribute ${shown(key)} is too long`);
    };
    this.reader.open({ name, at, around, attribute });
    this.around.push(name);
    this.texts = [];
  }

  private addText(text: string): void {
    if (text.trim() === '') return;
    if (text.length > limits.coverageTextCharsMax) {
      badReport(
        this.parser.line,
        `a text is longer than ${limits.coverageTextCharsMax} characters`,
      );
    }
    this.texts.push(text);
  }

  private close(name: string): void {
    this.around.pop();
    this.reader.close(name, this.texts.join('').trim());
    this.texts = [];
  }
}

/** Walks a document; throws BadReport where it is not well formed, or where the reader does. */
export function walkXml(text: string, reader: XmlReader): void {
  const { parser } = new Walk(reader);
  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof BadReport) throw error;
    badReport(parser.line, 'this is not valid XML');
  }
}
