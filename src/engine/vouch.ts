// Whose word stands behind a record: an unauthenticated record may restrict, never permit.
import type { Claim, Vouch } from '../checks/pull-request.ts';
import type { KeyMark, MemberKey } from '../concepts/key/key.ts';
import type { View } from '../kernel/decider.ts';
import { limits } from '../kernel/limits.ts';
import { parseMessage } from '../log/message.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogCommit, LogStore, Provenance } from '../log/store.ts';
import { outcomeExcess } from '../policy/capability.ts';
import type { ReadToken } from '../policy/capability.ts';
import type { Policy } from '../policy/schema.ts';
import type { Fold } from './fold.ts';
import {
  isRooted,
  marksBefore,
  namedKeys,
  openAdditions,
  policyKeys,
  signingKey,
} from './keyring.ts';
import type { Standing, VerifySignature } from './keyring.ts';
import { lentWord } from './lent-word.ts';
import type { Registry } from './registry-port.ts';
import { couldHaveSaid, isInTime } from './signed-word.ts';

export type { VerifySignature } from './keyring.ts';

interface Found {
  readonly record: LogRecord;
  readonly provenance: Provenance;
}

/** Everything by which a word is judged. */
export interface Judges {
  readonly registry: Registry;
  readonly policy: Policy;
  readonly verify: VerifySignature;
  /** Reads capabilities; where it is left out, none is believed. */
  readonly readToken?: ReadToken;
  /** What the log says, for its keys and for telling a command from its repetition. */
  readonly fold: Pick<Fold, 'states' | 'log' | 'seen'>;
}

/** Finds the record of a seq, with where its commit came from. */
export type FindRecord = (seq: number) => Promise<Found | undefined>;

interface Court extends Judges {
  readonly find: FindRecord;
  /** How many keys stand between this question and the first one; each vouched for the next. */
  readonly depth: number;
}

/** Of the records with one id the first is the command, every later one a copy that somebody made of it. */
function isFirstOfItsId({ id, seq, log }: LogRecord, { fold }: Judges): boolean {
  const seen = fold.seen.get(id);
  return log === fold.log && (seen === undefined || seen.seq === seq);
}

/** What a mark on a key says, as the event that its record must hold. */
function claimOf({ what }: KeyMark, agent: string, key: string): readonly [string, Claim][] {
  if (what === 'added') return [['key.added', { agent, key }]];
  if (what === 'rotated') return [['key.rotated', { agent, to: key }]];
  return [
    ['key.revoked', { agent, key }],
    ['key.rotated', { agent, from: key }],
  ];
}

async function isVouchedMark(
  mark: KeyMark,
  [agent, key]: readonly [string, string],
  court: Court,
): Promise<boolean> {
  for (const [type, claim] of claimOf(mark, agent, key)) {
    if ((await vouchIn(court, mark.seq, type, claim)) !== null) return true;
  }
  return false;
}

/** Whether a key counted for a member just before a record: by the policy, or by an addition that was vouched for. */
async function keyCounts(actor: string, key: string, seq: number, court: Court): Promise<boolean> {
  const marks = marksBefore(court.fold, [actor, key], seq);
  if (isRooted(key, policyKeys(court.policy, actor), marks)) return true;
  if (court.depth >= limits.keyChainMax) return false;
  const deeper = { ...court, depth: court.depth + 1 };
  for (const mark of openAdditions(marks)) {
    if (await isVouchedMark(mark, [actor, key], deeper)) return true;
  }
  return false;
}

/** Whether the holder of a capability signed the record, within what a key that counted then had lent. */
async function isLent(record: LogRecord, token: string, court: Court): Promise<boolean> {
  const { actor, seq, at, events } = record;
  const reading = await court.readToken?.(token);
  const lent = lentWord(record, reading, { ...court, seq, at });
  if (!lent.ok || outcomeExcess(lent.capability, events, at) !== null) return false;
  return keyCounts(actor, lent.issuer, seq, court);
}

/** Whether a key that counted then signed the record, for this log, in time, and once. */
async function isSigned(record: LogRecord, court: Court): Promise<boolean> {
  const { actor, seq, capability } = record;
  if (!isFirstOfItsId(record, court) || !isInTime(record)) return false;
  if (capability !== undefined) return isLent(record, capability, court);
  const named = namedKeys(court.policy, court.fold, actor);
  const key = signingKey(record, named, court.verify);
  return key !== null && (await keyCounts(actor, key, seq, court));
}

