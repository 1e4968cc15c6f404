// A sync says when the policy of the clone is read from a branch that has moved on the remote, and fetches nothing itself.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import { git } from '../log-forge.ts';
import { runShell } from '../shell.ts';

let clones: Clones;
let first: string;
beforeEach(async () => {
  clones = new Clones();
  first = await clones.begin(['ada']);
});
afterEach(() => clones.remove());

const tip = (repository: string, ref: string): string =>
  git(repository, ['rev-parse', '--verify', ref]).trim();
const short = (repository: string, ref: string): string => tip(repository, ref).slice(0, 10);

/** Somebody else's commit on a branch of the remote. */
function moveOn(branch = 'main'): void {
  const seed = `${clones.folder}/seed`;
  git(seed, ['commit', '-q', '--allow-empty', '-m', 'more']);
  git(seed, ['push', '-q', clones.remote, `HEAD:refs/heads/${branch}`]);
}

const userRefs = (): string => git(first, ['for-each-ref']);

describe('a sync', () => {
  const sync = (...flags: string[]): ReturnType<typeof runShell> =>
    runShell(['-C', first, 'sync', ...flags]);

  it('says that the base branch has moved, until it is fetched', async () => {
    expect(await sync()).toMatchObject({ status: 0, err: '' });
    const at = short(first, 'origin/main');
    moveOn();
    const before = userRefs();
    const note = `policy is read from origin/main at ${at}, the remote has moved: run \`git fetch origin\`.`;
    const said = await sync();
    expect([said.status, said.err]).toEqual([0, `coord: ${note}`]);
    expect(said.out).toMatch(/^In sync with origin at seq \d+\.$/);
    const { result } = JSON.parse((await sync('--json')).out) as { result: object };
    expect(result).toMatchObject({ confirmed: true, notes: [note] });
    expect(userRefs()).toBe(before);
    git(first, ['fetch', '-q', 'origin']);
    expect(await sync()).toMatchObject({ status: 0, err: '' });
    const quiet = JSON.parse((await sync('--json')).out) as { result: object };
    expect(quiet.result).not.toHaveProperty('notes');
  });

  it('says which branch is the default now, and how the clone learns of it', async () => {
    moveOn('trunk');
    git(clones.remote, ['symbolic-ref', 'HEAD', 'refs/heads/trunk']);
    const { result } = await say(first, 'sync');
    const at = short(first, 'origin/main');
    expect(result['notes']).toEqual([
      `policy is read from origin/main at ${at}, the remote has moved: run \`git fetch origin\`, ` +
        'then `git remote set-head origin --auto`: its default branch is trunk.',
    ]);
    git(first, ['fetch', '-q', 'origin']);
    git(first, ['remote', 'set-head', 'origin', '--auto']);
    expect((await say(first, 'sync')).result).not.toHaveProperty('notes');
  });

  it('says so where the policy comes from a local branch, as nothing was ever fetched', async () => {
    moveOn();
    for (const ref of ['HEAD', 'main'])
      git(first, ['update-ref', '--no-deref', '-d', `refs/remotes/origin/${ref}`]);
    const { result } = await say(first, 'sync');
    const at = short(first, 'main');
    expect(result['notes']).toEqual([expect.stringContaining(`policy is read from main at ${at}`)]);
  });

  it('says nothing of a remote without a branch to read a policy from', async () => {
    git(clones.remote, ['symbolic-ref', 'HEAD', 'refs/heads/nowhere']);
    const said = await say(first, 'sync');
    expect([said.status, said.err]).toEqual([0, '']);
  });

  it('says that it does not know where only the log can be reached', async () => {
    const code = join(clones.folder, 'acme', 'code.git');
    const apart = join(clones.folder, 'octo', 'log.git');
    git(clones.folder, ['clone', '-q', '--bare', clones.remote, code]);
    git(clones.folder, ['init', '-q', '--bare', apart]);
    const clone = join(clones.folder, 'apart');
    git(clones.folder, ['clone', '-q', code, clone]);
    mkdirSync(join(clone, '.github'));
    writeFileSync(
      join(clone, '.github', 'coord.yml'),
      'version: 1\nlog: { repository: octo/log }\n',
    );
    git(clone, ['add', '.']);
    git(clone, ['commit', '-q', '-m', 'policy']);
    git(clone, ['push', '-q', 'origin', 'HEAD:main']);
    expect(await say(clone, 'init')).toMatchObject({ result: { confirmed: true } });
    expect((await say(clone, 'sync')).err).toBe('');
    renameSync(code, `${code}.away`);
    const { status, result, err } = await say(clone, 'sync');
    expect([status, result['confirmed']]).toEqual([0, true]);
    expect(err).toContain('coord: whether origin has a newer policy is not known. origin: ');
    expect(result['notes']).toEqual([expect.stringContaining('--offline works without it')]);
  });
});
