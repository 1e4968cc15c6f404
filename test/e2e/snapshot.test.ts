// Questions remember what the log came to; what they remember is a cache that anybody may delete or damage.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Clones } from '../clones.ts';
import { resultOf, runShell } from '../shell.ts';
import { storeOf } from '../tampered-log.ts';

const world = new Clones();
afterAll(() => world.remove());

const secret = 'tulip-8841-orchid';
const snapshotOf = (clone: string): string => join(storeOf(clone), 'coord-snapshot');
const questions = [
  ['status'],
  ['inbox', '--as', 'codex'],
  ['task', 'list'],
  ['continue', '--as', 'opus'],
];

async function answers(clone: string): Promise<string[]> {
  const said: string[] = [];
  for (const words of questions) {
    const { status, out, err } = await runShell(['-C', clone, '--offline', ...words]);
    said.push(`${status} ${out} ${err}`);
  }
  return said;
}

describe('a question', () => {
  it('gets the same answer with a snapshot, without one, and with one that is damaged', async () => {
    const clone = await world.begin(['codex', 'opus']);
    const path = snapshotOf(clone);
    const say = (...words: string[]) => resultOf(['-C', clone, '--offline', ...words]);
    await say('send', 'codex', 'Hello', secret, '--as', 'opus');
    for (let n = 1; n <= 18; n += 1) await say('task', 'add', `task ${n}`, '--as', 'opus');
    expect(existsSync(path)).toBe(false);
    const first = await answers(clone);
    expect(readFileSync(path, 'utf8')).toContain(secret);
    expect(await answers(clone)).toEqual(first);

    await say('claim', 'T-3', '--as', 'codex');
    const withSnapshot = await answers(clone);
    expect(withSnapshot).not.toEqual(first);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 100));
    expect(await answers(clone)).toEqual(withSnapshot);
    rmSync(path);
    expect(await answers(clone)).toEqual(withSnapshot);
  });

  it('keeps no text of an epoch that has ended', async () => {
    const clone = join(world.folder, 'first');
    expect(readFileSync(snapshotOf(clone), 'utf8')).toContain(secret);
    await resultOf(['-C', clone, 'redact', 'M-1', '--reason', 'a password']);
    await resultOf(['-C', clone, 'epoch', 'roll', '--yes']);
    const [status = ''] = await answers(clone);
    expect(status).toMatch(/^0 .*codex/s);
    expect(existsSync(snapshotOf(clone))).toBe(false);
  });
});
