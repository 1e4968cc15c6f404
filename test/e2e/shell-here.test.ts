// The shell in a folder of the work tree: ./ and ../ begin there, other paths at the root; revisions become commits.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runShell } from '../shell.ts';
import { git, inside, newFolder, newLog, useRepositories } from './shell-repository.ts';
import type { JsonRun } from './shell-repository.ts';

useRepositories();

let work = '';
let ui = '';
const codex = (directory: string, ...words: string[]): Promise<JsonRun> =>
  inside(directory, [...words, '--as', 'codex']);
const head = (): Promise<string> =>
  git(work, '--git-dir=.git/coord/store.git', 'rev-parse', 'coord');

beforeAll(async () => {
  work = await newLog();
  ui = join(work, 'src', 'ui');
  await mkdir(ui, { recursive: true });
  await writeFile(join(ui, 'button.ts'), '');
});

describe('a path', () => {
  it('that begins with ./ or ../ is locked and unlocked from the current folder', async () => {
    const { answer } = await codex(ui, 'lock', './button.ts', '../api/', '@build');
    expect(answer.result['locks']).toMatchObject([
      { scope: '@build' },
      { scope: 'src/api/**' },
      { scope: 'src/ui/button.ts' },
    ]);
    expect(answer.result).not.toHaveProperty('notes');
    const all = await codex(work, 'unlock', './src/ui/button.ts', 'src/api/', '@build');
    expect(all.status).toBe(0);
  });

  it('of every field that takes one is meant so', async () => {
    const added = await inside(ui, ['task', 'add', 'x', '--files', './*.ts', '--files', 'docs/**']);
    expect(added.answer.result['task']).toMatchObject({ files: ['src/ui/*.ts', 'docs/**'] });
    const granted = await inside(ui, ['grant', 'codex', '..', '1h', '--why', './']);
    expect(granted.answer.result['grant']).toMatchObject({ glob: 'src/', why: './' });
  });

  it('that only the current folder has is locked from the root, and the answer says so', async () => {
    const { status, answer } = await codex(ui, 'lock', 'button.ts');
    expect(status).toBe(0);
    expect(answer.result['locks']).toMatchObject([{ scope: 'button.ts' }]);
    const note = expect.stringContaining('as ./button.ts does') as unknown;
    expect(answer.result['notes']).toEqual([note]);
    const { out } = await runShell(['-C', ui, 'lock', 'button.ts', '--as', 'codex']);
    expect(out).toContain('\nNote: Read from the root of the repository: button.ts.');
  });

  it('out of the repository, or with dots inside, is a usage error, and nothing is done', async () => {
    const before = await head();
    const out = await codex(ui, 'lock', '../../../x');
    expect(out.status).toBe(2);
    expect(out.answer.error).toMatchObject({ kind: 'usage', code: 'path-outside' });
    const within = await codex(ui, 'lock', 'a/../b');
    expect(within).toMatchObject({ status: 2, answer: { error: { code: 'bad-input' } } });
    expect(await head()).toBe(before);
  });
});

describe('evidence', () => {
  it('is the commit that a revision names; what has a form of its own stays', async () => {
    const commit = (await git(work, 'rev-parse', 'HEAD')).trim();
    await codex(work, 'claim', 'T-1');
    const { answer } = await codex(ui, 'done', 'T-1', '--evidence', 'HEAD', '--evidence', '#12');
    expect(answer.result['task']).toMatchObject({ verified: true, evidence: [commit, '#12'] });
  });

  it('in plain words is a usage error that says what there is to give', async () => {
    await inside(work, ['task', 'add', 'y']);
    const prose = await inside(work, ['done', 'T-2', '--evidence', 'I tested it']);
    expect(prose).toMatchObject({ status: 2, answer: { error: { code: 'bad-input' } } });
    expect(prose.answer.error.message).toContain('HEAD or a branch too), #12, owner/repo#12');
    const short = await inside(work, ['done', 'T-2', '--evidence', '0000000']);
    expect(short).toMatchObject({ status: 2, answer: { error: { code: 'revision-unknown' } } });
  });
});

it('outside of a repository a command with a path says that there is none', async () => {
  const run = await inside(await newFolder(), ['lock', './x']);
  expect(run).toMatchObject({ status: 3, answer: { error: { code: 'no-repository' } } });
});
