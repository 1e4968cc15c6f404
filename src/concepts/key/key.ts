// A key signs the commands of a member: what the log says of keys. Whether a key counts, the engine finds out.
import { z } from 'zod';
import { evolution } from '../../kernel/decider.ts';
import type { Event, EventMeta, View } from '../../kernel/decider.ts';
import { keyShapes } from './event-shape.ts';

/** Something that a record says of a key. Adding permits, so a reader asks who vouches for the record at `seq`. */
export interface KeyMark {
  readonly what: 'added' | 'rotated' | 'ended';
  readonly by: string;
  readonly seq: number;
  readonly at: string;
}

/** One public key of one member, with all that was said of it, oldest first. */
export interface MemberKey {
  readonly agent: string;
  /** `ed25519:` and 32 bytes in base64. */
  readonly key: string;
  readonly marks: readonly KeyMark[];
}

export interface Keys {
  /** By the member's name, in the order in which they were first named. */
  readonly byAgent: Map<string, readonly MemberKey[]>;
}

export type KeyEvent =
  | Event<'key.added', { readonly agent: string; readonly key: string }>
  | Event<'key.rotated', { readonly agent: string; readonly from: string; readonly to: string }>
  | Event<
      'key.revoked',
      { readonly agent: string; readonly key: string; readonly why: string | null }
    >;

/** A record pushed by hand may hold anything: what names no member and no key marks nothing. */
function mark(
  state: Keys,
  what: KeyMark['what'],
  [agent, key]: readonly [unknown, unknown],
  { actor, seq, at }: EventMeta,
): void {
  if (typeof agent !== 'string' || typeof key !== 'string') return;
  const known = state.byAgent.get(agent) ?? [];
  const said: KeyMark = { what, by: actor, seq, at };
  const before = known.find((each) => each.key === key) ?? { agent, key, marks: [] };
  const after = { ...before, marks: [...before.marks, said] };
  const isNew = before.marks.length === 0;
  const all = isNew ? [...known, after] : known.map((each) => (each.key === key ? after : each));
  state.byAgent.set(agent, all);
}

export const keys = evolution<Keys, KeyEvent>({
  name: 'key',
  shapes: keyShapes,
  initial: () => ({ byAgent: new Map() }),
  evolve: {
    'key.added': (state, { agent, key }, meta) => mark(state, 'added', [agent, key], meta),
    'key.rotated': (state, { agent, from, to }, meta) => {
      mark(state, 'ended', [agent, from], meta);
      mark(state, 'rotated', [agent, to], meta);
    },
    'key.revoked': (state, { agent, key }, meta) => mark(state, 'ended', [agent, key], meta),
  },
});

/** The keys of a member that the log says are in use. */
export function liveKeys(state: View<Keys>, agent: string): View<MemberKey>[] {
  const known = state.byAgent.get(agent) ?? [];
  return known.filter(({ marks }) => marks.at(-1)?.what !== 'ended');
}

/** A public key as a command takes it. */
export const publicKey = () =>
  z.string().regex(/^ed25519:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, {
    error: 'A public key is `ed25519:` and 44 characters; `coord agent key list` prints yours.',
  });
