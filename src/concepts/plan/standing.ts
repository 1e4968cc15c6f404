// Who stands behind a start or a grant, as far as the reader of a log can tell; a check finds out the rest.
import type { Moment, RecordSource } from '../../kernel/operation.ts';

/**
 * `github`, `terminal`: a check counts it. `signed`: if a key of the policy made the signature. `unproven`: it says to
 * come through GitHub, or is too far back to be found; only the check on GitHub knows. `unread`: it was not looked up.
 * `nobody`: it permits nothing.
 */
export type Standing = 'github' | 'terminal' | 'signed' | 'unproven' | 'unread' | 'nobody';

function unsigned({ by, provenance }: RecordSource): Standing {
  if (by === 'github') return provenance === 'github' ? 'github' : 'unproven';
  return by === 'shell' && provenance === 'here' ? 'terminal' : 'nobody';
}

function standingOfSource(source: RecordSource): Standing {
  const standing = unsigned(source);
  return standing === 'nobody' && source.isSigned ? 'signed' : standing;
}

/** From the best to the worst: one start that somebody vouches for is enough. */
const byWorth: readonly Standing[] = [
  'github',
  'terminal',
  'signed',
  'unproven',
  'unread',
  'nobody',
];

/** The best standing of the records at these seqs; `absent` is that of a record whose source is not there. */
export function standingOf(
  seqs: readonly number[],
  sources: Moment['sources'],
  absent: 'unproven' | 'unread' = 'unproven',
): Standing {
  const standings = seqs.map((seq) => {
    const source = sources?.get(seq);
    return source === undefined ? absent : standingOfSource(source);
  });
  return byWorth.find((standing) => standings.includes(standing)) ?? absent;
}

const texts: Readonly<Record<Standing, string>> = {
  github: 'vouched for by GitHub',
  terminal: '',
  signed: 'signed; counts if the policy has the key',
  unproven: 'counts if it came through GitHub',
  unread: 'coord plan show tells whether a check counts it',
  nobody: 'nobody vouches for it: no check counts it',
};

/** It in a few words; nothing where it counts anyway. */
export function standingText(standing: Standing): string {
  return texts[standing];
}

/** Why a check may not count it, in a few words; nothing where it counts, or the policy's word is enough. */
export function doubtText(standing: Standing | null): string {
  return standing === null || standing === 'github' ? '' : texts[standing];
}
