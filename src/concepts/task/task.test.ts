// What the fold keeps of tasks, what is ready, and what is whose.
import { describe, expect, it } from 'vitest';
import { moment, stateAfter } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { agent, person } from '../../../test/story.ts';
import { agents } from '../agent/agent.ts';
import {
  claimReleases,
  labelOf,
  nextFor,
  openClaimsOf,
  openDependencies,
  readyTasks,
  taskLabel,
  tasks,
} from './task.ts';
import type { Task, Tasks } from './task.ts';

const noon = '2026-11-20T12:00:00.000Z';
const later = '2026-11-20T16:00:00.000Z';

function added(id: string, data: object = {}): Past {
  const usual = { title: id, description: null, priority: 'normal', capabilities: [], files: [] };
  const rest = { after: [], due: null, phase: null, parent: null };
  return {
    event: { type: 'task.added', data: { ...usual, ...rest, ...data } },
    meta: { id, at: noon, actor: 'opus' },
  };
}

function happened(type: string, data: object, meta: Past['meta'] = {}): Past {
  return { event: { type, data: { task: 'a', ...data } }, meta: { at: noon, seq: 9, ...meta } };
}

const claimed = happened('task.claimed', { agent: 'codex', until: later });
const blocked = happened('task.blocked', { reason: 'no schema' });
const completed = happened('task.completed', { evidence: ['4f2a91c'], verified: true });

function stateOf(...past: readonly Past[]): Tasks {
  return stateAfter(tasks, past);
}

function taskAfter(...past: readonly Past[]): Task | undefined {
  return stateOf(added('a'), ...past).byId.get('a');
}

describe('the fold of tasks', () => {
  it('numbers tasks in the order of the log', () => {
    const state = stateOf(added('a'), added('b', { title: 'Two', files: ['src/**'] }));
    expect([...state.byId.values()].map(taskLabel)).toEqual(['T-1', 'T-2']);
    expect(state.byId.get('b')).toEqual({
      id: 'b',
      number: 2,
      title: 'Two',
      description: null,
      priority: 'normal',
      capabilities: [],
      files: ['src/**'],
      after: [],
      due: null,
      phase: null,
      parent: null,
      status: 'pending',
      claim: null,
      blockedReason: null,
      evidence: [],
      verified: false,
      createdBy: 'opus',
      createdAt: noon,
      completedBy: null,
      completedAt: null,
    });
  });

  it('gives a claimed task its lease', () => {
    expect(taskAfter(claimed)).toMatchObject({
      status: 'in_progress',
      claim: { agent: 'codex', since: noon, until: later, seq: 9 },
    });
  });

  it('renews a lease without changing since and seq', () => {
    const end = '2026-11-20T20:00:00.000Z';
    const renewed = happened('task.claim-renewed', { agent: 'codex', until: end }, { seq: 12 });
    expect(taskAfter(claimed, renewed)?.claim).toEqual({
      agent: 'codex',
      since: noon,
      until: end,
      seq: 9,
    });
  });

  it.each(['task.claim-expired', 'task.claim-released'])('returns a task by %s', (type) => {
    expect(taskAfter(claimed, happened(type, { agent: 'codex' }))).toMatchObject({
      status: 'pending',
      claim: null,
    });
    expect(taskAfter(claimed, blocked, happened(type, { agent: 'codex' }))).toMatchObject({
      status: 'blocked',
      blockedReason: 'no schema',
      claim: null,
    });
  });

  it('blocks a task and keeps its claim', () => {
    expect(taskAfter(claimed, blocked)).toMatchObject({
      status: 'blocked',
      blockedReason: 'no schema',
      claim: { agent: 'codex' },
    });
  });

  it('takes a blocked task up again where it was', () => {
    const unblocked = happened('task.unblocked', {});
    expect(taskAfter(claimed, blocked, unblocked)).toMatchObject({
      status: 'in_progress',
      blockedReason: null,
    });
    expect(taskAfter(blocked, unblocked)).toMatchObject({ status: 'pending' });
  });

  it('closes a completed task with who, when and on what evidence', () => {
    expect(taskAfter(claimed, { ...completed, meta: { at: later, actor: 'codex' } })).toMatchObject(
      {
        status: 'completed',
        claim: null,
        evidence: ['4f2a91c'],
        verified: true,
        completedBy: 'codex',
        completedAt: later,
      },
    );
  });

  it('lets events of unknown tasks pass', () => {
    expect(stateOf(claimed, completed)).toEqual(tasks.initial());
  });
});

