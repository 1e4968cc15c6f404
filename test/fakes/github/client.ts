// A bare client for the fake's own tests: no library in between that would repair or retry anything.
import { createSign } from 'node:crypto';
import type { AppHandle } from './app-handle.ts';
import type { FakeGitHub } from './fake-github.ts';
import { isObject } from './state/json.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; text for other media types; null without a body. */
  readonly body: unknown;
}

export interface Ask {
  readonly token?: string;
  readonly body?: unknown;
  readonly accept?: string;
}

function parseBody(headers: Headers, text: string): unknown {
  if (text === '') return null;
  return headers.get('content-type')?.startsWith('application/json') === true
    ? JSON.parse(text)
    : text;
}

/** One REST call, e.g. `rest(fake, 'GET /repos/octo/demo', { token })`. */
export async function rest(fake: FakeGitHub, what: string, ask: Ask = {}): Promise<Answer> {
  const [method = 'GET', path = '/'] = what.split(' ');
  const { token, body, accept = 'application/vnd.github+json' } = ask;
  const response = await fetch(`${fake.url}/api/v3${path}`, {
    method,
    headers: { accept, ...(token === undefined ? {} : { authorization: `token ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { status, headers } = response;
  return { status, headers, body: parseBody(headers, await response.text()) };
}

/** One GraphQL call. */
export async function graphql(
  fake: FakeGitHub,
  token: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const response = await fetch(`${fake.url}/api/graphql`, {
    method: 'POST',
    headers: { authorization: `bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** The value at a dotted path, e.g. `at(answer.body, 'data.repository.ref.name')`. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return (inner as readonly unknown[])[Number(key)];
    return isObject(inner) ? inner[key] : undefined;
  }, value);
}

/** The same, where a number is expected. */
export function numberAt(value: unknown, path: string): number {
  return Number(at(value, path));
}

/** The same, where text is expected. */
export function textAt(value: unknown, path: string): string {
  return String(at(value, path));
}

/** A list, or an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A JSON web token of an App as its library would make it; the claims can be spoiled. */
export function signJwt(
  app: Pick<AppHandle, 'id' | 'privateKey'>,
  claims: Readonly<Record<string, unknown>> = {},
): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = { iss: String(app.id), iat: now - 30, exp: now + 540, ...claims };
  const head = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(body)}`;
  const signature = createSign('RSA-SHA256').update(head).sign(app.privateKey, 'base64url');
  return `${head}.${signature}`;
}
