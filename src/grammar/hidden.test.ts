// The scanner takes time in proportion to the comment, whatever somebody wrote into it to keep us busy.
import { describe, expect, it } from 'vitest';
import { limits } from '../kernel/limits.ts';
import { findCommands } from './comment.ts';
import { visibleLines } from './hidden.ts';

/** What would make a careless scanner look at the rest of the text again and again. */
const hostile = [
  ...[
    '`',
    '``x',
    'a`b``c```d',
    '\\',
    '\\`',
    '[',
    '![',
    '](',
    '[a](b',
    '](a "',
    '[[a]:',
    '[a]: b\n',
  ],
  ...[
    '<',
    '<!--',
    '<!--a',
    '<!x ',
    '<?',
    '<![CDATA[',
    '<a ',
    '<a b="',
    '<a b="<a c=\'',
    '<http://a',
  ],
  ...['<div a="\n', '\n\n<div', '\n\n<!--a', '<details>\n', '</details>\n\n', '<table>', '<b x=y '],
  ...[
    '> ',
    '- ',
    '> - ',
    '1. ',
    '* ',
    '*** ',
    '# \n',
    '\t',
    '    ',
    '\n',
    '-\n\n',
    '```\n',
    '- ```\n',
  ],
  `${'- '.repeat(50)}\n\n\n\n`,
  '/coord x\n',
];

function filled(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

function millisecondsFor(text: string): number {
  const begun = performance.now();
  visibleLines(text.split('\n'));
  return performance.now() - begun;
}

describe('a hostile comment', () => {
  it.each(hostile)('of %j costs eight times as much when it is eight times as long', (unit) => {
    const size = limits.commentBytesMax / 8;
    millisecondsFor(filled(unit, size));
    const small = Math.min(...[1, 2, 3].map(() => millisecondsFor(filled(unit, size))));
    const large = Math.min(...[1, 2].map(() => millisecondsFor(filled(unit, 8 * size))));
    // Quadratic would be 64 times; the slack is for a busy machine.
    expect(large).toBeLessThan(Math.max(100, 32 * small));
  });

  it('of a megabyte is read in half a second, and refused in less', () => {
    const mixed = filled(`${hostile.join('x')}\n/coord status\n`, 1024 * 1024);
    expect(millisecondsFor(mixed)).toBeLessThan(500);
    const begun = performance.now();
    expect(() => findCommands(mixed)).toThrow(/at most 131072 bytes/);
    expect(performance.now() - begun).toBeLessThan(250);
  });
});
