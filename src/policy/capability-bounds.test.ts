// Each bound of a capability: held at use, and no wider in a child; what is left out bounds nothing.
import { describe, expect, it } from 'vitest';
import { capabilityClaims, excessOf, narrowingProblem } from './capability.ts';
import type { Capability } from './capability.ts';
import type { Bounds } from './capability-bounds.ts';

const key = 'ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
const at = '2026-11-20T12:00:00.000Z';

function lending(bounds: Partial<Bounds>, claims: Partial<Capability> = {}): Capability {
  return {
    ...{ jti: 'c-1', aud: 'log-1', sub: 'opus', iss: key, holder: key, parent: null },
    ...{ operations: ['lock.acquire', 'task.add', 'message.send'], globs: ['src/**'] },
    ...{ bounds: { durationSeconds: 3600, ...bounds }, exp: 2_000_000_000 },
    ...claims,
  };
}

function excess(bounds: Partial<Bounds>, input: object, op = 'task.add'): string | null {
  const use = { log: 'log-1', actor: 'opus', op, at, input: { ...input } };
  return excessOf(lending(bounds), use);
}

describe('the bound on scopes', () => {
  const two = { files: ['src/a', 'src/b'] };

  it('counts all that a command names', () => {
    expect(excess({ scopes: 2 }, two)).toBeNull();
    expect(excess({ scopes: 2 }, { ...two, scope: 'src/c' })).toBe(
      'The capability allows at most 2 scopes in one command.',
    );
    expect(excess({}, { files: Array<string>(50).fill('src/a') })).toBeNull();
  });
});

describe('the bound on priorities', () => {
  it.each<[Bounds['priority'], unknown, boolean]>([
    ['normal', undefined, true],
    ['normal', 'low', true],
    ['normal', 'info', true],
    ['normal', 'normal', true],
    ['normal', 'high', false],
    ['high', 'high', true],
    ['high', 'critical', false],
    ['high', 'HIGH', false],
    ['high', 'constructor', false],
    ['high', 7, false],
    ['high', null, true],
    [undefined, 'critical', true],
  ])('of %s, for a message of %s: %s', (priority, said, isKept) => {
    const input = said === undefined ? {} : { priority: said };
    const told = excess(priority === undefined ? {} : { priority }, input, 'message.send');
    expect(told).toBe(isKept ? null : `The capability allows at most priority ${priority ?? ''}.`);
  });
});

describe('a child', () => {
  const below = { jti: 'c-2', parent: 'c-1' };

  it.each<[string, Partial<Bounds>, Partial<Bounds>, RegExp | null]>([
    ['the same', { scopes: 3, priority: 'high' }, { scopes: 3, priority: 'high' }, null],
    ['narrower ones', { scopes: 3, priority: 'high' }, { scopes: 1, priority: 'normal' }, null],
    ['ones that its parent has not', {}, { scopes: 1, priority: 'normal' }, null],
    ['more scopes', { scopes: 3 }, { scopes: 4 }, /on scopes is wider/],
    ['scopes without a bound', { scopes: 3 }, {}, /on scopes is wider/],
    ['a higher priority', { priority: 'normal' }, { priority: 'high' }, /on priorities is wider/],
    ['priorities without a bound', { priority: 'high' }, {}, /on priorities is wider/],
    ['a longer time', {}, { durationSeconds: 3601 }, /on durations is wider/],
  ])('with %s', (_, parent, child, problem) => {
    const told = narrowingProblem(lending(child, below), lending(parent));
    if (problem === null) expect(told).toBeNull();
    else expect(told).toMatch(problem);
  });
});

describe('the claims', () => {
  it.each<[object, boolean]>([
    [{ scopes: 1, priority: 'high' }, true],
    [{}, true],
    [{ scopes: 0 }, false],
    [{ scopes: 51 }, false],
    [{ scopes: 1.5 }, false],
    [{ priority: 'critical' }, false],
    [{ colour: 'red' }, false],
  ])('with the bounds %j are taken: %s', (bounds, isTaken) => {
    expect(capabilityClaims().safeParse(lending(bounds)).success).toBe(isTaken);
  });
});
