// Bad input and a broken world: a clear sentence with the next step, the right exit status, nothing half-written.
import { chmod, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  commitFile,
  git,
  inside,
  newClone,
  newFolder,
  newLog,
  newRepository,
  stateOf,
  useRepositories,
} from './shell-repository.ts';

useRepositories();

const codex = { COORD_AGENT: 'codex' };
const policyPath = '.github/coord.yml';

/** Runs a command that must fail, and holds that nothing has changed. */
async function failing(
  directory: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = codex,
  stdin = '',
): Promise<{ status: number; code: string; message: string; err: string }> {
  const before = await stateOf(directory);
  const { status, answer, err } = await inside(directory, words, environment, stdin);
  expect(await stateOf(directory)).toBe(before);
  expect(answer.ok).toBe(false);
  return { status, err, code: answer.error.code, message: answer.error.message };
}

describe('where there is nothing to work on', () => {
  it('says that a directory is no git repository', async () => {
    const directory = await newFolder();
    const { status, answer } = await inside(directory, ['status']);
    expect([status, answer.error.code]).toEqual([3, 'no-repository']);
    expect(answer.error.message).toMatch(/-C.*git init/);
    expect(await readdir(directory)).toEqual([]);
  });

  it('refuses writes without a log and answers questions about nothing', async () => {
    const directory = await newRepository();
    for (const words of [
      ['task', 'add', 'One'],
      ['lock', 'src/**'],
      ['send', 'opus', 'Hi'],
      ['sync'],
      ['git', 'log'],
    ]) {
      const { status, code, message } = await failing(directory, words);
      expect([words, status, code]).toEqual([
        words,
        1,
        words[0] === 'sync' ? 'no-remote' : 'no-log',
      ]);
      if (code === 'no-log') expect(message).toContain('coord init');
    }
    for (const words of [['status'], ['inbox'], ['log'], ['continue'], ['task', 'list']]) {
      expect([words, (await inside(directory, words)).status]).toEqual([words, 0]);
    }
    expect(await readdir(join(directory, '.git'))).not.toContain('coord');
  });

  it('refuses a second log', async () => {
    const directory = await newLog();
    expect(await failing(directory, ['init'])).toMatchObject({ status: 1, code: 'log-exists' });
  });

  it('names the revision that does not exist', async () => {
    const directory = await newLog();
    const { status, code, message } = await failing(directory, ['check', '--base', 'nowhere']);
    expect([status, code]).toEqual([2, 'revision-unknown']);
    expect(message).toMatch(/`nowhere`.*git branch -a/);
  });
});

describe('what is said', () => {
  it.each([
    [['task', 'add', 'x'.repeat(201)], 2, 'bad-input', /200/],
    [['lock', '../x'], 2, 'path-outside', /out of the repository/],
    [['lock', 'src/../x'], 2, 'bad-input', /SCOPE|\.\./],
    [['lock', 'src/['.padEnd(300, 'a')], 2, 'bad-input', /256/],
    [['lock', '!src/**'], 2, 'bad-input', /!/],
    [['claim', 'T-99'], 1, 'task-unknown', /task list/],
    [['read', 'M-99'], 1, 'message-unknown', /inbox/],
  ])('refuses %j', async (words, status, code, message) => {
    const directory = await newLog();
    const failed = await failing(directory, words);
    expect([failed.status, failed.code]).toEqual([status, code]);
    expect(failed.message).toMatch(message);
  });

  it('refuses a message of 1 MB with the bound in the sentence', async () => {
    const directory = await newLog();
    await inside(directory, ['agent', 'join', 'opus', '--as', 'opus']);
    const failed = await failing(
      directory,
      ['send', 'opus', 'Long', '-'],
      codex,
      'x'.repeat(1024 * 1024),
    );
    expect(failed.status).toBeLessThan(3);
    expect(failed.message).toMatch(/61440|60 KB/);
    expect(failed.message.length).toBeLessThan(500);
  });
});

