// Public keys as texts: the forms that people write, and the one form in which they are compared.

const rawBytes = 32;
const sshBytes = 51;
const sshName = 'ssh-ed25519';

/** The one form: `ed25519:` and the 32 bytes in base64. */
export const publicKeyPattern = /^ed25519:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

function bytesOf(base64: string): string | null {
  try {
    return atob(base64);
  } catch {
    return null;
  }
}

/** The key in an OpenSSH blob: a length and the name of the algorithm, a length and the key. */
function keyInSshBlob(blob: string): string | null {
  const head = `\0\0\0\x0b${sshName}\0\0\0\x20`;
  return blob.length === sshBytes && blob.startsWith(head) ? blob.slice(-rawBytes) : null;
}

function rawOf(text: string): string | null {
  const ssh = /^ssh-ed25519 ([A-Za-z0-9+/=]+)(?: .*)?$/.exec(text)?.[1];
  if (ssh !== undefined) return keyInSshBlob(bytesOf(ssh) ?? '');
  return bytesOf(/^(?:ed25519:)?([A-Za-z0-9+/]{43}=)$/.exec(text)?.[1] ?? '');
}

/**
 * The one form of an Ed25519 public key given as `ed25519:BASE64`, as 32 bytes in plain base64, or as the line of an
 * OpenSSH `.pub` file; null for anything else.
 */
export function canonicalKey(text: string): string | null {
  const raw = rawOf(text);
  return raw?.length === rawBytes ? `ed25519:${btoa(raw)}` : null;
}
