import { describe, expect, it } from 'vitest';
import type { Tier } from '../kernel/rules.ts';
import { mayJoin, mayPerform, tierOf } from './authority.ts';
import type { Member } from './authority.ts';
import { defaultPolicy } from './default.ts';
import { parsePolicy, policyProblemsText } from './load.ts';
import type { Policy } from './schema.ts';

function policy(text: string): Policy {
  const parsed = parsePolicy(`version: 1\n${text}`, 'p');
  if (!parsed.ok) throw new Error(policyProblemsText(parsed));
  return parsed.policy;
}

function agent(name: string, tier: Tier): Member {
  return { name, tier, kind: 'agent' };
}

function person(name: string, tier: Tier = 'human'): Member {
  return { name, tier, kind: 'person' };
}

const open = defaultPolicy();
const team = `
agents: { opus: { tier: executive }, codex: {}, haiku: { tier: validator } }
people: { ada: {}, bob: {} }
`;
const closed = policy(team);

describe('performing an operation', () => {
  const narrowed = policy(
    `${team}authority: { operations: { plan.start: [opus, ada], lock.acquire: [implementer, human], plan.complete: [] } }`,
  );
  const perform = (
    of: Policy,
    actor: Member,
    operationName = 'plan.start',
    allow: readonly Tier[] = ['executive', 'human'],
  ) => mayPerform({ policy: of, operationName, allow, actor });

  it('is open to people, and to agents as their tier says, without an authority section', () => {
    expect(perform(open, person('ada'))).toEqual({ ok: true });
    expect(perform(open, person('ada'), 'x.y', [])).toEqual({ ok: true });
    expect(perform(open, agent('opus', 'executive'))).toEqual({ ok: true });
    expect(perform(open, agent('codex', 'implementer'))).toEqual({
      ok: false,
      reason:
        'plan.start is for executive and human, and codex is implementer. Ask one of them to do it.',
    });
    expect(perform(open, agent('codex', 'implementer'), 'x.y', [])).toEqual({
      ok: false,
      reason: 'x.y is for people, and codex is implementer. Ask one of them to do it.',
    });
  });

  it('is narrowed to the names the policy lists', () => {
    expect(perform(narrowed, agent('Opus', 'executive'))).toEqual({ ok: true });
    expect(perform(narrowed, person('Ada'))).toEqual({ ok: true });
    expect(perform(narrowed, agent('other', 'executive'))).toEqual({
      ok: false,
      reason:
        'The policy lets only opus and ada use plan.start, and other is executive. Ask one of them or change authority.operations in the policy.',
    });
    expect(perform(narrowed, person('bob')).ok).toBe(false);
    expect(perform(narrowed, person('bob'), 'plan.complete')).toEqual({
      ok: false,
      reason:
        'The policy lets nobody use plan.complete, and bob is human. Ask one of them or change authority.operations in the policy.',
    });
  });

  it('is narrowed to the tiers the policy lists', () => {
    const all: readonly Tier[] = ['executive', 'implementer', 'validator', 'human'];
    expect(perform(narrowed, agent('codex', 'implementer'), 'lock.acquire', all).ok).toBe(true);
    expect(perform(narrowed, agent('opus', 'executive'), 'lock.acquire', all).ok).toBe(false);
    expect(perform(narrowed, person('bob'), 'lock.acquire', all).ok).toBe(true);
    expect(perform(narrowed, person('bob', 'executive'), 'lock.acquire', all).ok).toBe(true);
  });

  it('is never widened', () => {
    expect(perform(narrowed, agent('codex', 'implementer'), 'lock.acquire', ['human']).ok).toBe(
      false,
    );
    expect(perform(narrowed, agent('opus', 'validator')).ok).toBe(false);
  });

  it('is not opened by a name that is the word for a tier', () => {
    expect(
      perform(narrowed, agent('implementer', 'validator'), 'lock.acquire', ['validator']).ok,
    ).toBe(false);
    expect(perform(narrowed, agent('human', 'validator'), 'lock.acquire', ['validator']).ok).toBe(
      false,
    );
  });

  it('is not narrowed for an operation the policy does not name', () => {
    expect(
      perform(narrowed, agent('codex', 'implementer'), 'constructor', ['implementer']).ok,
    ).toBe(true);
  });
});

describe('the tier of a name', () => {
  it('is what the policy lists', () => {
    expect(tierOf(closed, 'Opus')).toBe('executive');
    expect(tierOf(closed, 'codex')).toBe('implementer');
    expect(tierOf(closed, 'ada')).toBe('human');
    expect(tierOf(closed, 'stranger')).toBeUndefined();
    expect(tierOf(closed, 'constructor')).toBeUndefined();
    expect(tierOf(open, 'codex')).toBeUndefined();
  });
});

describe('joining', () => {
  it('without an agents section is open as implementer or validator', () => {
    expect(mayJoin(open, agent('hopper', 'implementer'))).toEqual({ ok: true });
    expect(mayJoin(open, agent('hopper', 'validator'))).toEqual({ ok: true });
    expect(mayJoin(open, person('ada', 'executive'))).toEqual({ ok: true });
    expect(mayJoin(open, person('ada'))).toEqual({ ok: true });
    expect(mayJoin(open, agent('hopper', 'executive'))).toEqual({
      ok: false,
      reason:
        'An executive must be a person or listed as one in the policy. Let hopper join as implementer or validator.',
    });
    expect(mayJoin(open, agent('hopper', 'human'))).toEqual({
      ok: false,
      reason: 'Only people are human. Let hopper join as implementer or validator.',
    });
  });

  it('with one is for listed names, at their tier or below', () => {
    expect(mayJoin(closed, agent('OPUS', 'executive'))).toEqual({ ok: true });
    expect(mayJoin(closed, agent('opus', 'validator'))).toEqual({ ok: true });
    expect(mayJoin(closed, agent('codex', 'validator'))).toEqual({ ok: true });
    expect(mayJoin(closed, agent('haiku', 'implementer'))).toEqual({
      ok: false,
      reason:
        'The policy lists haiku as validator, which is below implementer. Join as validator or change the policy.',
    });
    expect(mayJoin(closed, agent('codex', 'executive')).ok).toBe(false);
    expect(mayJoin(closed, agent('codex', 'human')).ok).toBe(false);
    expect(mayJoin(closed, agent('stranger', 'validator'))).toEqual({
      ok: false,
      reason:
        'stranger is not listed in the policy. Add it under agents or join with a listed name.',
    });
    expect(mayJoin(closed, person('stranger')).ok).toBe(false);
    expect(mayJoin(closed, person('ada', 'executive'))).toEqual({ ok: true });
  });

  it('with one that lists nobody is for nobody', () => {
    const empty = policy('agents: {}');
    expect(mayJoin(empty, agent('codex', 'validator')).ok).toBe(false);
    expect(mayJoin(empty, person('ada')).ok).toBe(false);
  });

  it("under a listed person's name is for people", () => {
    const people = policy('people: { ada: {} }');
    expect(mayJoin(people, agent('Ada', 'validator'))).toEqual({
      ok: false,
      reason: "ada is a person in the policy. Join with an agent's name.",
    });
    expect(mayJoin(people, person('Ada'))).toEqual({ ok: true });
  });

  it.each(['all', 'Human', 'executive'])('as %s is for nobody', (name) => {
    expect(mayJoin(open, agent(name, 'validator'))).toEqual({
      ok: false,
      reason: `The name ${name} has a meaning of its own. Join with another name.`,
    });
  });
});
