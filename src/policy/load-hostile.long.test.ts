// Whatever the text: an answer, no exception, and soon.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../kernel/limits.ts';
import { parsePolicy } from './load.ts';

const cpuMillisecondsMax = 200;
const size = limits.policyBytesMax;

/** As much of the repeated text as a policy may hold. */
function filled(unit: string, before = '', after = ''): string {
  const room = size - before.length - after.length;
  return before + unit.repeat(Math.floor(room / unit.length)) + after;
}

function numbered(line: (index: number) => string, count: number, before = ''): string {
  return before + Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

function deepIndentation(): string {
  return numbered((level) => `${' '.repeat(level)}a:`, 350);
}

/** Nine levels of nine aliases each: 387,420,489 values when expanded. */
function laughs(): string {
  const level = (index: number) => `l${index}: &l${index} [${`*l${index - 1},`.repeat(9)}]`;
  return numbered((index) => level(index + 1), 9, 'l0: &l0 [lol]\n');
}

const longName = 'x'.repeat(60);
const longGlob = `${'{aa,bb}'.repeat(6)}${'*a'.repeat(20)}`;

const hostile: readonly (readonly [title: string, text: string])[] = [
  ['aliases of aliases', laughs()],
  ['16,000 keys', numbered((index) => `key${index}: 1`, 16_000)],
  ['as many keys as there is room for', numbered((index) => `${index}:`, 9_000)],
  ['the same key again and again', filled('a: 1\n')],
  ['4,900 unknown keys', numbered((index) => `k${index}: 1`, 2_450, 'version: 1\n')],
  ['lists 2,000 deep', `a: ${'['.repeat(2000)}${']'.repeat(2000)}`],
  ['maps 2,000 deep', `${'{a: '.repeat(2000)}${'}'.repeat(2000)}`],
  ['open lists', filled('[')],
  ['open maps', filled('{a: ')],
  ['lists in lists on a line', filled('- ')],
  ['explicit keys on a line', filled('? ')],
  ['lists in lists, often', filled(`${'- '.repeat(31)}a\n`)],
  ['indentation 350 deep', deepIndentation()],
  ['commas', filled(',', '[', ']')],
  ['fewer commas', `[${','.repeat(4_990)}]`],
  ['quotes', filled('"')],
  ['fewer quotes', '"'.repeat(9_990)],
  ['single quotes', filled("'\n")],
  ['bad escapes', filled('\\x', '"', '"')],
  ['fewer bad escapes', `"${'\\x'.repeat(4_990)}"`],
  ['tags', filled('!a ')],
  ['anchors', filled('&a ')],
  ['aliases', filled('- *a\n')],
  ['documents', filled('---\n')],
  ['fewer documents', '---\n'.repeat(4_990)],
  ['directives', filled('%YAML 1.1\n')],
  ['colons', filled(': ')],
  ['colons in a map', `{${':,'.repeat(4_990)}}`],
  ['comments', filled('#\n')],
  ['empty lines', filled('\n')],
  ['tabs', filled('\t')],
  ['spaces', filled(' ')],
  ['block scalars', filled('- |\n')],
  ['one long text', filled('a\n', '"', '"')],
  ['byte order marks', filled('\ufeff').slice(0, size / 3)],
  ['control characters', filled('\u0002\u0018\u001f')],
  ['lone surrogates', '\ud800'.repeat(size / 3)],
  ['merges', filled('<<: {}\n')],
  ['prototypes', filled('__proto__: {}\n')],
  ['one long key', filled('a', '', ': 1')],
  ['many agents far from any name', numbered((i) => `  ${longName}${i}: {}`, 850, 'agents:\n')],
  [
    'many scopes of unlisted agents',
    numbered(
      (index) => `      ${longName.slice(9)}${index}: {}`,
      400,
      `agents:\n${numbered((index) => `  ${longName.slice(5)}${index}: {}`, 400)}\nplan:\n  phases:\n   - id: a\n     scopes:\n`,
    ),
  ],
  [
    'phases in one long circle',
    numbered(
      (index) => `  - {id: p${index}, after: [p${(index + 1) % 800}]}`,
      800,
      'plan:\n phases:\n',
    ),
  ],
  [
    'phases that all wait for each other',
    numbered(
      (index) =>
        `  - {id: p${index}, after: [${Array.from({ length: 60 }, (_, other) => `p${other}`).join(',')}]}`,
      60,
      'plan:\n phases:\n',
    ),
  ],
  ['costly globs', numbered(() => `  - "${longGlob}"`, 600, 'plan:\n protected:\n')],
  ['many short globs', numbered(() => '  - "**/{a,b}*"', 4_000, 'plan:\n protected:\n')],
  [
    'the same login again and again',
    numbered((index) => `  a${index}: {github: a}`, 1_200, 'agents:\n'),
  ],
];

/** CPU time, not the wall clock: what other processes do on this machine is no fault of the parser. */
function fastestMilliseconds(text: string): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run += 1) {
    const start = process.cpuUsage();
    parsePolicy(text, 'p');
    const { user, system } = process.cpuUsage(start);
    fastest = Math.min(fastest, (user + system) / 1000);
  }
  return fastest;
}

