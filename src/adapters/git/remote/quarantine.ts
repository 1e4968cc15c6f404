// A throw-away repository that a remote's commits are fetched into, so that nothing unverified enters the store.
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { limits } from '../../../kernel/limits.ts';
import { createBareStore } from '../store/bare-store.ts';
import { isAbsent, namesIn, readIfPresent } from '../store/durable-file.ts';
import { openBareStore } from '../store/git-store.ts';
import type { GitStore } from '../store/git-store.ts';
import type { Oid } from '../store/object.ts';
import { judgeLiveness, ownIdentity } from '../store/process-identity.ts';
import type { Liveness, ProcessIdentity } from '../store/process-identity.ts';
import { writeShallow } from '../store/shallow.ts';

export const incomingRef = 'refs/heads/incoming';

export interface Quarantine {
  readonly directory: string;
  /** Reads what was fetched; open it after the fetch. */
  open(): GitStore;
  remove(): void;
}

const prefix = 'quarantine-';
/** In each quarantine, the process that made it. */
const ownerName = 'coord-owner.json';

function ownerLiveness(directory: string): Liveness {
  try {
    const text = readIfPresent(join(directory, ownerName))?.toString('utf8');
    return text === undefined ? 'unknown' : judgeLiveness(JSON.parse(text) as ProcessIdentity);
  } catch {
    // Half written by who was killed, or of another version: only its age tells.
    return 'unknown';
  }
}

function isOld(directory: string): boolean {
  return statSync(directory).mtimeMs < Date.now() - limits.staleTemporarySeconds * 1000;
}

/**
 * Removes what killed processes left: at once where their death is proven, after a while where nothing is known of
 * them. A process that lives keeps its own however old it is, for a machine may have slept in the middle of a fetch.
 */
function removeAbandoned(parent: string): void {
  for (const directory of abandonedIn(parent)) rmSync(directory, { recursive: true, force: true });
}

function isAbandoned(directory: string): boolean {
  try {
    const liveness = ownerLiveness(directory);
    return liveness === 'dead' || (liveness === 'unknown' && isOld(directory));
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return false;
  }
}

/** The quarantines in a folder that killed processes left. */
export function abandonedIn(parent: string): string[] {
  return namesIn(parent)
    .filter((each) => each.startsWith(prefix))
    .map((name) => join(parent, name))
    .filter(isAbandoned);
}

/**
 * Makes a quarantine beside the store. What the store has need not be fetched again: it is lent as alternates,
 * `have` names its newest commit to the remote, and its depth is taken over.
 */
export function createQuarantine(
  storeDir: string,
  store: GitStore | null,
  have: Oid | null,
): Quarantine {
  const name = `${prefix}${process.pid}-${randomBytes(6).toString('hex')}.git`;
  const directory = join(dirname(storeDir), name);
  removeAbandoned(dirname(storeDir));
  createBareStore(directory);
  writeFileSync(join(directory, ownerName), JSON.stringify(ownIdentity()));
  if (store !== null && have !== null) {
    mkdirSync(join(directory, 'objects', 'info'), { recursive: true });
    writeFileSync(
      join(directory, 'objects', 'info', 'alternates'),
      `${join(storeDir, 'objects')}\n`,
    );
    writeFileSync(join(directory, 'refs', 'heads', 'have'), `${have}\n`);
    const boundary = store.shallow();
    if (boundary.length > 0) writeShallow(directory, boundary);
  }
  return {
    directory,
    open: () => openBareStore(directory),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
