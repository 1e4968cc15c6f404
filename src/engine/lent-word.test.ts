// Commands under a capability at the sequencer, and what a check makes of their records.
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/memory-engine.ts';
import { encodeLink, readToken } from '../adapters/system/capability-token.ts';
import { newPrivateKey, signerFrom, verifySignature } from '../adapters/system/signature.ts';
import type { TokenSigner } from '../adapters/system/signature.ts';
import { present } from '../kernel/assert.ts';
import { signedBytes } from '../log/canonical.ts';
import { memoryStore } from '../log/memory-store.ts';
import { decodeBatch } from '../log/record.ts';
import type { LogRecord } from '../log/record.ts';
import type { LogStore } from '../log/store.ts';
import type { Capability } from '../policy/capability.ts';
import { registry } from '../registry.ts';
import type { Request } from './decide.ts';
import { recordFinder, voucher } from './vouch.ts';

const newSigner = (): TokenSigner => present(signerFrom(newPrivateKey()), 'a new key is one');
const [opus, second, codex, stranger] = [newSigner(), newSigner(), newSigner(), newSigner()];

const policy = `version: 1
agents:
  opus: { tier: executive, keys: ["${opus.publicKey}"] }
  codex: { tier: implementer, keys: ["${codex.publicKey}"] }
plan:
  phases:
    - { id: rpc, scopes: { codex: { write: ["src/**"] } } }
`;

const noon = Date.parse('2026-11-20T12:00:00.000Z') / 1000;
let memory: MemoryEngine;
let store: LogStore;
let lent: Capability;

beforeEach(async () => {
  store = memoryStore('elsewhere');
  memory = await MemoryEngine.open(store);
  await memory.join('codex');
  memory.setPolicy(policy);
  await memory.execute(
    signed(memory.request('opus', 'agent.join', { name: 'opus', tier: 'executive' }), opus),
  );
  lent = {
    ...{ jti: 'c-1', aud: memory.log, sub: 'opus', iss: opus.publicKey, parent: null },
    ...{ holder: stranger.publicKey, operations: ['plan.start', 'lock.acquire'] },
    ...{ globs: ['src/**'], bounds: { durationSeconds: 1800 }, exp: noon + 3600 },
  };
});

function signed(request: Request, signer: TokenSigner): Request {
  const sig = signer.sign(signedBytes(request.intent));
  return { ...request, intent: { ...request.intent, sig } };
}

/** A command under a token, signed by its holder. */
function under(token: string, op: string, input: object, by = stranger): Request {
  const fields = input as Record<string, unknown>;
  return signed(memory.request('opus', op, fields, { capability: token }), by);
}

function without(intent: Request['intent'], field: 'sig' | 'capability'): Request['intent'] {
  const others = Object.entries(intent).filter(([name]) => name !== field);
  return Object.fromEntries(others) as unknown as Request['intent'];
}

const start = { phase: 'rpc' };
const tokenOf = (change: Partial<Capability> = {}, signer = opus): Promise<string> =>
  encodeLink({ ...lent, ...change }, signer);

async function code(...requests: Request[]): Promise<string> {
  const answers = await memory.execute(...requests);
  return answers.map((answer) => (answer.ok ? 'done' : answer.code)).join(' ');
}

async function lastRecord(): Promise<LogRecord> {
  const { commits } = await store.read({ commitsMax: 1 });
  return present(decodeBatch(commits[0]?.batch ?? '', '').at(-1), 'a log has records');
}

async function vouchOfStart(readsTokens = true): Promise<string | null> {
  const fold = await memory.engine.projection.load();
  const inForce = await memory.engine.policy();
  const judges = {
    ...{ registry, policy: inForce.policy, verify: verifySignature, fold },
    ...(readsTokens ? { readToken } : {}),
  };
  const { seq } = present(fold.position, 'a log');
  return voucher(recordFinder(store), judges)(seq, 'plan.phase-started', start);
}

