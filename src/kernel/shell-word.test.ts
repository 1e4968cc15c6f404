// What stands in our sentences can be copied into a shell and into a comment.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../grammar/words.ts';
import { shellWord } from './shell-word.ts';

describe('a word', () => {
  it.each([
    ['src/ui.ts', 'src/ui.ts'],
    ['@build', '@build'],
    ['src/api/**', "'src/api/**'"],
    ['{a,b}?', "'{a,b}?'"],
    ['two words', "'two words'"],
    ['', "''"],
    ["it's *", '"it\'s *"'],
  ])('%j is typed as %s', (text, typed) => {
    expect(shellWord(text)).toBe(typed);
    expect(splitWords(typed)).toEqual([text]);
  });

  it.each(['a$(id)`id`', 'it\'s $HOME `id` "x" \\', '; rm x', 'a\nb'])(
    '%j reaches a program as it is',
    (text) => {
      const out = execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' });
      expect(out).toBe(text);
    },
  );
});
