// What the data of each event type must look like: who reads the log takes it for granted, and whoever can push can write it.
import { agentTiers } from '../concepts/agent/agent.ts';
import type { Event } from '../kernel/decider.ts';

/** What a value must be, in words that end the sentence "it is not ...". */
interface Rule {
  readonly words: string;
  readonly holds: (value: unknown) => boolean;
}

/** Fields that must be there; others are carried as they are. */
type Shape = Readonly<Record<string, Rule>>;

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const text: Rule = { words: 'a text', holds: (value) => typeof value === 'string' };
const flag: Rule = { words: 'true or false', holds: (value) => typeof value === 'boolean' };
const number: Rule = { words: 'a whole number', holds: (value) => Number.isSafeInteger(value) };
const time: Rule = {
  words: 'a time',
  holds: (value) =>
    typeof value === 'string' && isoTime.test(value) && !Number.isNaN(Date.parse(value)),
};
const fields: Rule = {
  words: 'an object',
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

function orNull({ words, holds }: Rule): Rule {
  return { words: `${words} or null`, holds: (value) => value === null || holds(value) };
}

function listOf({ words, holds }: Rule): Rule {
  const all = (value: unknown): boolean => Array.isArray(value) && value.every(holds);
  return { words: `a list, each ${words}`, holds: all };
}

function oneOf(...words: readonly string[]): Rule {
  const has = (value: unknown): boolean => typeof value === 'string' && words.includes(value);
  return { words: `one of ${words.join(', ')}`, holds: has };
}

function having(shape: Shape): Rule {
  const holds = (value: unknown): boolean =>
    fields.holds(value) && problemIn(value as object, shape) === null;
  return { words: `an object with ${Object.keys(shape).join(', ')}`, holds };
}

function problemIn(data: object, shape: Shape): string | null {
  for (const [field, { words, holds }] of Object.entries(shape)) {
    // Not a bare index: what an object inherits is not what was written.
    const value: unknown = Object.hasOwn(data, field)
      ? (data as Readonly<Record<string, unknown>>)[field]
      : undefined;
    if (!holds(value)) return `\`${field}\` is not ${words}`;
  }
  return null;
}

const onTask: Shape = { task: text };
const onLock: Shape = { scope: text, holder: text };
const onPhase: Shape = { phase: text };
const onMessage: Shape = { message: text, by: text };
const lease: Shape = { ...onTask, agent: text, until: time };

/** By event type. A type that is not here is one that this version does not know: it is carried, never judged. */
export const eventShapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['log.created', { log: text, repository: text }],
  [
    'agent.joined',
    {
      ...{ name: text, tier: oneOf(...agentTiers) },
      ...{ capabilities: listOf(text), session: orNull(text) },
    },
  ],
  ['agent.left', { name: text, forced: flag, reason: orNull(text) }],
  [
    'message.sent',
    {
      ...{ to: text, recipients: listOf(text), subject: text, priority: text },
      ...{ ackRequired: flag, expectReplyUntil: orNull(time), expiresAt: orNull(time) },
      ...{ link: orNull(text), thread: orNull(text) },
    },
  ],
  ['message.read', onMessage],
  ['message.acked', onMessage],
  [
    'task.added',
    {
      ...{ title: text, description: orNull(text), priority: text, capabilities: listOf(text) },
      ...{ files: listOf(text), after: listOf(text), due: orNull(time) },
      ...{ phase: orNull(text), parent: orNull(text) },
    },
  ],
  ['task.claimed', lease],
  ['task.claim-renewed', lease],
  ['task.claim-expired', { ...onTask, agent: text }],
  ['task.claim-released', { ...onTask, agent: text, why: text }],
  ['task.blocked', { ...onTask, reason: text }],
  ['task.unblocked', onTask],
  ['task.cancelled', { ...onTask, reason: text }],
  ['task.completed', { ...onTask, evidence: listOf(text), verified: flag }],
  [
    'lock.acquired',
    {
      ...onLock,
      ...{ mode: oneOf('exclusive', 'shared'), until: orNull(time) },
      ...{ task: orNull(text), reason: orNull(text) },
    },
  ],
  ['lock.extended', { ...onLock, until: orNull(time), task: orNull(text) }],
  ['lock.released', { ...onLock, by: text, why: orNull(text) }],
  ['lock.expired', onLock],
  ['plan.phase-started', onPhase],
  ['plan.phase-completed', onPhase],
  ['plan.granted', { agent: text, glob: text, until: time, why: text }],
  [
    'verdict.recorded',
    {
      ...{ pullRequest: number, head: text, base: text, policy: text, readSeq: number },
      ...{ author: text, conclusion: text },
      checks: listOf(having({ name: text, conclusion: text })),
    },
  ],
  ['key.added', { agent: text, key: text }],
  ['key.rotated', { agent: text, from: text, to: text }],
  ['key.revoked', { agent: text, key: text, why: orNull(text) }],
  ['command.lost', { op: text, code: text, message: text, data: fields }],
]);

/** What is wrong with the data of an event of a known type, as half a sentence; null when nothing is. */
export function eventProblem({ type, data }: Event): string | null {
  const shape = eventShapes.get(type);
  return shape === undefined ? null : problemIn(data, shape);
}
