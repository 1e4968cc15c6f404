// The App's whole surroundings for end-to-end tests: a fake GitHub, a repository with a policy and a log, a clone, the process.
import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { appEvents, appPermissions, startAppProcess } from './app-process.ts';
import type { AppProcess } from './app-process.ts';
import type { AppHandle } from './fakes/github/app-handle.ts';
import type { FileInputs } from './fakes/github/change/file-input.ts';
import { startFakeGitHub } from './fakes/github/fake-github.ts';
import type { FakeGitHub } from './fakes/github/fake-github.ts';
import type { RepositoryHandle } from './fakes/github/repository-handle.ts';
import { resultOf } from './shell.ts';

const run = promisify(execFile);

/** codex may write below src/network; `ui` is a phase that has not begun. */
export const scenePolicy = `version: 1
agents:
  codex: { github: "codex-bot[bot]", tier: implementer }
  opus: { github: "opus-bot[bot]", tier: executive }
plan:
  phases:
    - id: rpc
      status: active
      scopes: { codex: { write: ["src/network/**"] } }
    - id: ui
      scopes: { codex: { write: ["src/ui/**"] } }
`;

export const webhookSecret = 'correct horse battery staple';

export interface SceneOptions {
  /** Files of the default branch beside the policy. */
  readonly files?: FileInputs;
  /** Null for a repository without a policy. */
  readonly policy?: string | null;
  /** False for a repository without a log. */
  readonly hasLog?: boolean;
  /** For the App's process, beside what it needs. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Scene {
  readonly fake: FakeGitHub;
  readonly demo: RepositoryHandle;
  readonly app: AppHandle;
  /** A working clone of the repository, `origin` is the bare one on disk. */
  readonly clone: string;
  /** The App's process, the newest one after a restart. */
  readonly running: () => AppProcess;
  /** Ends the App and starts it anew. Answers the exit status of the old one. */
  restart(): Promise<number | null>;
  /** The shell's answer in the clone. */
  coord(...words: readonly string[]): Promise<Record<string, unknown>>;
  git(...words: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Who stands where: ada writes, tess triages, bob reads; codex-bot and opus-bot are agents, spam-bot is nobody's. */
async function populate(fake: FakeGitHub, options: SceneOptions): Promise<RepositoryHandle> {
  for (const bot of ['codex-bot[bot]', 'opus-bot[bot]', 'spam-bot[bot]']) {
    fake.addUser(bot, { type: 'Bot' });
  }
  const { policy = scenePolicy, files = { 'src/network/a.ts': 'export const a = 1;\n' } } = options;
  const written = policy === null ? {} : { '.github/coord.yml': policy };
  return fake.addRepository('octo/demo', {
    files: { 'README.md': '# demo\n', ...written, ...files },
    roles: { ada: 'write', tess: 'triage', bob: 'read' },
  });
}

/** Builds it all and waits until the App takes webhooks. */
export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'coord app '));
  const clone = join(folder, 'clone');
  const fake = await startFakeGitHub();
  const demo = await populate(fake, options);
  await run('git', ['clone', '-q', demo.gitDir, clone]);
  for (const [key, value] of [
    ['user.name', 'Mallory'],
    ['user.email', 'mallory@example.com'],
  ] as const) {
    await run('git', ['-C', clone, 'config', key, value]);
  }
  if (options.hasLog !== false) await resultOf(['-C', clone, 'init']);
  const app = await fake.createApp({
    ...{ name: 'coord', permissions: appPermissions, events: appEvents, webhookSecret },
  });
  let running = await startAppProcess(fake, app, options.environment);
  return {
    ...{ fake, demo, app, clone },
    running: () => running,
    restart: async () => {
      // On the same port, because what was delivered once is delivered again to the same address.
      const { port } = new URL(app.webhookUrl ?? '');
      const status = await running.stop();
      running = await startAppProcess(fake, app, { ...options.environment, PORT: port });
      return status;
    },
    coord: (...words) => resultOf(['-C', clone, ...words]),
    git: async (...words) => (await run('git', ['-C', clone, ...words])).stdout.trim(),
    stop: async () => {
      await running.stop();
      await fake.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An agent's branch with these files becomes a pull request; answers its number once the webhooks are dealt with. */
export async function openPull(
  { demo, fake }: Scene,
  branch: string,
  files: FileInputs,
  author = 'codex-bot[bot]',
): Promise<number> {
  await demo.seed({ branch, files, author });
  const number = await demo.openPullRequest({ head: branch, author });
  await fake.settled();
  return number;
}

/** The newest check run on a pull request's head, or on another commit. */
export function newestRun({ demo }: Scene, number: number, sha = demo.pull(number).pull.headSha) {
  const run = demo.checkRuns(sha).at(-1);
  if (run === undefined) throw new Error(`Nothing was reported on ${sha}.`);
  return run;
}

/** Somebody comments; resolves once the webhooks are dealt with. */
export async function say(
  { demo, fake }: Scene,
  issue: number,
  body: string,
  user = 'ada',
): Promise<number> {
  const comment = demo.comment({ issue, user, body });
  await fake.settled();
  return comment;
}

/** The App's reactions to a comment, in order. */
export function reactionsTo({ demo, app }: Scene, issue: number, comment: number): string[] {
  const found = demo.comments(issue).find(({ id }) => id === comment);
  const own = found?.reactions.filter(({ user }) => user.login === app.botLogin) ?? [];
  return own.map(({ content }) => content);
}

/** What the App has said in a conversation, in order. */
export function repliesIn({ demo, app }: Scene, issue: number): string[] {
  const own = demo.comments(issue).filter(({ user }) => user.login === app.botLogin);
  return own.map(({ body }) => body);
}

/** The guid of the last webhook of this name. */
export function lastDelivery({ fake }: Scene, event: string): string {
  const found = fake.deliveries.filter((delivery) => delivery.event === event).at(-1);
  if (found === undefined) throw new Error(`No webhook ${event} was sent.`);
  return found.guid;
}

/** A webhook that the fake does not send by itself, signed with `secret`; answers the status. */
export async function deliver(
  { app, fake }: { readonly app: Pick<AppHandle, 'webhookUrl'>; readonly fake: FakeGitHub },
  event: string,
  payload: unknown,
  { secret = webhookSecret, guid = randomUUID() } = {},
): Promise<number> {
  const body = JSON.stringify(payload);
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const response = await fetch(app.webhookUrl ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': guid,
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
  });
  await response.text();
  await fake.settled();
  return response.status;
}

/** Somebody chooses another base branch for a pull request. */
export async function retarget(scene: Scene, number: number, base: string): Promise<void> {
  const { demo, fake } = scene;
  const { pull } = demo.pull(number);
  const from = pull.baseRef;
  pull.baseRef = base;
  const known = fake.deliveries.find(({ payload }) => payload['number'] === number);
  const changes = { base: { ref: { from }, sha: { from: pull.baseSha } } };
  await deliver(scene, 'pull_request', { ...known?.payload, action: 'edited', changes });
}
