// createCommitOnBranch: a compare-and-swap on a real branch, signed by GitHub, with GitHub's refusals.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, graphql, list, rest, textAt } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import { git } from './git/run.ts';
import type { RepositoryHandle } from './repository-handle.ts';

const mutation = `mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) {
    commit { oid author { name user { login } } committer { name email }
      signature { isValid wasSignedByGitHub state signer { login } } }
    ref { name target { oid } } } }`;
let fake: FakeGitHub;
let demo: RepositoryHandle;
let token: string;

beforeAll(async () => {
  fake = await startFakeGitHub();
  demo = await fake.addRepository('octo/demo', {
    files: { 'dir/keep.txt': 'k', 'dir/gone.txt': 'g' },
  });
  const permissions = { contents: 'write' } as const;
  token = (await fake.createApp({ name: 'coord', permissions, events: [] })).createToken();
});
afterAll(async () => {
  expect(fake.violations).toEqual([]);
  await fake.stop();
});

interface Change {
  readonly branch: string;
  readonly expected: string;
  readonly additions?: Readonly<Record<string, string>>;
  readonly deletions?: readonly string[];
  readonly token?: string;
}

async function commit(change: Change): Promise<unknown> {
  const { branch, expected, additions = {}, deletions = [] } = change;
  const input = {
    branch: { repositoryNameWithOwner: 'octo/demo', branchName: branch },
    expectedHeadOid: expected,
    message: { headline: '1 command: lock', body: 'Coord-Seq: 1' },
    fileChanges: {
      additions: Object.entries(additions).map(([path, text]) => {
        return { path, contents: Buffer.from(text).toString('base64') };
      }),
      deletions: deletions.map((path) => ({ path })),
    },
  };
  const answer = await graphql(fake, change.token ?? token, mutation, { input });
  expect(answer.status).toBe(200);
  return answer.body;
}

async function branch(name: string): Promise<string> {
  const head = (await demo.head()) ?? '';
  await demo.setBranch(name, head);
  return head;
}

