// What a policy says about test coverage: where the reports are, and how much must be covered.
import { z } from 'zod';
import { limits } from '../kernel/limits.ts';
import { glob, globs, list, oneOrMany, wholeNumber } from './schema-values.ts';

const expectedPercent = 'a number from 0 to 100';
const percent = z
  .number({ error: expectedPercent })
  .min(0, { error: expectedPercent })
  .max(100, { error: expectedPercent });

const expectedReport =
  'the path of a report such as coverage/lcov.info, a glob, or a list of these';

const expectedPrefix = 'the beginning of a path';
const prefix = z
  .string({ error: expectedPrefix })
  .max(limits.inputGlobCharsMax, { error: expectedPrefix });

const mapping = z.strictObject({
  from: prefix.min(1, { error: expectedPrefix }).describe('What a path of the report begins with.'),
  to: prefix.describe('What stands there in the repository instead; empty for its root.'),
});

export const coverage = z
  .strictObject({
    mode: z
      .enum(['off', 'report', 'ratchet', 'require'])
      .default('require')
      .describe(
        "require: the bounds are held to; ratchet: the whole may stay below its bound, but not fall below the base's report; report: shown, never failing; off: not judged.",
      ),
    lines: percent.optional().describe('Least line coverage of the whole, in per cent.'),
    patch: percent.optional().describe('Least line coverage of the changed lines, in per cent.'),
    minLines: wholeNumber(0, 10_000)
      .default(5)
      .describe('Changed lines that are measured, below which their share is not judged.'),
    functions: z
      .enum(['off', 'report', 'require'])
      .default('report')
      .describe(
        'What a new or changed function that no test calls is: require makes it a failure.',
      ),
    unmeasured: z
      .enum(['off', 'report', 'require'])
      .default('report')
      .describe(
        'What a changed file of a measured language is that no report speaks of: require makes it a failure.',
      ),
    report: oneOrMany(glob, expectedReport)
      .prefault(['coverage/lcov.info'])
      .describe(
        'Reports in the tree of the head: LCOV, Istanbul JSON, Cobertura XML or JaCoCo XML. Several are taken together.',
      ),
    paths: list(mapping)
      .prefault([])
      .describe(
        'How paths of a report become paths of the repository; the first that fits counts.',
      ),
    exclude: globs
      .prefault([])
      .describe('Files whose coverage does not count; files of tests never do.'),
  })
  .optional()
  .describe(
    'Test coverage, judged by reports of the tests. Without this section it is not asked for.',
  );
