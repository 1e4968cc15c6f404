// The one HTTP server: REST with and without `/api/v3`, GraphQL, git; latency, faults and limits in front.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLError } from 'graphql';
import type { Credential } from '../state/credential.ts';
import { nameOf } from '../state/credential.ts';
import type { RequestRecord } from '../state/record.ts';
import type { World } from '../state/world.ts';
import type { RestDispatcher } from '../rest/dispatcher.ts';
import { notFound, Problem } from '../rest/problem.ts';
import { formatError, parseGraphRequest, runGraphQl } from '../graphql/executor.ts';
import type { Reply } from './exchange.ts';
import { jsonReply, parseJson, readBody, send } from './exchange.ts';
import type { Fault, Faults } from './faults.ts';
import { authorizeGit, gitRequestOf, isGitPath, serveGit } from './git-backend.ts';
import { closeRecord, openRecord } from './journal.ts';
import type { Limits, Resource } from './limits.ts';
import { limitHeaders, primaryLimit, secondaryLimit } from './limits.ts';
import { authenticate } from './token.ts';

/** Creating these counts against the limits on content. */
const contentOperations = /^(issues\/create|pulls\/create|reactions\/create|createCommitOnBranch)/;

interface Exchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: string;
  /** `/api/v3` or nothing: links lead back the way the request came. */
  readonly prefix: string;
}

export class FakeServer {
  readonly #world: World;
  readonly #rest: RestDispatcher;
  readonly #faults: Faults;
  readonly #limits: Limits;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(
    world: World,
    parts: { readonly rest: RestDispatcher; readonly faults: Faults; readonly limits: Limits },
  ) {
    this.#world = world;
    this.#rest = parts.rest;
    this.#faults = parts.faults;
    this.#limits = parts.limits;
    this.#server = createServer((message, response) => void this.#serve(message, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Listens on a free port of the loopback interface and answers the root address. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Stops listening and cuts every connection. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const [rawPath = '/', query = ''] = (message.url ?? '/').split('?');
    const prefix = rawPath.startsWith('/api/v3/') ? '/api/v3' : '';
    const path = rawPath.slice(prefix.length);
    const exchange = { message, response, path, query, prefix };
    if (/^(\/api)?\/graphql$/.test(rawPath)) await this.#serveGraphQl(exchange);
    else if (isGitPath(rawPath)) await this.#serveGit(exchange);
    else await this.#serveRest(exchange);
  }

  #open({ message, path, query }: Exchange, kind: RequestRecord['kind']): RequestRecord {
    return openRecord(this.#world, { kind, method: message.method ?? 'GET', path, query });
  }

  async #serveRest(exchange: Exchange): Promise<void> {
    const record = this.#open(exchange, 'rest');
    await this.#answer(exchange, record, async () => {
      const { message, path, query, prefix } = exchange;
      const body = parseJson(await readBody(message));
      const credential = this.#authenticate(record, message);
      const route = this.#rest.route(record.method, path);
      record.operation = route.operation.id;
      // A token is no content, and asking for one changes nothing anybody can see.
      const isToken = record.operation === 'apps/create-installation-access-token';
      record.isWrite = record.method !== 'GET' && record.method !== 'HEAD' && !isToken;
      const fault = this.#faults.take(record);
      if (fault !== null) refuseAsPlanned(fault, record, credential, this.#limits);
      const budget = this.#spend(record, credential, 'core');
      const answer = await this.#rest.handle(
        route,
        {
          method: record.method,
          path,
          query: new URLSearchParams(query),
          body,
          accept: message.headers.accept ?? '',
          address: `${this.#world.url}${prefix}${path}`,
        },
        credential,
      );
      const headers = { ...limitHeaders(budget, 'core'), ...answer.headers };
      const { raw } = answer;
      const reply =
        raw === undefined
          ? jsonReply(answer.status, answer.body, headers)
          : {
              status: answer.status,
              headers: { ...headers, 'content-type': raw.mediaType },
              data: raw.data,
            };
      return { reply, fault };
    });
  }

  async #serveGraphQl(exchange: Exchange): Promise<void> {
    const record = this.#open(exchange, 'graphql');
    await this.#answer(exchange, record, async () => {
      const { message } = exchange;
      if (record.method !== 'POST') throw notFound();
      const body = parseJson(await readBody(message));
      const credential = this.#authenticate(record, message);
      if (credential.kind === 'anonymous' || credential.kind === 'app') {
        throw new Problem(401, 'This endpoint requires you to be authenticated.');
      }
      const request = parseOrProblem(body);
      if ('errors' in request) return { reply: jsonReply(200, request), fault: null };
      record.operation = request.fields.join(',');
      record.isWrite = request.isMutation;
      const fault = this.#faults.take(record);
      const budget = this.#limits.budget(credential, 'graphql');
      // GraphQL says so with status 200.
      if (budget.remaining === 0 || fault?.kind === 'primary-limit') {
        return { reply: graphLimitReply({ ...budget, remaining: 0 }), fault: null };
      }
      if (fault !== null) refuseAsPlanned(fault, record, credential, this.#limits);
      this.#spend(record, credential, 'graphql');
      const answer = await runGraphQl(
        {
          world: this.#world,
          credential,
          limits: this.#limits,
          isStale: fault?.kind === 'stale',
        },
        request,
      );
      const headers = limitHeaders(this.#limits.budget(credential, 'graphql'), 'graphql');
      return { reply: jsonReply(200, answer, headers), fault };
    });
  }

  async #serveGit(exchange: Exchange): Promise<void> {
    const record = this.#open(exchange, 'git');
    const { message, response, path, query } = exchange;
    await this.#answer(exchange, record, async () => {
      const request = gitRequestOf(this.#world, path, query);
      if (request === null) throw notFound();
      record.operation = request.service;
      record.isWrite = request.service === 'git-receive-pack' && record.method === 'POST';
      const credential = this.#authenticate(record, message);
      authorizeGit(credential, request);
      const fault = this.#faults.take(record);
      if (fault !== null) refuseAsPlanned(fault, record, credential, this.#limits);
      const isAnswered = fault?.kind !== 'timeout-after-commit';
      const served = { message, response, credential, isAnswered };
      const status = await serveGit(this.#world, request, served);
      return { reply: status, fault };
    });
  }

  #authenticate(record: RequestRecord, message: IncomingMessage): Credential {
    const credential = authenticate(this.#world, message.headers.authorization);
    record.authenticatedAs = nameOf(credential);
    return credential;
  }

  #spend(
    record: RequestRecord,
    credential: Credential,
    resource: Resource,
  ): ReturnType<Limits['spend']> {
    if (record.isWrite && contentOperations.test(record.operation)) this.#limits.create(credential);
    // Asking how much is left is free.
    const isFree = record.operation === 'rate-limit/get';
    return this.#limits.spend(credential, resource, isFree ? 0 : 1);
  }

  /** Runs the work between the two halves of the latency and sends what came out. */
  async #answer(
    { response }: Exchange,
    record: RequestRecord,
    work: () => Promise<{ readonly reply: Reply | number; readonly fault: Fault | null }>,
  ): Promise<void> {
    const half = this.#faults.latencyMs / 2;
    if (half > 0) await sleep(half);
    let reply: Reply | number;
    try {
      const done = await work();
      if (done.fault?.kind === 'timeout-after-commit') {
        await cut(response, record, done.fault);
        return;
      }
      ({ reply } = done);
    } catch (error) {
      if (error instanceof CutConnection) {
        await cut(response, record, error.fault);
        return;
      }
      reply = this.#problemReply(error, record);
    }
    if (half > 0) await sleep(half);
    // Git's answer was streamed already, a number is its status.
    if (typeof reply !== 'number') send(response, reply);
    closeRecord(record, typeof reply === 'number' ? reply : reply.status);
  }

  #problemReply(error: unknown, record: RequestRecord): Reply {
    if (error instanceof Problem) return jsonReply(error.status, error.body, error.headers);
    if (error instanceof URIError) return jsonReply(400, { message: 'Bad Request' });
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const operation = record.operation === '' ? record.path : record.operation;
    this.#world.violate({ kind: 'answer', operation, message });
    return jsonReply(500, { message: 'Server Error' });
  }
}

