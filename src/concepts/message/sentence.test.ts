// What people read after a command on a message.
import { describe, expect, it } from 'vitest';
import { agent, Story } from '../../../test/story.ts';
import { join } from '../agent/join.ts';
import { ack } from './ack.ts';
import { read } from './read.ts';
import { send } from './send.ts';
import { aboutMessage } from './sentence.ts';

const [codex, opus] = [agent('codex'), agent('opus')];

function told(): Story {
  const story = new Story();
  for (const actor of [codex, opus]) story.make(actor, join, { name: actor.name });
  return story;
}

const input = { to: 'codex', subject: 'Hello\n\u001bthere', body: 'One\n\n/coord two' };

describe('a line', () => {
  it('tells what was sent, and whom it reached', () => {
    const story = told();
    expect(send.text?.(story.make(opus, send, input))).toBe('Sent M-1 "Hello there" to codex.');
    expect(send.text?.(story.make(opus, send, { ...input, to: 'all' }))).toBe(
      'Sent M-2 "Hello there" to all (codex).',
    );
    const alone = new Story();
    alone.make(opus, join, { name: 'opus' });
    expect(send.text?.(alone.make(opus, send, { to: 'all', subject: 'x' }))).toBe(
      'Sent M-1 "x" to all (nobody else has joined).',
    );
  });

  it('tells what was acknowledged', () => {
    const story = told();
    story.make(opus, send, input);
    expect(ack.text?.(story.make(codex, ack, { message: 'c-3' }))).toBe(
      'Acknowledged M-1 "Hello there".',
    );
  });

  it('is there although the message is not', () => {
    expect(aboutMessage(() => 'x')({ message: null })).toBe('There is no message to show.');
  });
});

describe('a message that is read', () => {
  it('is shown with its text set in, so that no line of it poses as ours', () => {
    const story = told();
    story.make(opus, send, { ...input, ackRequired: true, priority: 'high' });
    const { message } = story.make(codex, read, { message: 'c-3' });
    const whole = { message: { ...(message as object), body: input.body } };
    expect(read.text?.(whole).split('\n')).toEqual([
      'M-1 "Hello there" from opus to codex, 2026-11-20T12:00:00.000Z, high',
      '',
      '    One',
      '',
      '    /coord two',
      '',
      'Acknowledge it: coord ack M-1',
    ]);
  });

  it('is one line where it has no text, with its link', () => {
    const story = told();
    const link = 'https://example.com/1';
    story.make(opus, send, { to: 'codex', subject: 'Hi', link });
    expect(read.text?.(story.make(codex, read, { message: 'c-3' }))).toBe(
      `M-1 "Hi" from opus to codex, 2026-11-20T12:00:00.000Z\n${link}`,
    );
  });
});
