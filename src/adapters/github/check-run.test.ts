// The check run's output stays within what GitHub takes, whatever the verdict holds.
import { expect, it } from 'vitest';
import type { Finding, GateVerdict } from '../../kernel/check.ts';
import { annotationsOf, cutToBytes, endCheckRun, subjectOfRun } from './check-run.ts';

function finding(level: Finding['level'], path: string | null): Finding {
  return {
    ...{ rule: 'scope-outside', path, line: 3, endLine: null, message: 'No.', level },
    ...{ limit: null, value: null },
  };
}

function verdictOf(findings: readonly Finding[]): GateVerdict {
  const check = {
    name: 'scope',
    conclusion: 'failure',
    title: 'No.',
    reasons: [],
    findings,
  } as const;
  return {
    ...{ conclusion: 'failure', title: 'No.', summary: 'No.', head: 'a', base: 'b' },
    ...{ policy: null, enforce: null, seq: 1, checks: [check] },
  };
}

it.each([
  ['a'.repeat(100), 100, 'a'.repeat(100)],
  ['é'.repeat(50), 100, 'é'.repeat(50)],
])('text that fits stays as it is', (text, max, expected) => {
  expect(cutToBytes(text, max)).toBe(expected);
});

it.each(['é', '🙂', 'x\n', 'a'])(
  'text of %j is cut to whole characters within the bytes',
  (unit) => {
    for (let max = 200; max < 210; max += 1) {
      const cut = cutToBytes(unit.repeat(300), max);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(max);
      expect(cut).toMatch(/… cut here; `coord check` in a clone shows all\.$/);
      expect(cut).not.toContain('\ufffd');
    }
  },
);

it('annotates failures first, fifty at most, and nothing without a place', () => {
  const notes = Array.from({ length: 60 }, (_, index) => finding('notice', `n${index}`));
  const annotations = annotationsOf(
    verdictOf([finding('failure', null), ...notes, finding('failure', 'f')]),
  );
  expect(annotations).toHaveLength(50);
  expect(annotations[0]).toEqual({
    ...{ path: 'f', start_line: 3, end_line: 3, annotation_level: 'failure' },
    ...{ title: 'scope: scope-outside', message: 'No.' },
  });
});

it('keeps the summary within its bytes together with the note on further findings', async () => {
  const sent: Readonly<Record<string, unknown>>[] = [];
  const client = {
    graphql: () => Promise.reject(new Error('not asked')),
    request: (_route: string, parameters: Readonly<Record<string, unknown>> = {}) => {
      sent.push(parameters);
      return Promise.resolve({ data: {} });
    },
  };
  const verdict = verdictOf(
    Array.from({ length: 51 }, (_, index) => finding('failure', `f${index}`)),
  );
  const shown = { title: 't'.repeat(400), summary: 'é'.repeat(65_535), text: '🙂'.repeat(40_000) };
  const run = { id: 1, conclusion: 'failure', now: '2026-11-20T12:00:00.000Z', shown, verdict };
  await endCheckRun(client, { owner: 'octo', repo: 'demo' }, run);
  const output = sent[0]?.['output'] as Record<'title' | 'summary' | 'text', string>;
  expect(output.title).toHaveLength(250);
  expect(Buffer.byteLength(output.summary)).toBeLessThanOrEqual(65_535);
  expect(output.summary).toContain('50 of 51 findings are annotated');
  expect(Buffer.byteLength(output.text)).toBeLessThanOrEqual(65_535);
});

it.each([
  ['pr:12', { pullRequest: 12, isGroup: false }],
  ['group:7', { pullRequest: 7, isGroup: true }],
  ['pr:12x', null],
  ['build', null],
  ['', null],
  [null, null],
])('the run %j is about %j', (externalId, expected) => {
  expect(subjectOfRun(externalId)).toEqual(expected);
});
