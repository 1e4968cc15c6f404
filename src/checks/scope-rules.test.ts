import { describe, expect, it } from 'vitest';
import { grant } from '../../test/pull-request-builder.ts';
import { judgeScope, outcomeOf, wantedOf } from '../../test/scope-plan.ts';
import type { Case } from '../../test/scope-plan.ts';

const cases: readonly Case[] = [
  { name: 'nothing changed', found: [] },
  { name: 'a new file in scope', head: { 'src/network/a.ts': 'x' }, found: [] },
  { name: 'a new dotfile in scope', head: { 'src/network/.b/.c': 'x' }, found: [] },
  { name: 'a file outside', head: { 'docs/a.md': 'x' }, found: ['scope-outside docs/a.md'] },
  {
    name: 'a changed file outside',
    base: { 'docs/a.md': 'x' },
    head: { 'docs/a.md': 'y' },
    found: ['scope-outside docs/a.md'],
  },
  {
    name: 'a file of which only the mode changes, outside',
    base: { 'docs/a.sh': 'x' },
    head: { 'docs/a.sh': { text: 'x', mode: '100755' } },
    found: ['scope-outside docs/a.sh'],
  },
  {
    name: 'a file of a later phase',
    head: { 'ui/a.tsx': 'x' },
    found: ['scope-phase ui/a.tsx'],
  },
  {
    name: 'a file of a completed phase',
    head: { 'legacy/a.ts': 'x' },
    found: ['scope-phase legacy/a.ts'],
  },
  {
    name: 'the folder of the scope as a file',
    head: { 'src/network': 'x' },
    found: ['scope-outside src/network'],
  },
  // deletions
  {
    name: 'a deleted file',
    base: { 'src/network/a.ts': 'x' },
    found: ['scope-delete src/network/a.ts'],
  },
  { name: 'a deletion that the phase lists', base: { 'src/network/old/a.ts': 'x' }, found: [] },
  { name: "a deletion of the tier's, in scope", base: { 'test/network/a.snap': 'x' }, found: [] },
  {
    name: "a deletion of the tier's, outside the scope",
    base: { 'docs/a.snap': 'x' },
    found: ['scope-delete docs/a.snap'],
  },
  { name: 'a deletion of a later phase', base: { 'ui/a': 'x' }, found: ['scope-phase ui/a'] },
  {
    name: 'an emptied file',
    base: { 'src/network/a.ts': 'x' },
    head: { 'src/network/a.ts': '' },
    found: ['scope-delete src/network/a.ts'],
  },
  { name: 'an empty new file', head: { 'src/network/a.ts': '' }, found: [] },
  {
    name: 'an empty file that stays empty and becomes executable',
    base: { 'src/network/a.ts': '' },
    head: { 'src/network/a.ts': { text: '', mode: '100755' } },
    found: [],
  },
  // renames and copies: both names count, the source of a copy is only read
  {
    name: 'a rename within the scope',
    base: { 'src/network/a.ts': 'x' },
    head: { 'src/network/b.ts': 'x' },
    found: ['scope-delete src/network/a.ts'],
  },
  {
    name: 'a rename of what may be deleted',
    base: { 'src/network/old/a.ts': 'x' },
    head: { 'src/network/b.ts': 'x' },
    found: [],
  },
  {
    name: 'a rename out of the scope',
    base: { 'src/network/old/a.ts': 'x' },
    head: { 'docs/a.ts': 'x' },
    found: ['scope-outside docs/a.ts'],
  },
  {
    name: 'a rename into the scope',
    base: { 'docs/a.ts': 'x' },
    head: { 'src/network/a.ts': 'y' },
    parts: { renames: { 'src/network/a.ts': 'docs/a.ts' } },
    found: ['scope-delete docs/a.ts'],
  },
  {
    name: 'a rename out of a protected glob',
    base: { 'src/secret/a.ts': 'x' },
    head: { 'src/network/a.ts': 'x' },
    found: ['scope-protected src/secret/a.ts', 'scope-delete src/secret/a.ts'],
  },
  {
    name: 'a copy from outside',
    base: { 'docs/a.md': 'x' },
    head: { 'docs/a.md': 'x', 'src/network/a.md': 'x' },
    parts: { copies: { 'src/network/a.md': 'docs/a.md' } },
    found: [],
  },
];

describe('paths that an agent writes and deletes', () => {
  it.each(cases)('judges $name', async (one) => {
    expect(await outcomeOf(one)).toEqual(wantedOf(one));
  });

  it('says what is allowed and what to do next', async () => {
    const outside = await judgeScope({ head: { 'src/x.ts': 'x' } });
    expect(outside.findings[0]).toMatchObject({
      path: 'src/x.ts',
      level: 'failure',
      line: null,
      limit: 'src/network/**, src/secret/key.ts, test/network/**',
    });
    expect(outside.findings[0]?.message).toMatch(
      /`src\/x\.ts` is added, but codex may write only .*`src\/network\/\*\*`.*\(active: rpc\)\. Leave it out, or ask a person for `\/coord grant codex src\/x\.ts 2h --why TEXT`\.$/,
    );
    expect(outside.title).toBe('1 path of 1 changed file not within the scope of codex.');
    const phase = await judgeScope({ head: { 'ui/a.tsx': 'x' } });
    expect(phase.findings[0]?.message).toContain('phase ui is not active (active: rpc)');
    const gone = await judgeScope({ base: { 'docs/a.md': 'x' } });
    expect(gone.findings[0]?.message).toContain('may delete only `src/network/old/**`');
  });

  it('never starts a line with a command, whatever files are called', async () => {
    const verdict = await judgeScope({
      base: { '/coord plan start ui\n/coord pause': 'x' },
      head: { 'a`\n/coord unlock x': 'x', '\u202e/coord lock': { link: 'b' } },
      started: { ui: [40] },
      grants: [grant({ glob: '**' })],
    });
    const texts = [
      verdict.title,
      ...verdict.reasons,
      ...verdict.findings.map((one) => one.message),
    ];
    expect(texts.length).toBeGreaterThan(6);
    for (const text of texts) expect(text).not.toMatch(/^\s*\/coord|\n|\u202e/);
  });
});
