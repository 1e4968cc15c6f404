// What `coord doctor` looks at, a finding each: status, sentence, and what to do about it.
import { hostedOn } from './doctor-remote.ts';
import {
  mutexHolder,
  packedBytes,
  staleFiles,
  staleRefLock,
  unreadableIn,
} from '../../../adapters/git/store-health.ts';
import type { GitStore } from '../../../adapters/git/store/git-store.ts';
import type { Fold } from '../../../engine/fold.ts';
import { brokenInvariants, invariantNames } from '../../../engine/invariants.ts';
import { limits } from '../../../kernel/limits.ts';
import { addSeconds } from '../../../kernel/duration.ts';
import { Fault } from '../../../kernel/fault.ts';
import { rulesOf } from '../../../policy/rules.ts';
import type { Shell } from '../shell.ts';
import { freshen } from '../workspace.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly message: string;
  /** What to do about it; null where nothing. */
  readonly next: string | null;
}

function ok(check: string, message: string): Finding {
  return { check, status: 'ok', message, next: null };
}

const fixIt = 'coord doctor --fix';

/** The last window of the log, object by object. */
export async function checkStore(store: GitStore, head: string): Promise<Finding> {
  const told = await unreadableIn(store, head);
  if (told.length === 0) return ok('store', 'Every object of the last window can be read.');
  const message = `${told.length} objects cannot be read; the first: ${told[0] ?? ''}`;
  const next = 'coord verify names them all; fetch the log again from its remote';
  return { check: 'store', status: 'fail', message, next };
}

/** Whether a process that has ended, or may have, keeps others out. */
export function checkMutex(store: GitStore): Finding {
  const lock = staleRefLock(store);
  const holder = mutexHolder(store);
  if (holder?.liveness === 'dead') {
    const message = `${holder.who} ended while it held the store's mutex. The next command takes it over.`;
    return { check: 'mutex', status: 'warn', message, next: fixIt };
  }
  if (holder?.liveness === 'unknown') {
    const message = `${holder.who} holds the store's mutex since ${holder.since}; whether it still runs cannot be seen from here.`;
    const next = `if you are sure that it does not, delete ${holder.path}`;
    return { check: 'mutex', status: 'warn', message, next };
  }
  if (lock !== null) {
    const message = `A lock on the branch was left behind: ${lock}.`;
    return { check: 'mutex', status: 'warn', message, next: fixIt };
  }
  return ok('mutex', holder === null ? 'Nobody holds the store.' : `${holder.who} is at work.`);
}

export function checkFiles(store: GitStore): Finding {
  const stale = staleFiles(store);
  if (stale.length === 0) return ok('files', 'Nothing was left by processes that were killed.');
  const message = `${stale.length} files or folders were left by processes that were killed.`;
  return { check: 'files', status: 'warn', message, next: fixIt };
}

const bytesPerMB = 1024 * 1024;

export function checkWeight(store: GitStore): Finding {
  const bytes = packedBytes(store);
  const message = `The log weighs ${(bytes / bytesPerMB).toFixed(1)} MB packed.`;
  if (bytes < limits.branchBytesWarned) return ok('weight', message);
  const next =
    "keep the branch out of ordinary fetches: git config --add remote.origin.fetch '^refs/heads/coord'";
  return { check: 'weight', status: 'warn', message, next };
}

/** Takes over what is new, and says how this clone and the remote's log stand to each other. */
export async function checkPin(shell: Shell): Promise<Finding> {
  const workspace = await shell.workspace();
  const { remote } = workspace;
  if (remote === null) return ok('pin', 'The log has no remote.');
  try {
    const { problem } = await freshen(workspace, shell.globals.isOffline);
    const pin = await remote.pin();
    const seen = pin === null ? 'was never seen' : `was last seen at ${pin}`;
    if (problem !== null) {
      const next = 'coord sync, when it can be reached';
      return {
        check: 'pin',
        status: 'warn',
        message: `${remote.name} ${seen}. ${problem.message}`,
        next,
      };
    }
    return ok('pin', `The log on ${remote.name} ${seen}.`);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const next = 'coord verify; find out who rewrote the log before anybody writes on';
    return { check: 'pin', status: 'fail', message: error.message, next };
  }
}

/** The time of the last record against this machine's clock. */
export function checkClock(fold: Fold, now: string): Finding {
  const last = fold.position?.at ?? now;
  if (last <= addSeconds(now, limits.clockAheadSecondsMax)) {
    return ok('clock', `The last record is of ${last}; this machine's clock says ${now}.`);
  }
  const message = `The last record is of ${last}, and this machine's clock says ${now}: one of the two is wrong.`;
  return { check: 'clock', status: 'warn', message, next: "set this machine's clock" };
}

const brokenShown = 3;

export async function checkState(shell: Shell, fold: Fold): Promise<Finding> {
  const { policy } = await (await shell.workspace()).policy.lenient();
  const broken = brokenInvariants(fold, rulesOf(policy), shell.clock.now());
  if (broken.length === 0) return ok('state', `${invariantNames.length} invariants hold.`);
  const shown = broken
    .slice(0, brokenShown)
    .map(({ invariant, message }) => `${invariant}: ${message}`);
  const message = `${broken.length} times the state is not as it must be. ${shown.join(' ')}`;
  const next = 'coord log and coord trace show which record brought it about';
  return { check: 'state', status: 'fail', message, next };
}

/** Whether the remote keeps the branch from being deleted or rewritten, as far as that can be asked. */
export async function checkProtection(shell: Shell): Promise<Finding> {
  const check = 'protection';
  const next = 'a ruleset for the branch coord with "Restrict deletions" and "Block force pushes"';
  const hosted = await hostedOn(shell);
  if (typeof hosted === 'string') return { check, status: 'ok', message: hosted, next: null };
  const { rules } = hosted;
  if (typeof rules === 'string') return { check, status: 'warn', message: rules, next };
  const lacking = ['deletion', 'non_fast_forward'].filter((type) => !rules.includes(type));
  if (lacking.length === 0) {
    return ok(check, 'GitHub keeps the branch coord from being deleted and rewritten.');
  }
  const message = `GitHub lets people ${lacking.includes('deletion') ? 'delete' : 'rewrite'} the branch coord.`;
  return { check, status: 'warn', message, next };
}
