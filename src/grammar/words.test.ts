// How a line falls into words: quotes, escapes, apostrophes, and what phones make of them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../kernel/fault.ts';
import { splitWords } from './words.ts';

describe('a line', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['   \t ', []],
    ['status', ['status']],
    ['lock  src/api/**\t--ttl 2h ', ['lock', 'src/api/**', '--ttl', '2h']],
    ['send codex "Build is green"', ['send', 'codex', 'Build is green']],
    ['a "" b', ['a', '', 'b']],
    ["a '' b", ['a', '', 'b']],
    ['"say \\"hi\\" \\\\ now"', ['say "hi" \\ now']],
    ['"keep \\n as it is"', ['keep \\n as it is']],
    ["'no \\\" escapes \\\\ here'", ['no \\" escapes \\\\ here']],
    ['--reason="two words" x', ['--reason=two words', 'x']],
    ["--reason='two words' x", ['--reason=two words', 'x']],
    ['ab"c d"ef', ['abc def']],
    ['$HOME `id` $(id) a;b a|b *', ['$HOME', '`id`', '$(id)', 'a;b', 'a|b', '*']],
    ["don't stop, it's fine", ["don't", 'stop,', "it's", 'fine']],
    ['😀 "👩‍👩‍👧 family" é', ['😀', '👩‍👩‍👧 family', 'é']],
  ])('%j is %j', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });
});

describe('curly quotes', () => {
  it.each<[string, string[]]>([
    ['send codex “Build is green”', ['send', 'codex', 'Build is green']],
    ['send codex ”Build is green”', ['send', 'codex', 'Build is green']],
    ['send codex „Alles ist grün“', ['send', 'codex', 'Alles ist grün']],
    ['send codex ‘Build is green’', ['send', 'codex', 'Build is green']],
    ['--reason=“two words”', ['--reason=two words']],
    ['“say \\" now”', ['say " now']],
    ['‘don’t do it’ x', ['don’t do it', 'x']],
    ['it’s fine', ['it’s', 'fine']],
  ])('%j is %j', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  it('inside straight ones are text, and the other way round', () => {
    expect(splitWords('"he said “hi” to ‘us’"')).toEqual(['he said “hi” to ‘us’']);
    expect(splitWords('“he said "hi" to \'us\'”')).toEqual(['he said "hi" to \'us\'']);
  });
});

describe('a quote that is never closed', () => {
  it.each(['"', "'", 'a "b', 'a --reason="b c', '“a', '‘a’b', '"a\\"', '“a"'])(
    '%j is refused',
    (line) => {
      expect(() => splitWords(line)).toThrow(UsageError);
      expect(() => splitWords(line)).toThrow(/never closed/);
    },
  );
});

describe('any words', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 12 });

  it('come back from double quotes', () => {
    const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        expect(splitWords(words.map(quoted).join(' '))).toEqual(words);
      }),
    );
  });

  it('without spaces and quotes stand as they are', () => {
    const bare = word.filter((text) => text !== '' && !/[\s"'“”„‘’]/u.test(text));
    fc.assert(
      fc.property(fc.array(bare, { maxLength: 6 }), (words) => {
        expect(splitWords(words.join('  '))).toEqual(words);
      }),
    );
  });

  it('make words or a usage error, whatever they are', () => {
    const unit = fc.constantFrom(...Array.from('a =\t\\"\'“”„‘’-😀\ud83d'));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (line) => {
        try {
          expect(splitWords(line).join('').length).toBeLessThanOrEqual(line.length);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});
