// A small proxy on this machine that forwards plain requests, tunnels where it is told to, and counts both.
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface ForwardProxy {
  readonly url: string;
  /** Addresses that were asked for, in order. */
  readonly asked: readonly string[];
  /** What was sent to say who is asking the proxy. */
  readonly logins: readonly string[];
  stop(): Promise<void>;
}

/** Lets bytes through in both directions until one side hangs up. */
function join(from: Socket, port: number): void {
  const onward = connect(port, '127.0.0.1', () => {
    from.write('HTTP/1.1 200 Connection established\r\n\r\n');
    from.pipe(onward).pipe(from);
  });
  for (const [one, other] of [
    [from, onward],
    [onward, from],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

export interface ProxyRules {
  /** CONNECT gets through to that port of this machine, whatever host it was asked for; nobody else gets a tunnel. */
  readonly tunnels?: number;
  /** Who wants a tunnel must say who is asking. */
  readonly needsLogin?: boolean;
}

const closed = 'HTTP/1.1 403 Forbidden\r\n\r\n';
const whoAsks =
  'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

export async function startForwardProxy(rules: ProxyRules = {}): Promise<ForwardProxy> {
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
  server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Socket) => {
    const { 'proxy-authorization': login } = headers;
    asked.push(`CONNECT ${url}`);
    if (login !== undefined) logins.push(login);
    const { tunnels, needsLogin } = rules;
    if (needsLogin === true && login === undefined) socket.end(whoAsks);
    else if (tunnels !== undefined && url.endsWith(`:${tunnels}`)) join(socket, tunnels);
    else socket.end(closed);
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
