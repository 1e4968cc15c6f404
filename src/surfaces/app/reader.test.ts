// Many readers of one projection: nobody is answered with a head that was read before they asked.
import { expect, it } from 'vitest';
import type { Fold } from '../../engine/fold.ts';
import type { Projection } from '../../engine/project.ts';
import { sharedProjection } from './reader.ts';

interface Load {
  readonly finish: (fold: string) => void;
  readonly fail: () => void;
}

function manual(): { loads: Load[]; projection: Projection } {
  const loads: Load[] = [];
  const load = (): Promise<Fold> =>
    new Promise((resolve, reject) => {
      const finish = (fold: string): void => resolve(fold as unknown as Fold);
      loads.push({ finish, fail: () => reject(new Error('unreachable')) });
    });
  return { loads, projection: { load, forget: () => undefined } };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('shares the next load among all who ask while one is running', async () => {
  const { loads, projection } = manual();
  const shared = sharedProjection(projection);
  const first = shared.load();
  const [second, third] = [shared.load(), shared.load()];
  expect(loads).toHaveLength(1);
  loads[0]?.finish('early');
  expect(await first).toBe('early');
  await settle();
  expect(loads).toHaveLength(2);
  const fourth = shared.load();
  loads[1]?.finish('late');
  expect(await Promise.all([second, third])).toEqual(['late', 'late']);
  await settle();
  loads[2]?.finish('last');
  expect(await fourth).toBe('last');
});

it('loads anew after a load that failed', async () => {
  const { loads, projection } = manual();
  const shared = sharedProjection(projection);
  const first = shared.load();
  const second = shared.load();
  loads[0]?.fail();
  await expect(first).rejects.toThrow('unreachable');
  await settle();
  loads[1]?.finish('good');
  expect(await second).toBe('good');
});
