// The Action's real bundle against the fake GitHub with a token that can only read: every event, every way to fail.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GateVerdict } from '../../src/kernel/check.ts';
import { bundleAction } from '../action-bundle.ts';
import type { ActionBundle, ActionRun, ActionStep } from '../action-bundle.ts';
import { code } from '../complex-code.ts';
import { startFakeGitHub } from '../fakes/github/fake-github.ts';
import type { FakeGitHub } from '../fakes/github/fake-github.ts';
import { startReceiver } from '../fakes/github/receiver.ts';
import type { Receiver } from '../fakes/github/receiver.ts';
import type { RepositoryHandle } from '../fakes/github/repository-handle.ts';
import { resultOf } from '../shell.ts';

const policy = `version: 1
enforce: require
agents:
  codex: { github: "codex-bot[bot]", tier: implementer }
  opus:  { github: "opus-bot[bot]", tier: implementer }
plan:
  phases:
    - id: rpc
      status: active
      scopes: { codex: { write: ["src/network/**"] } }
`;
const rights = { contents: 'read', pull_requests: 'read' } as const;

let fake: FakeGitHub;
let demo: RepositoryHandle;
let hook: Receiver;
let action: ActionBundle;
let token: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coord action '));
  [fake, hook, action] = await Promise.all([startFakeGitHub(), startReceiver(), bundleAction()]);
  for (const login of ['codex-bot[bot]', 'opus-bot[bot]']) fake.addUser(login, { type: 'Bot' });
  demo = await fake.addRepository('octo/demo', {
    files: { '.github/coord.yml': policy, 'src/network/a.ts': 'export const a = 1;\n' },
    roles: { ada: 'write' },
  });
  await fake.createApp({
    name: 'listener',
    permissions: { pull_requests: 'read', merge_queues: 'read' },
    events: ['pull_request', 'merge_group'],
    webhookUrl: hook.url,
    webhookSecret: 'only listens',
  });
  const clone = join(folder, 'clone');
  await promisify(execFile)('git', ['clone', '-q', demo.gitDir, clone]);
  await resultOf(['-C', clone, 'init']);
  await resultOf(['-C', clone, '--as', 'opus', 'agent', 'join', 'opus']);
  await resultOf(['-C', clone, '--as', 'opus', 'lock', 'src/network/held.ts']);
  token = fake.createActionsToken({ repository: 'octo/demo', permissions: rights });
}, 60_000);

afterAll(async () => {
  await Promise.all([hook.stop(), action.remove()]);
  await fake.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Whatever was run: the Action called GitHub as GitHub wants to be called, and changed nothing there. */
afterEach(() => {
  expect(fake.violations).toEqual([]);
  expect(fake.writes).toEqual([]);
});

function run(
  step: Pick<ActionStep, 'event' | 'payload'> & Partial<ActionStep>,
): Promise<ActionRun> {
  const { with: given = {}, ...rest } = step;
  const where = { apiUrl: fake.url, repository: 'octo/demo' };
  return action.run({ ...where, ...rest, with: { 'github-token': token, ...given } });
}

/** The payload of the last webhook of this name, as an Actions event carries it too. */
async function payloadOf(name: string): Promise<unknown> {
  await fake.settled();
  return hook.received.findLast((each) => each.name === name)?.payload;
}

async function pull(branch: string, files: Readonly<Record<string, string>>): Promise<unknown> {
  await demo.seed({ branch, files, author: 'codex-bot[bot]' });
  await demo.openPullRequest({ head: branch, author: 'codex-bot[bot]' });
  return payloadOf('pull_request.opened');
}

function verdictOf({ outputs }: ActionRun): GateVerdict {
  return JSON.parse(outputs.verdict ?? '') as GateVerdict;
}

describe('pull_request', () => {
  it('inside the scope: passes, says so in outputs and summary, and annotates nothing', async () => {
    const payload = await pull('inside', { 'src/network/b.ts': code('b', 8) });
    const ended = await run({ event: 'pull_request', payload });
    expect(ended.status, ended.log).toBe(0);
    expect(ended.log).not.toContain('::error');
    expect(ended.outputs).toMatchObject({ conclusion: 'success', passed: 'true', findings: '0' });
    expect(verdictOf(ended)).toMatchObject({
      conclusion: 'success',
      head: await demo.head('inside'),
      base: await demo.head('main'),
      seq: 3,
    });
    expect(verdictOf(ended).checks.map(({ name }) => name)).toContain('scope');
    expect(ended.summary).toContain('## coord / gate');
    expect(ended.summary).toMatch(/\| ✅ \| scope \|/);
  });

  it('outside the scope, too complex and locked: fails with annotations, summary, outputs and exit status', async () => {
    const payload = await pull('astray', {
      'docs/a.ts': code('a', 12),
      'src/network/held.ts': 'export const held = 1;\n',
    });
    const ended = await run({ event: 'pull_request', payload });
    expect(ended.status).toBe(1);
    const errors = ended.log.split('\n').filter((line) => line.startsWith('::error'));
    expect(errors).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^::error title=scope%3A scope-outside,file=docs\/a\.ts::/),
        expect.stringMatching(
          /^::error title=complexity%3A complexity,file=docs\/a\.ts,line=1,endLine=\d+::.*12/,
        ),
        expect.stringMatching(/^::error title=locks%3A lock-held,file=src\/network\/held\.ts::/),
      ]),
    );
    expect(ended.outputs).toMatchObject({ conclusion: 'failure', passed: 'false' });
    expect(Number(ended.outputs.findings)).toBe(errors.length - 1);
    expect(errors.at(-1)).toBe(`::error::${verdictOf(ended).title}`);
    expect(ended.summary).toContain('❌');
    expect(ended.summary).toContain('docs/a.ts');
  });
});

