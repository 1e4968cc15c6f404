// Ed25519 signatures of commands, checked with the keys that a policy names.
import { createPublicKey, verify } from 'node:crypto';

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const rawKeyBytes = 32;

/** The raw 32 bytes of `ssh-ed25519 AAAA...` or of plain base64; null for anything else. */
function rawKey(text: string): Buffer | null {
  const ssh = /^ssh-ed25519 ([A-Za-z0-9+/=]+)/.exec(text)?.[1];
  const bytes = Buffer.from(ssh ?? text.replace(/^ed25519:/, ''), 'base64');
  const raw = ssh === undefined ? bytes : bytes.subarray(-rawKeyBytes);
  return raw.length === rawKeyBytes ? raw : null;
}

/** Whether `signature` (base64) over `bytes` was made with the private half of `publicKey`; false when in doubt. */
export function verifySignature(bytes: Uint8Array, signature: string, publicKey: string): boolean {
  const raw = rawKey(publicKey);
  if (raw === null) return false;
  const key = createPublicKey({
    key: Buffer.concat([spkiPrefix, raw]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, bytes, key, Buffer.from(signature, 'base64'));
}
