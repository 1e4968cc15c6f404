// `coord doctor`: whether store, remote, policy, clock and state are well, and what to do where they are not.
import { z } from 'zod';
import { logRef, storeHandle } from '../../../adapters/git/local-log.ts';
import { releaseLeftovers, removeStaleFiles } from '../../../adapters/git/store-health.ts';
import type { GitStore } from '../../../adapters/git/store/git-store.ts';
import { refuse } from '../../../kernel/decider.ts';
import { Fault } from '../../../kernel/fault.ts';
import { table } from '../../../kernel/table.ts';
import type { RemoteLog } from '../../../log/store.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import {
  checkClock,
  checkFiles,
  checkMutex,
  checkPin,
  checkProtection,
  checkState,
  checkStore,
  checkWeight,
} from './doctor-checks.ts';
import type { Finding } from './doctor-checks.ts';
import { checkPolicy } from './doctor-policy.ts';

/** Removes what is ours and proven to be left over; answers what was removed. */
async function fix(store: GitStore): Promise<string[]> {
  const removed = removeStaleFiles(store);
  try {
    await releaseLeftovers(store);
  } catch (error) {
    // Somebody may be at work: then there is nothing to release, and the finding says who it is.
    if (!(error instanceof Fault) || error.code !== 'store-busy') throw error;
  }
  return removed;
}

/** A fold that cannot be made is a finding, and says why. */
async function checkFold(shell: Shell): Promise<Finding[]> {
  try {
    const fold = await (await shell.workspace()).engine.projection.load();
    return [checkClock(fold, shell.clock.now()), await checkState(shell, fold)];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const next = 'coord verify';
    return [{ check: 'state', status: 'fail', message: error.message, next }];
  }
}

function textOf(findings: readonly Finding[], fixed: readonly string[]): string {
  const rows = findings.map(({ status, check, message }) => [status, check, message]);
  const nexts = findings.flatMap(({ check, next }) =>
    next === null ? [] : [`  ${check}: ${next}`],
  );
  return [
    table(rows),
    ...(nexts.length > 0 ? ['Next', ...nexts] : []),
    ...fixed.map((path) => `removed ${path}`),
  ].join('\n');
}

async function findingsOf(shell: Shell, store: GitStore, head: string): Promise<Finding[]> {
  const pin = await checkPin(shell);
  return [
    await checkStore(store, head),
    checkMutex(store),
    checkFiles(store),
    checkWeight(store),
    pin,
    await checkProtection(shell),
    await checkPolicy(shell),
    ...(await checkFold(shell)),
  ];
}

/** A clone that has never looked at its remote knows nothing of the log there. */
function noLogText(remote: Pick<RemoteLog, 'name'> | null): string {
  return remote === null
    ? 'There is no coordination log here yet. Begin with: coord init'
    : `There is no coordination log here yet. To take over the one on ${remote.name}: coord sync. Where it has none either, begin with: coord init`;
}

export const doctor = tool({
  name: 'doctor',
  summary: 'Look whether store, remote, policy, clock and state are well, and say what to do.',
  input: () =>
    z.object({
      fix: z
        .boolean()
        .default(false)
        .describe('Remove what killed processes of coord left; nothing else is touched'),
    }),
  positional: [],
  examples: [
    { text: 'doctor', means: {} },
    { text: 'doctor --fix', means: { fix: true } },
  ],
  async run(shell, wanted) {
    const store = storeHandle(shell.repository().commonDir).open();
    const head = store?.readRef(logRef) ?? null;
    if (store === null || head === null) {
      return refuse('no-log', noLogText((await shell.workspace()).remote));
    }
    const fixed = wanted.fix ? await fix(store) : [];
    const checks = await findingsOf(shell, store, head);
    const isWell = checks.every(({ status }) => status !== 'fail');
    return {
      ok: true,
      result: { checks, fixed },
      text: textOf(checks, fixed),
      status: isWell ? 0 : 1,
    };
  },
});
