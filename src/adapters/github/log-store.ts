// The log on GitHub without a clone: read by one query, written by createCommitOnBranch with the head we expect.
import { Fault } from '../../kernel/fault.ts';
import { branch, checkpointFolder } from '../../log/format.ts';
import type {
  AppendResult,
  CommitDraft,
  LogCommit,
  LogStore,
  Provenance,
  ReadRange,
  ReadResult,
} from '../../log/store.ts';
import { githubFault, troubleOf } from './client.ts';
import type { GitHubClient, RepositoryName } from './client.ts';
import {
  checkpointNamesQuery,
  checkpointQuery,
  commitMutation,
  fromQuery,
  headQuery,
  tipQuery,
} from './log-queries.ts';
import type { BlobNode, CommitNode, HistoryNode, Page } from './log-queries.ts';

export interface GitHubLogOptions {
  readonly client: GitHubClient;
  readonly repository: RepositoryName;
  /** Slug of the App whose signed commits vouch for what they carry; null where nobody's do. */
  readonly appSlug: string | null;
  /** Host of a GitHub Enterprise Server; nothing for github.com. */
  readonly githubHost?: string;
}

const ref = `refs/heads/${branch}`;
/** GitHub's own bound for `history(first:)`. */
const pageMax = 100;
/** News since a commit we know are few; the rest is paged. */
const newsPage = 10;

type Data = { readonly repository: Readonly<Record<string, unknown>> | null } | null;

/** GitHub shows commits of an App as written by `123+slug[bot]@users.noreply.<its host>`, which nobody else can sign. */
function isByApp({ author }: CommitNode, { appSlug, githubHost }: GitHubLogOptions): boolean {
  const [, bot, host] = /^\d+\+([^@]+)@users\.noreply\.([^@]+)$/.exec(author?.email ?? '') ?? [];
  const isGitHubs = host === 'github.com' || (githubHost !== undefined && host === githubHost);
  return appSlug !== null && isGitHubs && bot === `${appSlug}[bot]`;
}

function provenanceOf(node: CommitNode, options: GitHubLogOptions): Provenance {
  const isSigned = node.signature?.isValid === true && node.signature.wasSignedByGitHub;
  return isSigned && isByApp(node, options) ? 'github' : 'elsewhere';
}

function isAtEnd(page: HistoryNode, range: ReadRange, have: readonly LogCommit[]): boolean {
  return !page.history.pageInfo.hasNextPage || have.length >= range.commitsMax;
}

/** The walk came to the commit to stop before, without one to the genesis. */
function isWhole({ until }: ReadRange, newestFirst: readonly LogCommit[]): boolean {
  const parents = newestFirst.at(-1)?.parents;
  return until === undefined ? parents?.length === 0 : parents?.includes(until) === true;
}

function pageSize({ until, commitsMax }: ReadRange, have: number): number {
  const usual = until !== undefined && have === 0 ? newsPage : pageMax;
  return Math.min(usual, commitsMax - have);
}

