// Ed25519 by Node's own crypto: checks signatures of commands, and makes keys and signatures.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { limits } from '../../kernel/limits.ts';
import { canonicalKey } from '../../log/public-key.ts';

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const signaturePattern = /^[A-Za-z0-9+/]{86}==$/;

/** Keys that were used lately: making one from its text takes half as long as the check itself. */
const prepared = new Map<string, KeyObject>();

/** The public key that a text names; null where it is none of Ed25519. */
export function publicKeyObject(text: string): KeyObject | null {
  const known = prepared.get(text);
  if (known !== undefined) return known;
  const canonical = canonicalKey(text);
  if (canonical === null) return null;
  const raw = Buffer.from(canonical.slice('ed25519:'.length), 'base64');
  const key = createPublicKey({
    key: Buffer.concat([spkiPrefix, raw]),
    format: 'der',
    type: 'spki',
  });
  if (prepared.size >= limits.preparedKeysMax) prepared.clear();
  prepared.set(text, key);
  return key;
}

/** Whether `signature` (base64) over `bytes` was made with the private half of `publicKey`; false when in doubt. */
export function verifySignature(bytes: Uint8Array, signature: string, publicKey: string): boolean {
  const key = publicKeyObject(publicKey);
  if (key === null || !signaturePattern.test(signature)) return false;
  return verify(null, bytes, key, Buffer.from(signature, 'base64'));
}

/** The private half of a key, with what it is good for. */
export interface Signer {
  /** In the form of `canonicalKey`. */
  readonly publicKey: string;
  /** The signature over these bytes, base64. */
  readonly sign: (bytes: Uint8Array) => string;
}

/** A signer that makes tokens too: the library that makes them wants the key itself. */
export interface TokenSigner extends Signer {
  readonly privateKey: KeyObject;
}

function signerOf(privateKey: KeyObject): TokenSigner {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = `ed25519:${spki.subarray(spkiPrefix.length).toString('base64')}`;
  const signer = {
    publicKey,
    sign: (bytes: Uint8Array) => sign(null, bytes, privateKey).toString('base64'),
  };
  // Not enumerable: whoever prints or copies a signer does not get the key along.
  return Object.defineProperty(signer, 'privateKey', { value: privateKey }) as TokenSigner;
}

/** The signer of a private key in PKCS #8 PEM; null where the text is none of Ed25519. */
export function signerFrom(pem: string): TokenSigner | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? signerOf(key) : null;
  } catch {
    return null;
  }
}

/** A new private key in PKCS #8 PEM. */
export function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}
