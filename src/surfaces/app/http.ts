// The App's HTTP edge: a cap on bodies, signatures, a health page, an answer for every path.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { limits } from '../../kernel/limits.ts';

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
  /** Told in one line of what was refused; never of what was in it. */
  readonly warn: (message: string) => void;
}

/** The body as it came, or null when it is larger than GitHub ever sends; then the rest of it is not read. */
function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const max = limits.webhookBytesMax;
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
  const body = await readBody(request);
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

/** A server over the webhook middleware; `/healthz` and `/ping` answer while it runs, everything else is 404. */
export function appServer(edge: Edge): Server {
  return createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (request.method === 'GET' && (path === '/healthz' || path === '/ping')) {
      answer(response, 200, path === '/ping' ? 'PONG' : 'ok');
    } else if (request.method === 'POST' && path === edge.webhooksPath) {
      takeWebhook(edge, request, response).catch(() => {
        if (!response.headersSent) answer(response, 400, 'The request broke off.');
      });
    } else answer(response, 404, 'There is nothing here.');
  });
}
