// `coord verify`: holds the log against its format and its checkpoints, for a window, the last interval, or from the genesis.
import { z } from 'zod';
import { logRef, storeHandle } from '../../../adapters/git/local-log.ts';
import { fetchAside } from '../../../adapters/git/remote/remote-log.ts';
import { lent } from '../../../adapters/git/remote/take-over.ts';
import type { GitStore } from '../../../adapters/git/store/git-store.ts';
import { readVerifiedMark, writeVerifiedMark } from '../../../adapters/git/verified-mark.ts';
import { refuse } from '../../../kernel/decider.ts';
import { Fault } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import type { Problem } from '../../../log/verify-batch.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import type { ToolAnswer } from '../tool.ts';
import { freshen } from '../workspace.ts';
import { levels, verifyAt } from './verify-levels.ts';
import type { Level, Place, Verified } from './verify-levels.ts';
import { signatureJudges } from './verify-signatures.ts';

const input = () =>
  z.object({
    level: z
      .enum(levels)
      .optional()
      .describe(
        'How far back: the last window, the last interval between checkpoints folded again, or everything; everything that is here',
      ),
    noWatermark: z
      .boolean()
      .default(false)
      .describe('Verify again what was verified before from the genesis on'),
  });

type Input = z.output<ReturnType<typeof input>>;

/** Enough for the newest checkpoint and the one before it, wherever the head stands. */
const checkpointDepth = 2 * (limits.tailCommitsMax + 1);

function notHere(level: Level): string {
  return `What is before this commit is not here. \`coord verify --level ${level}\` fetches it when the remote can be reached.`;
}

function tellUnreachable(shell: Shell, fault: Fault): void {
  shell.terminal.err(`coord: verified what is here. ${fault.message}`);
}

