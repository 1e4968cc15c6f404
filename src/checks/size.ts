// Holds a pull request to a size that somebody can still review.
import type { Finding } from '../kernel/check.ts';
import { covers, glob } from '../kernel/scope-glob.ts';
import type { Glob } from '../kernel/scope-glob.ts';
import { boundsFor } from '../policy/bounds.ts';
import { finding, policyCheck, tierOf, unreadChanges } from './policy-check.ts';
import type { Change } from './pull-request.ts';
import { count } from './quote.ts';

interface Measure {
  readonly rule: string;
  readonly noun: string;
  readonly value: number;
  readonly limit: number | null;
}

/** A renamed file is left out only where both of its names are. */
function isExcluded(excluded: readonly Glob[], change: Change): boolean {
  const names = change.status === 'renamed' ? [change.path, change.previousPath] : [change.path];
  return names.every((name) => name !== null && covers(excluded, name));
}

function findingsOf({ rule, noun, value, limit }: Measure): Finding[] {
  if (limit === null || value <= limit) return [];
  const message = `The pull request changes ${count(value, noun)}, ${value} > ${limit}. Split it into several that can be reviewed one by one.`;
  return [finding({ rule, path: null, message, limit, value })];
}

function titleOf(measures: readonly Measure[]): string {
  const parts = measures.map(({ noun, value, limit }) => {
    const bound = limit === null ? 'no bound' : `at most ${limit}`;
    return `${count(value, noun)} (${bound})`;
  });
  return `${parts.join(', ')} changed.`;
}

export const sizeCheck = policyCheck({
  name: 'size',
  summary: 'The pull request stays within the files and lines that its author may change at once.',
  rules: ['size-files', 'size-lines'],
  modeOf: (policy) => policy.checks.size.mode,
  async judge(pullRequest, policy) {
    const { author } = pullRequest;
    const { filesMax, linesMax } = boundsFor(policy, tierOf(author, policy));
    if (filesMax === null && linesMax === null) {
      return { neutral: 'The policy sets no bound for the size of this pull request.' };
    }
    const { changes, problem } = await pullRequest.changes();
    const excluded = policy.checks.size.exclude.map(glob);
    const counted = changes.filter((change) => !isExcluded(excluded, change));
    const lines = counted.reduce((sum, change) => sum + change.additions + change.deletions, 0);
    const measures = [
      { rule: 'size-files', noun: 'file', value: counted.length, limit: filesMax },
      { rule: 'size-lines', noun: 'line', value: lines, limit: linesMax },
    ];
    const left = changes.length - counted.length;
    return {
      findings: measures.flatMap(findingsOf),
      reasons: left > 0 ? [`${count(left, 'file')} not counted (checks.size.exclude).`] : [],
      unread: unreadChanges(problem),
      title: titleOf(measures),
    };
  },
});
