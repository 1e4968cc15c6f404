// Makes a log of many one-command commits with the real engine, as a team of agents would leave it, and keeps it for the next run.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLocalLog } from '../src/adapters/git/local-log.ts';
import { verifySignature } from '../src/adapters/system/signature.ts';
import type { Clock } from '../src/engine/clock.ts';
import type { Request } from '../src/engine/decide.ts';
import { execute } from '../src/engine/execute.ts';
import type { Answer } from '../src/engine/answer.ts';
import type { Engine } from '../src/engine/execute.ts';
import { routeEvents } from '../src/engine/fold.ts';
import { createLog } from '../src/engine/init.ts';
import { projectionOf } from '../src/engine/project.ts';
import { evolutionsOf } from '../src/engine/registry-port.ts';
import type { Details } from '../src/kernel/fault.ts';
import { limits } from '../src/kernel/limits.ts';
import { nextHybridTime } from '../src/log/clock.ts';
import { idRandomBytes, uuidv7 } from '../src/log/id.ts';
import { defaultPolicy } from '../src/policy/default.ts';
import { registry } from '../src/registry.ts';
import { makeRepository } from './program.ts';
import { Team } from './team.ts';
import type { Temper } from './team.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What a seeded log depends on; whatever changes here makes a new one. */
const sources = [
  'bench/seeded-log.ts',
  'bench/team.ts',
  'src/log',
  'src/engine',
  'src/concepts',
  'src/adapters/git',
];
/** A log to seed: how many one-command commits, by whom, how far apart. */
export interface Story {
  readonly commits: number;
  readonly temper: Temper;
  readonly secondsBetweenCommands: number;
}

/** Ten days of a team in a rush. */
export function rush(commits: number): Story {
  return { commits, temper: 'busy', secondsBetweenCommands: 90 };
}

/** A hundred thousand commits of it are two years. */
export function years(commits: number): Story {
  return { commits, temper: 'steady', secondsBetweenCommands: 630 };
}

/** The story begins so long ago that, with what is refused in between, none of it lies in the future. */
const storyToSpan = 2;

/** An engine on the log of a repository at a time of our own, whose commands are written as the shell writes them. */
export class SeededEngine {
  readonly engine: Engine;
  readonly #time: { nowMs: number };
  #made = 0;

