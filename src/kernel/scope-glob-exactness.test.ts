import { describe, expect, it } from 'vitest';
import { containedInUnion, contains, matches, overlaps, parseGlob } from './scope-glob.ts';
import type { Glob } from './scope-glob.ts';

/** Every path of at most seven characters; `c` is named by no pattern below and stands for all that none names. */
function allPaths(): string[] {
  const paths: string[] = [];
  const extend = (text: string): void => {
    const names = text.split('/');
    if (names.every((name) => name !== '' && name !== '.' && name !== '..')) paths.push(text);
    if (text.length < 7) for (const char of ['a', '.', 'c', '/']) extend(text + char);
  };
  extend('');
  return paths;
}

function writtenOut(text: string): string[] {
  const brace = /\{([^{}]*)\}/.exec(text);
  if (brace === null) return [text];
  const [whole, list = ''] = brace;
  const before = text.slice(0, brace.index);
  const after = text.slice(brace.index + whole.length);
  return list.split(',').flatMap((one) => writtenOut(before + one + after));
}

/** One alternative as a regular expression: an oracle of quite another make. */
function expressionOf(text: string): string {
  const names = (text.endsWith('/') ? `${text}**` : text).split('/');
  return names
    .map((name, at) => {
      const isLast = at === names.length - 1;
      if (name === '**') return isLast ? '.+' : '(?:[^/]+/)*';
      const body = name.replace(/[.*?]/g, (char) =>
        char === '.' ? '\\.' : char === '*' ? '[^/]*' : '[^/]',
      );
      return isLast ? body : `${body}/`;
    })
    .join('');
}

interface Case {
  readonly text: string;
  readonly glob: Glob;
  /** One bit per path, in the order of `paths`, as the oracle has it. */
  readonly bits: Uint32Array;
}

const paths = allPaths();

/** Null for what is no glob. */
function caseOf(text: string): Case | null {
  const parsed = parseGlob(text);
  if (!parsed.ok) return null;
  const oracle = new RegExp(`^(?:${writtenOut(text).map(expressionOf).join('|')})$`);
  const bits = new Uint32Array(Math.ceil(paths.length / 32));
  paths.forEach((path, at) => {
    if (oracle.test(path)) bits[at >> 5] = (bits[at >> 5] ?? 0) | (1 << (at & 31));
  });
  return { text, glob: parsed.glob, bits };
}

function casesOf(texts: readonly string[]): Case[] {
  return [...new Set(texts)].map(caseOf).filter((one) => one !== null);
}

function shareBit(left: Uint32Array, right: Uint32Array): boolean {
  return left.some((word, at) => (word & (right[at] ?? 0)) !== 0);
}

function holdsBits(outer: Uint32Array, inner: Uint32Array): boolean {
  return inner.every((word, at) => (word & ~(outer[at] ?? 0)) === 0);
}

/** Every text of up to three of the tokens. */
function plainTexts(): string[] {
  let texts = [''];
  for (let length = 0; length < 3; length += 1) {
    texts = [
      '',
      ...texts.flatMap((text) => ['a', '.', '*', '?', '/', '**'].map((token) => token + text)),
    ];
  }
  return texts;
}

/** Texts with braces, short enough that seven characters tell any two of them apart. */
function braceTexts(): string[] {
  const pieces = ['', 'a', '.', '*', 'a/', '/a', '**', '/**', '?', '{a,?}', '{/,}*'];
  return ['', 'a', '*', '?', '**/', 'a/'].flatMap((before) =>
    pieces.flatMap((one) =>
      pieces.flatMap((other) =>
        ['', 'a', '*', '/'].map((after) => `${before}{${one},${other}}${after}`),
      ),
    ),
  );
}

const plain = casesOf(plainTexts());
const braced = casesOf(braceTexts()).filter((_, at) => at % 7 === 0);
const cases = [...plain, ...braced];

/** The pairs for which the two answers differ; a list, so that a failure shows them. */
function differences(
  ours: (left: Case, right: Case) => boolean,
  oracle: (left: Case, right: Case) => boolean,
): string[] {
  return cases.flatMap((left) =>
    cases
      .filter((right) => ours(left, right) !== oracle(left, right))
      .map((right) => `${left.text} | ${right.text}`),
  );
}

describe('against every short path', () => {
  it('has enough to compare', () => {
    expect(paths.length).toBeGreaterThan(2000);
    expect(plain.length).toBeGreaterThan(90);
    expect(braced.length).toBeGreaterThan(90);
  });

  it('matches what the oracle matches', () => {
    for (const { text, glob, bits } of cases) {
      const wrong = paths.filter(
        (path, at) => matches(glob, path) !== (((bits[at >> 5] ?? 0) >>> (at & 31)) % 2 === 1),
      );
      expect([text, wrong]).toEqual([text, []]);
    }
  });

  it('overlaps where both match a path', () => {
    expect(
      differences(
        (left, right) => overlaps(left.glob, right.glob),
        (left, right) => shareBit(left.bits, right.bits),
      ),
    ).toEqual([]);
  });

  it('contains where no path of the inner is missing', () => {
    expect(
      differences(
        (outer, inner) => contains(outer.glob, inner.glob),
        (outer, inner) => holdsBits(outer.bits, inner.bits),
      ),
    ).toEqual([]);
  });

  it('contains by several where no path of the inner is missing in all', () => {
    let held = 0;
    for (const [at, inner] of cases.entries()) {
      for (let step = 1; step <= 60; step += 1) {
        const outer = [at + step, at + 3 * step, at * step].map(
          (index) => cases[index % cases.length],
        );
        const outers = outer.filter((one) => one !== undefined);
        const union = inner.bits.map((_, word) =>
          outers.reduce((bits, one) => bits | (one.bits[word] ?? 0), 0),
        );
        const expected = holdsBits(union, inner.bits);
        const texts = [outers.map((one) => one.text), inner.text];
        expect([
          texts,
          containedInUnion(
            outers.map((one) => one.glob),
            inner.glob,
          ),
        ]).toEqual([texts, expected]);
        if (expected && !outers.some((one) => holdsBits(one.bits, inner.bits))) held += 1;
      }
    }
    expect(held).toBeGreaterThan(20);
  });
});
