// Who holds the mutex does the work of those who wait, once, and never that of the dead or of strangers.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../../kernel/limits.ts';
import { combine } from './combine.ts';
import type { Doing } from './combine.ts';
import { scratchDirectory } from './git-store.fixture.ts';
import { acquireMutex } from './mutex.ts';
import { ownIdentity } from './process-identity.ts';
import { takeWork, Ticket } from './spool.ts';

let scratch: ReturnType<typeof scratchDirectory>;
let place: { mutexPath: string; spoolPath: string };
let done: unknown[][];

beforeEach(() => {
  scratch = scratchDirectory();
  place = { mutexPath: join(scratch.path, 'mutex'), spoolPath: join(scratch.path, 'spool') };
  done = [];
});
afterEach(() => scratch.remove());

const doing: Doing = (items) => {
  done.push([...items]);
  return Promise.resolve(items.map((item) => `did ${String(item)}`));
};

const lane = 'one';
const spooled = (): string[] =>
  fs.existsSync(place.spoolPath) ? fs.readdirSync(place.spoolPath) : [];

describe('combine', () => {
  it('leaves no trace where nobody waits', async () => {
    expect(await combine(place, { lane, items: ['a', 'b'] }, doing)).toEqual(['did a', 'did b']);
    expect(fs.readdirSync(scratch.path)).toEqual([]);
  });

  it('does in one go what has gathered meanwhile, each answered with its own', async () => {
    const held = await acquireMutex(place.mutexPath);
    const names = ['a', 'b', 'c', 'd', 'e'];
    const all = names.map((name) => combine(place, { lane, items: [name, name] }, doing));
    await expect.poll(spooled).toHaveLength(names.length);
    held.release();
    expect(await Promise.all(all)).toEqual(names.map((name) => [`did ${name}`, `did ${name}`]));
    expect(done).toHaveLength(1);
    expect(done[0]?.toSorted()).toEqual(names.flatMap((name) => [name, name]));
    expect(spooled()).toEqual([]);
  });

  it('does not fail for what another has left, and lets that one find out', async () => {
    const held = await acquireMutex(place.mutexPath);
    const picky: Doing = (items) =>
      items.includes('bad') ? Promise.reject(new Error('as meant')) : doing(items);
    const all = ['good', 'bad', 'fine'].map((item) =>
      combine(place, { lane, items: [item] }, picky),
    );
    const settled = Promise.allSettled(all);
    await expect.poll(spooled).toHaveLength(3);
    held.release();
    const [good, bad, fine] = await settled;
    expect([good, fine]).toEqual(
      ['did good', 'did fine'].map((answer) => ({ status: 'fulfilled', value: [answer] })),
    );
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'as meant' } });
    expect(spooled()).toEqual([]);
  });
});

describe('takeWork', () => {
  const left = (work: object, name = 'x'): void => {
    fs.mkdirSync(place.spoolPath, { recursive: true });
    const file = `${String(Date.now()).padStart(15, '0')}-1-${name}.request`;
    fs.writeFileSync(join(place.spoolPath, file), JSON.stringify(work));
  };
  const offer = { lane, items: ['a'], owner: ownIdentity() };
  const taken = (itemsMax = 10): unknown[] =>
    takeWork(place.spoolPath, lane, itemsMax).map(({ items }) => items);

  it('leaves the work of another lane, and what is more than fits', () => {
    left({ ...offer, lane: 'another' }, 'p');
    left({ ...offer, items: ['b', 'c'] }, 'q');
    expect(taken(1)).toEqual([]);
    expect(taken()).toEqual([['b', 'c']]);
    expect(spooled()).toHaveLength(2);
  });

  it('throws away what the dead have left, and what nobody can read', () => {
    left({ ...offer, owner: { ...ownIdentity(), pid: 2 ** 22 + 1 } }, 'dead');
    left({ half: true }, 'torn');
    expect([taken(), spooled()]).toEqual([[], []]);
  });

  it('takes what an earlier holder had taken on when it was killed', () => {
    left(offer);
    expect(taken()).toEqual([['a']]);
    expect(taken()).toEqual([['a']]);
  });

  it('waits for one it cannot see as long as anybody waits for the mutex', () => {
    const elsewhere = { ...ownIdentity(), pidNamespace: 'pid:[1]' };
    left({ ...offer, owner: elsewhere });
    expect(taken()).toEqual([['a']]);
    const [file = ''] = spooled();
    const old = String(Date.now() - 3000 * limits.mutexWaitSecondsMax).padStart(15, '0');
    fs.renameSync(join(place.spoolPath, file), join(place.spoolPath, file.replace(/^\d+/, old)));
    expect([taken(), spooled()]).toEqual([[], []]);
  });

  it('and taking work back exclude each other', () => {
    const one = new Ticket(place.spoolPath, { lane, items: ['a'] });
    one.offer();
    expect(one.withdraw()).toBe(true);
    expect(taken()).toEqual([]);
    const two = new Ticket(place.spoolPath, { lane, items: ['a'] });
    two.offer();
    expect(taken()).toEqual([['a']]);
    expect(two.withdraw()).toBe(false);
  });
});
