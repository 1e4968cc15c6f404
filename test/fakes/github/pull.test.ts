// Pull requests: statuses of files, renames, pages, the caps on files and commits, forks, merges.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileInput } from './change/file-input.ts';
import { at, list, numberAt, rest, textAt } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import { ObjectStore } from './git/object-store.ts';
import type { RepositoryHandle } from './repository-handle.ts';

const pulls = '/repos/octo/demo/pulls';
const body = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('');
let fake: FakeGitHub;
let demo: RepositoryHandle;
let token: string;

beforeAll(async () => {
  fake = await startFakeGitHub();
  demo = await fake.addRepository('octo/demo', {
    files: {
      'README.md': '# demo\n',
      'src/old name.ts': body,
      'src/edit.ts': body,
      'src/gone.ts': 'bye\n',
      'run.sh': 'echo hi\n',
      'was-file': 'text\n',
      'image.bin': Buffer.from([0, 1, 2]),
    },
  });
  const permissions = { pull_requests: 'write', contents: 'write' } as const;
  token = (await fake.createApp({ name: 'coord', permissions, events: [] })).createToken();
});
afterAll(() => fake.stop());

async function open(branch: string, files: Readonly<Record<string, FileInput>>): Promise<number> {
  await demo.seed({ branch, files });
  return await demo.openPullRequest({ head: branch, author: 'ada' });
}

/** All files over all pages, as `status name <- previous name`. */
async function files(number: number): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let page = 1; ; page += 1) {
    const query = `per_page=100&page=${page}`;
    const answer = await rest(fake, `GET ${pulls}/${number}/files?${query}`, { token });
    expect(answer.status).toBe(200);
    all.push(...list(answer.body));
    if (answer.headers.get('link')?.includes('rel="next"') !== true) return all;
  }
}

describe('the files of a pull request', () => {
  it('have every status, both names of a rename, counts, and a patch only where there is one', async () => {
    const run = await demo.entry('main', 'run.sh');
    const number = await open('all-kinds', {
      'src/new name.ts': body,
      'src/old name.ts': null,
      'src/edit.ts': body.replace('line 3\n', 'line three\n'),
      'src/gone.ts': null,
      'src/added.ts': 'one\ntwo\n',
      'run.sh': { oid: run?.oid ?? '', mode: '100755' },
      'was-file': { content: 'README.md', mode: '120000' },
      'image.bin': Buffer.from([0, 9, 9]),
      'vendor/lib': { submodule: '1'.repeat(40) },
    });
    const listed = await files(number);
    const summary = listed.map((file) => {
      const hasPrevious = at(file, 'previous_filename') !== undefined;
      const from = hasPrevious ? ` <- ${textAt(file, 'previous_filename')}` : '';
      return `${textAt(file, 'status')} ${textAt(file, 'filename')}${from}`;
    });
    expect(summary.sort()).toEqual([
      'added src/added.ts',
      'added vendor/lib',
      'changed run.sh',
      'changed was-file',
      'modified image.bin',
      'modified src/edit.ts',
      'removed src/gone.ts',
      'renamed src/new name.ts <- src/old name.ts',
    ]);
    const by = (name: string): unknown => listed.find((file) => textAt(file, 'filename') === name);
    expect(by('src/edit.ts')).toMatchObject({ additions: 1, deletions: 1, changes: 2 });
    expect(textAt(by('src/edit.ts'), 'patch')).toMatch(/^@@ -1,7 \+1,7 @@/);
    expect(textAt(by('src/added.ts'), 'patch')).toBe('@@ -0,0 +1,2 @@\n+one\n+two');
    expect(at(by('image.bin'), 'patch')).toBeUndefined();
    expect(at(by('was-file'), 'patch')).toBeUndefined();
    expect(at(by('run.sh'), 'patch')).toBeUndefined();
    const pull = await rest(fake, `GET ${pulls}/${number}`, { token });
    expect(pull.body).toMatchObject({ changed_files: 8, commits: 1, additions: 5, deletions: 3 });
    expect(fake.violations).toEqual([]);
  });

  it('have no patch when a single file is larger than GitHub shows', async () => {
    const number = await open('huge', { 'huge.txt': 'x'.repeat(79).concat('\n').repeat(7000) });
    const [file] = await files(number);
    expect(file).toMatchObject({ status: 'added', additions: 7000 });
    expect(at(file, 'patch')).toBeUndefined();
  });

  it('are judged from the merge base, so a moved base branch adds nothing', async () => {
    const number = await open('behind', { 'mine.txt': 'mine\n' });
    await demo.push({ files: { 'theirs.txt': 'theirs\n' } });
    expect((await files(number)).map((file) => textAt(file, 'filename'))).toEqual(['mine.txt']);
  });

  it('end at 3,000, while changed_files tells how many there are', async () => {
    const many = Array.from(
      { length: 3001 },
      (_, index) => [`many/${index}.txt`, 'same\n'] as const,
    );
    const number = await open('many', Object.fromEntries(many));
    expect(await files(number)).toHaveLength(3000);
    const pull = await rest(fake, `GET ${pulls}/${number}`, { token });
    expect(at(pull.body, 'changed_files')).toBe(3001);
  });
});

