// What was asked and what was answered, with stamps of one order: the material that the oracle judges.
import type { Request } from '../../src/engine/decide.ts';
import type { Answer } from '../../src/engine/answer.ts';

/** What a sender learned. */
export type Reply =
  /** On the shared log, or said to be. */
  | { readonly kind: 'confirmed'; readonly answer: Answer }
  /** Accepted in the clone only. */
  | { readonly kind: 'provisional'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly answer: Answer }
  /** Nobody can say; also when the process was killed. */
  | { readonly kind: 'unknown' };

/** One time that a command was handed over; the same command may come again, elsewhere and later. */
export interface Delivery {
  readonly invoked: number;
  /** Simulated milliseconds since 1970. */
  readonly atMs: number;
  readonly isToServer: boolean;
  returned: number | null;
  reply: Reply;
}

/** A command with everything that happened to it. */
export interface Sent {
  readonly request: Request;
  readonly deliveries: Delivery[];
  /** The grants, by the commands that made them, that a release ended wherever it was accepted. */
  readonly meant: (readonly string[])[];
}

export class History {
  readonly sent = new Map<string, Sent>();
  /** What must never happen, seen while it happened. */
  readonly troubles: string[] = [];
  readonly counts = new Map<string, number>();

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  begin(request: Request, when: Pick<Delivery, 'invoked' | 'atMs' | 'isToServer'>): Delivery {
    const { id } = request.intent;
    const sent = this.sent.get(id) ?? { request, deliveries: [], meant: [] };
    this.sent.set(id, sent);
    const delivery: Delivery = { ...when, returned: null, reply: { kind: 'unknown' } };
    sent.deliveries.push(delivery);
    return delivery;
  }
}
