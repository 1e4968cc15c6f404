// Chooses the way to a remote: the installed git, or HTTP in this process where git is missing.
import { Fault, UsageError } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import { httpTransport } from './http-transport.ts';
import type { StoreHandle } from '../local-log.ts';
import { nativeTransport } from './native-transport.ts';
import { configuredUrl } from './remote-config.ts';
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
  /** `COORD_TRANSPORT`, and `GITHUB_TOKEN` with `GITHUB_SERVER_URL`. */
  readonly environment: Environment;
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

function isHttpForced(environment: Environment): boolean {
  const said = environment['COORD_TRANSPORT'] ?? '';
  if (['', 'git', 'http'].includes(said)) return said === 'http';
  throw new UsageError('bad-transport', `COORD_TRANSPORT is \`${said}\`; say git or http.`, {
    said,
  });
}

/** GITHUB_TOKEN goes to the GitHub that it is for, and to nobody else. */
function tokenFor(url: string, environment: Environment): string | null {
  const token = environment['GITHUB_TOKEN'] ?? '';
  const server = environment['GITHUB_SERVER_URL'] ?? 'https://github.com';
  if (token === '' || !URL.canParse(url) || !URL.canParse(server)) return null;
  return new URL(url).origin === new URL(server).origin ? token : null;
}

/**
 * The transport to a remote. Fault `remote-unreachable` when there is no such remote, `git-missing` when only git
 * could reach it.
 */
export async function transportTo(
  destination: Destination,
  direction: Direction,
): Promise<Transport> {
  const { repository, name, handle, environment } = destination;
  const isForced = isHttpForced(environment);
  const { url, missing } = await locate(destination, direction);
  if (url === null) throw unreachable(name, 'there is no such remote.');
  if ((isForced || missing !== null) && /^https?:/i.test(url)) {
    const timeoutMs = limits.remoteWaitSecondsMax * 1000;
    return httpTransport({ name, url, handle, token: tokenFor(url, environment), timeoutMs });
  }
  if (missing !== null) throw missing;
  return nativeTransport({ repository, name, url, storeDir: handle.directory });
}
