// Five clones, ten commands each, every command a process of its own: all of them on the log, once, in one line.
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleShell } from '../../scripts/shell-bundle.ts';
import { Clones, say } from '../clones.ts';

const bundle = join('node_modules', '.cache', `coord-${process.pid}`);
const clones = new Clones();

// The loader of TypeScript would take most of the time of fifty processes.
beforeAll(() => bundleShell(bundle));
afterAll(() => {
  clones.remove();
  rmSync(bundle, { recursive: true, force: true });
});

async function run(words: readonly string[]): Promise<{ readonly ok: boolean }> {
  const program = resolve(bundle, 'coord.js');
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...words]);
  return JSON.parse(stdout) as { ok: boolean };
}

describe('many clones at once', () => {
  it('bring every command onto the log once, in one line', async () => {
    const names = ['a1', 'a2', 'a3', 'a4', 'a5'];
    await clones.begin(names);
    const before = clones.records().length;
    const work = names.map(async (name) => {
      const clone = clones.clone(name);
      for (let index = 0; index < 10; index += 1) {
        const words = ['task', 'add', `${name} ${index}`, '--as', name, '--json'];
        const said = await run(['-C', clone, ...words]);
        // Who was always overtaken is not confirmed; the next sync publishes it.
        expect(said.ok).toBe(true);
      }
      expect((await say(clone, 'sync')).result).toMatchObject({ confirmed: true, lost: [] });
    });
    await Promise.all(work);
    const log = clones.log();
    expect(log.slice(1).every(({ parents }, index) => parents.join() === log[index]?.oid)).toBe(
      true,
    );
    const records = clones.records().slice(before);
    expect(records).toHaveLength(50);
    expect(new Set(records.map(({ id }) => id)).size).toBe(50);
    const titles = records.map(({ input }) => (input as { title: string }).title);
    expect(new Set(titles).size).toBe(50);
    const seqs = clones.records().map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    expect((await say(join(clones.folder, 'a1'), 'verify')).result).toMatchObject({ valid: true });
  }, 180_000);
});