describe('a broken policy', () => {
  const broken = [
    ['version: 1\nagents: [unclosed\n', /coord\.yml:\d+:\d+: /],
    ['version: 1\nenforec: require\n', /coord\.yml:2:1: .*Did you mean "enforce"\?/],
    ['version: 1\nchecks:\n  size: { fils: 3 }\n', /coord\.yml:3:\d+: .*Did you mean "files"\?/],
  ] as const;

  it.each(broken)('stops commands and not reading: %j', async (text, message) => {
    const directory = await newLog();
    await commitFile(directory, policyPath, text);
    for (const words of [
      ['task', 'add', 'One'],
      ['agent', 'join', 'opus', '--as', 'opus'],
      ['init'],
    ]) {
      const failed = await failing(directory, words);
      expect([words, failed.status, failed.code]).toEqual([words, 3, 'policy-invalid']);
      expect(failed.message).toMatch(message);
      expect(failed.message).toContain('mend it on the base branch');
    }
    for (const words of [
      ['status'],
      ['inbox'],
      ['log'],
      ['continue'],
      ['agent', 'list'],
      ['verify'],
    ]) {
      const run = await inside(directory, words, codex);
      expect([words, run.status]).toEqual([words, 0]);
      if (words[0] === 'verify') continue;
      expect(run.err).toMatch(message);
      expect(run.err.match(/Commands are refused until it is mended/g)).toHaveLength(1);
    }
    expect(JSON.stringify((await inside(directory, ['agent', 'list'])).answer)).toContain('codex');
  });

  it('does not decide again what was done offline, and loses nothing', async () => {
    const { directory, remote } = await newClone();
    await inside(directory, ['init']);
    await inside(directory, ['agent', 'join', 'codex'], codex);
    const other = await newFolder();
    await git(other, 'clone', '-q', remote, '.');
    await inside(other, ['agent', 'join', 'opus'], { COORD_AGENT: 'opus' });
    await inside(directory, ['--offline', 'task', 'add', 'Mine'], codex);
    await commitFile(directory, policyPath, 'version: 2\n');
    await git(directory, 'push', '-q', 'origin', 'main');
    const status = await inside(directory, ['status'], codex);
    expect(status.status).toBe(0);
    expect(status.err).toContain('is not taken over while the policy is broken');
    expect(await failing(directory, ['sync'])).toMatchObject({ status: 3, code: 'policy-invalid' });
    await commitFile(directory, policyPath, 'version: 1\n');
    await git(directory, 'push', '-q', 'origin', 'main');
    expect((await inside(directory, ['sync'], codex)).answer.result['confirmed']).toBe(true);
    expect(JSON.stringify((await inside(other, ['task', 'list'])).answer)).toContain('Mine');
  });

  it('tells of what is doubtful in it, once a command', async () => {
    const directory = await newLog();
    const text = 'version: 1\nagents:\n  codex: { github: codex-bot[bot], tier: implementer }\n';
    await commitFile(directory, policyPath, text);
    for (const words of [['status'], ['task', 'add', 'One']]) {
      const run = await inside(directory, words, codex);
      expect([words, run.status]).toEqual([words, 0]);
      expect(run.err).toMatch(/^coord: warning: \.github\/coord\.yml:3:\d+: .*$/);
    }
  });
});

describe('a damaged store', () => {
  const store = (directory: string): string => join(directory, '.git/coord/store.git');

  /** Puts a commit on the log by hand, as nobody should. */
  async function spoil(directory: string, batch: string): Promise<string> {
    const plumbing = (...args: string[]): Promise<string> =>
      git(directory, `--git-dir=${store(directory)}`, ...args);
    await writeFile(join(directory, '.git/batch'), batch);
    const blob = (await plumbing('hash-object', '-w', join(directory, '.git/batch'))).trim();
    const message = await plumbing('log', '-1', '--format=%B', 'coord');
    const index = ['-c', `core.worktree=${directory}`];
    const tree = (await plumbing('ls-tree', 'coord')).replace(/[0-9a-f]{40}(?=\tbatch)/, blob);
    await writeFile(join(directory, '.git/tree'), tree);
    await plumbing(...index, 'read-tree', '--empty');
    for (const line of tree.trim().split('\n')) {
      const [, mode = '', type, oid = '', path = ''] = /^(\d+) (\w+) (\w+)\t(.*)$/.exec(line) ?? [];
      if (type === 'blob')
        await plumbing('update-index', '--add', '--cacheinfo', `${mode},${oid},${path}`);
    }
    const root = (await plumbing('write-tree')).trim();
    const commit = (await plumbing('commit-tree', root, '-p', 'coord', '-m', message)).trim();
    await plumbing('update-ref', 'refs/heads/coord', commit);
    return commit;
  }

  it('names the commit and the path of a batch that is none, and verify finds it', async () => {
    const directory = await newLog();
    const commit = await spoil(directory, '{"half a record"');
    for (const words of [['status'], ['task', 'add', 'One']]) {
      const failed = await failing(directory, words);
      expect([words, failed.status, failed.code]).toEqual([words, 3, 'log-corrupt']);
      expect(failed.message).toContain(commit);
      expect(failed.message).toMatch(/batch\.ndjson.*coord verify/);
    }
    const verified = await inside(directory, ['verify']);
    expect([verified.status, verified.answer.result['valid']]).toEqual([1, false]);
    expect(JSON.stringify(verified.answer.result)).toContain(commit);
  });

  it('says which object cannot be read when a pack is cut off', async () => {
    const directory = await newLog();
    const packs = join(store(directory), 'objects/pack');
    for (const name of await readdir(packs)) {
      if (!name.endsWith('.pack')) continue;
      await chmod(join(packs, name), 0o644);
      await truncate(join(packs, name), 40);
    }
    for (const words of [['status'], ['lock', 'src/**']]) {
      const failed = await failing(directory, words);
      expect([words, failed.status]).toEqual([words, 3]);
      expect(failed.code).toMatch(/^(?:object|store)-/);
      expect(failed.message).toMatch(/[0-9a-f]{40}.*\. [A-Z].*\.$/s);
    }
    expect((await inside(directory, ['verify'])).status).toBeGreaterThan(0);
  });

  it('leaves a file alone that stands where the store should be', async () => {
    const directory = await newRepository();
    await writeFile(join(directory, '.git/coord'), 'not a directory\n');
    const { status, answer } = await inside(directory, ['init'], codex);
    expect([status, answer.error.kind]).toEqual([3, 'fault']);
    expect(answer.error.code).toMatch(/^store-/);
    expect(answer.error.message).toMatch(/coord.*\. [A-Z].*\.$/s);
    expect(await readFile(join(directory, '.git/coord'), 'utf8')).toBe('not a directory\n');
    expect((await inside(directory, ['status'])).status).toBe(0);
  });
});

