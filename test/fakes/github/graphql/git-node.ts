// Refs, commits, trees and blobs as GraphQL nodes over the real repository.
import type { CommitObject, GitObject, TreeEntry } from '../git/object-format.ts';
import { entryType } from '../git/object-format.ts';
import { historyCount, historyPage } from '../git/history.ts';
import type { Ref } from '../git/ref.ts';
import { resolveRevision } from '../git/revision.ts';
import type { PathEntry } from '../git/tree.ts';
import { findEntry } from '../git/tree.ts';
import type { Repository } from '../state/repository.ts';
import { webUrl } from '../state/repository.ts';
import { nodeId } from '../state/world.ts';
import { dateOf } from '../view/commit-view.ts';
import { actorNode, signatureNode } from './account-node.ts';
import type { PageArguments } from './connection.ts';
import { checkPage, connection } from './connection.ts';
import type { GraphContext, GraphNode } from './context.ts';
import { graphError } from './context.ts';

/** GitHub cuts the text of a blob here and says so in `isTruncated`. */
export const blobTextBytesMax = 512_000;

interface Place {
  readonly context: GraphContext;
  readonly repository: Repository;
}

/** Whatever an id names; null when there is no such object. */
export async function objectNode(place: Place, oid: string): Promise<GraphNode | null> {
  const object = await place.repository.objects.read(oid);
  if (object === null) return null;
  if (object.type === 'blob') return blobNode(place, object);
  if (object.type === 'tree') return treeNode(place, object.oid, '');
  const commit = await resolveRevision(place.repository, oid);
  return commit === null ? null : await commitNode(place, commit);
}

/** `revision`, or `revision:path`. */
export async function expressionNode(place: Place, expression: string): Promise<GraphNode | null> {
  const colon = expression.indexOf(':');
  const revision = colon < 0 ? expression : expression.slice(0, colon);
  const oid = await resolveRevision(place.repository, revision);
  if (oid === null) return null;
  if (colon < 0) return await commitNode(place, oid);
  const tree = (await place.repository.objects.commit(oid))?.tree ?? '';
  const entry = await findEntry(place.repository.objects, tree, expression.slice(colon + 1));
  return entry === null ? null : await objectNode(place, entry.oid);
}

export function refNode(place: Place, ref: Ref): GraphNode {
  const slash = ref.name.indexOf('/', 'refs/'.length);
  return {
    __typename: 'Ref',
    id: nodeId('Ref', `${place.repository.id}:${ref.name}`),
    name: ref.name.slice(slash + 1),
    prefix: ref.name.slice(0, slash + 1),
    target: () => objectNode(place, ref.oid),
  };
}

function common(place: Place, typename: string, oid: string): GraphNode {
  const url = `${webUrl(place.context.world.url, place.repository)}/${typename.toLowerCase()}/${oid}`;
  return {
    __typename: typename,
    id: nodeId(typename, `${place.repository.id}:${oid}`),
    oid,
    abbreviatedOid: oid.slice(0, 7),
    commitUrl: url,
  };
}

function blobNode(place: Place, { oid, data }: GitObject): GraphNode {
  const isBinary = data.includes(0);
  const isTruncated = data.length > blobTextBytesMax;
  // A character cut in half at the end is dropped.
  const cut = data.subarray(0, blobTextBytesMax).toString();
  return {
    ...common(place, 'Blob', oid),
    byteSize: data.length,
    isBinary,
    isTruncated,
    text: isBinary ? null : isTruncated ? cut.replace(/�+$/, '') : cut,
  };
}

function treeNode(place: Place, oid: string, path: string): GraphNode {
  return {
    ...common(place, 'Tree', oid),
    entries: async () => {
      const entries = (await place.repository.objects.tree(oid)) ?? [];
      return entries.map((entry) => entryNode(place, withPath(entry, path)));
    },
  };
}

function withPath(entry: TreeEntry, folder: string): PathEntry {
  return { ...entry, path: folder === '' ? entry.name : `${folder}/${entry.name}` };
}

function entryNode(place: Place, entry: PathEntry): GraphNode {
  const type = entryType(entry.mode);
  const { objects } = place.repository;
  return {
    __typename: 'TreeEntry',
    name: entry.name,
    path: entry.path,
    mode: parseInt(entry.mode, 8),
    type,
    oid: entry.oid,
    size: async () => {
      return type === 'blob' ? await objects.size(entry.oid) : 0;
    },
    // A submodule's commit lives in another repository.
    object: () => (type === 'commit' ? null : nestedNode(place, entry, type)),
  };
}

