// The verifier reads capabilities with code of its own: it must say yes and no where the sequencer's reader does.
import { describe, expect, it } from 'vitest';
import { encodeLink, readToken } from '../adapters/system/capability-token.ts';
import { newPrivateKey, signerFrom, verifySignature } from '../adapters/system/signature.ts';
import type { TokenSigner } from '../adapters/system/signature.ts';
import { present } from '../kernel/assert.ts';
import { excessOf, outcomeExcess } from '../policy/capability.ts';
import type { Capability } from '../policy/capability.ts';
import { keptTo } from './verify-capability.ts';
import type { Spoken } from './verify-permit.ts';

const newSigner = (): TokenSigner => present(signerFrom(newPrivateKey()), 'a new key is one');
const [root, holder, other] = [newSigner(), newSigner(), newSigner()];
const at = '2026-11-20T12:00:00.000Z';

const wide: Capability = {
  ...{ jti: 'c-1', aud: 'log-1', sub: 'codex', iss: root.publicKey, holder: holder.publicKey },
  ...{ operations: ['lock.acquire', 'plan.grant'], globs: ['src/**', '@build'] },
  ...{ bounds: { durationSeconds: 3600 }, exp: Date.parse(at) / 1000 + 60, parent: null },
};
const narrow: Capability = {
  ...wide,
  ...{ jti: 'c-2', iss: holder.publicKey, holder: other.publicKey, parent: 'c-1' },
  ...{ operations: ['lock.acquire'], globs: ['src/api/*.ts'] },
};
const record: Spoken = {
  ...{ id: 'i', log: 'log-1', op: 'lock.acquire', actor: 'codex', at, seq: 7, sig: '' },
  ...{ hlc: `${at}/0000`, auth: { by: 'key' }, input: { scope: ['src/api/a.ts'], ttl: '1h' } },
  events: [{ type: 'lock.acquired', data: { until: '2026-11-20T13:00:00.000Z' } }],
};
const bytes = Buffer.from('what was signed');

/** What both say of a record under a token: the verifier's sentence or null, and whether the other reader agrees. */
async function judged(token: string, change: Partial<Spoken> = {}, signer = other) {
  const spoken = { ...record, capability: token, sig: signer.sign(bytes), ...change };
  const kept = keptTo(spoken, bytes, verifySignature);
  const reading = await readToken(token);
  const { log, actor, op, input } = spoken;
  const isKept =
    reading.ok &&
    verifySignature(bytes, spoken.sig, reading.capability.holder) &&
    excessOf(reading.capability, { log, actor, op, input, at: spoken.at }) === null &&
    outcomeExcess(reading.capability, spoken.events, spoken.at) === null;
  expect(isKept, 'the sequencer').toBe(typeof kept !== 'string');
  return kept;
}

/** Both bounds that a token need not have, and an input that keeps to them. */
const bounds = { durationSeconds: 3600, scopes: 2, priority: 'normal' } as const;
const bounded: Capability = { ...wide, bounds };
const kept = { scope: ['src/a.ts', 'src/b.ts'], priority: 'info' };

const chain = async (claims: Partial<Capability> = {}, signer = holder, first = wide) =>
  `${await encodeLink(first, root)}~${await encodeLink({ ...narrow, ...claims }, signer)}`;

