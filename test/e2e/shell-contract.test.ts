// The shell's contract with other programs: one JSON document, exit statuses, streams, flags and help.
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitWords } from '../../src/grammar/words.ts';
import { operations } from '../../src/registry.ts';
import { tools } from '../../src/surfaces/cli/tools.ts';
import { runShell, spawnShell } from '../shell.ts';
import {
  commitFile,
  git,
  inside,
  newClone,
  newLog,
  newRepository,
  useRepositories,
} from './shell-repository.ts';
import type { Answer } from './shell-repository.ts';

useRepositories();

const streams = new Set(['measure']);
const servers = new Set(['serve']);
const spoken = operations.filter(
  (operation) => operation.kind === 'query' || operation.appOnly !== true,
);
const examples = [...spoken, ...tools]
  .filter(({ name }) => !servers.has(name) && !streams.has(name))
  .flatMap(({ name, examples: each }) => each.map(({ text }) => ({ name, text })))
  // Who has left can do little else.
  .sort(
    (left, right) => Number(left.name === 'agent.leave') - Number(right.name === 'agent.leave'),
  );

/** A repository in which most examples have something to work on. */
async function prepared(): Promise<string> {
  const directory = await newLog();
  await git(directory, 'update-ref', 'refs/remotes/origin/main', 'main');
  await commitFile(directory, 'try.yml', 'version: 1\nenforce: require\n');
  const tasks = Array.from({ length: 12 }, (_, index) => ['task', 'add', `Task ${index}`]);
  const messages = Array.from({ length: 7 }, (_, index) => ['send', 'codex', `Message ${index}`]);
  const join = ['agent', 'join', 'opus', '--as', 'opus'];
  for (const words of [join, ...tasks, ...messages, ['lock', '@build', '--as', 'opus']]) {
    expect((await inside(directory, words)).answer.ok).toBe(true);
  }
  return directory;
}

