// The Git Data API over the real repository: refs, blobs, trees, commits.
import type { Person } from '../../git/object-format.ts';
import { entryType } from '../../git/object-format.ts';
import { isAncestor } from '../../git/history.ts';
import type { Ref } from '../../git/ref.ts';
import { isRefName, listRefs, resolveRef, swapRef } from '../../git/ref.ts';
import { resolveRevision } from '../../git/revision.ts';
import type { PathEntry, TreeEdit } from '../../git/tree.ts';
import { editTree, listTree } from '../../git/tree.ts';
import { personOf } from '../../change/person.ts';
import { refMoved } from '../../change/push-change.ts';
import type { JsonObject } from '../../state/json.ts';
import { isObject } from '../../state/json.ts';
import { apiUrl, exclusively } from '../../state/repository.ts';
import { nodeId } from '../../state/world.ts';
import { gitCommitView } from '../../view/commit-view.ts';
import type { Endpoint, RestAnswer, RestCall } from '../call.ts';
import { on } from '../call.ts';
import { notFound, Problem } from '../problem.ts';

const read = on('contents', 'read');
const write = on('contents', 'write');
const treeEntriesMax = 100_000;
const treeBytesMax = 7 * 1024 * 1024;
const blobBytesMax = 100 * 1024 * 1024;

function refView(call: RestCall, ref: Ref): JsonObject {
  const api = `${apiUrl(call.world.url, call.repository)}/git`;
  return {
    ref: ref.name,
    node_id: nodeId('Ref', `${call.repository.id}:${ref.name}`),
    url: `${api}/${ref.name}`,
    object: { type: ref.type, sha: ref.oid, url: `${api}/${ref.type}s/${ref.oid}` },
  };
}

async function getRef(call: RestCall): Promise<RestAnswer> {
  const ref = await resolveRef(call.repository.objects, `refs/${call.part('ref')}`);
  if (ref === null) throw notFound();
  return { status: 200, body: refView(call, ref) };
}

async function matchingRefs(call: RestCall): Promise<RestAnswer> {
  const refs = await listRefs(call.repository.gitDir, `refs/${call.part('ref')}`);
  return { status: 200, body: refs.map((ref) => refView(call, ref)) };
}

async function createRef(call: RestCall): Promise<RestAnswer> {
  const { repository, world, body, doer } = call;
  const name = String(body['ref']);
  const sha = String(body['sha']);
  if (!isRefName(name)) throw new Problem(422, 'Reference name is not a valid reference name.');
  const object = await repository.objects.read(sha);
  if (object === null || !/^[0-9a-f]{40}$/.test(sha)) {
    throw new Problem(422, 'Object does not exist');
  }
  const isNew = await exclusively(repository, () => swapRef(repository.gitDir, name, sha, null));
  if (!isNew) throw new Problem(422, 'Reference already exists');
  await refMoved(world, repository, { ref: name, before: null, after: sha, sender: doer.account });
  return { status: 201, body: refView(call, { name, oid: sha, type: object.type }) };
}

async function updateRef(call: RestCall): Promise<RestAnswer> {
  const { repository, world, body, doer } = call;
  const name = `refs/${call.part('ref')}`;
  const sha = String(body['sha']);
  const before = await exclusively(repository, async () => {
    const ref = await resolveRef(repository.objects, name);
    if (ref === null) throw new Problem(422, 'Reference does not exist');
    if ((await repository.objects.read(sha)) === null) {
      throw new Problem(422, 'Object does not exist');
    }
    const isForward = await isAncestor(repository.gitDir, ref.oid, sha);
    if (!isForward && body['force'] !== true) {
      throw new Problem(422, 'Update is not a fast forward');
    }
    // A push over git can still come in between.
    if (!(await swapRef(repository.gitDir, name, sha, ref.oid))) {
      throw new Problem(409, 'Reference update failed');
    }
    return ref.oid;
  });
  if (before !== sha) {
    await refMoved(world, repository, { ref: name, before, after: sha, sender: doer.account });
  }
  return { status: 200, body: refView(call, { name, oid: sha, type: 'commit' }) };
}

