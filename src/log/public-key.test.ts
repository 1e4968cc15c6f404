import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { canonicalKey, publicKeyPattern } from './public-key.ts';

const raw = generateKeyPairSync('ed25519')
  .publicKey.export({ format: 'der', type: 'spki' })
  .subarray(-32);
const plain = raw.toString('base64');
const blob = Buffer.concat([
  Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0\x20', 'latin1'),
  raw,
]).toString('base64');

it.each([
  ['plain base64', plain],
  ['the one form', `ed25519:${plain}`],
  ['an OpenSSH line', `ssh-ed25519 ${blob}`],
  ['an OpenSSH line with a comment', `ssh-ed25519 ${blob} ada@example.org`],
])('%s has one form', (_name, text) => {
  expect(canonicalKey(text)).toBe(`ed25519:${plain}`);
  expect(canonicalKey(text)).toMatch(publicKeyPattern);
});

it.each([
  '',
  'ed25519:',
  'ed25519:AAAA',
  `ed448:${plain}`,
  `${plain} `,
  `ssh-ed25519 ${plain}`,
  `ssh-rsa ${blob}`,
  `ssh-ed25519 ${blob.slice(0, -4)}`,
])('%j is no key', (text) => {
  expect(canonicalKey(text)).toBeNull();
});

it('bits that no key has make no second form of one', () => {
  const last = plain.at(-2) ?? 'A';
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const odd = `${plain.slice(0, -2)}${alphabet[alphabet.indexOf(last) + 1] ?? ''}=`;
  expect(canonicalKey(odd)).toBe(`ed25519:${plain}`);
  expect(`ed25519:${odd}`).not.toMatch(publicKeyPattern);
});
