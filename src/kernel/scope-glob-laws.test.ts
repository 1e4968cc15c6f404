import fc from 'fast-check';
import { minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { foldPath, pathProblem } from './scope-glob-path.ts';
import { containedInUnion, contains, glob, matches, overlaps, parseGlob } from './scope-glob.ts';

/** Globs of the language, with few letters so that they often meet. */
const nameText = fc
  .array(fc.constantFrom('a', 'b', '.', '*', '?', 'ab', '-'), { minLength: 1, maxLength: 4 })
  .map((tokens) => tokens.join(''));
const segmentText = fc.oneof({ weight: 3, arbitrary: nameText }, fc.constant('**'));
const plainText = fc
  .array(segmentText, { minLength: 1, maxLength: 4 })
  .map((names) => names.join('/'));
const bracedText = fc
  .tuple(
    fc.oneof(
      fc.constant(''),
      plainText,
      plainText.map((text) => `${text}/`),
    ),
    fc.array(fc.oneof(fc.constant(''), plainText, nameText), { minLength: 2, maxLength: 4 }),
    fc.oneof(
      fc.constant(''),
      nameText,
      plainText.map((text) => `/${text}`),
    ),
  )
  .map(([before, alternatives, after]) => `${before}{${alternatives.join(',')}}${after}`);
const nestedText = fc
  .tuple(bracedText, nameText, nameText)
  .map(([text, one, rest]) => `{${text},${one}}${rest}`);
const globText = fc
  .oneof({ weight: 3, arbitrary: plainText }, { weight: 2, arbitrary: bracedText }, nestedText)
  .filter((text) => parseGlob(text).ok);
const anyGlob = globText.map(glob);

const pathText = fc
  .array(
    fc
      .array(fc.constantFrom('a', 'b', '.', 'z', '-'), { minLength: 1, maxLength: 4 })
      .map((chars) => chars.join(''))
      .filter((name) => name !== '.' && name !== '..'),
    { minLength: 1, maxLength: 5 },
  )
  .map((names) => names.join('/'));

/** A path made from a glob's text: each wildcard is filled in, each brace decided, by the numbers given. */
function fillIn(text: string, numbers: readonly number[]): string {
  let at = 0;
  const pick = <Item>(items: readonly Item[]): Item | undefined => {
    at += 1;
    return items[(numbers[at % numbers.length] ?? 0) % items.length];
  };
  let written = text;
  for (let brace = findBrace(written); brace !== null; brace = findBrace(written)) {
    written = written.replace(brace[0], () => pick((brace[1] ?? '').split(',')) ?? '');
  }
  return (written.endsWith('/') ? `${written}**` : written)
    .replace(/\*\*\//g, () => pick(['', 'a/', '.b/', 'z/a/']) ?? '')
    .replace(/\*\*/g, () => pick(['a', 'z/b', '.a']) ?? '')
    .replace(/\*/g, () => pick(['', 'a', 'zb', '.']) ?? '')
    .replace(/\?/g, () => pick(['a', 'b', 'z', '.']) ?? '');
}

function findBrace(text: string): RegExpExecArray | null {
  return /\{([^{}]*)\}/.exec(text);
}

const isPath = (path: string): boolean =>
  path.split('/').every((name) => !['', '.', '..'].includes(name));
const numbers = fc.array(fc.nat(11), { minLength: 8, maxLength: 8 });
const madePath = fc
  .tuple(globText, numbers)
  .map(([text, picks]) => fillIn(text, picks))
  .filter(isPath);

describe('matches', () => {
  const options = {
    dot: true,
    nonegate: true,
    nocomment: true,
    noext: true,
    platform: 'linux',
  } as const;

  it('is what minimatch says, where the two languages are the same', () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(globText, fc.oneof(pathText, madePath), numbers, (text, other, picks) => {
        // A last separator means everything below only here.
        fc.pre(!minimatch.braceExpand(text, options).some((one) => one.endsWith('/')));
        const own = fillIn(text, picks);
        for (const path of isPath(own) ? [own, other] : [other]) {
          const expected = minimatch(path, text, options);
          seen[expected ? 'yes' : 'no'] += 1;
          expect(matches(glob(text), path)).toBe(expected);
        }
      }),
      { numRuns: 5000 },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(1000);
  });

  it('takes a path made from the glob, in every normal form', () => {
    fc.assert(
      fc.property(globText, numbers, (text, picks) => {
        const path = fillIn(text, picks);
        const [accented, pattern] = [path, text].map((one) =>
          one.replaceAll('a', 'é').replaceAll('b', '각'),
        );
        fc.pre(isPath(path) && accented !== undefined && pattern !== undefined);
        expect(matches(glob(text), path)).toBe(true);
        expect(matches(glob(pattern.normalize('NFD')), accented)).toBe(true);
        expect(matches(glob(pattern), accented.normalize('NFD'))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes nothing that is no path', () => {
    const badPath = fc
      .tuple(madePath, fc.constantFrom('..', '.', ''), fc.nat(5))
      .map(([path, name, at]) => {
        const names = path.split('/');
        return [...names.slice(0, at), name, ...names.slice(at)].join('/');
      });
    fc.assert(
      fc.property(anyGlob, badPath, (parsed, path) => {
        expect(matches(parsed, path)).toBe(false);
        expect(matches(glob('**'), path)).toBe(false);
        expect(pathProblem(path)).not.toBeNull();
      }),
      { numRuns: 2000 },
    );
  });
});

describe('overlaps and contains', () => {
  it('agree with each other and with the paths that can be made', () => {
    const seen = { overlapping: 0, apart: 0, held: 0 };
    fc.assert(
      fc.property(
        globText,
        globText,
        fc.array(numbers, { minLength: 6, maxLength: 6 }),
        (left, right, lists) => {
          const [a, b] = [glob(left), glob(right)];
          const isOverlap = overlaps(a, b);
          const isHeld = contains(a, b);
          seen[isOverlap ? 'overlapping' : 'apart'] += 1;
          if (isHeld) seen.held += 1;
          expect(overlaps(b, a)).toBe(isOverlap);
          if (isHeld) expect(isOverlap).toBe(true);
          for (const path of lists.map((picks) => fillIn(right, picks)).filter(isPath)) {
            if (isHeld) expect([path, matches(a, path)]).toEqual([path, true]);
            if (!isOverlap) expect([path, matches(a, path)]).toEqual([path, false]);
          }
        },
      ),
      { numRuns: 5000 },
    );
    expect(Math.min(seen.overlapping, seen.apart, seen.held)).toBeGreaterThan(100);
  });

  it('hold for a glob and itself, its alternatives and everything', () => {
    fc.assert(
      fc.property(globText, globText, (left, right) => {
        const [a, b] = [glob(left), glob(right)];
        expect(overlaps(a, a)).toBe(true);
        expect(contains(a, a)).toBe(true);
        expect(contains(glob('**'), a)).toBe(true);
        expect(containedInUnion([a, b], b)).toBe(true);
        const either = parseGlob(`{${left},${right}}`);
        fc.pre(either.ok);
        expect(contains(either.glob, a)).toBe(true);
        expect(containedInUnion([a, b], either.glob)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('contain along a chain', () => {
    let chains = 0;
    fc.assert(
      fc.property(anyGlob, anyGlob, anyGlob, (a, b, c) => {
        for (const [outer, middle, inner] of [
          [a, b, c],
          [b, c, a],
          [c, a, b],
          [a, c, b],
        ] as const) {
          if (!contains(outer, middle) || !contains(middle, inner)) continue;
          chains += 1;
          expect(contains(outer, inner)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
    expect(chains).toBeGreaterThan(10);
  });

  it('say the same of a path and of the glob that is only that path', () => {
    fc.assert(
      fc.property(anyGlob, fc.oneof(pathText, madePath), (parsed, path) => {
        const isMatch = matches(parsed, path);
        expect(overlaps(parsed, glob(path))).toBe(isMatch);
        expect(contains(parsed, glob(path))).toBe(isMatch);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('parseGlob', () => {
  it('answers for any text, and only takes what can match a path', () => {
    const hostile = fc.string({
      unit: fc.constantFrom(...Array.from('ab./*?{},!\\[]()@ é\u0301\u0000\u202e😀')),
      maxLength: 24,
    });
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
        const parsed = parseGlob(text);
        if (parsed.ok) {
          taken += 1;
          expect(overlaps(parsed.glob, glob('**'))).toBe(true);
        } else {
          expect(parsed.problem).toMatch(/^[A-Z*].*\.$/);
        }
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('takes a folded glob for a folded path', () => {
    fc.assert(
      fc.property(globText, numbers, (text, picks) => {
        const path = fillIn(text, picks);
        fc.pre(isPath(path));
        expect(matches(glob(foldPath(text.toUpperCase())), foldPath(path))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
