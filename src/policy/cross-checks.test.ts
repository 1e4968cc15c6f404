import { describe, expect, it } from 'vitest';
import { crossFindings } from './cross-checks.ts';
import { hintOf, pathText } from './problem.ts';

/** Findings as "path: message hint". */
function findingsOf(data: unknown): string[] {
  return crossFindings(data, {}).map((finding) => {
    return `${pathText(finding.path)}: ${finding.message} ${hintOf(finding) ?? ''}`.trimEnd();
  });
}

describe('names and marks of members', () => {
  it('agents and people share one space of names, in any case', () => {
    expect(findingsOf({ agents: { Ada: {}, ada: {} }, people: { ADA: {} } })).toEqual([
      'agents.ada: The name "ada" is taken by agents.Ada; upper and lower case are the same. Choose another name for one of them.',
      'people.ADA: The name "ADA" is taken by agents.Ada; upper and lower case are the same. Choose another name for one of them.',
    ]);
  });

  it.each(['all', 'Human', 'executive', 'implementer', 'validator'])(
    'nobody is called %s',
    (name) => {
      expect(findingsOf({ agents: { [name]: {} } })).toEqual([
        `agents.${name}: The name "${name}" has a meaning of its own. Choose another name.`,
      ]);
      expect(findingsOf({ people: { [name]: {} } })).toHaveLength(1);
    },
  );

  it('a login belongs to one member', () => {
    const agents = { a: { github: 'Octo' }, b: { github: ['x', '@octo'] } };
    expect(findingsOf({ agents, people: { c: { github: 'x' } } })).toEqual([
      'agents.b.github[1]: "@octo" already belongs to agents.a. Leave it to one of them.',
      'people.c.github: "x" already belongs to agents.b. Leave it to one of them.',
    ]);
  });

  it('the same login twice at one member is no contradiction', () => {
    expect(findingsOf({ agents: { a: { github: ['octo', 'Octo'] } } })).toEqual([]);
  });

  it('an address, a branch prefix and a key belong to one member', () => {
    const a = { email: 'A@x.org', branches: ['a/'], keys: ['k1'] };
    const b = { email: ['a@X.org'], branches: ['b/', 'a/'], keys: ['k1'] };
    expect(findingsOf({ agents: { a, b } })).toEqual([
      'agents.b.email[0]: "a@X.org" already belongs to agents.a. Leave it to one of them.',
      'agents.b.branches[1]: "a/" already belongs to agents.a. Leave it to one of them.',
      'agents.b.keys[0]: "k1" already belongs to agents.a. Leave it to one of them.',
    ]);
    expect(findingsOf({ agents: { a, b: { branches: ['A/'], keys: ['K1'] } } })).toEqual([]);
  });
});

describe('authority', () => {
  it('names tiers, listed agents and people', () => {
    const data = {
      agents: { opus: {} },
      people: { ada: {} },
      authority: {
        operations: { 'plan.start': ['Human', 'OPUS', 'ada', 'executive', 'opsu', 'carol'] },
        domains: { api: ['adda'] },
      },
    };
    expect(findingsOf(data)).toEqual([
      'authority.operations["plan.start"][4]: "opsu" is no tier and not listed under agents or people. Did you mean "opus"?',
      'authority.operations["plan.start"][5]: "carol" is no tier and not listed under agents or people. List it there.',
      'authority.domains.api[0]: "adda" is no tier and not listed under agents or people. Did you mean "ada"?',
    ]);
  });

  it('without an agents section may name the agents known out of the box', () => {
    const authority = { operations: { 'plan.start': ['codex'] } };
    expect(findingsOf({ authority })).toEqual([]);
    expect(findingsOf({ agents: {}, authority })).toHaveLength(1);
  });
});

it.each([null, [], 'text', 7, { agents: 1, people: [], plan: 'x', authority: null }])(
  'data of another shape has no findings here: %j',
  (data) => {
    expect(findingsOf(data)).toEqual([]);
  },
);
