// `coord serve` without credentials: the page that creates the App from app.yml; in production a fault instead.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appEvents, appPermissions } from '../app-process.ts';
import { root } from '../project-files.ts';

const address = 'https://coord.example.com/api/github/webhooks';
const loader = import.meta.resolve('tsx');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coord setup '));
  await copyFile(join(root, 'app.yml'), join(folder, 'app.yml'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function serve(environment: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, ['--import', loader, join(root, 'src/coord.ts'), 'serve'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, HOST: '127.0.0.1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Probot takes port 0 for its default, so a free one is looked for. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Ended {
  readonly status: number | null;
  readonly printed: string;
}

function end(child: ChildProcess): Promise<Ended> {
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')));
  }
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, printed })));
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString('utf8').includes('Listening on')) resolve();
    });
    child.on('close', (status) => reject(new Error(`It ended with ${status ?? 'a signal'}.`)));
  });
}

/** The manifest that the page hands to GitHub. */
async function manifestOn(port: number): Promise<Record<string, unknown>> {
  const page = await (await fetch(`http://127.0.0.1:${port}/probot`)).text();
  const value = /name="manifest"[^>]*value='([^']*)'/.exec(page)?.[1] ?? '';
  return JSON.parse(value.replaceAll('&quot;', '"')) as Record<string, unknown>;
}

it('serves the setup page with our permissions, events and address, and stops when told', async () => {
  const port = await freePort();
  const child = serve({ PORT: String(port), WEBHOOK_PROXY_URL: address });
  const ended = end(child);
  try {
    await listening(child);
    expect(await manifestOn(port)).toMatchObject({
      name: 'coord',
      public: false,
      default_permissions: appPermissions,
      default_events: appEvents,
      hook_attributes: { url: address },
    });
  } finally {
    child.kill('SIGTERM');
  }
  expect((await ended).status).toBe(0);
});

it('in production missing credentials are a fault that says what to do', async () => {
  const { status, printed } = await end(serve({ NODE_ENV: 'production' }));
  expect(status).toBe(3);
  expect(printed).toContain('APP_ID and PRIVATE_KEY');
});

it.each(['', 'development'])('a webhook secret `%s` is none: it does not start', async (secret) => {
  const credentials = { APP_ID: '1', PRIVATE_KEY: 'a key', WEBHOOK_SECRET: secret };
  const { status, printed } = await end(serve(credentials));
  expect(status).toBe(3);
  expect(printed).toContain('WEBHOOK_SECRET is not set to a secret of your own');
});
