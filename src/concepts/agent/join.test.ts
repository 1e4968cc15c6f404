// Who may join, under which name, at which tier, and what a second joining means.
import { describe, expect, it } from 'vitest';
import type { Moment } from '../../kernel/operation.ts';
import type { AgentRule, Rules } from '../../kernel/rules.ts';
import { answer, decide, moment } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { join } from './join.ts';

const person = { name: 'git:alice', tier: 'human', isPersonPresent: true } as const;

function listing(agents: Readonly<Record<string, AgentRule>>): { readonly rules: Rules } {
  return { rules: { ...moment().rules, agents } };
}

const listed = listing({
  codex: { tier: 'implementer', capabilities: ['ts', 'test'] },
  opus: { tier: 'executive', capabilities: [] },
});

function acting(name: string): Pick<Moment, 'actor'> {
  return { actor: { name, tier: 'implementer', isPersonPresent: false } };
}

function joined(data: object): Past {
  const usual = { name: 'codex', tier: 'implementer', capabilities: [], session: null };
  return { event: { type: 'agent.joined', data: { ...usual, ...data } } };
}

function eventOf(input: object, at: Partial<Moment> = {}, past: readonly Past[] = []): unknown {
  const outcome = decide(join, past, input, at);
  return outcome.ok ? outcome.events : outcome;
}

describe('joining', () => {
  it('is one event with what was asked for, names and capabilities in one form', () => {
    const input = { name: '@Codex', tier: 'validator', capability: ['test', 'TS', 'ts'] };
    expect(eventOf(input, { session: 's-1' })).toEqual([
      {
        type: 'agent.joined',
        data: { name: 'codex', tier: 'validator', capabilities: ['test', 'ts'], session: 's-1' },
      },
    ]);
  });

  it('makes an implementer of whom nothing else is said', () => {
    expect(eventOf({ name: 'codex' })).toMatchObject([
      { data: { tier: 'implementer', capabilities: [], session: null } },
    ]);
  });

  it('answers with the agent, idle', () => {
    const past = [joined({ capabilities: ['ts'] })];
    expect(answer(join, past, { name: 'codex' })).toMatchObject({
      agent: { name: 'codex', state: 'idle', capabilities: ['ts'], tasks: [], locks: [] },
    });
  });

  it('keeps tier and capabilities of a member that says nothing of them', () => {
    const past = [joined({ tier: 'validator', capabilities: ['ts'] })];
    expect(eventOf({ name: 'codex' }, {}, past)).toMatchObject([
      { data: { tier: 'validator', capabilities: ['ts'] } },
    ]);
    expect(eventOf({ name: 'codex', capability: ['go'] }, {}, past)).toMatchObject([
      { data: { capabilities: ['go'] } },
    ]);
  });

  it('is refused under a word that stands for many', () => {
    for (const name of ['all', 'ALL', 'validator', 'human']) {
      expect(eventOf({ name }, { actor: person })).toMatchObject({ code: 'name-reserved' });
    }
  });

  it('is refused under the name of a person whom the policy lists, to that person too', () => {
    const rules = { ...moment().rules, people: ['alice'] };
    for (const actor of [{ ...person, name: 'alice' }, acting('alice').actor, person]) {
      expect(eventOf({ name: '@Alice' }, { actor, rules })).toMatchObject({
        code: 'name-reserved',
        message: expect.stringContaining('people need not join') as string,
      });
    }
    expect(eventOf({ name: 'codex' }, { rules })).toMatchObject([{ type: 'agent.joined' }]);
  });

  it('cannot be said of names that are not names', () => {
    for (const name of ['git:alice', '../x', 'a/b', 'a|b', '', '-x', 'x'.repeat(65)]) {
      expect(join.input.safeParse({ name }).success).toBe(false);
    }
  });
});

describe('joining somebody else', () => {
  it('is for people; the session of the person is not the session of the agent', () => {
    expect(eventOf({ name: 'codex' }, { actor: person, session: 's-alice' })).toMatchObject([
      { type: 'agent.joined', data: { name: 'codex', session: null } },
    ]);
  });

  it('is refused to agents, with the words to say', () => {
    expect(eventOf({ name: 'opus' }, acting('codex'))).toMatchObject({
      code: 'not-yourself',
      message: expect.stringContaining('coord agent join opus --as opus') as string,
    });
  });
});

