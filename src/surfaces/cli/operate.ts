// Runs an operation of the registry from the shell: fresh state first, then decide, then publish.
import { ask } from '../../engine/ask.ts';
import type { Question } from '../../engine/ask.ts';
import { execute, noLog } from '../../engine/execute.ts';
import type { Answer, Done } from '../../engine/answer.ts';
import type { Request } from '../../engine/decide.ts';
import { takenBefore } from '../../engine/taken.ts';
import type { Refusal } from '../../kernel/decider.ts';
import { Fault } from '../../kernel/fault.ts';
import type { Details } from '../../kernel/fault.ts';
import { isRefusal } from '../../kernel/operation.ts';
import type { AnyCommand, AnyQuery } from '../../kernel/operation.ts';
import { idRandomBytes, uuidv7 } from '../../log/id.ts';
import { nextHybridTime } from '../../log/clock.ts';
import { renderAnswer, renderDone } from '../../grammar/render.ts';
import { hasRemotes } from '../../adapters/git/repository.ts';
import { withVouchNote } from '../../grammar/vouch-note.ts';
import { detectAgent } from './identity.ts';
import { lookBack } from './look-back.ts';
import type { Shell } from './shell.ts';
import { rollHere } from './roll.ts';
import { throughApp } from './through-app.ts';
import { lentHere, signedHere, tokenGiven } from './sign.ts';
import type { ToolAnswer } from './tool.ts';
import { tellRenumbered, tellUnpublished, noteStale, withFork } from './tell.ts';
import { freshen, freshenToAsk, publishHere, stopIfForked } from './workspace.ts';
import { withUnconfirmed } from './unconfirmed.ts';
import type { Freshness, Workspace } from './workspace.ts';

