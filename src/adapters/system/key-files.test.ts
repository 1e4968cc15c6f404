import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRepository } from '../git/repository.ts';
import {
  adoptNextSigner,
  configFolder,
  createNextSigner,
  createSigner,
  keyPlace,
  readSigner,
  retireSigner,
} from './key-files.ts';
import type { KeyPlace } from './key-files.ts';
import { verifySignature } from './signature.ts';

const log = '01a1f954-9eba-70f0-98c5-310938250000';
let folder: string;
let place: KeyPlace;

/** As much of a repository as it takes to be found. */
function repositoryAt(path: string): void {
  mkdirSync(join(path, '.git', 'objects'), { recursive: true });
  writeFileSync(join(path, '.git', 'HEAD'), 'ref: refs/heads/main\n');
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coord keys '));
  repositoryAt(join(folder, 'work'));
  const environment = { COORD_CONFIG_DIR: join(folder, 'config') };
  place = keyPlace(environment, findRepository(join(folder, 'work')), log);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;
const file = (): string => join(place.folder, 'git%3Aanna.pem');

describe('where settings are', () => {
  const home = { HOME: '/h' };
  it.each([
    ['linux', { ...home }, '/h/.config/git-coord'],
    ['linux', { ...home, XDG_CONFIG_HOME: '/x' }, '/x/git-coord'],
    ['linux', { ...home, XDG_CONFIG_HOME: 'x' }, '/h/.config/git-coord'],
    ['darwin', { ...home }, '/h/Library/Application Support/git-coord'],
    ['win32', { ...home, APPDATA: '/a' }, '/a/git-coord'],
    ['win32', { ...home }, '/h/AppData/Roaming/git-coord'],
    ['linux', { ...home, COORD_CONFIG_DIR: '/c' }, '/c'],
    ['linux', { ...home, COORD_CONFIG_DIR: '' }, '/h/.config/git-coord'],
  ])('on %s with %j: %s', (system, environment, path) => {
    expect(configFolder(environment, system)).toBe(path);
  });

  it('is no relative path', () => {
    expect(() => configFolder({ COORD_CONFIG_DIR: 'c' })).toThrow(/absolute/);
  });
});

describe('a key', () => {
  it('is made once, for nobody else to read', () => {
    expect(readSigner(place, 'git:anna')).toBeNull();
    const made = createSigner(place, 'git:anna');
    expect(createSigner(place, 'git:anna').publicKey).toBe(made.publicKey);
    expect(readSigner(place, 'git:anna')?.publicKey).toBe(made.publicKey);
    expect(modeOf(file())).toBe(0o600);
    expect(modeOf(place.folder)).toBe(0o700);
    expect(modeOf(join(folder, 'config', 'keys'))).toBe(0o700);
    expect(readdirSync(place.folder)).toEqual(['git%3Aanna.pem']);
  });

  it('signs what its public half verifies', () => {
    const { publicKey, sign } = createSigner(place, 'codex');
    const bytes = Buffer.from('hello');
    expect(verifySignature(bytes, sign(bytes), publicKey)).toBe(true);
    expect(verifySignature(Buffer.from('hallo'), sign(bytes), publicKey)).toBe(false);
    expect(verifySignature(bytes, `${sign(bytes)}=`, publicKey)).toBe(false);
    expect(verifySignature(bytes, sign(bytes), createSigner(place, 'opus').publicKey)).toBe(false);
  });

  it.each([0o644, 0o640, 0o604, 0o660])('that others can read (%o) is not used', (mode) => {
    createSigner(place, 'git:anna');
    chmodSync(file(), mode);
    expect(() => readSigner(place, 'git:anna')).toThrow(/can be read by others/);
    expect(() => createSigner(place, 'git:anna')).toThrow(/can be read by others/);
  });

  it('in a folder that others can read is not used', () => {
    createSigner(place, 'git:anna');
    chmodSync(place.folder, 0o755);
    expect(() => readSigner(place, 'git:anna')).toThrow(/can be read by others/);
    expect(() => createSigner(place, 'opus')).toThrow(/can be read by others/);
  });

  it('is no link', () => {
    const { publicKey } = createSigner(place, 'git:anna');
    symlinkSync(file(), join(place.folder, 'codex.pem'));
    expect(() => readSigner(place, 'codex')).toThrow(/cannot be read/);
    expect(readSigner(place, 'git:anna')?.publicKey).toBe(publicKey);
  });

  it('that is none is told', () => {
    createSigner(place, 'git:anna');
    writeFileSync(file(), readFileSync(file(), 'utf8').slice(0, 60));
    expect(() => readSigner(place, 'git:anna')).toThrow(/holds no Ed25519 private key/);
  });

  it('is followed by the next one, and put aside when revoked', () => {
    createSigner(place, 'codex');
    const next = createNextSigner(place, 'codex');
    expect(createNextSigner(place, 'codex').publicKey).toBe(next.publicKey);
    expect(readSigner(place, 'codex')?.publicKey).not.toBe(next.publicKey);
    adoptNextSigner(place, 'codex');
    expect(readSigner(place, 'codex')?.publicKey).toBe(next.publicKey);
    retireSigner(place, 'codex');
    expect(readSigner(place, 'codex')).toBeNull();
    expect(createSigner(place, 'codex').publicKey).not.toBe(next.publicKey);
  });

  it('never lies in the repository whose log it signs for', () => {
    const repository = findRepository(join(folder, 'work'));
    for (const path of ['work/settings', 'work/.git/coord']) {
      const inside = keyPlace({ COORD_CONFIG_DIR: join(folder, path) }, repository, log);
      expect(readSigner(inside, 'codex')).toBeNull();
      expect(() => createSigner(inside, 'codex')).toThrow(/must not/);
    }
    const other = join(folder, 'other');
    repositoryAt(other);
    const outside = keyPlace({ COORD_CONFIG_DIR: join(other, 'x') }, repository, log);
    expect(createSigner(outside, 'codex').publicKey).toMatch(/^ed25519:/);
    const moved = { ...outside, repository: findRepository(other) };
    expect(() => readSigner(moved, 'codex')).toThrow(/must not/);
  });
});
