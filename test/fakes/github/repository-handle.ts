// Builder of one repository: what people do on its pages and over git, with the webhooks that follow.
import { branchHead, swapRef } from './git/ref.ts';
import type { PathEntry } from './git/tree.ts';
import { findEntry, readFileAt } from './git/tree.ts';
import type { CommitRequest } from './change/commit-change.ts';
import { commitFiles } from './change/commit-change.ts';
import { openRepository } from './change/repository-change.ts';
import type { MergeGroup } from './change/pull-change.ts';
import { mergePull, openPull, requestMergeGroup, setPullState } from './change/pull-change.ts';
import { rerequestCheckRun, requestCheckAction } from './change/check-change.ts';
import { refMoved } from './change/push-change.ts';
import {
  assign,
  createComment,
  deleteComment,
  editComment,
  openIssue,
  react,
  setIssueState,
} from './change/thread-change.ts';
import type { CheckRun } from './state/check.ts';
import type { JsonObject } from './state/json.ts';
import type { Repository, Role } from './state/repository.ts';
import { exclusively, webUrl } from './state/repository.ts';
import type { Comment, PullThread, Thread } from './state/thread.ts';
import { isPull } from './state/thread.ts';
import type { World } from './state/world.ts';

export interface PullOptions {
  /** Branch of this repository, or of `from`. */
  readonly head: string;
  readonly base?: string;
  readonly author: string;
  readonly title?: string;
  readonly body?: string;
  /** The fork the head branch lives in. */
  readonly from?: RepositoryHandle;
  readonly isDraft?: boolean;
}

export interface IssueOptions {
  readonly author: string;
  readonly title: string;
  readonly body?: string;
  readonly labels?: readonly string[];
  readonly assignees?: readonly string[];
}

export class RepositoryHandle {
  readonly fullName: string;
  /** The bare repository on disk. */
  readonly gitDir: string;
  readonly id: number;
  readonly #world: World;
  readonly #repository: Repository;

  constructor(world: World, repository: Repository) {
    this.#world = world;
    this.#repository = repository;
    this.fullName = repository.fullName;
    this.gitDir = repository.gitDir;
    this.id = repository.id;
  }

  /** HTTP address to clone from and push to. */
  get cloneUrl(): string {
    return `${webUrl(this.#world.url, this.#repository)}.git`;
  }

