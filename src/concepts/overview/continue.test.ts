// What one sees who comes back: what is his, what arrived, and what to do next.
import { describe, expect, it } from 'vitest';
import { answer, stateAfter } from '../../../test/specification.ts';
import { agent, person, Story } from '../../../test/story.ts';
import { join } from '../agent/join.ts';
import { acquire } from '../lock/acquire.ts';
import { release } from '../lock/release.ts';
import { send } from '../message/send.ts';
import { plan } from '../plan/plan.ts';
import { start } from '../plan/start.ts';
import { add } from '../task/add.ts';
import { block } from '../task/block.ts';
import { claim } from '../task/claim.ts';
import { resume } from './continue.ts';

const codex = agent('codex');

function told(): Story {
  const story = new Story({ phases: [{ id: 'rpc', status: 'active', after: [] }] });
  story.make(codex, join, { name: 'codex' });
  story.make(person, add, { title: 'One' });
  story.make(person, add, { title: 'Two' });
  return story;
}

function linesOf(story: Story, actor = codex): string[] {
  return (resume.text?.(story.ask(actor, resume)) ?? '').split('\n');
}

function nextOf(story: Story, actor = codex): unknown {
  return (story.ask(actor, resume)['next'] as { say: string }[]).map(({ say }) => say);
}

describe('continue', () => {
  it('shows one’s tasks with their leases, locks, unread subjects and the active phase', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-2' });
    story.make(codex, acquire, { scope: ['src/**'], task: 'c-2' });
    story.make(agent('opus'), join, { name: 'opus' });
    story.make(agent('opus'), acquire, { scope: ['docs/**'] });
    story.make(person, send, { to: 'codex', subject: 'Look\nhere' });
    expect(story.ask(codex, resume)).toMatchObject({
      actor: { name: 'codex', tier: 'implementer', session: null, joined: true },
      tasks: [{ id: 'T-1', claim: { until: '2026-11-20T16:00:00.000Z' } }],
      locks: [{ scope: 'src/**', task: 'T-1', token: 5 }],
      overridden: [],
      lost: [],
      unread: { count: 1, top: [{ id: 'M-1', from: 'git:anna', subject: 'Look\nhere' }] },
      phases: ['rpc'],
      phaseVouches: { rpc: null },
    });
    const until = 'until 2026-11-20T16:00:00.000Z';
    expect(linesOf(story)).toEqual([
      'You are codex (implementer); active: rpc',
      'Your tasks',
      `  T-1  One  ${until}`,
      'Your locks',
      `  src/**  ${until}  token 5  T-1`,
      'Unread (1)',
      '  M-1  normal  git:anna  Look here',
      'Next',
      '  coord inbox --unread              1 unread',
      '  coord done T-1 --evidence COMMIT  when T-1 is finished',
    ]);
  });

  it('tells of one’s locks that others released', () => {
    const story = told();
    story.make(codex, acquire, { scope: ['src/**'] });
    story.make(person, release, { scope: ['src/**'], force: true, reason: 'urgent' });
    expect(story.ask(codex, resume)).toMatchObject({
      locks: [],
      overridden: [{ scope: 'src/**', by: 'git:anna' }],
    });
    expect(linesOf(story)).toContain('  src/**  by git:anna');
  });

  it('tells for a day of one’s commands that were lost', () => {
    const story = told();
    const data = { op: 'task.claim', code: 'task-claimed', message: 'opus was faster.', data: {} };
    story.past.push({
      event: { type: 'command.lost', data },
      meta: { at: story.now, actor: 'codex' },
    });
    expect(linesOf(story)).toContain('  task.claim  opus was faster.');
    expect(story.ask(agent('opus'), resume)).toMatchObject({ lost: [] });
    story.wait(86_400);
    expect(story.ask(codex, resume)).toMatchObject({ lost: [] });
  });
});