describe('--json', () => {
  const before = process.cwd();
  let directory: string;
  beforeAll(async () => {
    directory = await prepared();
    process.chdir(directory);
  });
  afterAll(() => process.chdir(before));

  it.each(examples)('prints one document for `coord $text`', async ({ text }) => {
    const words = splitWords(text);
    const run = await runShell(['--json', '-C', directory, ...words], { COORD_AGENT: 'codex' });
    expect(run.out.split('\n')).toHaveLength(1);
    const answer = JSON.parse(run.out) as Answer;
    if (run.status === 0)
      expect(answer).toEqual({ ok: true, result: expect.any(Object) as object });
    else expect([1, 2, 3]).toContain(run.status);
    if (!answer.ok) {
      const statuses = { refusal: 1, usage: 2, fault: 3 };
      expect(run.status).toBe(statuses[answer.error.kind]);
      expect(Object.keys(answer.error)).toEqual(['kind', 'code', 'message', 'data']);
      expect(answer.error.code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(answer.error.message).toMatch(/[.`)]$|coord /);
    }
    // The examples are lines that the help shows: they are understood, whatever comes of them.
    expect(run.status).not.toBe(2);
    expect(run.status).not.toBe(3);
  });

  it.each(examples.filter(({ name }) => name !== 'git'))(
    'is plain text without it: `coord $text`',
    async ({ text }) => {
      const run = await runShell(['-C', directory, ...splitWords(text)], { COORD_AGENT: 'codex' });
      expect(`${run.out}${run.err}`).not.toContain('\u001b');
      if (run.status === 0) expect(run.err).toBe('');
      else expect(run.err === '' ? run.out : run.err).toMatch(run.err === '' ? /./ : /^coord: /);
      if (run.err !== '') expect(run.out).toBe('');
    },
  );

  it('prints one object a line for a stream, and nothing when a path is missing', async () => {
    const source = 'export const one = () => 1;\n';
    await commitFile(directory, 'src/a.ts', source);
    const run = await runShell(['-C', directory, 'measure', 'src', '--json']);
    expect(run.out.split('\n').map((line) => (JSON.parse(line) as { file: string }).file)).toEqual([
      join('src', 'a.ts'),
    ]);
    const missing = await inside(directory, ['measure', 'src', 'nowhere']);
    expect([missing.status, missing.answer.error.code]).toEqual([2, 'no-path']);
  });

  it('puts what git prints into the document of `coord git`', async () => {
    const run = await inside(directory, ['git', 'rev-parse', '--verify', 'coord']);
    expect(run.answer.result['output']).toMatch(/^[0-9a-f]{40}\n$/);
    const help = await runShell(['-C', directory, '--json', 'git', 'cat-file', '-t', 'coord']);
    expect(JSON.parse(help.out)).toEqual({ ok: true, result: { status: 0, output: 'commit\n' } });
    expect((await inside(directory, ['git', 'rev-parse', '--verify', 'nope'])).status).toBe(1);
  });
});

describe('the words', () => {
  it('answers help with status 0 for nothing, help, -h, every verb and every noun verb', async () => {
    for (const words of [[], ['help'], ['-h'], ['--help']]) {
      const run = await runShell(words);
      expect([run.status, run.err]).toEqual([0, '']);
      expect(run.out).toMatch(/^Usage: coord COMMAND[^]*--offline/);
    }
    for (const verb of [...spoken, ...tools]) {
      const spelled = verb.name.split('.');
      // Behind `git` every word is git's.
      const asked = [['help', ...spelled]];
      if (verb.name !== 'git') asked.push([...spelled, '--help']);
      for (const words of asked) {
        const run = await runShell(words);
        expect([words, run.status, run.err]).toEqual([words, 0, '']);
        expect(run.out).toContain(verb.summary);
        for (const { text } of verb.examples) expect(run.out).toContain(`coord ${text}`);
      }
    }
  });

  it.each([
    [['lokc', 'src/**'], 'operation-unknown', /no `lokc`.*Did you mean `lock`\?/],
    [['task', 'ad', 'Title'], 'operation-unknown', /task cannot `ad`.*Did you mean `task add`\?/],
    [['tsak', 'add', 'Title'], 'operation-unknown', /Did you mean `task add`\?/],
    [['task'], 'operation-unknown', /Say what to do with task: .*add/],
    [['lock', 'src/**', '--tll', '1h'], 'flag-unknown', /no `--tll`. Did you mean --ttl\?/],
    [['lock'], 'bad-input', /SCOPE is missing.*Usage: coord lock SCOPE/],
    [['lock', 'src/**', '--ttl', 'soon'], 'bad-input', /--ttl: .*Usage: coord lock/],
    [['lock', 'src/**', '--ttl'], 'flag-empty', /--ttl needs a value/],
    [['lock', 'src/**', '--ttl', '1h', '--ttl', '2h'], 'flag-repeated', /given twice/],
    [['status', 'quick'], 'too-many-words', /`quick` is one word too many/],
    [['status', '--as'], 'flag-empty', /--as needs a value/],
    [['status', '--as', 'no spaces'], 'bad-name', /letters, digits, dots/],
    [['help', 'lokc'], 'operation-unknown', /Did you mean `lock`\?/],
  ])('answers status 2 to `coord %j`', async (words, code, message) => {
    const directory = await newRepository();
    const run = await inside(directory, words);
    expect([run.status, run.answer.error.kind, run.answer.error.code]).toEqual([2, 'usage', code]);
    expect(run.answer.error.message).toMatch(message);
    const plain = await runShell(['-C', directory, ...words]);
    expect([plain.status, plain.out]).toEqual([2, '']);
    expect(plain.err).toBe(`coord: ${run.answer.error.message}`);
  });

  it('takes what follows -- as it stands, and - as the text on standard input', async () => {
    const directory = await newLog();
    const as = { COORD_AGENT: 'codex' };
    await inside(directory, ['agent', 'join', 'opus', '--as', 'opus']);
    const dashed = await inside(directory, ['send', 'opus', '--', '--json', '-C'], as);
    expect(dashed.answer.result['message']).toMatchObject({ subject: '--json' });
    await inside(directory, ['send', 'opus', 'piped', '-'], as, 'from\nstdin\n');
    const read = await inside(directory, ['read', 'M-2'], { COORD_AGENT: 'opus' });
    expect(JSON.stringify(read.answer.result)).toContain('from\\nstdin');
  });
});

describe('flags of every command', () => {
  it('works in -C DIR, each going on from the one before', async () => {
    const directory = await newLog();
    await mkdir(join(directory, 'deep/er'), { recursive: true });
    const run = await runShell(['-C', directory, '-C', 'deep', '-C', 'er', '--json', 'status']);
    expect(run.status).toBe(0);
    const missing = await inside(join(directory, 'nowhere'), ['status']);
    expect([missing.status, missing.answer.error.code]).toEqual([2, 'no-directory']);
  });

  it('uses the remote of --remote, and touches no network with --offline', async () => {
    const { directory, remote } = await newClone();
    await git(directory, 'remote', 'rename', 'origin', 'upstream');
    const init = await inside(directory, ['init', '--remote', 'upstream']);
    expect(init.answer.result['confirmed']).toBe(true);
    expect(await git(remote, 'rev-parse', 'coord')).toMatch(/^[0-9a-f]{40}\n$/);
    await git(directory, 'remote', 'set-url', 'upstream', 'ssh://nobody@127.0.0.1:1/x');
    const offline = ['--remote', 'upstream', '--offline'];
    const joined = await inside(directory, [...offline, 'agent', 'join', 'codex', '--as', 'codex']);
    expect([joined.err, joined.answer.result['confirmed']]).toEqual(['', false]);
    const none = await inside(directory, ['sync', '--remote', 'nowhere']);
    expect([none.status, none.answer.error.code]).toEqual([2, 'no-remote']);
    const sync = await inside(directory, [...offline, 'sync']);
    expect([sync.status, sync.answer.error.code]).toEqual([2, 'offline']);
  });

  it('takes its time from COORD_NOW', async () => {
    const directory = await newRepository();
    const fixed = { COORD_NOW: '2031-02-03T04:05:06Z' };
    await inside(directory, ['init'], fixed);
    await inside(directory, ['agent', 'join', 'codex', '--as', 'codex'], fixed);
    const locked = await inside(directory, ['lock', 'src/**', '--as', 'codex'], fixed);
    expect(JSON.stringify(locked.answer.result)).toContain('2031-02-03T05:05:06');
    const bad = await inside(directory, ['status'], { COORD_NOW: 'tomorrow' });
    expect([bad.status, bad.answer.error.code]).toEqual([2, 'bad-time']);
  });

  it('fences a session that was replaced, named by --session or COORD_SESSION', async () => {
    const directory = await newRepository();
    await inside(directory, ['init']);
    const as = { COORD_AGENT: 'codex' };
    await inside(directory, ['agent', 'join', 'codex', '--session', 's-1'], as);
    const first = await inside(directory, ['lock', 'a/**'], { ...as, COORD_SESSION: 's-1' });
    expect(first.status).toBe(0);
    await inside(directory, ['agent', 'join', 'codex', '--session', 's-2'], as);
    const fenced = await inside(directory, ['lock', 'b/**'], { ...as, COORD_SESSION: 's-1' });
    expect([fenced.status, fenced.answer.error.code]).toEqual([1, 'session-fenced']);
    const flag = await inside(directory, ['lock', 'b/**', '--session', 's-2'], {
      ...as,
      COORD_SESSION: 's-1',
    });
    expect(flag.status).toBe(0);
    expect((await inside(directory, ['lock', 'c/**'], as)).status).toBe(0);
  });
});

describe('as a program', () => {
  const built = fileURLToPath(new URL('../../build/coord.js', import.meta.url));
  const sh = promisify(execFile);

  it('writes the answer to stdout, the rest to stderr, and sets the exit status', async () => {
    const directory = await newLog();
    const [done, refused, usage, fault] = await Promise.all([
      spawnShell(['-C', directory, 'status', '--json']),
      spawnShell(['-C', directory, 'claim', 'T-9', '--as', 'codex']),
      spawnShell(['-C', directory, 'stauts']),
      spawnShell(['-C', '/', 'status']),
    ]);
    expect([done.status, refused.status, usage.status, fault.status]).toEqual([0, 1, 2, 3]);
    expect(JSON.parse(done.out)).toMatchObject({ ok: true });
    expect([refused.out, usage.out, fault.out]).toEqual(['', '', '']);
    expect(usage.err).toContain('Did you mean `status`?');
  });

  it('survives a reader that closes the pipe, and is `git coord` on the PATH', async () => {
    const directory = await newLog();
    const bin = join(directory, 'bin');
    await mkdir(bin);
    await symlink(built, join(bin, 'git-coord'));
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    await writeFile(join(directory, 'many.ts'), 'export const f = () => 1;\n'.repeat(20_000));
    const script = 'set -o pipefail; git coord measure many.ts | head -n 1';
    const { stdout, stderr } = await sh('bash', ['-c', script], { cwd: directory, env });
    expect([JSON.parse(stdout), stderr]).toEqual([expect.objectContaining({ name: 'f' }), '']);
    const status = await sh('git', ['coord', 'status', '--json'], { cwd: directory, env });
    expect(JSON.parse(status.stdout)).toMatchObject({ ok: true });
    expect(await readFile(built, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
