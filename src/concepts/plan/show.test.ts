// What the plan looks like.
import { describe, expect, it } from 'vitest';
import { answer, stateAfter } from '../../../test/specification.ts';
import { agent, person, Story } from '../../../test/story.ts';
import type { RecordSource } from '../../kernel/operation.ts';
import type { PhaseRule } from '../../kernel/rules.ts';
import { join } from '../agent/join.ts';
import { grant } from './grant.ts';
import { plan } from './plan.ts';
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

const here: RecordSource = { by: 'shell', provenance: 'here', isSigned: false };

function answerState(story: Story) {
  return { plan: stateAfter(plan, story.past) };
}

/** The plan where the records of these seqs came from there. */
function shown(story: Story, source: RecordSource, ...seqs: readonly number[]) {
  const sources = new Map(seqs.map((seq) => [seq, source]));
  return answer(show, story.past, {}, { ...story.moment(person), sources });
}

function linesOf(plan: ReturnType<typeof shown>): string[] | undefined {
  return show.text?.(plan).split('\n');
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

  it('says who may write and delete what in each phase', () => {
    const rpc = {
      codex: { write: ['src/rpc/**', 'test/rpc/**'], delete: ['src/rpc/old.ts'] },
      opus: { write: [], delete: [] },
    };
    const phases: PhaseRule[] = [
      { id: 'rpc', status: 'active', after: [], scopes: rpc },
      { id: 'ui', status: 'planned', after: [] },
    ];
    const said = new Story({ phases }).ask(person, show);
    expect(said).toMatchObject({ phases: [{ scopes: rpc }, { scopes: {} }] });
    expect(linesOf(said)?.slice(-3)).toEqual([
      'Scopes:',
      expect.stringMatching(
        /rpc +codex +writes src\/rpc\/\*\* test\/rpc\/\*\* +deletes src\/rpc\/old\.ts$/,
      ),
      expect.stringMatching(/rpc +opus +writes nothing$/),
    ]);
  });

  it('says who stands behind what the log permits', () => {
    const unheard = shown(told(), { ...here, provenance: 'elsewhere' }, 2, 3);
    expect(unheard).toMatchObject({
      phases: [{ vouch: null }, { vouch: 'nobody' }, { vouch: null }],
      grants: [{ vouch: 'nobody' }],
    });
    const lines = linesOf(unheard) ?? [];
    expect(lines[0]).toMatch(/by the policy$/);
    expect(lines[1]).toMatch(/by git:anna {2}.*nobody vouches for it: no check counts it$/);
    expect(lines[5]).toMatch(/typo {2}nobody vouches for it: no check counts it$/);
    expect(lines.at(-1)).toContain('/coord plan start PHASE');
    const heard = shown(told(), { ...here, by: 'github', provenance: 'github' }, 2, 3);
    expect(heard).toMatchObject({ phases: [{}, { vouch: 'github' }, {}] });
    expect(linesOf(heard)?.at(-1)).toMatch(/typo {2}vouched for by GitHub$/);
  });

  it('asks about the records that permit', () => {
    const story = told();
    const { sources, on } = show;
    const state = answerState(story);
    expect(Object.keys(on)).toEqual(['plan']);
    expect(sources?.(state as never, story.moment(person))).toEqual([2, 3]);
  });

  it('is plain lines for people', () => {
    const story = told();
    expect(linesOf(shown(story, here, 2, 3))).toEqual([
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
