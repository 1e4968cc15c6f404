// A hundred agents and ten thousand messages in a minute, through the App's own writer to the fake GitHub, in simulated time.
import { Octokit } from '@octokit/rest';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GitHubClient } from '../../src/adapters/github/client.ts';
import { paceOf } from '../../src/engine/batch-window.ts';
import type { Answer } from '../../src/engine/answer.ts';
import { createLog } from '../../src/engine/init.ts';
import { present } from '../../src/kernel/assert.ts';
import { limits } from '../../src/kernel/limits.ts';
import { parseMessage } from '../../src/log/message.ts';
import { decodeBatch } from '../../src/log/record.ts';
import { registry } from '../../src/registry.ts';
import { desks } from '../../src/surfaces/app/desk.ts';
import type { Desk } from '../../src/surfaces/app/desk.ts';
import { requestOf } from '../../src/surfaces/app/intent.ts';
import { appEvents, appPermissions } from '../app-process.ts';
import { startFakeGitHub } from '../fakes/github/fake-github.ts';
import type { FakeGitHub } from '../fakes/github/fake-github.ts';
import { SimulatedClock } from '../simulated-clock.ts';

const run = promisify(execFile);
const agents = 100;
const messages = 10_000;
const minuteMs = 60_000;
const auth = { by: 'github', subject: 'user:1:test' } as const;

const clock = new SimulatedClock();
let fake: FakeGitHub;
let desk: Desk;
let gitDir: string;
/** Calls on their way, which the event loop does not show. */
let underWay = 0;

function counting(octokit: Octokit): GitHubClient {
  const counted = async <Value>(call: Promise<Value>): Promise<Value> => {
    underWay += 1;
    return call.finally(() => (underWay -= 1));
  };
  return {
    request: (route, parameters) => counted(octokit.request(route, parameters)),
    graphql: (query, variables) => counted(octokit.graphql(query, variables)),
  };
}

beforeAll(async () => {
  fake = await startFakeGitHub({ now: () => new Date(clock.nowMs) });
  // As on GitHub; what the writer asks for stays far below.
  fake.limits.contentPerMinuteMax = 80;
  const repository = await fake.addRepository('octo/demo');
  gitDir = repository.gitDir;
  const app = await fake.createApp({
    ...{ name: 'coord', permissions: appPermissions, events: appEvents },
  });
  const nothing = (): undefined => undefined;
  const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const baseUrl = `${fake.url}/api/v3`;
  const octokit = new Octokit({ baseUrl, auth: app.createToken(), log: silent });
  const { open } = desks({
    ...{ registry, clock, pace: paceOf(limits.commitsPerMinuteMax) },
    identity: () => Promise.resolve({ id: app.id, slug: app.slug }),
  });
  desk = await open(counting(octokit), { owner: 'octo', repo: 'demo' });
  const created = await createLog(desk.engine, 'gh:ada', auth, 'octo/demo');
  expect(created.ok).toBe(true);
}, 120_000);

afterAll(async () => {
  await fake.stop();
});

interface Sent {
  readonly from: string;
  readonly number: number;
  readonly sentMs: number;
  readonly confirmedMs: number;
  readonly answer: Answer | undefined;
}

async function until<Value>(work: Promise<Value>): Promise<Value> {
  let isDone = false;
  const end = work.finally(() => (isDone = true));
  end.catch(() => undefined);
  await clock.run(
    () => isDone,
    () => underWay > 0,
  );
  return end;
}

function wishOf(actor: string, op: string, input: Readonly<Record<string, unknown>>) {
  return { op, actor, input, auth, isPersonPresent: false };
}

async function sendAll(): Promise<Sent[]> {
  const fold = await desk.reader.projection.load();
  const begin = clock.nowMs;
  const work = Array.from({ length: messages }, async (_each, number): Promise<Sent> => {
    await clock.sleep((number * minuteMs) / messages);
    const from = `agent-${number % agents}`;
    const input = { to: `agent-${(number * 7) % agents}`, subject: `Message ${number}` };
    const wish = { ...wishOf(from, 'message.send', input), cause: `test:${number}` };
    const sentMs = clock.nowMs - begin;
    const [answer] = await desk.write([requestOf(desk, fold, wish)]);
    return { from, number, sentMs, confirmedMs: clock.nowMs - begin, answer };
  });
  return until(Promise.all(work));
}

interface Written {
  readonly at: number;
  readonly records: ReturnType<typeof decodeBatch>;
}

/** The log as plain git shows it, oldest first. */
async function written(): Promise<Written[]> {
  const options = { maxBuffer: 1 << 28 };
  const git = async (...args: string[]) =>
    (await run('git', [`--git-dir=${gitDir}`, ...args], options)).stdout;
  const oids = (await git('rev-list', '--reverse', 'coord')).trim().split('\n');
  const commits: Written[] = [];
  for (const oid of oids) {
    const records = decodeBatch(await git('show', `${oid}:batch.ndjson`), oid);
    const { seq } = parseMessage(await git('show', '-s', '--format=%B', oid), oid);
    expect(records.at(-1)?.seq).toBe(seq);
    commits.push({ at: Number(await git('show', '-s', '--format=%ct', oid)) * 1000, records });
  }
  return commits;
}

it('all are confirmed within five minutes, at six commits a minute, in order, none lost', async () => {
  const fold = await desk.reader.projection.load();
  const joins = Array.from({ length: agents }, (_each, index) => {
    const name = `agent-${index}`;
    const wish = { ...wishOf(name, 'agent.join', { name }), cause: `test:join:${index}` };
    return requestOf(desk, fold, wish);
  });
  expect((await until(desk.write(joins))).every(({ ok }) => ok)).toBe(true);
  await until(clock.sleep(minuteMs));
  const operation = 'createCommitOnBranch';
  fake.faults.next({ kind: 'stale', match: { operation } });
  fake.faults.next({ kind: 'timeout-after-commit', match: { operation } });
  fake.faults.next({
    kind: 'secondary-limit',
    status: 429,
    retryAfterSeconds: 15,
    match: { operation: 'git/create-tree' },
  });
  const sent = await sendAll();
  expect(fake.faults.pending).toBe(0);
  expect(sent.filter(({ answer }) => answer?.ok !== true)).toEqual([]);
  const latest = Math.max(...sent.map(({ confirmedMs }) => confirmedMs));
  expect(latest).toBeLessThanOrEqual(5 * minuteMs);
  const commits = await written();
  for (const [index, { at }] of commits.entries()) {
    const sixth = commits[index - 6];
    if (sixth !== undefined) expect(at - sixth.at).toBeGreaterThanOrEqual(minuteMs - 1000);
  }
  const records = commits.flatMap((commit) => commit.records);
  expect(records.map(({ seq }) => seq)).toEqual(records.map((_each, index) => index + 1));
  const causes = records.map(({ cause }) => cause ?? '').filter((cause) => /^test:\d/.test(cause));
  expect(new Set(causes).size).toBe(messages);
  expect(causes).toHaveLength(messages);
  for (let agent = 0; agent < agents; agent += 1) {
    const own = causes.map((cause) => Number(cause.slice(5))).filter((n) => n % agents === agent);
    expect(own).toEqual([...own].sort((left, right) => left - right));
  }
  // What was answered is what is on the log.
  const seqs = new Map(records.map(({ cause, seq }) => [cause, seq]));
  for (const { number, answer } of sent) {
    expect(present(answer, 'everybody is answered')).toMatchObject({
      seq: seqs.get(`test:${number}`),
    });
  }
  expect(fake.violations).toEqual([]);
}, 240_000);
