// What a team of agents does all day, as commands: messages above all, then tasks and locks. The same on every run.
import type { Details } from '../src/kernel/fault.ts';

export interface Saying {
  readonly actor: string;
  readonly op: string;
  readonly input: Details;
}

interface Letter {
  readonly id: string;
  readonly to: string;
}

interface Work {
  readonly id: string;
  readonly agent: string;
}

type Habit = readonly [bound: number, say: () => Saying | null];

const agentCount = 24;
const folders = ['api', 'ui', 'network', 'storage', 'docs', 'build', 'search', 'auth'];
const words =
  'the retry of the upload now backs off and keeps its place in the queue so that a slow link no longer starves the others please look at the test first'.split(
    ' ',
  );

/** One step of a linear congruential generator (Numerical Recipes); good enough to vary what is said. */
function step(state: number): number {
  return (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
}

/**
 * `busy` leaves mail unread and claims lying, as in a rush of weeks; `steady` reads its mail and finishes its tasks,
 * so that over years no more waits than somebody left for tomorrow.
 */
export type Temper = 'busy' | 'steady';

export class Team {
  #state = 42;
  #joined = 0;
  #said = 0;
  /** Bounds of a throw of 100, and what is said below each. */
  readonly #habits: readonly [Habit, ...Habit[]];
  readonly #unread: Letter[] = [];
  readonly #open: string[] = [];
  readonly #claimed: Work[] = [];
  readonly #locked: { readonly scope: string; readonly agent: string }[] = [];

  readonly #temper: Temper;

  constructor(temper: Temper = 'busy') {
    this.#temper = temper;
    const isBusy = temper === 'busy';
    this.#habits = isBusy
      ? [
          [32, () => this.#send()],
          [55, () => this.#read()],
          [68, () => this.#addTask()],
          [78, () => this.#claim()],
          [88, () => this.#finish(6)],
          [100, () => this.#lockOrUnlock()],
        ]
      : [
          [28, () => this.#send()],
          [60, () => this.#read() ?? this.#send()],
          [68, () => this.#addTask()],
          [78, () => this.#claim()],
          [88, () => this.#finish(1) ?? this.#claim()],
          [100, () => this.#lockOrUnlock()],
        ];
  }

  /** What somebody says next; some of it may be refused, as in life. */
  next(): Saying {
    this.#said += 1;
    if (this.#joined < agentCount) {
      const name = `agent-${this.#joined}`;
      return { actor: name, op: 'agent.join', input: { name, capability: ['ts'] } };
    }
    const chance = this.#below(100);
    const [, say] = this.#habits.find(([bound]) => chance < bound) ?? this.#habits[0];
    return say() ?? this.#addTask();
  }

  /** Takes note of what was accepted, under the id of its command. */
  happened(op: string, actor: string, id: string, input: Details): void {
    const notes: Readonly<Record<string, () => unknown>> = {
      'agent.join': () => (this.#joined += 1),
      'message.send': () => this.#unread.push({ id, to: String(input['to']) }),
      'task.add': () => this.#open.push(id),
      'task.claim': () => this.#claimed.push({ id: this.#open.shift() ?? '', agent: actor }),
      'lock.acquire': () => this.#locked.push({ scope: String(scopesOf(input)), agent: actor }),
    };
    (notes[op] ?? (() => this.#drop(op)))();
  }

  /** Gives up what was refused, so that it is not tried for ever. */
  refused(op: string): void {
    if (op === 'agent.join') throw new Error('An agent could not join the seeded log.');
    this.#reopen(op);
    this.#drop(op);
  }

  /** A claim that lapsed meanwhile cannot be finished: whoever is steady lets somebody claim it again. */
  #reopen(op: string): void {
    const lapsed = op === 'task.done' ? this.#claimed[0] : undefined;
    if (lapsed !== undefined && this.#temper === 'steady') this.#open.push(lapsed.id);
  }

  /** What was waiting for this operation waits no longer. */
  #drop(op: string): void {
    const waiting: Readonly<Record<string, unknown[]>> = {
      'message.read': this.#unread,
      'task.claim': this.#open,
      'task.done': this.#claimed,
      'lock.release': this.#locked,
    };
    waiting[op]?.shift();
  }

  #below(bound: number): number {
    this.#state = step(this.#state);
    return Math.floor((this.#state / 2 ** 32) * bound);
  }

  #agent(): string {
    return `agent-${this.#below(agentCount)}`;
  }

  #text(count: number): string {
    return Array.from({ length: count }, () => words[this.#below(words.length)]).join(' ');
  }

  #send(): Saying {
    const input = {
      to: this.#agent(),
      subject: this.#text(5),
      body: this.#text(10 + this.#below(50)),
    };
    return { actor: this.#agent(), op: 'message.send', input };
  }

  #read(): Saying | null {
    const letter = this.#unread[0];
    if (letter === undefined) return null;
    return { actor: letter.to, op: 'message.read', input: { message: letter.id } };
  }

  #addTask(): Saying {
    const folder = folders[this.#below(folders.length)] ?? 'api';
    const input = { title: this.#text(7), files: [`src/${folder}/${this.#said}/**`] };
    return { actor: this.#agent(), op: 'task.add', input };
  }

  #claim(): Saying | null {
    const id = this.#open[0];
    return id === undefined ? null : { actor: this.#agent(), op: 'task.claim', input: { id } };
  }

  #finish(claimedMin: number): Saying | null {
    const work = this.#claimed[0];
    if (work === undefined || this.#claimed.length < claimedMin) return null;
    const input = { id: work.id, evidence: [`https://example.com/run/${this.#said}`] };
    return { actor: work.agent, op: 'task.done', input };
  }

  #lockOrUnlock(): Saying {
    const held = this.#locked[0];
    if (held !== undefined && this.#locked.length > 4) {
      return { actor: held.agent, op: 'lock.release', input: { scope: [held.scope] } };
    }
    const folder = folders[this.#below(folders.length)] ?? 'api';
    const input = { scope: [`src/${folder}/${this.#below(500)}/**`], reason: this.#text(4) };
    return { actor: this.#agent(), op: 'lock.acquire', input };
  }
}

function scopesOf(input: Details): unknown {
  return (input['scope'] as readonly unknown[])[0];
}
