// Eight clones, twenty-five commands each, each clone a process of its own: all of them on the remote's log, once, in one line.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import { bundleChild } from '../concurrency/bundle.ts';

const commands = 25;
const names = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8'];
const clones = new Clones();
let program = '';

beforeAll(async () => {
  const source = new URL('../concurrency/clone.child.ts', import.meta.url);
  program = await bundleChild(source, join(clones.folder, 'bundle'));
});
afterAll(() => clones.remove());

interface Said {
  readonly id: string;
  readonly isConfirmed: boolean;
  readonly problem: string | null;
}

/** Works in a clone of its own and answers what became of each command. */
async function work(name: string): Promise<readonly Said[]> {
  const words = [program, clones.clone(name), name, String(commands)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Said);
}

describe('many clones at once', () => {
  it('bring every command onto the log once, in one line', async () => {
    await clones.begin(names);
    const before = clones.records().length;
    const begun = performance.now();
    const said = (await Promise.all(names.map(work))).flat();
    const seconds = (performance.now() - begun) / 1000;
    const late = said.filter(({ isConfirmed }) => !isConfirmed);
    process.stdout.write(
      `${said.length} commands of ${names.length} clones in ${seconds.toFixed(1)} s, ${late.length} not confirmed at once\n`,
    );
    // Who was always overtaken is not confirmed; the next sync publishes it. Nothing else goes wrong.
    expect(late.filter(({ problem }) => problem !== 'remote-busy')).toEqual([]);
    for (const name of names) {
      const synced = await say(join(clones.folder, name), 'sync');
      expect(synced.result).toMatchObject({ confirmed: true, lost: [] });
    }
    const log = clones.log();
    const parents = log.slice(1).map((commit) => commit.parents.join());
    expect(parents).toEqual(log.slice(0, -1).map(({ oid }) => oid));
    const records = clones.records();
    const ids = records.slice(before).map(({ id }) => id);
    expect(ids.toSorted()).toEqual(said.map(({ id }) => id).toSorted());
    expect(new Set(ids).size).toBe(names.length * commands);
    const seqs = records.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    expect((await say(join(clones.folder, 'a1'), 'verify')).result).toMatchObject({ valid: true });
  }, 300_000);
});
