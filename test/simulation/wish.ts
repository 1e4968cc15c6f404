// What the processes of a run want: the same few tasks, overlapping locks, messages, sessions that replace one another.
import type { Details } from '../../src/kernel/fault.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';

export const agentNames = ['ada', 'bob', 'cleo'] as const;
export const person = 'git:anna';
/** So many tasks are on the log before a run begins. */
export const taskCount = 3;

export interface Wish {
  readonly actor: string;
  readonly op: string;
  readonly input: Details;
  /** A person's shell names no session. */
  readonly hasSession: boolean;
}

const scopes = ['src/**', 'src/api/**', 'docs/**', '@build'] as const;
const ttls = ['30s', '10m', '2h'] as const;
const bigBodyLetters = 30_000;

type Make = (chance: Chance, faults: Faults) => readonly [op: string, input: Details];

function task(chance: Chance): string {
  return `T-${chance.between(1, taskCount)}`;
}

const wishes: readonly [Make, ...Make[]] = [
  (chance) => ['task.claim', { id: task(chance) }],
  (chance) => ['task.claim', { id: task(chance) }],
  (chance) => ['task.block', { id: task(chance), reason: 'waits for a review' }],
  (chance) => ['task.add', { title: 'more', after: chance.happens(0.3) ? [task(chance)] : [] }],
  (chance) => [
    'lock.acquire',
    { scope: [chance.pick(scopes)], ttl: chance.pick(ttls), shared: chance.happens(0.25) },
  ],
  (chance) => ['lock.acquire', { scope: [chance.pick(scopes), '@deploy'], ttl: chance.pick(ttls) }],
  (chance) => ['lock.acquire', { scope: [chance.pick(scopes)], task: task(chance) }],
  (chance) => ['lock.acquire', { scope: [chance.pick(scopes)], ttl: '10m' }],
  (chance) => ['lock.release', { scope: [chance.pick(scopes)] }],
  (chance, faults) => {
    const body = chance.happens(faults.bigMessages) ? 'x'.repeat(bigBodyLetters) : 'hello';
    return ['message.send', { to: 'all', subject: 'news', body }];
  },
];

/** What a person does now and then: release by force what others hold. */
function personal(chance: Chance): Wish {
  const input = { scope: [chance.pick(scopes)], force: true, reason: 'its machine is gone' };
  return { actor: person, op: 'lock.release', input, hasSession: false };
}

/** Gives back what it took: ends the lock, or completes the task. */
function returning(actor: string, { id, scope }: Details): Wish {
  return scope === undefined
    ? { actor, op: 'task.done', input: { id }, hasSession: true }
    : { actor, op: 'lock.release', input: { scope }, hasSession: true };
}

/** What a process wants next; `taken` holds the inputs of the claims and locks that it was granted. */
export function drawWish(
  actor: string,
  taken: readonly Details[],
  chance: Chance,
  faults: Faults,
): Wish {
  if (chance.happens(0.15)) return personal(chance);
  const some = taken[chance.below(taken.length)];
  if (some !== undefined && chance.happens(0.4)) return returning(actor, some);
  const [op, input] = chance.pick(wishes)(chance, faults);
  return { actor, op, input, hasSession: true };
}

/** An agent begins a session of its own, which ends the one before. */
export function joining(actor: string): Wish {
  return { actor, op: 'agent.join', input: { name: actor }, hasSession: true };
}
