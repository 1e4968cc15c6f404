import { createPublicKey, verify } from 'node:crypto';
import { importJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { excessOf } from '../../policy/capability.ts';
import type { Capability, Use } from '../../policy/capability.ts';
import { encodeLink, readToken } from './capability-token.ts';
import { newPrivateKey, signerFrom } from './signature.ts';

const newSigner = () => present(signerFrom(newPrivateKey()), 'a new key is one');
const [root, holder, other] = [newSigner(), newSigner(), newSigner()];

const wide: Capability = {
  ...{ jti: 'c-1', aud: 'log-1', sub: 'codex', iss: root.publicKey, holder: holder.publicKey },
  ...{ operations: ['lock.acquire', 'lock.release'], globs: ['src/**', '@build'] },
  ...{ bounds: { durationSeconds: 3600 }, exp: 1_800_000_000, parent: null },
};
const narrow: Capability = {
  ...wide,
  ...{ jti: 'c-2', iss: holder.publicKey, holder: other.publicKey, parent: 'c-1' },
  ...{ operations: ['lock.acquire'], globs: ['src/api/*.ts'], exp: 1_700_000_000 },
};
const token = (...links: string[]): string => links.join('~');
const wideLink = await encodeLink(wide, root);
const narrowLink = await encodeLink(narrow, holder);
const child = async (claims: Partial<Capability>, signer = holder): Promise<string> =>
  token(wideLink, await encodeLink({ ...narrow, ...claims }, signer));

describe('a token', () => {
  it('is read offline: a root, and a child that narrows it', async () => {
    expect(await readToken(wideLink)).toEqual({ ok: true, capability: wide, chain: [wide] });
    expect(await readToken(await child({}))).toEqual({
      ok: true,
      capability: narrow,
      chain: [wide, narrow],
    });
  });

  it('is a JSON web token that jose verifies with the issuer’s key, and Node’s own crypto too', async () => {
    const x = Buffer.from(root.publicKey.slice(8), 'base64').toString('base64url');
    const jwk = { kty: 'OKP', crv: 'Ed25519', x };
    const currentDate = new Date('2023-11-14T22:13:20.000Z');
    const strict = { algorithms: ['EdDSA'], audience: 'log-1', subject: 'codex', currentDate };
    const { payload, protectedHeader } = await jwtVerify(
      wideLink,
      await importJWK(jwk, 'EdDSA'),
      strict,
    );
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'JWT' });
    expect(payload).toEqual(wide);
    const [head = '', claims = '', signature = ''] = wideLink.split('.');
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const signed = Buffer.from(`${head}.${claims}`);
    expect(verify(null, signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('may be made without jose, and is read all the same', async () => {
    const encode = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${encode({ alg: 'EdDSA', typ: 'JWT' })}.${encode(wide)}`;
    const signature = Buffer.from(root.sign(Buffer.from(signed)), 'base64').toString('base64url');
    expect(await readToken(`${signed}.${signature}`)).toMatchObject({ ok: true, capability: wide });
  });

  it('does not show the private key of who signs when that is printed or copied', () => {
    expect(Object.keys(root)).toEqual(['publicKey', 'sign']);
    expect(JSON.stringify(root)).toBe(JSON.stringify({ publicKey: root.publicKey }));
  });

  it.each<[string, Partial<Capability>, RegExp]>([
    ['more operations', { operations: ['lock.acquire', 'plan.grant'] }, /does not have plan.grant/],
    ['more paths', { globs: ['src/api/*.ts', 'docs/**'] }, /does not hold docs/],
    ['every path', { globs: ['**'] }, /does not hold \*\*/],
    ['another resource', { globs: ['@release'] }, /does not hold @release/],
    ['more time', { exp: wide.exp + 1 }, /lasts longer/],
    ['a wider bound', { bounds: { durationSeconds: 3601 } }, /wider/],
    ['another log', { aud: 'log-2' }, /another log/],
    ['another member', { sub: 'opus' }, /acts as opus/],
    ['another parent', { parent: 'c-0' }, /another parent/],
    ['a say in keys', { operations: ['key.add'] }, /says something that no capability says/],
    ['members of its own', { operations: ['agent.join'] }, /no capability says/],
    ['an end beyond all dates', { exp: 253_402_300_800 }, /no capability says/],
  ])('of a child cannot have %s', async (_name, claims, problem) => {
    const reading = await readToken(await child(claims));
    expect(reading).toMatchObject({ ok: false, problem: expect.stringMatching(problem) as string });
  });

  it('of a child is issued by the holder of its parent, and nobody else', async () => {
    expect(await readToken(await child({ iss: root.publicKey }, root))).toMatchObject({
      problem: expect.stringMatching(/not issued by the holder/) as string,
    });
    expect(await readToken(await child({}, other))).toMatchObject({
      problem: expect.stringMatching(/^Link 2: It is not signed/) as string,
    });
  });

  const [head = '', claims = '', signature = ''] = wideLink.split('.');
  it.each([
    ['nothing', ''],
    ['a cut off header', head.slice(0, 20)],
    ['a header alone', head],
    ['a cut off text', `${head}.${claims.slice(0, 40)}`],
    ['a garbled text', `${head}.${claims.slice(0, 40)}A${claims.slice(40)}.${signature}`],
    ['a cut off signature', wideLink.slice(0, -4)],
    ['a signature with more behind it', `${wideLink}AAAA`],
    ['a fourth part', `${wideLink}.x`],
    ['a beginning cut off', wideLink.slice(4)],
    ['a line break', `${head}.\n${claims}.${signature}`],
  ])('that is %s is no whole one', async (_name, text) => {
    const problem = 'It is no whole token: a part of it is missing, or was changed on the way.';
    expect(await readToken(text)).toEqual({ ok: false, problem });
  });

  it.each([
    ['a child cut off', `${wideLink}~${wideLink.slice(0, 90)}`, /^Link 2: It is no whole token/],
    ['a child alone', narrowLink, /the beginning of the token is missing/],
    [
      'another header',
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.AA`,
      /^It is a token of another kind/,
    ],
    ['too many links', token(...Array<string>(9).fill(wideLink)), /longer than a token may be/],
    ['too many characters', 'x'.repeat(40_000), /longer than a token may be/],
  ])('that is %s is none', async (_name, text, problem) => {
    expect(await readToken(text)).toMatchObject({
      ok: false,
      problem: expect.stringMatching(problem) as string,
    });
  });

  it('with changed claims, or with more of them, is none', async () => {
    const [head = '', , signature = ''] = wideLink.split('.');
    const changed = Buffer.from(JSON.stringify({ ...wide, sub: 'opus' })).toString('base64url');
    expect(await readToken(`${head}.${changed}.${signature}`)).toMatchObject({ ok: false });
    const more = { ...wide, tier: 'human' } as Capability;
    expect(await readToken(await encodeLink(more, root))).toMatchObject({ ok: false });
  });
});

describe('what a capability covers', () => {
  const use: Use = {
    ...{ log: 'log-1', actor: 'codex', op: 'lock.acquire', at: '2023-11-14T22:13:20.000Z' },
    input: { scope: ['src/api/a.ts'], ttl: '1h' },
  };

  it('is what it lists', () => {
    expect(excessOf(narrow, use)).toBeNull();
    expect(excessOf(wide, { ...use, input: { scope: ['@build', 'src/*/x'] } })).toBeNull();
  });

  it.each<[string, Partial<Use>, RegExp]>([
    ['another log', { log: 'log-2' }, /another log/],
    ['another member', { actor: 'opus' }, /act as codex/],
    ['another operation', { op: 'plan.grant' }, /does not have plan.grant/],
    ['a later time', { at: '2023-11-14T22:13:20.001Z' }, /was good until/],
    ['a path outside', { input: { scope: ['src/api/a.ts', 'docs/a.md'] } }, /hold docs\/a.md/],
    ['a wider glob', { input: { scope: ['src/api/**'] } }, /hold src\/api\/\*\*/],
    ['a resource', { input: { scope: ['@build'] } }, /hold @build/],
    ['a longer time', { input: { scope: ['src/api/a.ts'], ttl: '2h' } }, /at most 3600 s/],
    ['a time that is none', { input: { scope: [], ttl: 'soon' } }, /at most 3600 s/],
    ['a scope that is no text', { input: { scope: [7] } }, /does not hold 7/],
  ])('is not %s', (_name, changed, problem) => {
    expect(excessOf(narrow, { ...use, ...changed })).toMatch(problem);
  });
});
