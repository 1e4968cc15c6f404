// The shortcut to similar units finds what comparing each with each would find.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairSimilar } from './ratchet-similar.ts';
import { normaliseBody, wordsOf } from './ratchet-candidate.ts';
import type { Candidate } from './ratchet-candidate.ts';
import type { Unit } from './unit.ts';

function candidate(body: string, path = 'a.ts'): Candidate {
  const unit: Unit = {
    kind: 'function',
    name: 'f',
    qualifiedName: 'f',
    line: 1,
    column: 1,
    endLine: 1,
    start: 0,
    end: body.length,
    complexity: 1,
    modifiedComplexity: 1,
    lines: 1,
    body,
  };
  return { unit, path, place: `function\0${path}\0f`, normalised: () => body };
}

function likeness(a: Candidate, b: Candidate): number {
  const [one, other] = [wordsOf(a.unit.body), wordsOf(b.unit.body)];
  if (one.size < 8 || other.size < 8) return 0;
  const common = [...one].filter((word) => other.has(word)).length;
  return common / (one.size + other.size - common);
}

/** Each with each, the most alike first. */
function pairSlowly(
  base: readonly Candidate[],
  head: readonly Candidate[],
): Map<Candidate, Candidate> {
  const pairs = head
    .flatMap((one) => base.map((other) => ({ one, other, ratio: likeness(one, other) })))
    .filter(({ ratio }) => ratio >= 0.7)
    .sort((a, b) => b.ratio - a.ratio);
  const result = new Map<Candidate, Candidate>();
  const taken = new Set<Candidate>();
  for (const { one, other } of pairs) {
    if (result.has(one) || taken.has(other)) continue;
    result.set(one, other);
    taken.add(other);
  }
  return result;
}

test('finds the same pairs as comparing each with each', () => {
  const word = fc.integer({ min: 0, max: 11 }).map((number) => `w${number}`);
  const bag = fc.uniqueArray(word, { minLength: 7, maxLength: 11 }).map((words) => words.join(' '));
  const side = fc.array(bag, { maxLength: 8 });
  let found = 0;
  fc.assert(
    fc.property(side, side, (base, head) => {
      const bases = base.map((body) => candidate(body));
      const heads = head.map((body) => candidate(body));
      const pairs = pairSimilar(bases, heads);
      found += pairs.size;
      expect(pairs).toEqual(pairSlowly(bases, heads));
    }),
    { numRuns: 500 },
  );
  expect(found).toBeGreaterThan(100);
});

test('of equally alike ones the one of the same file is taken', () => {
  const body = 'a b c d e f g h';
  const [elsewhere, here] = [candidate(body, 'b.ts'), candidate(body, 'a.ts')];
  const head = candidate(`${body} i`, 'a.ts');
  expect(pairSimilar([elsewhere, here], [head]).get(head)).toBe(here);
});

test('seven of ten words in common are just enough', () => {
  const head = candidate('a b c d e f g h i j');
  expect(pairSimilar([candidate('a b c d e f g h')], [head]).size).toBe(1);
  expect(pairSimilar([candidate('a b c d e f g x')], [head]).size).toBe(0);
});

test.each([
  ['a; // it is b\nc', ['a', 'c']],
  ['a; /* it is\nb */ c', ['a', 'c']],
  ["'a // b'; c", ['a', 'b', 'c']],
  ['"a /* b"; c', ['a', 'b', 'c']],
  ['`a // b \\` // c`; d', ['a', 'b', 'c', 'd']],
  ["'it\\'s // a'", ['it', 's', 'a']],
  ['a /* b', ['a']],
])('words of comments do not count: %j', (body, words) => {
  expect([...wordsOf(body)]).toEqual(words);
});

test('a comment that is dropped on the way does not hide that the code is the same', () => {
  const code = 'if (a < b) c(d, e); else f(g, h, i);';
  const comment = '// one two three four five six seven eight nine ten eleven twelve\n';
  const head = candidate(code);
  expect(pairSimilar([candidate(comment + code)], [head]).size).toBe(1);
});

test('quotes and comments without an end cost linear time', () => {
  const startedAt = performance.now();
  for (const text of ['`\\', '/*', "'\\", '"\n', '//', '\\`']) wordsOf(text.repeat(30_000));
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

test.each([
  ['if ( a  &&\n b ) {\r\n\treturn c ;\n}', 'if(a&&b){return c;}'],
  ['  a   b  ', 'a b'],
  ['new Größe ( ü , $a )', 'new Größe(ü,$a)'],
])('layout is left out: %j', (body, expected) => {
  expect(normaliseBody(body)).toBe(expected);
});

test('white space in long runs costs linear time, and giants stay as they are', () => {
  const spaces = ' '.repeat(60_000);
  const startedAt = performance.now();
  expect(normaliseBody(`a${spaces}b`)).toBe('a b');
  expect(performance.now() - startedAt).toBeLessThan(1000);
  const giant = `a  ${'b'.repeat(64 * 1024)}`;
  expect(normaliseBody(giant)).toBe(giant);
  expect(wordsOf(giant).size).toBe(0);
});
