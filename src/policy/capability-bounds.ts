// The bounds of a capability: how long, how much and how urgent what is said under it may be at most.
import { z } from 'zod';
import { parseDuration } from '../kernel/duration.ts';
import { limits } from '../kernel/limits.ts';

/** What a bound on urgency can be; whatever is less urgent is always lent, and `critical` would bound nothing. */
export const boundPriorities = ['normal', 'high'] as const;

/** Where a field is left out, it bounds nothing. */
export const capabilityBounds = () =>
  z.strictObject({
    /** Longest time to live of what is made, in seconds. */
    durationSeconds: z.int().positive().max(limits.durationSecondsMax),
    /** Most scopes that one command names. */
    scopes: z.int().positive().max(limits.listItemsMax).optional(),
    /** The most urgent that a message or a task may be. */
    priority: z.enum(boundPriorities).optional(),
  });

export type Bounds = z.output<ReturnType<typeof capabilityBounds>>;

/** A bound with whether it is broken and what is said then. */
export type Problem = readonly [isBroken: boolean, sentence: string];

/** From the least urgent on; a message takes `info` for low. */
const ranks: Readonly<Record<string, number>> = {
  info: 0,
  low: 0,
  normal: 1,
  high: 2,
  critical: 3,
};

/** How urgent a word is; what is no word for it is more urgent than any. */
function rankOf(word: unknown): number {
  const isWord = typeof word === 'string' && Object.hasOwn(ranks, word);
  return isWord ? (ranks[word] ?? Infinity) : Infinity;
}

/** Which bounds of a child are wider than its parent's, or left out where the parent has one. */
export function widerBounds(child: Bounds, parent: Bounds): Problem[] {
  const { scopes = Infinity, priority: urgent = 'critical' } = child;
  const { scopes: most = Infinity, priority = 'critical' } = parent;
  const isLonger = child.durationSeconds > parent.durationSeconds;
  return [
    [isLonger, 'Its bound on durations is wider than its parent’s.'],
    [scopes > most, 'Its bound on scopes is wider than its parent’s.'],
    [rankOf(urgent) > rankOf(priority), 'Its bound on priorities is wider than its parent’s.'],
  ];
}

/** What of a command is bounded, as its input has it. */
export interface Measured {
  readonly scopes: readonly unknown[];
  readonly durations: readonly unknown[];
  /** Undefined where none is said: then it is normal, or the operation knows no priorities. */
  readonly priority: unknown;
}

/** Which bounds a command exceeds. */
export function boundsExceeded(
  bounds: Bounds,
  { scopes, durations, priority }: Measured,
): Problem[] {
  const { durationSeconds, scopes: most = Infinity, priority: urgent = 'critical' } = bounds;
  const isLong = (value: unknown): boolean => {
    const seconds = typeof value === 'string' ? parseDuration(value) : undefined;
    return seconds === undefined || seconds > durationSeconds;
  };
  const isUrgent = bounds.priority !== undefined && rankOf(priority ?? 'normal') > rankOf(urgent);
  return [
    [durations.some(isLong), `The capability allows at most ${durationSeconds} s.`],
    [scopes.length > most, `The capability allows at most ${most} scopes in one command.`],
    [isUrgent, `The capability allows at most priority ${urgent}.`],
  ];
}
