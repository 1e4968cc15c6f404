// The program under test: the engine over its ports, and the few steps in which a shell or a server uses it.
import { verifySignature } from '../../src/adapters/system/signature.ts';
import type { Clock } from '../../src/engine/clock.ts';
import type { Request } from '../../src/engine/decide.ts';
import { execute } from '../../src/engine/execute.ts';
import type { Answer } from '../../src/engine/answer.ts';
import type { Engine } from '../../src/engine/execute.ts';
import { routeEvents } from '../../src/engine/fold.ts';
import { projectionOf } from '../../src/engine/project.ts';
import { evolutionsOf } from '../../src/engine/registry-port.ts';
import { refresh, tryPublish } from '../../src/engine/sync.ts';
import type { Synced } from '../../src/engine/sync.ts';
import { present } from '../../src/kernel/assert.ts';
import { Fault } from '../../src/kernel/fault.ts';
import type { LocalLog, LogStore, RemoteLog } from '../../src/log/store.ts';
import { defaultPolicy } from '../../src/policy/default.ts';
import { registry } from '../../src/registry.ts';
import type { Clone, Sight } from './clone.ts';
import type { Reply } from './history.ts';
import type { Hub } from './hub.ts';

export const policy = defaultPolicy();
export const evolutions = routeEvents(evolutionsOf(registry));

/** What a process runs on; a server has no log of its own. */
export interface Ports {
  readonly store: LogStore;
  readonly local: LocalLog | null;
  readonly remote: RemoteLog | null;
  readonly clock: Clock;
}

/** Where the ports of a process lead; for mutants, the real program has no use for it. */
export interface Place {
  readonly hub: Hub;
  /** Null for a server. */
  readonly clone: Clone | null;
  readonly sight: Sight;
}

/** The parts of the engine that a process uses, and its ports; mutants replace them. */
export interface Program {
  readonly portsOf: (ports: Ports, place: Place) => Ports;
  readonly engineOf: (ports: Ports) => Engine;
  readonly execute: typeof execute;
  readonly refresh: typeof refresh;
  readonly publish: typeof tryPublish;
}

/** The real one. */
export const program: Program = {
  portsOf: (ports) => ports,
  engineOf: ({ store, clock }) => ({
    ...{ store, registry, evolutions, clock, verify: verifySignature },
    projection: projectionOf(store, evolutions, clock),
    policy: () => Promise.resolve({ oid: 'none', policy }),
    verify: () => false,
  }),
  execute,
  refresh,
  publish: tryPublish,
};

/** What a process is made of. */
export interface Running {
  readonly program: Program;
  readonly engine: Engine;
  readonly ports: Ports;
}

/** Faults that leave open whether something happened, or say that nothing did; any other is a bug. */
const expectedFaults = new Set([
  'remote-unreachable',
  'github-unreachable',
  'outcome-unknown',
  'log-busy',
  'remote-busy',
]);

export function isExpected(error: unknown): boolean {
  return error instanceof Fault && expectedFaults.has(error.code);
}

/** Takes over what is new, as before every command of a shell; a remote that is away is forgiven. */
export async function freshen({ program: parts, engine, ports }: Running): Promise<void> {
  const { local, remote } = ports;
  if (local === null || remote === null) return;
  await parts.refresh(engine, local, remote).catch((error: unknown) => {
    if (!isExpected(error)) throw error;
  });
}

function replied(answer: Answer, isConfirmed: boolean): Reply {
  if (!answer.ok) return { kind: 'refused', answer };
  return { kind: isConfirmed ? 'confirmed' : 'provisional', answer };
}

/** Publishes; problems that leave the command accepted here are not thrown. */
async function publishAll(running: Running, id: string): Promise<Synced | null> {
  const { program: parts, engine, ports } = running;
  const { local, remote } = ports;
  if (local === null || remote === null) return null;
  const synced = await parts.publish(engine, local, remote, new Set([id]));
  if (synced.problem !== null && !isExpected(synced.problem)) throw synced.problem;
  return synced;
}

/** Publishes what was accepted here; the answer may be another one after that. */
async function published(running: Running, request: Request, first: Answer): Promise<Reply> {
  const { program: parts, engine } = running;
  const { id } = request.intent;
  const synced = await publishAll(running, id);
  if (synced === null) return replied(first, true);
  const decided = synced.again.get(id) ?? first;
  if (!decided.ok || decided.seq === null) return replied(decided, synced.isConfirmed);
  // Another process of this clone may have decided it again meanwhile: its record tells.
  const [now = decided] = await parts.execute(engine, [request]);
  return replied(now, synced.isConfirmed);
}

/** Delivers one command the way a shell (with a clone) or a server (without) does. Rejects with what the engine throws. */
export async function deliver(running: Running, request: Request): Promise<Reply> {
  await freshen(running);
  const [answer] = await running.program.execute(running.engine, [request]);
  const first = present(answer, 'every request is answered');
  return first.ok && first.seq !== null
    ? published(running, request, first)
    : replied(first, running.ports.local === null);
}
