// Check runs and suites as REST answers and webhook payloads show them.
import type { CheckRun, CheckSuite } from '../state/check.ts';
import type { JsonObject } from '../state/json.ts';
import type { Repository } from '../state/repository.ts';
import { apiUrl, webUrl } from '../state/repository.ts';
import { isPull } from '../state/thread.ts';
import type { World } from '../state/world.ts';
import { nodeId } from '../state/world.ts';
import { appView } from './app-view.ts';

/** Open pull requests of the same repository at this commit; those from forks are never listed. */
function pullsAt(world: World, repository: Repository, sha: string): JsonObject[] {
  const api = apiUrl(world.url, repository);
  const repo = { id: repository.id, url: api, name: repository.name };
  return [...repository.threads.values()]
    .filter(isPull)
    .filter(({ pull }) => pull.headSha === sha && pull.headRepository === repository)
    .filter(({ state }) => state === 'open')
    .map(({ pull, number }) => ({
      id: pull.id,
      number,
      url: `${api}/pulls/${number}`,
      head: { ref: pull.headRef, sha: pull.headSha, repo },
      base: { ref: pull.baseRef, sha: pull.baseSha, repo },
    }));
}

/** The shape of `check-run`. */
export function checkRunView(world: World, repository: Repository, run: CheckRun): JsonObject {
  const url = `${apiUrl(world.url, repository)}/check-runs/${run.id}`;
  const page = `${webUrl(world.url, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId('CheckRun', run.id),
    head_sha: run.suite.headSha,
    name: run.name,
    external_id: run.externalId,
    url,
    html_url: page,
    details_url: run.detailsUrl ?? page,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      ...run.output,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: appView(world, run.suite.app),
    pull_requests: pullsAt(world, repository, run.suite.headSha),
    deployment: undefined,
  };
}

/** Status and conclusion of a suite follow from its runs. */
function suiteState(runs: readonly CheckRun[]): {
  readonly status: string;
  readonly conclusion: string | null;
} {
  if (runs.length === 0) return { status: 'queued', conclusion: null };
  if (runs.some((run) => run.status !== 'completed')) {
    return { status: 'in_progress', conclusion: null };
  }
  const bad = runs.find(({ conclusion }) => {
    return conclusion !== 'success' && conclusion !== 'neutral' && conclusion !== 'skipped';
  });
  return { status: 'completed', conclusion: bad?.conclusion ?? 'success' };
}

/** The shape of a suite nested in a webhook, and of `check-suite` but for commit and repository. */
export function checkSuiteView(
  world: World,
  repository: Repository,
  suite: CheckSuite,
): JsonObject {
  const runs = [...repository.checkRuns.values()].filter((run) => run.suite === suite);
  const url = `${apiUrl(world.url, repository)}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: nodeId('CheckSuite', suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...suiteState(runs),
    url,
    before: null,
    after: suite.headSha,
    pull_requests: pullsAt(world, repository, suite.headSha),
    app: appView(world, suite.app),
    created_at: suite.createdAt,
    updated_at: suite.createdAt,
    latest_check_runs_count: runs.length,
    check_runs_url: `${url}/check-runs`,
  };
}

/** The shape of `check-annotation`. */
export function annotationView(
  world: World,
  repository: Repository,
  annotation: JsonObject,
): JsonObject {
  return {
    path: annotation['path'],
    blob_href: `${webUrl(world.url, repository)}/blob/${String(annotation['path'])}`,
    start_line: annotation['start_line'],
    end_line: annotation['end_line'],
    start_column: annotation['start_column'] ?? null,
    end_column: annotation['end_column'] ?? null,
    annotation_level: annotation['annotation_level'],
    title: annotation['title'] ?? null,
    message: annotation['message'],
    raw_details: annotation['raw_details'] ?? null,
  };
}
