// A lock keeps others out of a scope for a time: a path glob or a named resource.
import { evolution } from '../../kernel/decider.ts';
import type { Event, EventMeta, View } from '../../kernel/decider.ts';
import type { Details } from '../../kernel/fault.ts';
import { overlaps, parseGlob } from '../../kernel/scope-glob.ts';
import { withUnknown } from '../../kernel/unknown-fields.ts';
import { labelOf } from '../task/task.ts';
import type { Tasks } from '../task/task.ts';
import { lockShapes } from './event-shape.ts';

/** One granted lock; `scope` is a glob or `@name`, `seq` of the grant is its fencing token. */
export interface Lock {
  readonly scope: string;
  readonly holder: string;
  readonly mode: 'exclusive' | 'shared';
  readonly since: string;
  /**
   * ISO time after which anyone may take it. Tied to a claimed task it is the end of the claim's lease and moves
   * with it; null when somebody without a lease (a person) holds it until the task ends.
   */
  readonly until: string | null;
  readonly token: number;
  /** Id of the command that made the grant: unlike its seq it stays when the command is decided again. */
  readonly grant: string;
  /** Id of the task that it is held for. */
  readonly task: string | null;
  readonly reason: string | null;
  /** Taken by a record with a signature: then what ends it in its holder's name has to be vouched for too. */
  readonly signed?: true;
}

/**
 * A lock that somebody else than its holder ended, by the record at `seq`, or its holder, who signed for it. Such a
 * release permits something, so a check lets the lock count until it knows that `seq` is vouched for.
 */
export interface OverriddenLock {
  readonly lock: Lock;
  readonly by: string;
  readonly seq: number;
  readonly at: string;
}

export interface Locks {
  /** Keyed by holder and scope; expired ones stay until taken over or released. */
  readonly held: Map<string, Lock>;
  /**
   * Keyed alike, signed ones by their token too; gone when the lock would have lapsed, or, if it was not signed for,
   * its holder acts on the scope again.
   */
  readonly overridden: Map<string, OverriddenLock>;
}

interface OnLock {
  readonly scope: string;
  readonly holder: string;
}

interface Acquired extends OnLock {
  readonly mode: 'exclusive' | 'shared';
  readonly until: string | null;
  readonly task: string | null;
  readonly reason: string | null;
}

export type LockEvent =
  | Event<'lock.acquired', Acquired>
  | Event<'lock.extended', OnLock & { readonly until: string | null; readonly task: string | null }>
  | Event<'lock.released', OnLock & { readonly by: string; readonly why: string | null }>
  | Event<'lock.expired', OnLock>;

/** Locks are told apart by holder and scope. */
export function lockKey(holder: string, scope: string): string {
  return `${holder} ${scope}`;
}

function dropLapsedOverrides(state: Locks, now: string): void {
  for (const [key, { lock }] of state.overridden) {
    if (!isLive(lock, now)) state.overridden.delete(key);
  }
}

/** Whether a record of somebody else touches a lock that is on: it must not shorten or replace it. */
function isSomebodyElses(lock: Lock | undefined, holder: string, meta: EventMeta): boolean {
  return lock !== undefined && meta.actor !== holder && isLive(lock, meta.at);
}

function overrideKey({ holder, scope, signed, token }: Lock): string {
  const key = lockKey(holder, scope);
  return signed === true ? `${key} ${token}` : key;
}

/** The locks that a record ends: the one that is on, and for somebody else, who may confirm it, those ended before. */
function ended(state: Locks, { scope, holder }: OnLock, meta: EventMeta): Lock[] {
  const held = state.held.get(lockKey(holder, scope));
  const before = [...state.overridden.values()]
    .map(({ lock }) => lock)
    .filter((lock) => lock.holder === holder && lock.scope === scope)
    .filter(({ signed }) => meta.actor !== holder || signed !== true || meta.isSigned === true);
  return held === undefined ? before : [held, ...before.filter(({ signed }) => signed === true)];
}

/**
 * Ends a lock. Whoever is not the holder only overrides it: who that is comes from the record, not from the
 * event's data, because the record's sender is what can be vouched for. In the holder's own name anybody may push
 * a record: a lock that was signed for is overridden by it, for a check to look whether it is signed as well.
 */
function end(state: Locks, data: OnLock, meta: EventMeta): void {
  dropLapsedOverrides(state, meta.at);
  const locks = ended(state, data, meta);
  state.held.delete(lockKey(data.holder, data.scope));
  state.overridden.delete(lockKey(data.holder, data.scope));
  for (const lock of locks) {
    const isOwn = meta.actor === data.holder && lock.signed !== true;
    if (isOwn || !isLive(lock, meta.at)) continue;
    const { actor: by, seq, at } = meta;
    state.overridden.set(overrideKey(lock), { lock, by, seq, at });
  }
}

