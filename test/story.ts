// Commands told one after another, each decided on what those before it left: for rules that show only over time.
import { addSeconds } from '../src/kernel/duration.ts';
import type { Outcome } from '../src/kernel/decider.ts';
import type { Details } from '../src/kernel/fault.ts';
import type { AnyCommand, Moment, Operation } from '../src/kernel/operation.ts';
import type { Rules } from '../src/kernel/rules.ts';
import { answer, decide, moment } from './specification.ts';
import type { Past } from './specification.ts';

/** Who tells it: agents are implementers unless another tier is said. */
export function agent(
  name: string,
  tier: Moment['actor']['tier'] = 'implementer',
): Moment['actor'] {
  return { name, tier, isPersonPresent: false };
}

export const person: Moment['actor'] = { name: 'git:anna', tier: 'human', isPersonPresent: true };

/** A past that grows by commands; every accepted one is the next seq, and its id is `c-<seq>`. */
export class Story {
  readonly past: Past[] = [];
  readonly rules: Rules;
  now = '2026-11-20T12:00:00.000Z';
  seq = 0;

  constructor(rules: Partial<Rules> = {}) {
    this.rules = { ...moment().rules, ...rules };
  }

  moment(actor: Moment['actor']): Moment {
    const seq = this.seq + 1;
    return moment({ actor, now: this.now, seq, id: `c-${seq}`, rules: this.rules });
  }

  wait(seconds: number): void {
    this.now = addSeconds(this.now, seconds);
  }

  /** Decides a command and, when accepted, lets it happen. */
  tell(actor: Moment['actor'], command: Operation, input: object): Outcome {
    const at = this.moment(actor);
    const outcome = decide(command, this.past, input, at);
    if (!outcome.ok || outcome.events.length === 0) return outcome;
    this.seq = at.seq;
    const meta = { seq: at.seq, at: at.now, actor: actor.name, id: at.id };
    this.past.push(...outcome.events.map((event) => ({ event, meta })));
    return outcome;
  }

  /** Decides a command that must be accepted, and gives its result. */
  make(actor: Moment['actor'], command: AnyCommand | Operation, input: object): Details {
    const at = this.moment(actor);
    const outcome = this.tell(actor, command, input);
    if (!outcome.ok) throw new Error(`${command.name} was refused: ${outcome.message}`);
    return answer(command, this.past, input, at);
  }

  ask(actor: Moment['actor'], query: Operation, input: object = {}): Details {
    return answer(query, this.past, input, { ...this.moment(actor), seq: this.seq });
  }
}
