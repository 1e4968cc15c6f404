// What the list of locks shows.
import { describe, expect, it } from 'vitest';
import { agent, person, Story } from '../../../test/story.ts';
import { add } from '../task/add.ts';
import { acquire } from './acquire.ts';
import { list } from './list.ts';

function story(): Story {
  const told = new Story();
  told.make(person, add, { title: 'Parse' });
  told.make(agent('codex'), acquire, { scope: ['src/**'], ttl: '10m' });
  told.make(person, acquire, { scope: ['@build'], task: 'c-1', reason: 'the\nrelease' });
  return told;
}

describe('the list of locks', () => {
  it('shows those that are on, oldest first, tasks by their labels', () => {
    expect(story().ask(agent('codex'), list)).toMatchObject({
      locks: [
        { scope: 'src/**', holder: 'codex', mode: 'exclusive', token: 2, task: null },
        { scope: '@build', holder: 'git:anna', until: null, token: 3, task: 'T-1' },
      ],
    });
  });

  it('leaves out what lapsed', () => {
    const told = story();
    told.wait(600);
    expect(told.ask(agent('codex'), list)).toMatchObject({ locks: [{ scope: '@build' }] });
  });

  it('shows one’s own only', () => {
    expect(story().ask(person, list, { mine: true })).toMatchObject({
      locks: [{ scope: '@build' }],
    });
  });

  it('is a plain table for people, one line a lock', () => {
    const text = list.text?.(story().ask(person, list));
    expect(text?.split('\n')).toEqual([
      'src/**  codex     exclusive  until 2026-11-20T12:10:00.000Z  token 2  -',
      '@build  git:anna  exclusive  until T-1 ends                  token 3  T-1  the release',
    ]);
    expect(list.text?.({ locks: [] })).toContain('Nothing is locked');
  });
});
