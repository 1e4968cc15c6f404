// HTTP through a proxy, as the usual environment variables ask for; git looks at them by itself, the library does not.
import { request as requestOverHttp } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import type { GitHttpRequest, GitHttpResponse } from 'isomorphic-git';
import { UsageError } from '../../../kernel/fault.ts';

type Environment = Readonly<Record<string, string | undefined>>;

function variable(environment: Environment, name: string): string {
  return environment[name.toLowerCase()] ?? environment[name.toUpperCase()] ?? '';
}

/** Whether `NO_PROXY` names the host: by itself, as a domain above it, with its port, or by `*`. */
function isExempt({ hostname, host }: URL, environment: Environment): boolean {
  const entries = variable(environment, 'no_proxy')
    .toLowerCase()
    .split(/[\s,]+/);
  return entries.filter(Boolean).some((entry) => {
    const domain = entry.replace(/^\*?\./, '');
    return entry === '*' || [hostname, host].includes(domain) || hostname.endsWith(`.${domain}`);
  });
}

/**
 * The proxy that `HTTP_PROXY`, `HTTPS_PROXY` or `ALL_PROXY` name for an address, in small or capital letters; null for
 * none. UsageError `bad-proxy` for one that is not spoken to over HTTP.
 */
export function proxyFor(url: string, environment: Environment): URL | null {
  const target = new URL(url);
  const own = variable(environment, `${target.protocol.slice(0, -1)}_proxy`);
  const said = own === '' ? variable(environment, 'all_proxy') : own;
  if (said === '' || isExempt(target, environment)) return null;
  const text = said.includes('://') ? said : `http://${said}`;
  if (URL.canParse(text) && new URL(text).protocol === 'http:') return new URL(text);
  throw new UsageError(
    'bad-proxy',
    'The proxy in the environment is no http:// address. Correct it, or leave COORD_TRANSPORT out so that git goes there.',
  );
}

function proxyHeaders({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}

/** Without the brackets that an address of IPv6 has in a URL. */
function plainHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function addressOf(proxy: URL): RequestOptions {
  const { port } = proxy;
  // An agent of its own: the shared one gives up on a server that thinks for more than five seconds.
  return { host: plainHost(proxy), port: port === '' ? 80 : port, agent: false };
}

/** A connection through the proxy to where TLS begins. */
function tunnel(proxy: URL, target: URL, signal: AbortSignal): Promise<Socket> {
  const path = `${target.hostname}:${target.port === '' ? '443' : target.port}`;
  const headers = { Host: path, ...proxyHeaders(proxy) };
  return new Promise((resolve, reject) => {
    const request = requestOverHttp({
      ...addressOf(proxy),
      method: 'CONNECT',
      path,
      headers,
      signal,
    });
    request.once('error', reject);
    request.once('connect', ({ statusCode = 0 }: IncomingMessage, socket: Socket) => {
      if (statusCode === 200) resolve(socket);
      else reject(new Error(`The proxy ${proxy.host} answers ${statusCode} to CONNECT ${path}.`));
    });
    request.end();
  });
}

async function optionsFor(
  proxy: URL,
  { url, method = 'GET', headers = {} }: GitHttpRequest,
  signal: AbortSignal,
): Promise<RequestOptions> {
  const target = new URL(url);
  if (target.protocol === 'http:') {
    const all = { ...headers, Host: target.host, ...proxyHeaders(proxy) };
    return { ...addressOf(proxy), method, path: url, headers: all, signal };
  }
  const socket = await tunnel(proxy, target, signal);
  const host = plainHost(target);
  // A server is named to choose a certificate by; RFC 6066 has only names for that, and an address is compared all the same.
  const secure = connect({ socket, host, ...(isIP(host) === 0 ? { servername: host } : {}) });
  const path = `${target.pathname}${target.search}`;
  const createConnection = (): Socket => secure;
  return { method, path, headers: { ...headers, Host: target.host }, createConnection, signal };
}

/** Makes one request through a proxy; what comes is handed on as it comes. */
export async function requestThrough(
  proxy: URL,
  wanted: GitHttpRequest,
  signal: AbortSignal,
): Promise<GitHttpResponse> {
  const options = await optionsFor(proxy, wanted, signal);
  const open = wanted.url.startsWith('https:') ? requestOverTls : requestOverHttp;
  const request = open(options);
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  // Who hangs up while the body is on its way is heard of below.
  answered.catch(() => undefined);
  for await (const part of wanted.body ?? []) request.write(part);
  request.end();
  const answer = await answered;
  return {
    url: wanted.url,
    method: wanted.method ?? 'GET',
    statusCode: answer.statusCode ?? 0,
    statusMessage: answer.statusMessage ?? '',
    headers: answer.headers as Record<string, string>,
    body: answer[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array>,
  };
}