describe('finding a task', () => {
  const state = stateOf(added('a'), added('b'));

  it.each([
    ['T-2', 'b'],
    ['t-2', 'b'],
    [' T-1 ', 'a'],
    ['a', 'a'],
    ['T-3', undefined],
    ['T-01', undefined],
    ['2', undefined],
    ['', undefined],
  ])('%j is %s', (text, id) => {
    expect(tasks.find?.(state, text)).toBe(id);
  });

  it('names a task by its label, an unknown one by its id', () => {
    expect([labelOf(state, 'b'), labelOf(state, 'z')]).toEqual(['T-2', 'z']);
  });
});

describe('what is ready', () => {
  it('is neither claimed, blocked, closed nor waiting; urgent first, then old', () => {
    const state = stateOf(
      added('a'),
      added('waiting', { after: ['a'] }),
      added('low', { priority: 'low' }),
      added('old'),
      added('urgent', { priority: 'critical' }),
      added('stuck'),
      added('taken'),
      happened('task.blocked', { task: 'stuck', reason: 'x' }),
      happened('task.claimed', { task: 'taken', agent: 'codex', until: later }),
      happened('task.claimed', { agent: 'codex', until: noon }),
    );
    expect(readyTasks(state, noon).map(({ id }) => id)).toEqual(['urgent', 'a', 'old', 'low']);
    expect(readyTasks(state, later).map(({ id }) => id)).toContain('taken');
  });

  it('waits for every dependency, however long ago it was completed, and for unknown ones', () => {
    const both = added('both', { after: ['a', 'b'] });
    const odd = added('odd', { after: ['gone'] });
    const state = stateOf(added('a'), added('b'), completed, both, odd);
    const openOf = (id: string): string[] => {
      const task = state.byId.get(id);
      return task === undefined ? [] : openDependencies(task, state);
    };
    expect([openOf('both'), openOf('odd')]).toEqual([['b'], ['gone']]);
    const after = stateOf(added('a'), completed, added('late', { after: ['a'] }));
    expect(readyTasks(after, noon).map(({ id }) => id)).toEqual(['late']);
  });
});

describe('what is next for somebody', () => {
  const past = [
    added('any', { priority: 'high' }),
    added('ts', { capabilities: ['ts'] }),
    added('rust', { capabilities: ['rust'], priority: 'critical' }),
  ];
  const joined: Past = {
    event: {
      type: 'agent.joined',
      data: { name: 'codex', tier: 'implementer', capabilities: ['ts'], session: null },
    },
  };
  const nextOf = (at: Parameters<typeof moment>[0]): string | undefined =>
    nextFor(stateOf(...past), stateAfter(agents, [joined]), moment(at))?.id;

  it('is what asks for its capability, before what anybody can do', () => {
    expect(nextOf({})).toBe('ts');
  });

  it('is what anybody can do for an agent that stated nothing', () => {
    expect(nextOf({ actor: agent('haiku') })).toBe('any');
  });

  it('knows the capabilities that the policy lists', () => {
    const listed = { codex: { tier: 'implementer', capabilities: ['rust'] } } as const;
    expect(nextOf({ rules: { ...moment().rules, agents: listed } })).toBe('rust');
  });

  it('asks no capabilities of people', () => {
    expect(nextOf({ actor: person })).toBe('rust');
  });
});

describe('the claims of an agent', () => {
  const state = stateOf(
    added('a'),
    added('b'),
    added('c'),
    claimed,
    happened('task.claimed', { task: 'b', agent: 'codex', until: noon }),
    happened('task.claimed', { task: 'c', agent: 'opus', until: later }),
  );

  it('are its open ones, lapsed ones too', () => {
    expect(openClaimsOf(state, 'codex').map(({ id }) => id)).toEqual(['a', 'b']);
    expect(openClaimsOf(stateOf(added('a'), claimed, completed), 'codex')).toEqual([]);
  });

  it('are given back with the reason', () => {
    expect(claimReleases(state, 'codex', 'left')).toEqual(
      ['a', 'b'].map((task) => ({
        type: 'task.claim-released',
        data: { task, agent: 'codex', why: 'left' },
      })),
    );
  });
});
