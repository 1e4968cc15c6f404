// Whom a command with a token speaks for, in every pair of who holds the token and who is named.
import { describe, expect, it } from 'vitest';
import { policyFrom } from '../../../test/memory-engine.ts';
import { bind, workflowHolder } from './bind.ts';
import type { Holder } from './bind.ts';

const policy = policyFrom(`version: 1
people: { ada: { github: ada }, eve: { github: eve } }
agents:
  codex: { github: "codex-bot[bot]", workflows: [.github/workflows/agent.yml] }
  opus: { workflows: [Other/Place/.github/workflows/Opus.yml] }
`);
const ada: Holder = {
  actor: 'ada',
  auth: { by: 'github', subject: 'user:7:ada' },
  isPerson: true,
};
const codex: Holder = {
  actor: 'codex',
  auth: { by: 'github', subject: 'user:9:codex-bot[bot]' },
  isPerson: false,
};

function said(
  actor: string,
  holder: Holder,
  more: { isSigned?: boolean; isInteractive?: boolean } = {},
) {
  const found = bind(holder, { actor, isSigned: false, isInteractive: false, ...more }, policy);
  return 'actor' in found ? [found.actor, found.auth.by, found.isPersonPresent] : found.code;
}

describe("a person's token", () => {
  it.each([
    ['ada', ['ada', 'github', false]],
    // The name that git gives is a guess; the token knows better.
    ['git:somebody', ['ada', 'github', false]],
    // An agent that ada runs: GitHub knows ada, and nobody vouches for the agent.
    ['codex', ['codex', 'shell', false]],
    ['unlisted', ['unlisted', 'shell', false]],
    ['eve', 'not-yourself'],
    ['gh:eve', 'not-yourself'],
  ])('for %s', (actor, expected) => {
    expect(said(actor, ada)).toEqual(expected);
  });

  it('says that a person is there only when somebody sits at a terminal, and never for an agent', () => {
    expect(said('ada', ada, { isInteractive: true })).toEqual(['ada', 'github', true]);
    expect(said('codex', ada, { isInteractive: true })).toEqual(['codex', 'shell', false]);
  });

  it('leaves a name alone that was signed', () => {
    expect(said('git:somebody', ada, { isSigned: true })).toBe('not-yourself');
    expect(said('codex', ada, { isSigned: true })).toEqual(['codex', 'shell', false]);
  });
});

it.each([
  ['codex', ['codex', 'github', false]],
  ['opus', 'not-yourself'],
  ['ada', 'not-yourself'],
  ['git:somebody', 'not-yourself'],
])("an agent's token for %s", (actor, expected) => {
  expect(said(actor, codex, { isInteractive: true })).toEqual(expected);
});

describe('a run of a workflow', () => {
  const repository = { owner: 'Octo', repo: 'Demo' };
  const path = '.github/workflows/agent.yml';
  const run = { repository: 'octo/demo', home: 'octo/demo', path, ref: 'refs/heads/trunk' };
  const holder = (changes: Partial<typeof run>) =>
    workflowHolder({ ...run, ...changes }, repository, policy, 'trunk')?.actor ?? null;

  it('speaks for the agent that lists it, on the default branch', () => {
    expect(holder({})).toBe('codex');
    expect(workflowHolder(run, repository, policy, 'trunk')?.auth).toEqual({
      by: 'github',
      subject: `workflow:octo/demo/${path}@refs/heads/trunk`,
    });
    const opus = { home: 'other/place', path: '.github/workflows/Opus.yml' };
    expect(holder({ ...opus, ref: 'refs/heads/main' })).toBe('opus');
  });

  it.each([
    ['a side branch', { ref: 'refs/heads/main' }],
    ['a pull request', { ref: 'refs/pull/3/merge' }],
    ['a tag', { ref: 'refs/tags/trunk' }],
    ['another file', { path: '.github/workflows/Agent.yml' }],
    ['another repository', { home: 'evil/demo' }],
  ])('of %s speaks for nobody', (_name, changes) => {
    expect(holder(changes)).toBeNull();
  });
});