class CutConnection extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super('The connection is cut on purpose.');
    this.fault = fault;
  }
}

async function cut(response: ServerResponse, record: RequestRecord, fault: Fault): Promise<void> {
  if (fault.hangMs !== undefined) await sleep(fault.hangMs);
  record.durationMs = performance.now() - record.at;
  response.socket?.destroy();
}

/** Throws for the faults that keep a call from taking effect; the others are left to the caller. */
function refuseAsPlanned(
  fault: Fault,
  record: RequestRecord,
  credential: Credential,
  limits: Limits,
): void {
  switch (fault.kind) {
    case 'timeout-before-commit':
      throw new CutConnection(fault);
    case 'status':
      throw new Problem(fault.status ?? 502, 'Server Error', { headers: retryAfter(fault) });
    case 'secondary-limit':
      throw secondaryLimit(fault.status === 429 ? 429 : 403, fault.retryAfterSeconds ?? 60);
    case 'primary-limit':
      throw primaryLimit(credential, limits.budget(credential, 'core'));
    case 'stale':
      if (record.operation === 'git/update-ref')
        throw new Problem(422, 'Update is not a fast forward');
      if (record.operation === 'git/create-ref') throw new Problem(422, 'Reference already exists');
      return;
    case 'timeout-after-commit':
      return;
  }
}

function retryAfter({ retryAfterSeconds }: Fault): Readonly<Record<string, string>> {
  return retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
}

function graphLimitReply(budget: Parameters<typeof limitHeaders>[0]): Reply {
  const errors = [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded.' }];
  return jsonReply(200, { errors }, limitHeaders(budget, 'graphql'));
}

function parseOrProblem(
  body: unknown,
): ReturnType<typeof parseGraphRequest> | { readonly errors: readonly unknown[] } {
  try {
    return parseGraphRequest(body);
  } catch (error) {
    return { errors: [formatError(error as GraphQLError)] };
  }
}