/** The later of two ends; null is the end of the task, which nothing outlasts. */
function later(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return null;
  return left > right ? left : right;
}

const acquiredFields = 6;

/** Field by field: every grant of a log passes here, and a spread with other fields behind it takes much longer. */
function lockOf(data: Acquired, meta: EventMeta): Lock {
  const lock = {
    scope: data.scope,
    holder: data.holder,
    until: data.until,
    mode: data.mode,
    task: data.task,
    reason: data.reason,
    since: meta.at,
    token: meta.seq,
    grant: meta.id,
  };
  return withUnknown(lock, data, acquiredFields);
}

/** A lock that was signed for, and is on, is neither shortened nor weakened by a record that may be anybody's. */
function noLess(lock: Lock, before: Lock | undefined, meta: EventMeta): Lock {
  if (before?.signed !== true || !isLive(before, meta.at)) {
    return meta.isSigned === true ? { ...lock, signed: true } : lock;
  }
  const mode = before.mode === 'exclusive' ? before.mode : lock.mode;
  return { ...lock, mode, until: later(before.until, lock.until), signed: true };
}

export const locks = evolution<Locks, LockEvent>({
  name: 'lock',
  shapes: lockShapes,
  initial: () => ({ held: new Map(), overridden: new Map() }),
  evolve: {
    'lock.acquired': (state, data, meta) => {
      dropLapsedOverrides(state, meta.at);
      const key = lockKey(data.holder, data.scope);
      const before = state.held.get(key);
      if (isSomebodyElses(before, data.holder, meta)) return;
      if (meta.actor === data.holder) state.overridden.delete(key);
      state.held.set(key, noLess(lockOf(data, meta), before, meta));
    },
    'lock.extended': (state, data, meta) => {
      dropLapsedOverrides(state, meta.at);
      const key = lockKey(data.holder, data.scope);
      const lock = state.held.get(key);
      if (lock === undefined || isSomebodyElses(lock, data.holder, meta)) return;
      state.held.set(key, noLess({ ...lock, until: data.until, task: data.task }, lock, meta));
    },
    'lock.released': end,
    // A record that calls a live lock expired is no better than a release by a stranger.
    'lock.expired': end,
  },
});

/** Whether it still keeps others out at `now`. */
export function isLive(lock: View<Lock>, now: string): boolean {
  return lock.until === null || lock.until > now;
}

/** Whether a scope is a named resource such as `@build`; `@types/**` is a path glob like any other. */
export function isResource(scope: string): boolean {
  return /^@[a-z0-9][a-z0-9._-]*$/i.test(scope);
}

/** Whether two scopes have a path, or the named resource, in common. */
export function scopesOverlap(left: string, right: string): boolean {
  if (left === right) return true;
  if (isResource(left) || isResource(right)) return false;
  const [one, other] = [parseGlob(left), parseGlob(right)];
  // A record pushed by hand may hold anything; what is no glob means no path.
  return one.ok && other.ok && overlaps(one.glob, other.glob);
}

/** Every lock that is on at `now`, oldest grant first. */
export function liveLocks(state: View<Locks>, now: string): View<Lock>[] {
  return [...state.held.values()]
    .filter((lock) => isLive(lock, now))
    .sort((left, right) => left.token - right.token);
}

/** Locks that others than their holders ended and that would still be on at `now`, oldest grant first. */
export function liveOverrides(state: View<Locks>, now: string): View<OverriddenLock>[] {
  return [...state.overridden.values()]
    .filter(({ lock }) => isLive(lock, now))
    .sort((left, right) => left.lock.token - right.lock.token);
}

/** Locks held for a task, whoever holds them, overridden ones included. */
export function locksOfTask(state: View<Locks>, task: string): View<Lock>[] {
  const overridden = [...state.overridden.values()].map(({ lock }) => lock);
  return [...state.held.values(), ...overridden].filter((lock) => lock.task === task);
}

/** What an agent holds at `now`, oldest grant first. */
export function locksOf(state: View<Locks>, holder: string, now: string): View<Lock>[] {
  return liveLocks(state, now).filter((lock) => lock.holder === holder);
}

/** The events that release these locks; `by` is the actor of the command. */
export function lockReleases(
  released: readonly View<Lock>[],
  by: string,
  why: string | null,
): LockEvent[] {
  return released.map(({ scope, holder }) => ({
    type: 'lock.released',
    data: { scope, holder, by, why },
  }));
}

/** A lock as answers show it: the task by its label. */
export function lockView(lock: View<Lock>, tasks: View<Tasks>): Details {
  return { ...lock, task: lock.task === null ? null : labelOf(tasks, lock.task) };
}

/** `until 2026-11-20T13:00:00.000Z`, or until the task of a lock without an end is done; for a lock as shown. */
export function untilText({ until, task }: Pick<Lock, 'until' | 'task'>): string {
  return `until ${until ?? `${task ?? 'its task'} ends`}`;
}
