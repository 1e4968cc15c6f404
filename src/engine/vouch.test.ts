// Who vouches for a record: GitHub, a key of the policy, this machine's terminal, or nobody.
import { generateKeyPairSync, sign } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { verifySignature } from '../adapters/system/signature.ts';
import type { Claim, Vouch } from '../checks/pull-request.ts';
import { present } from '../kernel/assert.ts';
import { signedBytes } from '../log/canonical.ts';
import { memoryStore } from '../log/memory-store.ts';
import type { Auth, Intent } from '../log/record.ts';
import type { LogStore, Provenance } from '../log/store.ts';
import { registry } from '../registry.ts';
import type { Request } from './decide.ts';
import { recordFinder, voucher } from './vouch.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const own = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
const stranger = generateKeyPairSync('ed25519').privateKey;

const policy = (keys = `["${own}"]`): string => `version: 1
agents:
  opus: { tier: executive, keys: ${keys} }
  codex: { tier: implementer }
plan:
  phases:
    - { id: rpc, scopes: { codex: { write: ["src/**"] } } }
`;

let memory: MemoryEngine;
let store: LogStore;

async function openLog(provenance: Provenance): Promise<void> {
  store = memoryStore(provenance);
  memory = await MemoryEngine.open(store);
  memory.setPolicy(policy('[]'));
  await memory.join('codex', 'opus');
  memory.setPolicy(policy());
}

/** Executes and answers who vouches for the event of that type about that thing. */
async function vouchAfter(
  request: Request,
  type = 'plan.phase-started',
  claim: Claim = { phase: 'rpc' },
) {
  const [answer] = await memory.execute(request);
  expect(answer).toMatchObject({ ok: true });
  return vouch(answer?.ok === true ? (answer.seq ?? 0) : 0, type, claim);
}

/** As `vouchAfter` for a record that somebody pushed by hand. */
async function vouchForged(request: Request): Promise<Vouch> {
  const seq = await memory.forge(request, [{ type: 'plan.phase-started', data: { phase: 'rpc' } }]);
  return vouch(seq, 'plan.phase-started', { phase: 'rpc' });
}

async function vouch(seq: number, type: string, claim: Claim): Promise<Vouch> {
  const { policy: inForce } = await memory.engine.policy();
  const fold = await memory.engine.projection.load();
  const judges = { registry, policy: inForce, verify: verifySignature, fold };
  return voucher(recordFinder(store), judges)(seq, type, claim);
}

const starting = (auth: Auth): Request => ({
  ...memory.request('git:anna', 'plan.start', { phase: 'rpc' }),
  auth,
});

function signed(request: Request, key = privateKey, changed: Partial<Intent> = {}): Request {
  const sig = sign(null, signedBytes(request.intent), key).toString('base64');
  return { ...request, intent: { ...request.intent, ...changed, sig } };
}

describe('a record by where it came from', () => {
  it.each<[Provenance, Auth['by'], Vouch]>([
    ['elsewhere', 'shell', null],
    ['elsewhere', 'github', null],
    ['elsewhere', 'key', null],
    ['elsewhere', 'app', null],
    ['here', 'shell', 'terminal'],
    ['here', 'github', null],
    ['here', 'key', 'terminal'],
    ['github', 'github', 'github'],
    ['github', 'shell', null],
    ['github', 'app', null],
  ])('%s, sent by %s: %s', async (provenance, by, expected) => {
    await openLog(provenance);
    expect(await vouchAfter(starting({ by, subject: '42', isInteractive: true }))).toBe(expected);
  });
});

