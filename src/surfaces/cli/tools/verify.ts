// `coord verify`: holds the log against its format, from the genesis or for the last window.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { evidenceFor, historyOf } from '../../../adapters/git/evidence.ts';
import type { History } from '../../../adapters/git/evidence.ts';
import type { GitStore } from '../../../adapters/git/store/git-store.ts';
import { logRef, storeHandle } from '../../../adapters/git/local-log.ts';
import { fetchWholeLog } from '../../../adapters/git/remote/remote-log.ts';
import { lent } from '../../../adapters/git/remote/take-over.ts';
import { refuse } from '../../../kernel/decider.ts';
import { Fault } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import type { Problem } from '../../../log/verify-batch.ts';
import { verifyLog } from '../../../log/verify.ts';
import type { Report } from '../../../log/verify.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import type { ToolAnswer } from '../tool.ts';
import { freshen } from '../workspace.ts';

type Level = 'window' | 'genesis';

const input = z.object({
  level: z
    .enum(['window', 'genesis'])
    .optional()
    .describe('How far back: the last window, or everything; everything that is here'),
});

interface Verified {
  readonly level: Level;
  readonly report: Report;
  readonly problems: readonly Problem[];
}

const notHere =
  'What is before this commit is not here. `coord verify --level genesis` fetches it when the remote can be reached.';

/** Problems of the walk itself: a commit that cannot be read, or a beginning that was asked for and is not here. */
function walkProblems({ end, oids, problem }: History, asked: Level | undefined): Problem[] {
  if (problem !== null) return [problem];
  const isShort = end === 'boundary' && asked === 'genesis';
  return isShort ? [{ commit: oids[0] ?? null, reason: notHere }] : [];
}

function verifyFrom(
  store: GitStore,
  boundary: readonly string[],
  head: string,
  asked: Level | undefined,
): Verified {
  const commitsMax = asked === 'window' ? limits.tailCommitsMax + 1 : Infinity;
  const history = historyOf(store, head, boundary, commitsMax);
  const startsAtGenesis = history.end === 'genesis';
  const report = verifyLog(evidenceFor(store, history.oids), {
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    startsAtGenesis,
  });
  const level = asked ?? (startsAtGenesis ? 'genesis' : 'window');
  return { level, report, problems: [...walkProblems(history, asked), ...report.problems] };
}

/** Fetches what a shallow store lacks, for this look only. */
async function verifyWhole(shell: Shell, store: GitStore, head: string): Promise<Verified> {
  const quarantine = await fetchWholeLog(shell.repository(), shell.globals.remote, shell.clock);
  try {
    const fetched = quarantine.open();
    try {
      return verifyFrom(lent(fetched, store), [], head, 'genesis');
    } finally {
      fetched.close();
    }
  } finally {
    quarantine.remove();
  }
}

function tellUnreachable(shell: Shell, fault: Fault): void {
  shell.terminal.err(`coord: verified what is here. ${fault.message}`);
}

/** Takes over what is new; a remote whose log is not taken over is no reason to stop, but a problem to tell. */
async function newsFault(shell: Shell): Promise<Fault | null> {
  try {
    const { problem } = await freshen(await shell.workspace(), shell.globals.isOffline);
    if (problem !== null) tellUnreachable(shell, problem);
    return null;
  } catch (error) {
    if (error instanceof Fault && /^(?:log|object)-/.test(error.code)) return error;
    throw error;
  }
}

function openLog(shell: Shell): { readonly store: GitStore | null; readonly head: string | null } {
  const store = storeHandle(shell.repository().commonDir).open();
  return { store, head: store?.readRef(logRef) ?? null };
}

function problemOf({ data, message }: Fault): Problem {
  const commit = data['commit'] ?? data['head'];
  return { commit: typeof commit === 'string' ? commit : null, reason: message };
}

async function verifyStore(
  shell: Shell,
  store: GitStore,
  head: string,
  asked: Level | undefined,
): Promise<Verified> {
  const boundary = store.shallow();
  const { remote } = await shell.workspace();
  const wantsMore = asked === 'genesis' && boundary.length > 0;
  if (!wantsMore || remote === null || shell.globals.isOffline) {
    return verifyFrom(store, boundary, head, asked);
  }
  try {
    return await verifyWhole(shell, store, head);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'remote-unreachable') throw error;
    tellUnreachable(shell, error);
    return verifyFrom(store, boundary, head, asked);
  }
}

function lineOf({ commit, path, line, reason }: Problem): string {
  const place = path === undefined ? '' : ` ${path}${line === undefined ? '' : `:${line}`}`;
  return `  ${commit ?? 'log'}${place}  ${reason}`;
}

function answerOf({ level, report }: Verified, head: string, all: readonly Problem[]): ToolAnswer {
  const { commits, records, seq, chain } = report;
  const valid = all.length === 0;
  const problems = all.slice(0, limits.verifyProblemsMax);
  const left = all.length - problems.length;
  const extent = `${commits} commits with ${records} records up to seq ${seq}`;
  const scope = level === 'genesis' ? 'from the genesis' : 'as far back as was looked';
  const lines = valid
    ? [`The log is good: ${extent}, ${scope}.`, `  head ${head}`, `  chain sha256:${chain}`]
    : [`The log is not good: ${all.length} problems in ${extent}.`, ...problems.map(lineOf)];
  if (left > 0) lines.push(`  and ${left} more`);
  return {
    ok: true,
    result: {
      ...{ level, commits, records, head, seq, chain: `sha256:${chain}`, valid, problems },
      ...(left > 0 ? { problemsLeftOut: left } : {}),
    },
    text: lines.join('\n'),
    status: valid ? 0 : 1,
  };
}

export const verify = tool({
  name: 'verify',
  summary: 'Verify the log: order, chain, and that nothing foreign is in it.',
  input,
  positional: [],
  examples: [
    { text: 'verify', means: {} },
    { text: 'verify --level window', means: { level: 'window' } },
  ],
  async run(shell, { level }) {
    const fault = await newsFault(shell);
    const { store, head } = openLog(shell);
    if (store === null || head === null) {
      if (fault !== null) throw fault;
      return refuse('no-log', 'There is no coordination log here yet. Begin with: coord init');
    }
    const verified = await verifyStore(shell, store, head, level);
    const { problems } = verified;
    // A fault over what is broken here already would say the same again.
    const news = fault === null || problems.length > 0 ? [] : [problemOf(fault)];
    return answerOf(verified, head, [...problems, ...news]);
  },
});
