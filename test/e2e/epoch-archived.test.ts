// A clone that has an epoch and not the archive before it: what is said of it, and how the archive comes here.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clones, say } from '../clones.ts';
import { git } from '../log-forge.ts';
import { resultOf, runShell } from '../shell.ts';
import { storeOf, verify } from '../tampered-log.ts';

const world = new Clones();
const attic = join(world.folder, 'octo', 'attic.git');
let fresh = '';
let root = '';

beforeAll(async () => {
  const first = await world.begin(['ada'], ['one', 'two']);
  git(world.folder, ['init', '-q', '--bare', attic]);
  git(first, ['remote', 'add', 'attic', attic]);
  await resultOf(['-C', first, 'epoch', 'roll', '--yes', '--archive', 'attic']);
  root = git(world.remote, ['rev-parse', 'coord']).trim();
  fresh = world.clone('fresh');
});
afterAll(() => world.remove());

const ref = 'refs/coord/archive/1';
const fetchArchive = `coord git fetch URL-OF-IT '${ref}:${ref}'`;

describe('a level that needs what is in the archive', () => {
  it.each(['genesis', 'checkpoint'])('%s is not reached, and that is a problem', async (level) => {
    const [status, answer] = await verify(fresh, '--level', level);
    expect([status, answer]).toMatchObject([1, { level, reached: 'window', valid: false }]);
    const [problem, ...others] = answer.problems;
    expect([problem?.commit, others]).toEqual([root, []]);
    expect(problem?.reason).toContain(`The level ${level} is not reached.`);
    expect(problem?.reason).toContain('epoch 1, which is neither here nor on origin');
    expect(problem?.reason).toContain('from octo/attic');
    expect(problem?.reason).toContain(fetchArchive);
    const { out } = await runShell(['-C', fresh, 'verify', '--level', level]);
    expect(out).not.toContain('The log is good');
    const offline = (await verify(fresh, '--level', level, '--offline'))[1].problems[0]?.reason;
    expect(offline).toContain('Leave --offline out');
  });

  it('is no problem where no level is asked for, and says how far was looked', async () => {
    expect(await verify(fresh)).toMatchObject([0, { level: 'window', reached: 'window' }]);
  });
});

describe('a question about what is in the archive', () => {
  it.each([[['trace', 'T-1']], [['status', '--at', '2']]])('%j', async (words) => {
    const { status, error } = await say(fresh, ...words);
    expect([status, error.code]).toEqual([3, 'past-not-here']);
    expect(error.message).toContain(`The log before ${root} is in the archive of epoch 1`);
    expect(error.message).toContain('neither here nor on origin');
    expect(error.message).toContain(fetchArchive);
    expect(error.message).not.toMatch(/quarantine|--offline/);
    const offline = (await say(fresh, ...words, '--offline')).error.message;
    expect(offline).toContain('Leave --offline out to look for it on origin');
  });
});

it('is all there once the archive is fetched as it says', async () => {
  const whole = world.clone('whole');
  await resultOf(['-C', whole, 'sync']);
  await runShell(['-C', whole, 'git', 'fetch', '-q', attic, `${ref}:${ref}`]);
  expect(git(storeOf(whole), ['rev-parse', ref])).toMatch(/^[0-9a-f]{40}/);
  for (const level of ['genesis', 'checkpoint']) {
    const expected = { level, reached: level, valid: true, checkpoints: { compared: 2 } };
    expect(await verify(whole, '--level', level)).toMatchObject([0, expected]);
  }
  expect((await say(whole, 'trace', 'T-1')).status).toBe(0);
  expect((await say(whole, 'status', '--at', '2')).status).toBe(0);
});

it('is fetched for one look where the remote keeps it', async () => {
  git(world.remote, ['fetch', '-q', attic, `${ref}:${ref}`]);
  try {
    for (const level of ['genesis', 'checkpoint']) {
      expect(await verify(fresh, '--level', level)).toMatchObject([0, { reached: level }]);
    }
    expect((await say(fresh, 'trace', 'T-1')).status).toBe(0);
  } finally {
    git(world.remote, ['update-ref', '-d', ref]);
  }
});