/** Who vouches for a claim of an event in a record that came with a commit of this provenance. */
async function vouchFor(
  { record, provenance }: Found,
  eventType: string,
  claim: Claim,
  court: Court,
): Promise<Vouch> {
  const { by } = record.auth;
  if (provenance === 'github' && by === 'github') return 'github';
  const isKeys = couldHaveSaid(record, eventType, claim, court) && (await isSigned(record, court));
  if (isKeys) return 'key';
  return provenance === 'here' && (by === 'shell' || by === 'key') ? 'terminal' : null;
}

async function vouchIn(court: Court, seq: number, type: string, claim: Claim): Promise<Vouch> {
  const found = await court.find(seq);
  if (found === undefined || !says(found.record, type, claim)) return null;
  return vouchFor(found, type, claim, court);
}

/** Whether one event of the record says all of a claim: a checkpoint may claim what no record says. */
function says(record: LogRecord, eventType: string, claim: Claim): boolean {
  return record.events.some(({ type, data }) => {
    const fields = data as Readonly<Record<string, unknown>>;
    const saysAll = Object.entries(claim).every(([field, value]) => fields[field] === value);
    return type === eventType && saysAll;
  });
}

function recordIn(commits: readonly LogCommit[], seq: number): Found | undefined {
  for (const { batch, oid, provenance } of commits) {
    const record = decodeBatch(batch, oid).find((each) => each.seq === seq);
    if (record !== undefined) return { record, provenance };
  }
  return undefined;
}

const pageCommits = limits.tailCommitsMax;

/** The commit of a seq, looked for from `head` back as far as the store goes. */
async function walkTo(store: LogStore, head: string, seq: number): Promise<Found | undefined> {
  let from: string | null = head;
  while (from !== null) {
    const { commits, isComplete } = await store.read({ from, commitsMax: pageCommits });
    const hit = recordIn(commits, seq);
    if (hit !== undefined) return hit;
    const [first] = commits;
    const isPast = first === undefined || parseMessage(first.message, first.oid).seq < seq;
    // Fewer than a page without the genesis is where a shallow history ends: behind it there is nothing to read.
    const isEnd = isPast || isComplete || commits.length < pageCommits;
    from = isEnd ? null : (first.parents[0] ?? null);
  }
  return undefined;
}

/**
 * Walks back from the head to the commit that carries a seq. What was found is remembered for the store's life;
 * what was not, until the head moves: it may be what comes next.
 */
export function recordFinder(store: LogStore): FindRecord {
  const found = new Map<number, Found>();
  const missing = new Set<number>();
  let missedAt: string | null = null;
  return async (seq) => {
    const known = found.get(seq);
    if (known !== undefined) return known;
    const head = await store.head();
    if (head !== missedAt) missing.clear();
    missedAt = head;
    if (head === null || missing.has(seq)) return undefined;
    const hit = await walkTo(store, head, seq);
    if (hit === undefined) missing.add(seq);
    else found.set(seq, hit);
    return hit;
  };
}

/** The port's `vouchOf` over a store: finds the record, holds it against what is claimed, and says who vouches. */
export function voucher(
  find: FindRecord,
  judges: Judges,
): (seq: number, eventType: string, claim: Claim) => Promise<Vouch> {
  const court: Court = { ...judges, find, depth: 0 };
  return (seq, eventType, claim) => vouchIn(court, seq, eventType, claim);
}

/** Whether somebody vouches for each mark of these keys, by `seq agent key`. */
export async function markStandings(
  listed: readonly View<MemberKey>[],
  find: FindRecord,
  judges: Judges,
): Promise<ReadonlyMap<string, Standing>> {
  const court: Court = { ...judges, find, depth: 0 };
  const standings = new Map<string, Standing>();
  for (const { agent, key, marks } of listed) {
    for (const mark of marks) {
      const isHere = (await find(mark.seq)) !== undefined;
      const isVouched = isHere && (await isVouchedMark(mark, [agent, key], court));
      const standing = isVouched ? 'vouched' : 'unvouched';
      standings.set(`${mark.seq} ${agent} ${key}`, isHere ? standing : 'unknown');
    }
  }
  return standings;
}
