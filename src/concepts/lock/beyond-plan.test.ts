// A lock beyond the plan is given, and its holder is told what the plan lets him write.
import { expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { join } from '../agent/join.ts';
import { grant } from '../plan/grant.ts';
import { start } from '../plan/start.ts';
import { acquire } from './acquire.ts';

const write = ['src/net/**', 'test/net/*.ts'];
const codex = agent('codex');

function told(): Story {
  const story = new Story({
    phases: [
      { id: 'net', status: 'planned', after: [], scopes: { codex: { write, delete: [] } } },
      { id: 'ui', status: 'planned', after: [], scopes: { haiku: { write: [], delete: [] } } },
    ],
  });
  story.make(codex, join, { name: 'codex' });
  return story;
}

function notesOn(story: Story, scope: string[], actor = codex): unknown {
  return story.make(actor, acquire, { scope })['notes'];
}

it('has a note once a phase with a scope for the holder has begun', () => {
  const story = told();
  expect(notesOn(story, ['docs/a.md'])).toBeUndefined();
  story.make(person, start, { phase: 'net' });
  expect(notesOn(story, ['docs/**', 'src/**', 'src/net/rpc/**', '@build'])).toEqual([
    'docs/**, src/**: outside what the plan lets codex write, which is src/net/**, test/net/*.ts. The lock keeps others out and gives no right to change it; see: coord plan show',
  ]);
});

it('has none inside the scope or a grant, nor for who is not in the plan', () => {
  const story = told();
  story.make(person, start, { phase: 'net' });
  story.make(person, start, { phase: 'ui' });
  expect(notesOn(story, ['src/net/**', 'test/net/a.ts'])).toBeUndefined();
  expect(notesOn(story, ['lib/**'], person)).toBeUndefined();
  expect(notesOn(story, ['etc/**'], agent('constructor'))).toBeUndefined();
  expect(notesOn(story, ['opt/**'], agent('haiku'))).toEqual([
    expect.stringContaining('lets haiku write, which is nothing.') as unknown,
  ]);
  story.make(person, grant, { agent: 'codex', glob: 'docs/**', duration: '1h', why: 'docs' });
  expect(notesOn(story, ['docs/a.md'])).toBeUndefined();
});
