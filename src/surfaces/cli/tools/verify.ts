// `coord verify`: holds the log against its format and its checkpoints, for a window, the last interval, or from the genesis.
import { z } from 'zod';
import { logRef, storeHandle } from '../../../adapters/git/local-log.ts';
import type { GitStore } from '../../../adapters/git/store/git-store.ts';
import { readVerifiedMark, writeVerifiedMark } from '../../../adapters/git/verified-mark.ts';
import { refuse } from '../../../kernel/decider.ts';
import { Fault } from '../../../kernel/fault.ts';
import type { Details } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import type { Problem } from '../../../log/verify-batch.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import type { ToolAnswer } from '../tool.ts';
import { forkKnown, freshen } from '../workspace.ts';
import { verifyPlace } from './verify-deeper.ts';
import type { Deepened } from './verify-deeper.ts';
import { forkOf, forkText } from './verify-forked.ts';
import type { Fork } from './verify-forked.ts';
import { levels } from './verify-levels.ts';
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

function tellUnreachable(shell: Shell, fault: Fault): void {
  shell.terminal.err(`coord: verified what is here. ${fault.message}`);
}

/** Who did not look at the remote now is told what the last look at it found. */
async function tellKnownFork(shell: Shell): Promise<void> {
  const fork = forkKnown(await shell.workspace());
  if (fork !== null) shell.terminal.err(`coord: FORKED: ${fork.message}`);
}

/** Takes over what is new; a remote whose log is not taken over is no reason to stop, but a problem to tell. */
async function newsFault(shell: Shell): Promise<Fault | null> {
  try {
    const { problem } = await freshen(await shell.workspace(), shell.globals.isOffline);
    // It is forgiven where the log is used, and named where it is verified.
    if (problem?.code === 'log-ahead') return problem;
    if (problem !== null) tellUnreachable(shell, problem);
    await tellKnownFork(shell);
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

/** What is answered beside what was verified. */
interface Found extends Deepened {
  readonly head: string;
  readonly fork: Fork | null;
}

function forkDetails({ remote, here, there, common }: Fork): Details {
  return { remote, here, there, common };
}

function answerOf({ verified, reached, head, fork }: Found): ToolAnswer {
  const { level, report, checkpoints, since } = verified;
  const { commits, records, seq, chain } = report;
  const unproven = verified.unproven.slice(0, limits.verifyProblemsMax);
  const valid = verified.problems.length === 0;
  const problems = verified.problems.slice(0, limits.verifyProblemsMax);
  const left = verified.problems.length - problems.length;
  return {
    ok: true,
    result: {
      ...{ level, reached, commits, records, head, seq, chain: `sha256:${chain}` },
      ...{ valid, problems, checkpoints },
      ...(fork === null ? {} : { forked: forkDetails(fork) }),
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
): Promise<Deepened> {
  const { evolutions } = (await shell.workspace()).engine;
  const senders = await signatureJudges(shell);
  const { trustsShell } = senders;
  const before = wanted.noWatermark ? null : readVerifiedMark(store.dir, trustsShell);
  const place: Place = { store, boundary: store.shallow(), head, evolutions, before, senders };
  const deepened = await verifyPlace(shell, place, wanted.level, (fault) => {
    tellUnreachable(shell, fault);
  });
  const { mark } = deepened.verified;
  if (mark !== null && mark.mark.oid !== before?.mark.oid) writeVerifiedMark(store.dir, mark);
  return deepened;
}

/** A fault over what is broken here already would say the same again; a fork is nothing that one log shows. */
function isToldAlready({ code }: Fault, problems: readonly Problem[]): boolean {
  return code !== 'log-forked' && problems.length > 0;
}

/** The problem that news from the remote are, with what differs where its log is another; a deleted one differs in all. */
async function newsProblem(
  shell: Shell,
  { store, head }: Pick<Found, 'head'> & { readonly store: GitStore },
  fault: Fault,
): Promise<{ readonly problem: Problem; readonly fork: Fork | null }> {
  const problem = problemOf(fault);
  const fork = fault.code === 'log-forked' ? await forkOf(shell, store, head) : null;
  if (fork === null) return { problem, fork };
  const pin = await (await shell.workspace()).remote?.pin();
  const text = forkText(fork, store.dir, pin ?? head);
  return { problem: { ...problem, reason: `${problem.reason} ${text}` }, fork };
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
    const { verified, reached } = await verifyHere(shell, store, head, wanted);
    const { problems } = verified;
    if (fault === null || isToldAlready(fault, problems)) {
      return answerOf({ verified, reached, head, fork: null });
    }
    const { problem, fork } = await newsProblem(shell, { store, head }, fault);
    return answerOf({
      verified: { ...verified, problems: [...problems, problem] },
      reached,
      head,
      fork,
    });
  },
});
