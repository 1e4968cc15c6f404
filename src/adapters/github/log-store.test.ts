// The log on GitHub, call by call: lost races, unknown outcomes, cut texts, pages, whose commits vouch.
import { Octokit } from '@octokit/rest';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommitDraft, LogStore } from '../../log/store.ts';
import { githubLog } from './log-store.ts';

const api = 'https://api.github.com';
const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string];

beforeEach(() => {
  nock.disableNetConnect();
});

afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
  nock.enableNetConnect();
});

function open(): LogStore {
  const silent = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };
  const repository = { owner: 'octo', repo: 'demo' };
  return githubLog({ client: new Octokit({ log: silent }), repository, appSlug: 'coord' });
}

interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Answers the next GraphQL call and keeps what was asked. */
function graphql(answer: object): Asked[] {
  const asked: Asked[] = [];
  nock(api)
    .post('/graphql')
    .reply(200, (_uri, body) => {
      asked.push(body as unknown as Asked);
      return answer;
    });
  return asked;
}

interface Signed {
  readonly email?: string;
  readonly signature?: object | null;
  readonly batch?: object | null;
}

function node(oid: string, parent: string | null, signed: Signed = {}): object {
  const { email = '1+coord[bot]@users.noreply.github.com', signature = null } = signed;
  const batch = { oid: c, text: `${oid.slice(0, 1)}\n`, isTruncated: false };
  return {
    ...{ oid, message: `of ${oid}`, author: { email }, signature },
    parents: { nodes: parent === null ? [] : [{ oid: parent }] },
    file: { object: signed.batch === undefined ? batch : signed.batch },
  };
}

function page(nodes: readonly object[], cursor: string | null = null): object {
  const pageInfo = { hasNextPage: cursor !== null, endCursor: cursor };
  const target = { oid: b, history: { nodes, pageInfo } };
  return { data: { repository: { ref: { target } } } };
}

const draft: CommitDraft = {
  message: '1 command: lock\n\nCoord-Seq: 2\n',
  at: '2026-11-20T12:00:00.000Z',
  files: new Map([['batch.ndjson', 'x\n']]),
  removed: [],
  replacesCheckpoint: false,
};