describe('hostile texts', () => {
  beforeAll(() => {
    parsePolicy('version: 1\nagents: { a: {} }', 'p');
  });

  it.each(hostile)('%s', (_title, text) => {
    const parsed = parsePolicy(text, 'p');
    expect(parsed.ok).toBe(false);
    expect(!parsed.ok && parsed.problems.length).toBeGreaterThan(0);
    expect(!parsed.ok && parsed.problems.length).toBeLessThanOrEqual(limits.policyProblemsMax);
    expect(fastestMilliseconds(text)).toBeLessThan(cpuMillisecondsMax);
  });

  it('a huge text is refused without reading it', () => {
    expect(fastestMilliseconds('a'.repeat(64 * 1024 * 1024))).toBeLessThan(20);
  });
});

/** Pieces of YAML and of policies, put together without sense. */
const pieces = fc.constantFrom(
  ...[
    'version: 1',
    'agents:',
    'plan:',
    'phases:',
    'scopes:',
    'checks:',
    'a',
    'constructor',
    'tier: x',
  ],
  ...[
    '\n',
    '\n  ',
    '\n    ',
    ' ',
    '- ',
    ': ',
    '? ',
    ', ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|\n',
    '>-\n',
  ],
  ...[
    '#',
    '&a ',
    '*a',
    '!!str ',
    '---\n',
    '...\n',
    '%YAML 1.2\n',
    '<<: ',
    '__proto__: ',
    '\t',
    '\\',
    '\u0000',
  ],
  ...[
    '~',
    'null',
    'true',
    '.nan',
    '.inf',
    '0x1f',
    '1e999',
    '2001-01-01',
    '[bot]',
    'a[bot]',
    '\r\n',
    '\ufeff',
  ],
);

/** Data in the shape of a policy with anything in the places of values. */
const almostPolicy = fc.record(
  {
    version: fc.oneof(fc.constant(1), fc.jsonValue()),
    enforce: fc.jsonValue(),
    agents: fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())),
    people: fc.jsonValue(),
    plan: fc.oneof(
      fc.jsonValue(),
      fc.record({
        phases: fc.array(
          fc.record({ id: fc.jsonValue(), after: fc.jsonValue(), scopes: fc.jsonValue() }),
        ),
      }),
    ),
    checks: fc.jsonValue(),
    authority: fc.oneof(fc.jsonValue(), fc.record({ operations: fc.jsonValue() })),
    locks: fc.oneof(fc.jsonValue(), fc.record({ ttl: fc.jsonValue() })),
    triggers: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

function expectAnswer(text: string): void {
  const parsed = parsePolicy(text, 'p', { operationNames: ['lock.acquire'] });
  if (parsed.ok) {
    expect(parsed.policy.version).toBe(1);
    return;
  }
  const lineCount = text.split('\n').length;
  expect(parsed.problems.length).toBeGreaterThan(0);
  for (const { line, column, message, hint } of parsed.problems) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lineCount);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((text.split('\n')[line - 1]?.length ?? 0) + 1);
    expect(message).toMatch(/^\S[^\n\r]*\.$/);
    expect(hint ?? 'Fine.').toMatch(/^\S[^\n\r]*[.?]$/);
  }
}

describe('any text has an answer, with places inside the text and whole sentences', () => {
  it('a map that only looks like a list', () => {
    expectAnswer('{"plan":{"phases":[{"id":{},"after":{"length":{}},"scopes":0}]}}');
  });

  it('any characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), expectAnswer), {
      numRuns: 500,
    });
  });

  it('pieces of YAML', () => {
    const text = fc.array(pieces, { maxLength: 60 }).map((all) => all.join(''));
    fc.assert(fc.property(text, expectAnswer), { numRuns: 3000 });
  });

  it('policies with anything in them', () => {
    const text = almostPolicy.map((data) => JSON.stringify(data));
    fc.assert(fc.property(text, expectAnswer), { numRuns: 500 });
  });
});