describe('a record by its signature', () => {
  beforeEach(() => openLog('elsewhere'));

  const lock = { scope: ['src/**'] };
  const request = (): Request => memory.request('opus', 'plan.start', { phase: 'rpc' });

  it('counts with a key that the policy names', async () => {
    expect(await vouchAfter(signed(request()))).toBe('key');
  });

  it('counts with one of several keys', async () => {
    memory.setPolicy(policy(`["ssh-ed25519 AAAA", "${own}"]`));
    expect(await vouchAfter(signed(request()))).toBe('key');
  });

  it.each<[string, () => Request]>([
    ['by another key', () => signed(request(), stranger)],
    [
      'of another command',
      () => signed(request(), privateKey, { notAfter: '2027-01-01T00:00:00.000Z' }),
    ],
    ['in the name of somebody else', () => signed(request(), privateKey, { actor: 'git:anna' })],
    ['that is none', () => ({ ...request(), intent: { ...request().intent, sig: 'AAAA' } })],
    ['that is empty', () => ({ ...request(), intent: { ...request().intent, sig: '' } })],
  ])('is refused, and does not count when pushed by hand, %s', async (_name, make) => {
    const wrong = make();
    expect(await memory.execute(wrong)).toMatchObject([{ code: 'signature-invalid' }]);
    expect(await vouchForged(wrong)).toBeNull();
  });

  it('does not count once the policy no longer names the key', async () => {
    expect(await vouchAfter(signed(request()))).toBe('key');
    memory.setPolicy(policy('[]'));
    const seq = (await memory.engine.projection.load()).position?.seq ?? 0;
    expect(await vouch(seq, 'plan.phase-started', { phase: 'rpc' })).toBeNull();
  });

  it('does not count for what the policy does not let its owner do', async () => {
    const policyNow = policy().replace('tier: executive', 'tier: implementer');
    const asPerson = signed(request(), privateKey);
    expect(await vouchAfter(asPerson)).toBe('key');
    memory.setPolicy(policyNow);
    const seq = (await memory.engine.projection.load()).position?.seq ?? 0;
    expect(await vouch(seq, 'plan.phase-started', { phase: 'rpc' })).toBeNull();
  });

  it('does not count for an event of another kind than the signed command makes', async () => {
    const wide = { agent: 'codex', glob: '**', why: 'w' };
    const forged = { type: 'plan.granted', data: { ...wide, until: '2027-01-01T00:00:00.000Z' } };
    const locking = signed(
      memory.request('opus', 'lock.acquire', { scope: ['**'], reason: 'codex' }),
    );
    const seq = await memory.forge(locking, [forged]);
    expect(await vouch(seq, 'plan.granted', { agent: 'codex', glob: '**' })).toBeNull();
  });

  it('counts for a grant as long and as wide as it was signed, and no more', async () => {
    const wish = { agent: 'codex', glob: 'docs/**', duration: '2h', why: 'docs' };
    const granting = () => signed(memory.request('opus', 'plan.grant', wish));
    const [answer] = await memory.execute(granting());
    const done = present(answer?.ok === true ? answer : null, 'the grant is accepted');
    const { agent, glob, until } = done.events[0]?.data as Record<string, string>;
    const claim = { agent: String(agent), glob: String(glob), until: String(until) };
    expect(await vouch(done.seq ?? 0, 'plan.granted', claim)).toBe('key');
    const longer = { ...claim, until: '2099-01-01T00:00:00.000Z', why: 'docs' };
    const seq = await memory.forge(granting(), [{ type: 'plan.granted', data: longer }]);
    expect(await vouch(seq, 'plan.granted', longer)).toBeNull();
    const again = await memory.forge(granting(), [
      { type: 'plan.granted', data: { ...claim, why: 'docs' } },
    ]);
    expect(await vouch(again, 'plan.granted', claim)).toBe('key');
  });

  it('does not count a second time, under another log, or when it is too old', async () => {
    const starting = signed(request());
    expect(await vouchAfter(starting)).toBe('key');
    expect(await vouchForged(starting)).toBeNull();
    const elsewhere = request();
    const other = { ...elsewhere.intent, log: '01a1f954-9eba-70f0-98c5-310938250000' };
    expect(await vouchForged(signed({ ...elsewhere, intent: other }))).toBeNull();
    const late = signed(request());
    expect(await vouchForged(late)).toBe('key');
    const later = signed(request());
    memory.setNow('2026-12-20T12:06:00.000Z');
    await memory.execute(
      signed(memory.request('opus', 'message.send', { to: 'codex', subject: 's' })),
    );
    expect(await vouchForged(later)).toBeNull();
    const ahead = { ...request().intent, hlc: '2027-11-20T12:00:00.000Z/0000' };
    expect(await vouchForged(signed({ ...request(), intent: ahead }))).toBeNull();
    const over = { ...request().intent, notAfter: '2026-12-20T12:05:59.000Z' };
    expect(await vouchForged(signed({ ...request(), intent: over }))).toBeNull();
  });

  it('does not count for an agent without keys', async () => {
    const locking = signed(memory.request('codex', 'lock.acquire', lock));
    expect(await memory.execute(locking)).toMatchObject([{ code: 'signature-invalid' }]);
    const held = { holder: 'codex', scope: 'src/**', mode: 'exclusive' };
    const acquired = {
      type: 'lock.acquired',
      data: { ...held, until: null, task: null, reason: null },
    };
    const seq = await memory.forge(locking, [acquired]);
    expect(await vouch(seq, 'lock.acquired', { holder: 'codex' })).toBeNull();
  });
});

