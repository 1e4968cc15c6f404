// Questions remember what the log came to; what they remember is a cache that anybody may delete or damage.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
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

  it('believes a snapshot; a command never does', async () => {
    const clone = join(world.folder, 'first');
    await answers(clone);
    const path = snapshotOf(clone);
    const kept = readFileSync(path);
    const [, ...lines] = readFileSync(path, 'utf8').split('\n');
    const body = Buffer.from(lines.join('\n').replaceAll('"codex"', '"c0dex"'));
    writeFileSync(path, Buffer.concat([Buffer.from(`${crc32(body)}\n`), body]));
    expect((await answers(clone))[0]).toContain('c0dex');
    const sent = ['send', 'codex', 'Do you hear me?', '--as', 'opus', '--offline'];
    expect(await resultOf(['-C', clone, ...sent])).toMatchObject({ message: { to: 'codex' } });
    const refused = await runShell(['-C', clone, 'send', 'c0dex', 'And you?', '--as', 'opus']);
    expect(refused.out + refused.err).toContain('Nobody named c0dex');
    expect((await runShell(['-C', clone, 'verify', '--offline'])).status).toBe(0);
    writeFileSync(path, kept);
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