it('other languages are measured with the grammars that the bundle brings', async () => {
  const branches = Array.from({ length: 9 }, (_, i) => `    if a > ${i}: g(${i})\n`);
  const payload = await pull('snake', {
    'src/network/a.py': `def f(a):\n${branches.join('')}`,
    'src/network/a.rs': 'fn f(a: i32) -> i32 { if a > 1 { 1 } else { 2 } }\n',
  });
  const ended = await run({ event: 'pull_request', payload });
  const complexity = verdictOf(ended).checks.find(({ name }) => name === 'complexity');
  expect(complexity?.findings).toMatchObject([
    { rule: 'complexity', path: 'src/network/a.py', line: 1, value: 10, level: 'failure' },
  ]);
  expect(complexity?.reasons[0]).toContain('Python (radon), Rust (coord-rust)');
});

it('a file name cannot give the runner a command', async () => {
  const name = 'docs/a\n::set-env name=NODE_OPTIONS::--x\n::warning::pwned.ts';
  const payload = await pull('hostile', { [name]: code('h', 12) });
  const ended = await run({ event: 'pull_request', payload });
  expect(ended.status).toBe(1);
  const commands = ended.log.split('\n').filter((line) => /^\s*::/.test(line));
  expect(commands.length).toBeGreaterThan(1);
  expect(commands.filter((line) => !/^::(?:error|warning) title=[a-z]+%3A /.test(line))).toEqual([
    `::error::${verdictOf(ended).title}`,
  ]);
});

describe('other events', () => {
  it('merge_group: the group gets the verdict of its pull request', async () => {
    const opened = await pull('queued', { 'src/network/c.ts': code('c', 8) });
    const { number } = (opened as { pull_request: { number: number } }).pull_request;
    await demo.mergeGroup([number], 'ada');
    const payload = await payloadOf('merge_group.checks_requested');
    const ended = await run({ event: 'merge_group', payload });
    expect(ended.status, ended.log).toBe(0);
    expect(verdictOf(ended).head).toBe(await demo.head('queued'));
  });

  it('pull_request_target from a fork: judged without its code, and its branch name borrows no scope', async () => {
    const fork = await demo.fork('eve');
    await fork.seed({ branch: 'codex/own', files: { '.github/coord.yml': 'version: 1\n' } });
    const pullRequest = { head: 'codex/own', author: 'eve', from: fork };
    await demo.openPullRequest(pullRequest);
    const payload = await payloadOf('pull_request.opened');
    const ended = await run({ event: 'pull_request_target', payload });
    expect(ended.status, ended.log).toBe(0);
    const scope = verdictOf(ended).checks.find(({ name }) => name === 'scope');
    expect(scope).toMatchObject({ conclusion: 'neutral' });
    expect(scope?.title).toContain('eve');
    expect(verdictOf(ended).head).toBe(await fork.head('codex/own'));
  });

  it('an event without a pull request fails with the events that have one', async () => {
    const ended = await run({ event: 'push', payload: { ref: 'refs/heads/main' } });
    expect(ended.status).toBe(1);
    expect(ended.log).toContain('::error::The event push names no pull request.');
    expect(ended.outputs.passed).toBe('false');
  });
});

describe('what could not be judged has not passed', () => {
  const payload = { pull_request: { number: 1 } };
  const event = 'pull_request';
  const asksForAction = { conclusion: 'action_required', passed: 'false' };

  it('GitHub cannot be reached', async () => {
    const ended = await run({ event, payload, apiUrl: 'http://127.0.0.1:9' });
    expect(ended.status).toBe(1);
    expect(ended.outputs).toMatchObject(asksForAction);
    expect(ended.log).toMatch(/^::error::GitHub could not read /m);
  });

  it('the token has no rights', async () => {
    const powerless = fake.createActionsToken({ repository: 'octo/demo', permissions: {} });
    const ended = await run({ event, payload, with: { 'github-token': powerless } });
    expect(ended.status).toBe(1);
    expect(ended.outputs).toMatchObject(asksForAction);
    expect(ended.log).toMatch(/^::error::GitHub could not read .*not accessible/m);
  });

  it('the token may read pull requests but no contents', async () => {
    const permissions = { pull_requests: 'read' } as const;
    const blind = fake.createActionsToken({ repository: 'octo/demo', permissions });
    const ended = await run({ event, payload, with: { 'github-token': blind } });
    expect(ended.status).toBe(1);
    expect(ended.outputs).toMatchObject(asksForAction);
  });

  it('an unknown mode', async () => {
    const ended = await run({ event, payload, with: { mode: 'tick' } });
    expect(ended.status).toBe(1);
    expect(ended.outputs).toMatchObject(asksForAction);
    expect(ended.log).toContain('mode is `tick`; the only mode is check.');
  });

  it('a pull request that does not exist', async () => {
    const ended = await run({ event, payload: { pull_request: { number: 999 } } });
    expect(ended.status).toBe(1);
    expect(ended.outputs).toMatchObject(asksForAction);
  });

  it('a policy that cannot be read', async () => {
    await demo.seed({ branch: 'broken-base', files: { '.github/coord.yml': 'version: 7\n' } });
    await demo.seed({ branch: 'onto', files: { 'a.md': 'a\n' }, author: 'codex-bot[bot]' });
    const author = 'codex-bot[bot]';
    const number = await demo.openPullRequest({ head: 'onto', base: 'broken-base', author });
    const ended = await run({ event, payload: { pull_request: { number } } });
    expect(ended.status).toBe(1);
    expect(ended.outputs).toMatchObject(asksForAction);
    expect(ended.summary).toContain('version');
  });
});
