// An engine on a log in memory, with the whole registry, a clock that stands still and a policy that may change.
import { createHash } from 'node:crypto';
import { readToken } from '../src/adapters/system/capability-token.ts';
import { verifySignature } from '../src/adapters/system/signature.ts';
import { present } from '../src/kernel/assert.ts';
import type { Event } from '../src/kernel/decider.ts';
import type { Clock } from '../src/engine/clock.ts';
import type { Request } from '../src/engine/decide.ts';
import { prepare } from '../src/engine/draft.ts';
import { execute } from '../src/engine/execute.ts';
import type { Answer } from '../src/engine/answer.ts';
import type { Engine } from '../src/engine/execute.ts';
import { applyRecord, routeEvents } from '../src/engine/fold.ts';
import { createLog } from '../src/engine/init.ts';
import { projectionOf } from '../src/engine/project.ts';
import { evolutionsOf } from '../src/engine/registry-port.ts';
import type { Details } from '../src/kernel/fault.ts';
import { nextHybridTime } from '../src/log/clock.ts';
import { uuidv7 } from '../src/log/id.ts';
import { memoryStore } from '../src/log/memory-store.ts';
import type { LogStore } from '../src/log/store.ts';
import { defaultPolicy } from '../src/policy/default.ts';
import { parsePolicy } from '../src/policy/load.ts';
import type { Policy } from '../src/policy/schema.ts';
import { registry } from '../src/registry.ts';

const RANDOM_BYTES = 10;

/** The policy that a text means; throws when it means none. */
export function policyFrom(text: string): Policy {
  const parsed = parsePolicy(text, 'coord.yml');
  if (!parsed.ok) throw new Error(`The test's policy is unusable: ${JSON.stringify(parsed)}`);
  return parsed.policy;
}

export class MemoryEngine {
  readonly engine: Engine;
  readonly log: string;
  private readonly world: { now: string; policy: Policy; made: number };

  private constructor(engine: Engine, log: string, world: MemoryEngine['world']) {
    this.engine = engine;
    this.log = log;
    this.world = world;
  }

  /** Creates the log; every store that a test wraps around the one in memory will do. */
  static async open(store: LogStore = memoryStore()): Promise<MemoryEngine> {
    const world = { now: '2026-11-20T12:00:00.000Z', policy: defaultPolicy(), made: 0 };
    const clock: Clock = {
      now: () => world.now,
      randomBytes: (count) => {
        world.made += 1;
        return createHash('sha256').update(`${world.made}`).digest().subarray(0, count);
      },
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      sleep: () => Promise.resolve(),
    };
    const evolutions = routeEvents(evolutionsOf(registry));
    const projection = projectionOf(store, evolutions, clock);
    const policy = () => Promise.resolve({ oid: 'none', policy: world.policy });
    const proof = { verify: verifySignature, readToken };
    const engine: Engine = { store, registry, evolutions, projection, clock, policy, ...proof };
    const created = await createLog(engine, 'git:anna', { by: 'shell', subject: 'test' }, 'o/r');
    if (!created.ok) throw new Error(created.message);
    return new MemoryEngine(engine, created.log, world);
  }

  /** Another process on the same log: a fold of its own over the same store. */
  another(): MemoryEngine {
    const { store, evolutions, clock } = this.engine;
    const projection = projectionOf(store, evolutions, clock);
    return new MemoryEngine({ ...this.engine, projection }, this.log, this.world);
  }

  setNow(now: string): void {
    this.world.now = now;
  }

  setPolicy(text: string): void {
    this.world.policy = policyFrom(text);
  }

  /** A request of an agent or person, with an id of its own. */
  request(actor: string, op: string, input: Details, intent: Partial<Request['intent']> = {}) {
    const { now } = this.world;
    const id = uuidv7(Date.parse(now), this.engine.clock.randomBytes(RANDOM_BYTES));
    const hlc = nextHybridTime(null, now);
    const made: Request = {
      intent: { id, log: this.log, op, actor, hlc, input, ...intent },
      auth: { by: 'shell', subject: 'test' },
      isPersonPresent: actor.includes(':'),
    };
    return made;
  }

  execute(...requests: readonly Request[]): Promise<Answer[]> {
    return execute(this.engine, requests);
  }

  /** Executes one command and gives its answer. */
  async say(actor: string, op: string, input: Details): Promise<Answer> {
    const [answer] = await this.execute(this.request(actor, op, input));
    return present(answer, 'every request is answered');
  }

  /** Lets agents join. */
  async join(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const answer = await this.say(name, 'agent.join', { name });
      if (!answer.ok) throw new Error(answer.message);
    }
  }

  /** Puts a record with hand-made events on the log, as somebody with push can; answers its seq. */
  async forge(request: Request, events: readonly Event[]): Promise<number> {
    const { store, projection, evolutions, clock } = this.engine;
    const fold = await projection.load();
    const position = present(fold.position, 'the log is created');
    const seq = position.seq + 1;
    const { intent, auth } = request;
    const record = { ...intent, auth, seq, at: position.at, policy: 'none', events };
    applyRecord(fold, evolutions, record);
    const { draft } = prepare(fold, [record], { clock, evolutions, board: () => '' });
    await store.append(draft, position.oid);
    projection.forget();
    return seq;
  }
}
