// A receiver of webhooks for the fake's own tests: keeps what arrives, answers what it is told.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** `issue_comment.created` */
  readonly name: string;
  readonly payload: unknown;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Status of the next answers. */
  status: number;
  /** Waits so long before it answers. */
  delayMs: number;
  stop(): Promise<void>;
}

/** Starts a receiver on a free loopback port. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const payload = JSON.parse(body) as { readonly action?: string };
      const event = String(request.headers['x-github-event']);
      const name = payload.action === undefined ? event : `${event}.${payload.action}`;
      received.push({ headers: request.headers, body, name, payload });
      void sleep(receiver.delayMs).then(() => response.writeHead(receiver.status).end('thanks'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    status: 200,
    delayMs: 0,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
