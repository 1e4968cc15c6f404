// A process of the second harness: takes, gives back and looks at locks until its input ends, and says when and how it went.
import { writeSync } from 'node:fs';
import { verifySignature } from '../../../src/adapters/system/signature.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { ask } from '../../../src/engine/ask.ts';
import type { Request } from '../../../src/engine/decide.ts';
import { execute } from '../../../src/engine/execute.ts';
import type { Answer } from '../../../src/engine/answer.ts';
import type { Engine } from '../../../src/engine/execute.ts';
import { routeEvents } from '../../../src/engine/fold.ts';
import { projectionOf } from '../../../src/engine/project.ts';
import { evolutionsOf } from '../../../src/engine/registry-port.ts';
import { list } from '../../../src/concepts/lock/list.ts';
import { assert, present } from '../../../src/kernel/assert.ts';
import { Fault } from '../../../src/kernel/fault.ts';
import { nextHybridTime } from '../../../src/log/clock.ts';
import { idRandomBytes, uuidv7 } from '../../../src/log/id.ts';
import type { LogStore } from '../../../src/log/store.ts';
import { defaultPolicy } from '../../../src/policy/default.ts';
import { registry } from '../../../src/registry.ts';
import { Chance } from '../chance.ts';
import { openVariant } from './broken-log.ts';
import type { Variant } from './broken-log.ts';
import type { LockCall, LockResult } from './lock-model.ts';

const [directory = '', agent = '', seed = '0', variant = 'sound', keys = '10'] =
  process.argv.slice(2);
const chance = new Chance(Number(seed));
const clock = systemClock();
const evolutions = routeEvents(evolutionsOf(registry));
const { log, asked } = openVariant(directory, variant as Variant);
const engine = engineOn(log);
const asking = engineOn(asked);
let said = 0;
const input = { isOver: false };

function engineOn(store: LogStore): Engine {
  const projection = projectionOf(store, evolutions, clock);
  const policy = { oid: 'none', policy: defaultPolicy() };
  return {
    ...{ store, registry, evolutions, projection, clock, verify: verifySignature },
    policy: () => Promise.resolve(policy),
  };
}

/** Milliseconds of the machine's monotonic clock, the same for all processes. */
function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** One line, written at once: what a killed process has said before is not lost. */
function say(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

function invoke(kind: LockCall['kind'], key: string): number {
  said += 1;
  say({ invoked: monotonic(), number: said, kind, key });
  return said;
}

function requestFor(kind: 'acquire' | 'release', key: string, logId: string): Request {
  const now = clock.now();
  const id = uuidv7(Date.parse(now), clock.randomBytes(idRandomBytes));
  const hlc = nextHybridTime(null, now);
  const scope = [key];
  return {
    intent: { id, log: logId, op: `lock.${kind}`, actor: agent, hlc, input: { scope } },
    auth: { by: 'shell', subject: 'worker' },
    isPersonPresent: false,
  };
}

function resultOf(answer: Answer): LockResult {
  if (answer.ok) return { isDone: true, holder: null };
  assert(
    ['lock-held', 'not-holder', 'lock-unknown'].includes(answer.code),
    `a lock is refused by its rules, not as ${answer.code}`,
  );
  const { holder } = answer.data;
  return { isDone: false, holder: typeof holder === 'string' ? holder : null };
}

/** A few commands on different locks at once: they make one commit. */
async function command(): Promise<void> {
  const fold = await engine.projection.load();
  const chosen = new Set(Array.from({ length: chance.between(1, 8) }, drawKey));
  const calls = [...chosen].map((key) => {
    const kind = chance.happens(0.5) ? ('acquire' as const) : ('release' as const);
    return { number: invoke(kind, key), request: requestFor(kind, key, fold.log ?? '') };
  });
  const answers = await execute(
    engine,
    calls.map(({ request }) => request),
  );
  const returned = monotonic();
  calls.forEach(({ number }, index) => {
    const answer = present(answers[index], 'every request is answered');
    say({ returned, number, result: resultOf(answer) });
  });
}

async function look(): Promise<void> {
  const key = drawKey();
  const number = invoke('read', key);
  const question = { actor: agent, session: null, isPersonPresent: false, input: {} };
  const { locks } = (await ask(asking, list, question)) as unknown as {
    readonly locks: readonly { readonly scope: string; readonly holder: string }[];
  };
  const holder = locks.find(({ scope }) => scope === key)?.holder ?? null;
  say({ returned: monotonic(), number, result: { isDone: false, holder } });
}

/** On a crowded machine the wait for others may become too long; what was asked for stays unknown. Nothing else is forgiven. */
function forgive(error: unknown): void {
  if (!(error instanceof Fault) || error.code !== 'store-busy') throw error;
}

function drawKey(): string {
  return `@k${chance.below(Number(keys))}`;
}

process.stdin.on('end', () => (input.isOver = true)).resume();
while (!input.isOver) {
  await (chance.happens(0.4) ? look() : command()).catch(forgive);
  await new Promise((resolve) => setImmediate(resolve));
}
