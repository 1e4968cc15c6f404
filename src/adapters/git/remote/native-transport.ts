// The log over the installed git: any URL that git can reach, with the user's own credentials.
import { Fault } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import { logRef } from '../local-log.ts';
import { tryGit } from '../native.ts';
import type { GitRun } from '../native.ts';
import { lendToken } from './credential.ts';
import { incomingRef } from './quarantine.ts';
import { transportSettings } from '../repository.ts';
import type { Repository } from '../repository.ts';
import { failedPush, unreachable } from './transport.ts';
import type { Tip, Transport } from './transport.ts';

const timeoutMs = limits.remoteWaitSecondsMax * 1000;
const fetchFlags = ['--quiet', '--no-tags', '--no-write-fetch-head', '--update-shallow'];

function isTimeout(error: unknown): error is Fault {
  return error instanceof Fault && error.code === 'git-timeout';
}

/** Where it goes: `name` is the remote's for messages, `storeDir` the store that is pushed from. */
export interface NativeRoute {
  readonly repository: Repository;
  readonly name: string;
  readonly url: string;
  readonly storeDir: string;
  /** Offered where git's own credential helpers know nothing. */
  readonly token: string | null;
}

/** Runs git where reading from the remote is all it does: no answer in time is no answer. */
async function ask(
  { repository, name, url, token }: NativeRoute,
  words: readonly string[],
): Promise<GitRun> {
  const env = lendToken(await transportSettings(repository), url, token);
  return tryGit(words, { cwd: repository.directory, env, timeoutMs }).catch((error: unknown) => {
    throw isTimeout(error) ? unreachable(name, 'no answer in time.') : error;
  });
}

const symbolicHead = /^ref: (?<ref>refs\/\S+)\tHEAD$/m;
const headOid = /^(?<oid>[0-9a-f]{40,64})\tHEAD$/m;

async function defaultBranch(route: NativeRoute): Promise<Tip | null> {
  const run = await ask(route, ['ls-remote', '--symref', '--', route.url, 'HEAD']);
  if (run.status !== 0) throw unreachable(route.name, run.stderr);
  const listed = run.stdout.toString('utf8');
  const ref = symbolicHead.exec(listed)?.groups?.['ref'];
  const oid = headOid.exec(listed)?.groups?.['oid'];
  return ref === undefined || oid === undefined ? null : { ref, oid };
}

export function nativeTransport(route: NativeRoute): Transport {
  const { repository, name, url, storeDir, token } = route;
  return {
    defaultBranch: () => defaultBranch(route),
    async fetch({ directory }, depth, other) {
      const deep = depth === null ? [] : [`--depth=${depth}`];
      const { from, into } = other ?? { from: logRef, into: incomingRef };
      const words = ['fetch', ...fetchFlags, ...deep, '--', url, `+${from}:${into}`];
      const run = await ask(route, [`--git-dir=${directory}`, ...words]);
      if (run.status === 0) return true;
      if (/couldn't find remote ref/i.test(run.stderr)) return false;
      throw unreachable(name, run.stderr);
    },
    async push(oid, target = { ref: logRef }) {
      const { ref, replaces } = target;
      const lease = replaces === undefined ? [] : [`--force-with-lease=${ref}:${replaces}`];
      const words = ['push', '--porcelain', '--no-verify', ...lease, '--', url, `${oid}:${ref}`];
      try {
        const run = await tryGit([`--git-dir=${storeDir}`, ...words], {
          env: lendToken(await transportSettings(repository), url, token),
          timeoutMs,
        });
        if (run.status === 0) return { ok: true };
        return failedPush(name, `${run.stdout.toString('utf8')}\n${run.stderr}`);
      } catch (error) {
        if (!isTimeout(error)) throw error;
        return { ok: false, reason: 'unknown', message: error.message };
      }
    },
  };
}
