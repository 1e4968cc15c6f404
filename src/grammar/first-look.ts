// What a first look at a repository found, as lines for people: what would have been stopped, and who met whom.
import type { Finding, GateVerdict, Verdict } from '../kernel/check.ts';
import { failsAsWhole, isFailing } from '../kernel/check.ts';
import { placeOf } from './verdict.ts';

/** One merged change with its verdict. */
export interface LookedAt {
  readonly commit: string;
  readonly number: number | null;
  readonly subject: string;
  readonly author: { readonly name: string; readonly email: string };
  /** ISO 8601 UTC. */
  readonly openedAt: string;
  readonly mergedAt: string;
  readonly verdict: GateVerdict;
}

/** Two changes that were open at the same time over the same files, with the functions that both changed. */
export interface Met {
  readonly first: LookedAt;
  readonly second: LookedAt;
  readonly paths: readonly { readonly path: string; readonly functions: readonly string[] }[];
}

export interface FirstLook {
  readonly branch: string;
  /** Blob id of the policy, `none` where the defaults judged. */
  readonly policy: string;
  /** Newest first. */
  readonly changes: readonly LookedAt[];
  readonly met: readonly Met[];
}

const reasonsShownMax = 3;
const changesShownMax = 20;
const meetingsShownMax = 10;

function nameOf({ number, commit }: LookedAt): string {
  return number === null ? commit.slice(0, 10) : `#${number}`;
}

function more(count: number, shownMax: number, noun: string): string[] {
  return count > shownMax ? [`  and ${count - shownMax} more ${noun}; --json lists all`] : [];
}

function findingText(finding: Finding): string {
  const place = placeOf(finding);
  return place === '' ? finding.message : `${place}  ${finding.message}`;
}

function reasonsOf(check: Verdict): string[] {
  if (failsAsWhole(check)) return [check.title];
  return check.findings.filter(({ level }) => level === 'failure').map(findingText);
}

function stoppedLines(change: LookedAt): string[] {
  const failing = change.verdict.checks.filter(({ conclusion }) => isFailing(conclusion));
  const reasons = failing.flatMap(reasonsOf);
  const names = failing.map(({ name }) => name).join(', ');
  const left = reasons.length - reasonsShownMax;
  return [
    `  ${nameOf(change)}  ${change.subject} (${change.author.name}): ${names}`,
    ...reasons.slice(0, reasonsShownMax).map((reason) => `      ${reason}`),
    ...(left > 0 ? [`      and ${left} more`] : []),
  ];
}

/** The innermost of functions that lie in one another. */
function innermost(names: readonly string[]): string[] {
  return names.filter((name) => !names.some((other) => other.startsWith(`${name}.`)));
}

function metLines({ first, second, paths }: Met): string[] {
  const places = paths.map(({ path, functions }) =>
    functions.length === 0 ? path : `${path}: ${innermost(functions).join(', ')}`,
  );
  return [`  ${nameOf(first)} and ${nameOf(second)}`, ...places.map((place) => `      ${place}`)];
}

/** Those that met in a function first: they are the ones that break one another. */
function byNearness(left: Met, right: Met): number {
  const shared = ({ paths }: Met): number =>
    paths.reduce((sum, { functions }) => sum + functions.length, 0);
  return shared(right) - shared(left);
}

function judgedBy(policy: string): string {
  return policy === 'none' ? "coord's own defaults" : 'the policy of the branch';
}

function meetingLines(met: readonly Met[]): string[] {
  if (met.length === 0) return ['No two changes were open at the same time over the same files.'];
  const shown = [...met].sort(byNearness).slice(0, meetingsShownMax);
  return [
    `Open at the same time over the same files: ${met.length} pairs of changes.`,
    ...shown.flatMap(metLines),
    ...more(met.length, meetingsShownMax, 'pairs'),
  ];
}

function stoppedSummary(changes: readonly LookedAt[], stopped: readonly LookedAt[]): string[] {
  if (stopped.length === 0) return ['All of them would have passed.'];
  return [
    `${stopped.length} of them would have been stopped, ${changes.length - stopped.length} would have passed.`,
    ...stopped.slice(0, changesShownMax).flatMap(stoppedLines),
    ...more(stopped.length, changesShownMax, 'changes'),
  ];
}

/** The look as plain lines. */
export function renderFirstLook({ branch, policy, changes, met }: FirstLook): string {
  if (changes.length === 0)
    return `Nothing was merged into ${branch} yet, as far as this clone knows.`;
  const stopped = changes.filter(({ verdict }) => isFailing(verdict.conclusion));
  return [
    `The last ${changes.length} changes of ${branch}, judged by ${judgedBy(policy)}.`,
    '',
    ...stoppedSummary(changes, stopped),
    '',
    ...meetingLines(met),
    '',
    'Nothing was written. `coord init` begins a log; a policy with `enforce: observe` shows the same on every pull request.',
  ].join('\n');
}