describe('what a record is held against', () => {
  beforeEach(() => openLog('here'));

  it('vouches for nothing that the record does not say', async () => {
    const started = starting({ by: 'shell', subject: 'test' });
    expect(await vouchAfter(started)).toBe('terminal');
    const seq = present((await memory.engine.projection.load()).position, 'a log').seq;
    expect(await vouch(seq, 'plan.phase-completed', { phase: 'rpc' })).toBeNull();
    expect(await vouch(seq, 'plan.phase-started', { phase: 'ui' })).toBeNull();
    expect(await vouch(seq - 1, 'plan.phase-started', { phase: 'rpc' })).toBeNull();
    expect(await vouch(seq + 1, 'plan.phase-started', { phase: 'rpc' })).toBeNull();
    expect(await vouch(0, 'plan.phase-started', { phase: 'rpc' })).toBeNull();
  });

  it('finds records many windows back', async () => {
    expect(await vouchAfter(starting({ by: 'shell', subject: 'test' }))).toBe('terminal');
    const seq = present((await memory.engine.projection.load()).position, 'a log').seq;
    for (let index = 0; index < 200; index += 1) {
      await memory.say('git:anna', 'task.add', { title: `t${index}` });
    }
    expect(await vouch(seq, 'plan.phase-started', { phase: 'rpc' })).toBe('terminal');
    expect((await recordFinder(store)(1))?.record.op).toBe('log.init');
  });
});

describe('looking for a record', () => {
  /** The store of the log, counting its reads; its history ends after so many commits where a depth is given. */
  function counted(depth = Infinity): { counting: LogStore; reads: () => number } {
    let count = 0;
    const read: LogStore['read'] = async (range) => {
      count += 1;
      const whole = await store.read({ commitsMax: 1000 });
      const kept = new Set(whole.commits.slice(-depth).map(({ oid }) => oid));
      if (range.from !== undefined && !kept.has(range.from)) throw new Error('not in the store');
      const page = await store.read(range);
      const commits = page.commits.filter(({ oid }) => kept.has(oid));
      return { ...page, commits, isComplete: page.isComplete && depth === Infinity };
    };
    return { counting: { ...store, read }, reads: () => count };
  }

  beforeEach(() => openLog('here'));

  it('in vain walks once, until the head moves', async () => {
    const { counting, reads } = counted();
    const find = recordFinder(counting);
    expect(await find(4)).toBeUndefined();
    const walked = reads();
    expect(await find(4)).toBeUndefined();
    expect(reads()).toBe(walked);
    await memory.say('git:anna', 'task.add', { title: 'the fourth' });
    expect((await find(4))?.record.op).toBe('task.add');
  });

  it('that a shallow history no longer holds finds nothing, and reads nothing behind its end', async () => {
    for (let n = 0; n < 120; n += 1) await memory.say('git:anna', 'task.add', { title: `${n}` });
    const { counting, reads } = counted(100);
    const find = recordFinder(counting);
    expect(await find(2)).toBeUndefined();
    const walked = reads();
    expect(await find(2)).toBeUndefined();
    expect(reads()).toBe(walked);
    expect((await find(60))?.record.seq).toBe(60);
  });
});
