// Finds the coverage reports of a side of a pull request, reads them and places them in its tree.
import { limits } from '../kernel/limits.ts';
import { glob, matches } from '../kernel/scope-glob.ts';
import type { Policy } from '../policy/schema.ts';
import { readReport } from './coverage-format.ts';
import type { FileCoverage } from './coverage-model.ts';
import { mergedFiles, placeCoverage } from './coverage-path.ts';
import type { Ambiguous, PlacedCoverage } from './coverage-path.ts';
import type { GivenReport, PullRequest, Side, TreeEntry } from './pull-request.ts';
import { quote, quoteSome } from './quote.ts';

export type Wanted = NonNullable<Policy['checks']['coverage']>;
type Entries = ReadonlyMap<string, TreeEntry>;

/** All reports of a side, taken together. */
export interface SideCoverage {
  readonly files: ReadonlyMap<string, FileCoverage>;
  /** Paths of reports in the tree; none where they were handed over beside it. */
  readonly reports: readonly string[];
  readonly unplaced: readonly string[];
  readonly ambiguous: readonly Ambiguous[];
  /** What could not be read, a sentence each with the next step. */
  readonly unread: readonly string[];
}

const nothing: SideCoverage = {
  ...{
    files: new Map<string, FileCoverage>(),
    reports: [],
    unplaced: [],
    ambiguous: [],
    unread: [],
  },
};

const uncut = 'Run `coord check` in a clone, where the whole tree can be read.';

/** The coverage of a side. Reports handed over beside the tree stand for those in the tree of the head. */
export async function coverageOf(
  pullRequest: PullRequest,
  side: Side,
  wanted: Wanted,
): Promise<SideCoverage> {
  const [entries, given] = await Promise.all([
    pullRequest.entries(side),
    side === 'head' ? pullRequest.coverageReports() : [],
  ]);
  if (entries === null) {
    return {
      ...nothing,
      unread: [
        `The tree is too large to be read whole, so no file of a coverage report can be found. ${uncut}`,
      ],
    };
  }
  const found =
    given.length > 0
      ? { given, paths: [], unread: [] }
      : await inTree(pullRequest, entries, wanted);
  const read = await Promise.all(found.given.map((report) => placed(report, entries, wanted)));
  return {
    ...together(read),
    reports: found.paths,
    unread: [...found.unread, ...read.flatMap(({ unread }) => unread)],
  };
}

interface InTree {
  readonly given: readonly GivenReport[];
  readonly paths: readonly string[];
  readonly unread: readonly string[];
}

async function inTree(
  pullRequest: PullRequest,
  entries: Entries,
  { report }: Wanted,
): Promise<InTree> {
  const found = report.map((text) => ({ text, paths: pathsOf(entries, text) }));
  const missing = found.filter(({ paths }) => paths.length === 0).map(({ text }) => text);
  const paths = [...new Set(found.flatMap((one) => one.paths))];
  if (paths.length > limits.coverageReportsMax) {
    const problem = `${paths.length} files are coverage reports by the policy, and at most ${limits.coverageReportsMax} are read. Name fewer (checks.coverage.report).`;
    return { given: [], paths, unread: [problem] };
  }
  const oids = paths.map((path) => entries.get(path)?.oid ?? '');
  const texts = await pullRequest.blobs([...new Set(oids)], limits.coverageReportBytesMax);
  const given = paths.map((name, index): GivenReport => {
    const content = texts.get(oids[index] ?? '') ?? { ok: false, why: 'missing' };
    return { name, content };
  });
  return { given, paths, unread: missing.length === 0 ? [] : [missingText(missing)] };
}

function missingText(reports: readonly string[]): string {
  return `There is no coverage report at ${quoteSome(reports)}. Add a step that runs the tests with coverage and commits the report there, or correct checks.coverage.report; \`coord check --coverage FILE\` judges by one that is not committed.`;
}

/** Plain files that a path or glob of the policy means. */
function pathsOf(entries: Entries, text: string): string[] {
  const isFile = (path: string) => entries.get(path)?.mode.startsWith('100') === true;
  if (isFile(text)) return [text];
  if (!/[*?{]|\/$/.test(text)) return [];
  const wanted = glob(text);
  return [...entries.keys()].filter((path) => isFile(path) && matches(wanted, path)).sort();
}

interface ReadReport extends PlacedCoverage {
  readonly unread: readonly string[];
}

const unusable = (sentence: string): ReadReport => ({
  ...{ files: new Map<string, FileCoverage>(), unplaced: [], ambiguous: [], unread: [sentence] },
});

const whyText = {
  binary: 'it is binary',
  missing: 'its text is not to be had',
  'too-large': `it is larger than ${limits.coverageReportBytesMax} bytes`,
} as const;

async function placed(
  { name, content }: GivenReport,
  entries: Entries,
  { paths }: Wanted,
): Promise<ReadReport> {
  const again = 'Run the tests with coverage again, and commit what they write.';
  const report = `The coverage report ${quote(name)}`;
  if (!content.ok) return unusable(`${report} cannot be read: ${whyText[content.why]}. ${again}`);
  const reading = await readReport(content.text);
  if (!reading.ok) return unusable(`${report} cannot be read: ${reading.problem}. ${again}`);
  const { coverage } = reading;
  if (![...coverage.files.values()].some(({ lines }) => lines.size > 0)) {
    return unusable(`${report} is empty: it measures no line. ${again}`);
  }
  const found = placeCoverage(coverage, new Set(entries.keys()), paths);
  if (found.files.size > 0 || found.ambiguous.length > 0) return { ...found, unread: [] };
  const problem = `${report} speaks of no file of this tree, but of ${quoteSome(found.unplaced)}. Say which paths these are (checks.coverage.paths), or write it anew.`;
  return unusable(problem);
}

/** Measured lines of all, hits added up. */
function together(parts: readonly ReadReport[]): Omit<SideCoverage, 'reports' | 'unread'> {
  const files = new Map<string, FileCoverage[]>();
  for (const [path, file] of parts.flatMap((part) => [...part.files])) {
    files.set(path, [...(files.get(path) ?? []), file]);
  }
  return {
    files: mergedFiles(files),
    unplaced: [...new Set(parts.flatMap(({ unplaced }) => unplaced))],
    ambiguous: parts.flatMap(({ ambiguous }) => ambiguous),
  };
}