describe('a command under a capability', () => {
  it('is the word of its issuer, signed by its holder, and counts in a check', async () => {
    const token = await tokenOf();
    expect(await code(under(token, 'plan.start', start))).toBe('done');
    expect(await lastRecord()).toMatchObject({
      ...{ actor: 'opus', capability: token, auth: { by: 'key', subject: stranger.publicKey } },
    });
    expect(await vouchOfStart()).toBe('key');
    expect(await vouchOfStart(false)).toBeNull();
  });

  it('does what is lent and nothing else, whatever its issuer may', async () => {
    const token = await tokenOf();
    const lock = (input: object) => under(token, 'lock.acquire', input);
    expect(await code(lock({ scope: ['src/a.ts'], ttl: '30m' }))).toBe('done');
    expect(await code(lock({ scope: ['docs/a.md'], ttl: '30m' }))).toBe('capability-exceeded');
    expect(await code(lock({ scope: ['src/b.ts'], ttl: '31m' }))).toBe('capability-exceeded');
    // The usual time of a lock is an hour, and nobody asked for it.
    expect(await code(lock({ scope: ['src/b.ts'] }))).toBe('capability-exceeded');
    const complete = under(token, 'plan.complete', { phase: 'rpc' });
    expect(await code(complete)).toBe('capability-exceeded');
    expect(await code(signed(memory.request('opus', 'plan.start', start), opus))).toBe('done');
    expect(await code(signed(memory.request('opus', 'plan.complete', start), opus))).toBe('done');
  });

  it('is refused without the holder’s signature', async () => {
    const token = await tokenOf();
    expect(await code(under(token, 'plan.start', start, codex))).toBe('capability-invalid');
    expect(await code(under(token, 'plan.start', start, opus))).toBe('capability-invalid');
    const good = under(token, 'plan.start', start);
    const unsigned = without(good.intent, 'sig');
    expect(await code({ ...good, intent: unsigned })).toBe('capability-invalid');
    const stripped = without(good.intent, 'capability');
    expect(await code({ ...good, intent: stripped })).toBe('signature-invalid');
    expect(
      await code({
        ...good,
        intent: { ...good.intent, capability: await tokenOf({ jti: 'c-2' }) },
      }),
    ).toBe('capability-invalid');
    const byGitHub = { ...good, auth: { by: 'github', subject: 'user:1:eve' } } as const;
    expect(await code({ ...byGitHub, intent: unsigned })).toBe('capability-invalid');
  });

  it('is refused when nobody who counts issued it', async () => {
    expect(await code(under(await tokenOf({}, codex), 'plan.start', start))).toBe(
      'capability-invalid',
    );
    const own = await tokenOf({ iss: codex.publicKey }, codex);
    expect(await code(under(own, 'plan.start', start))).toBe('capability-invalid');
    const asCodex = await tokenOf({ iss: codex.publicKey, sub: 'codex' }, codex);
    const request = memory.request('codex', 'plan.start', start, { capability: asCodex });
    expect(await code(signed(request, stranger))).toBe('not-allowed');
  });

  it.each<[string, Partial<Capability>]>([
    ['for another log', { aud: 'another' }],
    ['for another name', { sub: 'codex' }],
    ['that has ended', { exp: noon - 1 }],
  ])('is refused under one %s', async (_name, change) => {
    expect(await code(under(await tokenOf(change), 'plan.start', start))).toBe(
      'capability-exceeded',
    );
  });

  it('is refused once it was revoked, or what it narrows; what it said before counts', async () => {
    const token = await tokenOf();
    expect(await code(under(token, 'plan.start', start))).toBe('done');
    const { seq } = await lastRecord();
    const revoke = memory.request('codex', 'capability.revoke', { id: 'c-1', reason: 'enough' });
    const child = {
      ...lent,
      jti: 'c-2',
      parent: 'c-1',
      iss: stranger.publicKey,
      holder: second.publicKey,
    };
    const both = `${token}~${await encodeLink(child, stranger)}`;
    const lock = { scope: ['src/a.ts'], ttl: '5m' };
    expect(await code(under(both, 'lock.acquire', lock, second))).toBe('done');
    expect(await code(signed(revoke, codex))).toBe('done');
    expect(await code(under(token, 'plan.start', start))).toBe('capability-invalid');
    expect(await code(under(both, 'lock.acquire', lock, second))).toBe('capability-invalid');
    const fold = await memory.engine.projection.load();
    const judges = {
      registry,
      policy: (await memory.engine.policy()).policy,
      verify: verifySignature,
      fold,
    };
    const vouchOf = voucher(recordFinder(store), { ...judges, readToken });
    expect(await vouchOf(seq, 'plan.phase-started', start)).toBe('key');
  });

  it('is refused after its issuer’s key was rotated out', async () => {
    const token = await tokenOf();
    const rotation = { to: second.publicKey, from: opus.publicKey };
    expect(await code(signed(memory.request('opus', 'key.rotate', rotation), opus))).toBe('done');
    expect(await code(under(token, 'plan.start', start))).toBe('capability-invalid');
    const newer = await tokenOf({ iss: second.publicKey }, second);
    expect(await code(under(newer, 'plan.start', start))).toBe('done');
    expect(await vouchOfStart()).toBe('key');
  });

  it.each<[string, Partial<Capability>, TokenSigner]>([
    ['goes beyond it', { operations: ['lock.acquire'] }, opus],
    ['has one that nobody issued who counts', { iss: codex.publicKey }, codex],
    ['has one that another key signed', {}, codex],
  ])('counts in no check when a record by hand %s', async (_name, change, issuer) => {
    const forged = under(await tokenOf(change, issuer), 'plan.start', start);
    await memory.forge(forged, [{ type: 'plan.phase-started', data: start }]);
    expect(await vouchOfStart()).toBeNull();
  });

  it('counts in no check when what came of it lasts too long', async () => {
    const token = await tokenOf();
    const lasting = async (until: string): Promise<string | null> => {
      const data = { ...start, until };
      await memory.forge(under(token, 'plan.start', start), [{ type: 'plan.phase-started', data }]);
      return vouchOfStart();
    };
    expect(await lasting('2026-11-20T12:30:00.000Z')).toBe('key');
    expect(await lasting('2026-11-20T12:30:00.001Z')).toBeNull();
  });
});