/** Takes over what is new; a remote whose log is not taken over is no reason to stop, but a problem to tell. */
async function newsFault(shell: Shell): Promise<Fault | null> {
  try {
    const { problem } = await freshen(await shell.workspace(), shell.globals.isOffline);
    // It is forgiven where the log is used, and named where it is verified.
    if (problem?.code === 'log-ahead') return problem;
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

/** Looks once more with what a shallow store lacks, fetched for this look only. */
async function verifyDeeper(shell: Shell, place: Place, level: Level): Promise<Verified> {
  const { store } = place;
  const depth = level === 'checkpoint' ? checkpointDepth : null;
  const { keptIn } = await shell.workspace();
  const look = { clock: shell.clock, environment: shell.environment, keptIn, depth };
  const quarantine = await fetchAside(shell.repository(), shell.globals.remote, look);
  try {
    const fetched = quarantine.open();
    try {
      const both = lent(fetched, store);
      return await verifyAt({ ...place, store: both, boundary: fetched.shallow() }, level);
    } finally {
      fetched.close();
    }
  } finally {
    quarantine.remove();
  }
}

/** What is asked for further back than what is here and cannot be had is a problem. */
function asShort(verified: Verified): Verified {
  const { level, first, problems } = verified;
  const problem = { commit: first, reason: notHere(level) };
  return { ...verified, problems: [problem, ...problems], mark: null };
}

async function verifyPlace(shell: Shell, place: Place, { level }: Input): Promise<Verified> {
  const here = await verifyAt(place, level);
  if (!here.isShort) return here;
  const { remote } = await shell.workspace();
  if (remote === null || shell.globals.isOffline) return asShort(here);
  try {
    return await verifyDeeper(shell, place, here.level);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'remote-unreachable') throw error;
    tellUnreachable(shell, error);
    return asShort(here);
  }
}

function lineOf({ commit, path, line, reason }: Problem): string {
  const place = path === undefined ? '' : ` ${path}${line === undefined ? '' : `:${line}`}`;
  return `  ${commit ?? 'log'}${place}  ${reason}`;
}

const extents: Readonly<Record<Level, string>> = {
  window: 'as far back as was looked',
  checkpoint: 'back to the checkpoint before the last',
  genesis: 'from the genesis',
};

/** What else one should know of what was looked at, and what was not. */
function notes({ checkpoints, since }: Verified): string[] {
  const { compared, outgrown } = checkpoints;
  const lines: string[] = [];
  if (compared > 0) {
    const what = compared === 1 ? '1 checkpoint is' : `${compared} checkpoints are`;
    lines.push(`  ${what} what the records fold to, by the reducer that this coord writes with`);
  }
  if (outgrown > 0) lines.push(`  not compared: ${outgrown} of an older coord`);
  if (since !== null) {
    lines.push(`  up to seq ${since.seq} as found before; --no-watermark looks at that again`);
  }
  return lines;
}

function textOf(verified: Verified, head: string, shown: readonly Problem[]): string {
  const { commits, records, seq, chain } = verified.report;
  const extent = `${commits} commits with ${records} records up to seq ${seq}`;
  const count = verified.problems.length;
  if (count === 0) {
    return [
      `The log is good: ${extent}, ${extents[verified.level]}.`,
      ...notes(verified),
      `  head ${head}`,
      `  chain sha256:${chain}`,
    ].join('\n');
  }
  const left = count - shown.length;
  return [
    `The log is not good: ${count} ${count === 1 ? 'problem' : 'problems'} in ${extent}.`,
    ...shown.map(lineOf),
    ...(left > 0 ? [`  and ${left} more`] : []),
  ].join('\n');
}

/** No problem of the log: anybody may say such things in a shell, and no check counts them. */
function unprovenLines({ unproven }: Verified): string[] {
  if (unproven.length === 0) return [];
  const shown = unproven.slice(0, limits.verifyProblemsMax).map(lineOf);
  const left = unproven.length - shown.length;
  const title = 'Said without a proof that can be found here:';
  return [title, ...shown, ...(left > 0 ? [`  and ${left} more`] : [])];
}

function answerOf(verified: Verified, head: string): ToolAnswer {
  const { level, report, checkpoints, since } = verified;
  const { commits, records, seq, chain } = report;
  const unproven = verified.unproven.slice(0, limits.verifyProblemsMax);
  const valid = verified.problems.length === 0;
  const problems = verified.problems.slice(0, limits.verifyProblemsMax);
  const left = verified.problems.length - problems.length;
  return {
    ok: true,
    result: {
      ...{ level, commits, records, head, seq, chain: `sha256:${chain}`, valid, problems },
      checkpoints,
      ...(unproven.length === 0 ? {} : { unproven }),
      ...(since === null ? {} : { since: { seq: since.seq, commit: since.oid } }),
      ...(left > 0 ? { problemsLeftOut: left } : {}),
    },
    text: [textOf(verified, head, problems), ...unprovenLines(verified)].join('\n'),
    status: valid ? 0 : 1,
  };
}

async function verifyHere(
  shell: Shell,
  store: GitStore,
  head: string,
  wanted: Input,
): Promise<Verified> {
  const { evolutions } = (await shell.workspace()).engine;
  const senders = await signatureJudges(shell);
  const { trustsShell } = senders;
  const before = wanted.noWatermark ? null : readVerifiedMark(store.dir, trustsShell);
  const place: Place = { store, boundary: store.shallow(), head, evolutions, before, senders };
  const verified = await verifyPlace(shell, place, wanted);
  const { mark } = verified;
  if (mark !== null && mark.mark.oid !== before?.mark.oid) writeVerifiedMark(store.dir, mark);
  return verified;
}

export const verify = tool({
  name: 'verify',
  summary: 'Verify the log: order, chain, checkpoints, and that nothing foreign is in it.',
  input,
  positional: [],
  examples: [
    { text: 'verify', means: {} },
    { text: 'verify --level window', means: { level: 'window' } },
    { text: 'verify --level checkpoint', means: { level: 'checkpoint' } },
    {
      text: 'verify --level genesis --no-watermark',
      means: { level: 'genesis', noWatermark: true },
    },
  ],
  async run(shell, wanted) {
    const fault = await newsFault(shell);
    const { store, head } = openLog(shell);
    if (store === null || head === null) {
      if (fault !== null) throw fault;
      return refuse('no-log', 'There is no coordination log here yet. Begin with: coord init');
    }
    const verified = await verifyHere(shell, store, head, wanted);
    const { problems } = verified;
    // A fault over what is broken here already would say the same again.
    const news = fault === null || problems.length > 0 ? [] : [problemOf(fault)];
    return answerOf({ ...verified, problems: [...problems, ...news] }, head);
  },
});
