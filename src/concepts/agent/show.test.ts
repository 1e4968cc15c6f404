// What is shown of one agent: its state follows from what it holds.
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../kernel/operation.ts';
import { answer } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { show } from './show.ts';

const later = '2026-11-20T13:00:00.000Z';
const earlier = '2026-11-20T11:30:00.000Z';

function joined(name: string, tier = 'implementer', capabilities: readonly string[] = []): Past {
  return { event: { type: 'agent.joined', data: { name, tier, capabilities, session: 's-1' } } };
}

function locked(scope: string, until: string | null): Past {
  const data = { scope, holder: 'codex', until, mode: 'exclusive', task: null, reason: null };
  return { event: { type: 'lock.acquired', data } };
}

function added(id: string): Past {
  const data = {
    ...{ title: id, description: null, priority: 'normal', capabilities: [], files: [] },
    ...{ after: [], due: null, phase: null, parent: null },
  };
  return { event: { type: 'task.added', data }, meta: { id } };
}

function claimed(id: string, until = later): Past[] {
  return [
    added(id),
    { event: { type: 'task.claimed', data: { task: id, agent: 'codex', until } } },
  ];
}

function blocked(task: string): Past {
  return { event: { type: 'task.blocked', data: { task, reason: 'no answer' } } };
}

describe('showing an agent', () => {
  it('answers with who it is and what it holds', () => {
    const past = [joined('codex', 'validator', ['ts']), ...claimed('a'), locked('src/**', null)];
    expect(answer(show, past, { name: '@CODEX' })).toEqual({
      agent: {
        name: 'codex',
        tier: 'validator',
        capabilities: ['ts'],
        state: 'working',
        session: 's-1',
        joinedAt: '2026-11-20T11:00:00.000Z',
        tasks: ['T-1'],
        locks: ['src/**'],
      },
    });
  });

  it('is refused for whom has not joined', () => {
    const refused = answer(show, [joined('codex')], { name: 'codx' });
    expect(isRefusal(refused)).toBe(true);
    expect(refused).toMatchObject({
      code: 'agent-unknown',
      message: 'Nobody named codx has joined. Did you mean codex?',
    });
    expect(isRefusal(answer(show, [joined('codex')], { name: 'codex' }))).toBe(false);
  });

  it.each<[string, readonly Past[]]>([
    ['idle', []],
    ['idle', [locked('@x', earlier)]],
    ['idle', claimed('a', earlier)],
    ['working', [locked('@x', later)]],
    ['working', claimed('a')],
    ['working', [...claimed('a'), blocked('a'), ...claimed('b')]],
    ['blocked', [...claimed('a'), blocked('a')]],
    ['blocked', [...claimed('a'), blocked('a'), locked('@x', later)]],
  ])('derives that it is %s', (state, past) => {
    const shown = answer(show, [joined('codex'), ...past], { name: 'codex' });
    expect(shown).toMatchObject({ agent: { state } });
  });

  it('prints a line a field, with a dash for nothing', () => {
    const { agent } = answer(show, [joined('codex'), ...claimed('a')], { name: 'codex' });
    const lines = show.text?.({ agent }).split('\n');
    expect(lines).toContain('name          codex');
    expect(lines).toContain('capabilities  -');
    expect(lines).toContain('tasks         T-1');
  });
});
