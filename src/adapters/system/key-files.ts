// Private keys in the user's own configuration, one file per log and member: nobody else can read them, no repository holds them.
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { homedir, platform } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { Fault, UsageError } from '../../kernel/fault.ts';
import { findRepository } from '../git/repository.ts';
import type { Repository } from '../git/repository.ts';
import { newPrivateKey, signerFrom } from './signature.ts';
import type { TokenSigner } from './signature.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const ownerOnly = { file: 0o600, folder: 0o700 } as const;
const othersMask = 0o077;
/** Windows keeps others out of a user's folder by its own lists; its modes say nothing. */
const hasModes = platform() !== 'win32';
/** A link in place of a key could point anywhere; Windows has no such flag. */
const noFollow = hasModes ? constants.O_NOFOLLOW : 0;

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

function chosenFolder(environment: Environment): string | undefined {
  const own = environment['COORD_CONFIG_DIR'] ?? '';
  if (own === '' || isAbsolute(own)) return absolute(own);
  throw new UsageError('bad-path', `COORD_CONFIG_DIR is \`${own}\`; give an absolute path.`);
}

function systemFolder(environment: Environment, system: string): string {
  const home = absolute(environment['HOME']) ?? homedir();
  if (system === 'win32') {
    return absolute(environment['APPDATA']) ?? join(home, 'AppData', 'Roaming');
  }
  if (system === 'darwin') return join(home, 'Library', 'Application Support');
  return absolute(environment['XDG_CONFIG_HOME']) ?? join(home, '.config');
}

/** Where this user keeps settings of coord: `COORD_CONFIG_DIR`, else as the system has it. */
export function configFolder(environment: Environment, system: string = platform()): string {
  return chosenFolder(environment) ?? join(systemFolder(environment, system), 'git-coord');
}

function existing(path: string): string {
  return existsSync(path) ? realpathSync(path) : existing(dirname(path));
}

function repositoryAround(path: string): Repository | null {
  try {
    return findRepository(existing(path));
  } catch {
    return null;
  }
}

/** Where the keys of one log are, and the repository that has the log. */
export interface KeyPlace {
  readonly folder: string;
  readonly repository: Repository;
}

/** A key must not lie in the repository whose log it signs for. */
function refuseInside({ folder, repository }: KeyPlace): void {
  const around = repositoryAround(folder);
  if (around === null) return;
  if (realpathSync(around.commonDir) !== realpathSync(repository.commonDir)) return;
  throw new Fault(
    'key-in-repository',
    `${folder} lies inside this repository, and a private key must not. Set COORD_CONFIG_DIR to a folder outside of it.`,
    { folder },
  );
}

/** The place for keys of one log; nothing is looked at or created. */
export function keyPlace(environment: Environment, repository: Repository, log: string): KeyPlace {
  return { folder: join(configFolder(environment), 'keys', log), repository };
}

type Slot = 'current' | 'next' | 'revoked';

/** Names of people hold a colon, which not every file system takes. */
function pathOf(folder: string, actor: string, slot: Slot): string {
  const name = encodeURIComponent(actor);
  return join(folder, slot === 'current' ? `${name}.pem` : `${name}.${slot}.pem`);
}

function exposed(path: string, mode: string): Fault {
  return new Fault(
    'key-exposed',
    `${path} can be read by others, so it may be known to them and is not used. Run chmod ${mode} on it if it is not, else revoke it: coord agent key revoke`,
    { path },
  );
}

function refuseExposed(path: string, mode: number, wanted: number): void {
  if (hasModes && (mode & othersMask) !== 0) throw exposed(path, wanted.toString(8));
}

function open(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | noFollow);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Fault(
      'key-unreadable',
      `${path} cannot be read (${(error as Error).message}). Mend it, or move it away and add a new key.`,
      { path },
    );
  }
}

function readPem(path: string): string | null {
  const descriptor = open(path);
  if (descriptor === null) return null;
  try {
    refuseExposed(path, fstatSync(descriptor).mode, ownerOnly.file);
    refuseExposed(dirname(path), lstatSync(dirname(path)).mode, ownerOnly.folder);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function read(place: KeyPlace, path: string): TokenSigner | null {
  const pem = readPem(path);
  if (pem === null) return null;
  refuseInside(place);
  const signer = signerFrom(pem);
  if (signer !== null) return signer;
  throw new Fault(
    'key-unreadable',
    `${path} holds no Ed25519 private key. Move it away and add a new key: coord agent key add`,
    { path },
  );
}

/** The signer of a member on this machine; null where there is none. Fault `key-exposed`, `key-unreadable` or `key-in-repository`. */
export function readSigner(place: KeyPlace, actor: string): TokenSigner | null {
  return read(place, pathOf(place.folder, actor, 'current'));
}

function write(path: string, text: string): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow;
  const descriptor = openSync(path, flags, ownerOnly.file);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function make(place: KeyPlace, actor: string, slot: Slot): TokenSigner {
  const { folder } = place;
  const path = pathOf(folder, actor, slot);
  const known = read(place, path);
  if (known !== null) return known;
  refuseInside(place);
  mkdirSync(folder, { recursive: true, mode: ownerOnly.folder });
  refuseExposed(folder, lstatSync(folder).mode, ownerOnly.folder);
  // Written beside and renamed: a process that dies in between leaves no half key in the place of one.
  const beside = `${path}.${process.pid}`;
  write(beside, newPrivateKey());
  renameSync(beside, path);
  const made = read(place, path);
  if (made !== null) return made;
  throw new Fault('key-unreadable', `${path} is gone again. Try once more.`, { path });
}

/** The signer of a member, made where there is none yet. */
export function createSigner(place: KeyPlace, actor: string): TokenSigner {
  return make(place, actor, 'current');
}

/** A second key, to be put in the place of the first when the log has it. */
export function createNextSigner(place: KeyPlace, actor: string): TokenSigner {
  return make(place, actor, 'next');
}

/** Puts the second key in the place of the first. */
export function adoptNextSigner({ folder }: KeyPlace, actor: string): void {
  renameSync(pathOf(folder, actor, 'next'), pathOf(folder, actor, 'current'));
}

/** Moves a revoked key aside, so that a new one can be made. */
export function retireSigner({ folder }: KeyPlace, actor: string): void {
  renameSync(pathOf(folder, actor, 'current'), pathOf(folder, actor, 'revoked'));
}
