// What is counted beside the tasks is what counting them one by one says, whatever happens to them.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stateAfter } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { openTasks, tasks, taskStatuses } from './task.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];
const description = {
  ...{ title: 't', description: null, priority: 'normal', capabilities: [], files: [] },
  ...{ after: [], due: null, phase: null, parent: null },
};

function happened(type: string, id: string): Past {
  const data = {
    ...{ task: id, agent: 'codex', until: '2026-11-21T00:00:00.000Z', why: '', reason: 'r' },
    ...{ evidence: [], verified: id < 'c' },
  };
  return { event: { type, data }, meta: {} };
}

it('is the same as counting, and open tasks stand in the order of their numbers', () => {
  const types = Object.keys(tasks.evolve).filter((type) => type !== 'task.added');
  expect(types).toContain('task.completed');
  const acts = fc.array(fc.tuple(fc.constantFrom(...types), fc.constantFrom(...ids)), {
    maxLength: 25,
  });
  fc.assert(
    fc.property(acts, (all) => {
      const added = ids.map((id): Past => ({
        event: { type: 'task.added', data: description },
        meta: { id },
      }));
      const past = [...added, ...all.map(([type, id]) => happened(type, id))];
      const state = stateAfter(tasks, past);
      const every = [...state.byId.values()];
      for (const status of taskStatuses) {
        const counted = every.filter((task) => task.status === status).length;
        if (status in state.closed) {
          expect(state.closed[status as keyof typeof state.closed]).toBe(counted);
        }
      }
      const unverified = every.filter((task) => task.status === 'completed' && !task.verified);
      expect(state.unverified).toBe(unverified.length);
      const open = every.filter(({ status }) => !(status in state.closed));
      expect(openTasks(state)).toEqual(open);
    }),
  );
});
