// Whoever has to sign, or speaks under a capability, is told what went wrong and what can be done on this machine.
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runShell } from '../shell.ts';
import { commitFile, inside, newFolder, newLog, useRepositories } from './shell-repository.ts';
import type { JsonRun } from './shell-repository.ts';

useRepositories();

/** A machine: a repository, as somebody sees it whose keys are in a folder of settings. */
type Machine = (...words: readonly string[]) => Promise<JsonRun>;

async function machine(directory: string): Promise<Machine> {
  const environment = { COORD_CONFIG_DIR: join(await newFolder(), 'config') };
  return (...words) => inside(directory, words, environment);
}

describe('a name whose key stands in the policy only', () => {
  const elsewhere = 'ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
  const place = 'agents.codex.keys in .github/coord.yml on the base branch';
  let directory: string;
  let here: Machine;

  beforeAll(async () => {
    directory = await newLog();
    const policy = `version: 1\nagents: { codex: { tier: implementer, keys: ["${elsewhere}"] } }\n`;
    await commitFile(directory, '.github/coord.yml', policy);
    here = await machine(directory);
  });

  it('is told where the key stands, and a next step that leads to a signature', async () => {
    const lock = ['lock', 'src/a.ts', '--as', 'codex'];
    const { status, answer } = await here(...lock);
    const { code, message, data } = answer.error;
    expect([status, code, data]).toEqual([
      1,
      'signature-required',
      { actor: 'codex', keys: [elsewhere], here: null },
    ]);
    expect(message).toContain(`Its key is ${elsewhere}, which the policy names (${place}).`);
    expect(message).not.toContain('GitHub');
    const [, next = ''] = /: coord (agent key add --as codex)$/.exec(message) ?? [];

    const added = await here(...next.split(' '));
    expect(added.answer.error.code).toBe('signature-required');
    const [, step = ''] = /say it as a person: coord (.*)$/.exec(added.answer.error.message) ?? [];
    expect(step).toMatch(/^key add ed25519:\S+ codex$/);
    expect((await here(...lock)).answer.error.message).toContain(`coord ${step}`);

    expect((await here(...step.split(' '))).status).toBe(0);
    expect((await here(...lock)).status).toBe(0);
  });

  it('is told both where it has two, by whoever lends to it', async () => {
    await here('agent', 'key', 'add');
    const { answer } = await here('capability', 'grant', 'codex', '--op', 'lock.acquire');
    const { message, data } = answer.error;
    const { keys } = data as { keys: string[] };
    expect(keys).toEqual([elsewhere, expect.stringMatching(/^ed25519:/)]);
    expect(message).toBe(`codex has 2 keys in use. Name the one that you mean: ${keys.join(', ')}`);
  });
});

describe('a capability', () => {
  let directory: string;
  let say: Machine;
  let token: string;
  let claims: Record<string, unknown>;

  beforeAll(async () => {
    directory = await newLog();
    say = await machine(directory);
    await say('agent', 'join', 'opus', '--as', 'opus');
    for (const name of ['codex', 'opus']) await say('agent', 'key', 'add', '--as', name);
    const lent = ['--op', 'lock.acquire', '--op', 'task.add', '--glob', 'src/**'];
    const granted = await say('capability', 'grant', 'codex', ...lent, '--as', 'opus');
    token = String(granted.answer.result['token']);
    claims = granted.answer.result['capability'] as Record<string, unknown>;
  });

  const ways: readonly (readonly [string, (token: string) => string])[] = [
    ['cut off in its signature', (whole) => whole.slice(0, -9)],
    ['cut off in its claims', (whole) => whole.slice(0, 120)],
    ['cut off in its header', (whole) => whole.slice(0, 30)],
    ['garbled', (whole) => whole.replace('.', '.A')],
    ['without its beginning', (whole) => whole.slice(7)],
    ['of which nothing is left', () => 'x'],
  ];

  it.each(ways)('%s is told as one, and not shown', async (_name, change) => {
    const broken = change(token);
    const given = await say('lock', 'src/a.ts', '--capability', broken, '--as', 'codex');
    const set = { COORD_CAPABILITY: broken };
    const inherited = await inside(directory, ['lock', 'src/a.ts', '--as', 'codex'], set);
    for (const [run, source] of [
      [given, '--capability'],
      [inherited, 'COORD_CAPABILITY'],
    ] as const) {
      const { code, message, data } = run.answer.error;
      expect([run.status, code, data]).toEqual([2, 'capability-invalid', { from: source }]);
      expect(message.startsWith(`The token of ${source} cannot be used. It is no whole`)).toBe(
        true,
      );
      expect(message).toContain(
        'Give it as `coord capability grant` printed it, in one line, or ask',
      );
      if (broken.length > 1) expect(run.out + run.err).not.toContain(broken.slice(0, 12));
    }
  });

  it('that was cut off is no skill, and a skill is no token', async () => {
    const cut = token.slice(0, 40);
    for (const flag of [['--capability', cut], [`--capability=${cut}`]]) {
      const { answer } = await say('task', 'add', 'One', ...flag, '--as', 'codex');
      expect(answer.error.code).toBe('capability-invalid');
    }
    const taken = await say('task', 'add', 'One', '--capability', 'ts', '--as', 'codex');
    expect(taken.answer.result['task']).toMatchObject({ capabilities: ['ts'] });
    const text = await say('send', 'opus', '--as', 'codex', '--', '--capability');
    expect(text.status).toBe(0);
    const body = ['--body', '--capability=x is wrong'];
    expect((await say('send', 'opus', 'Hi', ...body, '--as', 'codex')).status).toBe(0);
  });

  it('is named by the trace of what was said under it', async () => {
    const under = ['--ttl', '5m', '--as', 'codex', '--capability', token];
    const { answer } = await say('lock', 'src/b.ts', ...under);
    const seq = String(answer.result['seq']);
    const { result } = (await say('trace', seq)).answer;
    const { jti, iss, holder } = claims;
    expect(result['record']).toMatchObject({
      actor: 'opus',
      capability: { id: jti, issuer: iss, name: 'opus', holder, narrows: [] },
    });
    const shown = await runShell(['-C', directory, 'trace', seq]);
    expect(shown.out).toContain(
      `\n  under capability ${String(jti)} of opus, issued by ${String(iss)}\n`,
    );
    expect(shown.out).not.toContain(token);
    const before = (await say('trace', String(Number(seq) - 1))).answer.result['record'];
    expect(before).not.toHaveProperty('capability');
  });

  it('that narrows another is traced to the root', async () => {
    const lent = ['--op', 'lock.acquire', '--parent', token, '--as', 'codex'];
    const child = (await say('capability', 'grant', 'opus', ...lent)).answer.result;
    const under = ['--ttl', '5m', '--as', 'opus', '--capability', String(child['token'])];
    const { seq } = (await say('lock', 'src/c.ts', ...under)).answer.result;
    const { jti } = child['capability'] as { jti: string };
    const { out } = await runShell(['-C', directory, 'trace', String(seq)]);
    expect(out).toContain(
      `under capability ${jti} of opus, issued by ${String(claims['holder'])}\n`,
    );
    expect(out).toContain(
      `    which narrows ${String(claims['jti'])}, issued by ${String(claims['iss'])}\n`,
    );
  });
});
