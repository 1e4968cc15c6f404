// What is said when two histories of a log are not one. The data names the remote, and both heads as far as they are known.
import { Fault } from '../kernel/fault.ts';
import type { LocalLog, RemoteLog } from '../log/store.ts';

/** The remote's head does not continue what is known here. */
export function forked({ name }: Pick<RemoteLog, 'name'>, local: string, theirs: string): Fault {
  return new Fault(
    'log-forked',
    `The log on ${name} (${theirs}) does not continue the log known here (${local}). Nothing was changed. ` +
      'Find out who rewrote it before anybody writes on.',
    { remote: name, here: local, there: theirs },
  );
}

/** The remote's head begins an epoch as it cannot have been begun. */
export function badEpoch({ name }: Pick<RemoteLog, 'name'>, root: string, why: string): Fault {
  return new Fault(
    'log-forked',
    `The log on ${name} begins an epoch with ${root} that does not follow from the log known here: ${why}. ` +
      'Nothing was changed. Find out who rewrote it before anybody writes on.',
    { remote: name, there: root, why },
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
    { remote: name, here: head, there: theirs },
  );
}

/** The remote had the log and has none now. */
export function deleted({ name }: Pick<RemoteLog, 'name'>, pin: string): Fault {
  return new Fault(
    'log-forked',
    `${name} had the log at ${pin} and has none now: somebody deleted the branch coord. Nothing was changed. ` +
      `To restore it from here: coord git push URL-OF-THE-REMOTE ${pin}:refs/heads/coord`,
    { remote: name, here: pin, there: null },
  );
}
