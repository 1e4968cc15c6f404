// The App's start, its HTTP edge and its end, seen from outside the process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { limits } from '../../src/kernel/limits.ts';
import { appEvents, appPermissions, startAppProcess } from '../app-process.ts';
import { deliver, lastDelivery, say, startScene, webhookSecret } from '../app-scene.ts';
import type { Scene } from '../app-scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
}, 120_000);

afterAll(async () => {
  expect(scene.fake.violations).toEqual([]);
  await scene.stop();
});

/** Starts the App where it must not start; answers the exit status and what it printed. */
async function refusal(environment: Record<string, string>): Promise<[number | null, string]> {
  const { id, privateKey } = scene.app;
  const app = { id, privateKey, webhookSecret, webhookUrl: null };
  const started = startAppProcess(scene.fake, app, environment);
  const message = await started.then(
    async (running) => {
      await running.stop();
      return 'It started.';
    },
    (error: unknown) => String(error),
  );
  const [, status = ''] = /ended with (\d+)/.exec(message) ?? [];
  return [status === '' ? null : Number(status), message];
}

describe('the start', () => {
  it.each([
    ['without a secret', { WEBHOOK_SECRET: '' }, 'WEBHOOK_SECRET is not set'],
    ['with the secret that everybody knows', { WEBHOOK_SECRET: 'development' }, 'WEBHOOK_SECRET'],
    [
      'in production without credentials',
      { APP_ID: '', PRIVATE_KEY: '' },
      'APP_ID and PRIVATE_KEY',
    ],
    [
      'without credentials and without app.yml, whose permissions the new App would lack',
      { APP_ID: '', PRIVATE_KEY: '', NODE_ENV: '' },
      'There is no app.yml here',
    ],
    ['with a key that is none', { PRIVATE_KEY: 'no key' }, 'PRIVATE_KEY'],
    ['with an id that is none', { APP_ID: 'coord' }, 'APP_ID'],
    ['with a port that is none', { PORT: 'http' }, 'PORT'],
  ])('is refused %s', async (_name, environment, said) => {
    const [status, message] = await refusal(environment);
    expect(message).toContain(said);
    expect(message).not.toMatch(/\n\s+at /);
    expect(status).toBe(3);
  });

  it('without credentials serves the page that creates the App', async () => {
    const program = fileURLToPath(new URL('../../src/coord.ts', import.meta.url));
    const port = 20_000 + (process.pid % 20_000);
    await copyFile('app.yml', join(scene.fake.folder, 'app.yml'));
    const child = spawn(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), program, 'serve'],
      {
        cwd: scene.fake.folder,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOST: '127.0.0.1',
          PORT: String(port),
          NO_SMEE_SETUP: 'true',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const exited = once(child, 'exit');
    let page: Response | null = null;
    for (let left = 100; left > 0 && page === null; left -= 1) {
      page = await fetch(`http://127.0.0.1:${port}/probot`).catch(() => null);
      if (page === null) await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(page?.status).toBe(200);
    expect(await page?.text()).toContain('GitHub App');
    child.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
  });
});

it('needs no more than the manifest asks for', async () => {
  const text = await readFile(new URL('../../app.yml', import.meta.url), 'utf8');
  const manifest = parse(text) as Record<'default_permissions' | 'default_events', unknown>;
  expect(manifest.default_permissions).toEqual(appPermissions);
  expect(manifest.default_events).toEqual(appEvents);
});

describe('the HTTP edge', () => {
  const at = (path: string): string => new URL(path, scene.app.webhookUrl ?? '').href;

  it('answers that it lives, and 404 for what it does not have', async () => {
    expect((await fetch(at('/healthz'))).status).toBe(200);
    expect((await fetch(at('/'))).status).toBe(404);
    expect((await fetch(at('/api/github/webhooks/x'), { method: 'POST', body: '{}' })).status).toBe(
      404,
    );
    expect((await fetch(at('/probot'))).status).toBe(404);
  });

  it('does nothing for a webhook that is not signed with the secret', async () => {
    const issue = scene.demo.openIssue({ author: 'ada', title: 'Forged' });
    await say(scene, issue, 'Nothing.');
    const known = scene.fake.deliveries.find(
      ({ guid }) => guid === lastDelivery(scene, 'issue_comment'),
    );
    const comment = { ...(known?.payload['comment'] as object), body: '/coord lock @forged' };
    const payload = { ...known?.payload, comment };
    const writes = scene.fake.writes.length;
    expect(await deliver(scene, 'issue_comment', payload, { secret: 'guessed' })).toBe(401);
    expect(await deliver(scene, 'issue_comment', payload, { secret: 'development' })).toBe(401);
    const bare = await fetch(scene.app.webhookUrl ?? '', {
      ...{ method: 'POST', body: JSON.stringify(payload) },
      headers: { 'x-github-event': 'issue_comment', 'x-github-delivery': '1' },
    });
    expect(bare.status).toBe(401);
    expect(scene.fake.writes).toHaveLength(writes);
  });

  it('refuses a body that is larger than GitHub sends, announced or not', async () => {
    const url = new URL(scene.app.webhookUrl ?? '');
    const socket = connect(Number(url.port), url.hostname);
    socket.write(
      `POST ${url.pathname} HTTP/1.1\r\nhost: x\r\ncontent-length: ${limits.webhookBytesMax + 1}\r\n\r\n`,
    );
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
    const chunk = Buffer.alloc(1024 * 1024, 120);
    const count = Math.ceil(limits.webhookBytesMax / chunk.length) + 1;
    const streamed = connect(Number(url.port), url.hostname);
    let answer = '';
    streamed.on('data', (data: Buffer) => (answer += data.toString())).on('error', () => undefined);
    streamed.write(
      `POST ${url.pathname} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    for (let sent = 0; sent < count && !streamed.destroyed; sent += 1) {
      streamed.write(`${chunk.length.toString(16)}\r\n`);
      streamed.write(chunk);
      if (!streamed.write('\r\n')) {
        await Promise.race([once(streamed, 'drain'), once(streamed, 'close')]).catch(
          () => undefined,
        );
      }
    }
    if (answer === '' && !streamed.destroyed) await once(streamed, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    streamed.destroy();
    expect((await fetch(at('/healthz'))).status).toBe(200);
  });
});

describe('the end', () => {
  it('lets a running webhook finish, and says nothing that is secret', async () => {
    const issue = scene.demo.openIssue({ author: 'ada', title: 'Last words' });
    await scene.fake.settled();
    scene.fake.faults.delayMs(300);
    const comment = scene.demo.comment({ issue, user: 'ada', body: '/coord lock @last' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    const running = scene.running();
    const status = await running.stop();
    await scene.fake.settled();
    scene.fake.faults.clear();
    expect(status).toBe(0);
    const reactions = scene.demo.comments(issue).find(({ id }) => id === comment)?.reactions ?? [];
    expect(reactions.map(({ content }) => content)).toEqual(['eyes', 'rocket']);
    const printed = running.output();
    expect(printed).toContain('taking webhooks');
    expect(printed).not.toContain(webhookSecret);
    expect(printed).not.toContain('PRIVATE KEY');
    expect(printed).not.toMatch(/gh[sp]_\w|sha256=|bearer|authorization/i);
  });
});
