// Remembers that a remote's log was found not to continue ours, so that nothing is written on while nobody can look again.
import { join } from 'node:path';
import { Fault } from '../../../kernel/fault.ts';
import type { Details } from '../../../kernel/fault.ts';
import {
  createSynced,
  readIfPresent,
  removeIfPresent,
  renameOver,
  uniquePath,
  withFaults,
} from '../store/durable-file.ts';

const fileName = 'coord-forked.json';

interface Remembered {
  readonly message: string;
  readonly data: Details;
}

/** The fault that was remembered in a store; null where there is none. */
export function knownFork(storeDir: string): Fault | null {
  const text = withFaults('read what is known of the remote', () =>
    readIfPresent(join(storeDir, fileName))?.toString('utf8'),
  );
  if (text === undefined) return null;
  try {
    const { message, data } = JSON.parse(text) as Remembered;
    return new Fault('log-forked', message, data);
  } catch {
    // It says no more than that it is there.
    return new Fault(
      'log-forked',
      'The log on the remote does not continue the one here. Run `coord verify`.',
    );
  }
}

/** Remembers a Fault `log-forked` in a store that is there. */
export function rememberFork(storeDir: string, { message, data }: Fault): void {
  withFaults('remember that the log is forked', () => {
    const temporary = uniquePath(storeDir, 'tmp_forked_');
    createSynced(temporary, `${JSON.stringify({ message, data })}\n`);
    renameOver(temporary, join(storeDir, fileName));
  });
}

/** The remote was seen to continue the log here. */
export function forgetFork(storeDir: string): void {
  withFaults('forget that the log was forked', () => removeIfPresent(join(storeDir, fileName)));
}
