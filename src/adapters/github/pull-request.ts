// The facts of a pull request from GitHub: files by the API, modes and blobs from trees, never a checkout.
import type {
  BlobText,
  Change,
  ChangeSet,
  ChangeStatus,
  PullRequest,
  TreeEntry,
} from '../../checks/pull-request.ts';
import { limits } from '../../kernel/limits.ts';
import type { AuthorFacts } from '../../policy/identify.ts';
import { parserOf } from '../system/syntax-parser.ts';
import { readBlobs } from './blobs.ts';
import { githubFault } from './client.ts';
import type { GitHubClient, RepositoryName } from './client.ts';

/** What the API says of a pull request, as far as checks need it. */
export interface PullFacts {
  readonly number: number;
  readonly state: string;
  readonly head: string;
  /** Branch it is to be merged into. */
  readonly baseBranch: string;
  readonly changedFiles: number;
  readonly author: AuthorFacts;
}

interface PullNode {
  readonly number: number;
  readonly state: string;
  readonly changed_files: number;
  readonly user: { login: string; id: number; type: string } | null;
  readonly head: {
    sha: string;
    ref: string;
    repo: { id: number; owner: { login: string } } | null;
  };
  readonly base: { sha: string; ref: string; repo: { id: number } };
}

async function get(
  client: GitHubClient,
  what: string,
  route: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  try {
    const { data } = await client.request(`GET ${route}`, parameters);
    return data;
  } catch (error) {
    throw githubFault(`read ${what}`, error);
  }
}

/** An account that is gone is nobody's. */
function accountOf({
  user,
}: PullNode): Pick<AuthorFacts, 'authorLogin' | 'authorId' | 'authorIsBot'> {
  if (user === null) return { authorLogin: null, authorId: null, authorIsBot: false };
  return { authorLogin: user.login, authorId: user.id, authorIsBot: user.type === 'Bot' };
}

/** A head repository that is gone counts as a fork. */
function authorOf(pull: PullNode): AuthorFacts {
  const { head, base } = pull;
  return {
    ...accountOf(pull),
    authorEmail: null,
    headBranch: head.ref,
    headOwner: head.repo?.owner.login ?? null,
    headIsFork: head.repo?.id !== base.repo.id,
    coAuthorEmails: [],
  };
}

/** Reads a pull request; the numbers of a webhook may be old, these are not. */
export async function readPull(
  client: GitHubClient,
  repository: RepositoryName,
  number: number,
): Promise<PullFacts> {
  const route = '/repos/{owner}/{repo}/pulls/{pull_number}';
  const parameters = { ...repository, pull_number: number };
  const pull = (await get(client, `pull request ${number}`, route, parameters)) as PullNode;
  return {
    number: pull.number,
    state: pull.state,
    head: pull.head.sha,
    baseBranch: pull.base.ref,
    changedFiles: pull.changed_files,
    author: authorOf(pull),
  };
}

interface FileNode {
  readonly filename: string;
  readonly previous_filename?: string;
  readonly status: string;
  readonly additions: number;
  readonly deletions: number;
}

const filesPerPage = 100;

async function listFiles(
  client: GitHubClient,
  repository: RepositoryName,
  pull: PullFacts,
): Promise<FileNode[]> {
  const route = '/repos/{owner}/{repo}/pulls/{pull_number}/files';
  const listed = Math.min(pull.changedFiles, limits.changedFilesMax);
  const pages = Array.from({ length: Math.ceil(listed / filesPerPage) }, (_, index) => index + 1);
  const answers = await Promise.all(
    pages.map((page) =>
      get(client, 'the changed files', route, {
        ...repository,
        ...{ pull_number: pull.number, per_page: filesPerPage, page },
      }),
    ),
  );
  return answers.flat() as FileNode[];
}

interface Tree {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly isTruncated: boolean;
}

async function readTree(
  client: GitHubClient,
  repository: RepositoryName,
  commit: string,
): Promise<Tree> {
  const route = '/repos/{owner}/{repo}/git/trees/{tree_sha}';
  const parameters = { ...repository, tree_sha: commit, recursive: '1' };
  const { tree, truncated } = (await get(client, 'the tree', route, parameters)) as {
    tree: { path: string; mode: string; type: string; sha: string }[];
    truncated: boolean;
  };
  const files = tree.filter(({ type }) => type !== 'tree');
  const entries = new Map(files.map(({ path, mode, sha }) => [path, { mode, oid: sha }]));
  return { entries, isTruncated: truncated };
}

