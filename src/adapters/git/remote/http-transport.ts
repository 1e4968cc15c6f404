// The log over HTTP without an installed git: isomorphic-git between a remote and a quarantine, never in the store.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuthCallback, AuthFailureCallback, HttpClient } from 'isomorphic-git';
import { messageOf } from '../../../kernel/fault.ts';
import type { PushResult } from '../../../log/store.ts';
import { askHelpers, forgetLogin } from './credential.ts';
import type { Login } from './credential.ts';
import { lentFiles } from './lent-files.ts';
import type { LentFiles } from './lent-files.ts';
import { logRef } from '../local-log.ts';
import type { StoreHandle } from '../local-log.ts';
import type { Repository } from '../repository.ts';
import { requestThrough } from './proxy.ts';
import type { Oid } from '../store/object.ts';
import { createQuarantine, incomingRef } from './quarantine.ts';
import type { Quarantine } from './quarantine.ts';
import { failedPush, unreachable } from './transport.ts';
import type { Refspec, Target, Tip, Transport } from './transport.ts';

export interface HttpRoute {
  /** The remote's, for messages. */
  readonly name: string;
  readonly url: string;
  /** The store that is pushed from and whose objects need not be fetched again. */
  readonly handle: StoreHandle;
  /** Whose credential helpers are asked when there is no token. */
  readonly repository: Repository;
  /** Sent with the first request already; null leaves it to the URL and to git's credential helpers. */
  readonly token: string | null;
  readonly proxy: URL | null;
  readonly timeoutMs: number;
}

const remote = 'origin';
const haveRef = 'refs/heads/have';
const refspec = `[remote "${remote}"]\n\tfetch = +refs/heads/*:refs/remotes/${remote}/*\n`;

/** What every call of the library takes that asks the remote. */
interface Question {
  readonly http: HttpClient;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly onAuth: AuthCallback;
  readonly onAuthFailure: AuthFailureCallback;
}

/** What those take beside that work on a repository. */
interface Call extends Question {
  readonly fs: LentFiles;
  readonly gitdir: string;
  readonly remote: string;
}

class Timeout extends Error {}

/** Ends the requests of `work` and gives up waiting; the library's own fetch knows no signal. */
async function within<Result>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Timeout('no answer in time.'));
      abort.abort();
    }, timeoutMs);
  });
  const working = work(abort.signal);
  // What comes after the time is up is nobody's any more.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, late]);
  } finally {
    clearTimeout(timer);
  }
}

function authorization(token: string | null): Record<string, string> {
  if (token === null) return {};
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  return { Authorization: `Basic ${basic}` };
}

/** A token that is refused is not tried again; without one the helpers are asked, once. */
function loginFrom(
  repository: Repository,
  token: string | null,
): Pick<Question, 'onAuth' | 'onAuthFailure'> {
  let login: Login | null = null;
  return {
    onAuth: async (url) => {
      login = token === null ? await askHelpers(repository, url) : null;
      return login ?? undefined;
    },
    onAuthFailure: async (url) => {
      if (login !== null) await forgetLogin(repository, url, login);
    },
  };
}

async function questionFor(
  { url, proxy, token, repository }: HttpRoute,
  signal: AbortSignal,
): Promise<Question> {
  const { default: http } = await import('isomorphic-git/http/node');
  return {
    http: {
      request: (request) =>
        proxy === null
          ? http.request({ ...request, signal })
          : requestThrough(proxy, request, signal),
    },
    url,
    headers: authorization(token),
    ...loginFrom(repository, token),
  };
}

