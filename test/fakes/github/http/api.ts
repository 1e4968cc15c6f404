// REST and GraphQL calls from the parsed request to the reply: who, what, fault, limit, work.
import type { IncomingMessage } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { Credential } from '../state/credential.ts';
import { nameOf } from '../state/credential.ts';
import type { RequestRecord } from '../state/record.ts';
import type { World } from '../state/world.ts';
import type { GraphRequest } from '../graphql/executor.ts';
import { formatError, parseGraphRequest, runGraphQl } from '../graphql/executor.ts';
import type { RestAnswer } from '../rest/call.ts';
import type { RestDispatcher } from '../rest/dispatcher.ts';
import { notFound, Problem } from '../rest/problem.ts';
import type { Reply } from './exchange.ts';
import { jsonReply, parseJson, readBody } from './exchange.ts';
import type { Fault, Faults } from './faults.ts';
import type { Budget, Limits, Resource } from './limits.ts';
import { limitHeaders } from './limits.ts';
import { refuseAsPlanned } from './planned.ts';
import { authenticate } from './token.ts';

/** Creating these counts against the limits on content. */
const contentOperations = /^(issues\/create|pulls\/create|reactions\/create|createCommitOnBranch)/;
/** A token is no content, and asking for one changes nothing anybody can see. */
const tokenOperation = 'apps/create-installation-access-token';

export interface Exchange {
  readonly message: IncomingMessage;
  readonly path: string;
  readonly query: string;
  /** `/api/v3` or nothing: links lead back the way the request came. */
  readonly prefix: string;
}

export interface Outcome {
  readonly reply: Reply;
  /** A fault that is to bite now that the work is done. */
  readonly fault: Fault | null;
}

export class Api {
  readonly #world: World;
  readonly #rest: RestDispatcher;
  readonly #faults: Faults;
  readonly #limits: Limits;

  constructor(
    world: World,
    parts: { readonly rest: RestDispatcher; readonly faults: Faults; readonly limits: Limits },
  ) {
    this.#world = world;
    this.#rest = parts.rest;
    this.#faults = parts.faults;
    this.#limits = parts.limits;
  }

  /** Reads the credential of a request into its record. */
  authenticate(record: RequestRecord, message: IncomingMessage): Credential {
    const credential = authenticate(this.#world, message.headers.authorization);
    record.authenticatedAs = nameOf(credential);
    return credential;
  }

  /** The planned fault of a call, already carried out when it keeps the call from taking effect. */
  takeFault(record: RequestRecord, credential: Credential): Fault | null {
    const fault = this.#faults.take(record);
    refuseAsPlanned(fault, record, credential, this.#limits);
    return fault;
  }

  async serveRest(exchange: Exchange, record: RequestRecord): Promise<Outcome> {
    const { message, path, query, prefix } = exchange;
    const body = parseJson(await readBody(message));
    const credential = this.authenticate(record, message);
    const route = this.#rest.route(record.method, path);
    record.operation = route.operation.id;
    record.isWrite = isRestWrite(record);
    const fault = this.takeFault(record, credential);
    const budget = this.#spend(record, credential, 'core');
    const request = {
      method: record.method,
      path,
      query: new URLSearchParams(query),
      body,
      accept: message.headers.accept ?? '',
      address: `${this.#world.url}${prefix}${path}`,
    };
    return { reply: restReply(await this.#rest.handle(route, request, credential), budget), fault };
  }

  async serveGraphQl(exchange: Exchange, record: RequestRecord): Promise<Outcome> {
    if (record.method !== 'POST') throw notFound();
    const body = parseJson(await readBody(exchange.message));
    const credential = this.authenticate(record, exchange.message);
    if (credential.kind === 'anonymous' || credential.kind === 'app') {
      throw new Problem(401, 'This endpoint requires you to be authenticated.');
    }
    let request: GraphRequest;
    try {
      request = parseGraphRequest(body);
    } catch (error) {
      const errors = [formatError(error as GraphQLError)];
      return { reply: jsonReply(200, { errors }), fault: null };
    }
    record.operation = request.fields.join(',');
    record.isWrite = request.isMutation;
    return await this.#runGraphQl(request, record, credential);
  }

  async #runGraphQl(
    request: GraphRequest,
    record: RequestRecord,
    credential: Credential,
  ): Promise<Outcome> {
    const budget = this.#limits.budget(credential, 'graphql');
    const fault = this.#faults.take(record);
    // GraphQL says so with status 200.
    if (budget.remaining === 0 || fault?.kind === 'primary-limit') {
      return { reply: graphLimitReply({ ...budget, remaining: 0 }), fault: null };
    }
    refuseAsPlanned(fault, record, credential, this.#limits);
    const left = this.#spend(record, credential, 'graphql');
    const isStale = fault?.kind === 'stale';
    const context = { world: this.#world, credential, limits: this.#limits, isStale };
    const answer = await runGraphQl(context, request);
    return { reply: jsonReply(200, answer, limitHeaders(left, 'graphql')), fault };
  }

  #spend(record: RequestRecord, credential: Credential, resource: Resource): Budget {
    if (record.isWrite && contentOperations.test(record.operation)) this.#limits.create(credential);
    // Asking how much is left is free.
    const isFree = record.operation === 'rate-limit/get';
    return this.#limits.spend(credential, resource, isFree ? 0 : 1);
  }
}

function isRestWrite({ method, operation }: RequestRecord): boolean {
  return method !== 'GET' && method !== 'HEAD' && operation !== tokenOperation;
}

function restReply({ status, body, raw, headers }: RestAnswer, budget: Budget): Reply {
  const all = { ...limitHeaders(budget, 'core'), ...headers };
  if (raw === undefined) return jsonReply(status, body, all);
  return { status, headers: { ...all, 'content-type': raw.mediaType }, data: raw.data };
}

function graphLimitReply(budget: Budget): Reply {
  const errors = [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded.' }];
  return jsonReply(200, { errors }, limitHeaders(budget, 'graphql'));
}
