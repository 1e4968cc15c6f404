// Flags that every command of the shell takes, wherever they stand.
import { UsageError } from '../../kernel/fault.ts';

export interface Globals {
  readonly as: string | null;
  readonly session: string | null;
  readonly directory: string;
  readonly remote: string;
  readonly isOffline: boolean;
  readonly isJson: boolean;
  readonly wantsColor: boolean | null;
  readonly wantsHelp: boolean;
  readonly wantsVersion: boolean;
}

const valued: Readonly<Record<string, 'as' | 'session' | 'directory' | 'remote'>> = {
  '--as': 'as',
  '--session': 'session',
  '-C': 'directory',
  '--remote': 'remote',
};

type Switch = 'isOffline' | 'isJson' | 'noColor' | 'wantsHelp' | 'wantsVersion';
const switches: Readonly<Record<string, Switch>> = {
  '--offline': 'isOffline',
  '--json': 'isJson',
  '--no-color': 'noColor',
  '--help': 'wantsHelp',
  '-h': 'wantsHelp',
  '--version': 'wantsVersion',
};

/** One line each, for the help. */
export const globalHelp: readonly string[] = [
  '  --as NAME          Act as this agent (else COORD_AGENT, else a detected agent, else the git user)',
  '  --session NAME     Session the command belongs to (else COORD_SESSION)',
  '  -C DIR             Work in this directory, as git has it',
  '  --remote NAME      Remote that holds the log (default origin)',
  '  --offline          Never touch the network',
  '  --json             One JSON document on standard output',
  '  --no-color         Plain text',
  '  --help, --version',
];

interface Found {
  readonly text: Map<string, string>;
  readonly on: Set<Switch>;
  readonly rest: string[];
}

function takeValued(found: Found, words: readonly string[], index: number): number {
  const word = words[index] ?? '';
  const cut = word.startsWith('--') ? word.indexOf('=') : -1;
  const flag = cut < 0 ? word : word.slice(0, cut);
  const name = valued[flag];
  if (name === undefined) return 0;
  const value = cut < 0 ? words[index + 1] : word.slice(cut + 1);
  if (value === undefined || value === '') {
    throw new UsageError('flag-empty', `${flag} needs a value.`, { flag });
  }
  found.text.set(name, value);
  return cut < 0 ? 2 : 1;
}

function takeSwitch(found: Found, word: string): number {
  const name = switches[word];
  if (name === undefined) return 0;
  found.on.add(name);
  return 1;
}

/** Splits the command line into global flags and the words of the command; `--` ends the flags. */
export function readGlobals(words: readonly string[]): { globals: Globals; rest: string[] } {
  const found: Found = { text: new Map(), on: new Set(), rest: [] };
  let index = 0;
  while (index < words.length && words[index] !== '--') {
    const taken = takeValued(found, words, index) || takeSwitch(found, words[index] ?? '');
    if (taken === 0) found.rest.push(words[index] ?? '');
    index += taken === 0 ? 1 : taken;
  }
  found.rest.push(...words.slice(index));
  const globals: Globals = {
    as: found.text.get('as') ?? null,
    session: found.text.get('session') ?? null,
    directory: found.text.get('directory') ?? '.',
    remote: found.text.get('remote') ?? 'origin',
    isOffline: found.on.has('isOffline'),
    isJson: found.on.has('isJson'),
    wantsColor: found.on.has('noColor') ? false : null,
    wantsHelp: found.on.has('wantsHelp'),
    wantsVersion: found.on.has('wantsVersion'),
  };
  return { globals, rest: found.rest };
}
