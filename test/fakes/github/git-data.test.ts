// The Git Data, contents and compare endpoints over a real repository.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, list, rest, textAt } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import { git } from './git/run.ts';
import type { RepositoryHandle } from './repository-handle.ts';

const repo = '/repos/octo/demo';
let fake: FakeGitHub;
let demo: RepositoryHandle;
let token: string;

beforeAll(async () => {
  fake = await startFakeGitHub();
  demo = await fake.addRepository('octo/demo', {
    files: {
      'src/a.ts': 'export const a = 1;\n',
      'link.ts': { content: 'src/a.ts', mode: '120000' },
      'nowhere.ts': { content: '../outside', mode: '120000' },
      'big.txt': 'b'.repeat(1024 * 1024 + 1),
    },
  });
  const permissions = { contents: 'write' } as const;
  token = (await fake.createApp({ name: 'coord', permissions, events: [] })).createToken();
});
afterAll(async () => {
  expect(fake.violations).toEqual([]);
  await fake.stop();
});

async function post(path: string, body: unknown): Promise<unknown> {
  const answer = await rest(fake, `POST ${repo}${path}`, { token, body });
  expect([path, answer.status]).toEqual([path, 201]);
  return answer.body;
}

async function commitOn(parent: string, name: string): Promise<string> {
  const tree = await post('/git/trees', {
    base_tree: parent,
    tree: [{ path: `deep/${name}`, mode: '100644', type: 'blob', content: name }],
  });
  const commit = { message: `Add ${name}`, tree: textAt(tree, 'sha'), parents: [parent] };
  return textAt(await post('/git/commits', commit), 'sha');
}

describe('refs', () => {
  it('are created once; the second creation is the loser of the election', async () => {
    const sha = await demo.head();
    await post('/git/refs', { ref: 'refs/heads/elected', sha });
    const again = { token, body: { ref: 'refs/heads/elected', sha } };
    const lost = await rest(fake, `POST ${repo}/git/refs`, again);
    expect([lost.status, textAt(lost.body, 'message')]).toEqual([422, 'Reference already exists']);
    const race = await Promise.all(
      Array.from({ length: 8 }, () => {
        return rest(fake, `POST ${repo}/git/refs`, {
          token,
          body: { ref: 'refs/heads/race', sha },
        });
      }),
    );
    expect(race.map((each) => each.status).sort()).toEqual([201, ...Array<number>(7).fill(422)]);
  });

  it('refuse unknown objects and bad names', async () => {
    const create = async (ref: string, sha: string): Promise<string> => {
      const answer = await rest(fake, `POST ${repo}/git/refs`, { token, body: { ref, sha } });
      return `${answer.status} ${textAt(answer.body, 'message')}`;
    };
    expect(await create('refs/heads/x', '1'.repeat(40))).toBe('422 Object does not exist');
    expect(await create('refs/heads/a..b', (await demo.head()) ?? '')).toContain(
      '422 Reference name',
    );
  });

  it('move forward only, unless forced, and two writers on one head never both win', async () => {
    const base = (await demo.head()) ?? '';
    await post('/git/refs', { ref: 'refs/heads/cas', sha: base });
    const [one, two] = [await commitOn(base, 'one'), await commitOn(base, 'two')];
    const move = async (sha: string, force?: boolean): Promise<string> => {
      const ask = { token, body: { sha, ...(force === undefined ? {} : { force }) } };
      const answer = await rest(fake, `PATCH ${repo}/git/refs/heads/cas`, ask);
      return `${answer.status} ${textAt(answer.body, 'message')}`;
    };
    const outcomes = (await Promise.all([move(one), move(two)])).sort();
    expect(outcomes).toEqual(['200 undefined', '422 Update is not a fast forward']);
    expect(await move(base)).toBe('422 Update is not a fast forward');
    expect(await move(base, true)).toBe('200 undefined');
    const missing = await rest(fake, `PATCH ${repo}/git/refs/heads/none`, {
      token,
      body: { sha: base },
    });
    expect(textAt(missing.body, 'message')).toBe('Reference does not exist');
  });

  it('are found exactly and by prefix', async () => {
    const exact = await rest(fake, `GET ${repo}/git/ref/heads%2Fmain`, { token });
    expect(textAt(exact.body, 'object.sha')).toBe(await demo.head());
    expect((await rest(fake, `GET ${repo}/git/ref/heads/mai`, { token })).status).toBe(404);
    const prefix = await rest(fake, `GET ${repo}/git/matching-refs/heads/mai`, { token });
    expect(list(prefix.body).map((each) => textAt(each, 'ref'))).toEqual(['refs/heads/main']);
  });
});

