// A small proxy on this machine that forwards plain requests, lets nobody tunnel, and counts both.
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ForwardProxy {
  readonly url: string;
  /** Addresses that were asked for, in order. */
  readonly asked: readonly string[];
  /** What was sent to say who is asking the proxy. */
  readonly logins: readonly string[];
  stop(): Promise<void>;
}

export async function startForwardProxy(): Promise<ForwardProxy> {
  const asked: string[] = [];
  const logins: string[] = [];
  const forward = (from: IncomingMessage, to: ServerResponse): void => {
    const { 'proxy-authorization': login, ...headers } = from.headers;
    asked.push(from.url ?? '');
    if (login !== undefined) logins.push(login);
    const onward = request(from.url ?? '', { method: from.method, headers, agent: false });
    onward.on('response', (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    onward.on('error', () => to.writeHead(502).end());
    from.pipe(onward);
  };
  const server = createServer(forward);
  server.on('connect', ({ url = '' }: IncomingMessage, socket: Socket) => {
    asked.push(`CONNECT ${url}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${port}`, asked, logins },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
