// Looks further back than a shallow store goes, by fetching the rest from the remote for one look.
import { logRef, readOnlyLog, storeHandle } from '../../adapters/git/local-log.ts';
import { fetchAside } from '../../adapters/git/remote/remote-log.ts';
import { lent } from '../../adapters/git/remote/take-over.ts';
import { Fault } from '../../kernel/fault.ts';
import type { LogStore } from '../../log/store.ts';
import type { Shell } from './shell.ts';

/** Runs a look on the log of this clone with all of the remote's history behind it. */
async function withWholeLog<Result>(
  shell: Shell,
  look: (store: LogStore) => Promise<Result>,
): Promise<Result> {
  const { clock, environment, globals } = shell;
  const repository = shell.repository();
  const store = storeHandle(repository.commonDir).open();
  const head = store?.readRef(logRef) ?? null;
  if (store === null || head === null) {
    throw new Fault('no-log', 'There is no coordination log here yet. Begin with: coord init');
  }
  const { keptIn } = await shell.workspace();
  const quarantine = await fetchAside(repository, globals.remote, {
    ...{ clock, environment, keptIn, depth: null },
  });
  try {
    const fetched = quarantine.open();
    try {
      return await look(readOnlyLog(lent(fetched, store), head));
    } finally {
      fetched.close();
    }
  } finally {
    quarantine.remove();
  }
}

/** Looks at what is here, and once more at everything where that begins too late and the remote may be asked. */
export async function lookBack<Result>(
  shell: Shell,
  here: LogStore,
  look: (store: LogStore) => Promise<Result>,
): Promise<Result> {
  try {
    return await look(here);
  } catch (error) {
    const isShort = error instanceof Fault && error.code === 'past-not-here';
    const { remote } = await shell.workspace();
    if (!isShort || remote === null || shell.globals.isOffline) throw error;
    return withWholeLog(shell, look);
  }
}
