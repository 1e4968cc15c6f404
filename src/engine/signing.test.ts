// Signed commands at the sequencer: whose key counts, who has to sign, and what is refused.
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { newPrivateKey, signerFrom, verifySignature } from '../adapters/system/signature.ts';
import type { Signer } from '../adapters/system/signature.ts';
import { present } from '../kernel/assert.ts';
import { signedBytes } from '../log/canonical.ts';
import { memoryStore } from '../log/memory-store.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogStore, Provenance } from '../log/store.ts';
import { registry } from '../registry.ts';
import type { Request } from './decide.ts';
import { recordFinder, voucher } from './vouch.ts';

const newSigner = (): Signer => present(signerFrom(newPrivateKey()), 'a new key is one');
const [first, second, third] = [newSigner(), newSigner(), newSigner()];

const policy = (roots: string): string => `version: 1
agents:
  opus: { tier: executive${roots} }
  codex: { tier: implementer }
people:
  ada: { email: ada@example.org }
plan:
  phases:
    - { id: rpc, scopes: { codex: { write: ["src/**"] } } }
`;

let memory: MemoryEngine;
let store: LogStore;

async function openLog(provenance: Provenance): Promise<void> {
  store = memoryStore(provenance);
  memory = await MemoryEngine.open(store);
  memory.setPolicy(policy(''));
  await memory.join('codex', 'opus');
}

function signed(request: Request, signer: Signer): Request {
  const sig = signer.sign(signedBytes(request.intent));
  return { ...request, intent: { ...request.intent, sig } };
}

const say = (actor: string, op: string, input: object): Request =>
  memory.request(actor, op, input as Record<string, unknown>);
const hello = (actor: string) => say(actor, 'message.send', { to: 'all', subject: 'hello' });
const byGitHub = (request: Request): Request => ({
  ...request,
  auth: { by: 'github', subject: 'user:1:ada' },
});

async function code(...requests: Request[]): Promise<string> {
  const answers = await memory.execute(...requests);
  return answers.map((answer) => (answer.ok ? 'done' : answer.code)).join(' ');
}

async function lastRecord(): Promise<LogRecord> {
  const { commits } = await store.read({ commitsMax: 1 });
  const [commit] = commits;
  return present(decodeBatch(commit?.batch ?? '', '').at(-1), 'a log has records');
}

async function vouchOfStart(): Promise<string | null> {
  const fold = await memory.engine.projection.load();
  const inForce = await memory.engine.policy();
  const judges = { registry, policy: inForce.policy, verify: verifySignature, fold };
  const { seq } = present(fold.position, 'a log');
  return voucher(recordFinder(store), judges)(seq, 'plan.phase-started', { phase: 'rpc' });
}

describe('in a log without a remote', () => {
  beforeEach(() => openLog('here'));

  it('a key that is added has to sign from then on', async () => {
    expect(await code(hello('codex'))).toBe('done');
    expect(await code(say('codex', 'key.add', { key: first.publicKey }))).toBe('done');
    expect(await code(hello('codex'), hello('opus'))).toBe('signature-required done');
    expect(await code(signed(hello('codex'), first))).toBe('done');
    expect((await lastRecord()).auth).toEqual({ by: 'key', subject: first.publicKey });
    expect(await code(signed(hello('codex'), second))).toBe('signature-invalid');
  });

  it('a changed input, actor or time breaks the signature', async () => {
    await code(say('codex', 'key.add', { key: first.publicKey }));
    const good = signed(hello('codex'), first);
    const { intent } = good;
    const changes: Partial<Request['intent']>[] = [
      { input: { to: 'opus', subject: 'hello' } },
      { hlc: '2026-11-20T12:00:00.001Z/0000' },
      { op: 'agent.leave' },
      { session: 's-1' },
      { cause: 'x' },
      { notAfter: '2026-11-21T12:00:00.000Z' },
    ];
    for (const change of changes) {
      const changed = { ...good, intent: { ...intent, ...change } };
      expect(await code(changed), JSON.stringify(change)).toBe('signature-invalid');
    }
    expect(await code({ ...good, intent: { ...intent, actor: 'opus' } })).toBe('signature-invalid');
    expect(await code(good)).toBe('done');
  });

  it('a rotated key counts no more, the new one does, in the same batch too', async () => {
    await code(say('codex', 'key.add', { key: first.publicKey }));
    const rotation = say('codex', 'key.rotate', { to: second.publicKey, from: first.publicKey });
    const batch = [
      signed(rotation, first),
      signed(hello('codex'), first),
      signed(hello('codex'), second),
    ];
    expect(await code(...batch)).toBe('done signature-invalid done');
    expect(await code(signed(hello('codex'), first))).toBe('signature-invalid');
    expect(await code(signed(hello('codex'), second))).toBe('done');
    expect(await code(hello('codex'))).toBe('signature-required');
  });

  it('a revoked key counts no more, and then nothing has to be signed', async () => {
    await code(say('codex', 'key.add', { key: first.publicKey }));
    const end = say('codex', 'key.revoke', { key: first.publicKey });
    expect(await code(signed(end, first))).toBe('done');
    expect(await code(signed(hello('codex'), first))).toBe('signature-invalid');
    expect(await code(hello('codex'))).toBe('done');
  });

  it('what input says of `auth.by: key` is not believed', async () => {
    const claimed: Request = { ...hello('codex'), auth: { by: 'key', subject: 'x' } };
    expect(await code(claimed)).toBe('done');
    expect((await lastRecord()).auth.by).toBe('shell');
  });

  it('stores what was signed as it was signed', async () => {
    await code(say('codex', 'key.add', { key: first.publicKey }));
    await code(signed(say('codex', 'lock.acquire', { scope: ['src/**'] }), first));
    await code(signed(say('codex', 'lock.release', { scope: ['src/**'] }), first));
    const record = await lastRecord();
    expect(record.input).toEqual({ scope: ['src/**'] });
    expect(verifySignature(signedBytes(record), record.sig ?? '', first.publicKey)).toBe(true);
  });

  it('a loss is told without saying that a key vouched for it', async () => {
    await code(say('codex', 'key.add', { key: first.publicKey }));
    const late = { ...signed(hello('codex'), second), mustTellLoss: true };
    expect(await code({ ...late, auth: { by: 'key', subject: second.publicKey } })).toBe(
      'signature-invalid',
    );
    expect(await lastRecord()).toMatchObject({
      auth: { by: 'shell' },
      events: [{ type: 'command.lost' }],
    });
  });
});

