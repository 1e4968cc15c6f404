// GraphQL reads: history pages, trees, blobs that are cut, signatures, and fields nobody serves.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, graphql, list, textAt } from './client.ts';
import type { FakeGitHub } from './fake-github.ts';
import { startFakeGitHub } from './fake-github.ts';
import type { RepositoryHandle } from './repository-handle.ts';

let fake: FakeGitHub;
let demo: RepositoryHandle;
let token: string;

beforeAll(async () => {
  fake = await startFakeGitHub();
  demo = await fake.addRepository('octo/demo', { files: { 'a.txt': 'v0\n', 'dir/b.txt': 'b\n' } });
  for (const version of [1, 2, 3, 4]) {
    await demo.seed({
      files: { 'a.txt': `v${version}\n` },
      message: `Version ${version}\n\nBody ${version}`,
    });
  }
  const permissions = { contents: 'write', pull_requests: 'read' } as const;
  token = (await fake.createApp({ name: 'coord', permissions, events: [] })).createToken();
});
afterAll(() => fake.stop());

/** Asks for something inside the repository and answers that part of the data. */
async function ask(inner: string): Promise<unknown> {
  const answer = await graphql(
    fake,
    token,
    `{ repository(owner: "octo", name: "demo") { ${inner} } }`,
  );
  expect(answer.status).toBe(200);
  return at(answer.body, 'errors') ?? at(answer.body, 'data.repository');
}

function history(page: string, fields: string): string {
  return `ref(qualifiedName: "refs/heads/main") { target { ... on Commit { history(${page}) { ${fields} } } } }`;
}

describe('history', () => {
  it('gives commits with message, people, tree and file in one query', async () => {
    const data = await ask(
      history(
        'first: 2',
        `totalCount pageInfo { hasNextPage endCursor }
         nodes { oid message messageHeadline messageBody committedDate
           author { name email user { login } } committer { name } parents(first: 1) { nodes { oid } }
           signature { isValid }
           tree { entries { name type mode oid } } file(path: "a.txt") { object { ... on Blob { text byteSize } } } }`,
      ),
    );
    const found = at(data, 'ref.target.history');
    expect(found).toMatchObject({
      totalCount: 5,
      pageInfo: { hasNextPage: true },
      nodes: [
        {
          messageHeadline: 'Version 4',
          messageBody: 'Body 4',
          author: { user: { login: 'octo' } },
          signature: null,
          file: { object: { text: 'v4\n', byteSize: 3 } },
        },
        { message: 'Version 3\n\nBody 3' },
      ],
    });
    expect(at(found, 'nodes.0.tree.entries')).toMatchObject([
      { name: 'a.txt', type: 'blob', mode: 33188 },
      { name: 'dir', type: 'tree', mode: 16384 },
    ]);
    expect(at(found, 'nodes.0.parents.nodes.0.oid')).toBe(at(found, 'nodes.1.oid'));
  });

  it('goes on after a cursor, even when the branch moves in between', async () => {
    const fields = 'nodes { messageHeadline } pageInfo { endCursor hasNextPage }';
    const first = await ask(history('first: 2', fields));
    await demo.seed({ files: { 'a.txt': 'v5\n' }, message: 'Version 5' });
    const cursor = textAt(first, 'ref.target.history.pageInfo.endCursor');
    const second = await ask(history(`first: 100, after: "${cursor}"`, fields));
    const headlines = list(at(second, 'ref.target.history.nodes')).map((node) =>
      textAt(node, 'messageHeadline'),
    );
    expect(headlines).toEqual(['Version 2', 'Version 1', 'Begin.']);
    expect(at(second, 'ref.target.history.pageInfo.hasNextPage')).toBe(false);
  });

  it('refuses more than 100 records, and a page without bounds', async () => {
    expect(await ask(history('first: 101', 'totalCount'))).toMatchObject([
      {
        type: 'EXCESSIVE_PAGINATION',
        message:
          'Requesting 101 records on the `history` connection exceeds the `first` limit of 100 records.',
      },
    ]);
    expect(
      at(await ask(history('first: 100', 'totalCount')), 'ref.target.history.totalCount'),
    ).toBe(6);
    expect(
      await ask(
        'ref(qualifiedName: "main") { target { ... on Commit { history { totalCount } } } }',
      ),
    ).toMatchObject([{ type: 'MISSING_PAGINATION_BOUNDARIES' }]);
  });

  it('refuses arguments it would otherwise ignore', async () => {
    expect(
      await ask(history('first: 1, since: "2026-01-01T00:00:00Z"', 'totalCount')),
    ).toMatchObject([{ type: 'NOT_IMPLEMENTED' }]);
    expect(fake.violations.at(-1)).toMatchObject({ kind: 'missing', operation: 'Commit.history' });
  });
});

