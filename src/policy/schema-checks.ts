// What a policy says about the checks of a pull request.
import { z } from 'zod';
import { limits } from '../kernel/limits.ts';
import { languageNames } from './language-name.ts';
import { coverage } from './schema-coverage.ts';
import { rules } from './schema-rules.ts';
import { globs, wholeNumber } from './schema-values.ts';

const mode = z
  .enum(['off', 'report', 'require'])
  .default('require')
  .describe(
    'off: not judged; report: judged and shown, never failing; require: fails the pull request where enforce says so.',
  );

const complexity = z
  .strictObject({
    max: wholeNumber(1, 1000).default(8).describe('Highest cyclomatic complexity of a function.'),
    functionLines: wholeNumber(1, 100_000)
      .default(60)
      .describe('Most lines of a function; functions in test files are exempt.'),
    variant: z
      .enum(['classic', 'modified'])
      .default('classic')
      .describe('classic counts every case of a switch; modified counts a switch as one.'),
    mode: z
      .enum(['off', 'report', 'ratchet', 'strict'])
      .default('ratchet')
      .describe(
        'ratchet: fails for new and worsened functions only; strict: for every function in a changed file; report: shown, never failing; off: not judged.',
      ),
    exclude: globs.prefault([]).describe('Files that are not measured, such as generated code.'),
    languages: z
      .array(z.enum(languageNames))
      .prefault(languageNames.filter((name) => name !== 'c' && name !== 'cpp'))
      .describe(
        'Languages that are measured; typescript is JavaScript too. c and cpp are measured before the preprocessor, which fails for many files, so they have to be asked for.',
      ),
  })
  .prefault({})
  .describe(
    'Complexity and length of functions, counted as ESLint, radon and gocyclo count them, or as docs/reference/complexity.md says.',
  );

/** Files that tools write; one dependency changes thousands of their lines. */
const lockFiles = [
  '**/package-lock.json',
  '**/npm-shrinkwrap.json',
  '**/yarn.lock',
  '**/pnpm-lock.yaml',
  '**/Cargo.lock',
  '**/go.sum',
  '**/poetry.lock',
  '**/uv.lock',
];

const size = z
  .strictObject({
    mode,
    files: wholeNumber(0, limits.changedFilesMax)
      .optional()
      .describe("Most files in anybody's pull request; without it only the tiers' bounds count."),
    lines: wholeNumber(0, 1_000_000)
      .optional()
      .describe(
        "Most lines added and removed in anybody's pull request; without it only the tiers' bounds count.",
      ),
    exclude: globs.prefault(lockFiles).describe('Files that count neither as files nor as lines.'),
  })
  .prefault({})
  .describe('Size of a pull request.');

export const checks = z
  .strictObject({
    separate: z
      .boolean()
      .default(false)
      .describe(
        'Show one check run per check beside the one named "coord / gate". Accepted, not followed yet.',
      ),
    testGlobs: globs
      .prefault(['**/*.test.*', '**/*.spec.*', '**/test/**', '**/tests/**', '**/__tests__/**'])
      .describe('Which files are tests.'),
    scope: z
      .strictObject({ mode })
      .prefault({})
      .describe('An agent changes only files of its scope in an active phase.'),
    locks: z
      .strictObject({ mode })
      .prefault({})
      .describe('A pull request changes nothing that somebody else has locked.'),
    complexity,
    rules,
    size,
    coverage,
  })
  .prefault({})
  .describe('What a pull request is judged by.');
