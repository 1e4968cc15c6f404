// What a policy says about the check `rules`: a mode for each rule.
import { z } from 'zod';
import { globs, wholeNumber } from './schema-values.ts';

const modes = ['off', 'report', 'ratchet', 'strict'] as const;

function mode(byDefault: (typeof modes)[number], what: string) {
  return z.enum(modes).default(byDefault).describe(what);
}

export const rules = z
  .strictObject({
    suppressions: mode(
      'ratchet',
      'Comments that silence a tool: eslint-disable, inline ESLint configuration, ts-ignore, ts-nocheck, ts-expect-error, biome-ignore, ignored coverage and the like; counted per file and kind.',
    ),
    emptyCatch: mode(
      'ratchet',
      'Errors that are caught and dropped, without a comment that says why.',
    ),
    unboundedLoop: mode(
      'report',
      'Loops whose condition is always true and that nothing in them leaves or waits in: no break, return, throw, await or yield.',
    ),
    recursion: mode(
      'report',
      'Functions that call themselves, directly or through others of the same file.',
    ),
    parameters: mode('off', 'Functions with more than parametersMax parameters.'),
    parametersMax: wholeNumber(0, 100).default(5).describe('Most parameters of a function.'),
    documentedExports: mode('off', 'Exported functions and classes without a doc comment.'),
    anyTypes: mode('off', 'The type any; counted per file.'),
    nonNull: mode('off', 'Non-null assertions, a!; counted per file.'),
    eval: mode('off', 'Text run as code: eval and new Function.'),
    tests: z
      .boolean()
      .default(false)
      .describe('Whether tests, the files of testGlobs, are held to the rules too.'),
    exclude: globs
      .prefault([])
      .describe(
        'Files that are not looked at; generated files, by .gitattributes of the base, are left out anyway.',
      ),
  })
  .prefault({})
  .describe(
    'Rules of how code is written, for JavaScript and TypeScript. Of each, ratchet: fails for what is new; strict: for all in a changed file; report: shown, never failing; off: not judged.',
  );
