// One request and its answer: reading bodies, writing JSON, cutting connections.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../rest/problem.ts';

/** GitHub takes no more than this in one call; beyond it the connection is answered 413. */
const bodyBytesMax = 40 * 1024 * 1024;

/** Reads a whole body, at most 40 MB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > bodyBytesMax) throw new Problem(413, 'The request body is too large.');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Reads a JSON body; undefined when there is none, 400 when it is no JSON. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    throw new Problem(400, 'Problems parsing JSON');
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Buffer;
}

/** A JSON answer; `undefined` means no body. */
export function jsonReply(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const data = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    data,
  };
}

/** Writes an answer; the server of the real thing always says when it answered. */
export function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, {
    ...reply.headers,
    'content-length': String(reply.data.length),
    'x-github-request-id': 'FAKE:0000',
    'x-github-media-type': 'github.v3; format=json',
  });
  response.end(reply.data);
}
