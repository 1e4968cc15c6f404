// What is said beside an answer of how the log here and the one on the remote stand to each other.
import { renumberedText } from '../../engine/renumbered.ts';
import type { Renumberings } from '../../engine/renumbered.ts';
import type { Details, Fault } from '../../kernel/fault.ts';
import { isPolicyFault } from './policy-source.ts';
import type { Shell } from './shell.ts';
import type { ToolAnswer } from './tool.ts';
import type { Workspace } from './workspace.ts';

/** What is known here is not the newest, and why. */
export function noteStale(shell: Shell, problem: Fault | null, workspace: Workspace): void {
  if (problem === null) return;
  const name = workspace.remote?.name ?? 'the remote';
  if (problem.code === 'log-ahead') {
    shell.terminal.err(`coord: this is the state known here. ${problem.message}`);
    return;
  }
  shell.terminal.err(
    isPolicyFault(problem)
      ? `coord: what is new on ${name} is not taken over while the policy is broken; this is the state known here.`
      : `coord: ${name} cannot be reached; this is the state known here. ${problem.message}`,
  );
}

/** What was made here and goes by another number since: whoever was told the old one must hear the new one. */
export function tellRenumbered({ terminal }: Shell, renumbered: Renumberings): void {
  if (renumbered.size === 0) return;
  terminal.err(`coord: others were first on the log: ${renumberedText(renumbered)}.`);
}

/** Codes whose own message says what to do and that nothing is lost. */
const explained = new Set(['remote-denied', 'remote-busy']);

/** What was accepted here is not on the remote, and why. */
export function tellUnpublished(shell: Shell, workspace: Workspace, problem: Fault): void {
  const { code, message } = problem;
  if (code === 'remote-unreachable' || isPolicyFault(problem)) {
    noteStale(shell, problem, workspace);
    return;
  }
  const kept = explained.has(code) ? '' : ' What you did is kept here; `coord sync` publishes it.';
  shell.terminal.err(`coord: ${message}${kept}`);
}

const whileForked =
  'This is the log known here; commands are refused until the remote continues it. `coord verify` shows what differs.';

/** An answer from the log here, and the Fault that says that the remote's does not continue it. */
interface Forked {
  readonly answer: ToolAnswer;
  readonly fork: Fault | null;
  readonly isOverview: boolean;
}

/** Both heads and the next step, for machines; `there` is null where the branch was deleted. */
async function forkDetails({ log }: Workspace, { message, data }: Fault): Promise<Details> {
  const { remote, there = null, here = await log.head() } = data;
  return { message, remote, here, there };
}

/**
 * An answer from a log that is forked says so, as `forked` to machines. People read it in the text of `isOverview`,
 * and beside any other, which a program may take for what was asked.
 */
export async function withFork(
  { terminal }: Pick<Shell, 'terminal'>,
  workspace: Workspace,
  { answer, fork, isOverview }: Forked,
): Promise<ToolAnswer> {
  if (fork === null) return answer;
  const told = `FORKED: ${fork.message} ${whileForked}`;
  if (!isOverview) terminal.err(`coord: ${told}`);
  const forked = await forkDetails(workspace, fork);
  return {
    ...answer,
    result: { ...answer.result, forked },
    text: isOverview ? `${told}\n${answer.text}` : answer.text,
  };
}
