// Flags that every command of the shell takes, wherever they stand.
import { join, isAbsolute } from 'node:path';
import { present } from '../../kernel/assert.ts';
import { UsageError } from '../../kernel/fault.ts';
import { namePattern } from '../../kernel/fields.ts';

export interface Globals {
  readonly as: string | null;
  readonly session: string | null;
  /** Token of the capability to speak under. */
  readonly capability: string | null;
  readonly directory: string;
  readonly remote: string;
  readonly isOffline: boolean;
  readonly isJson: boolean;
  readonly wantsColor: boolean | null;
  readonly wantsHelp: boolean;
  readonly wantsVersion: boolean;
}

const valued: Readonly<Record<string, 'as' | 'session' | 'capability' | 'directory' | 'remote'>> = {
  '--as': 'as',
  '--session': 'session',
  '--capability': 'capability',
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
  '  --capability TOKEN Speak under this capability, in its name (else COORD_CAPABILITY)',
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

/** Each -C goes on from the one before, as git has it. */
function within(found: Found, directory: string): string {
  return isAbsolute(directory) ? directory : join(found.text.get('directory') ?? '.', directory);
}

/** `--flag=value` in two; what is no long flag stays whole. */
function splitFlag(word: string): [string, string | null] {
  const cut = word.startsWith('--') ? word.indexOf('=') : -1;
  return cut < 0 ? [word, null] : [word.slice(0, cut), word.slice(cut + 1)];
}

/** Agents and tasks have a flag of the same name for skills; no skill looks like a token. */
function isSkill(name: string, value: string | undefined): boolean {
  return name === 'capability' && !/^eyJ[\w-]*\.[\w-]+\./.test(value ?? '');
}

/** A skill belongs to the command before it, which reads it; before every command it says nothing. */
function leaveSkill({ rest }: Found, flag: string): 0 {
  if (rest.length > 0) return 0;
  throw new UsageError(
    'capability-misplaced',
    'Before a command --capability takes a token, as `coord capability grant` prints it. A skill stands behind the command that takes it: coord agent join NAME --capability SKILL.',
    { flag },
  );
}

/** How many words a flag with a value takes at `index`; 0 when there is none. */
function takeValued(found: Found, words: readonly string[], index: number): number {
  const [flag, given] = splitFlag(present(words[index], 'a word is there to be read'));
  const name = valued[flag];
  if (name === undefined) return 0;
  const value = given ?? words[index + 1];
  if (isSkill(name, value)) return leaveSkill(found, flag);
  if (value === undefined || value === '') {
    throw new UsageError('flag-empty', `${flag} needs a value.`, { flag });
  }
  found.text.set(name, name === 'directory' ? within(found, value) : value);
  return given === null ? 2 : 1;
}

function takeSwitch(found: Found, word: string): number {
  const name = switches[word];
  if (name === undefined) return 0;
  found.on.add(name);
  return 1;
}

function endsFlags(found: Found, word: string | undefined, takesRest: ReadonlySet<string>) {
  const [verb] = found.rest;
  return word === '--' || (verb !== undefined && takesRest.has(verb));
}

function takeWord(found: Found, words: readonly string[], index: number): number {
  const taken = takeValued(found, words, index);
  if (taken > 0) return taken;
  const word = present(words[index], 'a word is there to be read');
  if (takeSwitch(found, word) === 0) found.rest.push(word);
  return 1;
}

/** A name that nobody can have is wrong before anybody asks who acts. */
function checkedName(name: string | undefined): string | null {
  if (name === undefined) return null;
  const plain = name.toLowerCase().replace(/^(?:git|gh):/, '');
  if (namePattern.test(plain)) return name;
  throw new UsageError(
    'bad-name',
    `\`${name}\` is no agent's name: letters, digits, dots, dashes and underscores, 64 at most.`,
    { name },
  );
}

function globalsOf({ text, on }: Found): Globals {
  return {
    as: checkedName(text.get('as')),
    session: text.get('session') ?? null,
    capability: text.get('capability') ?? null,
    directory: text.get('directory') ?? '.',
    remote: text.get('remote') ?? 'origin',
    isOffline: on.has('isOffline'),
    isJson: on.has('isJson'),
    wantsColor: on.has('noColor') ? false : null,
    wantsHelp: on.has('wantsHelp'),
    wantsVersion: on.has('wantsVersion'),
  };
}

/**
 * Splits the command line into global flags and the words of the command; `--` ends the flags, and so does the
 * name of a command that takes every word behind it.
 */
export function readGlobals(
  words: readonly string[],
  takesRest: ReadonlySet<string>,
): { globals: Globals; rest: string[] } {
  const found: Found = { text: new Map(), on: new Set(), rest: [] };
  let index = 0;
  while (index < words.length && !endsFlags(found, words[index], takesRest)) {
    index += takeWord(found, words, index);
  }
  return { globals: globalsOf(found), rest: [...found.rest, ...words.slice(index)] };
}
