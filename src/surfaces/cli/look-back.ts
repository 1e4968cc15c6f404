// Looks further back than a shallow store goes, by fetching the rest from the remote for one look.
import { logRef, readOnlyLog, storeHandle } from '../../adapters/git/local-log.ts';
import { fetchAside } from '../../adapters/git/remote/remote-log.ts';
import { lent } from '../../adapters/git/remote/take-over.ts';
import { Fault } from '../../kernel/fault.ts';
import type { LogStore } from '../../log/store.ts';
import { archivedBefore, archivedText } from './archived.ts';
import type { Asked } from './archived.ts';
import type { Shell } from './shell.ts';

function isShort(error: unknown): error is Fault {
  return error instanceof Fault && error.code === 'past-not-here';
}

/** What to do where a log begins too late although it is no epoch that it begins with. */
function shallowText(oid: string, { remote, isOffline }: Asked): string {
  if (remote !== null && !isOffline) {
    return `The log on ${remote} begins with ${oid}, later than that. Ask whoever has more of it.`;
  }
  const next =
    remote === null
      ? 'Fetch the rest from where it is: coord git fetch --unshallow URL coord'
      : `Leave --offline out to look for the rest on ${remote}.`;
  return `The log here begins with ${oid}, later than that. ${next}`;
}

/** The fault with where the log ends, and with what to do about it here. */
async function explained(store: LogStore, { code, message, data }: Fault, asked: Asked) {
  const { first } = data;
  if (typeof first !== 'string') return new Fault(code, message, data);
  const [commit] = (await store.read({ from: first, commitsMax: 1 })).commits;
  const archived = commit === undefined ? null : archivedBefore(commit);
  const text = archived === null ? shallowText(first, asked) : archivedText(first, archived, asked);
  return new Fault(code, text, data);
}

/** Looks at everything that the remote has; where that is not enough, it is no use to look again. */
async function lookAtAll<Result>(
  { globals }: Shell,
  whole: LogStore,
  look: (store: LogStore) => Promise<Result>,
): Promise<Result> {
  try {
    return await look(whole);
  } catch (error) {
    if (!isShort(error)) throw error;
    throw await explained(whole, error, { remote: globals.remote, isOffline: false });
  }
}

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
      return await lookAtAll(shell, readOnlyLog(lent(fetched, store), head), look);
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
    if (!isShort(error)) throw error;
    const { remote } = await shell.workspace();
    const { isOffline } = shell.globals;
    if (remote !== null && !isOffline) return withWholeLog(shell, look);
    throw await explained(here, error, { remote: remote?.name ?? null, isOffline });
  }
}
