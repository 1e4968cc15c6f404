// What there is to see of one task.
import { describe, expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { add } from './add.ts';
import { claim } from './claim.ts';
import { done } from './done.ts';
import { show } from './show.ts';

const codex = agent('codex');

function told(): Story {
  const story = new Story({ phases: [{ id: 'rpc', status: 'active', after: [] }] });
  story.make(person, add, { title: 'One' });
  story.make(person, add, {
    title: 'Two\nstatus  done',
    description: 'All\nof it',
    after: ['c-1'],
    parent: 'c-1',
    files: ['src/**', 'docs/**'],
    capability: ['ts'],
    phase: 'rpc',
    due: '2026-12-01',
    priority: 'high',
  });
  return story;
}

describe('a task', () => {
  it('is shown as every answer shows it', () => {
    expect(told().ask(codex, show, { id: 'c-2' })).toMatchObject({
      task: { id: 'T-2', after: ['T-1'], parent: 'T-1', waitsFor: ['T-1'], command: 'c-2' },
    });
  });

  it('is plain lines for people, no text of users more than one', () => {
    expect(show.text?.(told().ask(codex, show, { id: 'c-2' })).split('\n')).toEqual([
      'T-2  Two status  done',
      'status        pending, after T-1',
      'priority      high',
      'after         T-1',
      'capabilities  ts',
      'files         src/**, docs/**',
      'due           2026-12-01T00:00:00.000Z',
      'phase         rpc',
      'part of       T-1',
      'added         by git:anna, 2026-11-20T12:00:00.000Z',
      'description   All of it',
    ]);
  });

  it('is shown with who has it, then with its evidence', () => {
    const story = told();
    story.make(codex, claim, { id: 'c-1' });
    expect(show.text?.(story.ask(codex, show, { id: 'c-1' }))).toContain(
      'status        in_progress, codex until 2026-11-20T16:00:00.000Z',
    );
    story.make(codex, done, { id: 'c-1', evidence: ['4f2a91c'] });
    const text = show.text?.(story.ask(codex, show, { id: 'c-1' }));
    expect(text).toContain('status        completed, by codex');
    expect(text).toContain('evidence      4f2a91c');
  });

  it('that is not there is refused', () => {
    expect(told().ask(codex, show, { id: 'T-9' })).toMatchObject({
      ok: false,
      code: 'task-unknown',
    });
  });
});
