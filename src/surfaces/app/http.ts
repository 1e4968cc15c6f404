// The App's HTTP edge: a cap on bodies, signatures, a health page, an answer for every path.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { limits } from '../../kernel/limits.ts';
import type { Reply, TakeCommands } from './command-route.ts';

type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: () => void,
) => unknown;

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

export interface Edge {
  readonly webhooks: Middleware;
  readonly webhooksPath: string;
  readonly secret: string;
  /** Takes commands of shells at `POST /coord/v1/commands`. */
  readonly commands: TakeCommands;
  /** A proxy of ours stands before it and says whom it asks for; else nobody is believed about that. */
  readonly isBehindProxy: boolean;
  /** Told in one line of what was refused; never of what was in it. */
  readonly warn: (message: string) => void;
}

/** The body as it came, or null when it is larger than `max` bytes; then the rest of it is not read. */
function readBody(request: IncomingMessage, max: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > max) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= max) chunks.push(chunk);
      else {
        request.pause();
        resolve(null);
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => reject(new Error('The request broke off.')));
  });
}

/** Checked here too, because the middleware writes the whole payload of a forged webhook into the log. */
function isSigned(body: Buffer, signature: unknown, secret: string): boolean {
  const expected = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const given = Buffer.from(typeof signature === 'string' ? signature : '');
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}

async function takeWebhook(
  { webhooks, secret, warn }: Edge,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, limits.webhookBytesMax);
  if (body === null) {
    warn('A webhook was refused: it is larger than GitHub sends.');
    response.setHeader('connection', 'close');
    answer(response, 413, `A body has at most ${limits.webhookBytesMax} bytes.`);
    return;
  }
  if (!isSigned(body, request.headers['x-hub-signature-256'], secret)) {
    warn("A webhook was refused: its signature does not fit. Is WEBHOOK_SECRET the App's secret?");
    answer(response, 401, 'The signature does not fit.');
    return;
  }
  // The middleware takes a body that was read before it instead of reading the stream without a bound.
  Object.assign(request, { body: body.toString('utf8') });
  await webhooks(request, response, () => answer(response, 404, 'There is nothing here.'));
}

const commandsPath = '/coord/v1/commands';

function answerJson(response: ServerResponse, { status, body, retrySeconds }: Reply): void {
  const wait = retrySeconds === undefined ? {} : { 'retry-after': String(retrySeconds) };
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  };
  response.writeHead(status, { ...headers, ...wait }).end(`${JSON.stringify(body)}\n`);
}

/** Who asks: the connection's other end, or whom our own proxy names last. */
function senderOf(request: IncomingMessage, isBehindProxy: boolean): string {
  const address = request.socket.remoteAddress ?? 'unknown';
  const forwarded = request.headers['x-forwarded-for'];
  if (!isBehindProxy || forwarded === undefined) return address;
  return String(forwarded).split(',').at(-1)?.trim() ?? address;
}

async function takeCommands(
  { commands, isBehindProxy }: Edge,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, limits.sentBytesMax);
  if (body === null) {
    response.setHeader('connection', 'close');
    answer(response, 413, `A body has at most ${limits.sentBytesMax} bytes.`);
    return;
  }
  const { authorization } = request.headers;
  const from = senderOf(request, isBehindProxy);
  answerJson(response, await commands({ authorization, from, body }));
}

type Serve = (
  edge: Edge,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void> | void;

const alive =
  (text: string): Serve =>
  (_edge, _request, response) =>
    answer(response, 200, text);

/** What is served, by method and path. */
function routesOf({ webhooksPath }: Edge): ReadonlyMap<string, Serve> {
  return new Map<string, Serve>([
    ['GET /healthz', alive('ok')],
    ['GET /ping', alive('PONG')],
    [`POST ${webhooksPath}`, takeWebhook],
    [`POST ${commandsPath}`, takeCommands],
  ]);
}

async function serve(
  routes: ReadonlyMap<string, Serve>,
  edge: Edge,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const route = routes.get(`${request.method ?? ''} ${path}`);
  if (route === undefined) answer(response, 404, 'There is nothing here.');
  else await route(edge, request, response);
}

/** A server over the webhook middleware; `/healthz` and `/ping` answer while it runs, shells send commands, everything else is 404. */
export function appServer(edge: Edge): Server {
  const routes = routesOf(edge);
  return createServer((request, response) => {
    serve(routes, edge, request, response).catch(() => {
      if (!response.headersSent) answer(response, 400, 'The request broke off.');
    });
  });
}
