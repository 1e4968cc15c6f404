// Whose word stands behind a record: an unauthenticated record may restrict, never permit.
import type { Vouch } from '../checks/pull-request.ts';
import { limits } from '../kernel/limits.ts';
import { signedBytes } from '../log/canonical.ts';
import { parseMessage } from '../log/message.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogCommit, LogStore, Provenance } from '../log/store.ts';
import type { Policy } from '../policy/schema.ts';

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

/** Who vouches for a record that came with a commit of this provenance. */
export function vouchFor(
  { record, provenance }: Found,
  policy: Policy,
  verify: VerifySignature,
): Vouch {
  if (provenance === 'github' && record.auth.by === 'github') return 'github';
  if (isSigned(record, policy, verify)) return 'key';
  return provenance === 'here' && record.auth.by === 'shell' ? 'terminal' : null;
}

/** Whether the record holds an event of this type about this thing: a checkpoint may claim what no record says. */
function says(record: LogRecord, eventType: string, about: string): boolean {
  return record.events.some(
    ({ type, data }) => type === eventType && Object.values(data).some((value) => value === about),
  );
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
  policy: Policy,
  verify: VerifySignature,
): (seq: number, eventType: string, about: string) => Promise<Vouch> {
  return async (seq, eventType, about) => {
    const found = await find(seq);
    if (found === undefined || !says(found.record, eventType, about)) return null;
    return vouchFor(found, policy, verify);
  };
}
