// What a signature can stand for: it covers what was asked, so what is claimed of the outcome must follow from that.
import type { Claim } from '../checks/pull-request.ts';
import { addSeconds, parseDuration } from '../kernel/duration.ts';
import { limits } from '../kernel/limits.ts';
import { parseHybridTime } from '../log/clock.ts';
import type { LogRecord } from '../log/record.ts';
import { mayPerform } from '../policy/authority.ts';
import type { Member } from '../policy/authority.ts';
import type { Policy } from '../policy/schema.ts';
import { operationNamed } from './registry-port.ts';
import type { Registry } from './registry-port.ts';

const SECONDS_PER_DAY = 86_400;

/** By what the word of a signer is judged. */
export interface Words {
  readonly registry: Registry;
  readonly policy: Policy;
}

/** Who a signer is by the policy: a key is no licence for more than its owner may do. */
function memberOf(actor: string, policy: Policy): Member | undefined {
  if (policy.people.has(actor)) return { name: actor, tier: 'human', kind: 'person' };
  const listed = policy.agents === undefined ? 'implementer' : policy.agents.get(actor)?.tier;
  return listed === undefined ? undefined : { name: actor, tier: listed, kind: 'agent' };
}

/** Whether the policy lets somebody use an operation at all. */
export function mayUse(actor: string, op: string, { registry, policy }: Words): boolean {
  const operation = operationNamed(registry, op);
  const signer = memberOf(actor, policy);
  if (operation === undefined || signer === undefined) return false;
  const { name: operationName, allow } = operation;
  return mayPerform({ policy, operationName, allow, actor: signer }).ok;
}

/** Whether a record was put on the log while its command could be accepted; later it can only be a copy. */
export function isInTime({ hlc, at, notAfter }: LogRecord): boolean {
  const made = parseHybridTime(hlc)?.time;
  if (made === undefined || (notAfter ?? at) < at) return false;
  const skew = limits.clockAheadSecondsMax;
  const last = addSeconds(made, limits.idempotencyDaysMax * SECONDS_PER_DAY + skew);
  return at <= last && made <= addSeconds(at, skew);
}

/** Whether a time is no later than the signed duration after the signed clock, with the skew that is allowed. */
function isWithin(time: string, { input, hlc }: LogRecord): boolean {
  const { duration } = input;
  const seconds = typeof duration === 'string' ? parseDuration(duration) : undefined;
  const began = parseHybridTime(hlc)?.time;
  if (seconds === undefined || began === undefined) return false;
  return time <= addSeconds(began, seconds + limits.clockAheadSecondsMax);
}

type Follows = (record: LogRecord, claim: Claim, signer: Member) => boolean;

const asSaid: Follows = (record, claim) =>
  Object.entries(claim).every(([field, value]) =>
    field === 'until' ? isWithin(value, record) : record.input[field] === value,
  );

/** Who somebody speaks for: oneself, or as a person for whomever was named. */
function speaksFor({ actor, input }: LogRecord, owner: string | undefined, signer: Member) {
  if ((input['agent'] ?? actor) !== owner) return false;
  return owner === actor || signer.kind === 'person';
}

const aboutKey: Follows = (record, { agent, key }, signer) =>
  record.input['key'] === key && speaksFor(record, agent, signer);

const rotated: Follows = ({ actor, input }, { agent, ...named }) =>
  agent === actor && Object.entries(named).every(([field, value]) => input[field] === value);

/** Whether somebody may end the locks of others. */
export function mayForce(actor: string, policy: Policy): boolean {
  const tier = memberOf(actor, policy)?.tier;
  return tier === 'human' || tier === 'executive';
}

/** Force is for people and executives; without it only one's own locks go. */
const released: Follows = ({ actor, input }, { holder, scope }, { tier }) => {
  const named: readonly unknown[] = Array.isArray(input['scope']) ? input['scope'] : [];
  const isForced = input['force'] === true && (tier === 'human' || tier === 'executive');
  return named.includes(scope) && (holder === actor || isForced);
};

/** Leaving, and what ends a task, gives back what one holds oneself. */
const ownGoes: Follows = ({ actor }, { holder }) => holder === actor;

const followers: Readonly<Record<string, Follows>> = {
  'plan.start plan.phase-started': asSaid,
  'plan.complete plan.phase-completed': asSaid,
  'plan.grant plan.granted': asSaid,
  'agent.join agent.joined': asSaid,
  'key.add key.added': aboutKey,
  'key.revoke key.revoked': aboutKey,
  'key.rotate key.rotated': rotated,
  'lock.release lock.released': released,
  'agent.leave lock.released': ownGoes,
  'task.done lock.released': ownGoes,
  'task.release lock.released': ownGoes,
  'task.cancel lock.released': ownGoes,
};

/** Whether who is named as the sender may have asked for this, and the claim is what was asked for. */
export function couldHaveSaid(
  record: LogRecord,
  eventType: string,
  claim: Claim,
  words: Words,
): boolean {
  const follows = followers[`${record.op} ${eventType}`];
  const signer = memberOf(record.actor, words.policy);
  if (follows === undefined || signer === undefined) return false;
  return mayUse(record.actor, record.op, words) && follows(record, claim, signer);
}
