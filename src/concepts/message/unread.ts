// What waits to be read and what came to rest, kept beside the messages so that counting need not open them all.
import type { Numbered } from '../../kernel/numbered.ts';

/** What a member has not read: how many that stay for ever, and when each of the others expires, by id. */
interface Unread {
  lasting: number;
  readonly expiring: Map<string, string>;
}

interface Letter {
  readonly id: string;
  readonly number: number;
  readonly recipients: readonly string[];
  readonly expiresAt: string | null;
  readonly ackRequired: boolean;
  readonly readBy: readonly string[];
  readonly ackedBy: readonly string[];
}

export interface Waiting {
  readonly unread: Map<string, Unread>;
  /** Numbers of the messages that nobody owes anything any more, with since when (ISO 8601 UTC), in that order. */
  atRest: [number, string][];
}

export function nothingWaits(): Waiting {
  return { unread: new Map(), atRest: [] };
}

/** Everybody has read it, and acknowledged it where that was asked. */
function isAtRest({ recipients, ackRequired, readBy, ackedBy }: Letter): boolean {
  return recipients.every((name) => (ackRequired ? ackedBy : readBy).includes(name));
}

export function waits(state: Waiting, { id, recipients, expiresAt }: Letter): void {
  for (const name of new Set(recipients)) {
    const unread = state.unread.get(name) ?? { lasting: 0, expiring: new Map<string, string>() };
    if (expiresAt === null) unread.lasting += 1;
    else unread.expiring.set(id, expiresAt);
    state.unread.set(name, unread);
  }
}

export function isRead(state: Waiting, name: string, { id, recipients, expiresAt }: Letter): void {
  const unread = state.unread.get(name);
  if (unread === undefined || !recipients.includes(name)) return;
  if (expiresAt === null) unread.lasting -= 1;
  else unread.expiring.delete(id);
}

/** Notes that a message came to rest with what just happened to it. */
export function noteRest(state: Waiting, before: Letter, after: Letter, at: string): void {
  if (!isAtRest(before) && isAtRest(after)) state.atRest.push([after.number, at]);
}

interface Collection extends Waiting {
  readonly byId: Numbered<Letter>;
}

/** Lets go of messages that came to rest, or expired unread, before a time (ISO 8601 UTC). */
export function letGo(state: Collection, before: string): void {
  const old = state.atRest.filter(([, at]) => at < before).map(([number]) => number);
  const rested = old.flatMap((number) => state.byId.numbered(number)?.id ?? []);
  for (const id of [...rested, ...takeExpired(state, before)]) state.byId.delete(id);
  if (old.length > 0) state.atRest = state.atRest.filter(([, at]) => at >= before);
}

function takeExpired({ unread }: Waiting, before: string): string[] {
  return [...unread.values()].flatMap(({ expiring }) => {
    const ids = [...expiring].filter(([, expiresAt]) => expiresAt < before).map(([id]) => id);
    for (const id of ids) expiring.delete(id);
    return ids;
  });
}