async function callFor(
  route: HttpRoute,
  { directory }: Quarantine,
  signal: AbortSignal,
): Promise<Call> {
  appendFileSync(join(directory, 'config'), refspec);
  return {
    ...(await questionFor(route, signal)),
    fs: lentFiles(directory, route.handle.directory),
    gitdir: directory,
    remote,
  };
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Status of an HTTP answer that was no success, else null. */
function statusOf(error: unknown): number | null {
  const { data } = error as { data?: { statusCode?: unknown } };
  return typeof data?.statusCode === 'number' ? data.statusCode : null;
}

async function fetchInto(
  route: HttpRoute,
  quarantine: Quarantine,
  depth: number | null,
  { from, into }: Refspec,
): Promise<boolean> {
  const { default: git } = await import('isomorphic-git');
  try {
    const { fetchHead } = await within(route.timeoutMs, async (signal) =>
      git.fetch({
        ...(await callFor(route, quarantine, signal)),
        // The newest commit known here is what the library tells the remote it has.
        ref: haveRef,
        remoteRef: from,
        singleBranch: true,
        tags: false,
        ...(depth === null ? {} : { depth }),
      }),
    );
    if (fetchHead === null) return false;
    writeFileSync(join(quarantine.directory, into), `${fetchHead}\n`);
    return true;
  } catch (error) {
    if (codeOf(error) === 'NotFoundError') return false;
    throw unreachable(route.name, messageOf(error));
  }
}

async function defaultBranch(route: HttpRoute): Promise<Tip | null> {
  const { default: git } = await import('isomorphic-git');
  try {
    const refs = await within(route.timeoutMs, async (signal) =>
      git.listServerRefs({
        ...(await questionFor(route, signal)),
        prefix: 'HEAD',
        symrefs: true,
      }),
    );
    const head = refs.find(({ ref }) => ref === 'HEAD');
    return head?.target === undefined ? null : { ref: head.target, oid: head.oid };
  } catch (error) {
    throw unreachable(route.name, messageOf(error));
  }
}

/** Errors of the system that say that no connection came about. */
const noConnection =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_|ERR_TLS|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED)/;

/** What a push that threw came to; only what certainly did not happen is a fault or a rejection. */
function pushFailure(name: string, error: unknown): PushResult {
  const [code, status, message] = [codeOf(error), statusOf(error), messageOf(error)];
  if (code === 'PushRejectedError' || code === 'UserCanceledError') {
    return { ok: false, reason: 'rejected' };
  }
  if (code === 'GitPushError') return failedPush(name, message);
  if (status === 401 || status === 403) return failedPush(name, `Denied: ${message}.`);
  if (status === 404 || noConnection.test(code)) throw unreachable(name, message);
  return { ok: false, reason: 'unknown', message };
}

async function pushFrom(
  route: HttpRoute,
  quarantine: Quarantine,
  { ref, replaces }: Target,
): Promise<PushResult> {
  const { default: git } = await import('isomorphic-git');
  const store = route.handle.open();
  try {
    await within(route.timeoutMs, async (signal) =>
      git.push({
        ...(await callFor(route, quarantine, signal)),
        ref: haveRef,
        remoteRef: ref,
        signal,
        // The remote takes it only while the ref is where the library has just been told that it is.
        force: replaces !== undefined,
        // A head that is not here has been moved by somebody else: no need to walk all of history to see it.
        onPrePush: ({ remoteRef: { oid } }) =>
          replaces === undefined
            ? /^0+$/.test(oid) || store?.readObject(oid) !== undefined
            : oid === replaces,
      }),
    );
    return { ok: true };
  } catch (error) {
    return pushFailure(route.name, error);
  }
}

/** A transport over smart HTTP; the library is loaded with the first call. */
export function httpTransport(route: HttpRoute): Transport {
  return {
    defaultBranch: () => defaultBranch(route),
    fetch: (quarantine, depth, other = { from: logRef, into: incomingRef }) =>
      fetchInto(route, quarantine, depth, other),
    async push(oid: Oid, target = { ref: logRef }) {
      const { handle } = route;
      const outbox = createQuarantine(handle.directory, handle.open(), oid);
      try {
        return await pushFrom(route, outbox, target);
      } finally {
        outbox.remove();
      }
    },
  };
}
