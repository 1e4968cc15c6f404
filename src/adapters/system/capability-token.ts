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

/** What a part of a link says; undefined where it is no JSON, as when a copy lost a letter of it. */
function jsonIn(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
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

/** Header, claims, and a signature, whose 64 bytes are 86 characters. */
const linkPattern = /^([\w-]+)\.([\w-]+)\.[\w-]{86}$/;
const notWhole = 'It is no whole token: a part of it is missing, or was changed on the way.';

/** Why a link whose header is not ours says nothing. */
function headProblem(head: string): string {
  return jsonIn(head) === undefined ? notWhole : 'It is a token of another kind.';
}

/** What a link says, its signature not looked at yet; a problem where it says nothing. */
function claimsIn(link: string): Capability | string {
  const [head = ''] = link.split('.', 1);
  if (head !== encodedHeader) return headProblem(head);
  const said = jsonIn(linkPattern.exec(link)?.[2] ?? '');
  if (said === undefined) return notWhole;
  const claims = capabilityClaims().safeParse(said);
  return claims.success ? claims.data : 'It says something that no capability says.';
}

function linkProblem(claims: Capability, parent: Capability | undefined): string | null {
  if (parent !== undefined) return narrowingProblem(claims, parent);
  return claims.parent === null
    ? null
    : 'It is no root, and nothing stands before it: the beginning of the token is missing.';
}

async function readLink(
  link: string,
  parent: Capability | undefined,
): Promise<Capability | string> {
  const claims = claimsIn(link);
  if (typeof claims === 'string') return claims;
  if (await isSignedBy(link, claims.iss)) return linkProblem(claims, parent) ?? claims;
  return 'It is not signed by the key that it names: it was changed on the way, or somebody forged it.';
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
    const claims = await readLink(link, chain.at(-1));
    if (typeof claims === 'string') {
      // Who has a token of one link never heard of links.
      const place = links.length === 1 ? '' : `Link ${index + 1}: `;
      return { ok: false, problem: `${place}${claims}` };
    }
    chain.push(claims);
  }
  const [root, ...children] = chain;
  if (root === undefined) return { ok: false, problem: 'There is no token.' };
  return { ok: true, capability: children.at(-1) ?? root, chain: [root, ...children] };
}
