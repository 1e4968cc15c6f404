// Flat combining: whoever gets the mutex does the work of all who wait for it, in one go.
import { Fault } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import { acquireUnless } from './mutex.ts';
import { answerWork, returnWork, takeWork, Ticket } from './spool.ts';
import type { TakenWork, Work } from './spool.ts';

/** Does items of work in order and answers each; items and answers are JSON. Doing an item again is harmless. */
export type Doing = (items: readonly unknown[]) => Promise<readonly unknown[]>;

export interface CombinePlace {
  readonly mutexPath: string;
  readonly spoolPath: string;
}

/**
 * Has work done under the mutex: by this process together with what others have left, or by another process that
 * holds it meanwhile. Answers each item. Throws what `doing` throws for one's own items, Fault `store-busy` when
 * the wait is too long, `outcome-unknown` when another process has taken the work on and does not answer.
 */
export async function combine(
  { mutexPath, spoolPath }: CombinePlace,
  work: Work,
  doing: Doing,
): Promise<readonly unknown[]> {
  const ticket = new Ticket(spoolPath, work);
  const held = await acquireUnless(mutexPath, patience(ticket)).catch((error: unknown) => {
    throw ticket.withdraw() ? error : outcomeUnknown(error);
  });
  try {
    // Who was killed between writing and answering has left no answer; then the work is done again.
    const answers = ticket.takeAnswers();
    if (answers !== null) return answers;
    const others = takeWork(spoolPath, work.lane, limits.batchCommandsMax - work.items.length);
    return await doAll({ name: ticket.name, items: work.items }, others, { spoolPath, doing });
  } finally {
    held?.release();
  }
}

/** Tells whether the wait is over; who waits at all leaves its work for others. */
function patience(ticket: Ticket): () => boolean {
  let looks = 0;
  return () => {
    looks += 1;
    if (looks === 2) ticket.offer();
    return looks > 2 && ticket.isAnswered();
  };
}

interface Doer {
  readonly spoolPath: string;
  readonly doing: Doing;
}

async function doAll(
  mine: TakenWork,
  others: readonly TakenWork[],
  { spoolPath, doing }: Doer,
): Promise<readonly unknown[]> {
  const all = [...others, mine].sort((left, right) => (left.name < right.name ? -1 : 1));
  try {
    const answers = await doing(all.flatMap(({ items }) => items));
    return share(all, answers, mine, spoolPath);
  } catch (error) {
    for (const other of others) returnWork(spoolPath, other);
    // Whose work it was that failed nobody knows: everybody finds out alone.
    if (others.length > 0) return doing(mine.items);
    throw error;
  }
}

/** Gives everybody their part of the answers, and returns one's own. */
function share(
  all: readonly TakenWork[],
  answers: readonly unknown[],
  mine: TakenWork,
  spoolPath: string,
): readonly unknown[] {
  let own: readonly unknown[] = [];
  let start = 0;
  for (const each of all) {
    const part = answers.slice(start, (start += each.items.length));
    if (each === mine) own = part;
    else answerWork(spoolPath, each, part);
  }
  return own;
}

function outcomeUnknown(cause: unknown): Fault {
  return new Fault(
    'outcome-unknown',
    'Another process has taken the command on and has not answered in time; it may or may not be on the log. `coord log` shows whether it is.',
    {},
    { cause },
  );
}
