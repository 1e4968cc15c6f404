// Workflow files are valid by GitHub's own parser, ask for the least rights, and app.yml for the least permissions.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { appEvents, appPermissions } from './app-process.ts';
import { loadWorkflowParser } from './workflow-parser.ts';
import type { WorkflowErrors } from './workflow-parser.ts';

const root = join(import.meta.dirname, '..');
const workflowFolder = join(root, '.github/workflows');
const workflowNames = readdirSync(workflowFolder).filter((name) => /\.ya?ml$/.test(name));

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly name?: string;
  readonly needs?: readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Readonly<Record<string, unknown>>[];
}

let errorsOf: WorkflowErrors;

beforeAll(async () => {
  errorsOf = await loadWorkflowParser();
});

function read(name: string): string {
  return readFileSync(join(workflowFolder, name), 'utf8');
}

function workflow(name: string): Workflow {
  return parse(read(name)) as Workflow;
}

describe.each(workflowNames)('%s', (name) => {
  it('is valid', () => {
    expect(errorsOf(name, read(name))).toEqual([]);
  });

  it('gives no right by default, reads at most, and ends by itself', () => {
    const { permissions, jobs } = workflow(name);
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) {
      expect(Object.values(job.permissions ?? {}).filter((level) => level !== 'read')).toEqual([]);
      expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  it('checks out with no credentials left behind', () => {
    const steps = Object.values(workflow(name).jobs).flatMap((job) => job.steps);
    const checkouts = steps.filter(({ uses }) => String(uses).startsWith('actions/checkout@'));
    expect(checkouts.length).toBeGreaterThan(0);
    for (const { with: given } of checkouts) {
      expect(given).toMatchObject({ 'persist-credentials': false });
    }
  });
});

it('the parser finds what is wrong', () => {
  expect(errorsOf('bad.yml', 'on: push\njobs:\n  a:\n    runs-on: x\n    step: []\n')).toEqual([
    expect.stringContaining("Unexpected value 'step'"),
  ]);
});

it('ci.yml: one job waits for all others and is the one to require', () => {
  const { jobs } = workflow('ci.yml');
  const others = Object.keys(jobs).filter((name) => name !== 'all-green');
  expect(jobs['all-green']?.needs).toEqual(others);
});

it('coord.yml: judges pull requests and the merge queue, never with the code of a pull request', () => {
  const { on, jobs } = workflow('coord.yml');
  expect(Object.keys(on)).toEqual(['pull_request_target', 'merge_group']);
  expect(jobs['gate']?.name).toBe('coord / gate');
  const [checkout] = jobs['gate']?.steps ?? [];
  expect(checkout?.['with']).toMatchObject({
    ref: '${{ github.event.repository.default_branch }}',
  });
});

it('app.yml asks for exactly what coord uses; the end-to-end tests run with nothing more', () => {
  const manifest = parse(readFileSync(join(root, 'app.yml'), 'utf8')) as Record<string, unknown>;
  expect(manifest['default_permissions']).toEqual({
    metadata: 'read',
    contents: 'write',
    issues: 'write',
    pull_requests: 'write',
    checks: 'write',
    merge_queues: 'read',
  });
  expect(manifest['default_permissions']).toEqual(appPermissions);
  expect(manifest['default_events']).toEqual(appEvents);
});
