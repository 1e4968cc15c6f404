// The whole path of a message in one process: text in, parsed, authorised, decided, written, synced, and an answer as text out.
import { join } from 'node:path';
import { z } from 'zod';
import { openLocalLog } from '../src/adapters/git/local-log.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { newPrivateKey, signerFrom, verifySignature } from '../src/adapters/system/signature.ts';
import type { Signer } from '../src/adapters/system/signature.ts';
import type { Request } from '../src/engine/decide.ts';
import { execute } from '../src/engine/execute.ts';
import type { Engine } from '../src/engine/execute.ts';
import { routeEvents } from '../src/engine/fold.ts';
import type { Fold } from '../src/engine/fold.ts';
import { createLog } from '../src/engine/init.ts';
import { projectionOf } from '../src/engine/project.ts';
import { evolutionsOf } from '../src/engine/registry-port.ts';
import { signRequest } from '../src/engine/sign-request.ts';
import type { Details } from '../src/kernel/fault.ts';
import { nextHybridTime } from '../src/log/clock.ts';
import { idRandomBytes, uuidv7 } from '../src/log/id.ts';
import type { Intent } from '../src/log/record.ts';
import { parsePolicy } from '../src/policy/load.ts';
import type { Policy } from '../src/policy/schema.ts';
import { registry } from '../src/registry.ts';
import { makeRepository } from './program.ts';

const agents = Array.from({ length: 24 }, (_each, index) => `agent-${index}`);
const clock = systemClock();

/** What arrives over a wire, as a schema: nothing of it is believed before. */
const sentCommand = z.strictObject({
  id: z.string(),
  log: z.string(),
  op: z.string(),
  actor: z.string(),
  hlc: z.string(),
  input: z.record(z.string(), z.unknown()),
  sig: z.string().optional(),
});

function policyText(signers: ReadonlyMap<string, Signer>): string {
  const lines = [...signers].map(
    ([name, { publicKey }]) => `  ${name}: { tier: implementer, keys: ["${publicKey}"] }`,
  );
  return signers.size === 0 ? 'version: 1\n' : `version: 1\nagents:\n${lines.join('\n')}\n`;
}

function policyFor(signers: ReadonlyMap<string, Signer>): Policy {
  const loaded = parsePolicy(policyText(signers), 'the policy of the benchmark');
  if (!loaded.ok) throw new Error('The policy of the benchmark cannot be read.');
  return loaded.policy;
}

function requestOf(intent: Intent): Request {
  const auth = { by: 'shell', subject: `${intent.actor}@example.com` } as const;
  return { intent, auth, isPersonPresent: false };
}

/** An engine on a log on disk, as a process that serves many senders holds one. */
export class WritingEngine {
  readonly engine: Engine;
  readonly #policy: Policy;
  readonly #signers: ReadonlyMap<string, Signer>;
  #count = 0;
  #log: string | null = null;
  #hlc: string | null = null;

  private constructor(commonDir: string, signers: ReadonlyMap<string, Signer>) {
    const store = openLocalLog(commonDir, false);
    const evolutions = routeEvents(evolutionsOf(registry));
    const projection = projectionOf(store, evolutions, clock);
    this.#signers = signers;
    this.#policy = policyFor(signers);
    const inForce = { oid: 'none', policy: this.#policy };
    this.engine = {
      ...{ store, registry, evolutions, projection, clock, verify: verifySignature },
      policy: () => Promise.resolve(inForce),
    };
  }

  /** A new log in a new repository at `directory`, with 24 agents; where they sign, each has a key in the policy. */
  static async open(directory: string, isSigned: boolean): Promise<WritingEngine> {
    makeRepository(directory, { 'README.md': 'A repository whose agents talk.\n' });
    const keys = isSigned ? agents.map((name) => [name, signerFrom(newPrivateKey())] as const) : [];
    const signers = keys.flatMap(([name, key]) => (key === null ? [] : [[name, key] as const]));
    const opened = new WritingEngine(join(directory, '.git'), new Map(signers));
    const created = await createLog(
      opened.engine,
      'git:anna',
      { by: 'shell', subject: 'bench' },
      'bench',
    );
    if (!created.ok) throw new Error(created.message);
    for (const name of agents) {
      const [line = ''] = await opened.#lines([[name, 'agent.join', { name }]]);
      await opened.take([line]);
    }
    return opened;
  }

  /** The log that `open` made at `directory`, for one more process; its agents do not sign. */
  static attach(directory: string): WritingEngine {
    return new WritingEngine(join(directory, '.git'), new Map());
  }

  /** So many messages as their senders put them on the wire. */
  messages(count: number): Promise<string[]> {
    return this.#lines(
      Array.from({ length: count }, () => {
        this.#count += 1;
        const from = agents[this.#count % agents.length] ?? '';
        const to = agents[(this.#count * 7) % agents.length] ?? '';
        const body = `Retry ${this.#count} backs off now and keeps its place in the queue.`;
        return [from, 'message.send', { to, subject: 'The upload retries', body }] as const;
      }),
    );
  }

  /** The whole path for a batch: answers as text when everything is durable; throws when one was refused. */
  async take(lines: readonly string[]): Promise<string[]> {
    const requests = lines.map((line) => requestOf(sentCommand.parse(JSON.parse(line)) as Intent));
    const answers = await execute(this.engine, requests);
    return answers.map((answer) => {
      if (!answer.ok || answer.seq === null) throw new Error(JSON.stringify(answer));
      return JSON.stringify(answer);
    });
  }

  async #lines(said: readonly (readonly [string, string, Details])[]): Promise<string[]> {
    // Only who signs has to know the log as it is now; the others ask once what it is called.
    const isNeeded = this.#log === null || this.#signers.size > 0;
    const fold = isNeeded ? await this.engine.projection.load() : null;
    this.#log ??= fold?.log ?? '';
    return said.map(([actor, op, input]) => {
      const intent = this.#intent(actor, op, input);
      return JSON.stringify(fold === null ? intent : this.#signed(intent, fold));
    });
  }

  #intent(actor: string, op: string, input: Details): Intent {
    const now = clock.now();
    this.#hlc = nextHybridTime(this.#hlc, now);
    const id = uuidv7(Date.parse(now), clock.randomBytes(idRandomBytes));
    return { id, log: this.#log ?? '', op, actor, hlc: this.#hlc, input };
  }

  #signed(intent: Intent, fold: Fold): Intent {
    const signer = this.#signers.get(intent.actor);
    const command = registry.operations.find(({ name }) => name === intent.op);
    if (signer === undefined || command?.kind !== 'command') return intent;
    return signRequest(requestOf(intent), command, { fold, policy: this.#policy }, signer).intent;
  }
}
