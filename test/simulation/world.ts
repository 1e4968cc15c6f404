// One world of a run: the hub, the clones, and the processes that live, die and come back in it.
import type { Request } from '../../src/engine/decide.ts';
import { idRandomBytes, uuidv7 } from '../../src/log/id.ts';
import { decodeBatch } from '../../src/log/record.ts';
import type { Beginning } from './beginning.ts';
import { Chance } from './chance.ts';
import { Clone } from './clone.ts';
import { drawFaults, withoutFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { History } from './history.ts';
import { Hub } from './hub.ts';
import { Leases } from './leases.ts';
import { Process } from './process.ts';
import type { Program } from './program.ts';
import { Schedule } from './schedule.ts';
import type { Commits } from './commits.ts';

const startMs = Date.parse('2026-11-20T12:00:00.000Z');
const minuteMs = 60_000;
const dayMs = 86_400_000;
const eventsMax = 60_000;

/** How long after the first a command is delivered again; the last is longer than keys are remembered. */
const delays: readonly [number, ...number[]] = [minuteMs, minuteMs, 6 * 3_600_000, 40 * dayMs];

export class World {
  readonly chance: Chance;
  readonly schedule: Schedule;
  readonly history = new History();
  readonly hub = new Hub();
  readonly clones: Clone[] = [];
  readonly processes: Process[] = [];
  readonly beginning: Beginning;
  readonly program: Program;
  faults: Faults;

  constructor(seed: number, beginning: Beginning, program: Program) {
    this.chance = new Chance(seed);
    this.faults = drawFaults(this.chance);
    this.schedule = new Schedule(this.chance, startMs);
    this.beginning = beginning;
    this.program = program;
    this.hub.commits.take(beginning.commits, beginning.head);
    this.hub.head = beginning.head;
    this.hub.onAppended = ({ commits }, oid) => this.#noteMeaning(commits, oid);
    this.#populate();
  }

  #populate(): void {
    const { clones, processesPerClone, servers } = this.faults;
    for (let index = 0; index < clones; index += 1) {
      const clone = this.#addClone(`clone ${index}`);
      for (let nth = 0; nth < processesPerClone; nth += 1) this.#addProcess(clone);
    }
    for (let index = 0; index < servers; index += 1) this.#addProcess(null);
  }

  #addClone(name: string): Clone {
    const clone = new Clone(name);
    // Some begin with nothing, as fresh clones do.
    if (this.chance.happens(0.8)) {
      clone.commits.take(this.hub.commits, this.hub.head);
      clone.head = this.hub.head;
      clone.pin = this.hub.head;
    }
    clone.onAppended = ({ commits }, oid) => this.#noteMeaning(commits, oid);
    this.clones.push(clone);
    return clone;
  }

  #addProcess(clone: Clone | null): void {
    this.processes.push(new Process(this, clone, this.processes.length));
  }

  /** What a release ends where it is decided is what its sender saw, and may end. */
  #noteMeaning(commits: Commits, oid: string): void {
    const records = decodeBatch(commits.get(oid)?.batch ?? '', oid);
    const releases = new Set(records.filter(({ op }) => op === 'lock.release').map(({ id }) => id));
    if (releases.size === 0) return;
    const leases = new Leases();
    for (const { batch } of commits.history(oid)) {
      for (const record of decodeBatch(batch, oid)) {
        leases.read(record);
        if (releases.has(record.id)) this.history.sent.get(record.id)?.meant.push(leases.ended);
      }
    }
  }

  /** Delivers a command once more, to anybody, at any time after. */
  maybeRedeliver(request: Request): void {
    if (!this.chance.happens(this.faults.redelivery)) return;
    const target = this.processes[this.chance.below(this.processes.length)];
    const again = this.chance.happens(0.5) ? request : this.#asNewWebhook(request);
    this.schedule.later(this.chance.next() * this.chance.pick(delays), () => {
      this.history.count('redelivered');
      target?.receive(again);
    });
  }

  /** A server that takes a webhook twice makes two commands of it: only their cause is the same. */
  #asNewWebhook(request: Request): Request {
    if (request.intent.cause === undefined) return request;
    const id = uuidv7(this.schedule.nowMs, this.chance.bytes(idRandomBytes));
    return { ...request, intent: { ...request.intent, id } };
  }

  maybeLeap(): void {
    if (!this.faults.leapsMonth || !this.chance.happens(0.1)) return;
    this.schedule.nowMs += 31 * dayMs;
    this.history.count('month leapt');
  }

  /** Runs until nobody does anything any more, then heals the world and lets every clone sync. */
  async run(): Promise<void> {
    for (const process of this.processes) process.begin();
    await this.schedule.run(eventsMax);
    this.faults = withoutFaults(this.faults);
    for (const round of [1, 2]) await this.#syncAll(round);
  }

  async #syncAll(round: number): Promise<void> {
    for (const clone of this.clones) {
      const process = new Process(this, clone, this.processes.length + round);
      process.sync();
      await this.schedule.run(eventsMax);
    }
  }
}
