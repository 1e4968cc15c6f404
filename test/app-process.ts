// The real App as a process of its own against the fake GitHub, for end-to-end tests and the demo.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FakeGitHub } from './fakes/github/fake-github.ts';

const program = fileURLToPath(new URL('../src/coord.ts', import.meta.url));
const loader = import.meta.resolve('tsx');

/** What a process needs to be an App; its webhooks are pointed at the process. */
export interface AppToRun {
  readonly id: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  webhookUrl: string | null;
}

export interface AppProcess {
  readonly child: ChildProcess;
  /** What it printed so far, both streams. */
  readonly output: () => string;
  /** Ends it as an operator would and waits. Answers the exit status. */
  stop(): Promise<number | null>;
}

/** The App's permissions and events, as in app.yml. */
export const appPermissions = {
  metadata: 'read',
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'write',
  merge_queues: 'read',
} as const;
export const appEvents = [
  'issue_comment',
  'issues',
  'pull_request',
  'push',
  'merge_group',
  'check_run',
];

/** The App as it stands in the source; the demo runs the built one. */
const fromSource = [process.execPath, '--import', loader, program, 'serve'];
const startTimeoutMs = 60_000;

/** Starts `coord serve` and waits until it takes webhooks; points the App's webhooks at it. */
export async function startAppProcess(
  fake: FakeGitHub,
  app: AppToRun,
  environment: Readonly<Record<string, string>> = {},
  [command = '', ...args]: readonly string[] = fromSource,
): Promise<AppProcess> {
  const child = spawn(command, args, {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      APP_ID: String(app.id),
      PRIVATE_KEY: app.privateKey,
      WEBHOOK_SECRET: app.webhookSecret,
      GHE_HOST: fake.host,
      GHE_PROTOCOL: 'http',
      HOST: '127.0.0.1',
      PORT: '0',
      NODE_ENV: 'production',
      // Tests of the pace itself set their own; the others are not to wait for it.
      COORD_COMMITS_PER_MINUTE: '60000',
      ...environment,
    },
    cwd: fake.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const exited = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => resolve(code)),
  );
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The App did not start: ${printed}`)),
      startTimeoutMs,
    );
    const take = (chunk: Buffer): void => {
      printed += chunk.toString('utf8');
      const found = /taking webhooks at (\S+)/.exec(printed)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    void exited.then((code) =>
      reject(new Error(`The App ended with ${code ?? 'a signal'}: ${printed}`)),
    );
  });
  app.webhookUrl = url;
  return {
    child,
    output: () => printed,
    stop: async () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}
