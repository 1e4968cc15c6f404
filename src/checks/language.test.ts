// Which language a file is in, by its name.
import { expect, test } from 'vitest';
import { limits } from '../kernel/limits.ts';
import { bytesMaxOf, languageOf, languagesText, modelsText } from './language.ts';

test.each([
  ['a.ts', 'typescript'],
  ['a.d.mts', 'typescript'],
  ['a.jsx', 'typescript'],
  ['dir.rs/a.py', 'python'],
  ['a.pyi', 'python'],
  ['a.PY', 'python'],
  ['a.go', 'go'],
  ['A.java', 'java'],
  ['a.rs', 'rust'],
  ['a.c', 'c'],
  ['a.h', 'c'],
  ['a.cc', 'cpp'],
  ['a.cpp', 'cpp'],
  ['a.cxx', 'cpp'],
  ['a.c++', 'cpp'],
  ['a.hh', 'cpp'],
  ['a.hpp', 'cpp'],
  ['a.pyc', null],
  ['go', null],
  ['a.rs.bk', null],
  ['a.cs', null],
  ['a.hc', null],
  ['a.cargo', null],
])('%s is in %s', (path, language) => {
  expect(languageOf(path)).toBe(language);
});

test('languages are told in words, with the models that count them', () => {
  expect(languagesText(['go'])).toBe('Go');
  expect(languagesText(['rust', 'python', 'typescript'])).toBe(
    'JavaScript and TypeScript, Python or Rust',
  );
  expect(languagesText([])).toBe('measured');
  expect(modelsText(new Set(['cpp', 'python'] as const))).toBe('Python (radon), C++ (coord-c)');
});

test('other languages than JavaScript and TypeScript have a bound of their own', () => {
  expect(bytesMaxOf('typescript')).toBe(limits.analysedFileBytesMax);
  expect(bytesMaxOf('python')).toBe(limits.parsedFileBytesMax);
});