describe('a record under a capability', () => {
  it('is its issuer’s word, by every link', async () => {
    expect(await judged(await chain())).toEqual({ issuer: root.publicKey, ids: ['c-1', 'c-2'] });
    const alone = await encodeLink(wide, root);
    expect(await judged(alone, {}, holder)).toEqual({ issuer: root.publicKey, ids: ['c-1'] });
  });

  it.each<[string, Partial<Capability>, RegExp]>([
    ['more operations', { operations: ['lock.acquire', 'lock.release'] }, /has lock.release/],
    ['more paths', { globs: ['docs/**'] }, /has docs/],
    ['another resource', { globs: ['@release'] }, /has @release/],
    ['more time', { exp: wide.exp + 1 }, /lasts longer/],
    ['a wider bound', { bounds: { durationSeconds: 3601 } }, /lasts longer/],
    ['another log', { aud: 'log-2' }, /another log or name/],
    ['another name', { sub: 'opus' }, /another log or name/],
    ['another parent', { parent: 'c-0' }, /another parent/],
    ['no parent', { parent: null }, /another parent/],
    ['a say in keys', { operations: ['key.add'] }, /says nothing/],
    ['an end beyond all dates', { exp: 253_402_300_800 }, /says nothing/],
  ])('whose last link has %s is worth nothing', async (_name, claims, problem) => {
    expect(await judged(await chain(claims))).toMatch(problem);
  });

  it.each<[string, Partial<Spoken>, RegExp]>([
    ['another log', { log: 'log-2' }, /is for log log-1/],
    ['another name', { actor: 'opus' }, /act as codex, not as opus/],
    ['another operation', { op: 'plan.grant' }, /does not have plan.grant/],
    ['a later time', { at: '2026-11-20T12:01:00.001Z' }, /had ended/],
    ['a path outside', { input: { scope: ['src/api/a.ts', 'docs/a'] } }, /does not hold docs\/a/],
    ['a scope that is none', { input: { scope: [5] } }, /does not hold 5/],
    ['a longer time', { input: { ttl: '2h' } }, /at most 3600 s/],
    ['a time that is none', { input: { duration: {} } }, /at most 3600 s/],
    [
      'events that last longer',
      { events: [{ type: 'x', data: { until: '2026-11-20T13:00:00.001Z' } }] },
      /at most/,
    ],
    ['events without an end in sight', { events: [{ type: 'x', data: { until: 5 } }] }, /at most/],
  ])('that names %s is worth nothing', async (_name, change, problem) => {
    expect(await judged(await chain(), change)).toMatch(problem);
  });

  it('keeps to a bound on scopes and on priorities, where there is one', async () => {
    const alone = await encodeLink(bounded, root);
    expect(await judged(alone, { input: kept }, holder)).toMatchObject({ ids: ['c-1'] });
    const three = { input: { ...kept, glob: 'src/c' } };
    expect(await judged(alone, three, holder)).toMatch(/at most 2 scopes/);
    expect(await judged(await encodeLink(wide, root), three, holder)).toHaveProperty('ids');
    for (const priority of ['high', 'critical', 'HIGH', 'constructor', 7, {}, ['high']]) {
      expect(await judged(alone, { input: { priority } }, holder)).toMatch(/that priority/);
    }
  });

  it.each<[string, object, RegExp | null]>([
    ['keeps its bounds', bounds, null],
    ['narrows them', { ...bounds, scopes: 1 }, null],
    ['leaves out scopes', { durationSeconds: 60, priority: 'normal' }, /more scopes/],
    ['has more scopes', { ...bounds, scopes: 3 }, /more scopes/],
    ['leaves out priorities', { durationSeconds: 60, scopes: 1 }, /more urgent/],
    ['is more urgent', { ...bounds, priority: 'high' }, /more urgent/],
    ['has no scope at all', { ...bounds, scopes: 0 }, /says nothing/],
    ['has a bound of another kind', { ...bounds, colour: 'red' }, /says nothing/],
    ['has no such priority', { ...bounds, priority: 'critical' }, /says nothing/],
    ['has a priority that is no word', { ...bounds, priority: ['high'] }, /says nothing/],
  ])('whose last link, below a bounded one, %s', async (_name, said, problem) => {
    const token = await chain({ bounds: said as never, globs: ['src/**'] }, holder, bounded);
    const told = await judged(token, { input: { scope: ['src/a.ts'] } });
    if (problem === null) expect(told).toHaveProperty('ids', ['c-1', 'c-2']);
    else expect(told).toMatch(problem);
  });

  it('that somebody else signed is worth nothing, nor is a token of somebody else', async () => {
    expect(await judged(await chain(), {}, holder)).toMatch(/not signed by the holder/);
    expect(await judged(await chain({}, other))).toMatch(/Link 2 .* not signed by the key/);
    expect(await judged(await chain({ iss: root.publicKey }, root))).toMatch(
      /not issued by the holder/,
    );
    const [, alone = ''] = (await chain()).split('~');
    expect(await judged(alone)).toMatch(/is no root/);
  });

  it.each(['', 'x', 'a.b.c', '~', `e30.e30.${'A'.repeat(86)}`, 'x'.repeat(40_000)])(
    'is worth nothing under what is no token: %.9s',
    async (token) => {
      expect(typeof (await judged(token))).toBe('string');
    },
  );

  it('is worth nothing with another header, whatever it says, or more links than a token may have', async () => {
    const [, payload = '', signature = ''] = (await encodeLink(wide, root)).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await judged(`${none}.${payload}.${signature}`, {}, holder)).toMatch(/says nothing/);
    const links = Array<string>(9).fill(await encodeLink(wide, root));
    expect(await judged(links.join('~'), {}, holder)).toMatch(/longer than one may be/);
  });
});
