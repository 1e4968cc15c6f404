// Sending to an App that answers, waits, breaks off or is somebody else; the same ids every time.
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendCommands } from './send-commands.ts';

type Play = (response: ServerResponse) => void;

const id = '01989898-0000-7000-8000-000000000000';
const intent = {
  id,
  log: 'l',
  op: 'lock.acquire',
  actor: 'codex',
  hlc: 'h',
  input: { scope: ['@x'] },
};
const done = {
  ok: true,
  id,
  seq: 7,
  by: 'github',
  events: [],
  duplicate: false,
  result: { lock: 1 },
};

let server: Server;
let plays: Play[];
let bodies: string[];
let headers: (string | undefined)[];
let paths: (string | undefined)[];
let waits: number[];

beforeEach(async () => {
  [plays, bodies, headers, paths, waits] = [[], [], [], [], []];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      headers.push(request.headers.authorization);
      paths.push(request.url);
      (plays.length > 1 ? plays.shift() : plays[0])?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const json =
  (status: number, body: unknown, retry?: number): Play =>
  (response) =>
    response
      .writeHead(status, retry === undefined ? {} : { 'retry-after': String(retry) })
      .end(JSON.stringify(body));
const answer = json(200, { ok: true, answers: [done] });
const cut: Play = (response) => response.destroy();
const problem = (code: string) => ({
  ok: false,
  error: { kind: 'fault', code, message: 'So.', data: {} },
});

function send() {
  const { port } = server.address() as AddressInfo;
  const clock = { sleep: (ms: number) => Promise.resolve(void waits.push(ms)) };
  const sending = {
    token: 'secret',
    repository: 'octo/demo',
    isInteractive: true,
    intents: [intent],
  };
  return sendCommands({ ...sending, url: `http://127.0.0.1:${port}` }, clock);
}

it('sends what was meant with the token, and gives the answer', async () => {
  plays = [answer];
  expect(await send()).toEqual([done]);
  expect(headers).toEqual(['Bearer secret']);
  expect(JSON.parse(bodies[0] ?? '')).toEqual({
    ...{ repository: 'octo/demo', interactive: true, commands: [intent] },
  });
});

it.each([
  ['it is still to be written', json(202, { ok: true, pending: true }, 2), 2000],
  ['too much was asked', json(429, problem('too-many-requests'), 10), 10_000],
  ['GitHub does not answer it', json(503, problem('github-unreachable'), 3), 3000],
  ['a proxy does not reach it', json(502, null), 1000],
  ['it asks to wait for hours', json(429, problem('x'), 9999), 60_000],
  ['the connection breaks', cut, 400],
])('asks again when %s', async (_name, play, waitMs) => {
  plays = [play, answer];
  expect(await send()).toEqual([done]);
  expect(waits).toEqual([waitMs]);
  expect(bodies[1]).toBe(bodies[0]);
});

describe('gives up', () => {
  it('when nothing is heard, and says that it may have been done', async () => {
    plays = [cut];
    await expect(send()).rejects.toMatchObject({ code: 'app-unreachable', data: { ids: [id] } });
    expect(bodies).toHaveLength(5);
  });

  it('when its turn does not come within five minutes', async () => {
    plays = [json(202, { ok: true, pending: true }, 30)];
    await expect(send()).rejects.toMatchObject({ code: 'app-unreachable' });
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(300_000);
  });

  it('at once when it is refused, with the reason', async () => {
    plays = [json(403, problem('token-too-weak'))];
    await expect(send()).rejects.toMatchObject({ code: 'token-too-weak', message: /: So\.$/ });
    expect(bodies).toHaveLength(1);
  });

  it.each([
    ['somebody else answers', json(200, { hello: true })],
    [
      'the answer is about another command',
      json(200, { ok: true, answers: [{ ...done, id: 'x' }] }),
    ],
    ['a page answers', (response: ServerResponse) => response.writeHead(404).end('<html>')],
  ])('when %s', async (_name, play) => {
    plays = [play];
    await expect(send()).rejects.toMatchObject({ code: 'app-denied' });
  });

  it('when it is sent elsewhere: the token goes nowhere else', async () => {
    plays = [(response) => response.writeHead(307, { location: '/elsewhere' }).end()];
    await expect(send()).rejects.toMatchObject({ code: 'app-unreachable' });
    expect(new Set(paths)).toEqual(new Set(['/coord/v1/commands']));
  });
});
