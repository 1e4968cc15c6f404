// How commits of the log travel: what every transport offers, and what remotes say told apart.
import { Fault } from '../../../kernel/fault.ts';
import type { PushResult } from '../../../log/store.ts';
import type { Oid } from '../store/object.ts';
import type { Quarantine } from './quarantine.ts';

/** A ref of the remote, and what it becomes in the quarantine; full names. */
export interface Refspec {
  readonly from: string;
  readonly into: string;
}

/** Where a push goes when it does not go to the log's branch. */
export interface Target {
  /** Full name. */
  readonly ref: string;
  /** The commit that is replaced although it is no ancestor; the push is rejected when the ref is elsewhere. */
  readonly replaces?: Oid;
}

/** A branch and where it is. */
export interface Tip {
  /** Full name. */
  readonly ref: string;
  readonly oid: string;
}

/** One way to a remote; it writes to a quarantine only, never to the store. */
export interface Transport {
  /**
   * Fetches the log's branch into the quarantine as `incomingRef`, at most `depth` commits of it (null: all that
   * is new). False when the remote has no such branch; Fault `remote-unreachable`. `other` is fetched instead where given.
   */
  fetch(quarantine: Quarantine, depth: number | null, other?: Refspec): Promise<boolean>;
  /**
   * Publishes a commit of the store, without force unless the target says what it replaces. Fault
   * `remote-unreachable` or `remote-denied`.
   */
  push(oid: Oid, target?: Target): Promise<PushResult>;
  /** The branch that the remote's HEAD names; null where that has no commit. Fault `remote-unreachable`. */
  defaultBranch(): Promise<Tip | null>;
}

/** The last two lines of what a remote said, without credentials. */
export function lastLines(text: string): string {
  return text
    .trim()
    .split('\n')
    .slice(-2)
    .join(' ')
    .replace(/(https?:\/\/)[^/@\s]*@/g, '$1');
}

export function unreachable(name: string, said: string): Fault {
  return new Fault(
    'remote-unreachable',
    `${name}: ${lastLines(said)} Check the network and \`git remote -v\`; --offline works without it.`,
    { remote: name },
  );
}

function denied(name: string, said: string): Fault {
  return new Fault(
    'remote-denied',
    `${name} does not let you write the branch coord: ${lastLines(said)} What you did is kept here; ` +
      '`coord sync` publishes it once you may.',
    { remote: name },
  );
}

const lostRace =
  /\[rejected\]|non-fast-forward|fetch first|failed to update ref|cannot lock ref|already exists|stale info|shallow update/i;
const byRule = /hook declined|protected branch/i;
const refused =
  /protected branch|hook declined|GH0\d\d|denied|forbidden|403|not allowed|read-only/i;
const neverReached =
  /could not resolve|unable to access|does not appear to be a git|could not read (from|username)|connection (refused|timed out)|not found|no such file|authentication failed/i;

/** What a push that did not succeed came to, by what was said. Fault `remote-denied` or `remote-unreachable`. */
export function failedPush(name: string, said: string): PushResult {
  if (lostRace.test(said) && !byRule.test(said)) return { ok: false, reason: 'rejected' };
  if (refused.test(said)) throw denied(name, said);
  if (neverReached.test(said)) throw unreachable(name, said);
  return { ok: false, reason: 'unknown', message: lastLines(said) };
}
