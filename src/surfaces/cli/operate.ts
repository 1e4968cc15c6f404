// Runs an operation of the registry from the shell: fresh state first, then decide, then publish.
import { ask } from '../../engine/ask.ts';
import { execute, noLog } from '../../engine/execute.ts';
import type { Answer, Done } from '../../engine/execute.ts';
import type { Request } from '../../engine/decide.ts';
import { publish } from '../../engine/sync.ts';
import type { Refusal } from '../../kernel/decider.ts';
import { Fault } from '../../kernel/fault.ts';
import type { Details } from '../../kernel/fault.ts';
import { isRefusal } from '../../kernel/operation.ts';
import type { AnyCommand, AnyQuery } from '../../kernel/operation.ts';
import { idRandomBytes, uuidv7 } from '../../log/id.ts';
import { nextHybridTime } from '../../log/clock.ts';
import { renderAnswer, renderDone } from '../../grammar/render.ts';
import { detectAgent } from './identity.ts';
import type { Shell } from './shell.ts';
import type { ToolAnswer } from './tool.ts';
import { isPolicyFault } from './policy-source.ts';
import { freshen } from './workspace.ts';
import type { Workspace } from './workspace.ts';

function noteStale(shell: Shell, problem: Fault | null, workspace: Workspace): void {
  if (problem === null) return;
  const name = workspace.remote?.name ?? 'the remote';
  shell.terminal.err(
    isPolicyFault(problem)
      ? `coord: what is new on ${name} is not taken over while the policy is broken; this is the state known here.`
      : `coord: ${name} cannot be reached; this is the state known here. ${problem.message}`,
  );
}

/** In an agent's environment `agent join NAME` is the agent naming itself, when no other name was given. */
function joiningName(shell: Shell, command: AnyCommand, input: Details): string | null {
  const { globals, environment } = shell;
  const isNamed = globals.as !== null || (environment['COORD_AGENT'] ?? '') !== '';
  if (command.name !== 'agent.join' || isNamed || detectAgent(environment) === null) return null;
  return typeof input['name'] === 'string' ? input['name'].replace(/^@/, '').toLowerCase() : null;
}

async function requestFor(
  shell: Shell,
  workspace: Workspace,
  command: AnyCommand,
  input: Details,
): Promise<Request> {
  const { clock } = shell;
  const fold = await workspace.engine.projection.load();
  const { actor: found, session, auth, isPersonPresent } = await shell.identity();
  const actor = joiningName(shell, command, input) ?? found;
  const now = clock.now();
  const id = uuidv7(Date.parse(now), clock.randomBytes(idRandomBytes));
  const hlc = nextHybridTime(fold.position?.hlc ?? null, now);
  const intent = { id, log: fold.log ?? '', op: command.name, actor, hlc, input };
  return { intent: session === null ? intent : { ...intent, session }, auth, isPersonPresent };
}

interface Published {
  readonly isConfirmed: boolean;
  readonly answer: Answer;
}

/**
 * What has become of a command meanwhile: another process of this clone may have synced between our deciding it
 * and our publishing it, and have decided it again. Its record says so, and its id finds that.
 */
async function answerNow(workspace: Workspace, request: Request, answer: Answer): Promise<Answer> {
  // What was refused, or changed nothing, left no record to look at.
  if (!answer.ok || answer.seq === null) return answer;
  const [now = answer] = await execute(workspace.engine, [request]);
  return now.ok ? { ...now, isDuplicate: answer.isDuplicate } : now;
}

/** Publishes a command that was accepted here; its answer may change when somebody was faster on the remote. */
async function publishAnswer(
  shell: Shell,
  workspace: Workspace,
  request: Request,
  answer: Done,
): Promise<Published> {
  const { engine, log, remote } = workspace;
  if (remote === null) return { isConfirmed: true, answer };
  if (shell.globals.isOffline) return { isConfirmed: false, answer };
  try {
    const synced = await publish(engine, log, remote, new Set([answer.id]));
    const { again, isConfirmed, problem } = synced;
    if (problem !== null) shell.terminal.err(`coord: ${problem.message}`);
    const decided = again.get(answer.id) ?? answer;
    return { isConfirmed, answer: await answerNow(workspace, request, decided) };
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'remote-unreachable') throw error;
    noteStale(shell, error, workspace);
    return { isConfirmed: false, answer };
  }
}

/** Runs a command and publishes it; `confirmed` tells whether the remote has it. */
export async function runCommand(
  shell: Shell,
  command: AnyCommand,
  input: Details,
): Promise<ToolAnswer | Refusal> {
  const workspace = await shell.workspace();
  await workspace.policy.strict();
  const { problem } = await freshen(workspace, shell.globals.isOffline);
  noteStale(shell, problem, workspace);
  const request = await requestFor(shell, workspace, command, input);
  const [first] = await execute(workspace.engine, [request]);
  if (first === undefined)
    throw new Fault('no-answer', 'The engine gave no answer. Report this bug.');
  if (!first.ok) return first;
  const isUnreachable = problem !== null;
  const { isConfirmed, answer } = isUnreachable
    ? { isConfirmed: false, answer: first }
    : await publishAnswer(shell, workspace, request, first);
  if (!answer.ok) return answer;
  const { id, seq, events, isDuplicate, result } = answer;
  const shown = {
    id,
    seq,
    confirmed: isConfirmed,
    events,
    ...(isDuplicate ? { duplicate: true } : {}),
    ...result,
  };
  return { ok: true, result: shown, text: renderDone(command, answer, isConfirmed) };
}

/** Who asks what is the same for everybody; finding out who it is would take a process of git. */
const anybody = { actor: 'anybody', session: null, isPersonPresent: false };

/** A name that was given is looked at in any case: one that cannot be is told. */
function isForAnybody({ globals }: Shell, query: AnyQuery): boolean {
  return query.isAboutActor === false && globals.as === null;
}

/** Answers a query on the freshest state that can be had. */
export async function runQuery(
  shell: Shell,
  query: AnyQuery,
  input: Details,
): Promise<ToolAnswer | Refusal> {
  const workspace = await shell.workspace();
  const { problem } = await freshen(workspace, shell.globals.isOffline);
  noteStale(shell, problem, workspace);
  // Git may look for user and policy in processes of its own while the log is read in this one.
  const identity = isForAnybody(shell, query) ? Promise.resolve(anybody) : shell.identity(true);
  const fold = workspace.asking.projection.load();
  fold.catch(() => undefined);
  const { actor, session, isPersonPresent } = await identity;
  // An answer about nothing is still an answer; what to do about it is said beside it.
  if ((await fold).position === null) shell.terminal.err(`coord: ${noLog}`);
  const answer = await ask(workspace.asking, query, { actor, session, isPersonPresent, input });
  if (isRefusal(answer)) return answer;
  return { ok: true, result: answer, text: renderAnswer(query, answer) };
}
