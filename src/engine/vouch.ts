// Whose word stands behind a record: an unauthenticated record may restrict, never permit.
import type { Claim, Vouch } from '../checks/pull-request.ts';
import { addSeconds, parseDuration } from '../kernel/duration.ts';
import { limits } from '../kernel/limits.ts';
import { signedBytes } from '../log/canonical.ts';
import { parseHybridTime } from '../log/clock.ts';
import { parseMessage } from '../log/message.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogCommit, LogStore, Provenance } from '../log/store.ts';
import { mayPerform } from '../policy/authority.ts';
import type { Policy } from '../policy/schema.ts';
import { operationNamed } from './registry-port.ts';
import type { Registry } from './registry-port.ts';

/** Checks an Ed25519 signature (base64) over bytes with a public key as the policy writes it. */
export type VerifySignature = (bytes: Uint8Array, signature: string, publicKey: string) => boolean;

interface Found {
  readonly record: LogRecord;
  readonly provenance: Provenance;
}

function isSigned(record: LogRecord, policy: Policy, verify: VerifySignature): boolean {
  const { sig } = record;
  if (sig === undefined) return false;
  const keys = policy.agents?.get(record.actor)?.keys ?? [];
  return keys.some((key) => verify(signedBytes(record), sig, key));
}

/** Everything by which a word is judged. */
export interface Judges {
  readonly registry: Registry;
  readonly policy: Policy;
  readonly verify: VerifySignature;
}

/** Whether the policy lets the one who signed use the operation at all: a key is no licence for everything. */
function mayHaveSaid(record: LogRecord, { registry, policy }: Judges): boolean {
  const operation = operationNamed(registry, record.op);
  const tier = policy.agents?.get(record.actor)?.tier;
  if (operation === undefined || tier === undefined) return false;
  const actor = { name: record.actor, tier, kind: 'agent' } as const;
  const { name: operationName, allow } = operation;
  return mayPerform({ policy, operationName, allow, actor }).ok;
}

/** What a signed command can have brought about; of nothing else does a key vouch. */
const signedEvents: Readonly<Record<string, string>> = {
  'plan.start': 'plan.phase-started',
  'plan.grant': 'plan.granted',
};

/** Whether a time is no later than the signed duration after the signed clock, with the skew that is allowed. */
function isWithin(time: string, { input, hlc }: LogRecord): boolean {
  const { duration } = input;
  const seconds = typeof duration === 'string' ? parseDuration(duration) : undefined;
  const began = parseHybridTime(hlc)?.time;
  if (seconds === undefined || began === undefined) return false;
  return time <= addSeconds(began, seconds + limits.clockAheadSecondsMax);
}

/** A signature covers the input, not the events: what is claimed must follow from what was signed. */
function followsFromInput(record: LogRecord, eventType: string, claim: Claim): boolean {
  if (signedEvents[record.op] !== eventType) return false;
  return Object.entries(claim).every(([field, value]) =>
    field === 'until' ? isWithin(value, record) : record.input[field] === value,
  );
}

/** Who vouches for a claim of an event in a record that came with a commit of this provenance. */
export function vouchFor(
  { record, provenance }: Found,
  eventType: string,
  claim: Claim,
  judges: Judges,
): Vouch {
  if (provenance === 'github' && record.auth.by === 'github') return 'github';
  const isKeys =
    isSigned(record, judges.policy, judges.verify) &&
    mayHaveSaid(record, judges) &&
    followsFromInput(record, eventType, claim);
  if (isKeys) return 'key';
  return provenance === 'here' && record.auth.by === 'shell' ? 'terminal' : null;
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

/** Finds the record of a seq, with where its commit came from. */
export type FindRecord = (seq: number) => Promise<Found | undefined>;

/** Walks back from the head to the commit that carries a seq; what was found is remembered for the store's life. */
export function recordFinder(store: LogStore): FindRecord {
  const found = new Map<number, Found>();
  return async (seq) => {
    const known = found.get(seq);
    if (known !== undefined) return known;
    let from = await store.head();
    while (from !== null) {
      const { commits, isComplete } = await store.read({ from, commitsMax: pageCommits });
      const hit = recordIn(commits, seq);
      if (hit !== undefined) {
        found.set(seq, hit);
        return hit;
      }
      const first = commits[0];
      const isPast = first === undefined || parseMessage(first.message, first.oid).seq < seq;
      from = isPast || isComplete ? null : (first.parents[0] ?? null);
    }
    return undefined;
  };
}

/** The port's `vouchOf` over a store: finds the record, holds it against what is claimed, and says who vouches. */
export function voucher(
  find: FindRecord,
  judges: Judges,
): (seq: number, eventType: string, claim: Claim) => Promise<Vouch> {
  return async (seq, eventType, claim) => {
    const found = await find(seq);
    if (found === undefined || !says(found.record, eventType, claim)) return null;
    return vouchFor(found, eventType, claim, judges);
  };
}