describe('pull requests', () => {
  it('show at most 250 commits', async () => {
    const objects = new ObjectStore(demo.gitDir);
    const base = await objects.commit((await demo.head()) ?? '');
    if (base === null) throw new Error('There is no main.');
    let oid = base.oid;
    for (let index = 0; index < 252; index += 1) {
      oid = await objects.writeCommit({ ...base, parents: [oid], message: `c${index}` });
    }
    await objects.close();
    await demo.setBranch('long', oid);
    const number = await demo.openPullRequest({ head: 'long', author: 'ada' });
    const last = await rest(fake, `GET ${pulls}/${number}/commits?per_page=100&page=3`, { token });
    expect(list(last.body)).toHaveLength(50);
    const pull = await rest(fake, `GET ${pulls}/${number}`, { token });
    expect(at(pull.body, 'commits')).toBe(252);
  });

  it('follow their head branch and keep refs/pull/N/head', async () => {
    const number = await open('moving', { 'm.txt': '1\n' });
    const before = demo.pull(number).pull.headSha;
    const after = await demo.push({ branch: 'moving', files: { 'm.txt': '2\n' }, author: 'ada' });
    const pull = await rest(fake, `GET ${pulls}/${number}`, { token });
    expect(textAt(pull.body, 'head.sha')).toBe(after);
    expect(after).not.toBe(before);
    const ref = await rest(fake, `GET /repos/octo/demo/git/ref/pull/${number}/head`, { token });
    expect(textAt(ref.body, 'object.sha')).toBe(after);
  });

  it('come from forks: the commits are readable here, the branch is not', async () => {
    const fork = await demo.fork('eve');
    const sha = await fork.seed({ branch: 'patch-1', files: { 'eve.txt': 'hi\n' }, author: 'eve' });
    const number = await demo.openPullRequest({ head: 'patch-1', from: fork, author: 'eve' });
    const pull = await rest(fake, `GET ${pulls}/${number}`, { token });
    expect(pull.body).toMatchObject({
      head: { sha, label: 'eve:patch-1', repo: { full_name: 'eve/demo', fork: true } },
      base: { repo: { full_name: 'octo/demo' } },
    });
    expect((await files(number)).map((file) => textAt(file, 'filename'))).toEqual(['eve.txt']);
    expect((await rest(fake, 'GET /repos/octo/demo/branches/patch-1', { token })).status).toBe(404);
    expect((await rest(fake, `GET /repos/octo/demo/git/commits/${sha}`, { token })).status).toBe(
      200,
    );
  });

  it('merge with a commit signed by GitHub, and refuse a head that moved', async () => {
    const number = await open('merge-me', { 'merged.txt': 'yes\n' });
    const merge = `PUT ${pulls}/${number}/merge`;
    const moved = await rest(fake, merge, { token, body: { sha: '1'.repeat(40) } });
    expect(moved.status).toBe(409);
    const done = await rest(fake, merge, { token, body: { sha: demo.pull(number).pull.headSha } });
    expect(done.status).toBe(200);
    expect(demo.isSigned(textAt(done.body, 'sha'))).toBe(true);
    expect(await demo.read('main', 'merged.txt')).toBe('yes\n');
    const pull = await rest(fake, `GET ${pulls}/${number}`, { token });
    expect(pull.body).toMatchObject({ merged: true, state: 'closed', changed_files: 1 });
  });

  it('are created, listed and filtered over REST; unrelated histories are refused', async () => {
    await demo.seed({ branch: 'by-api', files: { 'api.txt': 'api\n' } });
    const made = await rest(fake, `POST ${pulls}`, {
      token,
      body: { title: 'By API', head: 'by-api', base: 'main' },
    });
    expect(made.status).toBe(201);
    const filtered = await rest(fake, `GET ${pulls}?head=octo:by-api&state=all`, { token });
    expect(list(filtered.body).map((each) => numberAt(each, 'number'))).toEqual([
      numberAt(made.body, 'number'),
    ]);
    const missing = { title: 'x', head: 'nowhere', base: 'main' };
    expect((await rest(fake, `POST ${pulls}`, { token, body: missing })).status).toBe(422);
    expect(fake.violations).toEqual([]);
  });
});
