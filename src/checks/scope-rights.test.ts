import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earlier, grant, later } from '../../test/pull-request-builder.ts';
import type { PullRequestParts } from '../../test/pull-request-builder.ts';
import { judgeScope as judge } from '../../test/scope-plan.ts';

describe('trust', () => {
  const ui = { head: { 'ui/a.tsx': 'x' } };
  const docs = { head: { 'docs/a.md': 'x' } };

  it.each<[string, PullRequestParts, 'success' | 'failure']>([
    ['a start nobody vouches for', { ...ui, started: { ui: [40] } }, 'failure'],
    [
      'a start GitHub vouches for',
      { ...ui, started: { ui: [40] }, vouches: { 40: 'github' } },
      'success',
    ],
    [
      'a start a key vouches for',
      { ...ui, started: { ui: [40] }, vouches: { 40: 'key' } },
      'success',
    ],
    [
      'a start vouched for between others that are not',
      { ...ui, started: { ui: [40, 41, 42] }, vouches: { 41: 'terminal' } },
      'success',
    ],
    [
      'a vouched record that started another phase',
      { ...ui, started: { ui: [40] }, vouches: { 40: 'github' }, said: { 40: ['rpc'] } },
      'failure',
    ],
    [
      'a phase of the policy completed by anybody',
      { head: { 'src/network/a.ts': 'x' }, completed: { rpc: 41 } },
      'failure',
    ],
    ['a grant nobody vouches for', { ...docs, grants: [grant()] }, 'failure'],
    [
      'a grant GitHub vouches for',
      { ...docs, grants: [grant()], vouches: { 21: 'github' } },
      'success',
    ],
    [
      'a grant to somebody else',
      { ...docs, grants: [grant({ agent: 'opus' })], vouches: { 21: 'github' } },
      'failure',
    ],
    [
      'a grant that has lapsed',
      { ...docs, grants: [grant({ until: earlier })], vouches: { 21: 'github' } },
      'failure',
    ],
    [
      'a grant that lapses at this moment',
      { ...docs, now: later, grants: [grant({ until: later })], vouches: { 21: 'github' } },
      'failure',
    ],
    [
      'a grant wider than its vouched record says',
      {
        ...docs,
        grants: [grant({ glob: '**' })],
        vouches: { 21: 'github' },
        said: { 21: ['codex', 'src/a.ts', later] },
      },
      'failure',
    ],
    [
      'a grant that is no glob',
      { ...docs, grants: [grant({ glob: '!**' })], vouches: { 21: 'github' } },
      'failure',
    ],
    [
      'a grant of everything does not unprotect',
      { head: { CODEOWNERS: 'x' }, grants: [grant({ glob: '**' })], vouches: { 21: 'github' } },
      'failure',
    ],
    [
      'a grant of that very protected file does',
      {
        head: { '.gitmodules': 'x' },
        grants: [grant({ glob: '.gitmodules' })],
        vouches: { 21: 'github' },
      },
      'success',
    ],
    [
      'a grant lets nothing be deleted',
      { base: { 'docs/a.md': 'x' }, grants: [grant()], vouches: { 21: 'github' } },
      'failure',
    ],
  ])('%s', async (_name, parts, conclusion) => {
    expect((await judge(parts)).conclusion).toBe(conclusion);
  });

  it('names what nobody vouches for and who can', async () => {
    const started = await judge({ ...ui, started: { ui: [40] } });
    expect(started.reasons).toContain(
      'Phase ui was started by `mallory` on the log, but nobody vouches for it: a person with write access can say `/coord plan start ui`.',
    );
    const granted = await judge({ ...docs, grants: [grant()] });
    expect(granted.reasons.join('\n')).toMatch(
      /`docs\/\*\*` was granted to codex by `alice` on the log, but nobody vouches for it/,
    );
  });

  it('keeps the reasons short however many grants were pushed by hand', async () => {
    const grants = Array.from({ length: 500 }, (_, index) => grant({ seq: 1000 + index }));
    const { reasons } = await judge({ ...docs, grants });
    expect(reasons.length).toBeLessThan(20);
    expect(reasons.at(-1)).toMatch(/^490 more records nobody vouches for/);
  });
});

describe('property', () => {
  const paths = ['docs/a.md', 'docs/b/c.md', 'src/network/a.ts', 'ui/a.tsx', 'CODEOWNERS', 'x'];
  const anyGrant = fc.record({
    glob: fc.constantFrom('docs/**', '**', 'ui/*', 'CODEOWNERS', 'docs/a.md', '!'),
    agent: fc.constantFrom('codex', 'opus'),
    seq: fc.integer({ min: 1, max: 9 }),
    until: fc.constantFrom(earlier, later),
  });

  it('taking a grant away, or its vouch, never turns failure into success', async () => {
    let losses = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom(...paths), { minLength: 1 }),
        fc.array(anyGrant, { minLength: 1, maxLength: 4 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 9 })),
        fc.nat(3),
        async (changed, records, vouched, taken) => {
          const head = Object.fromEntries(changed.map((path) => [path, path]));
          const vouches = Object.fromEntries(vouched.map((seq) => [seq, 'github' as const]));
          const grants = records.map(grant);
          const without = grants.filter((_, index) => index !== taken % grants.length);
          const before = await judge({ head, grants, vouches });
          const after = await judge({ head, grants: without, vouches });
          const unvouched = await judge({ head, grants });
          if (before.conclusion === 'success' && after.conclusion === 'failure') losses += 1;
          if (before.conclusion === 'failure') {
            expect(after.conclusion).toBe('failure');
            expect(unvouched.conclusion).toBe('failure');
          }
        },
      ),
      { numRuns: 100, seed: 7 },
    );
    expect(losses).toBeGreaterThan(0);
  });
});