describe('an append', () => {
  it('names the head that it expects, and answers the new one', async () => {
    const asked = graphql({ data: { createCommitOnBranch: { commit: { oid: b } } } });
    expect(await open().append(draft, a)).toEqual({ ok: true, oid: b });
    expect(asked[0]?.variables['input']).toEqual({
      branch: { repositoryNameWithOwner: 'octo/demo', branchName: 'coord' },
      message: { headline: '1 command: lock', body: 'Coord-Seq: 2' },
      expectedHeadOid: a,
      fileChanges: { additions: [{ path: 'batch.ndjson', contents: 'eAo=' }], deletions: [] },
    });
  });

  it('is lost when the branch is elsewhere', async () => {
    const message = `Expected branch to point to "${a}" but it did not.  Pull and try again.`;
    graphql({ data: null, errors: [{ type: 'STALE_DATA', message }] });
    expect(await open().append(draft, a)).toEqual({ ok: false, reason: 'stale' });
  });

  it.each([
    ['a connection that broke', () => nock(api).post('/graphql').replyWithError('socket hang up')],
    ['a server error', () => nock(api).post('/graphql').reply(502, 'Bad Gateway')],
  ])('has an unknown outcome after %s, and is not sent again', async (_name, plan) => {
    plan();
    expect(await open().append(draft, a)).toMatchObject({ ok: false, reason: 'unknown' });
  });

  it('goes by git objects where the server has no such mutation, from then on without asking', async () => {
    const message = "Field 'createCommitOnBranch' doesn't exist on type 'Mutation'";
    graphql({ errors: [{ message }] });
    const store = open();
    for (const text of ['x\n', 'y\n']) {
      nock(api)
        .get(`/repos/octo/demo/git/commits/${a}`)
        .reply(200, { tree: { sha: c } });
      const entry = { path: 'batch.ndjson', mode: '100644', type: 'blob', content: text };
      const gone = { path: 'checkpoint/old.json', mode: '100644', type: 'blob', sha: null };
      nock(api)
        .post('/repos/octo/demo/git/trees', { base_tree: c, tree: [gone, entry] })
        .reply(201, { sha: b });
      nock(api)
        .post('/repos/octo/demo/git/commits', { message: draft.message, tree: b, parents: [a] })
        .reply(201, { sha: b });
      nock(api)
        .patch('/repos/octo/demo/git/refs/heads%2Fcoord', { sha: b, force: false })
        .reply(200, {});
      const files = new Map([['batch.ndjson', text]]);
      const removed = ['checkpoint/old.json'];
      expect(await store.append({ ...draft, files, removed }, a)).toEqual({ ok: true, oid: b });
    }
  });

  it('that GitHub refuses is a fault', async () => {
    graphql({ data: null, errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible.' }] });
    await expect(open().append(draft, a)).rejects.toThrow(
      'GitHub could not write the log: Request failed due to following response errors:',
    );
  });

  it('with a checkpoint takes away what the old one had beyond it', async () => {
    const blob = { oid: a };
    const part = { name: '0', object: { entries: [{ name: '03.json', object: blob }] } };
    const entries = [
      { name: 'lock.json', object: blob },
      { name: 'old.json', object: blob },
      { name: 'task', object: { entries: [part] } },
    ];
    graphql({
      data: { repository: { object: { entries } } },
    });
    const asked = graphql({ data: { createCommitOnBranch: { commit: { oid: b } } } });
    const files = new Map([...draft.files, ['checkpoint/lock.json', '{}\n']]);
    await open().append({ ...draft, files, replacesCheckpoint: true }, a);
    expect(asked[0]?.variables['input']).toMatchObject({
      fileChanges: {
        deletions: [{ path: 'checkpoint/old.json' }, { path: 'checkpoint/task/0/03.json' }],
      },
    });
  });

  it('with parts of a checkpoint takes away what the draft names, and asks for nothing', async () => {
    const asked = graphql({ data: { createCommitOnBranch: { commit: { oid: b } } } });
    const files = new Map([...draft.files, ['checkpoint/task/0/04.json', '[]\n']]);
    await open().append({ ...draft, files, removed: ['checkpoint/task/0/03.json'] }, a);
    expect(asked[0]?.variables['input']).toMatchObject({
      fileChanges: { deletions: [{ path: 'checkpoint/task/0/03.json' }] },
    });
  });
});

describe('the genesis', () => {
  const make = (status: number, answer: object): void => {
    nock(api).post('/repos/octo/demo/git/trees').reply(201, { sha: a });
    nock(api)
      .post('/repos/octo/demo/git/commits', { message: draft.message, tree: a, parents: [] })
      .reply(201, { sha: b });
    nock(api)
      .post('/repos/octo/demo/git/refs', { ref: 'refs/heads/coord', sha: b })
      .reply(status, answer);
  };

  it('is the commit of whoever makes the branch first', async () => {
    make(201, {});
    expect(await open().append(draft, null)).toEqual({ ok: true, oid: b });
    make(422, { message: 'Reference already exists' });
    expect(await open().append(draft, null)).toEqual({ ok: false, reason: 'stale' });
  });

  it('has an unknown outcome when the answer is lost', async () => {
    make(500, {});
    expect(await open().append(draft, null)).toMatchObject({ ok: false, reason: 'unknown' });
  });
});

describe('a read', () => {
  it('asks for page after page, never for more than GitHub gives', async () => {
    const first = graphql(page([node(b, a)], 'cursor 1'));
    const second = graphql(page([node(a, null)]));
    const { commits, head, isComplete } = await open().read({ commitsMax: 500 });
    expect(commits.map(({ oid }) => oid)).toEqual([a, b]);
    expect([head, isComplete]).toEqual([b, true]);
    expect(first[0]?.variables).toMatchObject({ first: 100, after: null });
    expect(second[0]?.variables).toMatchObject({ first: 100, after: 'cursor 1' });
  });

  it('asks for few where only news are wanted', async () => {
    const asked = graphql(page([node(b, a), node(a, null)]));
    const { commits, isComplete } = await open().read({ until: a, commitsMax: 97 });
    expect(commits.map(({ oid }) => oid)).toEqual([b]);
    expect(isComplete).toBe(true);
    expect(asked[0]?.variables['first']).toBe(10);
  });

  it('reads a text that GraphQL cuts by REST, whole', async () => {
    graphql(page([node(a, null, { batch: { oid: c, text: 'cut', isTruncated: true } })]));
    const content = Buffer.from('whole\n').toString('base64');
    nock(api).get(`/repos/octo/demo/git/blobs/${c}`).reply(200, { content, encoding: 'base64' });
    const { commits } = await open().read({ commitsMax: 1 });
    expect(commits[0]?.batch).toBe('whole\n');
  });

  it('is a loud fault where a commit has no batch', async () => {
    graphql(page([node(a, null, { batch: null })]));
    await expect(open().read({ commitsMax: 1 })).rejects.toThrow(
      `Commit ${a} on the log of octo/demo`,
    );
  });

  it('is a fault where the repository is not shown to us', async () => {
    graphql({ data: { repository: null } });
    await expect(open().head()).rejects.toThrow('GitHub shows no repository octo/demo to us.');
  });
});

describe('the provenance of a commit', () => {
  const good = { isValid: true, wasSignedByGitHub: true };

  it.each([
    ['signed by GitHub for our App', { signature: good }, 'github'],
    ['not signed', { signature: null }, 'elsewhere'],
    ['signed by somebody', { signature: { isValid: true, wasSignedByGitHub: false } }, 'elsewhere'],
    ['badly signed', { signature: { isValid: false, wasSignedByGitHub: true } }, 'elsewhere'],
    ['of a person', { signature: good, email: '7+ada@users.noreply.github.com' }, 'elsewhere'],
    [
      'of another App',
      { signature: good, email: '7+coord-x[bot]@users.noreply.github.com' },
      'elsewhere',
    ],
    [
      'of a person whose address looks like it',
      { signature: good, email: 'coord[bot]@example.com' },
      'elsewhere',
    ],
  ])('%s', async (_name, signed, expected) => {
    graphql(page([node(a, null, signed)]));
    const { commits } = await open().read({ commitsMax: 1 });
    expect(commits[0]?.provenance).toBe(expected);
  });
});
