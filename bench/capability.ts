// Verifying one capability: the token with jose, as coord does, beside Node's own crypto over the same bytes in the same run.
import { createPublicKey, verify } from 'node:crypto';
import { encodeLink, readToken } from '../src/adapters/system/capability-token.ts';
import { newPrivateKey, signerFrom, verifySignature } from '../src/adapters/system/signature.ts';
import type { TokenSigner } from '../src/adapters/system/signature.ts';
import { present } from '../src/kernel/assert.ts';
import type { Capability } from '../src/policy/capability.ts';
import { keptTo } from '../src/log/verify-capability.ts';
import type { Figure } from './figure.ts';
import { interleave, median } from './sampling.ts';

const millisecondsMax = 0.5;
/** Tokens a round: one alone is shorter than the clock can tell. */
const tokens = 200;

const newSigner = (): TokenSigner => present(signerFrom(newPrivateKey()), 'a new key is one');

function claimsOf(issuer: TokenSigner, holder: TokenSigner): Capability {
  const id = '01a1f954-9eba-70f0-98c5-310938250001';
  return {
    ...{ jti: id, aud: id, sub: 'codex', iss: issuer.publicKey, holder: holder.publicKey },
    ...{ operations: ['lock.acquire', 'lock.release'], globs: ['src/api/**', 'test/api/**'] },
    ...{ bounds: { durationSeconds: 3600 }, exp: 4_000_000_000, parent: null },
  };
}

async function seeded() {
  const [issuer, holder] = [newSigner(), newSigner()];
  const claims = claimsOf(issuer, holder);
  const child = { ...claims, jti: 'child', parent: claims.jti, iss: holder.publicKey };
  const one = await encodeLink(claims, issuer);
  const two = `${one}~${await encodeLink(child, holder)}`;
  const x = Buffer.from(issuer.publicKey.slice('ed25519:'.length), 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const cut = one.lastIndexOf('.');
  const [bytes, signature] = [one.slice(0, cut), one.slice(cut + 1)];
  const signed = { bytes: Buffer.from(bytes), signature: Buffer.from(signature, 'base64url') };
  return { one, two, key, signed, holder, claims };
}

async function times(work: () => unknown): Promise<void> {
  for (let count = 0; count < tokens; count += 1) await work();
}

async function mustRead(token: string): Promise<void> {
  const reading = await readToken(token);
  if (!reading.ok) throw new Error(reading.problem);
}

/** A use of a capability as `coord verify` looks at it, with code of its own. */
function verifierOf({ one, holder, claims }: Awaited<ReturnType<typeof seeded>>) {
  const bytes = Buffer.from('a command');
  const at = '2026-11-20T12:00:00.000Z';
  const spoken = {
    ...{ id: 'i', log: claims.aud, op: 'lock.acquire', actor: 'codex', hlc: `${at}/0000`, at },
    ...{ seq: 1, auth: { by: 'key' }, input: { scope: ['src/api/a.ts'] }, events: [] },
    ...{ capability: one, sig: holder.sign(bytes) },
  };
  return () => {
    const kept = keptTo(spoken, bytes, verifySignature);
    if (typeof kept === 'string') throw new Error(kept);
  };
}

/** The time of one token of one link against its limit, with what it is compared to beside it. */
export async function capabilityFigures(rounds: number): Promise<Figure[]> {
  const seed = await seeded();
  const { one, two, key, signed } = seed;
  const use = verifierOf(seed);
  const samples = await interleave(rounds, {
    jose: () => times(() => mustRead(one)),
    chain: () => times(() => mustRead(two)),
    node: () => times(() => verify(null, signed.bytes, key, signed.signature)),
    verifier: () => times(use),
  });
  const each = (of: readonly number[]): number => median(of) / tokens;
  const usual = { statistic: 'median', unit: 'ms', rounds } as const;
  const beside = { ...usual, limit: null, limitIs: '' } as const;
  const note = `${tokens} tokens a round; claims and narrowing are looked at too`;
  return [
    {
      ...{ ...usual, name: 'verify one capability token', measured: each(samples.jose), note },
      ...{ limit: millisecondsMax, limitIs: 'fixed' },
    },
    { ...beside, name: 'a token of two links', measured: each(samples.chain), note: '' },
    {
      ...{ ...beside, name: "the signature alone by Node's crypto", measured: each(samples.node) },
      note: 'what the first figure could come down to without jose',
    },
    {
      ...{ ...beside, name: 'a use as coord verify looks at it', measured: each(samples.verifier) },
      note: 'two signatures: the token’s and the command’s',
    },
  ];
}