/** Takes over what is new in one of the ways to do that, and tells what came of it. */
async function toldFresh<Fresh extends Freshness>(
  shell: Shell,
  workspace: Workspace,
  take: (workspace: Workspace, isOffline: boolean) => Promise<Fresh>,
): Promise<Fresh> {
  try {
    const fresh = await take(workspace, shell.globals.isOffline);
    tellRenumbered(shell, fresh.renumbered);
    noteStale(shell, fresh.problem, workspace);
    return fresh;
  } catch (error) {
    tellRenumbered(shell, takenBefore(error).renumbered);
    throw error;
  }
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
  const intent = {
    id,
    log: fold.log ?? '',
    op: command.name,
    actor,
    hlc,
    input,
  };
  const whole = session === null ? intent : { ...intent, session };
  const request = { intent: whole, auth, isPersonPresent };
  const token = tokenGiven(shell);
  if (token !== null && whole.log !== '') return lentHere(shell, command, request, token);
  return signedHere(shell, command, request);
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

/** A command that is on the log here, while nobody knows what is to become of the log: that is for people to find out. */
function keptIn(problem: Fault, id: string): Fault {
  const message = `${problem.message} The command ${id} is kept on the log of this clone, unconfirmed.`;
  return new Fault(problem.code, message, { ...problem.data, id }, { cause: problem });
}

/**
 * Publishes a command that was accepted here; its answer may change when somebody was faster on the remote. It is
 * on the local log, so a remote that does not take it is no failure; Fault `log-forked` is, and names its id.
 */
async function publishAnswer(
  shell: Shell,
  workspace: Workspace,
  request: Request,
  answer: Done,
): Promise<Published> {
  const { remote } = workspace;
  if (remote === null) return { isConfirmed: true, answer };
  if (shell.globals.isOffline) return { isConfirmed: false, answer };
  const synced = await publishHere(workspace, remote, new Set([answer.id]));
  const { again, isConfirmed, problem, renumbered } = synced;
  tellRenumbered(shell, renumbered);
  if (problem?.code === 'log-forked') throw keptIn(problem, answer.id);
  if (problem !== null) tellUnpublished(shell, workspace, problem);
  const decided = again.get(answer.id) ?? answer;
  return { isConfirmed, answer: await answerNow(workspace, request, decided) };
}

/** Runs a command and publishes it; `confirmed` tells whether the remote has it. */
export async function runCommand(
  shell: Shell,
  command: AnyCommand,
  input: Details,
): Promise<ToolAnswer | Refusal> {
  const workspace = await shell.workspace();
  await workspace.policy.strict();
  const { problem } = await toldFresh(shell, workspace, freshen);
  stopIfForked(workspace);
  if (command.beginsEpoch === true) {
    const making = (whole: Details) => requestFor(shell, workspace, command, whole);
    return rollHere(shell, workspace, { command, input, requestFor: making });
  }
  const request = await requestFor(shell, workspace, command, input);
  const atApp = await throughApp(shell, workspace);
  if (atApp !== null) return atApp({ command, input, request });
  const [first] = await execute(workspace.engine, [request]);
  if (first === undefined)
    throw new Fault('no-answer', 'The engine gave no answer. Report this bug.');
  if (!first.ok) return first;
  const isUnreachable = problem !== null;
  const { isConfirmed, answer } = isUnreachable
    ? { isConfirmed: false, answer: first }
    : await publishAnswer(shell, workspace, request, first);
  if (!answer.ok) return answer;
  const { id, seq, events, isDuplicate } = answer;
  const result = withVouchNote(answer.result, {
    ...{ command, input, events, actor: request.intent.actor },
    hasRemote: hasRemotes(workspace.repository),
    isSigned: request.intent.sig !== undefined,
  });
  const shown = {
    id,
    seq,
    confirmed: isConfirmed,
    events,
    ...(isDuplicate ? { duplicate: true } : {}),
    ...result,
  };
  return {
    ok: true,
    result: shown,
    text: renderDone(command, { ...answer, result }, isConfirmed),
  };
}

/** Who asks what is the same for everybody; finding out who it is would take a process of git. */
const anybody = { actor: 'anybody', session: null, isPersonPresent: false };

/** A name that was given is looked at in any case: one that cannot be is told. */
function isForAnybody({ globals }: Shell, query: AnyQuery): boolean {
  return query.isAboutActor === false && globals.as === null;
}

/** The policy narrows the question: then it matters who asks. */
function isNotAllowed(answer: Details | Refusal): boolean {
  return isRefusal(answer) && answer.code === 'not-allowed';
}

/** Where an answer for people says what to do next: a whole sentence that names a command, or the section for it. */
const advice = /(?<=\.) [^.\n]*\bcoord [^\n]*$|^Next\n(?: +coord .*\n?)+/gm;

/** Before there is a log nothing that an answer advises can be done; `noLog` says what can. */
function answerText(query: AnyQuery, answer: Details, hasLog: boolean): string {
  const text = renderAnswer(query, answer);
  return hasLog ? text : text.replace(advice, '').trimEnd();
}

/** Answers a query on the freshest state that can be had. */
export async function runQuery(
  shell: Shell,
  query: AnyQuery,
  input: Details,
): Promise<ToolAnswer | Refusal> {
  const workspace = await shell.workspace();
  const { fork } = await toldFresh(shell, workspace, freshenToAsk);
  // Git may look for user and policy in processes of its own while the log is read in this one.
  const identity = isForAnybody(shell, query) ? Promise.resolve(anybody) : shell.identity(true);
  const fold = workspace.asking.projection.load();
  fold.catch(() => undefined);
  const { actor, session, isPersonPresent } = await identity;
  // An answer about nothing is still an answer; what to do about it is said beside it.
  const hasLog = (await fold).position !== null;
  if (!hasLog) shell.terminal.err(`coord: ${noLog}`);
  const asked = (who: Omit<Question, 'input'>): Promise<Details | Refusal> =>
    lookBack(shell, workspace.log, (store) =>
      ask({ ...workspace.asking, store }, query, { ...who, input }),
    );
  const anyones = await asked({ actor, session, isPersonPresent });
  const answer =
    isForAnybody(shell, query) && isNotAllowed(anyones)
      ? await asked(await shell.identity(true))
      : anyones;
  if (isRefusal(answer)) return answer;
  const text = answerText(query, answer, hasLog);
  const asker = async (): Promise<string> => (await shell.identity(true)).actor;
  const said = { ok: true, result: answer, text } as const;
  const whole = await withUnconfirmed(workspace, query, said, asker);
  workspace.keepSnapshot();
  const isOverview = query.name === 'overview.status';
  return withFork(shell, workspace, { answer: whole, fork, isOverview });
}
