// The log of a directory as a program of its own would use it: real clock, real store, one command at a time.
import { openLocalLog } from '../../src/adapters/git/local-log.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { verifySignature } from '../../src/adapters/system/signature.ts';
import type { Request } from '../../src/engine/decide.ts';
import { execute } from '../../src/engine/execute.ts';
import type { Answer } from '../../src/engine/answer.ts';
import type { Engine } from '../../src/engine/execute.ts';
import { routeEvents } from '../../src/engine/fold.ts';
import { projectionOf } from '../../src/engine/project.ts';
import { evolutionsOf } from '../../src/engine/registry-port.ts';
import { present } from '../../src/kernel/assert.ts';
import type { Details } from '../../src/kernel/fault.ts';
import { nextHybridTime } from '../../src/log/clock.ts';
import { idRandomBytes, uuidv7 } from '../../src/log/id.ts';
import type { LocalLog } from '../../src/log/store.ts';
import { defaultPolicy } from '../../src/policy/default.ts';
import { registry } from '../../src/registry.ts';

/** What a program says as somebody. */
export interface Saying {
  readonly actor: string;
  readonly op: string;
  readonly input: Details;
}

export class LogWriter {
  readonly engine: Engine;
  readonly log: LocalLog;
  #logId: string | null = null;

  /** `directory` is what would be a repository's common directory; the log must have been created. */
  constructor(directory: string) {
    const clock = systemClock();
    const evolutions = routeEvents(evolutionsOf(registry));
    this.log = openLocalLog(directory, false);
    const projection = projectionOf(this.log, evolutions, clock);
    const policy = { oid: 'none', policy: defaultPolicy() };
    this.engine = {
      ...{ store: this.log, registry, evolutions, projection, clock, verify: verifySignature },
      policy: () => Promise.resolve(policy),
    };
  }

  /** A request with an id of its own. */
  async request({ actor, op, input }: Saying): Promise<Request> {
    const { clock, projection } = this.engine;
    // A log keeps its id: a program that lives on asks for it once.
    this.#logId ??= (await projection.load()).log;
    const now = clock.now();
    const id = uuidv7(Date.parse(now), clock.randomBytes(idRandomBytes));
    const hlc = nextHybridTime(null, now);
    return {
      intent: { id, log: this.#logId ?? '', op, actor, hlc, input },
      auth: { by: 'shell', subject: 'test' },
      isPersonPresent: actor.includes(':'),
    };
  }

  async send(request: Request): Promise<Answer> {
    return present((await execute(this.engine, [request]))[0], 'every request is answered');
  }

  async say(saying: Saying): Promise<Answer> {
    return this.send(await this.request(saying));
  }
}