class GitHubLog implements LogStore {
  readonly place: string;
  readonly #options: GitHubLogOptions;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: GitHubLogOptions) {
    this.#options = options;
    this.place = `${options.repository.owner}/${options.repository.repo}`;
  }

  async head(): Promise<string | null> {
    const repository = await this.#query(tipQuery, { ref });
    const found = repository['ref'] as { target: { oid: string } } | null;
    return found?.target.oid ?? null;
  }

  async read(range: ReadRange): Promise<ReadResult> {
    const newestFirst: LogCommit[] = [];
    let head: string | null = null;
    for (let after: string | null = null; ;) {
      const page = await this.#page(range, newestFirst.length, after);
      if (page === null) return { head: null, commits: [], isComplete: range.until === undefined };
      head ??= page.head;
      const isReached = await this.#take(page, range, newestFirst);
      after = page.history.pageInfo.endCursor;
      if (isReached || isAtEnd(page, range, newestFirst)) {
        const isComplete = isReached || isWhole(range, newestFirst);
        return { head, commits: newestFirst.reverse(), isComplete };
      }
    }
  }

  async checkpoint(oid: string): Promise<ReadonlyMap<string, string>> {
    const expression = `${oid}:${checkpointFolder.slice(0, -1)}`;
    const repository = await this.#query(checkpointQuery, { expression });
    const tree = repository['object'] as {
      entries?: { name: string; object: BlobNode | null }[];
    } | null;
    const files = new Map<string, string>();
    for (const { name, object } of tree?.entries ?? []) {
      if (object !== null) files.set(`${checkpointFolder}${name}`, await this.#text(object));
    }
    return files;
  }

  async append(draft: CommitDraft, expected: string | null): Promise<AppendResult> {
    if (expected === null) return this.#create(draft);
    const [headline = '', ...body] = draft.message.split('\n');
    const additions = [...draft.files].map(([path, text]) => ({
      path,
      contents: Buffer.from(text, 'utf8').toString('base64'),
    }));
    const input = {
      branch: { repositoryNameWithOwner: this.place, branchName: branch },
      message: { headline, body: body.join('\n').trim() },
      expectedHeadOid: expected,
      fileChanges: { additions, deletions: await this.#replaced(draft, expected) },
    };
    return this.#attempt(async () => {
      const answer = await this.#options.client.graphql(commitMutation, { input });
      const { createCommitOnBranch } = answer as {
        createCommitOnBranch: { commit: { oid: string } };
      };
      return createCommitOnBranch.commit.oid;
    });
  }

  /** What the parent has of a checkpoint that the draft replaces and does not write anew. */
  async #replaced(draft: CommitDraft, parent: string): Promise<{ path: string }[]> {
    if (!draft.replacesCheckpoint) return [];
    const expression = `${parent}:${checkpointFolder.slice(0, -1)}`;
    const repository = await this.#query(checkpointNamesQuery, { expression });
    const tree = repository['object'] as { entries?: { name: string }[] } | null;
    return (tree?.entries ?? [])
      .map(({ name }) => ({ path: `${checkpointFolder}${name}` }))
      .filter(({ path }) => !draft.files.has(path));
  }

  /** One writer of this process at a time; others are told apart by the expected head. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** The first commit cannot be made on a branch that is not there: objects first, then the ref, which only one can create. */
  async #create(draft: CommitDraft): Promise<AppendResult> {
    const { client, repository } = this.#options;
    return this.#attempt(async () => {
      const tree = [...draft.files].map(([path, content]) => ({
        ...{ path, content },
        mode: '100644',
        type: 'blob',
      }));
      const made = await client.request('POST /repos/{owner}/{repo}/git/trees', {
        ...repository,
        tree,
      });
      const commit = await client.request('POST /repos/{owner}/{repo}/git/commits', {
        ...repository,
        message: draft.message,
        tree: (made.data as { sha: string }).sha,
        parents: [],
      });
      const { sha } = commit.data as { sha: string };
      await client.request('POST /repos/{owner}/{repo}/git/refs', { ...repository, ref, sha });
      return sha;
    });
  }

  async #attempt(write: () => Promise<string>): Promise<AppendResult> {
    try {
      return { ok: true, oid: await write() };
    } catch (error) {
      const trouble = troubleOf(error);
      // A branch that is not there is not where it was expected either.
      const isLost = trouble.kind === 'stale' || trouble.kind === 'missing';
      if (isLost || /already exists/i.test(String(error))) return { ok: false, reason: 'stale' };
      if (trouble.kind === 'unknown') {
        return { ok: false, reason: 'unknown', message: trouble.message };
      }
      throw githubFault('write the log', error);
    }
  }

  async #query(
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { client, repository } = this.#options;
    const data = (await client
      .graphql(query, { ...repository, ...variables })
      .catch((error: unknown) => {
        throw githubFault('read the log', error);
      })) as Data;
    if (data?.repository === null || data?.repository === undefined) {
      throw new Fault('github-refused', `GitHub shows no repository ${this.place} to us.`);
    }
    return data.repository;
  }

  async #page(range: ReadRange, have: number, after: string | null): Promise<Page | null> {
    const first = pageSize(range, have);
    if (range.from === undefined) {
      const { ref: branchNode } = await this.#query(headQuery, { ref, first, after });
      const { target } = (branchNode ?? {}) as { target?: HistoryNode };
      return target === undefined ? null : { ...target, head: target.oid };
    }
    const answer = await this.#query(fromQuery, { ref, oid: range.from, first, after });
    const { target } = (answer['ref'] ?? {}) as { target?: { oid: string } };
    const commit = answer['object'] as HistoryNode | null;
    return target === undefined || commit === null ? null : { ...commit, head: target.oid };
  }

  /** Adds a page; true when the commit to stop before was met. */
  async #take(page: HistoryNode, range: ReadRange, into: LogCommit[]): Promise<boolean> {
    for (const node of page.history.nodes) {
      if (node.oid === range.until) return true;
      if (into.length < range.commitsMax) into.push(await this.#commit(node));
    }
    return false;
  }

  async #commit(node: CommitNode): Promise<LogCommit> {
    const blob = node.file?.object ?? null;
    if (blob === null) {
      throw new Fault(
        'log-corrupt',
        `Commit ${node.oid} on the log of ${this.place} has no batch: it was not written by coord. Run \`coord verify\`.`,
        { commit: node.oid },
      );
    }
    return {
      oid: node.oid,
      parents: node.parents.nodes.map((parent) => parent.oid),
      message: node.message,
      batch: await this.#text(blob),
      provenance: provenanceOf(node, this.#options),
    };
  }

  /** GraphQL cuts long texts; the whole is then read by REST. */
  async #text(blob: BlobNode): Promise<string> {
    if (!blob.isTruncated && blob.text !== null) return blob.text;
    const { client, repository } = this.#options;
    const route = 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}';
    const { data } = await client
      .request(route, { ...repository, file_sha: blob.oid })
      .catch((error: unknown) => {
        throw githubFault('read the log', error);
      });
    return Buffer.from((data as { content: string }).content, 'base64').toString('utf8');
  }
}

/** The log of a repository on GitHub. */
export function githubLog(options: GitHubLogOptions): LogStore {
  return new GitHubLog(options);
}
