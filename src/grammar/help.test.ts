// Help says everything that the definition says, and nothing in it is a command of its own.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UsageError } from '../kernel/fault.ts';
import { findCommands } from './comment.ts';
import { helpAbout, helpIndex, helpOf } from './help.ts';
import type { Documented } from './help.ts';
import { fenced } from './render.ts';

const lock: Documented = {
  name: 'lock.acquire',
  alias: 'lock',
  summary: 'Take the lock.',
  input: z.object({
    scope: z.array(z.string()).min(1).describe('What to lock'),
    ttl: z.string().default('1h').describe('How long'),
    limit: z.number().default(20).describe('How many').meta({ short: 'n' }),
    shared: z.boolean().default(false).describe('With others'),
    tag: z.array(z.string()).default([]).describe('Tags'),
    body: z.string().default('').describe('Text'),
    expires: z.string().transform(Number).prefault('1d').describe('Lapses after'),
  }),
  positional: ['scope'],
  examples: [
    { text: "lock 'src/**'", means: { scope: ['src/**'] } },
    { text: 'lock @build --ttl 2h', means: { scope: ['@build'], ttl: '2h' } },
  ],
  allow: ['implementer', 'human'],
  refusals: ['lock-held', 'lock-limit'],
};

const sync: Documented = {
  name: 'sync',
  summary: 'Publish.',
  input: z.object({}),
  positional: [],
  examples: [{ text: 'sync', means: {} }],
};

describe('help', () => {
  it('of a verb has its usage, fields with defaults, examples, who may, and refusals', () => {
    expect(helpOf(lock, 'coord').split('\n')).toEqual([
      'Take the lock.',
      '',
      'Usage: coord lock SCOPE... [--ttl TTL] [--limit LIMIT] [--shared] [--tag TAG]... [--body BODY] [--expires EXPIRES]',
      '',
      '  SCOPE              What to lock',
      '  --ttl              How long (default 1h)',
      '  -n, --limit        How many (default 20)',
      '  --shared           With others',
      '  --tag              Tags',
      '  --body             Text',
      '  --expires          Lapses after (default 1d)',
      '',
      'Examples:',
      "    coord lock 'src/**'",
      '    coord lock @build --ttl 2h',
      '',
      'Who may: implementer, human',
      'Refusals: lock-held, lock-limit',
    ]);
  });

  it('of a tool leaves out what it has not', () => {
    expect(helpOf(sync, 'coord')).toBe(
      ['Publish.', '', 'Usage: coord sync', '', 'Examples:', '    coord sync'].join('\n'),
    );
  });

  it('lists the verbs in order, aligned', () => {
    expect(helpIndex([lock, sync], '/coord')).toBe(
      [
        'Usage: /coord COMMAND [WORDS] [--flag value]',
        'More of one: /coord help COMMAND',
        '',
        '  lock  Take the lock.',
        '  sync  Publish.',
      ].join('\n'),
    );
  });

  it('answers about everything, a noun, or one verb; a word that is a verb too is that verb', () => {
    const release: Documented = { ...sync, name: 'lock.release' };
    const join: Documented = { ...sync, name: 'agent.join' };
    const all = [lock, release, join];
    const about = (...words: string[]): string => helpAbout(all, words, '/coord');
    for (const words of [[], ['help']]) expect(about(...words)).toBe(helpIndex(all, '/coord'));
    expect(about('Agent')).toBe(helpIndex([join], '/coord'));
    expect(about('lock')).toBe(helpOf(lock, '/coord'));
    expect(about('lock', 'release')).toBe(helpOf(release, '/coord'));
    expect(() => about('agnt')).toThrow(UsageError);
  });

  it('says how to ask git for it in the shell only, where git takes --help for itself', () => {
    expect(helpIndex([lock], 'coord')).toContain(
      'More of one: coord help COMMAND (or git coord help COMMAND; git keeps --help to itself)',
    );
    expect(helpIndex([lock], '/coord')).not.toContain('git');
  });

  it('holds no command, in a fence or outside of one', () => {
    for (const text of [
      helpOf(lock, '/coord'),
      helpOf(sync, '/coord'),
      helpIndex([lock, sync], '/coord'),
    ]) {
      expect(findCommands(text)).toEqual([]);
      expect(findCommands(fenced(text))).toEqual([]);
    }
  });
});
