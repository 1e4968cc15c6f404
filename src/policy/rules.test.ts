import { expect, it } from 'vitest';
import { defaultPolicy } from './default.ts';
import { parsePolicy } from './load.ts';
import { rulesOf } from './rules.ts';

it('lists nobody where the policy lists nobody', () => {
  expect(rulesOf(defaultPolicy())).toEqual({
    agents: null,
    people: [],
    phases: [],
    locks: { ttlSeconds: 3600, maxPerAgent: 10 },
  });
});

it('takes tiers, capabilities, people, phases and locks from the policy', () => {
  const parsed = parsePolicy(
    `version: 1
agents: { Codex: { tier: validator, capabilities: [TS] } }
people: { Ada: {} }
plan: { phases: [{ id: rpc, status: active, scopes: { codex: { write: [src/**] } } }, { id: ui, after: [RPC] }] }
locks: { ttl: 30m, maxPerAgent: 1 }`,
    'p',
  );
  const rules = parsed.ok ? rulesOf(parsed.policy) : undefined;
  expect({ ...rules, agents: { ...rules?.agents } }).toEqual({
    agents: { codex: { tier: 'validator', capabilities: ['ts'] } },
    people: ['ada'],
    phases: [
      {
        ...{ id: 'rpc', status: 'active', after: [] },
        scopes: { codex: { write: ['src/**'], delete: [] } },
      },
      { id: 'ui', status: 'planned', after: ['rpc'] },
    ],
    locks: { ttlSeconds: 1800, maxPerAgent: 1 },
  });
  expect(rules?.agents?.['constructor']).toBeUndefined();
});
