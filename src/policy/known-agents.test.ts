import { expect, it } from 'vitest';
import { knownAgents } from './known-agents.ts';

it('knows eight agents, each by login, branch and address', () => {
  expect(
    knownAgents.map(({ name, logins, branches, emails }) => [name, logins[0], branches, emails[0]]),
  ).toEqual([
    ['copilot', 'copilot', ['copilot/'], '198982749+copilot@users.noreply.github.com'],
    ['claude', 'claude[bot]', ['claude/'], '209825114+claude[bot]@users.noreply.github.com'],
    [
      'codex',
      'chatgpt-codex-connector[bot]',
      ['codex/'],
      '199175422+chatgpt-codex-connector[bot]@users.noreply.github.com',
    ],
    ['cursor', 'cursor[bot]', ['cursor/'], '206951365+cursor[bot]@users.noreply.github.com'],
    [
      'devin',
      'devin-ai-integration[bot]',
      ['devin/'],
      '158243242+devin-ai-integration[bot]@users.noreply.github.com',
    ],
    [
      'jules',
      'google-labs-jules[bot]',
      ['jules/'],
      '161369871+google-labs-jules[bot]@users.noreply.github.com',
    ],
    [
      'dependabot',
      'dependabot[bot]',
      ['dependabot/'],
      '49699333+dependabot[bot]@users.noreply.github.com',
    ],
    ['renovate', 'renovate[bot]', ['renovate/'], '29139614+renovate[bot]@users.noreply.github.com'],
  ]);
});

it('compares in lower case and gives no mark to two agents', () => {
  for (const field of ['logins', 'emails', 'branches'] as const) {
    const marks = knownAgents.flatMap((agent) => agent[field]);
    expect(marks.map((mark) => mark.toLowerCase())).toEqual(marks);
    expect(new Set(marks).size).toBe(marks.length);
  }
});
