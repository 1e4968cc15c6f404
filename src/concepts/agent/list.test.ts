// The list of agents as an answer and as lines.
import { describe, expect, it } from 'vitest';
import { answer } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { list } from './list.ts';

function joined(name: string, tier = 'implementer', capabilities: readonly string[] = []): Past {
  return { event: { type: 'agent.joined', data: { name, tier, capabilities, session: null } } };
}

const holding: readonly Past[] = ['src/**', '@build'].map((scope) => {
  const data = { scope, holder: 'codex', until: null, mode: 'exclusive', task: null, reason: null };
  return { event: { type: 'lock.acquired', data } };
});

function textOf(past: readonly Past[]): string | undefined {
  return list.text?.(answer(list, past, {}));
}

describe('listing agents', () => {
  const past = [
    joined('opus', 'executive'),
    joined('codex', 'implementer', ['test', 'ts']),
    ...holding,
  ];

  it('answers with every card, by name', () => {
    expect(answer(list, past, {})).toMatchObject({
      agents: [
        { name: 'codex', state: 'working', locks: ['src/**', '@build'] },
        { name: 'opus', state: 'idle', locks: [] },
      ],
    });
    const left: Past = {
      event: { type: 'agent.left', data: { name: 'opus', forced: false, reason: null } },
    };
    expect(answer(list, [...past, left], {})).toMatchObject({ agents: [{ name: 'codex' }] });
  });

  it('prints aligned lines', () => {
    expect(textOf(past)).toBe(
      [
        'codex  implementer  working  test ts  src/** @build',
        'opus   executive    idle     -        -',
      ].join('\n'),
    );
  });

  it('says so when nobody is there', () => {
    expect(answer(list, [], {})).toEqual({ agents: [] });
    expect(textOf([])).toBe('No agents. `coord agent join NAME` lets one join.');
  });
});
