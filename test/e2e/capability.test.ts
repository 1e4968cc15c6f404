// Capabilities at the shell: granted, shown, verified, narrowed, used, revoked, with keys of two machines.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Clones, saidBy } from '../clones.ts';
import type { Said } from '../clones.ts';
import { git } from '../log-forge.ts';
import { runShell } from '../shell.ts';

const clones = new Clones();
const keys: Record<string, string> = {};
let clone: string;

/** Says something on the machine that has the keys of one member. */
async function say(machine: string, ...words: string[]): Promise<Said> {
  return sayWith({}, machine, ...words);
}

async function sayWith(environment: Record<string, string>, machine: string, ...words: string[]) {
  const folder = join(clones.folder, machine);
  const all = ['-C', clone, ...words, '--as', machine, '--json'];
  return saidBy(await runShell(all, { COORD_CONFIG_DIR: folder, ...environment }));
}

/** The token that a grant prints; throws with why it was refused. */
async function grant(machine: string, ...words: string[]): Promise<string> {
  const { result, error } = (await say(machine, 'capability', 'grant', ...words)) as Partial<Said>;
  if (result === undefined) throw new Error(error?.message);
  return String(result['token']);
}

async function code(said: Promise<Said>): Promise<string> {
  const { error } = (await said) as Partial<Said>;
  return error?.code ?? 'done';
}

beforeAll(async () => {
  clone = await clones.begin(['opus', 'codex']);
  for (const name of ['opus', 'codex']) {
    const { error } = await say(name, 'agent', 'key', 'add');
    keys[name] = String((error.data as Record<string, unknown>)['key']);
  }
  mkdirSync(join(clone, '.github'));
  const listed = ([name, tier]: [string, string]) =>
    `  ${name}: { tier: ${tier}, keys: ["${keys[name] ?? ''}"] }\n`;
  const policy = `version: 1\nagents:\n${listed(['opus', 'implementer'])}${listed(['codex', 'implementer'])}`;
  writeFileSync(join(clone, '.github', 'coord.yml'), policy);
  git(clone, ['add', '.']);
  git(clone, ['commit', '-q', '-m', 'policy']);
  git(clone, ['push', '-q', 'origin', 'main']);
  git(clone, ['fetch', '-q', 'origin']);
}, 60_000);
afterAll(() => clones.remove());

it('lends a name for some operations on some paths, until it is revoked', async () => {
  const lock = ['--op', 'lock.acquire', '--op', 'lock.release', '--glob', 'src/**'];
  const token = await grant('opus', 'codex', ...lock, '--bound', 'duration=30m');
  const shown = await say('codex', 'capability', 'show', token);
  const [claims] = shown.result['chain'] as Record<string, unknown>[];
  expect(claims).toMatchObject({ sub: 'opus', iss: keys['opus'], holder: keys['codex'] });
  expect((await say('codex', 'capability', 'verify', token)).result).toMatchObject({ valid: true });

  const under = (...words: string[]) => say('codex', ...words, '--capability', token);
  expect((await under('lock', 'src/a.ts', '--ttl', '20m')).result).toMatchObject({
    confirmed: true,
  });
  const inEnvironment = sayWith({ COORD_CAPABILITY: token }, 'codex', 'unlock', 'src/a.ts');
  expect(await code(inEnvironment)).toBe('done');
  const last = clones.records().at(-1);
  expect(last).toMatchObject({
    actor: 'opus',
    capability: token,
    auth: { subject: keys['codex'] },
  });
  expect(await code(under('lock', 'docs/a.md', '--ttl', '20m'))).toBe('capability-exceeded');
  expect(await code(under('lock', 'src/b.ts'))).toBe('capability-exceeded');
  expect(await code(under('send', 'all', 'hello'))).toBe('capability-exceeded');
  expect(await code(say('opus', 'lock', 'src/a.ts', '--capability', token))).toBe('key-unknown');

  const narrower = ['--op', 'lock.acquire', '--glob', 'src/x/**', '--parent', token];
  const child = await grant('codex', keys['opus'] ?? '', ...narrower);
  const byChild = say('opus', 'lock', 'src/x/a', '--ttl', '5m', '--capability', child);
  expect(await code(byChild)).toBe('done');
  expect((await say('opus', 'verify')).result).toMatchObject({ valid: true });

  const id = String(claims?.['jti']);
  expect(await code(say('opus', 'capability', 'revoke', id, '--reason', 'done'))).toBe('done');
  expect(await code(under('lock', 'src/c.ts', '--ttl', '5m'))).toBe('capability-invalid');
  const verified = await say('codex', 'capability', 'verify', child);
  expect(verified).toMatchObject({ status: 1, result: { valid: false } });
  expect(verified.result['problem']).toMatch(/was revoked by opus: done/);
  // What was said under it before it ended is as good as it was.
  expect((await say('opus', 'verify')).result).toMatchObject({ valid: true });
}, 60_000);

