// Keys from the shell: made on this machine, said to the log, and used by every command from then on.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clones, saidBy } from '../clones.ts';
import type { Said } from '../clones.ts';
import { git } from '../log-forge.ts';
import { runShell } from '../shell.ts';

const policy = (roots = ''): string => `version: 1
enforce: require
agents:
  codex: { tier: implementer }
  opus: { tier: executive${roots} }
plan:
  phases:
    - { id: rpc, scopes: { codex: { write: ["src/rpc/**"] } } }
`;

function writePolicy(repository: string, text: string): void {
  mkdirSync(join(repository, '.github'), { recursive: true });
  writeFileSync(join(repository, '.github', 'coord.yml'), text);
  git(repository, ['add', '.']);
  git(repository, ['commit', '-q', '-m', 'policy']);
}

/** Runs a command line on a machine whose settings are in `config`. */
async function on(config: string, directory: string, ...words: string[]): Promise<Said> {
  const environment = { COORD_CONFIG_DIR: config };
  return saidBy(await runShell(['-C', directory, ...words, '--json'], environment));
}

describe('in a repository without a remote', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coord agent key '));
  const work = join(folder, 'work');
  const config = join(folder, 'config');
  const codex = (...words: string[]) => on(config, work, ...words, '--as', 'codex');
  const last = (): Record<string, unknown> => {
    const store = join(work, '.git', 'coord', 'store.git');
    const text = git(store, ['cat-file', 'blob', 'coord:batch.ndjson']).trim();
    return JSON.parse(text.split('\n').at(-1) ?? '') as Record<string, unknown>;
  };

  beforeAll(async () => {
    git(folder, ['init', '-q', '--initial-branch=main', work]);
    writePolicy(work, policy());
    await on(config, work, 'init');
    await codex('agent', 'join', 'codex');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('a key that is added signs from then on, and only where it is', async () => {
    expect((await codex('lock', 'src/a.ts')).status).toBe(0);
    expect(last()).not.toHaveProperty('sig');
    const { result } = await codex('agent', 'key', 'add');
    expect(result).toMatchObject({ confirmed: true, key: { agent: 'codex', state: 'live' } });
    expect((await codex('lock', 'src/b.ts')).status).toBe(0);
    const { key } = result['key'] as { key: string };
    expect(last()).toMatchObject({ auth: { by: 'key', subject: key } });
    const elsewhere = await on(join(folder, 'other'), work, 'lock', 'src/c.ts', '--as', 'codex');
    expect(elsewhere.error.code).toBe('signature-required');
    expect((await on(join(folder, 'other'), work, 'task', 'add', 'x')).status).toBe(0);
  });

  it('grants and references are filled in before it signs', async () => {
    await codex('lock', 'src/d.ts');
    const { id } = last();
    expect((await codex('unlock', 'src/d.ts')).status).toBe(0);
    expect(last()).toMatchObject({ auth: { by: 'key' }, input: { grant: [id] } });
    await codex('claim', 'T-1');
    const { input } = last();
    expect((input as { id: string }).id).toMatch(/^[0-9a-f]{8}-/);
  });

  it('is rotated, revoked and listed', async () => {
    const before = await codex('agent', 'key', 'list');
    const [old] = before.result['keys'] as { key: string }[];
    expect((await codex('agent', 'key', 'rotate')).status).toBe(0);
    expect((await codex('lock', 'src/e.ts')).status).toBe(0);
    const after = (await codex('agent', 'key', 'list')).result['keys'] as { key: string }[];
    expect(after).toMatchObject([{ key: old?.key, state: 'ended' }, { state: 'live' }]);
    expect(last()).toMatchObject({ auth: { subject: after[1]?.key } });
    expect((await codex('agent', 'key', 'revoke', '--reason', 'try')).status).toBe(0);
    expect((await codex('lock', 'src/f.ts')).status).toBe(0);
    expect(last()).toMatchObject({ auth: { by: 'shell' } });
    expect((await codex('agent', 'key', 'add')).status).toBe(0);
    expect((await codex('lock', 'src/g.ts')).status).toBe(0);
    expect(last()).toMatchObject({ auth: { by: 'key' } });
    expect((await codex('verify')).result).toMatchObject({ valid: true });
  });

  it('no private key is in the repository or on the log', () => {
    const [log = ''] = readdirSync(join(config, 'keys'));
    const pem = readFileSync(join(config, 'keys', log, 'codex.pem'), 'utf8');
    const secret = pem.split('\n')[1] ?? '';
    expect(secret.length).toBeGreaterThan(40);
    const store = join(work, '.git', 'coord', 'store.git');
    expect(git(store, ['log', '-p', 'coord'])).not.toContain(secret);
    expect(git(work, ['status', '--porcelain'])).toBe('');
  });

  it('a second machine makes a key and is told where to add it', async () => {
    const away = (...words: string[]) => on(join(folder, 'away'), work, ...words, '--as', 'codex');
    const { status, error } = await away('agent', 'key', 'add');
    expect({ status, code: error.code }).toEqual({ status: 1, code: 'signature-required' });
    const { key } = error.data as { key: string };
    expect(error.message).toContain(`on this machine is another, ${key}, and does not count`);
    expect(error.message).toContain(`coord key add ${key} --as codex`);
    expect((await codex('key', 'add', key)).status).toBe(0);
    expect((await away('lock', 'src/away.ts')).status).toBe(0);
    expect(last()).toMatchObject({ auth: { by: 'key', subject: key } });
    expect((await away('agent', 'key', 'add')).result).toMatchObject({ key: { key } });
  });

  it('who may not yet is told that the key is there, and goes on with it later', async () => {
    const opus = (...words: string[]) => on(config, work, ...words, '--as', 'opus');
    const { status, error } = await opus('agent', 'key', 'add');
    const { key } = error.data as { key: string };
    expect(status).toBe(1);
    expect(error).toMatchObject({ code: 'not-joined', data: { agent: 'opus', isKeyMade: true } });
    expect(error.message).toMatch(
      /^Done: .*Not done: .*Join first: coord agent join opus .*same command again/,
    );
    await opus('agent', 'join', 'opus');
    const { result } = await opus('agent', 'key', 'add');
    expect(result).toMatchObject({ confirmed: true, key: { agent: 'opus', key } });
  });

  it('under a capability none is made: nothing is left behind', async () => {
    const away = join(folder, 'lent');
    const words = ['agent', 'key', 'add', '--as', 'codex', '--capability', 'eyJx.y.z'];
    const { status, error } = await on(away, work, ...words);
    expect({ status, code: error.code }).toEqual({ status: 2, code: 'capability-given' });
    expect(existsSync(away)).toBe(false);
  });

  it('another one cannot rotate it, and what is not there is said', async () => {
    const anna = await on(config, work, 'agent', 'key', 'rotate', 'codex');
    expect(anna.error.code).toBe('not-yourself');
    const none = await on(join(folder, 'other'), work, 'agent', 'key', 'rotate', '--as', 'codex');
    expect(none.error.code).toBe('key-unknown');
    const away = await on(join(folder, 'other'), work, 'agent', 'key', 'revoke', 'codex');
    expect(away.error.code).toBe('key-unknown');
  });
});

describe('in clones of a remote', () => {
  const clones = new Clones();
  afterAll(() => clones.remove());

  it('the policy vouches for the first key; what it signs permits, also decided again', async () => {
    const [first, second] = [clones.clone('first'), clones.clone('second')];
    const [mine, theirs] = [join(clones.folder, 'mine'), join(clones.folder, 'theirs')];
    writePolicy(first, policy());
    git(first, ['push', '-q', 'origin', 'main']);
    await on(mine, first, 'init');
    for (const name of ['codex', 'opus']) {
      await on(mine, first, 'agent', 'join', name, '--as', name);
    }
    const opus = (...words: string[]) => on(mine, first, ...words, '--as', 'opus');
    const unrooted = await opus('agent', 'key', 'add');
    expect(unrooted.error).toMatchObject({ code: 'vouch-needed', data: { agent: 'opus' } });
    const { key } = unrooted.error.data as { key: string };
    expect(unrooted.error.message).toContain(`/coord key add ${key} opus`);
    expect(unrooted.status).toBe(1);
    expect(unrooted.error.message).toMatch(
      /^Done: the private key of opus .*Not done: .*It counts once/,
    );
    expect((await opus('agent', 'key', 'add')).error).toEqual(unrooted.error);
    expect((await opus('task', 'add', 'unsigned yet')).status).toBe(0);

    writePolicy(first, policy(`, keys: ["${key}"]`));
    git(first, ['push', '-q', 'origin', 'main']);
    git(first, ['fetch', '-q']);
    git(second, ['pull', '-q', 'origin', 'main']);
    expect((await opus('agent', 'key', 'add')).result).toMatchObject({ key: { state: 'policy' } });
    const both = await runShell(['-C', first, 'agent', 'key', 'list'], { COORD_CONFIG_DIR: mine });
    expect(both.out).toBe(`opus  ${key}  in the policy`);
    expect((await opus('agent', 'key', 'list', 'codex')).result).toEqual({ keys: [] });
    await on(theirs, second, 'task', 'add', 'in between');
    expect((await opus('plan', 'start', 'rpc', '--offline')).status).toBe(0);
    await on(theirs, second, 'task', 'add', 'and again');
    expect((await opus('sync')).status).toBe(0);
    const record = clones.records().find(({ op }) => op === 'plan.start');
    expect(record).toMatchObject({ actor: 'opus', auth: { by: 'key', subject: key } });

    git(second, ['checkout', '-q', '-b', 'change', 'origin/main']);
    mkdirSync(join(second, 'src', 'rpc'), { recursive: true });
    writeFileSync(join(second, 'src', 'rpc', 'a.ts'), 'export const x = 1;\n');
    git(second, ['add', '.']);
    git(second, ['commit', '-q', '-m', 'x']);
    const verdict = await on(theirs, second, 'check', '--base', 'origin/main', '--as', 'codex');
    expect(verdict.result).toMatchObject({ conclusion: 'success' });
    const forged = await on(theirs, second, 'plan', 'complete', 'rpc', '--as', 'opus');
    expect(forged.error.code).toBe('signature-required');
  });

  it('a fault says that the key is there, and the same one is taken up when that is mended', async () => {
    const scene = new Clones();
    try {
      const [work, mine] = [scene.clone('work'), join(scene.folder, 'mine')];
      const tess = (...words: string[]) => on(mine, work, ...words);
      await tess('init');
      const publish = (text: string): void => {
        writePolicy(work, text);
        git(work, ['push', '-q', 'origin', 'main']);
      };
      publish('version: 1\nlog: { writers: app }\n');
      const broken = await tess('agent', 'key', 'add');
      expect(broken).toMatchObject({ status: 3, error: { code: 'app-url' } });
      const { key } = broken.error.data as { key: string };
      expect(broken.error.message).toContain(`stays; the public one is ${key}. Then run`);
      publish('version: 1\n');
      const refused = await tess('agent', 'key', 'add');
      expect(refused.error).toMatchObject({ code: 'vouch-needed', data: { key } });
    } finally {
      scene.remove();
    }
  });
});
