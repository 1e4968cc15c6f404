// Who is told that nobody vouches for what they permitted, and what they are told to say.
import { describe, expect, it } from 'vitest';
import { start } from '../concepts/plan/start.ts';
import { complete } from '../concepts/plan/complete.ts';
import { grant } from '../concepts/plan/grant.ts';
import { leave } from '../concepts/agent/leave.ts';
import { release } from '../concepts/lock/release.ts';
import { vouchNote, withVouchNote } from './vouch-note.ts';
import type { Spoken } from './vouch-note.ts';

const started: Spoken = {
  command: start,
  input: { phase: 'rpc' },
  actor: 'git:anna',
  events: [{ type: 'plan.phase-started', data: { phase: 'rpc' } }],
  hasRemote: true,
  isSigned: false,
};

function releasing(holder: string): Spoken['events'] {
  return [{ type: 'lock.released', data: { scope: 'src/**', holder, by: 'git:anna', why: null } }];
}

describe('over a remote', () => {
  it('who starts a phase is told to say so in a comment', () => {
    expect(vouchNote(started)).toBe(
      'It is on the log, but a required check does not count it yet, for nobody vouches for a shell. Say it in a comment on GitHub too: /coord plan start rpc',
    );
  });

  it('who grants is told the whole line', () => {
    const input = { agent: 'codex', glob: 'docs/**', duration: '2h', why: 'a typo' };
    const events = [{ type: 'plan.granted', data: { agent: 'codex', glob: 'docs/**' } }];
    expect(vouchNote({ ...started, command: grant, input, events })).toMatch(
      /: \/coord grant codex 'docs\/\*\*' 2h --why 'a typo'$/,
    );
  });

  it('who releases what others hold is told to force it there, whatever the command was', () => {
    const input = { scope: ['src/**'], force: true, reason: 'gone' };
    const events = releasing('opus');
    expect(vouchNote({ ...started, command: release, input, events })).toMatch(
      /: \/coord unlock 'src\/\*\*' --force --reason gone$/,
    );
    expect(vouchNote({ ...started, command: leave, input: { name: 'opus' }, events })).toMatch(
      /: \/coord unlock 'src\/\*\*' --force --reason confirmed$/,
    );
  });
});

describe('nothing is told', () => {
  it('without a remote, where this terminal counts', () => {
    expect(vouchNote({ ...started, hasRemote: false })).toBeNull();
  });

  it('of what is signed: a key may vouch for it', () => {
    expect(vouchNote({ ...started, isSigned: true })).toBeNull();
  });

  it('of what restricts, of what is one’s own, and of nothing', () => {
    const events = [{ type: 'plan.phase-completed', data: { phase: 'rpc' } }];
    expect(vouchNote({ ...started, command: complete, events })).toBeNull();
    expect(vouchNote({ ...started, command: release, events: releasing('git:anna') })).toBeNull();
    expect(vouchNote({ ...started, events: [] })).toBeNull();
  });
});

describe('a result', () => {
  it('keeps its own notes before this one', () => {
    const note = vouchNote(started);
    expect(withVouchNote({ phase: 1 }, started)).toEqual({ phase: 1, notes: [note] });
    expect(withVouchNote({ notes: ['a'] }, started)).toEqual({ notes: ['a', note] });
    expect(withVouchNote({ phase: 1 }, { ...started, hasRemote: false })).toEqual({ phase: 1 });
  });
});
