// A day without the network, then a sync: what was answered provisionally is confirmed or lost, and status says which.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import { resultOf, runShell } from '../shell.ts';

let clones: Clones;
beforeEach(() => {
  clones = new Clones();
});
afterEach(() => clones.remove());

interface Standing {
  readonly unconfirmed: readonly { readonly id: string; readonly op: string }[];
  readonly lost: readonly { readonly id: string; readonly op: string }[];
}

async function standing(clone: string, ...flags: readonly string[]): Promise<Standing> {
  return (await say(clone, 'status', ...flags)).result as unknown as Standing;
}

it('what was done offline for a day is confirmed or lost, and status says which', async () => {
  const first = await clones.begin(['ada', 'bob'], ['one', 'two', 'three']);
  const away = clones.clone('away');
  expect(await standing(away)).toMatchObject({ unconfirmed: [], lost: [] });
  const day = (hour: number): Record<string, string> => ({
    COORD_NOW: new Date(Date.now() + hour * 3_600_000).toISOString(),
  });
  const ids: string[] = [];
  for (const [hour, words] of [
    [1, ['claim', 'T-1']],
    [9, ['claim', 'T-2']],
    [23, ['task', 'add', 'found on the way']],
  ] as const) {
    const line = ['-C', away, '--offline', '--as', 'bob', ...words];
    const result = await resultOf(line, day(hour));
    expect(result).toMatchObject({ confirmed: false });
    ids.push(String(result['id']));
  }
  const before = await standing(away, '--offline');
  expect(before.unconfirmed.map(({ id }) => id)).toEqual(ids);
  expect(before.lost).toEqual([]);
  const { out } = await runShell(['-C', away, '--offline', 'status']);
  expect(out).toContain('Unconfirmed, not on origin yet: 3');

  // Just before; a claim of the day before would have lapsed, and nothing would be lost.
  await resultOf(['-C', first, '--as', 'ada', 'claim', 'T-1'], day(23.9));
  const synced = await resultOf(['-C', away, 'sync'], day(24));
  expect(synced).toMatchObject({ confirmed: true, again: 3 });
  const bob = ['-C', away, '--as', 'bob', 'status'];
  const after = await resultOf(bob, day(24));
  expect(after).toMatchObject({ unconfirmed: [], lost: [{ id: ids[0], op: 'task.claim' }] });
  expect(
    clones
      .records()
      .slice(-3)
      .map(({ id }) => id),
  ).toEqual(ids);
  expect((await runShell(bob, day(24))).out).toContain('You lost to others');
  // Nobody else is told: what bob lost is nothing that they could mend.
  expect(await resultOf(['-C', away, '--as', 'ada', 'status'], day(24))).toMatchObject({
    lost: [],
  });
  expect((await runShell(['-C', away, 'status'], day(24))).out).not.toContain('ost to others');
});