describe('with agents listed in the policy', () => {
  it('takes tier and capabilities from there', () => {
    expect(eventOf({ name: 'codex' }, listed)).toMatchObject([
      { data: { tier: 'implementer', capabilities: ['test', 'ts'] } },
    ]);
    expect(eventOf({ name: 'codex', capability: ['go'] }, listed)).toMatchObject([
      { data: { capabilities: ['go', 'test', 'ts'] } },
    ]);
  });

  it('lets an executive join without a person, and anyone below the listed tier', () => {
    const opus = { ...listed, ...acting('opus') };
    expect(eventOf({ name: 'opus' }, opus)).toMatchObject([{ data: { tier: 'executive' } }]);
    for (const tier of ['executive', 'implementer', 'validator']) {
      expect(eventOf({ name: 'opus', tier }, opus)).toMatchObject([{ data: { tier } }]);
    }
  });

  it('takes the listed tier before the one it had', () => {
    const past = [joined({ tier: 'executive' })];
    expect(eventOf({ name: 'codex' }, listed, past)).toMatchObject([
      { data: { tier: 'implementer' } },
    ]);
  });

  it('refuses a tier above the listed one, also to people', () => {
    expect(eventOf({ name: 'codex', tier: 'executive' }, listed)).toMatchObject({
      code: 'tier-not-allowed',
      data: { tier: 'executive', listed: 'implementer' },
    });
    const asPerson = { ...listed, actor: person };
    expect(eventOf({ name: 'codex', tier: 'executive' }, asPerson)).toMatchObject({
      code: 'tier-not-allowed',
    });
    const haiku = listing({ codex: { tier: 'validator', capabilities: [] } });
    expect(eventOf({ name: 'codex', tier: 'implementer' }, haiku)).toMatchObject({
      code: 'tier-not-allowed',
    });
  });

  it('refuses who is not listed, naming who is and who was probably meant', () => {
    expect(eventOf({ name: 'codxe' }, { ...listed, ...acting('codxe') })).toMatchObject({
      code: 'agent-not-listed',
      message: expect.stringMatching(/lists codex, opus\. Did you mean codex\?/) as string,
      data: { listed: ['codex', 'opus'], nearest: 'codex' },
    });
    expect(eventOf({ name: 'zzz' }, { ...listed, ...acting('zzz') })).toMatchObject({
      code: 'agent-not-listed',
      data: { nearest: null },
    });
  });

  it('is not fooled by names that every object has', () => {
    const strange = { ...listed, ...acting('constructor') };
    expect(eventOf({ name: 'constructor' }, strange)).toMatchObject({ code: 'agent-not-listed' });
    expect(eventOf({ name: 'constructor' }, acting('constructor'))).toMatchObject([
      { type: 'agent.joined' },
    ]);
  });

  it('lets nobody join when the list is empty', () => {
    expect(eventOf({ name: 'codex' }, listing({}))).toMatchObject({
      code: 'agent-not-listed',
      message: expect.stringContaining('it lists nobody.') as string,
    });
  });
});

describe('an executive without a list', () => {
  const wanted = { name: 'codex', tier: 'executive' };

  it('is made by a person only', () => {
    expect(eventOf(wanted)).toMatchObject({ code: 'person-needed' });
    const claimed = { name: 'git:alice', tier: 'human', isPersonPresent: false } as const;
    expect(eventOf(wanted, { actor: claimed })).toMatchObject({ code: 'person-needed' });
    expect(eventOf(wanted, { actor: person })).toMatchObject([{ data: { tier: 'executive' } }]);
  });

  it('stays one in its next session, but not after it left', () => {
    const before = joined({ tier: 'executive' });
    const left: Past = {
      event: { type: 'agent.left', data: { name: 'codex', forced: false, reason: null } },
    };
    expect(eventOf({ name: 'codex' }, {}, [before])).toMatchObject([
      { data: { tier: 'executive' } },
    ]);
    expect(eventOf(wanted, {}, [before, left])).toMatchObject({ code: 'person-needed' });
  });
});

describe('what people read', () => {
  it('is who has joined, and the next step', () => {
    expect(join.text?.({ agent: { name: 'codex', tier: 'implementer' } })).toBe(
      'codex has joined as implementer. What to do next: coord continue --as codex',
    );
    expect(join.text?.({ agent: null })).toContain('has left since');
  });
});
