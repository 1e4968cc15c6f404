// The log on a remote: fetched into a quarantine, verified, taken over; pushed without force.
import type { Clock } from '../../../engine/clock.ts';
import { Fault } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import type { RemoteLog } from '../../../log/store.ts';
import { storeHandle, logRef } from '../local-log.ts';
import { createQuarantine, incomingRef } from './quarantine.ts';
import type { Quarantine } from './quarantine.ts';
import { transportTo } from './remote-transport.ts';
import type { Destination, Environment } from './remote-transport.ts';
import type { Repository } from '../repository.ts';
import { descendsFrom, takeOverObjects } from './take-over.ts';
import type { Inspect } from './take-over.ts';
import { unreachable } from './transport.ts';

interface Link extends Destination {
  readonly clock: Clock;
}

/** What opening a remote's log takes beside its repository and name. */
export interface Opening {
  readonly clock: Clock;
  /** Has its say about everything that comes, beside order, chain and files. */
  readonly inspect: Inspect;
  /**
   * `COORD_TRANSPORT` counts (`http` does without the installed git where the remote is reached over HTTP), and
   * `GITHUB_TOKEN` over HTTP. The process's own when left out.
   */
  readonly environment?: Environment;
}

function linkTo(
  repository: Repository,
  name: string,
  clock: Clock,
  environment: Environment,
): Link {
  return { repository, name, clock, environment, handle: storeHandle(repository.commonDir) };
}

function pinRef(name: string): string {
  return `refs/remotes/${name}/coord`;
}

function pinOf({ handle, name }: Link): string | null {
  return handle.open()?.readRef(pinRef(name)) ?? null;
}

/** What a look further back takes. */
export interface LookBack {
  readonly clock: Clock;
  /** As in `Opening`. */
  readonly environment?: Environment;
  /** Commits from the remote's head on; everything when null. */
  readonly depth: number | null;
}

/**
 * Fetches the branch into a quarantine, for looking further back than the store goes; the caller removes it.
 * Fault `remote-unreachable` when that fails.
 */
export async function fetchAside(
  repository: Repository,
  name: string,
  { clock, environment = process.env, depth }: LookBack,
): Promise<Quarantine> {
  const link = linkTo(repository, name, clock, environment);
  const quarantine = createQuarantine(link.handle.directory, null, null);
  try {
    const transport = await transportTo(link, 'fetch');
    if (await transport.fetch(quarantine, depth)) return quarantine;
    throw unreachable(name, 'it has no branch coord.');
  } catch (error) {
    quarantine.remove();
    throw error;
  }
}

function forked(link: Link, pin: string, head: string): Fault {
  return new Fault(
    'log-forked',
    `The log on ${link.name} is at ${head}, which does not continue ${pin}, the last verified head. ` +
      'Nothing was changed. Find out who rewrote it before anybody writes on.',
    { remote: link.name, pin, head },
  );
}

/** Takes what was fetched into the store once it is verified; answers the fetched head. */
function takeIn(
  link: Link,
  inspect: Inspect,
  quarantine: Quarantine,
  pin: string | null,
): string | null {
  const from = quarantine.open();
  try {
    const head = from.readRef(incomingRef);
    if (head === null || head === pin) return head;
    const store = link.handle.create();
    takeOverObjects(from, store, head, { sha256: (bytes) => link.clock.sha256(bytes), inspect });
    if (pin !== null && !descendsFrom(store, head, pin)) throw forked(link, pin, head);
    return head;
  } finally {
    from.close();
  }
}

async function fetchLog(link: Link, inspect: Inspect): Promise<string | null> {
  const { handle } = link;
  const known = handle.open();
  const pin = pinOf(link);
  const have = pin ?? known?.readRef(logRef) ?? null;
  const quarantine = createQuarantine(handle.directory, known, have);
  try {
    const transport = await transportTo(link, 'fetch');
    const depth = have === null ? limits.tailCommitsMax + 1 : null;
    return (await transport.fetch(quarantine, depth))
      ? takeIn(link, inspect, quarantine, pin)
      : null;
  } finally {
    quarantine.remove();
  }
}

async function movePin(link: Link, next: string): Promise<void> {
  const store = link.handle.create();
  const expected = pinOf(link);
  if (expected === next) return;
  const swapped = await store.swapRef({ name: pinRef(link.name), expected, next });
  // Another process of ours moved it meanwhile: its value is as good, the next fetch goes on from there.
  if (!swapped.ok && swapped.reason === 'locked') {
    throw new Fault('store-busy', 'Another git process holds the store. Try again in a moment.');
  }
}

/** The log on the remote of that name of a repository. */
export function openRemoteLog(
  repository: Repository,
  name: string,
  { clock, inspect, environment = process.env }: Opening,
): RemoteLog {
  const link = linkTo(repository, name, clock, environment);
  return {
    name,
    pin: () => Promise.resolve().then(() => pinOf(link)),
    fetch: () => fetchLog(link, inspect),
    movePin: (oid) => movePin(link, oid),
    push: async (oid) => (await transportTo(link, 'push')).push(oid),
  };
}
