// A throw-away repository that a remote's commits are fetched into, so that nothing unverified enters the store.
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createBareStore, removeAbandoned } from '../store/bare-store.ts';
import { openBareStore } from '../store/git-store.ts';
import type { GitStore } from '../store/git-store.ts';
import type { Oid } from '../store/object.ts';
import { writeShallow } from '../store/shallow.ts';

export const incomingRef = 'refs/heads/incoming';

export interface Quarantine {
  readonly directory: string;
  /** Reads what was fetched; open it after the fetch. */
  open(): GitStore;
  remove(): void;
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
  const name = `quarantine-${process.pid}-${randomBytes(6).toString('hex')}.git`;
  const directory = join(dirname(storeDir), name);
  removeAbandoned(dirname(storeDir), 'quarantine-');
  createBareStore(directory);
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