describe('createCommitOnBranch', () => {
  it('puts a signed commit of the bot on the branch, with GitHub as committer', async () => {
    const expected = await branch('good');
    const answer = await commit({
      branch: 'good',
      expected,
      additions: { 'batch.ndjson': '{"seq":1}\n', 'dir/new.txt': 'n' },
      deletions: ['dir/gone.txt'],
    });
    const oid = textAt(answer, 'data.createCommitOnBranch.commit.oid');
    expect(at(answer, 'data.createCommitOnBranch')).toMatchObject({
      commit: {
        author: { name: 'coord[bot]', user: { login: 'coord[bot]' } },
        committer: { name: 'GitHub', email: 'noreply@github.com' },
        signature: {
          isValid: true,
          wasSignedByGitHub: true,
          state: 'VALID',
          signer: { login: 'web-flow' },
        },
      },
      ref: { name: 'good', target: { oid } },
    });
    expect(await git(demo.gitDir, 'ls-tree', '-r', '--name-only', 'good')).toBe(
      'batch.ndjson\ndir/keep.txt\ndir/new.txt\n',
    );
    const message = await git(demo.gitDir, 'log', '-1', '--format=%B', 'good');
    expect(message.trim()).toBe('1 command: lock\n\nCoord-Seq: 1');
    expect(await git(demo.gitDir, 'fsck', '--strict', '--no-dangling')).toBe('');
    const shown = await rest(fake, `GET /repos/octo/demo/git/commits/${oid}`, { token });
    expect(at(shown.body, 'verification.verified')).toBe(true);
  });

  it('answers STALE_DATA with status 200 when the branch moved, and changes nothing', async () => {
    const expected = await branch('stale');
    await commit({ branch: 'stale', expected, additions: { a: '1' } });
    const head = await demo.head('stale');
    const late = await commit({ branch: 'stale', expected, additions: { a: '2' } });
    expect(late).toMatchObject({
      data: { createCommitOnBranch: null },
      errors: [
        {
          type: 'STALE_DATA',
          path: ['createCommitOnBranch'],
          message: `Expected branch to point to "${expected}" but it did not.  Pull and try again.`,
        },
      ],
    });
    expect(await demo.head('stale')).toBe(head);
  });

  it('lets exactly one of many writers on one head win', async () => {
    const expected = await branch('race');
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => {
        return commit({ branch: 'race', expected, additions: { who: String(index) } });
      }),
    );
    const types = answers.map((answer) => at(answer, 'errors.0.type'));
    expect(types.filter((type) => type === undefined)).toHaveLength(1);
    expect(types.filter((type) => type === 'STALE_DATA')).toHaveLength(11);
    expect(await git(demo.gitDir, 'rev-list', '--count', `${expected}..race`)).toBe('1\n');
  });

  it('refuses a missing branch, an unknown head, a deletion of nothing and a path given twice', async () => {
    const expected = await branch('refused');
    const refusal = async (change: Partial<Change>): Promise<string> => {
      const answer = await commit({ branch: 'refused', expected, ...change });
      return `${textAt(answer, 'errors.0.type')} ${textAt(answer, 'errors.0.message')}`;
    };
    expect(await refusal({ branch: 'none' })).toContain('NOT_FOUND');
    expect(await refusal({ expected: '1'.repeat(40) })).toBe(
      `NOT_FOUND No commit exists with specified expectedHeadOid '${'1'.repeat(40)}'.`,
    );
    expect(await refusal({ deletions: ['none.txt'] })).toContain(
      'requested for deletion which does not exist',
    );
    const twice = { additions: { 'dir/gone.txt': 'x' }, deletions: ['dir/gone.txt'] };
    expect(await refusal(twice)).toContain('UNPROCESSABLE');
    expect(await refusal({ additions: { '../up': 'x' } })).toContain('UNPROCESSABLE');
    expect(await demo.head('refused')).toBe(expected);
  });

  it('needs contents: write; a read-only GITHUB_TOKEN is refused, one with it may', async () => {
    const expected = await branch('actions');
    const tokenWith = (contents: 'read' | 'write'): string => {
      return fake.createActionsToken({ repository: 'octo/demo', permissions: { contents } });
    };
    const refused = await commit({ branch: 'actions', expected, token: tokenWith('read') });
    expect(at(refused, 'errors.0')).toMatchObject({
      type: 'FORBIDDEN',
      message: 'Resource not accessible by integration',
    });
    const made = await commit({ branch: 'actions', expected, token: tokenWith('write') });
    expect(at(made, 'data.createCommitOnBranch.commit.author.name')).toBe('github-actions[bot]');
  });

  it('commits nothing else than the parent has when there are no file changes', async () => {
    const expected = await branch('empty');
    await commit({ branch: 'empty', expected });
    expect(await git(demo.gitDir, 'diff', '--stat', expected, 'empty')).toBe('');
    expect(await git(demo.gitDir, 'rev-list', '--count', `${expected}..empty`)).toBe('1\n');
  });
});

it('creates a ref by GraphQL once, as an election', async () => {
  const query = `mutation($input: CreateRefInput!) { createRef(input: $input) { ref { name } } }`;
  const { body } = await graphql(fake, token, '{ repository(owner: "octo", name: "demo") { id } }');
  const input = {
    repositoryId: textAt(body, 'data.repository.id'),
    name: 'refs/heads/coord',
    oid: await demo.head(),
  };
  const first = await graphql(fake, token, query, { input });
  expect(at(first.body, 'data.createRef.ref.name')).toBe('coord');
  const second = await graphql(fake, token, query, { input });
  expect(list(at(second.body, 'errors')).map((each) => textAt(each, 'message'))).toEqual([
    'A ref named "refs/heads/coord" already exists in the repository.',
  ]);
});
