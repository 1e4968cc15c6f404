// Which files .gitattributes calls generated.
import { describe, expect, it } from 'vitest';
import { generatedBy } from './rules-generated.ts';

const cases: readonly (readonly [attributes: string, path: string, isGenerated: boolean])[] = [
  ['*.ts linguist-generated', 'a.ts', true],
  ['*.ts linguist-generated', 'src/deep/a.ts', true],
  ['*.ts linguist-generated=true', 'a.ts', true],
  ['*.ts linguist-generated=1', 'a.ts', true],
  ['*.ts linguist-generated=false', 'a.ts', false],
  ['*.ts -linguist-generated', 'a.ts', false],
  ['*.ts linguist-generated-by', 'a.ts', false],
  ['*.ts text linguist-generated eol=lf\r\n', 'a.ts', true],
  ['/gen/*.ts linguist-generated', 'gen/a.ts', true],
  ['/gen/*.ts linguist-generated', 'src/gen/a.ts', false],
  ['gen/* linguist-generated', 'gen/a/b.ts', false],
  ['gen/** linguist-generated', 'gen/a/b.ts', true],
  ['gen linguist-generated', 'gen/a.ts', false],
  ['gen/ linguist-generated', 'gen/a.ts', false],
  ['*.ts linguist-generated\na.ts -linguist-generated', 'a.ts', false],
  ['a.ts !linguist-generated\n*.ts linguist-generated', 'a.ts', true],
  ['*.ts linguist-generated\n*.ts text', 'a.ts', true],
  ['# *.ts linguist-generated', 'a.ts', false],
  ['[a-z].ts linguist-generated', 'a.ts', false],
  ['{a,b}.ts linguist-generated', 'a.ts', false],
  ['"a.ts" linguist-generated', 'a.ts', false],
  ['linguist-generated', 'linguist-generated', false],
  ['', 'a.ts', false],
];

describe('attributes', () => {
  it.each(cases)('%j of %s: %s', (attributes, path, isGenerated) => {
    expect(generatedBy(attributes)(path)).toBe(isGenerated);
  });
});
