// What the plan looks like.
import { describe, expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { join } from '../agent/join.ts';
import { grant } from './grant.ts';
import { show } from './show.ts';
import { start } from './start.ts';

function told(): Story {
  const story = new Story({
    phases: [
      { id: 'rpc', status: 'active', after: [] },
      { id: 'design', status: 'planned', after: [] },
      { id: 'ui', status: 'planned', after: ['rpc', 'design'] },
    ],
  });
  story.make(agent('codex'), join, { name: 'codex' });
  story.make(person, start, { phase: 'design' });
  story.make(person, grant, { agent: 'codex', glob: 'docs/**', duration: '2h', why: 'typo' });
  return story;
}

describe('the plan', () => {
  it('is the phases of the policy as the log moved them, and the grants', () => {
    expect(told().ask(person, show)).toMatchObject({
      phases: [
        { id: 'rpc', status: 'active', startedSeq: null },
        { id: 'design', status: 'active', startedSeq: 2 },
        { id: 'ui', status: 'planned', after: ['rpc', 'design'] },
      ],
      grants: [{ agent: 'codex', seq: 3 }],
    });
  });

  it('is plain lines for people', () => {
    const story = told();
    expect(show.text?.(story.ask(person, show)).split('\n')).toEqual([
      'rpc     active                      by the policy',
      'design  active                      by git:anna',
      'ui      planned  after rpc, design',
      '',
      'Granted:',
      'codex  docs/**  until 2026-11-20T14:00:00.000Z  by git:anna  typo',
    ]);
    story.wait(2 * 3600);
    expect(show.text?.(story.ask(person, show))).not.toContain('Granted');
  });

  it('says where to write one where there is none', () => {
    expect(show.text?.(new Story().ask(person, show))).toContain('.github/coord.yml');
  });
});
