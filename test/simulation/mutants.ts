// Programs with one seeded fault each. A simulation that does not find them would not find a real one either.
import type { execute } from '../../src/engine/execute.ts';
import { present } from '../../src/kernel/assert.ts';
import type { Operation } from '../../src/kernel/operation.ts';
import { batchPath } from '../../src/log/format.ts';
import type { CommitDraft, LocalLog, LogStore } from '../../src/log/store.ts';
import { registry } from '../../src/registry.ts';
import type { Clone, Sight } from './clone.ts';
import { program } from './program.ts';
import type { Place, Ports, Program } from './program.ts';
import { rebase } from './rebase.ts';

function batchOf({ files }: CommitDraft): string {
  return files.get(batchPath) ?? '';
}

/** Replaces the log of a clone; servers stay as they are. */
function withLocal(ports: Ports, change: (local: LocalLog) => LocalLog): Ports {
  if (ports.local === null) return ports;
  const local = change(ports.local);
  return { ...ports, local, store: local };
}

/** A push that puts its own head in the place of whatever is there. */
function forcedPush(ports: Ports, { hub, clone, sight }: Place): Ports {
  const { remote } = ports;
  if (remote === null || clone === null) return ports;
  return {
    ...ports,
    remote: {
      ...remote,
      push: async (oid) => {
        await sight.schedule.point(sight.life, 100);
        hub.commits.take(clone.commits, oid);
        hub.head = oid;
        return { ok: true };
      },
    },
  };
}

/** A server that, when somebody was faster, puts its old decision on the new head. */
function blindServer(ports: Ports, { hub, clone, sight }: Place): Ports {
  if (clone !== null) return ports;
  const append: LogStore['append'] = async (draft, expected) => {
    const made = await ports.store.append(draft, expected);
    if (made.ok || made.reason !== 'stale' || hub.head === null) return made;
    await sight.schedule.point(sight.life, 10);
    hub.head = rebase(hub.commits, batchOf(draft), hub.head);
    return { ok: true, oid: hub.head };
  };
  return { ...ports, store: { ...ports.store, append } };
}

/** The batches that a head has and the pin has not. */
async function unpublishedBatches(
  local: LocalLog,
  head: string | null,
  pin: string | null,
): Promise<readonly string[]> {
  if (head === null || pin === null) return [];
  const { commits } = await local.read({ from: head, until: pin, commitsMax: 1000 });
  return commits.map(({ batch }) => batch);
}

/** Local commits go on the remote's head as they are, instead of being decided again there. */
const blindClone: Pick<Program, 'refresh'> = {
  refresh: async (engine, local, remote) => {
    const theirs = present(await remote.fetch(), 'the hub has a log');
    return local.exclusively(async () => {
      const [pin, head] = [await remote.pin(), await local.head()];
      const stage = local.stage(theirs);
      for (const batch of pin === theirs ? [] : await unpublishedBatches(local, head, pin)) {
        const files = new Map([[batchPath, batch]]);
        const draft = { message: '', at: '', files, removed: [], replacesCheckpoint: false };
        await stage.store.append(draft, await stage.store.head());
      }
      if (pin !== theirs) await stage.settle(head);
      await remote.movePin(theirs);
      engine.projection.forget();
      return { again: new Map(), renumbered: new Map() };
    });
  },
};

/** Stages of that clone put batches on their head without asking whether they still fit. */
function blindStages(ports: Ports, { clone }: Place): Ports {
  if (clone === null) return ports;
  return withLocal(ports, (local) => ({
    ...local,
    stage: (onto) => {
      const stage = local.stage(onto);
      let staged = onto;
      const append: LogStore['append'] = (draft) => {
        staged = rebase(clone.commits, batchOf(draft), staged);
        return Promise.resolve({ ok: true, oid: staged });
      };
      const store = { ...stage.store, append, head: () => Promise.resolve(staged) };
      return { store, settle: (expected) => Promise.resolve(clone.swap(expected, staged)) };
    },
  }));
}

/** Decides on what it read before it waited for the mutex, and writes behind whatever came in between. */
function earlyDecision(local: LocalLog, clone: Clone, { life }: Sight): LocalLog {
  return {
    ...local,
    exclusively: (work) => work(),
    append: async (draft, expected) => {
      await clone.mutex.take(life);
      const head = present(clone.head, 'the clone has a log');
      const isFirst = head !== expected && expected !== null;
      const made = isFirst
        ? { ok: true as const, oid: rebase(clone.commits, batchOf(draft), head) }
        : await local.append(draft, expected);
      if (isFirst && made.ok) clone.swap(head, made.oid);
      clone.mutex.free(life);
      return made;
    },
  };
}

/** Writes the branch without looking whether it is still where it was read. */
function withoutSwap(local: LocalLog, clone: Clone, { schedule, life }: Sight): LocalLog {
  return {
    ...local,
    exclusively: (work) => work(),
    append: async (draft, expected) => {
      const oid = clone.commits.write(draft, expected);
      await schedule.point(life, 5);
      clone.head = oid;
      return { ok: true, oid };
    },
  };
}

function inClone(
  ports: Ports,
  place: Place,
  change: (local: LocalLog, clone: Clone, sight: Sight) => LocalLog,
): Ports {
  const { clone, sight } = place;
  return clone === null ? ports : withLocal(ports, (local) => change(local, clone, sight));
}

/** Forgets before every command which ones it has seen. */
const forgetful: Program['engineOf'] = (ports) => {
  const engine = program.engineOf(ports);
  const { projection } = engine;
  const load = async () => {
    const fold = await projection.load();
    Object.assign(fold.seen, { get: () => undefined, has: () => false });
    return fold;
  };
  return { ...engine, projection: { ...projection, load } };
};

function withoutToken(operation: Operation): Operation {
  if (operation.name !== 'lock.release' || operation.kind !== 'command') return operation;
  // The sender's tokens stay out: what was given is decided as it stands.
  return { ...operation, complete: (input) => input };
}

const tokenless: Program['engineOf'] = (ports) => ({
  ...program.engineOf(ports),
  registry: { operations: registry.operations.map(withoutToken) },
});

/** Commands of a session that was replaced arrive as if they named none. */
const sessionless: typeof execute = (engine, requests) =>
  program.execute(
    engine,
    requests.map((request) => {
      const { session, ...intent } = request.intent;
      const isJoin = intent.op === 'agent.join' || session === undefined;
      return isJoin ? request : { ...request, intent };
    }),
  );

const hasty: Program['publish'] = async (engine, local, remote, waiting) => ({
  ...(await program.publish(engine, local, remote, waiting)),
  isConfirmed: true,
  problem: null,
});

export const mutants: Readonly<Record<string, Program>> = {
  'force push': { ...program, portsOf: forcedPush },
  'blind push of a clone: old decisions on the new head': {
    ...program,
    ...blindClone,
    portsOf: blindStages,
  },
  'blind push of a server: old decisions on the new head': { ...program, portsOf: blindServer },
  'no idempotency key': { ...program, engineOf: forgetful },
  'no fencing: a release without the token that its sender saw': {
    ...program,
    engineOf: tokenless,
  },
  'no fencing: commands of a late session': { ...program, execute: sessionless },
  'decide before the mutex': {
    ...program,
    portsOf: (ports, place) => inClone(ports, place, earlyDecision),
  },
  'no compare-and-swap': {
    ...program,
    portsOf: (ports, place) => inClone(ports, place, withoutSwap),
  },
  'confirmed before the remote has it': { ...program, publish: hasty },
};
