// action.yml says of inputs and outputs what the typed table says, and names a bundle that the build writes.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { inputs, outputs } from './io.ts';

interface ActionFile {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<
    Record<string, { description: string; required: boolean; default: string }>
  >;
  readonly outputs: Readonly<Record<string, { description: string }>>;
  readonly runs: Readonly<Record<string, string>>;
}

const file = parse(
  readFileSync(new URL('../../../action.yml', import.meta.url), 'utf8'),
) as ActionFile;

it('action.yml has the inputs of the table: names, descriptions, defaults, none required', () => {
  const expected = Object.entries(inputs).map(([name, input]) => [
    name,
    { ...input, required: false },
  ]);
  expect(Object.entries(file.inputs)).toEqual(expected);
});

it('action.yml has the outputs of the table', () => {
  expect(Object.entries(file.outputs)).toEqual(Object.entries(outputs));
});

it('action.yml starts the committed bundle on Node 24 and nothing else', () => {
  expect(file.runs).toEqual({ using: 'node24', main: 'dist/index.js' });
});

it('every input name makes an environment variable that is its own', () => {
  const variables = Object.keys(inputs).map((name) => `INPUT_${name.toUpperCase()}`);
  expect(new Set(variables).size).toBe(variables.length);
  expect(variables.every((name) => /^INPUT_[A-Z-]+$/.test(name))).toBe(true);
});
