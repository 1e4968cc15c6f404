// Whatever stands at whatever place of a policy, the message is in our own words: the validator's are for programmers.
import { describe, expect, it } from 'vitest';
import { parsePolicy } from './load.ts';

/** A policy that says something at nearly every key. */
const whole = {
  version: 1,
  enforce: 'require',
  unknownAuthors: 'neutral',
  agents: {
    codex: {
      ...{ github: ['codex-bot[bot]'], tier: 'implementer', capabilities: ['ts'], teams: ['t'] },
      ...{ keys: ['ssh-ed25519 AAA'], branches: ['codex/'], email: 'codex@example.org' },
    },
  },
  people: { ada: { github: 'ada-l', email: ['ada@example.org'] } },
  tiers: { implementer: { complexity: 8, functionLines: 60, delete: ['a'], files: 5, lines: 50 } },
  plan: {
    phases: [
      {
        ...{ id: 'rpc', title: 'T', status: 'active', after: [] },
        scopes: { codex: { write: ['src/**'], delete: [] } },
      },
    ],
    protected: ['x'],
  },
  checks: {
    separate: true,
    testGlobs: ['**/*.t'],
    scope: { mode: 'require' },
    locks: { mode: 'require' },
    complexity: { max: 8, functionLines: 60, variant: 'classic', mode: 'ratchet', exclude: ['g'] },
    size: { mode: 'require', files: 3, lines: 5, exclude: ['z'] },
    coverage: {
      ...{ mode: 'ratchet', lines: 95, patch: 95, minLines: 5, functions: 'report' },
      ...{ unmeasured: 'off', report: ['c/lcov.info'], paths: [{ from: 'a/', to: '' }] },
      exclude: ['g'],
    },
  },
  authority: { domains: { api: ['codex'] }, operations: { 'plan.start': ['human'] } },
  locks: { ttl: '1h', maxPerAgent: 10 },
  log: { writers: 'anyone', repository: 'same' },
  triggers: [{ cron: 'daily' }],
  retention: { closedTasks: '30d', ackedMessages: '14d' },
};

const odd: readonly unknown[] = [
  ...[null, true, -1, 2.5, 1e30, '', 'a b', 'y'.repeat(300), [], {}, [null], [[]]],
  ...[{ '': 1 }, { codex: null }, Array.from({ length: 201 }, () => 'q')],
];

type Step = string | number;

function* placesIn(value: unknown, path: readonly Step[] = []): Generator<readonly Step[]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const place = [...path, Array.isArray(value) ? Number(key) : key];
    yield place;
    yield* placesIn(inner, place);
  }
}

/** The policy with another value at a place. */
function withValue(path: readonly Step[], value: unknown): string {
  const policy = structuredClone(whole) as unknown as Record<Step, unknown>;
  let parent = policy;
  for (const step of path.slice(0, -1)) parent = parent[step] as Record<Step, unknown>;
  parent[path.at(-1) ?? ''] = value;
  return JSON.stringify(policy);
}

const ours = [
  /^Expected .+, found .+\.$/s,
  /^The key "[A-Za-z]+" is missing, expected .+\.$/,
  /^Unknown key ".*" in .+, expected ".+"\.$/,
  /^Cannot use ".*"\.$/,
  /^There is no phase ".*"\.$/,
  /^The agent ".*" is not listed under agents\.$/,
  /^".*" is no tier and not listed under agents or people\.$/,
  /^The name ".*" is taken by .+\.$/,
];
const theirs =
  /invalid|received|too (?:big|small)|expected (?:string|number|int|object|array|record|undefined|something else)\b|regex|pattern/i;

describe('messages', () => {
  it('are good for the policy they start from', () => {
    expect(parsePolicy(JSON.stringify(whole), 'p').ok).toBe(true);
  });

  it('are in our own words at every place, for every odd value', () => {
    const texts = [...placesIn(whole)].flatMap((place) =>
      odd.map((value) => withValue(place, value)),
    );
    const said = texts.flatMap((text) => {
      const parsed = parsePolicy(text, 'p');
      return parsed.ok ? [] : parsed.problems;
    });
    const foreign = said.filter(
      ({ message, hint = '' }) =>
        !ours.some((shape) => shape.test(message)) || theirs.test(`${message} ${hint}`),
    );
    expect(foreign).toEqual([]);
    expect(said.length).toBeGreaterThan(1000);
  }, 30_000);
});
