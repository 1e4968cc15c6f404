// Where processes that wait for the mutex leave their work, so that whoever holds it does that too and leaves the answers.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { limits } from '../../../kernel/limits.ts';
import { namesIn, removeIfPresent, removeOldFiles, uniquePath } from './durable-file.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { judgeLiveness, ownIdentity } from './process-identity.ts';

/**
 * Work that any holder of the mutex may do, as JSON. Nobody relies on its file: who left it keeps it in memory, does
 * it itself when the mutex falls to it first, and is told nothing before it is durable. So the file is not synced,
 * and whatever goes wrong with it costs time only.
 */
export interface Work {
  /** Only who would do it in the same way may do it: holders take work of their own lane. */
  readonly lane: string;
  readonly items: readonly unknown[];
}

/** Work of another process that the holder of the mutex has taken on. */
export interface TakenWork {
  readonly name: string;
  readonly items: readonly unknown[];
}

interface Offer extends Work {
  readonly owner: ProcessIdentity;
}

/** One's own work while one waits. */
export class Ticket {
  /** Names sort by the time they were made, so that work is done in the order it came. */
  readonly name = `${String(Date.now()).padStart(15, '0')}-${process.pid}-${randomBytes(4).toString('hex')}`;
  readonly #directory: string;
  readonly #work: Work;
  #isOffered = false;

  constructor(directory: string, work: Work) {
    this.#directory = directory;
    this.#work = work;
  }

  /** Leaves the work for others; without room on the disk it is not left, and its owner waits for its own turn. */
  offer(): void {
    this.#isOffered = true;
    const offer: Offer = { ...this.#work, owner: ownIdentity() };
    quietly(() => {
      fs.mkdirSync(this.#directory, { recursive: true });
      publish(this.#directory, `${this.name}.request`, offer);
    });
  }

  isAnswered(): boolean {
    return this.#isOffered && fs.existsSync(this.#path('answer'));
  }

  /** The answers to the items, null when there are none that can be read. */
  takeAnswers(): readonly unknown[] | null {
    if (!this.#isOffered) return null;
    const text = quietly(() => fs.readFileSync(this.#path('answer'), 'utf8'));
    const answers = text === undefined ? undefined : quietly(() => JSON.parse(text) as unknown);
    for (const kind of ['answer', 'taken', 'request'] as const) this.#remove(kind);
    return Array.isArray(answers) && answers.length === this.#work.items.length ? answers : null;
  }

  /** Takes the work back; false when another process may be doing it. */
  withdraw(): boolean {
    if (!this.#isOffered || this.#remove('request')) return true;
    return !fs.existsSync(this.#path('taken')) && !fs.existsSync(this.#path('answer'));
  }

  #remove(kind: Kind): boolean {
    return quietly(() => removeIfPresent(this.#path(kind))) ?? false;
  }

  #path(kind: Kind): string {
    return join(this.#directory, `${this.name}.${kind}`);
  }
}

type Kind = 'request' | 'taken' | 'answer';

/**
 * The work that others have left, oldest first; only for the holder of the mutex. What a holder took on that was
 * killed is among it: doing work twice must be harmless. Work of processes that have ended is thrown away, for
 * nobody waits for it any more.
 */
export function takeWork(directory: string, lane: string, itemsMax: number): TakenWork[] {
  const names = quietly(() => namesIn(directory)) ?? [];
  if (names.length === 0) return [];
  removeAnswers(directory, names);
  const taken: TakenWork[] = [];
  let room = itemsMax;
  for (const file of names.filter((each) => /\.(?:request|taken)$/.test(each)).sort()) {
    const items = takeOne(directory, file, lane, room);
    if (items === null) continue;
    room -= items.length;
    taken.push({ name: nameOf(file), items });
  }
  return taken;
}

/** Gives the answers to whoever left the work. */
export function answerWork(
  directory: string,
  { name }: TakenWork,
  answers: readonly unknown[],
): void {
  quietly(() => {
    publish(directory, `${name}.answer`, answers);
    removeIfPresent(join(directory, `${name}.taken`));
  });
}

/** Gives work back that could not be done; its owner does it when its turn comes. */
export function returnWork(directory: string, { name }: TakenWork): void {
  quietly(() => removeIfPresent(join(directory, `${name}.taken`)));
}

/** Removes half-written files of killed processes, once they are old. */
export function sweepSpool(directory: string): void {
  quietly(() => removeOldFiles(directory, /^tmp_/, limits.staleTemporarySeconds));
}

function takeOne(
  directory: string,
  file: string,
  lane: string,
  room: number,
): readonly unknown[] | null {
  const path = join(directory, file);
  const text = quietly(() => fs.readFileSync(path, 'utf8'));
  if (text === undefined) return null;
  const offer = quietly(() => JSON.parse(text) as unknown);
  if (!isOffer(offer) || isAbandoned(offer, file)) {
    quietly(() => removeIfPresent(path));
    return null;
  }
  if (offer.lane !== lane || offer.items.length > room) return null;
  // Whoever gives up waiting must know whether somebody is at it: taking it and taking it back exclude each other.
  const isTaken =
    file.endsWith('.taken') ||
    quietly(() => {
      fs.renameSync(path, join(directory, `${nameOf(file)}.taken`));
      return true;
    }) === true;
  return isTaken ? offer.items : null;
}

function isOffer(value: unknown): value is Offer {
  if (typeof value !== 'object' || value === null) return false;
  const { lane, items, owner } = value as Partial<Record<keyof Offer, unknown>>;
  return typeof lane === 'string' && Array.isArray(items) && typeof owner === 'object';
}

/** Nobody waits longer than for the mutex; what cannot be seen from here is judged by that. */
function isAbandoned({ owner }: Offer, file: string): boolean {
  const liveness = quietly(() => judgeLiveness(owner)) ?? 'unknown';
  return (
    liveness === 'dead' ||
    (liveness === 'unknown' && ageSeconds(file) > 2 * limits.mutexWaitSecondsMax)
  );
}

/** Answers that were never fetched, as by a process that was killed meanwhile. */
function removeAnswers(directory: string, names: readonly string[]): void {
  const isOld = (file: string): boolean => ageSeconds(file) > limits.staleTemporarySeconds;
  for (const file of names.filter((each) => each.endsWith('.answer') && isOld(each))) {
    quietly(() => removeIfPresent(join(directory, file)));
  }
}

function ageSeconds(file: string): number {
  return (Date.now() - Number(file.split('-', 1)[0])) / 1000;
}

function nameOf(file: string): string {
  return file.slice(0, file.lastIndexOf('.'));
}

/** A file that appears whole: a reader never sees half of it. */
function publish(directory: string, name: string, value: unknown): void {
  const temporary = uniquePath(directory, 'tmp_');
  try {
    fs.writeFileSync(temporary, JSON.stringify(value), { flag: 'wx' });
    fs.renameSync(temporary, join(directory, name));
  } catch (error) {
    removeIfPresent(temporary);
    throw error;
  }
}

/** The spool saves time and nothing else: where the system refuses, everybody does their own work. */
function quietly<Result>(step: () => Result): Result | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