describe('a remote that does not do what it should', () => {
  it('works on without one that cannot be reached, and says so', async () => {
    const { directory, remote } = await newClone();
    expect((await inside(directory, ['init'])).answer.result['confirmed']).toBe(true);
    await git(directory, 'remote', 'set-url', 'origin', join(remote, 'gone'));
    const joined = await inside(directory, ['agent', 'join', 'codex'], codex);
    expect([joined.status, joined.answer.result['confirmed']]).toEqual([0, false]);
    expect(joined.err).toMatch(/^coord: origin cannot be reached; this is the state known here\./);
    const asked = await inside(directory, ['agent', 'list']);
    expect([asked.status, JSON.stringify(asked.answer)]).toEqual([
      0,
      expect.stringContaining('codex'),
    ]);
    const sync = await failing(directory, ['sync']);
    expect([sync.status, sync.code]).toEqual([3, 'remote-unreachable']);
    expect(sync.message).toMatch(/git remote -v/);
    await git(directory, 'remote', 'set-url', 'origin', remote);
    expect((await inside(directory, ['sync'])).answer.result['confirmed']).toBe(true);
  });

  it('creates no log while nobody knows whether there is one, unless offline', async () => {
    const directory = await newRepository();
    await git(directory, 'remote', 'add', 'origin', join(directory, 'gone'));
    for (const words of [['init'], ['init', '--agents-md']]) {
      const failed = await failing(directory, words);
      expect([failed.status, failed.code]).toEqual([3, 'remote-unreachable']);
      expect(failed.message).toContain('--offline');
    }
    const offline = await inside(directory, ['init', '--offline']);
    expect([offline.status, offline.answer.result['confirmed']]).toEqual([0, false]);
  });

  it('keeps here what a hook declines there', async () => {
    const { directory, remote } = await newClone();
    await inside(directory, ['init']);
    await writeFile(
      join(remote, 'hooks/pre-receive'),
      '#!/bin/sh\necho no writing here >&2\nexit 1\n',
    );
    await chmod(join(remote, 'hooks/pre-receive'), 0o755);
    const head = await git(remote, 'rev-parse', 'coord');
    const declined = await inside(directory, ['agent', 'join', 'codex'], codex);
    expect([declined.status, declined.answer.result['confirmed']]).toEqual([0, false]);
    expect(declined.answer.result['id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(declined.err).toMatch(/kept here.*coord sync/);
    expect(await git(remote, 'rev-parse', 'coord')).toBe(head);
    expect(JSON.stringify((await inside(directory, ['agent', 'list'])).answer)).toContain('codex');
    await rm(join(remote, 'hooks/pre-receive'));
    expect((await inside(directory, ['sync'])).answer.result['confirmed']).toBe(true);
    expect(await git(remote, 'rev-parse', 'coord')).not.toBe(head);
  });
});
