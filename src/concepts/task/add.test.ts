// What a task can be, and what it cannot come after.
import { describe, expect, it } from 'vitest';
import { decide, moment } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { person, Story } from '../../../test/story.ts';
import { add } from './add.ts';

function added(id: string): Past {
  return { event: { type: 'task.added', data: { title: id, after: [] } }, meta: { id } };
}

const phases = [{ id: 'rpc', status: 'active', after: [] }] as const;
const rules = { ...moment().rules, phases };

describe('adding a task', () => {
  it('keeps what was said, each thing once', () => {
    const input = {
      title: ' Parse ',
      description: 'All of it',
      priority: 'high',
      capability: ['ts', 'TS', 'rust'],
      files: ['src/**', 'src/**'],
      after: ['a', 'a'],
      due: '2026-12-01T10:00+01:00',
      phase: 'rpc',
      parent: 'a',
    };
    expect(decide(add, [added('a')], input, { rules })).toEqual({
      ok: true,
      events: [
        {
          type: 'task.added',
          data: {
            title: 'Parse',
            description: 'All of it',
            priority: 'high',
            capabilities: ['rust', 'ts'],
            files: ['src/**'],
            after: ['a'],
            due: '2026-12-01T09:00:00.000Z',
            phase: 'rpc',
            parent: 'a',
          },
        },
      ],
    });
  });

  it('needs a title only', () => {
    expect(decide(add, [], { title: 'Parse' })).toMatchObject({
      events: [{ data: { priority: 'normal', capabilities: [], after: [], due: null } }],
    });
  });

  it('answers with the task, others by their labels', () => {
    const story = new Story();
    story.make(person, add, { title: 'One' });
    const result = story.make(person, add, { title: 'Two', after: ['c-1'], parent: 'c-1' });
    expect(result).toMatchObject({
      task: {
        id: 'T-2',
        command: 'c-2',
        title: 'Two',
        status: 'pending',
        after: ['T-1'],
        parent: 'T-1',
        waitsFor: ['T-1'],
        ready: false,
      },
    });
  });

  it('reads a day as its first moment', () => {
    expect(decide(add, [], { title: 'x', due: '2026-12-01' })).toMatchObject({
      events: [{ data: { due: '2026-12-01T00:00:00.000Z' } }],
    });
  });
});

describe('what is refused', () => {
  it('a dependency that is not there', () => {
    expect(decide(add, [added('a')], { title: 'x', after: ['a', 'T-9'] })).toMatchObject({
      ok: false,
      code: 'dependency-unknown',
      data: { after: 'T-9' },
    });
  });

  it('more dependencies than the maximum', () => {
    const ids = Array.from({ length: 21 }, (_, index) => `t-${index}`);
    const outcome = decide(add, ids.map(added), { title: 'x', after: ids });
    expect(outcome).toMatchObject({
      ok: false,
      code: 'dependencies-too-many',
      data: { max: 20, count: 21 },
    });
    expect(decide(add, ids.map(added), { title: 'x', after: ids.slice(1) }).ok).toBe(true);
  });

  it('a phase that the plan does not have, with the nearest', () => {
    expect(decide(add, [], { title: 'x', phase: 'rcp' }, { rules })).toMatchObject({
      ok: false,
      code: 'phase-unknown',
      message: expect.stringContaining('Did you mean rpc?') as unknown,
      data: { known: ['rpc'] },
    });
    expect(decide(add, [], { title: 'x', phase: 'rpc' })).toMatchObject({ code: 'phase-unknown' });
  });

  it('a parent that is not there', () => {
    expect(decide(add, [], { title: 'x', parent: 'T-9' })).toMatchObject({
      ok: false,
      code: 'task-unknown',
      data: { task: 'T-9' },
    });
  });
});

describe('what is no task', () => {
  it.each([
    [{ title: '  ' }],
    [{ title: 'x'.repeat(201) }],
    [{ title: 'x', due: 'tomorrow' }],
    [{ title: 'x', due: '2026-02-31' }],
    [{ title: 'x', due: '2026-12-01T10:00' }],
    [{ title: 'x', due: '2026-12-01T25:00Z' }],
    [{ title: 'x', files: ['/etc'] }],
    [{ title: 'x', capability: ['two words'] }],
    [{ title: 'x', priority: 'urgent' }],
  ])('%j is not understood', (input) => {
    expect(add.input.safeParse(input).success).toBe(false);
  });
});
