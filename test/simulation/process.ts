// One process: an agent's shell in a clone, or a server beside the hub; killed at any wait and started again.
import { createHash } from 'node:crypto';
import type { Clock } from '../../src/engine/clock.ts';
import type { Request } from '../../src/engine/decide.ts';
import { messageOf } from '../../src/kernel/fault.ts';
import type { Details } from '../../src/kernel/fault.ts';
import { nextHybridTime } from '../../src/log/clock.ts';
import { idRandomBytes, uuidv7 } from '../../src/log/id.ts';
import { localLogOf } from './clone.ts';
import type { Clone } from './clone.ts';
import { remoteLogOf, serverLogOf } from './hub.ts';
import type { Network } from './hub.ts';
import { deliver, freshen, isExpected } from './program.ts';
import type { Reply } from './history.ts';
import type { Ports, Running } from './program.ts';
import { Life } from './schedule.ts';
import { agentNames, drawWish, joining } from './wish.ts';
import type { Wish } from './wish.ts';
import type { World } from './world.ts';

const longPauseMs = 5 * 3_600_000;
const restartMs = 5_000;
const retryProbability = 0.7;
/** A redelivered command may come back this often. */
const deliveriesMax = 4;

export class Process {
  readonly #world: World;
  readonly #clone: Clone | null;
  readonly #name: number;
  readonly #actor: string;
  readonly #skewMs: number;
  readonly #inbox: Request[] = [];
  #life = new Life();
  #running: Running | null = null;
  #session = '';
  #incarnation = 0;
  #wishesLeft: number;
  #isOffline = false;
  #isBusy = false;
  #underway: Request | null = null;
  /** Inputs of claims and locks that it was granted, to give them back later. */
  readonly #taken: Details[] = [];

  constructor(world: World, clone: Clone | null, name: number) {
    const { chance, faults } = world;
    this.#world = world;
    this.#clone = clone;
    this.#name = name;
    this.#actor = chance.pick(agentNames);
    this.#skewMs = (chance.next() * 2 - 1) * faults.skewMillisecondsMax;
    this.#wishesLeft = faults.wishesPerProcess;
  }

  begin(): void {
    this.#start();
    this.#wake();
  }

  /** Takes a command that was delivered again. */
  receive(request: Request): void {
    this.#inbox.push(request);
    this.#wake();
  }