  constructor(commonDir: string, time: { nowMs: number }) {
    this.#time = time;
    const clock: Clock = {
      now: () => new Date(this.#time.nowMs).toISOString(),
      randomBytes: (count) => {
        this.#made += 1;
        return createHash('sha256').update(String(this.#made)).digest().subarray(0, count);
      },
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      sleep: () => Promise.resolve(),
    };
    const store = openLocalLog(commonDir, false);
    const evolutions = routeEvents(evolutionsOf(registry));
    const projection = projectionOf(store, evolutions, clock);
    const policy = { oid: 'none', policy: defaultPolicy() };
    this.engine = {
      ...{ store, registry, evolutions, projection, clock },
      policy: () => Promise.resolve(policy),
      verify: verifySignature,
    };
  }

  async init(): Promise<void> {
    const created = await createLog(
      this.engine,
      'git:anna',
      { by: 'shell', subject: 'bench' },
      'bench',
    );
    if (!created.ok) throw new Error(created.message);
  }

  /** Whether the next commit will carry a checkpoint. */
  async isFarFromCheckpoint(): Promise<boolean> {
    const { position } = await this.engine.projection.load();
    return position?.tail === limits.tailCommitsMax;
  }

  pass(seconds: number): void {
    this.#time.nowMs += seconds * 1000;
  }

  async request(actor: string, op: string, input: Details): Promise<Request> {
    const { clock, projection } = this.engine;
    const fold = await projection.load();
    const now = clock.now();
    const id = uuidv7(Date.parse(now), clock.randomBytes(idRandomBytes));
    const hlc = nextHybridTime(fold.position?.hlc ?? null, now);
    const intent = { id, log: fold.log ?? '', op, actor, hlc, input };
    const auth = { by: 'shell', subject: `${actor}@example.com` } as const;
    return { intent, auth, isPersonPresent: false };
  }

  /** Executes one request as a commit of its own. */
  async execute(request: Request): Promise<Answer> {
    const [answer] = await execute(this.engine, [request]);
    if (answer === undefined) throw new Error('The engine gave no answer.');
    return answer;
  }

  async say(actor: string, op: string, input: Details): Promise<Answer> {
    return this.execute(await this.request(actor, op, input));
  }
}

async function seed(
  directory: string,
  { commits, temper, secondsBetweenCommands }: Story,
  progress: (text: string) => void,
): Promise<void> {
  makeRepository(directory, { 'README.md': 'A repository with a long history of coordination.\n' });
  const nowMs = Date.now() - commits * secondsBetweenCommands * storyToSpan * 1000;
  const seeded = new SeededEngine(join(directory, '.git'), { nowMs });
  await seeded.init();
  const team = new Team(temper);
  // The genesis is the first commit. The last one stands as far from a checkpoint as a commit can, where reading costs most.
  for (let made = 1; made < commits || !(await seeded.isFarFromCheckpoint());) {
    const { actor, op, input } = team.next();
    seeded.pass(secondsBetweenCommands);
    const answer = await seeded.say(actor, op, input);
    if (answer.ok && answer.seq !== null) {
      made += 1;
      team.happened(op, actor, answer.id, input);
      if (made % 1000 === 0) progress(`seeding the log: ${made} of ${commits} commits`);
    } else {
      // A team that says what nobody understands leaves another log than the one that was meant.
      if (!answer.ok && answer.code === 'bad-input') throw new Error(answer.message);
      team.refused(op);
    }
  }
}

/** Seeds in memory where the system has a place for that: ten thousand durable commits keep a disk busy for minutes. */
async function seedInto(
  kept: string,
  story: Story,
  progress: (text: string) => void,
): Promise<void> {
  const memory = '/dev/shm';
  const place = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'coord-bench-seed-'));
  const making = `${kept}.making-${process.pid}`;
  try {
    await seed(join(place, 'repository'), story, progress);
    cpSync(join(place, 'repository'), making, { recursive: true, preserveTimestamps: true });
    writeFileSync(join(making, 'complete'), '');
    renameSync(making, kept);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function filesOf(path: string): string[] {
  if (path.endsWith('.ts')) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !name.includes('.test.') && !name.includes('.fixture.'))
    .flatMap((entry) =>
      entry.isDirectory() || entry.name.endsWith('.ts') ? filesOf(join(path, entry.name)) : [],
    )
    .sort();
}

function keyOf(story: Story): string {
  const hash = createHash('sha256').update(JSON.stringify(story));
  for (const file of sources.flatMap((path) => filesOf(join(root, path))))
    hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** The last log of a story that was kept, whatever has changed since; null where there is none. */
function lastKept(shelf: string, name: string): string | null {
  const found = existsSync(shelf) ? readdirSync(shelf) : [];
  const kept = found.find(
    (entry) => entry.startsWith(`${name}-`) && existsSync(join(shelf, entry, 'complete')),
  );
  return kept === undefined ? null : join(shelf, kept);
}

/** Set to 1, logs of earlier runs are used although a source they depend on has changed since. */
const keepsOld = process.env['BENCH_KEPT_LOGS'] === '1';

/**
 * The directory of a repository with the log of a story: only for reading. It is seeded once and kept from then on,
 * until a source that it depends on changes.
 */
export async function seededLog(story: Story, progress: (text: string) => void): Promise<string> {
  const shelf = join(tmpdir(), 'coord-bench-logs');
  const name = `${story.temper}-${story.commits}`;
  const old = lastKept(shelf, name);
  if (keepsOld && old !== null) return old;
  const kept = join(shelf, `${name}-${keyOf(story)}`);
  if (existsSync(join(kept, 'complete'))) return kept;
  if (old !== null) rmSync(old, { recursive: true, force: true });
  mkdirSync(shelf, { recursive: true });
  await seedInto(kept, story, progress);
  return kept;
}

/** Puts a copy of the repository of a story at `directory`, which must not exist. */
export async function copySeededLog(
  directory: string,
  story: Story,
  progress: (text: string) => void,
): Promise<void> {
  const kept = await seededLog(story, progress);
  cpSync(kept, directory, { recursive: true, preserveTimestamps: true });
}
