// Writes the commands of many senders into few commits: queues them in a window and answers each when its batch is written.
import { present } from '../kernel/assert.ts';
import { byteLength } from '../kernel/bytes.ts';
import { Fault } from '../kernel/fault.ts';
import { limits } from '../kernel/limits.ts';
import type { AppendResult, LogStore } from '../log/store.ts';
import type { PolicyInForce } from '../policy/in-force.ts';
import { BatchWindow } from './batch-window.ts';
import type { Pace, Waiting } from './batch-window.ts';
import type { Request } from './decide.ts';
import { executeBatch } from './execute.ts';
import type { Answer } from './answer.ts';
import type { Engine } from './execute.ts';

/** Commands that are decided under one policy; lanes of one name must have the same. */
export interface Lane {
  readonly name: string;
  readonly policy: () => Promise<PolicyInForce>;
}

interface Pending {
  readonly request: Request;
  readonly lane: Lane;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

type Batch = readonly Waiting<Pending>[];

/** What a record has beside its intent: sender, seq, time, policy and events; only an estimate for filling batches. */
const outcomeBytes = 250;

function sizeOf({ intent, auth }: Request): number {
  return byteLength(JSON.stringify([intent, auth])) + outcomeBytes;
}

/** The store, telling of each commit that was made or may have been. */
function noting(store: LogStore, note: () => void): LogStore {
  return {
    place: store.place,
    head: () => store.head(),
    read: (range) => store.read(range),
    checkpoint: (oid) => store.checkpoint(oid),
    exclusively: (work) => store.exclusively(work),
    append: async (draft, expected): Promise<AppendResult> => {
      const result = await store.append(draft, expected);
      if (result.ok || result.reason === 'unknown') note();
      return result;
    },
  };
}

/**
 * One writer of a log. Commands wait until the window lets the next commit be made; a sender's commands stay in
 * order, and every command is answered or fails with the fault that its batch met. Nothing is kept when the process
 * ends: who was not answered sends the command again, and its id keeps it from being done twice.
 */
export class BatchWriter {
  readonly #engine: Engine;
  readonly #window: BatchWindow<Pending>;
  #commandsMax: number = limits.batchCommandsMax;
  #running: Promise<void> | null = null;
  readonly #hurry = new AbortController();

  constructor(engine: Engine, pace: Pace) {
    const note = (): void => this.#window.committed(this.#nowMs());
    this.#engine = { ...engine, store: noting(engine.store, note) };
    this.#window = new BatchWindow(pace);
  }

  /** How many commands wait. */
  get waiting(): number {
    return this.#window.size;
  }

  /** Answers commands once they are written, in order. Throws what `execute` throws, also for a part of them. */
  async execute(requests: readonly Request[], lane?: Lane): Promise<Answer[]> {
    const usual: Lane = { name: 'usual', policy: this.#engine.policy };
    const answers = requests.map((request) => this.#enqueue(request, lane ?? usual));
    this.#running ??= this.#run();
    return Promise.all(answers);
  }

  /** Writes what waits without waiting for the window, as before the process ends; resolves when nothing waits. */
  async drain(): Promise<void> {
    this.#hurry.abort();
    await this.#running;
  }

  #nowMs(): number {
    return Date.parse(this.#engine.clock.now());
  }

  #enqueue(request: Request, lane: Lane): Promise<Answer> {
    return new Promise((settle, fail) => {
      const item: Pending = { request, lane, settle, fail };
      const { actor } = request.intent;
      this.#window.add({ item, lane: lane.name, actor, bytes: sizeOf(request) });
    });
  }

  async #run(): Promise<void> {
    // What is asked for in the same turn of the program belongs together.
    await Promise.resolve();
    for (let wait = this.#wait(); wait !== null; wait = this.#wait()) {
      if (wait > 0) await this.#engine.clock.sleep(wait, this.#hurry.signal);
      else await this.#writeNext();
    }
    this.#running = null;
  }

  #wait(): number | null {
    const wait = this.#window.waitMs(this.#nowMs());
    return wait === null || !this.#hurry.signal.aborted ? wait : 0;
  }

  /** The batch is taken when it is this writer's turn, so that what comes while it waits goes along. */
  async #writeNext(): Promise<void> {
    let batch: Batch = [];
    try {
      await this.#engine.store.exclusively(async () => {
        batch = this.#window.take(this.#commandsMax);
        const { lane } = present(batch[0], 'a writer takes a batch while something waits').item;
        const requests = batch.map(({ item }) => item.request);
        const answers = await executeBatch({ ...this.#engine, policy: lane.policy }, requests);
        this.#answer(batch, answers);
      });
      this.#commandsMax = limits.batchCommandsMax;
    } catch (error) {
      this.#failed(batch.length > 0 ? batch : this.#window.take(), error);
    }
  }

  #answer(batch: Batch, answers: readonly Answer[]): void {
    this.#window.putBack(batch.slice(answers.length));
    for (const [index, answer] of answers.entries()) batch[index]?.item.settle(answer);
  }

  /**
   * A fault says what is wrong and meets the whole batch. Anything else is a bug that one command has met: halves are
   * tried, so that it fails alone.
   */
  #failed(batch: Batch, error: unknown): void {
    if (error instanceof Fault || batch.length < 2) {
      this.#commandsMax = limits.batchCommandsMax;
      for (const { item } of batch) item.fail(error);
      return;
    }
    this.#commandsMax = Math.ceil(batch.length / 2);
    this.#window.putBack(batch);
  }
}
