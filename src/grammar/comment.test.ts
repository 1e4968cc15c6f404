// Which lines of a comment are commands: what a reader of the rendered page sees as text, and nothing else.
import { describe, expect, it } from 'vitest';
import { UsageError } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import { findCommands } from './comment.ts';

function textsIn(body: string | readonly string[]): string[] {
  const text = typeof body === 'string' ? body : body.join('\n');
  return findCommands(text).map((command) => command.text);
}

describe('a command', () => {
  it.each<[string, string[]]>([
    ['/coord status', ['status']],
    ['   /coord status', ['status']],
    ['/coord\tstatus', ['status']],
    ['/coord', ['']],
    ['/coord   ', ['']],
    ['/Coord Lock SRC/**', ['Lock SRC/**']],
    ['Please:\n/coord status\nThanks.', ['status']],
    ['/coord a\n/coord b\n\n/coord c', ['a', 'b', 'c']],
    ['- item\n/coord a', ['a']],
    ['- item\n  /coord a', ['a']],
    ['# Title\n/coord a', ['a']],
    ['/coord a\n---\n/coord b', ['a', 'b']],
    ['| a |\n|---|\n/coord a', ['a']],
    ['<div>\n/coord a\n</div>', ['a']],
    ['<br>\n/coord a', ['a']],
    ['text <b>bold</b>\n/coord a', ['a']],
    ['/coord send bob "<details> and `ticks`"\n\n/coord b', ['send bob "<details> and `ticks`"']],
    ['/coord a\u2028b', ['a\u2028b']],
  ])('in %j is found', (body, texts) => {
    expect(textsIn(body)).toEqual(texts);
  });

  it('is known by its line', () => {
    expect(findCommands('x\r\n\r\n/coord a\r/coord b\n/coord c')).toEqual([
      { text: 'a', line: 3 },
      { text: 'b', line: 4 },
      { text: 'c', line: 5 },
    ]);
  });

  it.each([
    'Use /coord status.',
    '\\/coord status',
    '//coord status',
    '/coordinate status',
    '/coord:status',
    'coord status',
    '- /coord status',
    '1. /coord status',
    '# /coord status',
    '**/coord status**',
    '| /coord status |',
    '`/coord status`',
    '``/coord status``',
    '/ coord status',
    'text\n    /coord status',
  ])('is not in %j', (body) => {
    expect(textsIn(body)).toEqual([]);
  });
});

describe('what phones and editors put in', () => {
  it('is read as it was meant: no-break spaces, zero-width characters, a byte order mark', () => {
    expect(textsIn('/coord\u00a0lock\u00a0src')).toEqual(['lock src']);
    expect(textsIn('\u00a0/coord a')).toEqual(['a']);
    expect(textsIn('\ufeff/\u200bco\u200cord\u2060 a\u200bb')).toEqual(['ab']);
  });

  it('is kept where it carries meaning: curly quotes and joined emoji', () => {
    expect(textsIn('/coord send bob “hi 👩‍👧”')).toEqual(['send bob “hi 👩‍👧”']);
  });

  it.each(['\u202e', '\u202a', '\u2066', '\u2069', '\u200e', '\u200f', '\u061c'])(
    'is refused where it turns the direction of reading (%j)',
    (mark) => {
      expect(() => findCommands(`x\n/coord lock a${mark}b`)).toThrow(/Line 2 .* direction/);
      expect(() => findCommands(`x\n/coord lock a${mark}b`)).toThrow(UsageError);
      expect(textsIn(`text ${mark}\n/coord a`)).toEqual(['a']);
      expect(textsIn(['```', `/coord a${mark}`, '```', '/coord b'])).toEqual(['b']);
    },
  );
});

describe('bounds', () => {
  const lines = (count: number): string => Array<string>(count).fill('/coord status').join('\n');

  it('refuse a comment of too many commands whole', () => {
    expect(findCommands(lines(limits.commentCommandsMax))).toHaveLength(10);
    expect(() => findCommands(lines(limits.commentCommandsMax + 1))).toThrow(
      /at most 10 commands; this one has 11\. None of them ran\./,
    );
  });

  it('do not count what is no command', () => {
    expect(findCommands(`${'> /coord x\n'.repeat(20)}\n${lines(10)}`)).toHaveLength(10);
  });

  it('refuse commands in a comment of too many bytes, not characters', () => {
    const tail = '\n/coord status';
    const fits = `${'ä'.repeat((limits.commentBytesMax - tail.length) / 2 - 1)}${tail}`;
    expect(textsIn(fits)).toEqual(['status']);
    expect(() => findCommands(`äää${fits}`)).toThrow(UsageError);
    expect(() => findCommands(`äää${fits}`)).toThrow(/131072 bytes/);
  });

  it('let a large comment without commands pass', () => {
    expect(findCommands('界'.repeat(limits.commentBytesMax))).toEqual([]);
    expect(findCommands('see /coord\n'.repeat(limits.commentBytesMax))).toEqual([]);
  });
});