describe('objects', () => {
  it('are found by expression and by id, and are null where there is nothing', async () => {
    const data = await ask(`
      defaultBranchRef { name prefix }
      byPath: object(expression: "main:dir/b.txt") { __typename ... on Blob { oid text } }
      byRef: object(expression: "refs/heads/main") { __typename oid }
      tree: object(expression: "main:dir") { ... on Tree { entries { path object { __typename } } } }
      missing: object(expression: "main:none") { oid }
      noBranch: ref(qualifiedName: "refs/heads/none") { name }`);
    expect(data).toMatchObject({
      defaultBranchRef: { name: 'main', prefix: 'refs/heads/' },
      byPath: { __typename: 'Blob', text: 'b\n' },
      byRef: { __typename: 'Commit', oid: await demo.head() },
      tree: { entries: [{ path: 'b.txt', object: { __typename: 'Blob' } }] },
      missing: null,
      noBranch: null,
    });
    const oid = textAt(data, 'byPath.oid');
    expect(await ask(`object(oid: "${oid}") { ... on Blob { text } }`)).toEqual({
      object: { text: 'b\n' },
    });
  });

  it('have their text cut at 512,000 bytes and say so; binary files have none', async () => {
    await demo.seed({
      branch: 'blobs',
      files: {
        full: 'x'.repeat(512_000),
        long: `${'x'.repeat(511_999)}éé`,
        binary: Buffer.from([1, 0, 2]),
      },
    });
    const blob = '{ ... on Blob { text isTruncated isBinary byteSize } }';
    const data = await ask(
      ['full', 'long', 'binary']
        .map((name) => `${name}: object(expression: "blobs:${name}") ${blob}`)
        .join('\n'),
    );
    expect(data).toMatchObject({
      full: { isTruncated: false, byteSize: 512_000 },
      long: { isTruncated: true, byteSize: 512_003 },
      binary: { text: null, isBinary: true, byteSize: 3 },
    });
    expect(textAt(data, 'full.text')).toHaveLength(512_000);
    expect(Buffer.byteLength(textAt(data, 'long.text'))).toBe(511_999);
  });
});

describe('what is not there', () => {
  it('is an error of GitHub where GitHub has one', async () => {
    const answer = await graphql(fake, token, '{ repository(owner: "octo", name: "none") { id } }');
    expect(answer.body).toMatchObject({
      data: { repository: null },
      errors: [
        {
          type: 'NOT_FOUND',
          message: "Could not resolve to a Repository with the name 'octo/none'.",
        },
      ],
    });
  });

  it('is an error and a violation where only the fake lacks it, never a silent null', async () => {
    const before = fake.violations.length;
    expect(await ask('stargazerCount')).toMatchObject([
      { message: expect.stringContaining('stargazerCount') as unknown },
    ]);
    expect(fake.violations.slice(before)).toMatchObject([
      { kind: 'missing', operation: 'Repository.stargazerCount' },
    ]);
  });

  it('is noted when a query does not fit the schema or a variable its type', async () => {
    const before = fake.violations.length;
    expect(await ask('noSuchField')).toMatchObject([
      { message: expect.stringContaining('noSuchField') as unknown },
    ]);
    const query = 'query($n: String!) { repository(owner: "octo", name: $n) { id } }';
    const wrong = await graphql(fake, token, query, { n: 7 });
    expect(list(at(wrong.body, 'errors'))).toHaveLength(1);
    expect(fake.violations.slice(before).map((each) => each.kind)).toEqual(['request', 'request']);
  });

  it('asks anonymous callers to sign in', async () => {
    const response = await fetch(`${fake.url}/graphql`, {
      method: 'POST',
      body: '{"query":"{ viewer { login } }"}',
    });
    expect(response.status).toBe(401);
  });
});

it('answers viewer, rate limit and a pull request', async () => {
  await demo.seed({ branch: 'topic', files: { 't.txt': 't\n' } });
  const number = await demo.openPullRequest({ head: 'topic', author: 'ada' });
  const query = `{ viewer { login } rateLimit { limit remaining }
    repository(owner: "octo", name: "demo") {
      pullRequest(number: ${number}) { state headRefName changedFiles author { login } } } }`;
  const answer = await graphql(fake, token, query);
  expect(at(answer.body, 'data')).toMatchObject({
    viewer: { login: 'coord[bot]' },
    rateLimit: { limit: 5000 },
    repository: {
      pullRequest: {
        state: 'OPEN',
        headRefName: 'topic',
        changedFiles: 1,
        author: { login: 'ada' },
      },
    },
  });
});
