// What a flag of every command means where it stands.
import { expect, it } from 'vitest';
import { readGlobals } from './globals.ts';

it('tells a skill from a token: before a command only a token can stand', () => {
  const token = 'eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiIxIn0.c2ln';
  const read = (...words: string[]) => readGlobals(words, new Set());
  expect(read('--capability', token, 'status')).toMatchObject({
    ...{ globals: { capability: token }, rest: ['status'] },
  });
  const join = ['agent', 'join', 'codex', '--capability', 'ts'];
  expect(read(...join)).toMatchObject({ globals: { capability: null }, rest: join });
  for (const words of [['--capability', 'ts', 'status'], ['--capability=ts'], ['--capability']]) {
    expect(() => read(...words)).toThrow(/takes a token.*coord agent join NAME --capability SKILL/);
  }
});
