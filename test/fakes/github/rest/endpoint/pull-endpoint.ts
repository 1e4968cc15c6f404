// Pull requests, their files and commits, with the caps GitHub puts on both.
import type { FileChange } from '../../git/diff.ts';
import type { Repository } from '../../state/repository.ts';
import { apiUrl, webUrl } from '../../state/repository.ts';
import type { JsonObject } from '../../state/json.ts';
import type { PullThread } from '../../state/thread.ts';
import { isPull } from '../../state/thread.ts';
import type { World } from '../../state/world.ts';
import { pullCommits, pullFigures, pullFiles } from '../../change/pull-diff.ts';
import { mergePull, openPull, setPullState } from '../../change/pull-change.ts';
import { commitView } from '../../view/commit-view.ts';
import { pullView } from '../../view/thread-view.ts';
import type { Endpoint, RestAnswer, RestCall } from '../call.ts';
import { on } from '../call.ts';
import { answerPage } from '../page.ts';
import { notFound, Problem, validationFailed } from '../problem.ts';
import { threadOf } from './issue-endpoint.ts';

export const pullFilesMax = 3000;
const pullCommitsMax = 250;
const read = on('pull_requests', 'read');
const write = on('pull_requests', 'write');

function pullOf(call: RestCall): PullThread {
  const thread = threadOf(call, 'pull_number');
  if (!isPull(thread)) throw notFound();
  return thread;
}

/** The shape of `diff-entry`. */
export function fileView(
  world: World,
  repository: Repository,
  file: FileChange,
  headSha: string,
): JsonObject {
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  const web = webUrl(world.url, repository);
  return {
    sha: file.oid,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${web}/blob/${headSha}/${path}`,
    raw_url: `${web}/raw/${headSha}/${path}`,
    contents_url: `${apiUrl(world.url, repository)}/contents/${path}?ref=${headSha}`,
    // Both are there only when there is something to say, so the example's are removed otherwise.
    patch: file.patch ?? undefined,
    previous_filename: file.previousPath ?? undefined,
  };
}

async function listFiles(call: RestCall): Promise<RestAnswer> {
  const thread = pullOf(call);
  const files = (await pullFiles(thread)).slice(0, pullFilesMax);
  return await answerPage(call, files, (file) => {
    return fileView(call.world, call.repository, file, thread.pull.headSha);
  });
}

async function listCommits(call: RestCall): Promise<RestAnswer> {
  const oids = (await pullCommits(pullOf(call))).slice(0, pullCommitsMax);
  return await answerPage(call, oids, async (oid) => {
    const commit = await call.repository.objects.commit(oid);
    return commit === null ? null : commitView(call.world, call.repository, commit);
  });
}

function listPulls(call: RestCall): Promise<RestAnswer> {
  const { state = 'open', head, base, direction = 'desc' } = call.query;
  const all = [...call.repository.threads.values()]
    .filter(isPull)
    .filter((thread) => state === 'all' || thread.state === state)
    .filter(({ pull }) => base === undefined || pull.baseRef === base)
    .filter(({ pull }) => {
      return head === undefined || `${pull.headRepository.owner.login}:${pull.headRef}` === head;
    });
  if (direction === 'desc') all.reverse();
  return answerPage(call, all, (thread) => pullView(call.world, thread, null));
}

async function answerPull(call: RestCall, thread: PullThread, status = 200): Promise<RestAnswer> {
  return { status, body: pullView(call.world, thread, await pullFigures(thread)) };
}

async function createPull(call: RestCall): Promise<RestAnswer> {
  const { world, repository, body, doer } = call;
  const [owner, headRef] = splitHead(repository, String(body['head']));
  const headRepository = [...world.repositories.values()].find((each) => {
    return each.owner.login === owner && (each === repository || each.parent === repository);
  });
  if (headRepository === undefined) throw validationFailed('PullRequest', 'head', 'invalid');
  try {
    const thread = await openPull(world, repository, {
      author: doer.account,
      viaApp: doer.viaApp,
      title: typeof body['title'] === 'string' ? body['title'] : headRef,
      body: typeof body['body'] === 'string' ? body['body'] : null,
      headRepository,
      headRef,
      baseRef: String(body['base']),
      isDraft: body['draft'] === true,
    });
    return await answerPull(call, thread, 201);
  } catch (error) {
    throw validationFailed(
      'PullRequest',
      'head',
      error instanceof Error ? error.message : 'invalid',
    );
  }
}

function splitHead(repository: Repository, head: string): readonly [string, string] {
  const colon = head.indexOf(':');
  if (colon < 0) return [repository.owner.login, head];
  return [head.slice(0, colon), head.slice(colon + 1)];
}

async function updatePull(call: RestCall): Promise<RestAnswer> {
  const thread = pullOf(call);
  const { title, body, state } = call.body;
  if (typeof title === 'string') thread.title = title;
  if (typeof body === 'string') thread.body = body;
  if (state === 'open' || state === 'closed') {
    setPullState(call.world, thread, state, call.doer.account);
  }
  return await answerPull(call, thread);
}

async function merge(call: RestCall): Promise<RestAnswer> {
  const thread = pullOf(call);
  const { sha } = call.body;
  if (typeof sha === 'string' && sha !== thread.pull.headSha) {
    throw new Problem(409, 'Head branch was modified. Review and try the merge again.');
  }
  if (thread.state === 'closed') throw new Problem(405, 'Pull Request is not mergeable');
  const oid = await mergePull(call.world, thread, call.doer.account);
  return {
    status: 200,
    body: { sha: oid, merged: true, message: 'Pull Request successfully merged' },
  };
}

export const pullEndpoints: readonly Endpoint[] = [
  { id: 'pulls/list', needs: read, handle: listPulls },
  { id: 'pulls/create', needs: write, handle: createPull },
  { id: 'pulls/get', needs: read, handle: (call) => answerPull(call, pullOf(call)) },
  { id: 'pulls/update', needs: write, handle: updatePull },
  { id: 'pulls/list-files', needs: read, handle: listFiles },
  { id: 'pulls/list-commits', needs: read, handle: listCommits },
  { id: 'pulls/merge', needs: on('contents', 'write'), handle: merge },
];