it('is decided again on the remote’s head as it was signed', async () => {
  const token = await grant('opus', 'codex', '--op', 'lock.acquire', '--glob', 'lib/**');
  const offline = ['lock', 'lib/a.ts', '--ttl', '5m', '--capability', token, '--offline'];
  expect(await code(say('codex', ...offline))).toBe('done');
  const here = clone;
  clone = clones.clone('second');
  expect(await code(say('opus', 'send', 'all', 'hello'))).toBe('done');
  clone = here;
  expect(await code(say('codex', 'sync'))).toBe('done');
  expect(clones.records().at(-1)).toMatchObject({ op: 'lock.acquire', capability: token });
  expect((await say('opus', 'verify')).result).toMatchObject({ valid: true });
}, 60_000);

it('bounds how many scopes a command names and how urgent it is, and a child keeps what it does not narrow', async () => {
  const lent = ['--op', 'lock.acquire', '--op', 'message.send', '--glob', 'app/**'];
  const bounds = ['--bound', 'duration=30m', '--bound', 'scopes=2', '--bound', 'priority=normal'];
  const token = await grant('opus', 'codex', ...lent, ...bounds);
  const under = (...words: string[]) => code(say('codex', ...words, '--capability', token));
  expect(await under('lock', 'app/a', 'app/b', '--ttl', '5m')).toBe('done');
  expect(await under('lock', 'app/a', 'app/b', 'app/c', '--ttl', '5m')).toBe('capability-exceeded');
  expect(await under('send', 'all', 'hello')).toBe('done');
  expect(await under('send', 'all', 'hello', '--priority', 'high')).toBe('capability-exceeded');

  const below = ['capability', 'grant', 'opus', '--op', 'message.send', '--parent', token];
  const child = await say('codex', ...below, '--bound', 'duration=5m', '--bound', 'scopes=1');
  expect(child.result['capability']).toMatchObject({
    bounds: { durationSeconds: 300, scopes: 1, priority: 'normal' },
  });
  expect(await code(say('codex', ...below, '--bound', 'priority=high'))).toBe('capability-wider');
  const shown = await runShell(['-C', clone, 'capability', 'show', token]);
  expect(shown.out).toContain('at most 30m each, 2 scopes in one command, priority normal, until');
}, 60_000);

it.each<[string, string[], string]>([
  ['to nobody', ['nobody', '--op', 'lock.acquire'], 'key-unknown'],
  ['of what the issuer may not do', ['codex', '--op', 'plan.start'], 'not-allowed'],
  ['of what there is not', ['codex', '--op', 'lock.paint'], 'operation-unknown'],
  ['of a say in keys', ['codex', '--op', 'key.add'], 'bad-input'],
  ...['x=1', 'duration=x', 'scopes=0', 'scopes=x', 'priority=critical'].map(
    (bound): [string, string[], string] => [
      `with the bound ${bound}`,
      ['codex', '--op', 'lock.acquire', '--bound', bound],
      'bad-input',
    ],
  ),
  [
    'with a bound said twice',
    ['codex', '--op', 'lock.acquire', '--bound', 'scopes=1', '--bound', 'scopes=2'],
    'bad-input',
  ],
  [
    'below what is no token',
    ['codex', '--op', 'lock.acquire', '--parent', 'x'],
    'capability-invalid',
  ],
])('grants none %s', async (_name, words, expected) => {
  expect(await code(say('opus', 'capability', 'grant', ...words))).toBe(expected);
});

it('grants no child that is wider, or whose parent somebody else holds', async () => {
  const token = await grant('opus', 'codex', '--op', 'lock.acquire', '--glob', 'src/**');
  const below = ['capability', 'grant', 'opus', '--op', 'lock.acquire', '--parent', token];
  expect(await code(say('codex', ...below, '--glob', 'docs/**'))).toBe('capability-wider');
  expect(await code(say('opus', ...below))).toBe('capability-wider');
});

it('leaves the skills of agents and tasks alone, which have a flag of the same name', async () => {
  const { result } = await say('opus', 'task', 'add', 'Test it', '--capability', 'test');
  expect(JSON.stringify(result)).toContain('test');
  expect(await code(say('opus', 'lock', 'a', '--capability', 'eyJx.y.z'))).toBe(
    'capability-invalid',
  );
});
