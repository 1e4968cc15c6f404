// The remote that all share, as clones push to it and as servers commit on it, with an unreliable network before it.
import { Fault } from '../../src/kernel/fault.ts';
import type {
  AppendResult,
  CommitDraft,
  LogStore,
  PushResult,
  RemoteLog,
} from '../../src/log/store.ts';
import type { Chance } from './chance.ts';
import type { Clone, Sight } from './clone.ts';
import { fateOf } from './faults.ts';
import type { Faults } from './faults.ts';
import { Commits } from './commits.ts';

const networkMillisecondsMax = 400;
const lateMillisecondsMax = 60_000;

/** What counts how often something happened, by its name. */
export type Count = (what: string) => void;

/** What lies between a process and the hub. */
export interface Network extends Sight {
  readonly faults: () => Faults;
  readonly chance: Chance;
  readonly isOffline: () => boolean;
  readonly count: Count;
  /** Tells what must never happen. */
  readonly tell: (trouble: string) => void;
}

export class Hub {
  readonly commits = new Commits();
  head: string | null = null;
  /** Told of every commit that a server decided. */
  onAppended: (hub: Hub, oid: string) => void = () => undefined;

  /** As git's server takes a push without force. */
  accept(from: Commits, oid: string): boolean {
    this.commits.take(from, oid);
    if (!this.commits.reaches(oid, this.head)) return false;
    this.head = oid;
    return true;
  }

  /** As GitHub makes a commit on a branch that is to be where the caller believes it is. */
  commit(draft: CommitDraft, expected: string | null): string | null {
    if (this.head !== expected) return null;
    this.head = this.commits.write(draft, expected);
    this.onAppended(this, this.head);
    return this.head;
  }
}

async function cross(network: Network, code: string): Promise<void> {
  const { schedule, life, chance, faults } = network;
  await schedule.point(life, networkMillisecondsMax);
  if (!network.isOffline() && !chance.happens(faults().unreachable)) return;
  network.count('unreachable');
  throw new Fault(code, 'The simulated network is down. Try again.');
}

type Attempt<Result> = { readonly isAnswered: true; readonly result: Result } | 'unknown';

/** Writes over the network: the write, and the answer to it, may come, get lost, or come too late. */
async function attempt<Result>(network: Network, write: () => Result): Promise<Attempt<Result>> {
  const { schedule, life, chance, count } = network;
  const fate = fateOf(network.faults(), chance);
  if (fate === 'done-later') {
    schedule.later(chance.next() * lateMillisecondsMax, () => void write());
  }
  const isDone = fate === 'answered' || fate === 'done-unanswered';
  const result = isDone ? write() : null;
  await schedule.point(life, networkMillisecondsMax);
  if (fate === 'answered') return { isAnswered: true, result: result as Result };
  count(fate);
  return 'unknown';
}

const unknown = { ok: false, reason: 'unknown', message: 'The answer got lost.' } as const;

/** The remote of a clone. */
export function remoteLogOf(hub: Hub, clone: Clone, network: Network): RemoteLog {
  const { schedule, life, count } = network;
  return {
    name: 'origin',
    pin: async () => {
      await schedule.point(life, 1);
      return clone.pin;
    },
    fetch: async () => {
      // Read before the network is: another process of the clone may move it meanwhile.
      const { pin } = clone;
      await cross(network, 'remote-unreachable');
      const { head } = hub;
      clone.commits.take(hub.commits, head);
      await cross(network, 'remote-unreachable');
      if (clone.commits.reaches(head, pin)) return head;
      throw new Fault('log-forked', 'The head does not continue the pin.', { pin, head });
    },
    movePin: async (oid) => {
      await schedule.point(life, 1);
      if (!clone.movePin(oid)) network.tell(`The pin of ${clone.name} stands beside its head.`);
      await schedule.point(life, 1);
    },
    push: async (oid): Promise<PushResult> => {
      await cross(network, 'remote-unreachable');
      const pushed = await attempt(network, () => hub.accept(clone.commits, oid));
      if (pushed === 'unknown') return unknown;
      if (pushed.result) return { ok: true };
      count('push rejected');
      return { ok: false, reason: 'rejected' };
    },
  };
}

/** The log as a server has it that writes straight to the hub; nobody there keeps others out. */
export function serverLogOf(hub: Hub, network: Network): LogStore {
  let turn: Promise<unknown> = Promise.resolve();
  return {
    place: 'hub',
    head: async () => {
      await cross(network, 'github-unreachable');
      return hub.head;
    },
    read: async (range) => {
      await cross(network, 'github-unreachable');
      return hub.commits.read(hub.head, range);
    },
    checkpoint: (oid) => Promise.resolve(hub.commits.checkpoint(oid)),
    append: async (draft, expected): Promise<AppendResult> => {
      await cross(network, 'github-unreachable');
      const made = await attempt(network, () => hub.commit(draft, expected));
      if (made === 'unknown') return unknown;
      if (made.result !== null) return { ok: true, oid: made.result };
      network.count('append stale');
      return { ok: false, reason: 'stale' };
    },
    exclusively: (work) => {
      const mine = turn.then(work, work);
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}
