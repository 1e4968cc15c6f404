// Which format a coverage report is of, told by its content alone: names of files say little.
import { BadReport, badReport } from './coverage-model.ts';
import type { Coverage } from './coverage-model.ts';

export type Reading =
  | { readonly ok: true; readonly coverage: Coverage }
  /** A clause without a full stop that names the line where it can. */
  | { readonly ok: false; readonly problem: string };

type Parse = (text: string) => Coverage;

const unknownFormat =
  'this is no report of LCOV, Istanbul (JSON), Cobertura or JaCoCo (XML); let the tests write one of these';

/** The first element of an XML document, past its declaration, comments and DTD. */
function rootOf(text: string): string | undefined {
  return /<([A-Za-z_][\w.:-]*)/.exec(text.slice(0, 65_536))?.[1];
}

const xmlParsers: Readonly<Record<string, () => Promise<Parse>>> = {
  coverage: async () => (await import('./coverage-cobertura.ts')).parseCobertura,
  report: async () => (await import('./coverage-jacoco.ts')).parseJacoco,
};

async function parserFor(text: string): Promise<Parse> {
  if (/^[[{]/.test(text)) return (await import('./coverage-istanbul.ts')).parseIstanbul;
  if (text.startsWith('<')) {
    const root = rootOf(text) ?? '';
    const load = Object.hasOwn(xmlParsers, root) ? xmlParsers[root] : undefined;
    return load === undefined ? badReport(null, unknownFormat) : load();
  }
  // mode: is Go's own format, and others there are; what begins like a record is taken for LCOV.
  if (!/^(?:#|(?:TN|SF|VER):)/.test(text)) badReport(null, unknownFormat);
  return (await import('./coverage-lcov.ts')).parseLcov;
}

/** Reads a report. Never throws for what stands in it. */
export async function readReport(text: string): Promise<Reading> {
  try {
    // Whitespace at the beginning stays, so that lines are counted right, but for XML, which allows none.
    const clean = text.startsWith('\uFEFF') ? text.slice(1) : text;
    const parse = await parserFor(clean.slice(0, 65_536).trimStart());
    return { ok: true, coverage: parse(clean) };
  } catch (error) {
    if (error instanceof BadReport) return { ok: false, problem: error.message };
    throw error;
  }
}
