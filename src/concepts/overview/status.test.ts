// What the overview shows, and that it fits on a screen.
import { describe, expect, it } from 'vitest';
import { answer, stateAfter } from '../../../test/specification.ts';
import { agent, person, Story } from '../../../test/story.ts';
import type { RecordSource } from '../../kernel/operation.ts';
import { join } from '../agent/join.ts';
import { acquire } from '../lock/acquire.ts';
import { send } from '../message/send.ts';
import { plan } from '../plan/plan.ts';
import { start } from '../plan/start.ts';
import { add } from '../task/add.ts';
import { block } from '../task/block.ts';
import { claim } from '../task/claim.ts';
import { done } from '../task/done.ts';
import { status } from './status.ts';

const codex = agent('codex');
const opus = agent('opus');
const phases = [
  { id: 'rpc', status: 'active', after: [] },
  { id: 'ui', status: 'planned', after: ['rpc'] },
] as const;

function told(): Story {
  const story = new Story({ phases });
  story.make(codex, join, { name: 'codex' });
  story.make(opus, join, { name: 'opus' });
  for (const title of ['One', 'Two', 'Three', 'Four']) story.make(person, add, { title });
  story.make(codex, claim, { id: 'c-3' });
  story.make(codex, acquire, { scope: ['src/**'], task: 'c-3' });
  story.make(opus, claim, { id: 'c-4' });
  story.make(opus, block, { id: 'c-4', reason: 'no schema' });
  story.make(person, done, { id: 'c-5' });
  story.make(person, send, { to: 'codex', subject: 'Look' });
  return story;
}

function textOf(story: Story): string {
  return status.text?.(story.ask(codex, status)) ?? '';
}

describe('status', () => {
  it('says who holds what, what is being done, what is locked, where the plan stands', () => {
    expect(told().ask(codex, status)).toMatchObject({
      agents: [
        { name: 'codex', tier: 'implementer', tasks: ['T-1'], locks: ['src/**'], unread: 1 },
        { name: 'opus', tasks: ['T-2'], locks: [], unread: 0 },
      ],
      tasks: {
        counts: {
          pending: 1,
          in_progress: 1,
          blocked: 1,
          completed: 1,
          failed: 0,
          cancelled: 0,
          ready: 1,
          unverified: 1,
        },
        current: [
          { id: 'T-1', claim: { agent: 'codex' } },
          { id: 'T-2', status: 'blocked', blockedReason: 'no schema' },
        ],
      },
      locks: [{ scope: 'src/**', holder: 'codex', task: 'T-1' }],
      phases: [{ id: 'rpc', status: 'active' }, { id: 'ui' }],
    });
  });

  it('does not look at who asks, as it declares', () => {
    const nobody = new Proxy(codex, {
      get: (_actor, part) => {
        throw new Error(`status reads ${String(part)} of who asks`);
      },
    });
    expect(status).toMatchObject({ isAboutActor: false });
    expect(told().ask(nobody, status)).toEqual(told().ask(opus, status));
  });

  it('is plain lines for people', () => {
    const until = 'until 2026-11-20T16:00:00.000Z';
    expect(textOf(told()).split('\n')).toEqual([
      'Agents',
      '  codex  implementer  T-1 src/**  1 unread',
      '  opus   implementer  T-2',
      'Tasks: 1 pending, 1 in progress, 1 blocked, 1 completed (1 unverified); 1 can be claimed now',
      `  T-1  One  codex ${until}`,
      `  T-2  Two  opus ${until}; blocked: no schema`,
      'Locks',
      `  src/**  codex  exclusive  ${until}  T-1`,
      'Plan',
      '  rpc  active',
      '  ui   planned  after rpc',
    ]);
  });

  it('shows lapsed claims as such and lapsed locks not at all', () => {
    const story = told();
    story.wait(4 * 3600);
    expect(textOf(story)).toContain('claim of codex lapsed');
    expect(textOf(story)).not.toContain('Locks');
  });

  it('says how to begin where there is nothing', () => {
    expect(textOf(new Story())).toBe('Nothing yet. Begin with: coord agent join NAME');
    expect(textOf(new Story({ phases })).split('\n').at(-1)).toBe(
      'Nobody has joined. Begin with: coord agent join NAME',
    );
  });

  it('fits on a screen however much there is, and says how much is left out', () => {
    const many = Array.from({ length: 60 }, (_, index) => `a${index}`);
    const story = new Story({
      phases: many.map((id) => ({ id, status: 'planned', after: [] })),
      locks: { ttlSeconds: 3600, maxPerAgent: 60 },
    });
    for (const name of many) {
      story.make(agent(name), join, { name });
      const { task } = story.make(person, add, { title: 'A long title '.repeat(15) });
      story.make(agent(name), claim, { id: (task as { command: string }).command });
      story.make(agent(name), acquire, { scope: [`src/${name}/**`] });
    }
    const lines = textOf(story).split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(lines.filter((line) => /\.\.\. and \d+ more/.test(line))).toEqual([
      '  ... and 51 more',
      '  ... and 51 more',
      '  ... and 53 more',
      '  ... and 54 more',
    ]);
  });
});

describe('a phase that a record made active', () => {
  function started(): Story {
    const story = new Story({ phases: [...phases, { id: 'docs', status: 'planned', after: [] }] });
    story.make(codex, join, { name: 'codex' });
    story.make(person, start, { phase: 'docs' });
    return story;
  }

  /** What is shown where the start came from there; null where its source was not found. */
  function shown(source: RecordSource | null) {
    const story = started();
    const sources = new Map(source === null ? [] : [[2, source] as const]);
    const told = answer(status, story.past, {}, { ...story.moment(codex), sources });
    return { told, last: status.text?.(told).split('\n').at(-1) };
  }

  it('is shown with who stands behind it, as in the plan', () => {
    const { told, last } = shown({ by: 'shell', provenance: 'elsewhere', isSigned: false });
    expect(told['phases']).toMatchObject([
      { id: 'rpc', status: 'active', vouch: null },
      { id: 'ui', status: 'planned', vouch: null },
      { id: 'docs', status: 'active', vouch: 'nobody' },
    ]);
    expect(last).toBe('  docs  active              nobody vouches for it: no check counts it');
  });

  it('is shown without a word where it counts', () => {
    const { told, last } = shown({ by: 'shell', provenance: 'here', isSigned: false });
    expect(told['phases']).toMatchObject([{}, {}, { vouch: 'terminal' }]);
    expect(last).toBe('  docs  active');
    const github = shown({ by: 'github', provenance: 'github', isSigned: false });
    expect(github.last).toBe('  docs  active');
  });

  it('names who can tell, where finding the record would take long', () => {
    const { told, last } = shown(null);
    expect(told['phases']).toMatchObject([{}, {}, { vouch: 'unread' }]);
    expect(last).toMatch(/^ {2}docs {2}active +coord plan show tells whether a check counts it$/);
  });

  it('is what status asks the source of, and nothing else', () => {
    const story = started();
    const states = { plan: stateAfter(plan, story.past) } as never;
    expect(status.sources?.(states, story.moment(codex))).toEqual([2]);
    expect(status.sources?.(states, new Story().moment(codex))).toEqual([]);
  });
});
