// What can be told of who stands behind a record.
import { describe, expect, it } from 'vitest';
import type { RecordSource } from '../../kernel/operation.ts';
import { doubtText, standingOf, standingText } from './standing.ts';
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

  it('that was not asked about is unread where the reader says so', () => {
    expect(standingOf([8], source({}), 'unread')).toBe('unread');
    expect(standingOf([7], source({}), 'unread')).toBe('nobody');
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

  it('are not nobody’s while one of them is unread, and are what a better one makes them', () => {
    expect(standingOf([6, 7], source({}), 'unread')).toBe('unread');
    expect(standingOf([6, 7], source({ provenance: 'here' }), 'unread')).toBe('terminal');
  });
});

it('is told where a check may not count it', () => {
  expect(standingText('nobody')).toContain('no check counts it');
  expect(standingText('terminal')).toBe('');
});

it('is doubted in the same words, and not where it counts', () => {
  for (const standing of ['nobody', 'unread', 'unproven', 'signed'] as const) {
    expect(doubtText(standing)).toBe(standingText(standing));
    expect(doubtText(standing)).not.toBe('');
  }
  for (const standing of ['github', 'terminal', null] as const)
    expect(doubtText(standing)).toBe('');
});