describe('in a log that others can push to', () => {
  beforeEach(() => openLog('elsewhere'));

  it('nobody adds a key by the word of a shell', async () => {
    const add = () => say('codex', 'key.add', { key: first.publicKey });
    expect(await code(add())).toBe('vouch-needed');
    expect(await code(say('ada', 'key.add', { key: first.publicKey, agent: 'codex' }))).toBe(
      'vouch-needed',
    );
    expect(await code(signed(add(), first))).toBe('signature-invalid');
    expect(await code(byGitHub(add()))).toBe('done');
  });

  it('a key pushed by hand counts for nothing and binds nobody', async () => {
    const data = { agent: 'opus', key: first.publicKey };
    await memory.forge(say('opus', 'key.add', data), [{ type: 'key.added', data }]);
    await memory.forge(byGitHub(say('opus', 'key.add', data)), [{ type: 'key.added', data }]);
    expect(await code(signed(hello('opus'), first))).toBe('signature-invalid');
    expect(await code(hello('opus'))).toBe('done');
  });

  it('an end pushed by hand ends a key, but frees nobody from signing', async () => {
    memory.setPolicy(policy(`, keys: ["${first.publicKey}"]`));
    expect(await code(hello('opus'))).toBe('signature-required');
    const data = { agent: 'opus', key: first.publicKey, why: null };
    await memory.forge(say('opus', 'key.revoke', data), [{ type: 'key.revoked', data }]);
    expect(await code(hello('opus'))).toBe('signature-required');
    expect(await code(signed(hello('opus'), first))).toBe('signature-invalid');
    const again = say('ada', 'key.add', { key: second.publicKey, agent: 'opus' });
    expect(await code(byGitHub(again))).toBe('done');
  });

  it('a key of the policy adds and rotates keys of its owner, and only of its owner', async () => {
    memory.setPolicy(policy(`, keys: ["${first.publicKey}"]`));
    const add = say('opus', 'key.add', { key: second.publicKey });
    expect(await code(signed(add, first))).toBe('done');
    expect(await code(signed(hello('opus'), second))).toBe('done');
    const rotation = say('opus', 'key.rotate', { to: third.publicKey, from: second.publicKey });
    expect(await code(signed(rotation, second))).toBe('done');
    expect(await code(signed(hello('opus'), second))).toBe('signature-invalid');
    const start = signed(say('opus', 'plan.start', { phase: 'rpc' }), third);
    expect(await code(start)).toBe('done');
    expect(await vouchOfStart()).toBe('key');
    memory.setPolicy(policy(''));
    expect(await vouchOfStart()).toBeNull();
  });

  it('a person of the policy signs too, and is present then', async () => {
    const listed = policy('').replace('ada@example.org', `a@b.c, keys: ["${first.publicKey}"]`);
    memory.setPolicy(listed);
    const add = say('ada', 'key.add', { key: second.publicKey, agent: 'opus' });
    expect(await code(signed(add, first))).toBe('done');
    expect(await code(signed(hello('opus'), second))).toBe('done');
    expect(await code(hello('ada'))).toBe('signature-required');
    const start = signed(say('opus', 'plan.start', { phase: 'rpc' }), second);
    expect(await code(start)).toBe('done');
    expect(await vouchOfStart()).toBe('key');
  });

  it('only a person who signed, or sits there, is present', async () => {
    memory.setPolicy(`version: 1
people:
  ada: { email: ada@example.org, keys: ["${first.publicKey}"] }
  bob: { email: bob@example.org }
`);
    const join = (actor: string) => say(actor, 'agent.join', { name: 'boss', tier: 'executive' });
    expect(await code(join('bob'))).toBe('person-needed');
    expect(await code(signed(join('ada'), first))).toBe('done');
  });

  it('GitHub knows its senders, whether they have keys or not', async () => {
    memory.setPolicy(policy(`, keys: ["${first.publicKey}"]`));
    expect(await code(byGitHub(hello('opus')))).toBe('done');
    expect((await lastRecord()).auth.by).toBe('github');
  });

  it('a key of the policy in the form of OpenSSH, and one that is none', async () => {
    const raw = Buffer.from(first.publicKey.slice(8), 'base64');
    const blob = Buffer.concat([Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0\x20', 'latin1'), raw]);
    const line = `ssh-ed25519 ${blob.toString('base64')} opus@example.org`;
    memory.setPolicy(policy(`, keys: ["nonsense", "${line}"]`));
    expect(await code(hello('opus'))).toBe('signature-required');
    expect(await code(signed(hello('opus'), first))).toBe('done');
    memory.setPolicy(policy(', keys: ["nonsense"]'));
    expect(await code(hello('opus'))).toBe('done');
  });
});
