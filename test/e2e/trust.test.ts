// A record that somebody pushed by hand is folded and shown, but permits nothing that `coord check` asks for.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { Clones, say } from '../clones.ts';
import { forge, forgedOn, git, layOut } from '../log-forge.ts';

const policy = `version: 1
enforce: require
agents:
  codex: { tier: implementer }
  opus: { tier: implementer }
plan:
  phases:
    - { id: rpc, scopes: { codex: { write: ["src/rpc/**"] } } }
`;

function write(repository: string, path: string, text: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
  git(repository, ['add', '.']);
  git(repository, ['commit', '-q', '-m', path]);
}

/** What the checks of a change to these paths by codex say, by name. */
async function verdictOn(repository: string, ...paths: string[]): Promise<Map<string, string>> {
  git(repository, ['checkout', '-q', '-B', 'change', 'main']);
  for (const path of paths) write(repository, path, 'export const x = 1;\n');
  const words = ['check', '--base', 'main', '--head', 'change', '--as', 'codex'];
  const { result } = await say(repository, ...words);
  const checks = result['checks'] as { name: string; conclusion: string }[];
  return new Map(checks.map(({ name, conclusion }) => [name, conclusion]));
}

let made = 0;

describe('records pushed by hand into a remote', () => {
  const clones = new Clones();
  let clone: string;

  /** Appends a record by plain git, with a sender who claims to be vouched for by GitHub. */
  function push(op: string, type: string, data: Record<string, unknown>): void {
    const last = present(layOut(clones.remote).at(-1), 'the log has commits');
    const before = JSON.parse(last.batch.trim().split('\n').at(-1) ?? '') as { seq: number };
    made += 1;
    const record = {
      ...before,
      id: `01a1f954-9eba-70f0-98c5-31093825${String(made).padStart(4, '0')}`,
      ...{ op, actor: 'gh:ada', input: data, seq: before.seq + 1 },
      auth: { by: 'github', subject: '1' },
      events: [{ type, data }],
    };
    forge(clones.remote, [forgedOn(last, [record])], last.oid);
  }

  beforeAll(async () => {
    clone = clones.clone('first');
    write(clone, '.github/coord.yml', policy);
    git(clone, ['push', '-q', 'origin', 'main']);
    await say(clone, 'init');
    for (const name of ['codex', 'opus']) await say(clone, 'agent', 'join', name, '--as', name);
  });
  afterAll(() => clones.remove());

  it('start no phase', async () => {
    expect((await verdictOn(clone, 'src/rpc/a.ts')).get('scope')).toBe('failure');
    push('plan.start', 'plan.phase-started', { phase: 'rpc' });
    expect(JSON.stringify((await say(clone, 'plan', 'show')).result)).toContain('"active"');
    expect((await verdictOn(clone, 'src/rpc/a.ts')).get('scope')).toBe('failure');
  });

  it('grant no scope', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    push('plan.grant', 'plan.granted', { agent: 'codex', glob: 'docs/**', until, why: 'x' });
    expect(JSON.stringify((await say(clone, 'plan', 'show')).result)).toContain('docs/**');
    expect((await verdictOn(clone, 'docs/a.md')).get('scope')).toBe('failure');
  });

  it('release no lock of somebody else', async () => {
    await say(clone, 'lock', 'src/held/**', '--as', 'opus');
    expect((await verdictOn(clone, 'src/held/a.ts')).get('locks')).toBe('failure');
    const data = { scope: 'src/held/**', holder: 'opus', by: 'gh:ada', why: 'x' };
    push('lock.release', 'lock.released', data);
    const held = await say(clone, 'lock', 'list');
    expect(held.result['locks']).toEqual([]);
    expect((await say(clone, 'verify')).result).toMatchObject({ valid: true });
    expect((await verdictOn(clone, 'src/held/a.ts')).get('locks')).toBe('failure');
  });
});

describe('records of this machine, in a log without a remote', () => {
  it('count as what the person at the terminal did', async () => {
    const clones = new Clones();
    const alone = join(clones.folder, 'alone');
    git(clones.folder, ['init', '-q', '--initial-branch=main', alone]);
    write(alone, '.github/coord.yml', policy);
    await say(alone, 'init');
    await say(alone, 'agent', 'join', 'codex', '--as', 'codex');
    expect((await verdictOn(alone, 'src/rpc/a.ts')).get('scope')).toBe('failure');
    expect((await say(alone, 'plan', 'start', 'rpc')).status).toBe(0);
    expect((await verdictOn(alone, 'src/rpc/a.ts')).get('scope')).toBe('success');
    clones.remove();
  });
});