async function mergeBaseOf(
  client: GitHubClient,
  repository: RepositoryName,
  pull: PullFacts,
): Promise<string> {
  const route = '/repos/{owner}/{repo}/compare/{basehead}';
  const basehead = `${pull.baseBranch}...${pull.head}`;
  const data = await get(client, 'the merge base', route, { ...repository, basehead, per_page: 1 });
  return (data as { merge_base_commit: { sha: string } }).merge_base_commit.sha;
}

const statuses: Readonly<Record<string, ChangeStatus>> = {
  added: 'added',
  modified: 'modified',
  changed: 'modified',
  removed: 'removed',
  renamed: 'renamed',
  copied: 'copied',
};

function changeOf(file: FileNode, before: Tree, after: Tree): Change | null {
  const status = statuses[file.status];
  if (status === undefined) return null;
  const previousPath = file.previous_filename ?? null;
  const isNew = status === 'added';
  return {
    ...{ status, path: file.filename, previousPath },
    before: isNew ? null : (before.entries.get(previousPath ?? file.filename) ?? null),
    after: status === 'removed' ? null : (after.entries.get(file.filename) ?? null),
    additions: file.additions,
    deletions: file.deletions,
  };
}

/** A file that a side should have and its tree does not: the list and the trees are of different commits. */
function isHalfRead({ status, before, after }: Change): boolean {
  const lacksBefore = status !== 'added' && before === null;
  const lacksAfter = status !== 'removed' && after === null;
  return lacksBefore || lacksAfter;
}

const movedMeanwhile =
  'The list of changed files does not fit the trees of the two commits: the pull request moved meanwhile. ' +
  'It is judged again with the next push, or run the check again.';

/** Why the changes cannot be judged whole: GitHub lists at most 3,000 files and cuts large trees. */
function problemOf(
  pull: PullFacts,
  files: readonly FileNode[],
  trees: readonly Tree[],
): string | null {
  const { changedFiles } = pull;
  if (changedFiles > limits.changedFilesMax || files.length >= limits.changedFilesMax) {
    return `${changedFiles} files changed; ${limits.changedFilesMax} or more cannot be judged. Split the pull request.`;
  }
  if (files.length !== changedFiles) {
    return `GitHub counts ${changedFiles} changed files and lists ${files.length}. Push again or run the check again.`;
  }
  return trees.some(({ isTruncated }) => isTruncated)
    ? 'GitHub cuts the tree of this repository, so modes and links cannot be seen. Run `coord check` in a clone.'
    : null;
}

/** The lazily read facts of a pull request. */
export type PullContents = Pick<
  PullRequest,
  'changes' | 'blobs' | 'headPaths' | 'entries' | 'coverageReports' | 'parserOf'
>;

/** Both trees, each read at most once. */
function treesOf(
  client: GitHubClient,
  repository: RepositoryName,
  pull: PullFacts,
): Readonly<Record<'treeAtBase' | 'treeAtHead', () => Promise<Tree>>> {
  let headTree: Promise<Tree> | null = null;
  let baseTree: Promise<Tree> | null = null;
  const readBase = async (): Promise<Tree> =>
    readTree(client, repository, await mergeBaseOf(client, repository, pull));
  return {
    treeAtHead: () => (headTree ??= readTree(client, repository, pull.head)),
    treeAtBase: () => (baseTree ??= readBase()),
  };
}

/** Opens the contents; nothing is read before it is asked for. */
export function pullContents(
  client: GitHubClient,
  repository: RepositoryName,
  pull: PullFacts,
): PullContents {
  const { treeAtBase, treeAtHead } = treesOf(client, repository, pull);
  return {
    changes: async (): Promise<ChangeSet> => {
      const [files, before, after] = await Promise.all([
        listFiles(client, repository, pull),
        treeAtBase(),
        treeAtHead(),
      ]);
      const read = files.map((file) => changeOf(file, before, after));
      const changes = read.filter((change) => change !== null);
      const isUnread = read.some((change) => change === null || isHalfRead(change));
      const problem = problemOf(pull, files, [before, after]) ?? (isUnread ? movedMeanwhile : null);
      return { changes, problem };
    },
    blobs: (oids, bytesMax): Promise<ReadonlyMap<string, BlobText>> =>
      readBlobs(client, repository, oids, bytesMax),
    headPaths: async () => {
      const { entries, isTruncated } = await treeAtHead();
      return isTruncated ? null : new Set(entries.keys());
    },
    entries: async (side) => {
      const { entries, isTruncated } = await (side === 'head' ? treeAtHead() : treeAtBase());
      return isTruncated ? null : entries;
    },
    coverageReports: () => Promise.resolve([]),
    parserOf,
  };
}
