// Suppressions are found where a tool would find them, however they are written, and nowhere else.
import { describe, expect, it } from 'vitest';
import { analyse } from './typescript.ts';

// Put together here, so that the rules of this house do not take the specimens for their own.
const ignore = '@ts-' + 'ignore';
const nocheck = '@ts-' + 'nocheck';
const expected = '@ts-expect-error';

/** `kind:line` of each suppression. */
function suppressionsIn(code: string, path: string): string[] {
  const analysis = analyse(path, code, { withTraits: true });
  if (!analysis.ok) throw new Error(`${analysis.line}: ${analysis.error}`);
  const breaches = analysis.traits?.breaches ?? [];
  return breaches
    .filter(({ rule }) => rule === 'suppressions')
    .map(({ kind, line }) => `${kind}:${line}`);
}

const found: readonly (readonly [what: string, code: string, found: string[], path?: string])[] = [
  ['a line comment', `// ${ignore}\nf();`, [`${ignore}:1`]],
  ['no space', `//${ignore}\nf();`, [`${ignore}:1`]],
  ['three slashes', `/// ${expected}\nf();`, [`${expected}:1`]],
  ['words behind it', `// ${ignore}: it is fine\nf();`, [`${ignore}:1`]],
  ['letters behind it', `// ${ignore}d\nf();`, [`${ignore}:1`]],
  ['a block', `/* ${ignore} */ f();`, [`${ignore}:1`]],
  ['a doc comment', `/** ${expected} */ f();`, [`${expected}:1`]],
  ['the last line of a block', `/*\n why\n * ${ignore} */ f();`, [`${ignore}:1`]],
  ['the whole file, in other letters', `// ${nocheck.toUpperCase()}\nf();`, [`${nocheck}:1`]],
  ['a block without spaces', '/*eslint-disable*/ f();', ['eslint-disable:1']],
  ['a block over lines', '/*\n  eslint-disable\n  no-console\n*/\nf();', ['eslint-disable:1']],
  ['behind code', 'f(); // eslint-disable-line no-console', ['eslint-disable:1']],
  ['the next line', 'g();\n  // eslint-disable-next-line a/b -- why\nf();', ['eslint-disable:2']],
  ['in other letters', '// ESLint-Disable-Next-Line\nf();', ['eslint-disable:1']],
  ['configuration', '/* eslint no-console: "off" */ f();', ['eslint-config:1']],
  ['configuration of a plugin', '/*eslint "a/b": 0*/ f();', ['eslint-config:1']],
  ['between punctuation', 'f(/* eslint-disable-line */);', ['eslint-disable:1']],
  ['between names', 'const /* eslint-disable */ a = 1;', ['eslint-disable:1']],
  ['in an empty block', 'function f() { /* v8 ignore next */ }', ['coverage-ignore:1']],
  ['after the last statement', 'f();\n// biome-ignore lint/a: b', ['biome-ignore:2']],
  ['in a file of nothing else', '/* eslint-disable */', ['eslint-disable:1']],
  ['inside the code of a template', 'f(`a${ /* c8 ignore next */ b }`);', ['coverage-ignore:1']],
  ['behind a template', 'f(`${a}//`); // eslint-disable-line', ['eslint-disable:1']],
  ['behind a string of slashes', "f('//'); // eslint-disable-line", ['eslint-disable:1']],
  ['behind a regular expression', 'f(/[/*]"/); /* eslint-disable */', ['eslint-disable:1']],
  ['behind a division', 'f(a / b); /* eslint-disable */ g(c / d);', ['eslint-disable:1']],
  [
    'behind an open comment mark in a string',
    'f("/*"); /* eslint-disable */',
    ['eslint-disable:1'],
  ],
  ['after CRLF', 'f();\r\n// eslint-disable-line\r\ng();', ['eslint-disable:2']],
  ['after a lone CR', '// a\r// eslint-disable-line\rg();', ['eslint-disable:2']],
  ['after a byte order mark', '\uFEFF// eslint-disable-line\nf();', ['eslint-disable:1']],
  ['after a shebang', '#!/usr/bin/env node\n// eslint-disable-line\nf();', ['eslint-disable:2']],
  ['in JSX braces', `const a = <b>{/* ${ignore} */}\n<c /></b>;`, [`${ignore}:1`], 'a.tsx'],
  ['in a JSX tag', 'const a = <b // eslint-disable-line\n/>;', ['eslint-disable:1'], 'a.tsx'],
  [
    'of other tools',
    '// deno-lint-ignore a\n// tslint:disable\nf(); // NOSONAR',
    ['deno-lint-ignore:1', 'tslint-disable:2', 'nosonar:3'],
  ],
  [
    'of coverage',
    '/* istanbul ignore if */ f();\n/* node:coverage disable */',
    ['coverage-ignore:1', 'coverage-ignore:2'],
  ],
  ['of another linter', '// oxlint-disable-next-line a\nf();', ['eslint-disable:1']],
  [
    'in JavaScript with octal numbers',
    'f(010); // eslint-disable-line',
    ['eslint-disable:1'],
    'a.js',
  ],
];

const ordinary: readonly (readonly [what: string, code: string, path?: string])[] = [
  ['a string', `f("// ${ignore}", '/* eslint-disable */');`],
  ['a template', `f(\`// ${ignore}\n/* eslint-disable */\${a}// eslint-disable-line\`);`],
  ['a regular expression', 'f(/\\/\\/ eslint-disable-line/);'],
  ['JSX text', `const a = <b>// ${ignore}\n/* eslint-disable */</b>;`, 'a.tsx'],
  ['a JSX attribute', 'const a = <b c="// eslint-disable-line" />;', 'a.tsx'],
  ['a type', 'type A = "// eslint-disable-line" | `// eslint-disable-line`;'],
  ['a shebang', '#!/bin/node // eslint-disable-line\nf();'],
  ['a mention', `// Without ${ignore} and eslint-disable this would not pass.\nf();`],
  ['another line of a block', `/*\n * ${ignore} is not for us.\n * So there.\n */ f();`],
  ['a name', 'const eslintDisable = 1; f(eslintDisable);'],
  ['an escape', '// \\u0040ts-' + 'ignore\nf();'],
  ['an end of a suppression', '/* eslint-enable */ f();'],
  ['talk about a tool', '// eslint complains about this: why?\nf();'],
  ['a longer word', '// eslint-disabled by nobody\nf();'],
  ['a formatter', '// prettier-ignore\nf();'],
];

describe('suppressions', () => {
  it.each(found.map(([what, code, wanted, path = 'a.ts']) => ({ what, code, wanted, path })))(
    'found: $what',
    ({ code, wanted, path }) => {
      expect(suppressionsIn(code, path)).toEqual(wanted);
    },
  );

  it.each(ordinary.map(([what, code, path = 'a.ts']) => ({ what, code, path })))(
    'no suppression: $what',
    ({ code, path }) => {
      expect(suppressionsIn(code, path)).toEqual([]);
    },
  );
});
