// Chooses the way to a remote: the installed git, or HTTP in this process where git is missing.
import { Fault, UsageError } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import { httpTransport } from './http-transport.ts';
import type { StoreHandle } from '../local-log.ts';
import { nativeTransport } from './native-transport.ts';
import { tokenFor } from './credential.ts';
import { proxyFor } from './proxy.ts';
import { configuredUrl } from './remote-config.ts';
import { logUrl } from '../../../policy/log-place.ts';
import { remoteUrl } from '../repository.ts';
import type { Repository } from '../repository.ts';
import { unreachable } from './transport.ts';
import type { Transport } from './transport.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Destination {
  readonly repository: Repository;
  /** The remote's. */
  readonly name: string;
  readonly handle: StoreHandle;
  /** `COORD_TRANSPORT`, the usual variables for proxies, and tokens as `tokenFor` takes them. */
  readonly environment: Environment;
  /** The repository that keeps the log when it is not the remote's own, as the policy has it; null where it is. */
  readonly keptIn?: () => Promise<string | null>;
}

type Direction = 'fetch' | 'push';

interface Located {
  readonly url: string | null;
  /** The fault that says so where git is not installed. */
  readonly missing: Fault | null;
}

async function locate({ repository, name }: Destination, direction: Direction): Promise<Located> {
  try {
    return { url: await remoteUrl(repository, name, direction), missing: null };
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'git-missing') throw error;
    return { url: configuredUrl(repository, name, direction), missing: error };
  }
}

/** Where the log is, and what to call that in messages. */
async function keeperOf({ name, keptIn }: Destination, codeUrl: string) {
  const said = (await keptIn?.()) ?? null;
  if (said === null) return { name, url: codeUrl };
  const url = logUrl(said, codeUrl);
  if (url === null) {
    throw unreachable(said, `nobody knows where that lies from ${name}; name it by its URL.`);
  }
  return { name: said, url };
}

function isHttpForced(environment: Environment): boolean {
  const said = environment['COORD_TRANSPORT'] ?? '';
  if (['', 'git', 'http'].includes(said)) return said === 'http';
  throw new UsageError('bad-transport', `COORD_TRANSPORT is \`${said}\`; say git or http.`, {
    said,
  });
}

/**
 * The transport to a remote. Fault `remote-unreachable` when there is no such remote, `git-missing` when only git
 * could reach it.
 */
export async function transportTo(
  destination: Destination,
  direction: Direction,
): Promise<Transport> {
  const { repository, name: remote, handle, environment } = destination;
  const isForced = isHttpForced(environment);
  const { url: codeUrl, missing } = await locate(destination, direction);
  if (codeUrl === null) throw unreachable(remote, 'there is no such remote.');
  const { name, url } = await keeperOf(destination, codeUrl);
  const token = tokenFor(url, environment);
  if ((isForced || missing !== null) && /^https?:/i.test(url)) {
    const timeoutMs = limits.remoteWaitSecondsMax * 1000;
    const proxy = proxyFor(url, environment);
    return httpTransport({ name, url, handle, repository, token, proxy, timeoutMs });
  }
  if (missing !== null) throw missing;
  return nativeTransport({ repository, name, url, token, storeDir: handle.directory });
}