  get htmlUrl(): string {
    return webUrl(this.#world.url, this.#repository);
  }

  /** Gives somebody a role, or takes it back with null. */
  setRole(login: string, role: Role | null): void {
    this.#world.account(login);
    if (role === null) this.#repository.roles.delete(login.toLowerCase());
    else this.#repository.roles.set(login.toLowerCase(), role);
  }

  /** Rules in force on a branch, in the shape `GET rules/branches/{branch}` answers. */
  setRules(branch: string, rules: readonly JsonObject[]): void {
    this.#repository.rules.set(branch, rules);
  }

  /** Object id of a branch's head; null when there is no such branch. */
  async head(branch = this.#repository.defaultBranch): Promise<string | null> {
    return await branchHead(this.#repository.objects, branch);
  }

  /** Text of a file at a branch, tag or commit; null when it is not there. */
  async read(revision: string, path: string): Promise<string | null> {
    const oid = (await this.head(revision)) ?? revision;
    return (await readFileAt(this.#repository.objects, oid, path))?.toString() ?? null;
  }

  /** Mode and object id of a path at a branch or commit. */
  async entry(revision: string, path: string): Promise<PathEntry | null> {
    const oid = (await this.head(revision)) ?? revision;
    const commit = await this.#repository.objects.commit(oid);
    return commit === null ? null : await findEntry(this.#repository.objects, commit.tree, path);
  }

  /** Commits without any webhook: how the world was before the test began. Answers the commit's id. */
  async seed(options: CommitRequest): Promise<string> {
    return (await commitFiles(this.#world, this.#repository, options)).oid;
  }

  /** Somebody pushes one commit: `push`, and `pull_request.synchronize` where a head branch moved. */
  async push(options: CommitRequest): Promise<string> {
    const { oid, before, ref } = await commitFiles(this.#world, this.#repository, options);
    const sender = this.#world.account(options.author ?? this.#repository.owner.login);
    await refMoved(this.#world, this.#repository, { ref, before, after: oid, sender });
    return oid;
  }

  /** Makes or moves a branch without a commit and without any webhook. */
  async setBranch(branch: string, oid: string): Promise<void> {
    const ref = `refs/heads/${branch}`;
    await exclusively(this.#repository, async () => {
      const before = await branchHead(this.#repository.objects, branch);
      await swapRef(this.gitDir, ref, oid, before);
    });
  }

  /** Copies the repository to another owner, as the fork button does. */
  async fork(owner: string): Promise<RepositoryHandle> {
    const options = { parent: this.#repository, isPrivate: this.#repository.isPrivate };
    const name = `${owner}/${this.#repository.name}`;
    return new RepositoryHandle(this.#world, await openRepository(this.#world, name, options));
  }

  /** Opens a pull request; answers its number. */
  async openPullRequest(options: PullOptions): Promise<number> {
    const thread = await openPull(this.#world, this.#repository, {
      author: this.#world.account(options.author),
      title: options.title ?? `Merge ${options.head}`,
      body: options.body ?? null,
      headRepository: options.from === undefined ? this.#repository : options.from.#repository,
      headRef: options.head,
      baseRef: options.base ?? this.#repository.defaultBranch,
      isDraft: options.isDraft ?? false,
    });
    return thread.number;
  }

  /** Opens an issue, with one webhook for it and one per assignee; answers its number. */
  openIssue(options: IssueOptions): number {
    const author = this.#world.account(options.author);
    const { title, body = null, labels = [] } = options;
    const thread = openIssue(this.#world, this.#repository, { author, title, body, labels });
    for (const login of options.assignees ?? []) {
      assign(this.#world, thread, this.#world.account(login), author);
    }
    return thread.number;
  }

  assign(number: number, assignee: string, by: string): void {
    assign(
      this.#world,
      this.#thread(number),
      this.#world.account(assignee),
      this.#world.account(by),
    );
  }

  close(number: number, by: string): void {
    this.#setState(number, 'closed', by);
  }

  reopen(number: number, by: string): void {
    this.#setState(number, 'open', by);
  }

  /** Locks a conversation: comments of Apps answer 403 from now on. */
  lock(number: number): void {
    this.#thread(number).isLocked = true;
  }

  /** Merges with a merge commit; answers its id. */
  async merge(number: number, by: string): Promise<string> {
    return await mergePull(this.#world, this.#pull(number), this.#world.account(by));
  }

  /** Puts pull requests into the merge queue as one group and asks for its checks. */
  async mergeGroup(numbers: readonly number[], by: string): Promise<MergeGroup> {
    const threads = numbers.map((number) => this.#pull(number));
    return await requestMergeGroup(this.#world, this.#repository, threads, this.#world.account(by));
  }

  /** Somebody comments on an issue or pull request; answers the comment's id. */
  comment(options: {
    readonly issue: number;
    readonly user: string;
    readonly body: string;
  }): number {
    const doer = { account: this.#world.account(options.user), viaApp: null };
    return createComment(this.#world, this.#thread(options.issue), doer, options.body).id;
  }

  editComment(options: {
    readonly comment: number;
    readonly user: string;
    readonly body: string;
  }): void {
    const sender = this.#world.account(options.user);
    editComment(this.#world, this.#comment(options.comment), sender, options.body);
  }

  deleteComment(comment: number, user: string): void {
    deleteComment(this.#world, this.#comment(comment), this.#world.account(user));
  }

  reactTo(options: {
    readonly comment: number;
    readonly user: string;
    readonly content: string;
  }): void {
    const user = this.#world.account(options.user);
    react(this.#world, this.#comment(options.comment), user, options.content);
  }

  /** Somebody clicks "Re-run" on a check run. */
  rerequestCheckRun(id: number, by: string): void {
    rerequestCheckRun(this.#world, this.#repository, this.#run(id), this.#world.account(by));
  }

  /** Somebody clicks one of a check run's own buttons. */
  requestAction(options: {
    readonly run: number;
    readonly identifier: string;
    readonly by: string;
  }): void {
    const sender = this.#world.account(options.by);
    const click = { identifier: options.identifier, sender };
    requestCheckAction(this.#world, this.#repository, this.#run(options.run), click);
  }

  /** All check runs, oldest first, or those of one commit. */
  checkRuns(sha?: string): readonly Readonly<CheckRun>[] {
    const runs = [...this.#repository.checkRuns.values()];
    return sha === undefined ? runs : runs.filter((run) => run.suite.headSha === sha);
  }

  /** Comments of one issue or pull request, oldest first, with their reactions. */
  comments(number: number): readonly Readonly<Comment>[] {
    return [...this.#repository.comments.values()].filter((each) => each.thread.number === number);
  }

  /** The state of an issue or pull request. */
  thread(number: number): Readonly<Thread> {
    return this.#thread(number);
  }

  /** The state of a pull request. */
  pull(number: number): Readonly<PullThread> {
    return this.#pull(number);
  }

  /** True when GitHub made and signed this commit. */
  isSigned(oid: string): boolean {
    return this.#repository.signed.has(oid);
  }

  #thread(number: number): Thread {
    const found = this.#repository.threads.get(number);
    if (found === undefined)
      throw new Error(`${this.fullName} has no issue or pull request ${number}.`);
    return found;
  }

  #pull(number: number): PullThread {
    const thread = this.#thread(number);
    if (isPull(thread)) return thread;
    throw new Error(`${this.fullName}#${number} is an issue, not a pull request.`);
  }

  #comment(id: number): Comment {
    const found = this.#repository.comments.get(id);
    if (found === undefined) throw new Error(`${this.fullName} has no comment ${id}.`);
    return found;
  }

  #run(id: number): CheckRun {
    const found = this.#repository.checkRuns.get(id);
    if (found === undefined) throw new Error(`${this.fullName} has no check run ${id}.`);
    return found;
  }

  #setState(number: number, state: 'open' | 'closed', by: string): void {
    const thread = this.#thread(number);
    const sender = this.#world.account(by);
    if (isPull(thread)) setPullState(this.#world, thread, state, sender);
    else setIssueState(this.#world, thread, state, sender);
  }
}
