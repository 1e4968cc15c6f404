// Text of strangers stays text: on a terminal, inline on GitHub, and in a fence.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { GateVerdict } from '../kernel/check.ts';
import { command, query } from '../kernel/operation.ts';
import { findCommands } from './comment.ts';
import { fenced, inertInline, plainLines, renderAnswer, renderDone } from './render.ts';
import { renderVerdict, verdictMarkdown } from './verdict.ts';

/** Pieces that do something somewhere: commands, Markdown, references, HTML, and what nobody sees. */
const piece = fc.oneof(
  fc.constantFrom(
    ...['/coord status', '/co\u200bord x', '/\u2060coord x', '\u00a0/coord x', '   /coord x'],
    ...['\n', '\r\n', '\r', '\n\n', ' ', '    ', '\t', '```', '````', '~~~', '`', '<!--', '-->'],
    ...[
      '<details>',
      '</details>',
      '<img onerror=x>',
      '@team',
      'fixes #1',
      'o/r#2',
      'GH-3',
      '&#64;a',
    ],
    ...[
      'https://github.com/o/r/issues/4',
      'www.example.org',
      '[x](http://y)',
      '![x](y)',
      '|',
      '\\',
    ],
    ...['- ', '+ ', '1. ', '> ', '# ', '---', '===', '\u202e', '\u001b[31m', '\ud83d', '\u{e0041}'],
  ),
  fc.string({ maxLength: 6 }),
);
const anyText = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

