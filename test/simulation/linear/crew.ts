// Runs worker processes on one store, kills and pauses them at random, and collects what each saw.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Chance } from '../chance.ts';
import type { Variant } from './broken-log.ts';
import type { Operation } from './linearizable.ts';
import type { LockCall, LockResult } from './lock-model.ts';

export interface Plan {
  /** The bundled worker. */
  readonly program: string;
  /** Common directory of the repository whose store all work on. */
  readonly directory: string;
  readonly variant: Variant;
  readonly seed: number;
  readonly workers: number;
  readonly keys: number;
  readonly operations: number;
  readonly hasTroubles: boolean;
}

type Line =
  | {
      readonly invoked: number;
      readonly number: number;
      readonly kind: LockCall['kind'];
      readonly key: string;
    }
  | { readonly returned: number; readonly number: number; readonly result: LockResult };

interface Open {
  readonly key: string;
  readonly call: LockCall;
  readonly invoked: number;
}

export interface Outcome {
  /** By lock. */
  readonly histories: ReadonlyMap<string, readonly Operation<LockCall, LockResult>[]>;
  readonly operations: number;
  readonly unknown: number;
  readonly kills: number;
  readonly pauses: number;
  /** What workers complained about, or how they ended by themselves. */
  readonly complaints: readonly string[];
}

const troubleMillisecondsMax = 1200;
/** A fast machine is done before much has gone wrong: it goes on. */
const troublesMin = 10;
const pauseMillisecondsMax = 800;

class Crew {
  readonly #plan: Plan;
  readonly #chance: Chance;
  readonly #workers = new Map<string, ChildProcess>();
  readonly #histories = new Map<string, Operation<LockCall, LockResult>[]>();
  readonly #ended: Promise<void>[] = [];
  readonly complaints: string[] = [];
  #isStopping = false;
  operations = 0;
  unknown = 0;
  kills = 0;
  pauses = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#chance = new Chance(plan.seed);
  }

  get histories(): ReadonlyMap<string, readonly Operation<LockCall, LockResult>[]> {
    return this.#histories;
  }

  start(agent: string): void {
    const { program, directory, variant, keys } = this.#plan;
    const seed = this.#chance.below(2 ** 31);
    const args = [program, directory, agent, String(seed), variant, String(keys)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    // Whoever is killed closes its input early.
    child.stdin.on('error', () => undefined);
    child.stderr.on('data', (chunk: Buffer) => this.complaints.push(chunk.toString('utf8')));
    this.#workers.set(agent, child);
    this.#ended.push(this.#collect(agent, child));
  }

  async #collect(agent: string, child: ChildProcess): Promise<void> {
    const open = new Map<number, Open>();
    const closed = new Promise((resolve) => child.once('close', resolve));
    if (child.stdout === null) return;
    // A last line that a kill has cut off says nothing.
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.endsWith('}')) this.#take(agent, JSON.parse(line) as Line, open);
    }
    await closed;
    // Whoever is dead by now does nothing any more.
    const dead = Number(process.hrtime.bigint()) / 1e6;
    for (const each of open.values()) this.#add(each, null, dead);
    this.unknown += open.size;
    this.#replace(agent, child);
  }

  /** Another takes the place of one that was killed; any other end is a complaint. */
  #replace(agent: string, { exitCode, signalCode }: ChildProcess): void {
    const isKilled = signalCode === 'SIGKILL';
    if (isKilled && !this.#isStopping) this.start(agent);
    if (isKilled || exitCode === 0) return;
    this.complaints.push(`${agent} ended with ${exitCode ?? signalCode ?? 'nothing'}.`);
  }

  #take(agent: string, line: Line, open: Map<number, Open>): void {
    if ('invoked' in line) {
      const { kind, key, invoked, number } = line;
      open.set(number, { key, invoked, call: { kind, agent } });
      return;
    }
    const begun = open.get(line.number);
    if (begun === undefined) return;
    open.delete(line.number);
    this.operations += 1;
    this.#add(begun, line.result, line.returned);
  }

  #add({ key, call, invoked }: Open, result: LockResult | null, returned: number | null): void {
    // A question without an answer says nothing.
    if (result === null && call.kind === 'read') return;
    const history = this.#histories.get(key) ?? [];
    history.push({ call, invoked, result, returned });
    this.#histories.set(key, history);
  }

  /** Kills one, or makes it stand still for a while, whatever it is doing. */
  async trouble(): Promise<void> {
    await delay(this.#chance.below(troubleMillisecondsMax));
    const agents = [...this.#workers.keys()];
    const child = this.#workers.get(agents[this.#chance.below(agents.length)] ?? '');
    if (child === undefined) return;
    if (this.#chance.happens(0.5)) {
      this.kills += child.kill('SIGKILL') ? 1 : 0;
      return;
    }
    this.pauses += child.kill('SIGSTOP') ? 1 : 0;
    await delay(this.#chance.below(pauseMillisecondsMax));
    child.kill('SIGCONT');
  }

  /** Whether there is more to do. */
  isWorking(): boolean {
    const { operations, hasTroubles } = this.#plan;
    const isTroubled = !hasTroubles || this.kills + this.pauses >= troublesMin;
    return this.complaints.length === 0 && !(this.operations >= operations && isTroubled);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const child of this.#workers.values()) child.stdin?.end();
    for (const ended of this.#ended) await ended;
  }
}

/** Works until so many operations have returned. */
export async function runCrew(plan: Plan): Promise<Outcome> {
  const crew = new Crew(plan);
  for (let index = 0; index < plan.workers; index += 1) crew.start(`git:w${index}`);
  while (crew.isWorking()) {
    await (plan.hasTroubles ? crew.trouble() : delay(20));
  }
  await crew.stop();
  const { histories, operations, unknown, kills, pauses, complaints } = crew;
  return { histories, operations, unknown, kills, pauses, complaints };
}
