// One commit by the REST calls on git's objects: for servers without createCommitOnBranch, and for what is too large for it.
import { Buffer } from 'node:buffer';
import { byteLength } from '../../kernel/bytes.ts';
import { limits } from '../../kernel/limits.ts';
import { branch } from '../../log/format.ts';
import type { CommitDraft } from '../../log/store.ts';
import type { GitHubClient, RepositoryName } from './client.ts';

/** A repository on GitHub and the client to reach it with. */
export interface Reach {
  readonly client: GitHubClient;
  readonly repository: RepositoryName;
}

interface TreeEntry {
  readonly path: string;
  readonly mode: '100644';
  readonly type: 'blob';
  /** Text of a small file; GitHub makes the blob. */
  readonly content?: string;
  /** Blob of a large file; null takes the path away. */
  readonly sha?: string | null;
}

async function made(
  { client, repository }: Reach,
  route: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { data } = await client.request(route, { ...repository, ...parameters });
  return (data as { sha: string }).sha;
}

async function treeOf({ client, repository }: Reach, commit: string): Promise<string> {
  const route = 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}';
  const { data } = await client.request(route, { ...repository, commit_sha: commit });
  return (data as { tree: { sha: string } }).tree.sha;
}

/** Files that alone would fill a request become blobs of their own; every other goes with the tree, one call for many. */
async function entryOf(reach: Reach, path: string, text: string): Promise<TreeEntry> {
  const file = { path, mode: '100644', type: 'blob' } as const;
  if (byteLength(text) <= limits.treeBytesPerRequestMax / 4) return { ...file, content: text };
  const content = Buffer.from(text, 'utf8').toString('base64');
  const blob = { content, encoding: 'base64' };
  return { ...file, sha: await made(reach, 'POST /repos/{owner}/{repo}/git/blobs', blob) };
}

function sizeOf({ path, content = '' }: TreeEntry): number {
  return byteLength(path) + byteLength(content);
}

/** The entries in portions that a request takes. */
function portions(entries: readonly TreeEntry[]): TreeEntry[][] {
  const all: TreeEntry[][] = [[]];
  let bytes = 0;
  for (const entry of entries) {
    const last = all.at(-1) ?? [];
    const size = sizeOf(entry);
    const isFull = last.length >= limits.treeEntriesPerRequestMax;
    if (isFull || (last.length > 0 && bytes + size > limits.treeBytesPerRequestMax)) {
      all.push([entry]);
      bytes = size;
    } else {
      last.push(entry);
      bytes += size;
    }
  }
  return all;
}

/** The tree of a draft on top of a commit's, made in as many steps as its size asks for. */
async function writeTree(
  reach: Reach,
  draft: CommitDraft,
  removed: readonly string[],
  parent: string | null,
): Promise<string> {
  const entries: TreeEntry[] = removed.map((path) => ({
    ...{ path, mode: '100644', type: 'blob', sha: null },
  }));
  for (const [path, text] of draft.files) entries.push(await entryOf(reach, path, text));
  let base = parent === null ? null : await treeOf(reach, parent);
  for (const tree of portions(entries)) {
    const onto = base === null ? {} : { base_tree: base };
    base = await made(reach, 'POST /repos/{owner}/{repo}/git/trees', { ...onto, tree });
  }
  return base ?? '';
}

/**
 * Writes a commit on top of `parent`, or without one, that no ref knows yet. Author and committer are left to GitHub,
 * which signs what an App commits only then. Answers the commit's id; throws what the client throws.
 */
export async function writeCommit(
  reach: Reach,
  draft: CommitDraft,
  removed: readonly string[],
  parent: string | null,
): Promise<string> {
  const tree = await writeTree(reach, draft, removed, parent);
  const parents = parent === null ? [] : [parent];
  const commit = { message: draft.message, tree, parents };
  return made(reach, 'POST /repos/{owner}/{repo}/git/commits', commit);
}

/**
 * Makes a commit on top of `parent` and moves the branch there, without force: only one of several can, and the
 * others get an error that says so. Null makes the branch. Answers the commit's id; throws what the client throws.
 */
export async function commitByGitData(
  reach: Reach,
  draft: CommitDraft,
  removed: readonly string[],
  parent: string | null,
): Promise<string> {
  const { client, repository } = reach;
  const sha = await writeCommit(reach, draft, removed, parent);
  if (parent === null) {
    const ref = `refs/heads/${branch}`;
    await client.request('POST /repos/{owner}/{repo}/git/refs', { ...repository, ref, sha });
  } else {
    const move = { ref: `heads/${branch}`, sha, force: false };
    await client.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...repository, ...move });
  }
  return sha;
}

/** Whether a commit is more than createCommitOnBranch should be asked to take. */
export function isLarge({ files, removed }: CommitDraft): boolean {
  if (files.size + removed.length > limits.commitFilesMax) return true;
  let bytes = 0;
  for (const text of files.values()) bytes += byteLength(text);
  return bytes > limits.commitBytesMax;
}
