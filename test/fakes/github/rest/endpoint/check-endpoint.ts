// Check runs and suites, with every bound GitHub puts on their output.
import type { App } from '../../state/app.ts';
import type { CheckOutput, CheckRun, CheckStatus } from '../../state/check.ts';
import type { JsonObject } from '../../state/json.ts';
import { isObject } from '../../state/json.ts';
import type { Repository } from '../../state/repository.ts';
import { isPull } from '../../state/thread.ts';
import type { CheckRunInput } from '../../change/check-change.ts';
import {
  createCheckRun,
  rerequestCheckRun,
  suiteFor,
  updateCheckRun,
} from '../../change/check-change.ts';
import { annotationView, checkRunView, checkSuiteView } from '../../view/check-view.ts';
import { webhookCommitView } from '../../view/commit-view.ts';
import { repositoryView } from '../../view/repository-view.ts';
import { resolveRevision } from '../../git/revision.ts';
import type { Endpoint, RestAnswer, RestCall } from '../call.ts';
import { on } from '../call.ts';
import { answerPage, pageOf } from '../page.ts';
import { invalidRequest, notFound, Problem, validationFailed } from '../problem.ts';

const outputBytesMax = 65_535;
const annotationBytesMax = 64 * 1024;
const annotationTitleCharsMax = 255;
const read = on('checks', 'read');
const write = on('checks', 'write', { isAppOnly: true });

/** Cuts to whole characters within so many bytes: what GitHub silently does to `text`. */
export function cutBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  return bytes.subarray(0, bytesMax).toString().replace(/�+$/, '');
}

