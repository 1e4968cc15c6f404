import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { policySchema } from './schema.ts';

const jsonSchema = z.toJSONSchema(policySchema, { io: 'input', target: 'draft-07' });

/** Paths of properties, at any depth, that say nothing about themselves. */
function undescribed(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    const isProperties = key === 'properties' && typeof value === 'object' && value !== null;
    const silent = isProperties
      ? Object.entries(value).filter(([, property]) => !hasDescription(property))
      : [];
    return [
      ...silent.map(([name]) => `${path}.${name}`),
      ...undescribed(value, key === 'properties' ? path : `${path}.${key}`),
    ];
  });
}

function hasDescription(property: unknown): boolean {
  return /^[^.]+.*\.$/.test((property as { description?: string }).description ?? '');
}

describe('the schema', () => {
  it('describes every key in sentences', () => {
    expect(undescribed(jsonSchema, '')).toEqual([]);
  });

  it('finds a key without a description', () => {
    const silent = z.toJSONSchema(
      z.strictObject({ a: z.strictObject({ b: z.string() }).describe('A.') }),
    );
    expect(undescribed(silent, '')).toEqual(['.a.b']);
  });

  it('takes only what its JSON Schema takes', () => {
    const validate = new Ajv({ strict: false }).compile(jsonSchema);
    const usually = (right: unknown[], wrong: unknown[]) =>
      fc.constantFrom(...right, ...right, ...wrong);
    const agent = fc.record(
      {
        github: usually(['a', ['a', '@b'], 'c[bot]'], ['a b', 1]),
        tier: usually(['executive', 'validator'], ['human']),
        branches: usually([[], ['codex/']], ['codex/']),
      },
      { requiredKeys: [] },
    );
    const phase = fc.record(
      { id: usually(['a', 'B.1'], ['', 2]), after: usually([[], ['a']], ['a']) },
      { requiredKeys: ['id'] },
    );
    const data = fc.record(
      {
        version: usually([1, 1], [2]),
        agents: fc.dictionary(fc.constantFrom('a', 'b', '-'), agent, { maxKeys: 2 }),
        plan: fc.record({ phases: fc.array(phase, { maxLength: 2 }) }),
        locks: fc.record({ ttl: usually(['1h', '30s'], ['1', 60]) }),
        tiers: fc.record({ human: fc.record({ files: usually([0, 'none'], [-1]) }) }),
      },
      { requiredKeys: ['version'] },
    );
    const accepted = { some: 0, none: 0 };
    fc.assert(
      fc.property(data, (policy) => {
        const isAccepted = policySchema.safeParse(policy).success;
        accepted[isAccepted ? 'some' : 'none'] += 1;
        if (isAccepted) expect(validate(policy)).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(accepted.some, accepted.none)).toBeGreaterThan(50);
  });

  it.each([
    ['version missing', {}],
    ['an unknown key', { version: 1, enforc: 'observe' }],
    ['an unknown key deep down', { version: 1, checks: { complexity: { maximum: 3 } } }],
    ['a wrong word', { version: 1, enforce: 'never' }],
    ['a wrong duration', { version: 1, locks: { ttl: '0h' } }],
    ['a duration too long', { version: 1, locks: { ttl: '1000000d' } }],
    ['a number out of bounds', { version: 1, locks: { maxPerAgent: 0 } }],
    ['a wrong name', { version: 1, plan: { phases: [{ id: 'a b' }] } }],
    ['a wrong repository', { version: 1, log: { repository: 'elsewhere' } }],
    ['a branch prefix that is an option', { version: 1, agents: { a: { branches: ['-x'] } } }],
    ['a key of several lines', { version: 1, agents: { a: { keys: ['a\nb'] } } }],
    ['a percentage above 100', { version: 1, checks: { coverage: { lines: 101 } } }],
  ])('and its JSON Schema both refuse %s', (_title, policy) => {
    expect(policySchema.safeParse(policy).success).toBe(false);
    expect(new Ajv({ strict: false }).compile(jsonSchema)(policy)).toBe(false);
  });

  it.each([
    ['a login with a space', { github: 'a b' }],
    ['an address without @', { email: 'a' }],
    ['a login that is a number, in a list', { github: [1] }],
    ['51 logins', { github: Array.from({ length: 51 }, (_, index) => `a${index}`) }],
  ])('refuses %s', (_title, agent) => {
    expect(policySchema.safeParse({ version: 1, agents: { a: agent } }).success).toBe(false);
  });
});
