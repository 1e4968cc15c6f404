// The log as the clone itself has it, in the branch that `git clone` or `git fetch` left behind: read without a network.
import { pathToFileURL } from 'node:url';
import { Fault } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import type { RemoteLog } from '../../../log/store.ts';
import { storeHandle } from '../local-log.ts';
import { tryGit } from '../native.ts';
import { createQuarantine, incomingRef } from './quarantine.ts';
import type { Quarantine } from './quarantine.ts';
import { openRemoteLog } from './remote-log.ts';
import type { Opening } from './remote-log.ts';
import type { Repository } from '../repository.ts';
import { takeOverBranch } from './take-over.ts';

/** Copies the tracking branch into the quarantine; false when the clone has none that can be read. */
async function copyInto(
  { commonDir }: Repository,
  name: string,
  quarantine: Quarantine,
): Promise<boolean> {
  const flags = ['--quiet', '--no-tags', '--no-write-fetch-head', '--update-shallow'];
  const depth = `--depth=${limits.tailCommitsMax + 1}`;
  // A path instead of an URL would make git ignore the depth.
  const url = pathToFileURL(commonDir).href;
  const refspec = `+refs/remotes/${name}/coord:${incomingRef}`;
  const args = [`--git-dir=${quarantine.directory}`, 'fetch', ...flags, depth, '--', url, refspec];
  const { status } = await tryGit(args);
  return status === 0;
}

async function fetchTracked(
  repository: Repository,
  name: string,
  { clock, inspect, keptIn }: Opening,
): Promise<string | null> {
  // A branch of that name beside the code is not the log then.
  if (((await keptIn?.()) ?? null) !== null) return null;
  const handle = storeHandle(repository.commonDir);
  const quarantine = createQuarantine(handle.directory, null, null);
  try {
    if (!(await copyInto(repository, name, quarantine))) return null;
    const from = quarantine.open();
    try {
      const head = from.readRef(incomingRef);
      const judging = { sha256: (bytes: Uint8Array) => clock.sha256(bytes), inspect };
      if (head !== null) takeOverBranch({ from, store: handle.create() }, head, null, judging);
      return head;
    } finally {
      from.close();
    }
  } finally {
    quarantine.remove();
  }
}

/**
 * The log of a remote as the clone knows it, for a first look without the network; verified and pinned as if it came
 * from there. Nothing can be published to it.
 */
export function openTrackedLog(repository: Repository, name: string, opening: Opening): RemoteLog {
  const remote = openRemoteLog(repository, name, opening);
  return {
    name,
    pin: () => remote.pin(),
    movePin: (oid) => remote.movePin(oid),
    fetch: () => fetchTracked(repository, name, opening),
    push: () =>
      Promise.reject(
        new Fault('remote-denied', 'A clone is no place to publish to. Run `coord sync`.'),
      ),
  };
}
