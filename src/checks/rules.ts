// Holds changed code to rules of how it is written: what a pull request adds against them fails, old code may stay.
import { limits } from '../kernel/limits.ts';
import { glob } from '../kernel/scope-glob.ts';
import { basesOf, measurer, pairsOf } from './complexity-files.ts';
import { policyCheck, unreadChanges } from './policy-check.ts';
import type { Judged } from './policy-check.ts';
import { count } from './quote.ts';
import { ruleId, ruleNames } from './rules-breach.ts';
import { judgeRules } from './rules-judge.ts';
import { rulesMode, rulesOn } from './rules-modes.ts';
import { isAnalysable } from './unit.ts';

export const rulesCheck = policyCheck({
  name: 'rules',
  summary: 'Changed code keeps the rules that the policy turns on, such as no new suppressions.',
  rules: [...ruleNames.map(ruleId), 'rules-not-analysed'],
  modeOf: rulesMode,
  async judge(pullRequest, policy) {
    if (rulesOn(policy).length === 0) {
      return { neutral: 'The policy turns every rule off (checks.rules).' };
    }
    const { changes, problem } = await pullRequest.changes();
    const { rules, testGlobs } = policy.checks;
    const excluded = [...rules.exclude, ...(rules.tests ? [] : testGlobs)].map(glob);
    const pairs = pairsOf(changes, excluded).filter(({ head }) => isAnalysable(head.path));
    const bases = basesOf(changes, excluded).filter(({ path }) => isAnalysable(path));
    const unread = unreadChanges(problem);
    if (pairs.length === 0 && problem === null) {
      return { neutral: 'No JavaScript or TypeScript file was changed that the rules are for.' };
    }
    const files = Math.max(pairs.length, bases.length);
    if (files > limits.analysedFilesMax) return tooMany(files, unread);
    const measure = measurer(pullRequest);
    const judged = await judgeRules({ pullRequest, policy, pairs, bases, measure });
    return { ...judged, unread: [...unread, ...judged.unread] };
  },
});

function tooMany(files: number, unread: readonly string[]): Judged {
  const problem = `${count(files, 'file')} of code changed, and at most ${limits.analysedFilesMax} are looked at. Split the pull request, or leave generated files out (checks.rules.exclude).`;
  return { findings: [], reasons: [], unread: [...unread, problem], title: problem };
}