async function deleteRef(call: RestCall): Promise<RestAnswer> {
  const { repository, world, doer } = call;
  const name = `refs/${call.part('ref')}`;
  const ref = await resolveRef(repository.objects, name);
  if (ref === null) throw new Problem(422, 'Reference does not exist');
  await exclusively(repository, () => swapRef(repository.gitDir, name, null, ref.oid));
  const move = { ref: name, before: ref.oid, after: null, sender: doer.account };
  await refMoved(world, repository, move);
  return { status: 204 };
}

function blobUrl(call: RestCall, sha: string): string {
  return `${apiUrl(call.world.url, call.repository)}/git/blobs/${sha}`;
}

async function getBlob(call: RestCall): Promise<RestAnswer> {
  const sha = call.part('file_sha');
  const object = await call.repository.objects.read(sha);
  if (object?.type !== 'blob') throw notFound();
  if (object.data.length > blobBytesMax) {
    throw new Problem(403, 'This API returns blobs up to 100 MB in size.');
  }
  if (/\braw\b/.test(call.accept)) {
    const mediaType = 'application/vnd.github.raw; charset=utf-8';
    return { status: 200, raw: { data: object.data, mediaType } };
  }
  return {
    status: 200,
    body: {
      sha,
      node_id: nodeId('Blob', sha),
      size: object.data.length,
      url: blobUrl(call, sha),
      content: object.data.toString('base64').replace(/.{60}/g, '$&\n'),
      encoding: 'base64',
      highlighted_content: undefined,
    },
  };
}

async function createBlob(call: RestCall): Promise<RestAnswer> {
  const { content, encoding } = call.body;
  const data = Buffer.from(String(content), encoding === 'base64' ? 'base64' : 'utf8');
  const sha = await call.repository.objects.write('blob', data);
  return { status: 201, body: { sha, url: blobUrl(call, sha) } };
}

async function treeOid(call: RestCall, name: string): Promise<string | null> {
  const { repository } = call;
  if ((await repository.objects.tree(name)) !== null) return name;
  const commit = await resolveRevision(repository, name);
  return commit === null ? null : ((await repository.objects.commit(commit))?.tree ?? null);
}

async function treeEntryView(call: RestCall, entry: PathEntry): Promise<JsonObject> {
  const { path, mode, oid: sha } = entry;
  const type = entryType(mode);
  const url = `${apiUrl(call.world.url, call.repository)}/git/${type}s/${sha}`;
  if (type === 'commit') return { path, mode, type, sha };
  if (type === 'tree') return { path, mode, type, sha, url };
  return { path, mode, type, sha, size: await call.repository.objects.size(sha), url };
}

async function treeView(call: RestCall, oid: string, isRecursive: boolean): Promise<JsonObject> {
  const { objects } = call.repository;
  const all = isRecursive
    ? await listTree(objects, oid)
    : ((await objects.tree(oid)) ?? []).map((entry) => ({ ...entry, path: entry.name }));
  const tree: JsonObject[] = [];
  let bytes = 0;
  for (const entry of all) {
    const view = await treeEntryView(call, entry);
    bytes += JSON.stringify(view).length;
    if (tree.length >= treeEntriesMax || bytes > treeBytesMax) break;
    tree.push(view);
  }
  const url = `${apiUrl(call.world.url, call.repository)}/git/trees/${oid}`;
  return { sha: oid, url, tree, truncated: tree.length < all.length };
}

async function getTree(call: RestCall): Promise<RestAnswer> {
  const oid = await treeOid(call, call.part('tree_sha'));
  if (oid === null) throw notFound();
  const isRecursive = call.query['recursive'] !== undefined;
  return { status: 200, body: await treeView(call, oid, isRecursive) };
}

