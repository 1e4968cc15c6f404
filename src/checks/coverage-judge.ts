// Judges the coverage of a pull request by the reports on its head, and in a ratchet by those of the base.
import { covers, glob } from '../kernel/scope-glob.ts';
import type { Glob } from '../kernel/scope-glob.ts';
import { changedFilesOf, staleProblem, staleText } from './coverage-files.ts';
import type { ChangedFiles } from './coverage-files.ts';
import { patchFindings, projectFindings, titleOf } from './coverage-findings.ts';
import type { Numbers } from './coverage-findings.ts';
import type { FileCoverage } from './coverage-model.ts';
import { coverageOf } from './coverage-source.ts';
import type { SideCoverage, Wanted } from './coverage-source.ts';
import { patchTally, percentText, tallyOf } from './coverage-tally.ts';
import type { Tally } from './coverage-tally.ts';
import { unreadChanges } from './policy-check.ts';
import type { Judged } from './policy-check.ts';
import type { Change, PullRequest } from './pull-request.ts';
import { count, quote, quoteSome } from './quote.ts';

export interface Asked {
  readonly wanted: Wanted;
  readonly testGlobs: readonly string[];
}

/** Judges by the reports that the policy names or that were handed over; without a good one nothing passes. */
export async function judgeCoverage(
  pullRequest: PullRequest,
  { wanted, testGlobs }: Asked,
): Promise<Judged> {
  const [{ changes, problem }, head] = await Promise.all([
    pullRequest.changes(),
    coverageOf(pullRequest, 'head', wanted),
  ]);
  const unread = [...unreadChanges(problem), ...head.unread];
  if (head.files.size === 0) return notJudged(head, unread);
  const excluded = [...testGlobs, ...wanted.exclude].map(glob);
  const files = countedFiles(head.files, excluded);
  if (files.size === 0) return notJudged(head, [...unread, onlyExcluded]);
  const changed = await changedFilesOf(pullRequest, changes, { files, excluded });
  const base = await baseOf(pullRequest, wanted, excluded);
  const numbers: Numbers = {
    project: tallyOf(files.values()),
    patch: patchTally(changed.measured),
    base: base.tally,
  };
  const findings = [
    ...projectFindings(numbers, wanted),
    ...patchFindings(numbers, changed, wanted),
  ];
  return {
    findings,
    reasons: [...reasonsOf(numbers, wanted), ...base.reasons, ...unplacedReasons(head)],
    unread: [...unread, ...changed.unread, ...doubts({ head, changes, changed })],
    title: titleOf(numbers, wanted, findings),
  };
}

const onlyExcluded =
  'The coverage reports measure nothing but tests and files that checks.coverage.exclude leaves out. Let them measure the code.';

const nothingNamed =
  'The policy names no coverage report. Name one (checks.coverage.report), or set checks.coverage.mode to off.';

/** There is always something unread here, so that it never passes. */
function notJudged(head: SideCoverage, unread: readonly string[]): Judged {
  const known = [...unread, ...head.ambiguous.map(ambiguousText)];
  const all = known.length === 0 ? [nothingNamed] : known;
  return { findings: [], reasons: [], unread: all, title: 'There is no coverage to judge by.' };
}

type Files = ReadonlyMap<string, FileCoverage>;

function countedFiles(files: Files, excluded: readonly Glob[]): Files {
  return new Map([...files].filter(([path]) => !covers(excluded, path)));
}

interface BaseCoverage {
  readonly tally: Tally | null;
  readonly reasons: readonly string[];
}

/**
 * What the base has, where it is to be compared with. A report that is missing or broken there holds nobody up: it was
 * merged already, and this pull request may be the one that puts it right.
 */
async function baseOf(
  pullRequest: PullRequest,
  wanted: Wanted,
  excluded: readonly Glob[],
): Promise<BaseCoverage> {
  if (wanted.mode !== 'ratchet') return { tally: null, reasons: [] };
  const { files, unread } = await coverageOf(pullRequest, 'base', wanted);
  const tally = tallyOf(countedFiles(files, excluded).values());
  if (unread.length === 0 && tally.measured > 0) return { tally, reasons: [] };
  const reason =
    'The base has no coverage report that can be read whole, so nothing can fall below it.';
  return { tally: null, reasons: [reason] };
}

interface Doubted {
  readonly head: SideCoverage;
  readonly changes: readonly Change[];
  readonly changed: ChangedFiles;
}

/** Why the report may not be about this head. */
function doubts({ head, changes, changed }: Doubted): string[] {
  const touched = new Set(changes.map(({ path }) => path));
  // Of reports that did not change with the code; a new one is taken at its word.
  const isOld = head.reports.length > 0 && !head.reports.some((path) => touched.has(path));
  const stale = isOld ? staleProblem(changed.measured) : null;
  const unclear = head.ambiguous.filter(({ among }) => among.some((path) => touched.has(path)));
  return [stale ?? goneProblem(head, changes), ...unclear.map(ambiguousText)].filter(
    (problem) => problem !== null,
  );
}

/** A report that still measures a file that this pull request takes away is older than it. */
function goneProblem({ unplaced }: SideCoverage, changes: readonly Change[]): string | null {
  const slashed = unplaced.map((path) => `/${path.replaceAll('\\', '/')}`);
  const gone = changes
    .map(({ status, path, previousPath }) =>
      status === 'removed' ? path : status === 'renamed' ? previousPath : null,
    )
    .filter((path) => path !== null);
  const path = gone.find((name) => slashed.some((one) => one.endsWith(`/${name}`)));
  return path === undefined ? null : staleText(path, 'still measures it, although it is gone');
}

function ambiguousText({ path, among }: { path: string; among: readonly string[] }): string {
  return `The coverage of ${quote(path)} may be that of ${quoteSome(among)}. Say which one it is (checks.coverage.paths).`;
}

/** What else there is to know about the numbers. */
function reasonsOf({ project, patch, base }: Numbers, wanted: Wanted): string[] {
  const reasons = [`${project.covered} of ${count(project.measured, 'measured line')} covered.`];
  if (base !== null) reasons.push(`The base has ${percentText(base)}.`);
  if (patch.measured === 0) reasons.push('No line that is measured was changed.');
  else if (patch.measured < wanted.minLines) {
    const few = `${count(patch.measured, 'measured line')} changed, fewer than ${wanted.minLines}`;
    reasons.push(`${few}: their share is not judged (checks.coverage.minLines).`);
  }
  return reasons;
}

function unplacedReasons({ unplaced, ambiguous }: SideCoverage): string[] {
  const lost =
    unplaced.length === 0
      ? []
      : [
          `${count(unplaced.length, 'file')} of the report stand in no place of this tree and do not count: ${quoteSome(unplaced)}.`,
        ];
  const unclear = ambiguous.map(({ path }) => path);
  return unclear.length === 0
    ? lost
    : [
        ...lost,
        `${count(unclear.length, 'file')} of the report could be several of this tree and do not count: ${quoteSome(unclear)} (checks.coverage.paths).`,
      ];
}
