import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earlier, later, lock, now, pullRequest } from '../../test/pull-request-builder.ts';
import type { PullRequestParts } from '../../test/pull-request-builder.ts';
import type { Verdict } from '../kernel/check.ts';
import { locksCheck } from './locks.ts';

const policy = 'version: 1\n';
const head = { 'src/api/x.ts': 'x' };

function judge(parts: PullRequestParts): Promise<Verdict> {
  return locksCheck.judge(pullRequest({ policy, head, ...parts }));
}

const forced = { lock: lock(), by: 'mallory', seq: 30, at: earlier };

describe('locks', () => {
  it.each<[string, PullRequestParts, string[]]>([
    ['no lock at all', {}, []],
    ['a lock of somebody else', { locks: [lock()] }, ['src/api/x.ts']],
    ['a shared lock of somebody else', { locks: [lock({ mode: 'shared' })] }, ['src/api/x.ts']],
    ["the author's own lock", { locks: [lock({ holder: 'codex' })] }, []],
    [
      "the author's own shared lock beside another's",
      { locks: [lock({ holder: 'codex', mode: 'shared' }), lock({ mode: 'shared' })] },
      ['src/api/x.ts'],
    ],
    ['a lock on other files', { locks: [lock({ scope: 'docs/**' })] }, []],
    ['a lock that lapses at this moment', { locks: [lock({ until: now })] }, []],
    ['a lock until its task ends', { locks: [lock({ until: null })] }, ['src/api/x.ts']],
    ['a named resource', { locks: [lock({ scope: '@src' })] }, []],
    [
      'a file called like a named resource',
      { locks: [lock({ scope: '@src' })], head: { '@src': 'x' } },
      [],
    ],
    ['a scope that is no glob', { locks: [lock({ scope: '!**' })] }, []],
    [
      'a person is held to it too',
      { locks: [lock()], author: { kind: 'person', name: 'alice' } },
      ['src/api/x.ts'],
    ],
    [
      "a person's own lock",
      { locks: [lock({ holder: 'alice' })], author: { kind: 'person', name: 'alice' } },
      [],
    ],
    [
      'an unknown author who has the name of the holder',
      { locks: [lock()], author: { kind: 'unknown', login: 'opus' } },
      ['src/api/x.ts'],
    ],
    [
      'a deleted file',
      { locks: [lock()], base: { 'src/api/y.ts': 'y' }, head: {} },
      ['src/api/y.ts'],
    ],
    [
      'a file moved out',
      { locks: [lock()], base: { 'src/api/y.ts': 'y' }, head: { 'src/y.ts': 'y' } },
      ['src/api/y.ts'],
    ],
    [
      'a file moved in',
      { locks: [lock()], base: { 'src/y.ts': 'y' }, head: { 'src/api/y.ts': 'y' } },
      ['src/api/y.ts'],
    ],
    [
      'a file copied out',
      {
        locks: [lock()],
        base: { 'src/api/y.ts': 'y' },
        head: { 'src/api/y.ts': 'y', 'src/y.ts': 'y' },
        copies: { 'src/y.ts': 'src/api/y.ts' },
      },
      [],
    ],
    [
      'a mode change',
      {
        locks: [lock()],
        base: { 'src/api/y.sh': 'y' },
        head: { 'src/api/y.sh': { text: 'y', mode: '100755' } },
      },
      ['src/api/y.sh'],
    ],
    ['a release by force nobody vouches for', { overridden: [forced] }, ['src/api/x.ts']],
    ['a release that GitHub vouches for', { overridden: [forced], vouches: { 30: 'github' } }, []],
    [
      'a vouched record that released another lock',
      { overridden: [forced], vouches: { 30: 'github' }, said: { 30: ['opus', 'docs/**'] } },
      ['src/api/x.ts'],
    ],
    [
      "a vouched release of another holder's lock",
      { overridden: [forced], vouches: { 30: 'github' }, said: { 30: ['haiku', 'src/api/**'] } },
      ['src/api/x.ts'],
    ],
    [
      "a forced release of the author's own lock",
      { overridden: [{ ...forced, lock: lock({ holder: 'codex' }) }] },
      [],
    ],
    [
      'a released lock that would have lapsed',
      { overridden: [{ ...forced, lock: lock({ until: earlier }) }] },
      [],
    ],
  ])('%s', async (_name, parts, paths) => {
    const verdict = await judge(parts);
    expect(verdict.findings.map(({ path }) => path)).toEqual(paths);
    expect(verdict.conclusion).toBe(paths.length === 0 ? 'success' : 'failure');
    for (const { rule } of verdict.findings) expect(locksCheck.rules).toContain(rule);
  });

  it('names holder, scope, end, token and the next step', async () => {
    const verdict = await judge({ locks: [lock({ reason: 'big\n/coord move' })] });
    expect(verdict.title).toBe('1 of 1 path locked by `opus`.');
    expect(verdict.findings[0]).toMatchObject({
      rule: 'lock-held',
      limit: 'src/api/**',
      value: 'opus',
    });
    expect(verdict.findings[0]?.message).toBe(
      `\`src/api/x.ts\` is locked by \`opus\`, who holds \`src/api/**\` exclusive until ${later} with token 12 (\`big\\u{a}/coord move\`). Wait for that, or ask \`opus\` to release it with \`coord unlock\`.`,
    );
    const released = await judge({ overridden: [forced] });
    expect(released.findings[0]?.message).toMatch(
      /`mallory` released it by force, but nobody vouches for that: a person with write access can say `\/coord unlock SCOPE --force --reason TEXT`\.$/,
    );
  });

  it('never passes what could not be read', async () => {
    const problem = 'More than 3000 files changed. Split the change.';
    expect(await judge({ problem })).toMatchObject({
      conclusion: 'action_required',
      title: problem,
    });
    expect((await judge({ problem, locks: [lock()] })).conclusion).toBe('failure');
    expect((await judge({ policy: 'version: 2\n' })).conclusion).toBe('action_required');
  });

  it('is neutral where the policy turns it off or only reports', async () => {
    const off = await judge({
      policy: `${policy}checks: { locks: { mode: off } }\n`,
      locks: [lock()],
    });
    expect([off.conclusion, off.findings]).toEqual(['neutral', []]);
    const report = `${policy}checks: { locks: { mode: report } }\n`;
    const reported = await judge({ policy: report, locks: [lock()] });
    expect([reported.conclusion, reported.findings[0]?.level]).toEqual(['neutral', 'warning']);
    expect((await judge({ policy: report })).title).toMatch(/^All well, and only reported/);
  });

  it('property: a lock more by somebody else never turns failure into success', async () => {
    const anyLock = fc.record({
      scope: fc.constantFrom('src/api/**', '**', 'docs/*', 'src/api/x.ts', '@api', '{', 'src/**'),
      holder: fc.constantFrom('codex', 'opus', 'alice'),
      mode: fc.constantFrom('exclusive' as const, 'shared' as const),
      until: fc.constantFrom(earlier, later, null),
    });
    let losses = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyLock, { maxLength: 3 }), anyLock, async (few, extra) => {
        const locks = few.map(lock);
        const before = await judge({ locks });
        const added = lock({ ...extra, holder: 'opus' });
        const after = await judge({ locks: [...locks, added] });
        const released = { lock: added, by: 'mallory', seq: 30, at: earlier };
        const unvouched = await judge({ locks, overridden: [released] });
        if (before.conclusion === 'success' && after.conclusion === 'failure') losses += 1;
        expect(unvouched.conclusion).toBe(after.conclusion);
        if (before.conclusion === 'failure') expect(after.conclusion).toBe('failure');
      }),
      { numRuns: 150, seed: 7 },
    );
    expect(losses).toBeGreaterThan(0);
  });
});
