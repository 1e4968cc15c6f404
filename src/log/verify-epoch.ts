// The verifier's rules for where an epoch begins: by a commit without a parent that names the one before it, and by nothing else.
import { batchPath, trailers } from './format.ts';
import type { Fields, VerifiedRecord } from './verify-batch.ts';
import type { Known } from './verify-known.ts';
import type { Stated, Tell } from './verify-trailers.ts';

/** What a commit says of its beginning. */
export interface Beginning {
  /** Parents as git has them. */
  readonly parents: readonly string[];
  readonly stated: Pick<Stated, 'previous' | 'tail'>;
}

/** The commit that another continues: its parent, or for the first of an epoch the one that it names. */
export function continues({ parents, stated }: Beginning): string | null {
  return parents[0] ?? stated.previous;
}

/** A commit whose records were read, and what is known of the log before it. */
interface Looked extends Beginning {
  readonly records: readonly VerifiedRecord[];
  readonly known: Known;
}

/** A roll in a commit that begins no epoch would count one that never was. */
function tellStrays({ parents, records }: Looked, tell: Tell): void {
  const lack = parents.length > 0 ? 'has a parent' : `has no ${trailers.previous}`;
  for (const { line, rolls } of records) {
    if (rolls === null) continue;
    tell(`It says that an epoch begins, but the commit ${lack}.`, { path: batchPath, line });
  }
}

function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'nothing';
}

function tellRoll({ epoch, previous: named }: Fields, { stated, known }: Looked, tell: Tell): void {
  const { previous } = stated;
  const expected = known.epoch === null ? epoch : known.epoch + 1;
  if (named !== previous) {
    tell(`The roll names ${word(named)} as the commit before, not ${word(previous)}.`);
  }
  if (epoch !== expected) tell(`Epoch ${word(epoch)} begins where ${word(expected)} belongs.`);
  known.epoch = typeof epoch === 'number' ? epoch : null;
}

/** Holds the first commit of an epoch against what may be in it: the roll, and a checkpoint for who has nothing else. */
function tellRoot(looked: Looked, tell: Tell): void {
  const { records, stated } = looked;
  const { tail } = stated;
  if (tail !== null && tail !== 0) tell('It begins an epoch without a checkpoint of its own.');
  const [record, ...others] = records;
  const roll = others.length === 0 && record?.events === 1 ? record.rolls : null;
  if (record === undefined || roll === null) {
    tell(`It begins an epoch by ${trailers.previous}, but its only record is not the roll.`);
    return;
  }
  const { line } = record;
  tellRoll(roll, looked, (reason) => {
    tell(reason, { path: batchPath, line });
  });
}

/** Tells a link to an epoch before on a commit that begins none, and a roll where it does not belong. */
export function verifyEpoch(looked: Looked, tell: Tell): void {
  const { parents, stated } = looked;
  const hasParent = parents.length > 0;
  if (stated.previous !== null && hasParent) {
    tell(`${trailers.previous} stands on a commit that has a parent, and so begins no epoch.`);
  }
  if (stated.previous === null || hasParent) tellStrays(looked, tell);
  else tellRoot(looked, tell);
}
