// Whom a scope can be granted, and for how long.
import { describe, expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { join } from '../agent/join.ts';
import { grant } from './grant.ts';

const input = { agent: '@Codex', glob: 'docs/**', duration: '2h', why: 'typo' };

function told(): Story {
  const story = new Story();
  story.make(agent('codex'), join, { name: 'codex' });
  return story;
}

describe('granting', () => {
  it('is one event with the time it ends', () => {
    expect(told().tell(person, grant, input)).toEqual({
      ok: true,
      events: [
        {
          type: 'plan.granted',
          data: {
            agent: 'codex',
            glob: 'docs/**',
            until: '2026-11-20T14:00:00.000Z',
            why: 'typo',
          },
        },
      ],
    });
  });

  it('answers with the grant and its seq', () => {
    expect(told().make(person, grant, input)).toMatchObject({
      grant: { agent: 'codex', seq: 2, by: 'git:anna', why: 'typo' },
    });
  });

  it('is told in a line', () => {
    expect(grant.text?.(told().make(person, grant, input))).toBe(
      'codex may write docs/** until 2026-11-20T14:00:00.000Z. What else is granted: coord plan show',
    );
    expect(grant.text?.({ grant: null })).toContain('has lapsed since');
  });

  it('is possible for whom the policy lists and who has not joined yet', () => {
    const story = new Story({ agents: { codex: { tier: 'implementer', capabilities: [] } } });
    expect(story.tell(person, grant, input).ok).toBe(true);
  });

  it('is for executives and people', () => {
    expect(grant.allow).toEqual(['executive', 'human']);
  });
});

describe('what is refused', () => {
  it('an agent that nobody knows, with the nearest', () => {
    expect(told().tell(person, grant, { ...input, agent: 'codx' })).toMatchObject({
      ok: false,
      code: 'agent-unknown',
      message: expect.stringContaining('Did you mean codex?') as unknown,
      data: { agent: 'codx' },
    });
    expect(told().tell(person, grant, { ...input, agent: 'constructor' })).toMatchObject({
      code: 'agent-unknown',
    });
  });

  it.each([
    [{ duration: '91d' }],
    [{ duration: '999999999d' }],
    [{ duration: 'long' }],
    [{ glob: '/etc' }],
    [{ why: '' }],
  ])('%j is not understood', (part) => {
    expect(grant.input.safeParse({ ...input, ...part }).success).toBe(false);
  });
});
