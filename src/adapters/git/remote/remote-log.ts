// The log on a remote: fetched into a quarantine, verified, taken over; pushed without force.
import type { Clock } from '../../../engine/clock.ts';
import { Fault } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import { archiveBranch, archiveRef } from '../../../log/format.ts';
import type { ArchivingRemote } from '../../../log/store.ts';
import { storeHandle, logRef } from '../local-log.ts';
import { createQuarantine, incomingRef } from './quarantine.ts';
import type { Quarantine } from './quarantine.ts';
import { transportTo } from './remote-transport.ts';
import type { Destination, Environment } from './remote-transport.ts';
import type { Repository } from '../repository.ts';
import { fetchArchives, takeInArchives } from './archives.ts';
import type { KnownHere } from './archives.ts';
import { descendsFrom, takeOverBranch } from './take-over.ts';
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
  /** As in `Destination`. */
  readonly keptIn?: () => Promise<string | null>;
}

function linkTo(
  repository: Repository,
  name: string,
  { clock, keptIn, environment = process.env }: Omit<Opening, 'inspect'>,
): Link {
  const handle = storeHandle(repository.commonDir);
  return { repository, name, clock, environment, handle, ...(keptIn && { keptIn }) };
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
  readonly keptIn?: () => Promise<string | null>;
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
  { depth, ...opening }: LookBack,
): Promise<Quarantine> {
  const link = linkTo(repository, name, opening);
  const quarantine = createQuarantine(link.handle.directory, null, null);
  try {
    const transport = await transportTo(link, 'fetch');
    const isThere = await transport.fetch(quarantine, depth);
    if (!isThere) throw unreachable(name, 'it has no branch coord.');
    if (depth === null) await fetchArchives(transport, quarantine, null);
    return quarantine;
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
    { remote: link.name, here: pin, there: head },
  );
}

/** What was fetched, with the epochs that are over among it. */
interface Fetched {
  readonly quarantine: Quarantine;
  readonly epochs: readonly number[];
}

/** Takes what was fetched into the store once it is verified; answers the fetched head. */
function takeIn(
  link: Link,
  inspect: Inspect,
  { quarantine, epochs }: Fetched,
  pin: string | null,
): string | null {
  const from = quarantine.open();
  try {
    const head = from.readRef(incomingRef);
    if (head === null || head === pin) return head;
    const store = link.handle.create();
    const judging = { sha256: (bytes: Uint8Array) => link.clock.sha256(bytes), inspect };
    takeInArchives(from, store, epochs, judging);
    takeOverBranch({ from, store }, head, pin, judging);
    if (pin !== null && !descendsFrom(store, head, pin)) throw forked(link, pin, head);
    return head;
  } finally {
    from.close();
  }
}

/** The store with the newest commit that the remote surely has; null before the first contact. */
function knownHere({ handle }: Link, pin: string | null): KnownHere | null {
  const store = handle.open();
  const have = pin ?? store?.readRef(logRef) ?? null;
  return store === null || have === null ? null : { store, have };
}

async function fetchLog(link: Link, inspect: Inspect): Promise<string | null> {
  const { handle } = link;
  const pin = pinOf(link);
  const here = knownHere(link, pin);
  const quarantine = createQuarantine(handle.directory, handle.open(), here?.have ?? null);
  try {
    const transport = await transportTo(link, 'fetch');
    const depth = here === null ? limits.tailCommitsMax + 1 : null;
    if (!(await transport.fetch(quarantine, depth))) return null;
    const epochs = here === null ? [] : await fetchArchives(transport, quarantine, here);
    return takeIn(link, inspect, { quarantine, epochs }, pin);
  } finally {
    quarantine.remove();
  }
}

async function movePin(link: Link, next: string): Promise<void> {
  const store = link.handle.create();
  const expected = pinOf(link);
  if (expected === next) return;
  // Whoever takes a head over holds the mutex, by the local log's view of the same store: so a lock that a killed
  // process left on the pin is outlasted like one on the branch.
  const swapped = await store.swapRef({ name: pinRef(link.name), expected, next }, true);
  // Another process of ours moved it meanwhile: its value is as good, the next fetch goes on from there.
  if (!swapped.ok && swapped.reason === 'locked') {
    throw new Fault('store-busy', 'Another git process holds the store. Try again in a moment.');
  }
}

/** Hosts that take no refs but branches and tags say so in many ways: a branch is tried wherever a ref is not taken. */
async function keepThere(link: Link, epoch: number, oid: string): Promise<string> {
  const transport = await transportTo(link, 'push');
  let said = '';
  for (const ref of [archiveRef(epoch), archiveBranch(epoch)]) {
    try {
      const pushed = await transport.push(oid, { ref });
      if (pushed.ok) return ref;
      said = pushed.reason === 'unknown' ? pushed.message : `${ref} is there already.`;
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'remote-denied') throw error;
      said = error.message;
    }
  }
  throw new Fault(
    'archive-refused',
    `${link.name} does not keep what was before: ${said} Nothing was changed. Name a repository that does with --archive.`,
    { remote: link.name, epoch },
  );
}

/** The log on the remote of that name of a repository. */
export function openRemoteLog(
  repository: Repository,
  name: string,
  { inspect, ...opening }: Opening,
): ArchivingRemote {
  const link = linkTo(repository, name, opening);
  return {
    name,
    pin: () => Promise.resolve().then(() => pinOf(link)),
    fetch: () => fetchLog(link, inspect),
    movePin: (oid) => movePin(link, oid),
    push: async (oid) => (await transportTo(link, 'push')).push(oid),
    archive: (epoch, oid) => keepThere(link, epoch, oid),
    replace: async (oid, expected) =>
      (await transportTo(link, 'push')).push(oid, { ref: logRef, replaces: expected }),
  };
}
