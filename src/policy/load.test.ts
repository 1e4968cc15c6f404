import { describe, expect, it } from 'vitest';
import { defaultPolicy } from './default.ts';
import { parsePolicy, policyPath, policyProblemsText } from './load.ts';
import type { ParsedPolicy } from './load.ts';
import type { Policy } from './schema.ts';

/** The policy of the documentation, as people write it. */
const sample = `version: 1
enforce: require              # observe: everything is judged and reported, nothing fails
unknownAuthors: neutral
agents:                       # who is who
  codex:  { github: codex-bot[bot], tier: implementer, capabilities: [ts, test] }
  opus:   { github: opus-bot[bot],  tier: executive }
  haiku:  { github: haiku-bot[bot], tier: validator }
tiers:
  implementer: { complexity: 8, functionLines: 60, delete: [], files: 50, lines: 5000 }
plan:
  phases:
    - id: rpc
      status: active          # or moved by \`/coord plan start rpc\`
      scopes: { codex: { write: ["src/network/**", "test/network/**"], delete: [] } }
    - { id: ui, after: [rpc], scopes: { codex: { write: ["src/ui/**"] } } }
checks:   { complexity: { max: 8, variant: classic, mode: ratchet }, coverage: { lines: 95, patch: 95, report: coverage/lcov.info } }
authority: { domains: { network: [opus] }, operations: { plan.start: [opus, human] } }
locks:    { ttl: 1h, maxPerAgent: 10 }   # a lock tied to a task or PR lasts until that ends
log:      { writers: anyone, repository: same }
triggers: [ { cron: "0 9 * * 1", notify: opus } ]
retention: { closedTasks: 30d, ackedMessages: 14d }
`;

function policyOf(parsed: ParsedPolicy): Policy {
  if (!parsed.ok) throw new Error(policyProblemsText(parsed));
  return parsed.policy;
}

describe('a policy that is right', () => {
  it('is read with defaults filled in', () => {
    const policy = policyOf(parsePolicy(sample, policyPath));
    expect(policy.agents?.get('codex')).toEqual({
      github: ['codex-bot[bot]'],
      tier: 'implementer',
      capabilities: ['ts', 'test'],
      keys: [],
      workflows: [],
      teams: [],
    });
    expect(policy.plan.phases[0]?.scopes.get('codex')).toEqual({
      write: ['src/network/**', 'test/network/**'],
      delete: [],
    });
    expect(policy.plan.phases[1]).toMatchObject({ id: 'ui', status: 'planned', after: ['rpc'] });
    expect(policy.checks.coverage).toMatchObject({ lines: 95, patch: 95, mode: 'require' });
    expect(policy.checks.coverage?.report).toEqual(['coverage/lcov.info']);
    expect(policy.locks).toEqual({ ttlSeconds: 3600, maxPerAgent: 10 });
    expect(policy.retention).toEqual({
      closedTasksSeconds: 30 * 86_400,
      ackedMessagesSeconds: 14 * 86_400,
    });
    expect(policy.authority?.operations.get('plan.start')).toEqual(['opus', 'human']);
    expect(policy.triggers).toEqual([{ cron: '0 9 * * 1', notify: 'opus' }]);
  });

  it('may have a bot login without quotes inside brackets, with a warning per login', () => {
    const parsed = parsePolicy(sample, policyPath);
    expect(parsed.ok && parsed.warnings.map(({ line, column }) => [line, column])).toEqual([
      [5, 21],
      [6, 21],
      [7, 21],
    ]);
    expect(parsed.ok && parsed.warnings[0]).toMatchObject({
      message:
        'The login codex-bot[bot] stands without quotes inside brackets; other YAML readers refuse that.',
      hint: 'Write "codex-bot[bot]".',
    });
    const quoted = parsePolicy('version: 1\nagents: { a: { github: "a[bot]" } }', 'p');
    expect(quoted.ok && quoted.warnings).toEqual([]);
    const block = parsePolicy('version: 1\nagents:\n  a:\n    github: a[bot]\n', 'p');
    expect(block.ok && block.warnings).toEqual([]);
    const many = parsePolicy('version: 1\nagents: { a: { github: [a[bot], b[bot]] } }', 'p');
    expect(policyOf(many).agents?.get('a')?.github).toEqual(['a[bot]', 'b[bot]']);
  });

  it('observes and keeps every default where there is no file', () => {
    const policy = defaultPolicy();
    expect(policy.enforce).toBe('observe');
    expect({ ...policyOf(parsePolicy('version: 1', 'p')), enforce: 'observe' }).toEqual(policy);
    expect(policyOf(parsePolicy('version: 1', 'p')).enforce).toBe('require');
    expect(policy.agents).toBeUndefined();
    expect(policy.authority).toBeUndefined();
    expect(policy.tiers.implementer).toEqual({
      complexity: 8,
      functionLines: 60,
      delete: [],
      files: 50,
      lines: 5000,
    });
    expect(policy.tiers.human).toMatchObject({ complexity: null, files: null, delete: ['**'] });
  });

  it('keeps names in lower case, also names that objects have from birth', () => {
    const text = 'version: 1\nagents: { Constructor: {}, B: { github: "@Octo" } }';
    const policy = policyOf(parsePolicy(text, 'p'));
    expect([...(policy.agents?.keys() ?? [])]).toEqual(['constructor', 'b']);
    expect(policy.agents?.get('b')?.github).toEqual(['Octo']);
    expect(policy.agents?.get('tostring')).toBeUndefined();
  });

  it('may begin with a byte order mark, a document start and Windows line ends', () => {
    expect(
      policyOf(parsePolicy('\ufeff---\r\nversion: 1\r\nenforce: observe\r\n', 'p')).enforce,
    ).toBe('observe');
  });

  it('reads a number and a word with a meaning in YAML as a name where a key is expected', () => {
    const policy = policyOf(parsePolicy('version: 1\nagents: { 007: {}, true: {} }', 'p'));
    expect([...(policy.agents?.keys() ?? [])]).toEqual(['007', 'true']);
  });
});