function checkAnnotation(annotation: JsonObject): void {
  const bytes = (name: string): number => Buffer.byteLength(textOf(annotation[name]));
  if (bytes('message') > annotationBytesMax || bytes('raw_details') > annotationBytesMax) {
    throw validationFailed('CheckAnnotation', 'message', 'is too long (maximum is 64 KB)');
  }
  if (textOf(annotation['title']).length > annotationTitleCharsMax) {
    throw validationFailed('CheckAnnotation', 'title', 'is too long (maximum is 255 characters)');
  }
  const hasColumns =
    annotation['start_column'] !== undefined || annotation['end_column'] !== undefined;
  if (hasColumns && annotation['start_line'] !== annotation['end_line']) {
    const reason = 'columns are allowed only when start_line and end_line are the same';
    throw validationFailed('CheckAnnotation', 'start_column', reason);
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The output of a request, or nothing when it has none; what it leaves out is gone afterwards. */
function outputOf(
  body: JsonObject,
): { output: CheckOutput; annotations: readonly JsonObject[] } | Record<string, never> {
  const { output } = body;
  if (!isObject(output)) return {};
  const summary = textOf(output['summary']);
  if (Buffer.byteLength(summary) > outputBytesMax) {
    throw validationFailed(
      'CheckRun',
      'summary',
      `is too long (maximum is ${outputBytesMax} bytes)`,
    );
  }
  const annotations = (output['annotations'] ?? []) as readonly JsonObject[];
  annotations.forEach(checkAnnotation);
  const text = output['text'];
  return {
    output: {
      title: typeof output['title'] === 'string' ? output['title'] : null,
      summary,
      text: typeof text === 'string' ? cutBytes(text, outputBytesMax) : null,
    },
    annotations,
  };
}

function inputOf(call: RestCall): CheckRunInput {
  const { body } = call;
  const given = <Value>(name: string, key: keyof CheckRunInput): Partial<Record<string, Value>> => {
    return body[name] === undefined ? {} : { [key]: body[name] as Value };
  };
  if (body['status'] === 'completed' && body['conclusion'] === undefined) {
    throw invalidRequest('"conclusion" wasn\'t supplied.');
  }
  if (body['conclusion'] === 'stale') {
    throw invalidRequest(
      'You cannot change a check run conclusion to stale, only GitHub can set this.',
    );
  }
  // GitHub overwrites the address of checks made with a workflow's token.
  const isActions = call.app?.slug === 'github-actions';
  return {
    ...given<string>('name', 'name'),
    ...given<string>('external_id', 'externalId'),
    ...(isActions ? {} : given<string>('details_url', 'detailsUrl')),
    ...given<CheckStatus>('status', 'status'),
    ...given<string>('conclusion', 'conclusion'),
    ...given<string>('started_at', 'startedAt'),
    ...given<string>('completed_at', 'completedAt'),
    ...given<readonly JsonObject[]>('actions', 'actions'),
    ...outputOf(body),
  };
}

function appOf(call: RestCall): App {
  if (call.app === null) throw new Problem(403, 'You must authenticate via a GitHub App.');
  return call.app;
}

function branchAt(repository: Repository, sha: string): string | null {
  const thread = [...repository.threads.values()].filter(isPull).find(({ pull }) => {
    return pull.headSha === sha && pull.headRepository === repository;
  });
  return thread?.pull.headRef ?? null;
}

async function createRun(call: RestCall): Promise<RestAnswer> {
  const { world, repository, body } = call;
  const app = appOf(call);
  const sha = String(body['head_sha']);
  if ((await repository.objects.commit(sha)) === null) {
    throw new Problem(422, `No commit found for SHA: ${sha}`);
  }
  const input = inputOf(call);
  const suite = suiteFor(world, repository, app, { sha, branch: branchAt(repository, sha) });
  const run = createCheckRun(world, repository, suite, { ...input, name: String(body['name']) });
  return { status: 201, body: checkRunView(world, repository, run) };
}

function runOf(call: RestCall): CheckRun {
  const found = call.repository.checkRuns.get(call.number('check_run_id'));
  if (found === undefined) throw notFound();
  return found;
}

function updateRun(call: RestCall): RestAnswer {
  const run = runOf(call);
  const app = appOf(call);
  if (run.suite.app !== app) {
    const reason = `Invalid app_id \`${app.id}\` - check run can only be modified by the GitHub App that created it.`;
    throw new Problem(403, reason);
  }
  updateCheckRun(call.world, call.repository, run, inputOf(call));
  return { status: 200, body: checkRunView(call.world, call.repository, run) };
}

/** By default only the latest run of each name and App is listed. */
function latest(runs: readonly CheckRun[]): CheckRun[] {
  const byName = new Map<string, CheckRun>();
  for (const run of runs) byName.set(`${run.suite.app.id} ${run.name}`, run);
  return [...byName.values()];
}

function listRuns(call: RestCall, runs: readonly CheckRun[]): RestAnswer {
  const { check_name: name, status, app_id: appId, filter } = call.query;
  const fitting = runs
    .filter((run) => name === undefined || run.name === name)
    .filter((run) => status === undefined || run.status === status)
    .filter((run) => appId === undefined || run.suite.app.id === appId);
  const all = filter === 'all' ? fitting : latest(fitting);
  const { items, headers } = pageOf(call, all);
  const views = items.map((run) => {
    return call.services.complete(
      'checks/get',
      200,
      checkRunView(call.world, call.repository, run),
    );
  });
  return { status: 200, body: { total_count: all.length, check_runs: views }, headers };
}

async function listForRef(call: RestCall): Promise<RestAnswer> {
  const sha = await resolveRevision(call.repository, call.part('ref'));
  if (sha === null) throw new Problem(422, `No commit found for SHA: ${call.part('ref')}`);
  const runs = [...call.repository.checkRuns.values()];
  return listRuns(
    call,
    runs.filter((run) => run.suite.headSha === sha),
  );
}

async function suiteAnswer(call: RestCall, id: number): Promise<RestAnswer> {
  const { world, repository } = call;
  const suite = repository.checkSuites.get(id);
  if (suite === undefined) throw notFound();
  const commit = await repository.objects.commit(suite.headSha);
  return {
    status: 200,
    body: {
      ...checkSuiteView(world, repository, suite),
      repository: repositoryView(world, repository),
      head_commit: commit === null ? null : webhookCommitView(world, repository, commit),
    },
  };
}

export const checkEndpoints: readonly Endpoint[] = [
  { id: 'checks/create', needs: write, handle: createRun },
  { id: 'checks/update', needs: write, handle: updateRun },
  {
    id: 'checks/get',
    needs: read,
    handle: (call) => ({
      status: 200,
      body: checkRunView(call.world, call.repository, runOf(call)),
    }),
  },
  {
    id: 'checks/list-annotations',
    needs: read,
    handle: (call) =>
      answerPage(call, runOf(call).annotations, (each) => {
        return annotationView(call.world, call.repository, each);
      }),
  },
  { id: 'checks/list-for-ref', needs: read, handle: listForRef },
  {
    id: 'checks/list-for-suite',
    needs: read,
    handle: (call) => {
      const id = call.number('check_suite_id');
      const runs = [...call.repository.checkRuns.values()];
      return listRuns(
        call,
        runs.filter((run) => run.suite.id === id),
      );
    },
  },
  {
    id: 'checks/get-suite',
    needs: read,
    handle: (call) => suiteAnswer(call, call.number('check_suite_id')),
  },
  {
    id: 'checks/rerequest-run',
    needs: on('checks', 'write'),
    handle: (call) => {
      rerequestCheckRun(call.world, call.repository, runOf(call), call.doer.account);
      return { status: 201, body: {} };
    },
  },
];
