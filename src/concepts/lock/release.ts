// Giving locks back: by their holders, or by force with a reason.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { Refusal, View } from '../../kernel/decider.ts';
import type { Details } from '../../kernel/fault.ts';
import { reason } from '../../kernel/fields.ts';
import { limits } from '../../kernel/limits.ts';
import { nearest } from '../../kernel/nearest.ts';
import { once } from '../../kernel/once.ts';
import { command } from '../../kernel/operation.ts';
import type { Moment } from '../../kernel/operation.ts';
import { messages, noticeTo } from '../message/message.ts';
import type { MessageEvent } from '../message/message.ts';
import { lockReleases, locks } from './lock.ts';
import type { Lock, LockEvent, Locks } from './lock.ts';
import { lockScopes } from './scope.ts';

const input = once(() =>
  z.object({
    scope: lockScopes().describe('Scopes as they were locked; all or none'),
    force: z
      .boolean()
      .default(false)
      .describe('Release what others hold, for executives and people; needs a reason'),
    reason: reason().optional().describe('Why; previous holders get it as a message'),
    token: z
      .array(z.number().int().positive())
      .max(limits.listItemsMax)
      .default([])
      .describe('Fencing tokens of the grants meant, as the locks show them'),
    grant: z
      .array(z.string())
      .max(limits.listItemsMax)
      .default([])
      .describe('Ids of the commands that made these grants; filled in'),
  }),
);
type Input = z.output<ReturnType<typeof input>>;

type ReleaseRefusal = Refusal<
  'force-not-allowed' | 'reason-needed' | 'lock-unknown' | 'not-holder' | 'stale-token'
>;

/**
 * The locks on a scope that the command means: one's own, or with force everybody's. Force reaches overridden ones
 * too, so that somebody with a better word can confirm a release.
 */
function meantBy(scope: string, wanted: Input, state: View<Locks>, moment: Moment): View<Lock>[] {
  const on = [...state.held.values()].filter((lock) => lock.scope === scope);
  if (!wanted.force) return on.filter((lock) => lock.holder === moment.actor.name);
  const overridden = [...state.overridden.values()].map(({ lock }) => lock);
  return on.length > 0 ? on : overridden.filter((lock) => lock.scope === scope);
}

function forceObstacle(wanted: Input, { actor }: Moment): ReleaseRefusal | null {
  if (!wanted.force) return null;
  if (actor.tier !== 'human' && actor.tier !== 'executive') {
    return refuse(
      'force-not-allowed',
      `You are ${actor.tier}, and only executives and people release by force. Ask the holder: coord lock list.`,
      { tier: actor.tier },
    );
  }
  if (wanted.reason !== undefined) return null;
  return refuse('reason-needed', 'Force needs a reason that the holder can read: --reason TEXT.');
}

/** Nothing of one's own is on the scope: somebody else's lock, or none. */
function nothingMeant(
  scope: string,
  { force, scope: { length: asked } }: Input,
  state: View<Locks>,
  { actor }: Moment,
): ReleaseRefusal {
  const held = [...state.held.values()];
  const other = held.find((lock) => lock.scope === scope);
  if (other !== undefined) {
    return refuse(
      'not-holder',
      `${scope} is locked by ${other.holder}, and only the holder releases it. Ask ${other.holder}, or let a person use --force.`,
      { scope, holder: other.holder, since: other.since, until: other.until, token: other.token },
    );
  }
  const own = held.filter((lock) => lock.holder === actor.name).map((lock) => lock.scope);
  const close = nearest(scope, force ? held.map((lock) => lock.scope) : own);
  const hint =
    close === undefined ? '`coord lock list` shows what is locked.' : `Did you mean ${close}?`;
  const rest = asked > 1 ? ' All are released or none: leave it out to release the others.' : '';
  return refuse('lock-unknown', `There is no lock on ${scope}. ${hint}${rest}`, { scope, own });
}

