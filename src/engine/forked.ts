// What is said when two histories of a log are not one.
import { Fault } from '../kernel/fault.ts';
import type { LocalLog, RemoteLog } from '../log/store.ts';

/** The remote's head does not continue what is known here. */
export function forked({ name }: Pick<RemoteLog, 'name'>, local: string, theirs: string): Fault {
  return new Fault(
    'log-forked',
    `The log on ${name} (${theirs}) does not continue the log known here (${local}). Nothing was changed. ` +
      'Find out who rewrote it before anybody writes on.',
    { local, remote: theirs },
  );
}

/** The remote's head begins an epoch as it cannot have been begun. */
export function badEpoch({ name }: Pick<RemoteLog, 'name'>, root: string, why: string): Fault {
  return new Fault(
    'log-forked',
    `The log on ${name} begins an epoch with ${root} that does not follow from the log known here: ${why}. ` +
      'Nothing was changed. Find out who rewrote it before anybody writes on.',
    { remote: root, why },
  );
}

/** Neither history has a commit of the other. */
export function createdApart(
  local: Pick<LocalLog, 'place'>,
  { name }: Pick<RemoteLog, 'name'>,
  head: string,
  theirs: string,
): Fault {
  return new Fault(
    'log-forked',
    `Two logs were created apart: one here (${head}), one on ${name} (${theirs}). Nothing was changed. ` +
      `To go on with the one on ${name}, move ${local.place} away; what was only here stays in that folder.`,
    { local: head, remote: theirs },
  );
}
