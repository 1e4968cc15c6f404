// Tells a sender whom nobody vouches for that what was permitted does not count yet, and what to say where it would.
import type { Event } from '../kernel/decider.ts';
import type { Details } from '../kernel/fault.ts';
import type { AnyCommand } from '../kernel/operation.ts';
import { shellWord } from '../kernel/shell-word.ts';
import { sayingOf } from './saying.ts';

/** A command that was accepted, as far as it matters whether somebody vouches for it. */
export interface Spoken {
  readonly command: AnyCommand;
  readonly input: Details;
  readonly actor: string;
  readonly events: readonly Event[];
  /** The log has a remote, so that this machine's word alone is nobody's vouch. */
  readonly hasRemote: boolean;
  /** A signature may be vouched for by a key; whether it is, a check finds out. */
  readonly isSigned: boolean;
}

function text(data: object, field: string): string {
  const value = (data as Details)[field];
  return typeof value === 'string' ? value : '';
}

/** Scopes of locks that somebody else than the sender held and that the command released. */
function overridden({ actor, events }: Spoken): string[] {
  const released = events.filter(
    ({ type, data }) => type === 'lock.released' && text(data, 'holder') !== actor,
  );
  return [...new Set(released.map(({ data }) => text(data, 'scope')))];
}

/** What to say in a comment, so that GitHub vouches for it; null where nothing was permitted. */
function lineToSay(spoken: Spoken): string | null {
  const permits = new Set(['plan.phase-started', 'plan.granted']);
  if (spoken.events.some(({ type }) => permits.has(type))) {
    return sayingOf(spoken.command, spoken.input);
  }
  const scopes = overridden(spoken);
  if (scopes.length === 0) return null;
  const said = spoken.input['reason'];
  const reason = shellWord(typeof said === 'string' && said !== '' ? said : 'confirmed');
  return `unlock ${scopes.map(shellWord).join(' ')} --force --reason ${reason}`;
}

/** The sentence for whoever permitted something from a shell over a remote; null where there is nothing to tell. */
export function vouchNote(spoken: Spoken): string | null {
  if (!spoken.hasRemote || spoken.isSigned) return null;
  const line = lineToSay(spoken);
  if (line === null) return null;
  return `It is on the log, but a required check does not count it yet, for nobody vouches for a shell. Say it in a comment on GitHub too: /coord ${line}`;
}

/** A result with the sentence among its notes, for machines and people alike. */
export function withVouchNote(result: Details, spoken: Spoken): Details {
  const note = vouchNote(spoken);
  if (note === null) return result;
  const before: readonly unknown[] = Array.isArray(result['notes']) ? result['notes'] : [];
  return { ...result, notes: [...before, note] };
}
