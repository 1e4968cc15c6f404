// Whatever coord does, the user's repository stays as it was: work tree, index, HEAD, refs, depth; in every kind of repository.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import { git } from '../log-forge.ts';

const clones = new Clones();
afterAll(() => clones.remove());
beforeAll(async () => {
  await clones.begin(['ada'], ['a task']);
});

/** Everything of a repository that a command could disturb. */
function stateOf(repository: string): object {
  const isBare = git(repository, ['rev-parse', '--is-bare-repository']).trim() === 'true';
  const gitDir = git(repository, ['rev-parse', '--absolute-git-dir']).trim();
  const common = git(repository, ['rev-parse', '--git-common-dir']).trim();
  const shallow = join(common.startsWith('/') ? common : join(repository, common), 'shallow');
  const refs = git(repository, ['for-each-ref', '--format=%(refname) %(objectname)']);
  return {
    head: readFileSync(join(gitDir, 'HEAD'), 'utf8'),
    refs: refs.split('\n'),
    shallow: existsSync(shallow) ? readFileSync(shallow, 'utf8') : null,
    isShallow: git(repository, ['rev-parse', '--is-shallow-repository']).trim(),
    objects: git(repository, ['count-objects', '-v']),
    config: git(repository, ['config', '--local', '--list']),
    status: isBare ? '' : git(repository, ['status', '--porcelain', '--untracked-files=all']),
    fsck: git(repository, ['fsck', '--no-dangling']),
  };
}

const name = (kind: string): string => `${kind} dir ünï`;

/** Makes a repository of the kind and answers the directory to work in. */
const kinds: Readonly<Record<string, () => string>> = {
  'a clone': () => clones.clone(name('plain')),
  'a subdirectory': () => {
    const inner = join(clones.clone(name('outer')), 'src', 'öé 1');
    mkdirSync(inner, { recursive: true });
    return inner;
  },
  'a shallow clone': () => {
    const path = join(clones.folder, name('shallow'));
    const url = `file://${encodeURI(clones.remote)}`;
    git(clones.folder, ['clone', '-q', '--depth=1', '--no-single-branch', url, path]);
    return path;
  },
  'a bare repository': () => {
    const path = clones.clone(name('bare'), '--bare');
    return path;
  },
  'a linked worktree': () => {
    const path = join(clones.folder, name('linked'));
    const main = clones.clone(name('main'));
    git(main, ['worktree', 'add', '-q', '-b', 'topic', path]);
    return path;
  },
};

describe("the user's repository", () => {
  it.each(Object.keys(kinds))('stays untouched: %s', async (kind) => {
    const directory = kinds[kind]?.() ?? '';
    const isBare = kind.includes('bare');
    if (!isBare) {
      writeFileSync(join(directory, 'untracked.txt'), 'mine');
      writeFileSync(join(directory, 'staged.txt'), 'mine');
      git(directory, ['add', 'staged.txt']);
    }
    const before = stateOf(directory);
    const lines = [
      ['status'],
      ['status', '--offline'],
      ['task', 'add', `from ${kind}`, '--as', 'ada'],
      ['lock', `src/${kind.replaceAll(' ', '-')}/**`, '--as', 'ada', '--offline'],
      ['sync'],
      ['verify'],
    ];
    for (const words of lines) {
      const said = await say(directory, ...words);
      expect([words, said.status, said.error]).toEqual([words, 0, undefined]);
      expect(stateOf(directory)).toEqual(before);
    }
    expect(JSON.stringify(clones.records().at(-1))).toContain('lock.acquired');
  });

  it('may name its objects by SHA-256', async () => {
    const path = join(clones.folder, 'sha256');
    git(clones.folder, ['init', '-q', '--object-format=sha256', path]);
    git(path, ['commit', '-q', '--allow-empty', '-m', 'seed']);
    const before = stateOf(path);
    expect((await say(path, 'init')).status).toBe(0);
    expect((await say(path, 'agent', 'join', 'ada', '--as', 'ada')).status).toBe(0);
    expect((await say(path, 'status')).status).toBe(0);
    expect(await say(path, 'verify')).toMatchObject({ status: 0, result: { valid: true } });
    expect(stateOf(path)).toEqual(before);
  });

  it('shows the same log in all its worktrees', async () => {
    const main = clones.clone('trunk');
    const linked = join(clones.folder, 'branch off');
    git(main, ['worktree', 'add', '-q', '-b', 'side', linked]);
    await say(linked, 'task', 'add', 'from the side', '--as', 'ada', '--offline');
    const tasks = await say(main, 'task', 'list', '--offline');
    expect(JSON.stringify(tasks.result)).toContain('from the side');
  });
});
