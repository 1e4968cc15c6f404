// Which changed files are held against coverage, which of their lines are new, and whether the report fits them at all.
import { limits } from '../kernel/limits.ts';
import { covers } from '../kernel/scope-glob.ts';
import type { Glob } from '../kernel/scope-glob.ts';
import type { FileCoverage } from './coverage-model.ts';
import { linesOf, originsOf } from './line-diff.ts';
import type { Origins } from './line-diff.ts';
import type { BlobText, Change, PullRequest } from './pull-request.ts';
import { quote } from './quote.ts';

/** A changed file that a report measures. */
export interface ChangedFile {
  readonly path: string;
  readonly coverage: FileCoverage;
  readonly origins: Origins;
}

export interface ChangedFiles {
  readonly measured: readonly ChangedFile[];
  /** Paths of files that no report speaks of, although it does of others in their language. */
  readonly unmeasured: readonly string[];
  /** A sentence each with the next step. */
  readonly unread: readonly string[];
}

type Files = ReadonlyMap<string, FileCoverage>;

/** Extensions that one compiler or runner takes together. */
const families = [
  ['js', 'jsx', 'mjs', 'cjs', 'ts', 'tsx', 'mts', 'cts', 'vue', 'svelte'],
  ['java', 'kt', 'scala', 'groovy'],
  ['c', 'cc', 'cpp', 'cxx', 'm', 'mm'],
];

function familyOf(path: string): string {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return families.find((family) => family.includes(extension))?.[0] ?? extension;
}

/** Plain files that have new lines; a file that only moved or shrank has none to cover. */
function isCandidate({ status, after, additions }: Change): boolean {
  return status !== 'removed' && after?.mode.startsWith('100') === true && additions > 0;
}

/** Copied code is new code, as everywhere. */
function previousOid({ status, before }: Change): string | null {
  return status === 'added' || status === 'copied' ? null : (before?.oid ?? null);
}

/** The changed files as reports measure them, without those of `excluded`. */
export async function changedFilesOf(
  pullRequest: PullRequest,
  changes: readonly Change[],
  { files, excluded }: { readonly files: Files; readonly excluded: readonly Glob[] },
): Promise<ChangedFiles> {
  const candidates = changes.filter(
    (change) => isCandidate(change) && !covers(excluded, change.path),
  );
  const known = candidates.filter(({ path }) => files.has(path));
  const measuredFamilies = new Set([...files.keys()].map(familyOf));
  const unmeasured = candidates
    .map(({ path }) => path)
    .filter((path) => !files.has(path) && !path.endsWith('.d.ts'))
    .filter((path) => measuredFamilies.has(familyOf(path)));
  if (known.length > limits.analysedFilesMax) {
    const problem = `${known.length} measured files changed, and at most ${limits.analysedFilesMax} are compared. Split the pull request.`;
    return { measured: [], unmeasured, unread: [problem] };
  }
  const read = await compared(pullRequest, known, files);
  return { ...read, unmeasured };
}

async function compared(
  pullRequest: PullRequest,
  known: readonly Change[],
  files: Files,
): Promise<Pick<ChangedFiles, 'measured' | 'unread'>> {
  const oids = known.flatMap((change) => [previousOid(change), change.after?.oid ?? null]);
  const texts = await pullRequest.blobs([...new Set(oids.filter((oid) => oid !== null))]);
  const measured: ChangedFile[] = [];
  const unread: string[] = [];
  for (const change of known) {
    const coverage = files.get(change.path);
    const sides = sidesOf(change, texts);
    if (coverage === undefined) continue;
    if (!sides.ok) unread.push(unreadText(change.path, sides.why));
    else if (lastLineOf(coverage) > linesOf(sides.after).length + 1) {
      unread.push(staleText(change.path, 'measures lines beyond the end of it'));
    } else {
      const origins = originsOf(sides.before, sides.after);
      measured.push({ path: change.path, coverage, origins });
    }
  }
  return { measured, unread };
}

type Sides =
  | { readonly ok: true; readonly before: string; readonly after: string }
  | Extract<BlobText, { ok: false }>;

const missing = { ok: false, why: 'missing' } as const;

function sidesOf(change: Change, texts: ReadonlyMap<string, BlobText>): Sides {
  const after = texts.get(change.after?.oid ?? '') ?? missing;
  const before = textBefore(previousOid(change), texts);
  if (!after.ok) return after;
  return before === null ? missing : { ok: true, before, after: after.text };
}

/** What cannot be compared with the base is new as a whole, but for a text that should be there: null. */
function textBefore(oid: string | null, texts: ReadonlyMap<string, BlobText>): string | null {
  if (oid === null) return '';
  const before = texts.get(oid) ?? missing;
  if (before.ok) return before.text;
  return before.why === 'missing' ? null : '';
}

const whyText = {
  binary: 'it is binary',
  missing: 'its text is not to be had',
  'too-large': `it is larger than ${limits.analysedFileBytesMax} bytes`,
} as const;

function unreadText(path: string, why: keyof typeof whyText): string {
  return `${quote(path)} has coverage but cannot be read: ${whyText[why]}. Split it, or leave it out (checks.coverage.exclude).`;
}

function lastLineOf({ lines }: FileCoverage): number {
  let last = 0;
  for (const line of lines.keys()) last = Math.max(last, line);
  return last;
}

/** What is wrong is a clause that goes on behind the path. */
export function staleText(path: string, what: string): string {
  return `The coverage report is stale, as ${quote(path)} shows: it ${what}. Run the tests with coverage again, and commit the report.`;
}

/**
 * Whether a report that the pull request did not touch can still be right: a line that was measured and only moved must
 * be measured where it stands now. A sentence for the first file where that is not so.
 */
export function staleProblem(changed: readonly ChangedFile[]): string | null {
  const stale = changed.find(({ coverage: { lines }, origins }) =>
    origins.some((origin, index) => origin > 0 && lines.has(origin) && !lines.has(index + 1)),
  );
  return stale === undefined
    ? null
    : staleText(stale.path, 'measures its lines as they stand at the base');
}
