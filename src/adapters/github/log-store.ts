// The log on GitHub without a clone: read by one query, written by createCommitOnBranch with the head we expect.
import { Fault } from '../../kernel/fault.ts';
import { branch } from '../../log/format.ts';
import { continuedBy } from '../../log/message.ts';
import type {
  AppendResult,
  CommitDraft,
  LogCommit,
  LogStore,
  Provenance,
  ReadRange,
  ReadResult,
} from '../../log/store.ts';
import { askRepository, checkpointFiles, readCheckpoint, wholeText } from './checkpoint.ts';
import { githubFault, isUnknownMutation, troubleOf } from './client.ts';
import { commitByGitData, isLarge } from './git-data.ts';
import type { Reach } from './git-data.ts';
import { commitMutation, fromQuery, headQuery, tipQuery } from './log-queries.ts';
import type { CommitNode, HistoryNode, Page } from './log-queries.ts';

export interface GitHubLogOptions extends Reach {
  /** Slug of the App whose signed commits vouch for what they carry; null where nobody's do. */
  readonly appSlug: string | null;
  /** Host of a GitHub Enterprise Server; nothing for github.com. */
  readonly githubHost?: string;
  /** The server has no createCommitOnBranch; found out by itself where it is not said. */
  readonly hasNoMutation?: boolean;
}

const ref = `refs/heads/${branch}`;
/** GitHub's own bound for `history(first:)`. */
const pageMax = 100;
/** News since a commit we know are few; the rest is paged. */
const newsPage = 10;

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

function parentsOf({ parents }: CommitNode): string[] {
  return parents.nodes.map(({ oid }) => oid);
}

/** The last commit of the epoch before, where the page ends with the first of a later one; undefined elsewhere. */
function epochBefore({ history }: HistoryNode): string | undefined {
  const node = history.nodes.at(-1);
  if (node === undefined || parentsOf(node).length > 0) return undefined;
  return continuedBy([], node.message)[0];
}

/** Where a page begins: at a commit, or at the head where there is no `from`; behind a cursor. */
interface Place {
  readonly from: { readonly from?: string };
  readonly after: string | null;
}

function placeOf(from: string | undefined): Place {
  return { from: from === undefined ? {} : { from }, after: null };
}

/** The walk came to the commit to stop before, without one to the genesis. */
function isWhole({ until }: ReadRange, newestFirst: readonly LogCommit[]): boolean {
  const parents = newestFirst.at(-1)?.parents;
  return until === undefined ? parents?.length === 0 : parents?.includes(until) === true;
}

/** Where the walk goes on after a page that did not end it; null where it is over. */
function placeAfter(
  page: HistoryNode,
  here: Place,
  { until, commitsMax }: ReadRange,
  have: number,
): Place | null {
  if (have >= commitsMax) return null;
  const { hasNextPage, endCursor } = page.history.pageInfo;
  if (hasNextPage) return { ...here, after: endCursor };
  const before = epochBefore(page);
  return before === undefined || before === until ? null : placeOf(before);
}

/** Nothing where the walk was to begin or go on. */
function atEnd(
  head: string | null,
  { until }: ReadRange,
  newestFirst: readonly LogCommit[],
): ReadResult {
  if (head === null) return { head, commits: [], isComplete: until === undefined };
  return { head, commits: [...newestFirst].reverse(), isComplete: false };
}

function pageSize({ until, commitsMax }: ReadRange, have: number): number {
  const usual = until !== undefined && have === 0 ? newsPage : pageMax;
  return Math.min(usual, commitsMax - have);
}

class GitHubLog implements LogStore {
  readonly place: string;
  readonly #options: GitHubLogOptions;
  #turn: Promise<unknown> = Promise.resolve();
  #hasNoMutation: boolean;