  /** Publishes and takes over, and nothing else. */
  sync(): void {
    this.#start();
    void this.#guarded(async (running) => {
      await freshen(running);
      const { engine, ports, program } = running;
      if (ports.local === null || ports.remote === null) return;
      const { problem } = await program.publish(engine, ports.local, ports.remote);
      if (problem !== null) throw problem;
    });
  }

  #start(): void {
    const { chance, schedule } = this.#world;
    this.#life = new Life(
      () => chance.happens(this.#world.faults.crash),
      () => this.#died(),
    );
    this.#incarnation += 1;
    this.#session = `s-${this.#name}-${this.#incarnation}`;
    this.#isBusy = false;
    this.#isOffline = false;
    const sight = { schedule, life: this.#life };
    const { history, hub, program } = this.#world;
    const network: Network = {
      ...{ ...sight, chance, faults: () => this.#world.faults },
      ...{ isOffline: () => this.#isOffline, count: (what) => history.count(what) },
      tell: (trouble) => void history.troubles.push(trouble),
    };
    const local = this.#clone === null ? null : localLogOf(this.#clone, sight);
    const given: Ports = {
      ...{ local, store: local ?? serverLogOf(hub, network), clock: this.#clock() },
      remote: this.#clone === null ? null : remoteLogOf(hub, this.#clone, network),
    };
    const ports = program.portsOf(given, { hub, clone: this.#clone, sight });
    this.#running = { program, ports, engine: program.engineOf(ports) };
  }

  #clock(): Clock {
    const { schedule, chance } = this.#world;
    const life = this.#life;
    return {
      now: () => new Date(schedule.nowMs + this.#skewMs).toISOString(),
      randomBytes: (count) => chance.bytes(count),
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      sleep: (milliseconds) => schedule.wait(life, milliseconds),
    };
  }

  #died(): void {
    const { chance, schedule, history } = this.#world;
    history.count('crash');
    this.#clone?.mutex.free(this.#life);
    const lost = this.#underway;
    this.#underway = null;
    if (lost !== null && chance.happens(retryProbability)) this.#inbox.unshift(lost);
    schedule.later(chance.next() * restartMs, () => this.begin());
  }

  #wake(): void {
    if (this.#isBusy || this.#life.isOver) return;
    this.#isBusy = true;
    const life = this.#life;
    void this.#guarded(async (running) => {
      await this.#work(running);
      if (this.#life === life) this.#isBusy = false;
    });
  }

  /** Whatever escapes is a bug: of the engine or of this simulation. */
  async #guarded(work: (running: Running) => Promise<void>): Promise<void> {
    if (this.#running === null) return;
    await work(this.#running).catch((error: unknown) => {
      this.#world.history.troubles.push(`Thrown: ${messageOf(error)}`);
    });
  }

  async #work(running: Running): Promise<void> {
    while (this.#inbox.length > 0 || this.#wishesLeft > 0) {
      await this.#rest();
      const request = this.#inbox.shift() ?? (await this.#requestFor(running));
      if (request !== null) await this.#send(running, request);
    }
  }

  async #rest(): Promise<void> {
    const { chance, schedule, faults } = this.#world;
    const pauseMs = chance.happens(faults.pause) ? longPauseMs : faults.restMilliseconds;
    await schedule.wait(this.#life, chance.next() * pauseMs);
    this.#isOffline = this.#clone !== null && chance.happens(faults.offline);
    this.#world.maybeLeap();
  }

  #nextWish(): Wish {
    const { chance, faults } = this.#world;
    const isFirst = this.#wishesLeft === faults.wishesPerProcess;
    this.#wishesLeft -= 1;
    if (isFirst && chance.happens(0.7)) return joining(this.#actor);
    return drawWish(this.#actor, this.#taken, chance, faults);
  }

  /** Puts a wish into a command, as a shell or a server does; null where the log cannot be read now. */
  async #requestFor({ engine }: Running): Promise<Request | null> {
    const wish = this.#nextWish();
    const { chance, beginning } = this.#world;
    const fold = await engine.projection.load().catch((error: unknown) => {
      if (isExpected(error)) return null;
      throw error;
    });
    if (fold === null) return null;
    const now = engine.clock.now();
    const id = uuidv7(Date.parse(now), chance.bytes(idRandomBytes));
    const hlc = nextHybridTime(fold.position?.hlc ?? null, now);
    const { op, actor, input, hasSession } = wish;
    const isPerson = actor.includes(':');
    const session = hasSession ? { session: this.#session } : {};
    const cause = this.#clone === null ? { cause: `github:issue_comment:${id}#0` } : {};
    return {
      intent: { id, log: beginning.log, op, actor, hlc, input, ...session, ...cause },
      auth: {
        by: this.#clone === null ? 'github' : 'shell',
        subject: 'simulated',
        ...(isPerson ? { isInteractive: true } : {}),
      },
      isPersonPresent: isPerson,
    };
  }

  async #send(running: Running, request: Request): Promise<void> {
    const { history, schedule } = this.#world;
    const { nowMs: atMs } = schedule;
    const isToServer = this.#clone === null;
    const delivery = history.begin(request, { invoked: schedule.stamp(), atMs, isToServer });
    const times = history.sent.get(request.intent.id)?.deliveries.length ?? 0;
    if (times < deliveriesMax) this.#world.maybeRedeliver(request);
    this.#underway = request;
    try {
      delivery.reply = await deliver(running, request);
    } catch (error) {
      if (!isExpected(error)) throw error;
      history.count('fault answered');
    }
    this.#underway = null;
    delivery.returned = schedule.stamp();
    history.count(delivery.reply.kind);
    this.#remember(request, delivery.reply);
  }

  #remember({ intent }: Request, reply: Reply): void {
    const isTaken = intent.op === 'lock.acquire' || intent.op === 'task.claim';
    if (isTaken && (reply.kind === 'confirmed' || reply.kind === 'provisional')) {
      this.#taken.push(intent.input);
    }
  }
}