describe('inline text of strangers', () => {
  it.each([
    ['@team', '@\u200bteam'],
    ['fixes #1', 'fixes \\#\u200b1'],
    ['o/r#12 GH-3 gh-4', 'o/r\\#\u200b12 GH-\u200b3 gh-\u200b4'],
    ['&#64;team &amp;', '\\&\\#\u200b64;team \\&amp;'],
    ['<img src=x onerror=y>', '\\<img src=x onerror=y\\>'],
    ['</details>', '\\</details\\>'],
    ['<!-- coord:v1 status abc -->', '\\<\\!-- coord:v1 status abc --\\>'],
    ['[x](https://y/z)', '\\[x\\]\\(https:\u200b//y/z\\)'],
    ['see www.example.org', 'see www\u200b.example.org'],
    ['`a` **b** _c_ ~~d~~ $e$', '\\`a\\` \\*\\*b\\*\\* \\_c\\_ \\~\\~d\\~\\~ \\$e\\$'],
    ['- item', '\\- item'],
    ['+ item', '\\+ item'],
    ['12. item', '12\\. item'],
    ['===', '\\==='],
    ['a - b = c 1. d', 'a - b = c 1. d'],
    ['two\n  lines\r\n', 'two lines'],
    ['/coord status', '\\/coord status'],
    ['a /COORD', 'a \\/COORD'],
    ['a\u202eb\u200bc\u{e0041}d\u00ade\u001b[0mf', 'abcde\\[0mf'],
    ['\ud83d', '\ufffd'],
    ['Grüße 界 😀', 'Grüße 界 😀'],
  ])('%j is %j', (text, inert) => {
    expect(inertInline(text)).toBe(inert);
  });

  it('is no command, wherever it is put', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const inert = inertInline(text);
        expect(inert).not.toMatch(/[\n\r]/);
        for (const around of [inert, `text\n${inert}\ntext`, ` ${inert}`, `- a\n  ${inert}`]) {
          expect(findCommands(around)).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('neither hides nor shows what stands around it', () => {
    fc.assert(
      fc.property(anyText, anyText, (before, after) => {
        const page = `${inertInline(before)}\n\n/coord seen\n\n${inertInline(after)}\n`;
        expect(findCommands(page).map(({ text }) => text)).toEqual(['seen']);
      }),
      { numRuns: 500 },
    );
  });

  it('has every special character of Markdown behind a backslash, and no bare reference', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const bare = inertInline(text).replace(/\\[!-/:-@[-`{-~]/g, '');
        expect(bare).not.toMatch(/[\\`*_{}[\]<>()#!|~&$]|@(?!\u200b)|:\/\/|\bwww\./i);
        expect(inertInline(text)).not.toMatch(/#\d|\bgh-\d/i);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a fence', () => {
  it.each([
    ['a', '```text\na\n```'],
    ['```\nb', '````text\n```\nb\n````'],
    ['a `````` b', '```````text\na `````` b\n```````'],
    ['a\r\nb\rc\u200b\u0007', '```text\na\nb\nc\n```'],
  ])('around %j is %j', (text, block) => {
    expect(fenced(text)).toBe(block);
  });

  it('cannot be left, nor does it swallow what follows', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const page = `before\n${fenced(text)}\n/coord after`;
        expect(findCommands(page).map((found) => found.text)).toEqual(['after']);
      }),
      { numRuns: 500 },
    );
  });

  it('holds any text of a report', () => {
    expect(fenced('` '.repeat(500_000))).toContain('``');
  });
});

describe('plain lines', () => {
  it('show any object, nested ones indented', () => {
    const value = {
      id: 'T-1',
      count: 3,
      open: true,
      none: null,
      tags: ['a', 'b'],
      empty: [],
      claim: { agent: 'codex', since: null },
      items: [
        { id: 'M-1', n: 2 },
        { id: 'M-2', to: ['x', 'y'] },
      ],
    };
    expect(plainLines(value)).toEqual([
      'id           T-1',
      'count        3',
      'open         true',
      'tags         a, b',
      'claim:',
      '  agent        codex',
      'items:',
      '  - id M-1, n 2',
      '  - id M-2, to x, y',
    ]);
  });

  it('let no text pose as a key or item, nor move the cursor', () => {
    expect(plainLines({ body: 'hi\nacked        true\n\tcode\r\u001b[2Jx\u202ey' })).toEqual([
      'body         hi\n             acked        true\n             \tcode[2Jxy',
    ]);
    expect(plainLines({ items: [{ subject: 'a\n  - id M-9' }] })).toEqual([
      'items:',
      '  - subject a   - id M-9',
    ]);
  });
});

const say = command({
  name: 'test.say',
  summary: 'Say.',
  input: () => z.object({}),
  positional: [],
  allow: ['human'],
  examples: [{ text: 'test say', means: {} }],
  on: {},
  refusals: [],
  decide: () => ({ ok: true, events: [] }),
  result: () => ({}),
});

const hear = query({
  name: 'test.hear',
  summary: 'Hear.',
  input: () => z.object({}),
  positional: [],
  allow: ['human'],
  examples: [{ text: 'test hear', means: {} }],
  on: {},
  answer: () => ({}),
});

describe('an answer', () => {
  const done = { seq: 7, isDuplicate: false, result: { task: { id: 'T-1' } } };

  it('of a command says what it did and how sure that is', () => {
    expect(renderDone(say, done, true)).toBe('test.say: seq 7\n  task:\n    id           T-1');
    expect(renderDone(say, { ...done, isDuplicate: true, result: {} }, false)).toBe(
      [
        'test.say: seq 7',
        'It was known already; nothing was added.',
        'It is not on the remote yet; `coord sync` publishes it.',
      ].join('\n'),
    );
    expect(renderDone(say, { ...done, seq: null, result: {} }, true)).toBe(
      'test.say: nothing to change',
    );
  });

  it('of a command is its own words where it has some, with what one may not have meant', () => {
    const own = { ...say, text: () => 'Said T-1\u001b[2J.\nGo on.' };
    expect(renderDone(own, done, true)).toBe('Said T-1[2J.\nGo on.');
    const result = { ...done.result, notes: ['One\nthing.', 'Another.'] };
    expect(renderDone(own, { ...done, result }, true)).toBe(
      'Said T-1[2J.\nGo on.\nNote: One thing.\nNote: Another.',
    );
    expect(renderDone(say, { ...done, result }, true)).toBe(
      'test.say: seq 7\n  task:\n    id           T-1\nNote: One thing.\nNote: Another.',
    );
    expect(renderDone(own, { ...done, result: {} }, true)).toBe('test.say: seq 7');
  });

  it('of a query is its own text, else a list', () => {
    expect(renderAnswer(hear, { n: 1 })).toBe('n            1');
    expect(renderAnswer({ ...hear, text: () => 'own' }, { n: 1 })).toBe('own');
  });
});

describe('any rendered text', () => {
  it('in a fence holds no command, and Markdown of ours none at all', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const verdict = hostileVerdict(one, other);
        const result = { text: one, items: [{ other }], nested: { other } };
        const texts = [
          renderDone(say, { seq: 1, isDuplicate: false, result }, true),
          renderAnswer(hear, result),
          renderVerdict(verdict),
        ];
        for (const text of texts) expect(findCommands(fenced(text))).toEqual([]);
        const { summary, text } = verdictMarkdown(verdict);
        expect(findCommands(summary)).toEqual([]);
        expect(findCommands(text)).toEqual([]);
        expect(findCommands(`${text}\n\n/coord after`)).toMatchObject([{ text: 'after' }]);
      }),
      { numRuns: 300 },
    );
  });
});

function hostileVerdict(one: string, other: string): GateVerdict {
  const finding = {
    ...{ rule: 'scope-outside', line: 3, endLine: null, limit: null, value: null },
    ...{ path: one, message: other, level: 'failure' as const },
  };
  const check = { name: 'scope', conclusion: 'failure' as const, title: one, reasons: [other] };
  return {
    ...{ conclusion: 'failure', title: one, summary: other, policy: 'none', enforce: null },
    ...{ head: 'a'.repeat(40), base: 'b'.repeat(40), seq: 4 },
    checks: [{ ...check, findings: [finding] }],
  };
}
