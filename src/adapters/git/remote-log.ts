// The log on a remote, through the installed git: any URL that git can reach, with the user's own credentials.
import type { Clock } from '../../engine/clock.ts';
import { Fault } from '../../kernel/fault.ts';
import { limits } from '../../kernel/limits.ts';
import type { PushResult, RemoteLog } from '../../log/store.ts';
import { storeHandle, logRef } from './local-log.ts';
import type { StoreHandle } from './local-log.ts';
import { tryGit } from './native.ts';
import { createQuarantine, incomingRef } from './quarantine.ts';
import type { Quarantine } from './quarantine.ts';
import { remoteUrl, transportSettings } from './repository.ts';
import type { Repository } from './repository.ts';
import { descendsFrom, takeOverObjects } from './take-over.ts';

const fetchTimeoutMs = 60_000;

interface Link {
  readonly repository: Repository;
  readonly name: string;
  readonly handle: StoreHandle;
  readonly clock: Clock;
}

function lastLines(text: string): string {
  return text
    .trim()
    .split('\n')
    .slice(-2)
    .join(' ')
    .replace(/(https?:\/\/)[^/@\s]*@/g, '$1');
}

function unreachable(name: string, said: string): Fault {
  return new Fault(
    'remote-unreachable',
    `${name}: ${lastLines(said)} Check the network and \`git remote -v\`; --offline works without it.`,
    { remote: name },
  );
}

async function urlOf(link: Link, direction: 'fetch' | 'push'): Promise<string> {
  const url = await remoteUrl(link.repository, link.name, direction);
  if (url === null) throw unreachable(link.name, 'there is no such remote.');
  return url;
}

function pinRef(name: string): string {
  return `refs/remotes/${name}/coord`;
}

function pinOf({ handle, name }: Link): string | null {
  return handle.open()?.readRef(pinRef(name)) ?? null;
}

/** Fetches the branch into the quarantine; false when the remote has no such branch. */
async function fetchInto(link: Link, quarantine: Quarantine, isFirst: boolean): Promise<boolean> {
  const url = await urlOf(link, 'fetch');
  const depth = isFirst ? [`--depth=${limits.tailCommitsMax + 1}`] : [];
  const args = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--update-shallow',
    ...depth,
  ];
  const run = await tryGit(
    [`--git-dir=${quarantine.directory}`, ...args, '--', url, `+${logRef}:${incomingRef}`],
    { env: await transportSettings(link.repository), timeoutMs: fetchTimeoutMs },
  ).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'git-timeout') {
      throw unreachable(link.name, 'no answer in time.');
    }
    throw error;
  });
  if (run.status === 0) return true;
  if (/couldn't find remote ref/i.test(run.stderr)) return false;
  throw unreachable(link.name, run.stderr);
}

/**
 * Fetches the whole branch into a quarantine, for looking further back than the store goes; the caller removes it.
 * Fault `remote-unreachable` when that fails.
 */
export async function fetchWholeLog(
  repository: Repository,
  name: string,
  clock: Clock,
): Promise<Quarantine> {
  const handle = storeHandle(repository.commonDir);
  const quarantine = createQuarantine(handle.directory, null, null);
  try {
    const link: Link = { repository, name, handle, clock };
    if (await fetchInto(link, quarantine, false)) return quarantine;
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

async function fetchLog(link: Link): Promise<string | null> {
  const { handle, clock } = link;
  const known = handle.open();
  const pin = pinOf(link);
  const have = pin ?? known?.readRef(logRef) ?? null;
  const quarantine = createQuarantine(handle.directory, known, have);
  try {
    if (!(await fetchInto(link, quarantine, have === null))) return null;
    const from = quarantine.open();
    const head = from.readRef(incomingRef);
    if (head === null || head === pin) return head;
    const store = handle.create();
    takeOverObjects(from, store, head, (bytes) => clock.sha256(bytes));
    from.close();
    if (pin !== null && !descendsFrom(store, head, pin)) throw forked(link, pin, head);
    return head;
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

const rejected =
  /\[rejected\]|non-fast-forward|fetch first|failed to update ref|cannot lock ref|already exists|stale info|shallow update/i;
const denied = /protected branch|hook declined|GH0\d\d|denied|forbidden|403|not allowed|read-only/i;
const neverReached =
  /could not resolve|unable to access|does not appear to be a git|could not read (from|username)|connection (refused|timed out)|not found|no such file|authentication failed/i;

function pushOutcome(link: Link, said: string): PushResult {
  if (rejected.test(said) && !/hook declined|protected branch/i.test(said)) {
    return { ok: false, reason: 'rejected' };
  }
  if (denied.test(said)) {
    throw new Fault(
      'remote-denied',
      `${link.name} does not let you write the branch coord: ${lastLines(said)} What you did is kept here; ` +
        '`coord sync` publishes it once you may.',
      { remote: link.name },
    );
  }
  if (neverReached.test(said)) throw unreachable(link.name, said);
  return { ok: false, reason: 'unknown', message: lastLines(said) };
}

async function pushLog(link: Link, oid: string): Promise<PushResult> {
  const url = await urlOf(link, 'push');
  const args = ['push', '--porcelain', '--no-verify', '--', url, `${oid}:${logRef}`];
  try {
    const run = await tryGit([`--git-dir=${link.handle.directory}`, ...args], {
      env: await transportSettings(link.repository),
      timeoutMs: fetchTimeoutMs,
    });
    if (run.status === 0) return { ok: true };
    return pushOutcome(link, `${run.stdout.toString('utf8')}\n${run.stderr}`);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'git-timeout') throw error;
    return { ok: false, reason: 'unknown', message: error.message };
  }
}

/** The log on the remote of that name of a repository. */
export function openRemoteLog(repository: Repository, name: string, clock: Clock): RemoteLog {
  const link: Link = { repository, name, handle: storeHandle(repository.commonDir), clock };
  return {
    name,
    pin: () => Promise.resolve().then(() => pinOf(link)),
    fetch: () => fetchLog(link),
    movePin: (oid) => movePin(link, oid),
    push: (oid) => pushLog(link, oid),
  };
}