describe('the active phases', () => {
  function started(): Story {
    const story = new Story({
      phases: [
        { id: 'rpc', status: 'active', after: [] },
        { id: 'docs', status: 'planned', after: [] },
        { id: 'ui', status: 'planned', after: ['rpc'] },
      ],
    });
    story.make(person, start, { phase: 'docs' });
    story.make(codex, join, { name: 'codex' });
    return story;
  }

  function shown(provenance: 'here' | 'elsewhere' | null) {
    const story = started();
    const source = { by: 'shell', provenance: provenance ?? 'here', isSigned: false } as const;
    const sources = new Map(provenance === null ? [] : [[1, source]]);
    const told = answer(resume, story.past, {}, { ...story.moment(codex), sources });
    return { told, headline: resume.text?.(told).split('\n')[0] };
  }

  it('say which of them no check counts', () => {
    const { told, headline } = shown('elsewhere');
    expect(told).toMatchObject({
      phases: ['rpc', 'docs'],
      phaseVouches: { rpc: null, docs: 'nobody' },
    });
    expect(headline).toBe(
      'You are codex (implementer); active: rpc, docs (nobody vouches for it: no check counts it)',
    );
  });

  it('say nothing where it counts, and who can tell where the record was not found', () => {
    expect(shown('here')).toMatchObject({
      told: { phaseVouches: { docs: 'terminal' } },
      headline: 'You are codex (implementer); active: rpc, docs',
    });
    expect(shown(null)).toMatchObject({
      told: { phaseVouches: { docs: 'unread' } },
      headline: expect.stringContaining('docs (coord plan show tells') as unknown,
    });
  });

  it('are asked about by the records that started them', () => {
    const story = started();
    const states = { plan: stateAfter(plan, story.past) } as never;
    expect(resume.sources?.(states, story.moment(codex))).toEqual([1]);
    expect(resume.sources?.(states, new Story().moment(codex))).toEqual([]);
  });
});

describe('the next step', () => {
  it('is joining, for a name that nobody knows', () => {
    expect(nextOf(told(), agent('haiku'))).toEqual(['agent join haiku']);
    expect(nextOf(new Story(), person)).toEqual(['status']);
    expect(nextOf(new Story(), agent('git:anna', 'human'))).toEqual(['status']);
    expect(nextOf(new Story({ people: ['anna'] }), agent('anna', 'human'))).toEqual(['status']);
  });

  it('is told with what a name is that has not joined, and not with a tier it does not have', () => {
    const listed = { haiku: { tier: 'implementer', capabilities: [] } } as const;
    const asking = agent('haiku', 'validator');
    const story = new Story({ agents: listed });
    expect(story.ask(asking, resume)).toMatchObject({
      actor: { tier: 'implementer', joined: false, standing: 'listed' },
    });
    expect(linesOf(story, asking)).toEqual([
      'You are haiku (not joined; the policy lists you as implementer)',
      'Next',
      '  coord agent join haiku  you have not joined',
    ]);
    const [headline] = linesOf(new Story({ agents: listed }), agent('constructor', 'validator'));
    expect(headline).toBe('You are constructor (not joined)');
  });

  it('is the free task where one has none', () => {
    expect(nextOf(told())).toEqual(['claim T-1']);
  });

  it('is one’s own task until it is done', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-2' });
    expect(nextOf(story)).toEqual(['done T-1 --evidence COMMIT']);
  });

  it('is renewing a claim that lapsed', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-2' });
    story.wait(4 * 3600);
    expect(nextOf(story)).toEqual(['claim T-1']);
  });

  it('is another task while one’s own is blocked', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-2' });
    story.make(codex, block, { id: 'c-2', reason: 'no schema' });
    expect(nextOf(story)).toEqual(['claim T-2']);
    expect(linesOf(story)).toContain(
      '  T-1  One  until 2026-11-20T16:00:00.000Z; blocked: no schema',
    );
  });

  it('is reading first where something arrived', () => {
    const story = told();
    story.make(person, send, { to: 'codex', subject: 'Look' });
    expect(nextOf(story)).toEqual(['inbox --unread', 'claim T-1']);
  });

  it('is no task for those who do not claim', () => {
    const story = told();
    const opus = agent('opus', 'executive');
    story.past.push({
      event: {
        type: 'agent.joined',
        data: { name: 'opus', tier: 'executive', capabilities: [], session: 's-1' },
      },
    });
    expect(nextOf(story, opus)).toEqual(['status']);
    expect(linesOf(story, opus)[0]).toBe('You are opus (executive, session s-1); active: rpc');
  });
});

describe('the text', () => {
  it('is at most 60 lines however much there is', () => {
    const story = new Story({ locks: { ttlSeconds: 3600, maxPerAgent: 90 } });
    story.make(codex, join, { name: 'codex' });
    for (let number = 0; number < 30; number += 1) {
      const { task } = story.make(person, add, { title: `Task ${number} ${'x'.repeat(180)}` });
      story.make(codex, claim, { id: (task as { command: string }).command });
      story.make(codex, acquire, { scope: [`src/${number}/**`] });
      story.make(codex, acquire, { scope: [`docs/${number}/**`] });
      const scope = [`docs/${number}/**`];
      story.make(person, release, { scope, force: true, reason: 'x' });
      story.make(person, send, { to: 'codex', subject: `Subject ${number}` });
    }
    const lines = linesOf(story);
    expect(lines.length).toBeLessThanOrEqual(60);
    expect(lines.length).toBeGreaterThan(30);
  });
});
