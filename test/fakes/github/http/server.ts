// The one HTTP server: REST with and without `/api/v3`, GraphQL, git; latency and failures around all of them.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestRecord } from '../state/record.ts';
import type { World } from '../state/world.ts';
import { notFound, Problem } from '../rest/problem.ts';
import type { Api, Exchange } from './api.ts';
import type { Reply } from './exchange.ts';
import { jsonReply, send } from './exchange.ts';
import type { Fault, Faults } from './faults.ts';
import { authorizeGit, gitRequestOf, isGitPath, serveGit } from './git-backend.ts';
import { closeRecord, openRecord } from './journal.ts';
import { cut, CutConnection } from './planned.ts';

/** What is left to do once the work is done: send, cut, or nothing because git's answer was streamed. */
type Ending =
  | { readonly kind: 'send'; readonly reply: Reply }
  | { readonly kind: 'sent'; readonly status: number }
  | { readonly kind: 'cut'; readonly fault: Fault };

export class FakeServer {
  readonly #world: World;
  readonly #api: Api;
  readonly #faults: Faults;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(world: World, api: Api, faults: Faults) {
    this.#world = world;
    this.#api = api;
    this.#faults = faults;
    this.#server = createServer((message, response) => void this.#serve(message, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Listens on the loopback interface (port 0: a free one) and answers the root address. */
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
    const exchange = exchangeOf(message);
    const { path, query } = exchange;
    const kind = kindOf(exchange.prefix + path);
    const method = message.method ?? 'GET';
    const record = openRecord(this.#world, { kind, method, path, query });
    await this.#halfLatency();
    const ending = await this.#attempt(exchange, response, record);
    if (ending.kind === 'cut') {
      await cut(response, record, ending.fault);
      return;
    }
    await this.#halfLatency();
    if (ending.kind === 'send') send(response, ending.reply);
    closeRecord(record, ending.kind === 'send' ? ending.reply.status : ending.status);
  }

  async #halfLatency(): Promise<void> {
    const { latencyMs } = this.#faults;
    if (latencyMs > 0) await sleep(latencyMs / 2);
  }

  async #attempt(
    exchange: Exchange,
    response: ServerResponse,
    record: RequestRecord,
  ): Promise<Ending> {
    try {
      if (record.kind === 'git') return await this.#serveGit(exchange, response, record);
      const { reply, fault } =
        record.kind === 'graphql'
          ? await this.#api.serveGraphQl(exchange, record)
          : await this.#api.serveRest(exchange, record);
      return fault?.kind === 'timeout-after-commit'
        ? { kind: 'cut', fault }
        : { kind: 'send', reply };
    } catch (error) {
      if (error instanceof CutConnection) return { kind: 'cut', fault: error.fault };
      return { kind: 'send', reply: this.#problemReply(error, record) };
    }
  }

  async #serveGit(
    { message, path, query }: Exchange,
    response: ServerResponse,
    record: RequestRecord,
  ): Promise<Ending> {
    const request = gitRequestOf(this.#world, path, query);
    if (request === null) throw notFound();
    record.operation = request.service;
    record.isWrite = request.service === 'git-receive-pack' && record.method === 'POST';
    const credential = this.#api.authenticate(record, message);
    authorizeGit(credential, request);
    const fault = this.#api.takeFault(record, credential);
    const isAnswered = fault?.kind !== 'timeout-after-commit';
    const status = await serveGit(this.#world, request, {
      message,
      response,
      credential,
      isAnswered,
    });
    return isAnswered ? { kind: 'sent', status } : { kind: 'cut', fault };
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

function exchangeOf(message: IncomingMessage): Exchange {
  const [whole = '/', query = ''] = (message.url ?? '/').split('?');
  const prefix = whole.startsWith('/api/v3/') ? '/api/v3' : '';
  return { message, path: whole.slice(prefix.length), query, prefix };
}

function kindOf(path: string): RequestRecord['kind'] {
  if (/^(\/api)?\/graphql$/.test(path)) return 'graphql';
  return isGitPath(path) ? 'git' : 'rest';
}
