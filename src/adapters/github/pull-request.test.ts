// What of a pull request cannot be judged whole is said, never passed over.
import { describe, expect, it } from 'vitest';
import type { ChangeSet } from '../../checks/pull-request.ts';
import { limits } from '../../kernel/limits.ts';
import type { GitHubClient } from './client.ts';
import { pullContents } from './pull-request.ts';
import type { PullFacts } from './pull-request.ts';

const repository = { owner: 'octo', repo: 'demo' };

interface Shape {
  readonly changedFiles: number;
  readonly listed: number;
  readonly isTruncated?: boolean;
  /** How many of the listed files the trees hold; all of them by default. */
  readonly inTree?: number;
  readonly status?: string;
}

function clientFor(shape: Shape): GitHubClient {
  const { listed, isTruncated = false, inTree = listed, status = 'added' } = shape;
  const files = Array.from({ length: listed }, (_, index) => ({
    ...{ filename: `f${index}`, status, additions: 1, deletions: 0 },
  }));
  return {
    graphql: () => Promise.reject(new Error('not asked')),
    request: (route, { page = 1 } = {}) => {
      if (route.endsWith('/files')) {
        const end = Number(page) * 100;
        return Promise.resolve({ data: files.slice(end - 100, end) });
      }
      if (route.includes('/compare/')) {
        return Promise.resolve({ data: { merge_base_commit: { sha: 'b'.repeat(40) } } });
      }
      const tree = files
        .slice(0, inTree)
        .map(({ filename }) => ({ path: filename, mode: '100644', type: 'blob', sha: 'c' }));
      return Promise.resolve({ data: { tree, truncated: isTruncated } });
    },
  };
}

async function changesOf(shape: Shape): Promise<ChangeSet> {
  const author = {
    ...{ authorLogin: 'ada', authorId: 1, authorIsBot: false, authorEmail: null },
    ...{ headBranch: 'x', headOwner: 'octo', headIsFork: false, coAuthorEmails: [] },
  };
  const pull: PullFacts = {
    ...{ number: 1, state: 'open', head: 'a'.repeat(40), baseBranch: 'main', author },
    changedFiles: shape.changedFiles,
  };
  return pullContents(clientFor(shape), repository, pull).changes();
}

describe('the changes', () => {
  it('are whole where as many are listed as counted', async () => {
    const { changes, problem } = await changesOf({ changedFiles: 250, listed: 250 });
    expect([changes.length, problem]).toEqual([250, null]);
  });

  it.each([
    [{ changedFiles: 3, listed: 2 }, 'GitHub counts 3 changed files and lists 2.'],
    [{ changedFiles: 3001, listed: 3001 }, '3001 files changed'],
    [{ changedFiles: 1, listed: 1, isTruncated: true }, 'GitHub cuts the tree'],
    [{ changedFiles: 2, listed: 2, inTree: 1 }, 'does not fit the trees'],
    [{ changedFiles: 1, listed: 1, status: 'unheard-of' }, 'does not fit the trees'],
  ])('%j are a problem', async (shape, said) => {
    expect((await changesOf(shape)).problem).toContain(said);
  });

  it('without a whole tree do not tell the paths of the head', async () => {
    const client = clientFor({ changedFiles: 1, listed: 1, isTruncated: true });
    const pull = { head: 'a'.repeat(40), baseBranch: 'main', changedFiles: 1 } as PullFacts;
    expect(await pullContents(client, repository, pull).headPaths()).toBeNull();
  });
});

describe('the entries of a tree', () => {
  const pull = { head: 'a'.repeat(40), baseBranch: 'main', changedFiles: 1 } as PullFacts;

  it('are those of the head and of the merge base, each read once', async () => {
    const asked: string[] = [];
    const client: GitHubClient = {
      graphql: () => Promise.reject(new Error('not asked')),
      request: (route, parameters = {}) => {
        if (route.includes('/compare/')) {
          return Promise.resolve({ data: { merge_base_commit: { sha: 'b'.repeat(40) } } });
        }
        const commit = String(parameters['tree_sha']);
        asked.push(commit);
        const file = { path: 'coverage/lcov.info', mode: '100644', type: 'blob', sha: commit };
        const folder = { path: 'coverage', mode: '040000', type: 'tree', sha: 'd' };
        return Promise.resolve({ data: { tree: [folder, file], truncated: false } });
      },
    };
    const contents = pullContents(client, repository, pull);
    for (const [side, oid] of [
      ['head', 'a'.repeat(40)],
      ['base', 'b'.repeat(40)],
    ] as const) {
      const entries = await contents.entries(side);
      expect([...(entries ?? [])]).toEqual([['coverage/lcov.info', { mode: '100644', oid }]]);
      await contents.entries(side);
    }
    expect(asked).toEqual(['a'.repeat(40), 'b'.repeat(40)]);
  });

  it('that GitHub cuts are not told', async () => {
    const client = clientFor({ changedFiles: 1, listed: 1, isTruncated: true });
    const contents = pullContents(client, repository, pull);
    expect([await contents.entries('head'), await contents.entries('base')]).toEqual([null, null]);
  });
});

describe('a blob', () => {
  const oid = 'c'.repeat(40);

  function contentsOf(byteSize: number): ReturnType<typeof pullContents> {
    const node = { oid, text: 'cut', isTruncated: true, isBinary: false, byteSize };
    const client: GitHubClient = {
      graphql: () => Promise.resolve({ repository: { b0: node } }),
      request: () => Promise.resolve({ data: { content: btoa('the whole') } }),
    };
    return pullContents(client, repository, {} as PullFacts);
  }

  it('may be as large as is asked for, and is read whole', async () => {
    const size = limits.analysedFileBytesMax + 1;
    const small = await contentsOf(size).blobs([oid]);
    expect(small.get(oid)).toEqual({ ok: false, why: 'too-large' });
    const large = await contentsOf(size).blobs([oid], size);
    expect(large.get(oid)).toEqual({ ok: true, text: 'the whole' });
  });
});
