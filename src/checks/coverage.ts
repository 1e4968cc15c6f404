// Holds a pull request to the test coverage that a team asks for: of the whole, of the changed lines, of new functions.
import { policyCheck } from './policy-check.ts';

export const coverageCheck = policyCheck({
  name: 'coverage',
  summary: 'The tests cover as much of the whole and of the changed lines as the policy asks for.',
  rules: [
    'coverage-project',
    'coverage-patch',
    'coverage-line',
    'coverage-function',
    'coverage-unmeasured',
  ],
  modeOf: (policy) => policy.checks.coverage?.mode ?? 'require',
  async judge(pullRequest, policy) {
    const wanted = policy.checks.coverage;
    if (wanted === undefined) {
      return { neutral: 'The policy asks for no test coverage (checks.coverage).' };
    }
    // Loaded here and not above: most pull requests are judged without.
    const { judgeCoverage } = await import('./coverage-judge.ts');
    return judgeCoverage(pullRequest, { wanted, testGlobs: policy.checks.testGlobs });
  },
});
