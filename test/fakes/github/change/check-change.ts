// Changes of check runs and suites; a request to run again reaches the owning App alone.
import type { Account } from '../state/account.ts';
import type { App } from '../state/app.ts';
import { covers, grants } from '../state/app.ts';
import type { CheckOutput, CheckRun, CheckStatus, CheckSuite } from '../state/check.ts';
import type { JsonObject } from '../state/json.ts';
import type { Repository } from '../state/repository.ts';
import type { World } from '../state/world.ts';
import { checkRunView, checkSuiteView } from '../view/check-view.ts';

/** What create and update have in common; absent fields keep what is there. */
export interface CheckRunInput {
  readonly name?: string;
  readonly externalId?: string;
  readonly detailsUrl?: string;
  readonly status?: CheckStatus;
  readonly conclusion?: string;
  readonly startedAt?: string;
  readonly completedAt?: string;
  /** Replaces the whole output but the annotations, which are appended. */
  readonly output?: CheckOutput;
  readonly annotations?: readonly JsonObject[];
  readonly actions?: readonly JsonObject[];
}

/** The one suite an App has on a commit, made when missing. */
export function suiteFor(
  world: World,
  repository: Repository,
  app: App,
  head: { readonly sha: string; readonly branch: string | null },
): CheckSuite {
  for (const suite of repository.checkSuites.values()) {
    if (suite.app === app && suite.headSha === head.sha) return suite;
  }
  const suite = {
    id: world.nextId(),
    app,
    headSha: head.sha,
    headBranch: head.branch,
    createdAt: world.timestamp(),
  };
  repository.checkSuites.set(suite.id, suite);
  return suite;
}

/** On a push GitHub opens a suite for every App that may write checks here. */
export function openSuites(
  world: World,
  repository: Repository,
  head: { readonly sha: string; readonly branch: string; readonly sender: Account },
): void {
  for (const app of world.apps.values()) {
    const mayCheck = app.installations.some((installation) => {
      return (
        covers(installation, repository) && grants(installation.permissions, 'checks', 'write')
      );
    });
    if (!mayCheck || !app.events.includes('check_suite')) continue;
    const suite = suiteFor(world, repository, app, head);
    world.announcer.announce('check_suite', 'requested', {
      repository,
      sender: head.sender,
      onlyTo: app,
      payload: { check_suite: checkSuiteView(world, repository, suite) },
    });
  }
}

function announceRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  what: {
    readonly action: string;
    readonly sender: Account;
    readonly onlyTo?: App;
    readonly extra?: JsonObject;
  },
): void {
  const view = checkRunView(world, repository, run);
  const suite = checkSuiteView(world, repository, run.suite);
  const { action, sender, onlyTo, extra } = what;
  world.announcer.announce('check_run', action, {
    repository,
    sender,
    payload: { check_run: { ...view, check_suite: suite }, ...extra },
    ...(onlyTo === undefined ? {} : { onlyTo }),
  });
}

function apply(world: World, run: CheckRun, input: CheckRunInput): void {
  const { annotations = [], conclusion, completedAt, status, ...plain } = input;
  Object.assign(run, plain);
  run.annotations.push(...annotations);
  // A conclusion completes the run whatever the status says; a new status takes the conclusion away.
  if (conclusion !== undefined) {
    run.status = 'completed';
    run.conclusion = conclusion;
    run.completedAt = completedAt ?? world.timestamp();
  } else if (status !== undefined) {
    run.status = status;
    run.conclusion = null;
    run.completedAt = null;
  }
}

export function createCheckRun(
  world: World,
  repository: Repository,
  suite: CheckSuite,
  input: CheckRunInput & { readonly name: string },
): CheckRun {
  const run: CheckRun = {
    id: world.nextId(),
    suite,
    name: input.name,
    externalId: '',
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedAt: world.timestamp(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
  };
  apply(world, run, input);
  repository.checkRuns.set(run.id, run);
  announceRun(world, repository, run, { action: 'created', sender: suite.app.bot });
  announceCompletion(world, repository, run, 'queued');
  return run;
}

function announceCompletion(
  world: World,
  repository: Repository,
  run: CheckRun,
  before: CheckStatus,
): void {
  if (before === 'completed' || run.status !== 'completed') return;
  announceRun(world, repository, run, { action: 'completed', sender: run.suite.app.bot });
}

export function updateCheckRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  input: CheckRunInput,
): void {
  const before = run.status;
  apply(world, run, input);
  announceCompletion(world, repository, run, before);
}

/** Somebody clicks "Re-run": the run itself stays as it is, only its App is told. */
export function rerequestCheckRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  sender: Account,
): void {
  announceRun(world, repository, run, { action: 'rerequested', sender, onlyTo: run.suite.app });
}

/** Somebody clicks one of the run's own buttons. */
export function requestCheckAction(
  world: World,
  repository: Repository,
  run: CheckRun,
  click: { readonly identifier: string; readonly sender: Account },
): void {
  announceRun(world, repository, run, {
    action: 'requested_action',
    sender: click.sender,
    onlyTo: run.suite.app,
    extra: { requested_action: { identifier: click.identifier } },
  });
}