async function nestedNode(place: Place, entry: PathEntry, type: string): Promise<GraphNode | null> {
  return type === 'tree'
    ? treeNode(place, entry.oid, entry.path)
    : await objectNode(place, entry.oid);
}

/** The parts of a message: the first line, and what follows the blank line. */
function messageParts(message: string): { readonly headline: string; readonly body: string } {
  const [headline = '', ...rest] = message.split('\n');
  return { headline, body: rest.join('\n').trim() };
}

export async function commitNode(place: Place, oid: string): Promise<GraphNode | null> {
  const commit = await place.repository.objects.commit(oid);
  return commit === null ? null : commitNodeOf(place, commit);
}

function commitNodeOf(place: Place, commit: CommitObject): GraphNode {
  const { context, repository } = place;
  const { headline, body } = messageParts(commit.message);
  const { oid } = commit;
  return {
    ...common(place, 'Commit', oid),
    url: `${webUrl(context.world.url, repository)}/commit/${oid}`,
    message: commit.message,
    messageHeadline: headline,
    messageBody: body,
    authoredDate: dateOf(commit.author),
    committedDate: dateOf(commit.committer),
    author: actorNode(context, commit.author),
    committer: actorNode(context, commit.committer),
    signature: signatureNode(context, repository, oid),
    tree: treeNode(place, commit.tree, ''),
    file: async ({ path }: { readonly path: string }) => {
      const entry = await findEntry(repository.objects, commit.tree, path);
      return entry === null ? null : entryNode(place, entry);
    },
    parents: async (page: PageArguments) => {
      const parents = await Promise.all(commit.parents.map((each) => commitNode(place, each)));
      const known = parents.filter((each) => each !== null);
      return connection('parents', 'CommitConnection', known, page);
    },
    history: (page: HistoryArguments) => historyNode(place, oid, page),
  };
}

interface HistoryArguments extends PageArguments {
  readonly path?: string | null;
}

/** Cursors name the commit the walk began at and a position, so that a moved branch is no matter. */
function parseCursor(
  cursor: string | null | undefined,
  head: string,
): { from: string; skip: number } {
  if (cursor == null) return { from: head, skip: 0 };
  const match = /^([0-9a-f]{40}) (\d+)$/.exec(cursor);
  if (match === null)
    throw graphError(
      'INVALID_CURSOR_ARGUMENTS',
      `\`${cursor}\` does not appear to be a valid cursor.`,
    );
  return { from: match[1] ?? head, skip: Number(match[2]) + 1 };
}

/** Arguments the fake does not honour must not be silently ignored. */
function refuseUnserved({ context }: Place, page: object): void {
  const unserved = Object.entries(page)
    .filter(([name, value]) => value != null && name !== 'first' && name !== 'after')
    .map(([name]) => name);
  if (unserved.length === 0) return;
  const message = `The fake does not serve history(${unserved.join(', ')}).`;
  context.world.violate({ kind: 'missing', operation: 'Commit.history', message });
  throw graphError('NOT_IMPLEMENTED', message);
}

async function historyNode(
  place: Place,
  head: string,
  { path, ...page }: HistoryArguments,
): Promise<GraphNode> {
  checkPage('history', page);
  refuseUnserved(place, page);
  const count = page.first ?? 0;
  const { gitDir } = place.repository;
  const { from, skip } = parseCursor(page.after, head);
  const limited = path == null ? {} : { path };
  const oids = await historyPage(gitDir, { from, skip, countMax: count + 1, ...limited });
  const shown = oids.slice(0, count);
  const nodes = await Promise.all(shown.map((oid) => commitNode(place, oid)));
  const cursor = (index: number): string => `${from} ${skip + index}`;
  return {
    __typename: 'CommitHistoryConnection',
    nodes,
    edges: nodes.map((node, index) => ({ __typename: 'CommitEdge', node, cursor: cursor(index) })),
    totalCount: () => historyCount(gitDir, from, path ?? undefined),
    pageInfo: {
      __typename: 'PageInfo',
      hasNextPage: oids.length > shown.length,
      hasPreviousPage: skip > 0,
      startCursor: shown.length === 0 ? null : cursor(0),
      endCursor: shown.length === 0 ? null : cursor(shown.length - 1),
    },
  };
}