async function treeEdit(call: RestCall, entry: JsonObject): Promise<TreeEdit> {
  const { objects } = call.repository;
  const mode = typeof entry['mode'] === 'string' ? entry['mode'] : '100644';
  if (typeof entry['content'] === 'string') {
    return { mode, oid: await objects.write('blob', Buffer.from(entry['content'])) };
  }
  const { sha: oid } = entry;
  if (oid === null) return null;
  if (typeof oid !== 'string') throw new Problem(422, 'Must supply tree.sha or tree.content');
  if (mode !== '160000' && (await objects.read(oid)) === null) {
    throw new Problem(422, `tree.sha ${oid} does not exist`);
  }
  return { mode, oid };
}

async function createTree(call: RestCall): Promise<RestAnswer> {
  const { objects } = call.repository;
  const base = call.body['base_tree'];
  const baseOid = typeof base === 'string' ? await treeOid(call, base) : null;
  if (typeof base === 'string' && baseOid === null) throw new Problem(404, 'Not Found');
  const edits = new Map<string, TreeEdit>();
  for (const entry of call.body['tree'] as readonly JsonObject[]) {
    const path = String(entry['path']);
    if (path.startsWith('/') || path.split('/').some((part) => /^(|\.|\.\.|\.git)$/.test(part))) {
      throw new Problem(422, 'tree.path contains a malformed path component');
    }
    edits.set(path, await treeEdit(call, entry));
  }
  const oid = await editTree(objects, baseOid, edits);
  return { status: 201, body: await treeView(call, oid, false) };
}

function personFrom(call: RestCall, value: unknown): Person {
  const doer = personOf(call.world, call.doer.account);
  if (!isObject(value)) return doer;
  const seconds = Math.floor(Date.parse(String(value['date'])) / 1000);
  return {
    name: typeof value['name'] === 'string' ? value['name'] : doer.name,
    email: typeof value['email'] === 'string' ? value['email'] : doer.email,
    seconds: Number.isNaN(seconds) ? doer.seconds : seconds,
    zone: '+0000',
  };
}

async function checkObjects(
  { repository }: RestCall,
  tree: string,
  parents: readonly string[],
): Promise<void> {
  if ((await repository.objects.tree(tree)) === null) {
    throw new Problem(422, 'Tree SHA does not exist');
  }
  for (const parent of parents) {
    if ((await repository.objects.commit(parent)) !== null) continue;
    throw new Problem(422, 'Parent SHA does not exist or is not a commit object');
  }
}

async function createCommit(call: RestCall): Promise<RestAnswer> {
  const { repository, world, body } = call;
  const tree = String(body['tree']);
  const parents = (body['parents'] ?? []) as readonly string[];
  await checkObjects(call, tree, parents);
  const author = personFrom(call, body['author']);
  const committer = body['committer'] === undefined ? author : personFrom(call, body['committer']);
  const message = String(body['message']);
  const oid = await repository.objects.writeCommit({ tree, parents, author, committer, message });
  // GitHub signs what a bot commits, but only when the bot names no author or committer of its own.
  const isOwn = body['author'] === undefined && body['committer'] === undefined;
  if (isOwn && call.app !== null) repository.signed.set(oid, world.timestamp());
  return await answerCommit(call, oid, 201);
}

async function answerCommit(call: RestCall, oid: string, status: number): Promise<RestAnswer> {
  const commit = await call.repository.objects.commit(oid);
  if (commit === null) throw notFound();
  return { status, body: gitCommitView(call.world, call.repository, commit) };
}

export const gitEndpoints: readonly Endpoint[] = [
  { id: 'git/get-ref', needs: read, handle: getRef },
  { id: 'git/list-matching-refs', needs: read, handle: matchingRefs },
  { id: 'git/create-ref', needs: write, handle: createRef },
  { id: 'git/update-ref', needs: write, handle: updateRef },
  { id: 'git/delete-ref', needs: write, handle: deleteRef },
  { id: 'git/get-blob', needs: read, handle: getBlob },
  { id: 'git/create-blob', needs: write, handle: createBlob },
  { id: 'git/get-tree', needs: read, handle: getTree },
  { id: 'git/create-tree', needs: write, handle: createTree },
  {
    id: 'git/get-commit',
    needs: read,
    handle: (call) => answerCommit(call, call.part('commit_sha'), 200),
  },
  { id: 'git/create-commit', needs: write, handle: createCommit },
];
