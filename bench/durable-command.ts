// One durable command in a warm process against the bare file system calls that it cannot do without, in the same process.
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { makeRepository, temporaryDirectory } from './program.ts';
import { mean, median, timed } from './sampling.ts';
import { SeededEngine } from './seeded-log.ts';

/** What the shell promised first, and what the store is held to since. */
const timesBareMax = [2, 1.5] as const;
const warmUps = 30;
const holder = 'codex';

interface Sizes {
  readonly packBytes: number;
  readonly indexBytes: number;
}

/** Sizes of pack and index that one command leaves; the smallest pack is no merged one and holds no checkpoint. */
function sizesIn(packDir: string): Sizes {
  const packs = readdirSync(packDir)
    .filter((name) => name.endsWith('.pack'))
    .map((name) => ({ name, bytes: statSync(join(packDir, name)).size }))
    .sort((left, right) => left.bytes - right.bytes);
  const smallest = packs[0];
  if (smallest === undefined) throw new Error('The log has no packs.');
  const index = join(packDir, smallest.name.replace(/\.pack$/, '.idx'));
  return { packBytes: smallest.bytes, indexBytes: statSync(index).size };
}

function writeSynced(path: string, bytes: Buffer, sync: (file: number) => void): void {
  const file = openSync(path, 'wx');
  writeSync(file, bytes);
  sync(file);
  closeSync(file);
}

function syncDirectory(path: string): void {
  // Windows has no sync of a directory, and the store does not ask for one there.
  if (process.platform === 'win32') return;
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}

/** The bare sequence in a directory laid out as the store is. */
class BareSequence {
  readonly #root: string;
  readonly #packs: string;
  readonly #refs: string;
  readonly #pack: Buffer;
  readonly #index: Buffer;
  readonly #mutex = Buffer.alloc(400, 'm');
  readonly #ref = Buffer.alloc(41, 'r');
  #count = 0;

  constructor(root: string, sizes: Sizes) {
    this.#root = root;
    this.#packs = join(root, 'objects', 'pack');
    this.#refs = join(root, 'refs', 'heads');
    mkdirSync(this.#packs, { recursive: true });
    mkdirSync(this.#refs, { recursive: true });
    this.#pack = Buffer.alloc(sizes.packBytes, 'p');
    this.#index = Buffer.alloc(sizes.indexBytes, 'i');
  }

  /** Mutex, pack, index, directory, ref, directory: all that durability and mutual exclusion ask for. */
  once(): void {
    this.#count += 1;
    const mutex = join(this.#root, 'mutex');
    writeSynced(mutex, this.#mutex, () => undefined);
    const [pack, index] = ['pack', 'idx'].map((kind) =>
      join(this.#packs, `${this.#count}.${kind}`),
    );
    writeSynced(`${pack ?? ''}.tmp`, this.#pack, fdatasyncSync);
    writeSynced(`${index ?? ''}.tmp`, this.#index, fdatasyncSync);
    renameSync(`${pack ?? ''}.tmp`, pack ?? '');
    renameSync(`${index ?? ''}.tmp`, index ?? '');
    syncDirectory(this.#packs);
    const lock = join(this.#refs, 'coord.lock');
    writeSynced(lock, this.#ref, fsyncSync);
    renameSync(lock, join(this.#refs, 'coord'));
    syncDirectory(this.#refs);
    unlinkSync(mutex);
  }

  /** Keeps the directory as small as consolidation keeps the store's. */
  tidy(): void {
    const names = readdirSync(this.#packs);
    if (names.length <= 80) return;
    for (const name of names) rmSync(join(this.#packs, name));
  }
}

function note(command: readonly number[], bare: readonly number[], sizes: Sizes): string {
  return (
    `${(median(command) / median(bare)).toFixed(2)} x the bare calls for a pack of ${sizes.packBytes} B and an index of ${sizes.indexBytes} B; ` +
    `mean ${mean(command).toFixed(2)} ms with checkpoints and merged packs, bare ${mean(bare).toFixed(2)} ms`
  );
}

/** Lock and unlock in turn on the local log, each one commit; one measurement against both limits. */
export async function durableCommandFigures(rounds: number): Promise<Figure[]> {
  const place = temporaryDirectory('durable');
  try {
    const repository = join(place.path, 'repository');
    makeRepository(repository, { 'README.md': 'A repository.\n' });
    const commonDir = join(repository, '.git');
    const seeded = new SeededEngine(commonDir, { nowMs: Date.now() });
    await seeded.init();
    await seeded.say(holder, 'agent.join', { name: holder });
    let isHeld = false;
    const prepare = async (): Promise<() => Promise<void>> => {
      seeded.pass(1);
      const op = isHeld ? 'lock.release' : 'lock.acquire';
      const request = await seeded.request(holder, op, { scope: ['src/network/**'] });
      isHeld = !isHeld;
      return async () => {
        const answer = await seeded.execute(request);
        if (!answer.ok) throw new Error(answer.message);
      };
    };
    for (let round = 0; round < warmUps; round += 1) await (await prepare())();
    const packDir = join(commonDir, 'coord', 'store.git', 'objects', 'pack');
    const sizes = sizesIn(packDir);
    const bare = new BareSequence(join(place.path, 'bare'), sizes);
    for (let round = 0; round < warmUps; round += 1) bare.once();
    const samples = { command: [] as number[], bare: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const command = await prepare();
      samples.command.push(await timed(command));
      samples.bare.push(await timed(() => bare.once()));
      bare.tidy();
    }
    const floor = median(samples.bare);
    return timesBareMax.map((times) => ({
      name: `one durable command, warm, limit ${times}`,
      ...{ statistic: 'median', unit: 'ms', rounds, measured: median(samples.command) },
      limit: times * floor,
      limitIs: `${times} x the bare file system calls (${floor.toFixed(2)} ms)`,
      note: note(samples.command, samples.bare, sizes),
    }));
  } finally {
    place.remove();
  }
}
