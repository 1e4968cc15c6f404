// The App's HTTP edge: a cap on bodies, a health page, an answer for every path.
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

/** The body as text, or null when it is larger than GitHub ever sends. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = Number(request.headers['content-length'] ?? 0);
  if (bytes > limits.webhookBytesMax) return null;
  bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > limits.webhookBytesMax) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function takeWebhook(
  webhooks: Middleware,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'POST') {
    const body = await readBody(request);
    if (body === null) {
      response.setHeader('connection', 'close');
      answer(response, 413, `A body has at most ${limits.webhookBytesMax} bytes.`);
      return;
    }
    // The middleware takes a body that was read before it instead of reading the stream without a bound.
    Object.assign(request, { body });
  }
  await webhooks(request, response, () => answer(response, 404, 'There is nothing here.'));
}

/** A server over the webhook middleware; `/healthz` and `/ping` answer while it runs, unknown paths are 404. */
export function appServer(webhooks: Middleware): Server {
  return createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (request.method === 'GET' && (path === '/healthz' || path === '/ping')) {
      answer(response, 200, path === '/ping' ? 'PONG' : 'ok');
      return;
    }
    takeWebhook(webhooks, request, response).catch(() => {
      if (!response.headersSent) answer(response, 400, 'The request broke off.');
    });
  });
}