function scopeObstacle(
  scope: string,
  wanted: Input,
  state: View<Locks>,
  moment: Moment,
): ReleaseRefusal | null {
  const meant = meantBy(scope, wanted, state, moment);
  if (meant.length === 0) return nothingMeant(scope, wanted, state, moment);
  const stale = meant.find((lock) => isOther(lock, wanted));
  if (stale === undefined) return null;
  const given = wanted.token.length === 0 ? 'what you saw' : `yours (${wanted.token.join(', ')})`;
  return refuse(
    'stale-token',
    `The lock on ${scope} was granted anew with token ${stale.token}; ${given} is an earlier grant. \`coord lock list\` shows what is held now.`,
    { scope, token: stale.token, given: wanted.token, holder: stale.holder },
  );
}

/**
 * Whether the command means another grant than this. A token is a seq, and one that the remote does not have yet may
 * later be somebody else's: so the id of the command that made the grant counts, wherever it is known.
 */
function isOther({ token, grant }: View<Lock>, wanted: Input): boolean {
  if (wanted.grant.length > 0) return !wanted.grant.includes(grant);
  return wanted.token.length > 0 && !wanted.token.includes(token);
}

/** The grants that the sender sees, so that the command, decided again, cannot end a later one. */
function grantsSeen(wanted: Input, state: View<Locks>, moment: Moment): string[] {
  const meant = wanted.scope.flatMap((scope) => meantBy(scope, wanted, state, moment));
  return meant.some((lock) => isOther(lock, wanted))
    ? []
    : [...new Set(meant.map(({ grant }) => grant))].sort();
}

/** The message to those whose locks somebody else releases; the reason of the command is its text. */
function holdersNotice(meant: readonly View<Lock>[], { actor }: Moment): MessageEvent[] {
  const others = meant.filter(({ holder }) => holder !== actor.name);
  const scopes = [...new Set(others.map(({ scope }) => scope))].join(', ');
  return noticeTo(
    others.map(({ holder }) => holder),
    `Released by force: the lock on ${scopes}`,
  );
}

function releasedText(result: Details): string {
  const previous = result['previousHolders'] as readonly Pick<Lock, 'scope' | 'holder'>[];
  const whose = previous.map(({ scope, holder }) => ` ${holder} held ${scope}.`).join('');
  return `Released ${(result['released'] as readonly string[]).join(', ')}.${whose}`;
}

export const release = command({
  name: 'lock.release',
  alias: 'unlock',
  summary: 'Give back locks, or with force release those of others.',
  input,
  positional: ['scope'],
  allow: ['executive', 'implementer', 'human'],
  examples: [
    { text: "unlock 'src/api/**'", means: { scope: ['src/api/**'] } },
    {
      text: 'unlock @build --force --reason "its machine is gone"',
      means: { scope: ['@build'], force: true, reason: 'its machine is gone' },
    },
  ],
  on: { locks, messages },
  refusals: ['force-not-allowed', 'reason-needed', 'lock-unknown', 'not-holder', 'stale-token'],
  complete(given, states, moment) {
    const wanted = input().safeParse(given);
    if (!wanted.success || wanted.data.grant.length > 0) return given;
    return { ...given, grant: grantsSeen(wanted.data, states.locks, moment) };
  },
  decide(wanted, states, moment) {
    const forbidden = forceObstacle(wanted, moment);
    if (forbidden !== null) return forbidden;
    for (const scope of wanted.scope) {
      const obstacle = scopeObstacle(scope, wanted, states.locks, moment);
      if (obstacle !== null) return obstacle;
    }
    const meant = wanted.scope.flatMap((scope) => meantBy(scope, wanted, states.locks, moment));
    return accept<LockEvent | MessageEvent>(
      ...lockReleases(meant, moment.actor.name, wanted.reason ?? null),
      ...holdersNotice(meant, moment),
    );
  },
  result(wanted, states, moment) {
    const overridden = [...states.locks.overridden.values()].filter(
      ({ seq, lock }) =>
        seq === moment.seq &&
        lock.holder !== moment.actor.name &&
        wanted.scope.includes(lock.scope),
    );
    return {
      lock: { scope: wanted.scope[0] ?? null, holder: null },
      released: wanted.scope,
      previousHolders: overridden.map(({ lock }) => ({
        scope: lock.scope,
        holder: lock.holder,
        token: lock.token,
        until: lock.until,
      })),
    };
  },
  text: releasedText,
});
