// Capabilities as tokens: JSON web tokens signed with EdDSA, a root and the children that narrow it, joined by `~`.
import type * as Jose from 'jose';
import { limits } from '../../kernel/limits.ts';
import { capabilityClaims, narrowingProblem } from '../../policy/capability.ts';
import type { Capability, Reading } from '../../policy/capability.ts';
import { publicKeyObject } from './signature.ts';
import type { TokenSigner } from './signature.ts';

/** The one header there is: a token cannot choose how it is verified. */
const header = { alg: 'EdDSA', typ: 'JWT' } as const;
const encodedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');

let loading: Promise<typeof Jose> | null = null;

/** Loaded once, and late: most commands come without a token. Asking the loader again takes longer than a signature. */
function jose(): Promise<typeof Jose> {
  return (loading ??= import('jose'));
}

/** One link: the claims, signed by the issuer. `signer` has to hold the key that `claims.iss` names. */
export async function encodeLink(claims: Capability, signer: TokenSigner): Promise<string> {
  const { CompactSign } = await jose();
  const payload = Buffer.from(JSON.stringify(claims));
  return new CompactSign(payload).setProtectedHeader(header).sign(signer.privateKey);
}

function claimsIn(payload: string): Capability | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const parsed = capabilityClaims().safeParse(value);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

async function isSignedBy(link: string, issuer: string): Promise<boolean> {
  const { compactVerify } = await jose();
  const key = publicKeyObject(issuer);
  if (key === null) return false;
  const verifying = compactVerify(link, key, { algorithms: [header.alg] });
  return verifying.then(
    () => true,
    () => false,
  );
}

const linkPattern = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/;

async function readLink(link: string): Promise<Capability | string> {
  const [, head = '', payload = ''] = linkPattern.exec(link) ?? [];
  if (head !== encodedHeader) return 'is no token of ours.';
  const claims = claimsIn(payload);
  if (claims === null) return 'says something that no capability says.';
  const isSigned = await isSignedBy(link, claims.iss);
  return isSigned ? claims : 'is not signed by the key that it names.';
}

function linkProblem(claims: Capability, parent: Capability | undefined): string | null {
  if (parent !== undefined) return narrowingProblem(claims, parent);
  return claims.parent === null ? null : 'It is no root, and nothing stands before it.';
}

/**
 * Reads a token and holds its links against one another; needs neither network nor log. Whether the root's issuer
 * counts for the member that it names, and whether a link was revoked, the log tells.
 */
export async function readToken(token: string): Promise<Reading> {
  const links = token.split('~');
  if (token.length > limits.capabilityCharsMax || links.length > limits.capabilityLinksMax) {
    return { ok: false, problem: 'The token is longer than a token may be.' };
  }
  const chain: Capability[] = [];
  for (const [index, link] of links.entries()) {
    const claims = await readLink(link);
    if (typeof claims === 'string') return { ok: false, problem: `Link ${index + 1} ${claims}` };
    const problem = linkProblem(claims, chain.at(-1));
    if (problem !== null) return { ok: false, problem: `Link ${index + 1}: ${problem}` };
    chain.push(claims);
  }
  const [root, ...children] = chain;
  if (root === undefined) return { ok: false, problem: 'There is no token.' };
  return { ok: true, capability: children.at(-1) ?? root, chain: [root, ...children] };
}
