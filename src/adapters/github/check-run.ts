// The check run `coord / gate`: one write when judging begins, one when it ends.
import type { Finding, GateVerdict } from '../../kernel/check.ts';
import { limits } from '../../kernel/limits.ts';
import { githubFault } from './client.ts';
import type { GitHubClient, RepositoryName } from './client.ts';

export const gateName = 'coord / gate';

/** What is shown besides annotations; longer than GitHub's bounds it is cut with a note. */
export interface CheckText {
  readonly title: string;
  readonly summary: string;
  readonly text: string;
}

const titleCharsMax = 250;
const cutNote = '\n\n… cut here; `coord check` in a clone shows all.';

/** At most so many UTF-8 bytes, cut at a line where possible: GitHub counts bytes in one field and characters in another. */
export function cutToBytes(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text, 'utf8') <= bytesMax) return text;
  const room = bytesMax - Buffer.byteLength(cutNote, 'utf8');
  const cut = Buffer.from(text, 'utf8')
    .subarray(0, room)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
  const line = cut.lastIndexOf('\n');
  return (line > room / 2 ? cut.slice(0, line) : cut) + cutNote;
}

const levels = { failure: 'failure', warning: 'warning', notice: 'notice' } as const;

function annotationOf(check: string, finding: Finding): Readonly<Record<string, unknown>> {
  return {
    path: finding.path,
    start_line: finding.line ?? 1,
    end_line: finding.endLine ?? finding.line ?? 1,
    annotation_level: levels[finding.level],
    title: `${check}: ${finding.rule}`,
    message: finding.message,
  };
}

/** The findings with a place, failures first. */
function placedFindings(verdict: GateVerdict): { name: string; finding: Finding }[] {
  const placed = verdict.checks.flatMap(({ name, findings }) =>
    findings.filter(({ path }) => path !== null).map((finding) => ({ name, finding })),
  );
  const order = ['failure', 'warning', 'notice'];
  placed.sort(
    (left, right) => order.indexOf(left.finding.level) - order.indexOf(right.finding.level),
  );
  return placed;
}

/** As many annotations as one request may carry, failures first. */
export function annotationsOf(verdict: GateVerdict): Readonly<Record<string, unknown>>[] {
  return placedFindings(verdict)
    .slice(0, limits.annotationsPerRequestMax)
    .map(({ name, finding }) => annotationOf(name, finding));
}

/** More annotations would take more writes than a push may cost; the text has them all. */
function overflowNote(verdict: GateVerdict | null): string {
  const count = verdict === null ? 0 : placedFindings(verdict).length;
  const max = limits.annotationsPerRequestMax;
  return count > max ? `\n\n${max} of ${count} findings are annotated; all are listed below.` : '';
}

function outputOf(
  shown: CheckText,
  verdict: GateVerdict | null,
): Readonly<Record<string, unknown>> {
  const max = limits.checkTextBytesMax;
  const note = overflowNote(verdict);
  return {
    title: shown.title.slice(0, titleCharsMax),
    summary: cutToBytes(shown.summary, max - Buffer.byteLength(note, 'utf8')) + note,
    ...(shown.text === '' ? {} : { text: cutToBytes(shown.text, max) }),
    annotations: verdict === null ? [] : annotationsOf(verdict),
  };
}

/** What a check run is about. */
export interface RunSubject {
  /** Commit that gets the run. */
  readonly head: string;
  readonly pullRequest: number;
  /** The commit is a merge group's, made of the pull request and those queued before it. */
  readonly isGroup: boolean;
}

/** GitHub names no pull request with a run on a fork's commit; this comes back with a click on "Re-run". */
function externalIdOf({ pullRequest, isGroup }: RunSubject): string {
  return `${isGroup ? 'group' : 'pr'}:${pullRequest}`;
}

/** Starts the run on a commit and answers its id. */
export async function startCheckRun(
  client: GitHubClient,
  repository: RepositoryName,
  run: RunSubject & { readonly now: string },
): Promise<number> {
  try {
    const { data } = await client.request('POST /repos/{owner}/{repo}/check-runs', {
      ...repository,
      name: gateName,
      head_sha: run.head,
      external_id: externalIdOf(run),
      status: 'in_progress',
      started_at: run.now,
    });
    return (data as { id: number }).id;
  } catch (error) {
    throw githubFault('start the check run', error);
  }
}

/** Ends the run with a conclusion; `verdict` is null where nothing could be judged. */
export async function endCheckRun(
  client: GitHubClient,
  repository: RepositoryName,
  run: {
    readonly id: number;
    readonly conclusion: string;
    readonly now: string;
    readonly shown: CheckText;
    readonly verdict: GateVerdict | null;
  },
): Promise<void> {
  try {
    await client.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
      ...repository,
      check_run_id: run.id,
      status: 'completed',
      conclusion: run.conclusion,
      completed_at: run.now,
      output: outputOf(run.shown, run.verdict),
    });
  } catch (error) {
    throw githubFault('finish the check run', error);
  }
}

/** One write that says why nothing could be judged, where not even a run could be started and ended. */
export async function postUnjudged(
  client: GitHubClient,
  repository: RepositoryName,
  run: RunSubject & { readonly now: string; readonly shown: CheckText },
): Promise<void> {
  try {
    await client.request('POST /repos/{owner}/{repo}/check-runs', {
      ...repository,
      name: gateName,
      head_sha: run.head,
      external_id: externalIdOf(run),
      status: 'completed',
      conclusion: 'action_required',
      completed_at: run.now,
      output: outputOf(run.shown, null),
    });
  } catch (error) {
    throw githubFault('report that nothing could be judged', error);
  }
}

/** What a run's `external_id` says it is about; null for a run that is not ours. */
export function subjectOfRun(
  externalId: string | null | undefined,
): Pick<RunSubject, 'pullRequest' | 'isGroup'> | null {
  const match = /^(pr|group):(\d{1,15})$/.exec(externalId ?? '');
  if (match === null) return null;
  return { pullRequest: Number(match[2]), isGroup: match[1] === 'group' };
}
