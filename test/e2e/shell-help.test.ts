// What the shell says of itself, and of a repository where nothing was begun: words that can be said, steps that can be done.
import { beforeAll, describe, expect, it } from 'vitest';
import { fieldsOf, wordsOf } from '../../src/grammar/verb.ts';
import type { Field, Verb } from '../../src/grammar/verb.ts';
import { registry } from '../../src/registry.ts';
import { tools } from '../../src/surfaces/cli/tools.ts';
import { runShell } from '../shell.ts';
import type { ShellRun } from '../shell.ts';
import { commitFile, inside, newRepository, useRepositories } from './shell-repository.ts';

useRepositories();

const operations = registry.operations.filter(
  (operation) => operation.kind === 'query' || operation.appOnly !== true,
);
const verbs: readonly Verb[] = [...operations, ...tools];

/** The commands that an index of the help lists. */
function listed({ out }: ShellRun): string[] {
  const [, text = ''] = out.split('\n\n');
  return text.split('\n').map((line) => line.trim().split('  ', 1)[0] ?? '');
}

describe('help', () => {
  it.each(['agent', 'Agent', 'capability', 'key', 'task'])(
    'on the noun %s lists its verbs, the shell’s own among them, and no other',
    async (noun) => {
      const own = verbs.filter(({ name }) => name.startsWith(`${noun.toLowerCase()}.`));
      expect(own.length).toBeGreaterThan(3);
      for (const words of [
        ['help', noun],
        [noun, '--help'],
      ]) {
        expect(listed(await runShell(words))).toEqual(own.map(wordsOf));
      }
    },
  );

  it.each([[['hlep']], [['hepl']], [['help', 'hlep']], [['hlep', 'lock', 'list']]])(
    '%j is told how it is spelt',
    async (words) => {
      const { status, err } = await runShell(words);
      expect([status, err]).toEqual([
        2,
        expect.stringMatching(/^coord: There is no `h\w+`\. Did you mean `help`\?/),
      ]);
    },
  );

  it('answers however it is called', async () => {
    const { out } = await runShell(['help']);
    expect(out).toContain('Flags of every command:');
    for (const words of [['HELP'], ['help', 'help'], ['help', '--help']]) {
      expect(await runShell(words)).toEqual({ status: 0, out, err: '' });
    }
  });
});

describe('a default', () => {
  const fallbacks = verbs.flatMap((verb) => {
    const shape = verb.input.shape as Record<string, Verb['input']>;
    return fieldsOf(verb).flatMap((field): [string, Field, Verb['input'] | undefined][] =>
      field.fallback === null || field.fallback === undefined
        ? []
        : [[`${wordsOf(verb)} ${field.flag}`, field, shape[field.name]]],
    );
  });

  it('is there in many commands', () => {
    expect(fallbacks.length).toBeGreaterThan(20);
  });

  it.each(fallbacks)('of %s is shown in the words that would say it', (_name, field, schema) => {
    expect(schema?.safeParse(field.fallback)).toEqual(schema?.safeParse(undefined));
    expect(schema?.safeParse(field.fallback).success).toBe(true);
  });

  it('of a duration is one as people write it', async () => {
    const { out } = await runShell(['help', 'capability', 'grant']);
    expect(out).toMatch(/--expires .*\(default 1d\)$/m);
  });
});

describe('before there is a log', () => {
  const note = 'coord: There is no coordination log here yet. Begin with: coord init';
  const asked = operations.filter(
    (operation) =>
      operation.kind === 'query' && fieldsOf(operation).every(({ isRequired }) => !isRequired),
  );
  let directory: string;
  beforeAll(async () => {
    directory = await newRepository();
  });

  it.each(asked.map(wordsOf))(
    '`coord %s` names the one step that can be done, once',
    async (said) => {
      const { out, err } = await runShell(['-C', directory, ...said.split(' ')]);
      expect(err).toBe(note);
      expect(out).not.toMatch(/\bcoord |Begin with|^Next$|\s$/m);
    },
  );

  it('an answer says the rest of what it has to say', async () => {
    const say = async (...words: string[]) => (await runShell(['-C', directory, ...words])).out;
    expect(await say('status')).toBe('Nothing yet.');
    expect(await say('continue', '--as', 'codex')).toBe('You are codex (not joined)');
    expect(await say('inbox')).toBe('No messages.');
    expect(await say('plan', 'show')).toContain('Write phases under `plan` in .github/coord.yml');
  });

  it('what the policy says is shown', async () => {
    const planned = await newRepository();
    const policy = 'version: 1\nplan: { phases: [{ id: rpc, scopes: {} }] }\n';
    await commitFile(planned, '.github/coord.yml', policy);
    const { out } = await runShell(['-C', planned, 'status']);
    expect(out).toMatch(/^Plan\n {2}rpc .*\nNobody has joined\.$/);
  });

  it('and once there is one, steps are named again', async () => {
    await inside(directory, ['init']);
    const { out, err } = await runShell(['-C', directory, 'status']);
    expect([out, err]).toEqual(['Nothing yet. Begin with: coord agent join NAME', '']);
  });
});
