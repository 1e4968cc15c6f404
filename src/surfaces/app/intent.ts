// Turns what a webhook says into commands for the engine; the cause makes a second delivery harmless.
import type { Request } from '../../engine/decide.ts';
import type { Fold } from '../../engine/fold.ts';
import type { Details } from '../../kernel/fault.ts';
import { nextHybridTime } from '../../log/clock.ts';
import { idRandomBytes, uuidv7 } from '../../log/id.ts';
import type { Auth } from '../../log/record.ts';
import type { Desk } from './desk.ts';

/** What is to be done, for whom, and because of what. */
export interface Wish {
  readonly op: string;
  readonly actor: string;
  readonly input: Details;
  readonly cause: string;
  readonly auth: Auth;
  readonly isPersonPresent: boolean;
}

export function requestOf(desk: Desk, fold: Fold, wish: Wish): Request {
  const { clock } = desk.engine;
  const now = clock.now();
  const { op, actor, input, cause, auth, isPersonPresent } = wish;
  const intent = {
    id: uuidv7(Date.parse(now), clock.randomBytes(idRandomBytes)),
    log: fold.log ?? '',
    ...{ op, actor, input, cause },
    hlc: nextHybridTime(fold.position?.hlc ?? null, now),
  };
  return { intent, auth, isPersonPresent };
}
