// What can be told of who stands behind a record.
import { describe, expect, it } from 'vitest';
import type { RecordSource } from '../../kernel/operation.ts';
import { standingOf, standingText } from './standing.ts';
import type { Standing } from './standing.ts';

function source(parts: Partial<RecordSource>): ReadonlyMap<number, RecordSource> {
  return new Map([[7, { by: 'shell', provenance: 'elsewhere', isSigned: false, ...parts }]]);
}

describe('a record', () => {
  it.each<[Standing, Partial<RecordSource>]>([
    ['github', { by: 'github', provenance: 'github' }],
    ['unproven', { by: 'github', provenance: 'elsewhere' }],
    ['unproven', { by: 'github', provenance: 'here' }],
    ['terminal', { by: 'shell', provenance: 'here' }],
    ['nobody', { by: 'shell', provenance: 'elsewhere' }],
    ['nobody', { by: 'shell', provenance: 'github' }],
    ['nobody', { by: 'app', provenance: 'here' }],
    ['signed', { by: 'shell', provenance: 'elsewhere', isSigned: true }],
  ])('is of %s: %j', (standing, parts) => {
    expect(standingOf([7], source(parts))).toBe(standing);
  });

  it('that cannot be found is unproven', () => {
    expect(standingOf([8], source({}))).toBe('unproven');
    expect(standingOf([7], undefined)).toBe('unproven');
  });
});

describe('several records', () => {
  it('are as good as the best of them', () => {
    const sources = new Map([
      ...source({}),
      [8, { by: 'github', provenance: 'github', isSigned: false } as const],
    ]);
    expect(standingOf([7, 8], sources)).toBe('github');
    expect(standingOf([8, 7], sources)).toBe('github');
  });
});

it('is told where a check may not count it', () => {
  expect(standingText('nobody')).toContain('no check counts it');
  expect(standingText('terminal')).toBe('');
});
