// What the list of tasks shows.
import { describe, expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { add } from './add.ts';
import { block } from './block.ts';
import { claim } from './claim.ts';
import { done } from './done.ts';
import { list } from './list.ts';

const codex = agent('codex');

function told(): Story {
  const story = new Story();
  story.make(person, add, { title: 'One' });
  story.make(person, add, { title: 'Two\u001b[31m\nlines', after: ['c-1'], priority: 'high' });
  story.make(person, add, { title: 'Three' });
  story.make(person, add, { title: 'Four' });
  story.make(codex, claim, { id: 'c-1' });
  story.make(codex, claim, { id: 'c-3' });
  story.make(codex, block, { id: 'c-3', reason: 'no schema' });
  story.make(person, done, { id: 'c-4' });
  return story;
}

function labels(answer: object): unknown {
  return (answer as { tasks: { id: string }[] }).tasks.map(({ id }) => id);
}

describe('the list of tasks', () => {
  it('shows all, oldest first', () => {
    expect(labels(told().ask(codex, list))).toEqual(['T-1', 'T-2', 'T-3', 'T-4']);
  });

  it('can be narrowed to a status or an agent', () => {
    const story = told();
    expect(labels(story.ask(codex, list, { status: 'pending' }))).toEqual(['T-2']);
    expect(labels(story.ask(codex, list, { agent: '@Codex' }))).toEqual(['T-1', 'T-3']);
    expect(labels(story.ask(codex, list, { agent: 'git:anna' }))).toEqual(['T-4']);
    expect(labels(story.ask(codex, list, { agent: 'codex', status: 'blocked' }))).toEqual(['T-3']);
  });

  it('is said to be in the order in which it is', () => {
    const story = told();
    story.make(person, done, { id: 'c-1' });
    expect(list.text?.(story.ask(codex, list))).toMatch(/^T-2 .*\nT-3 .*\nT-1 .*\nT-4 /);
    expect(list.summary).toContain('for people the open ones before the closed');
  });

  it('is a plain table for people, open tasks first, nothing of a title but text', () => {
    const story = told();
    const until = '2026-11-20T16:00:00.000Z';
    expect(list.text?.(story.ask(codex, list)).split('\n')).toEqual([
      `T-1  in_progress  normal  One             codex until ${until}`,
      'T-2  pending      high    Two [31m lines  after T-1',
      `T-3  blocked      normal  Three           no schema; codex until ${until}`,
      'T-4  completed    normal  Four            by git:anna, unverified',
    ]);
    story.wait(4 * 3600);
    expect(list.text?.(story.ask(codex, list, { status: 'in_progress' }))).toContain(
      'claim of codex lapsed',
    );
  });

  it('says how to begin where there is none', () => {
    expect(list.text?.(new Story().ask(codex, list))).toContain('coord task add TITLE');
  });

  it('shows people the newest closed tasks and how many more there are', () => {
    const story = new Story();
    for (let number = 1; number <= 23; number += 1) {
      const { task } = story.make(person, add, { title: `Task ${number}` });
      story.make(person, done, { id: (task as { command: string }).command });
    }
    const lines = list.text?.(story.ask(codex, list)).split('\n');
    expect(lines?.[0]).toMatch(/^T-4 /);
    expect(lines?.at(-1)).toBe('... and 3 older closed ones, see --json');
  });
});