describe('objects', () => {
  it('written over REST are sound in the eyes of native git', async () => {
    const base = (await demo.head()) ?? '';
    const blob = await post('/git/blobs', {
      content: Buffer.from('\0bin').toString('base64'),
      encoding: 'base64',
    });
    const tree = await post('/git/trees', {
      base_tree: base,
      tree: [
        { path: 'x/y/bin', mode: '100755', type: 'blob', sha: textAt(blob, 'sha') },
        { path: 'src/a.ts', mode: '100644', type: 'blob', sha: null },
      ],
    });
    const commit = await post('/git/commits', {
      message: 'Mixed',
      tree: textAt(tree, 'sha'),
      parents: [base],
    });
    const sha = textAt(commit, 'sha');
    expect(at(commit, 'verification.verified')).toBe(true);
    await post('/git/refs', { ref: 'refs/heads/mixed', sha });
    const listed = await git(demo.gitDir, 'ls-tree', '-r', '--name-only', sha);
    expect(listed).toBe('big.txt\nlink.ts\nnowhere.ts\nx/y/bin\n');
    expect(await git(demo.gitDir, 'fsck', '--strict', '--no-dangling')).toBe('');
    const own = { message: 'm', tree: textAt(tree, 'sha'), author: { name: 'A', email: 'a@b.c' } };
    expect(at(await post('/git/commits', own), 'verification.verified')).toBe(false);
  });

  it('are listed as trees, flat or recursive', async () => {
    const flat = await rest(fake, `GET ${repo}/git/trees/main`, { token });
    expect(list(at(flat.body, 'tree')).map((each) => textAt(each, 'path'))).toEqual([
      'big.txt',
      'link.ts',
      'nowhere.ts',
      'src',
    ]);
    const deep = await rest(fake, `GET ${repo}/git/trees/main?recursive=1`, { token });
    expect(at(deep.body, 'truncated')).toBe(false);
    expect(list(at(deep.body, 'tree')).map((each) => textAt(each, 'path'))).toContain('src/a.ts');
    const link = list(at(deep.body, 'tree')).find((each) => textAt(each, 'path') === 'link.ts');
    expect(link).toMatchObject({ mode: '120000', type: 'blob', size: 8 });
  });

  it('are read as blobs, base64 or raw', async () => {
    const entry = await demo.entry('main', 'src/a.ts');
    const address = `GET ${repo}/git/blobs/${entry?.oid ?? ''}`;
    const json = await rest(fake, address, { token });
    expect(Buffer.from(textAt(json.body, 'content'), 'base64').toString()).toBe(
      'export const a = 1;\n',
    );
    const raw = await rest(fake, address, { token, accept: 'application/vnd.github.raw' });
    expect(raw.body).toBe('export const a = 1;\n');
    expect((await rest(fake, `GET ${repo}/git/blobs/${'1'.repeat(40)}`, { token })).status).toBe(
      404,
    );
  });

  it('are cut where a recursive tree has more than 100,000 entries', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `f${index}`);
    const files = Object.fromEntries(names.map((name) => [name, 'same']));
    const inner = await demo.seed({ branch: 'wide', parent: (await demo.head()) ?? '', files });
    const oid = (await rest(fake, `GET ${repo}/git/commits/${inner}`, { token })).body;
    const tree = textAt(oid, 'tree.sha');
    const entries = Array.from({ length: 260 }, (_, index) => ({
      path: `d${index}`,
      mode: '040000',
      type: 'tree',
      sha: tree,
    }));
    const wide = await post('/git/trees', { tree: entries });
    const listed = await rest(fake, `GET ${repo}/git/trees/${textAt(wide, 'sha')}?recursive=1`, {
      token,
    });
    expect(at(listed.body, 'truncated')).toBe(true);
    expect(list(at(listed.body, 'tree')).length).toBeLessThanOrEqual(100_000);
  });
});

describe('contents', () => {
  const read = async (path: string, accept?: string): Promise<unknown> => {
    const ask = accept === undefined ? { token } : { token, accept };
    return (await rest(fake, `GET ${repo}/contents/${path}`, ask)).body;
  };

  it('give files at a ref, folders as lists, links as what they lead to', async () => {
    const file = await read('src/a.ts?ref=main');
    expect(file).toMatchObject({ type: 'file', encoding: 'base64', size: 20, path: 'src/a.ts' });
    expect(list(await read('src')).map((each) => textAt(each, 'type'))).toEqual(['file']);
    expect(await read('link.ts')).toMatchObject({ type: 'file', path: 'link.ts', size: 20 });
    expect(await read('nowhere.ts')).toMatchObject({ type: 'symlink', target: '../outside' });
    expect(await read('src/none.ts')).toMatchObject({ message: 'Not Found' });
    expect(await read('src/a.ts?ref=none')).toMatchObject({
      message: 'No commit found for the ref none',
    });
  });

  it('beyond 1 MB carry no content unless asked for raw', async () => {
    expect(await read('big.txt')).toMatchObject({ encoding: 'none', content: '', size: 1_048_577 });
    expect(
      textAt({ raw: await read('big.txt', 'application/vnd.github.raw+json') }, 'raw'),
    ).toHaveLength(1_048_577);
  });
});

describe('comparisons', () => {
  it('count both directions from the merge base', async () => {
    const base = (await demo.head()) ?? '';
    await demo.seed({ branch: 'left', parent: base, files: { 'l.txt': 'l' } });
    await demo.seed({ branch: 'right', parent: base, files: { 'r1.txt': 'r' } });
    await demo.seed({ branch: 'right', files: { 'r2.txt': 'r' } });
    const compared = await rest(fake, `GET ${repo}/compare/left...right`, { token });
    expect(compared.body).toMatchObject({
      status: 'diverged',
      ahead_by: 2,
      behind_by: 1,
      merge_base_commit: { sha: base },
      files: [{ filename: 'r1.txt' }, { filename: 'r2.txt' }],
    });
    expect((await rest(fake, `GET ${repo}/compare/left...nowhere`, { token })).status).toBe(404);
    const commit = await rest(fake, `GET ${repo}/commits/right`, { token });
    expect(commit.body).toMatchObject({ stats: { additions: 1 }, files: [{ filename: 'r2.txt' }] });
    const branch = await rest(fake, `GET ${repo}/branches/right`, { token });
    expect(branch.body).toMatchObject({ name: 'right', protected: false });
    const commits = await rest(fake, `GET ${repo}/commits?sha=right&per_page=2`, { token });
    expect(list(commits.body)).toHaveLength(2);
  });
});