  constructor(options: GitHubLogOptions) {
    this.#options = options;
    this.#hasNoMutation = options.hasNoMutation === true;
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
    for (let next: Place | null = placeOf(range.from); next !== null;) {
      const page: Page | null = await this.#page(
        { ...range, ...next.from },
        newestFirst.length,
        next.after,
      );
      // What was before an epoch may be kept elsewhere.
      if (page === null) return atEnd(head, range, newestFirst);
      head ??= page.head;
      if (await this.#take(page, range, newestFirst)) {
        return { head, commits: newestFirst.reverse(), isComplete: true };
      }
      next = placeAfter(page, next, range, newestFirst.length);
    }
    const isComplete = isWhole(range, newestFirst);
    return { head, commits: newestFirst.reverse(), isComplete };
  }

  checkpoint(oid: string): Promise<ReadonlyMap<string, string>> {
    return readCheckpoint(this.#options, oid);
  }

  async append(draft: CommitDraft, expected: string | null): Promise<AppendResult> {
    if (expected === null) return this.#attempt(() => this.#byGitData(draft, [], null));
    const removed = await this.#removed(draft, expected);
    if (this.#hasNoMutation || isLarge({ ...draft, removed })) {
      return this.#attempt(() => this.#byGitData(draft, removed, expected));
    }
    return this.#attempt(() => this.#byMutation(draft, removed, expected));
  }

  #byGitData(draft: CommitDraft, removed: readonly string[], parent: string | null) {
    return commitByGitData(this.#options, draft, removed, parent);
  }

  async #byMutation(
    draft: CommitDraft,
    removed: readonly string[],
    expected: string,
  ): Promise<string> {
    const [headline = '', ...body] = draft.message.split('\n');
    const additions = [...draft.files].map(([path, text]) => ({
      path,
      contents: Buffer.from(text, 'utf8').toString('base64'),
    }));
    const input = {
      branch: { repositoryNameWithOwner: this.place, branchName: branch },
      message: { headline, body: body.join('\n').trim() },
      expectedHeadOid: expected,
      fileChanges: { additions, deletions: removed.map((path) => ({ path })) },
    };
    try {
      const answer = await this.#options.client.graphql(commitMutation, { input });
      return (answer as { createCommitOnBranch: { commit: { oid: string } } }).createCommitOnBranch
        .commit.oid;
    } catch (error) {
      if (!isUnknownMutation(error, 'createCommitOnBranch')) throw error;
      // An older GitHub Enterprise Server; it will not learn it while we run.
      this.#hasNoMutation = true;
      return this.#byGitData(draft, removed, expected);
    }
  }

  /** What goes: the paths that the draft names, or all that the parent's checkpoint has and the draft does not write. */
  async #removed(draft: CommitDraft, parent: string): Promise<readonly string[]> {
    if (!draft.replacesCheckpoint) return draft.removed;
    const files = await checkpointFiles(this.#options, parent);
    return [...files.keys()].filter((path) => !draft.files.has(path));
  }

  /** One writer of this process at a time; others are told apart by the expected head. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #attempt(write: () => Promise<string>): Promise<AppendResult> {
    try {
      return { ok: true, oid: await write() };
    } catch (error) {
      const trouble = troubleOf(error);
      // A branch that is not there is not where it was expected either.
      const isLost = trouble.kind === 'stale' || trouble.kind === 'missing';
      if (isLost) return { ok: false, reason: 'stale' };
      if (trouble.kind === 'unknown') {
        return { ok: false, reason: 'unknown', message: trouble.message };
      }
      throw githubFault('write the log', error);
    }
  }

  #query(query: string, variables: Readonly<Record<string, unknown>>) {
    return askRepository(this.#options, query, variables);
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
      parents: continuedBy(parentsOf(node), node.message),
      message: node.message,
      batch: await wholeText(this.#options, blob),
      provenance: provenanceOf(node, this.#options),
    };
  }
}

/** The log of a repository on GitHub. */
export function githubLog(options: GitHubLogOptions): LogStore {
  return new GitHubLog(options);
}
