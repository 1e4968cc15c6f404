// `/coord` lines of a new comment become operations: eyes, then rocket or confused, one reply for reads and errors.
import { hasReplied, react, reply } from '../../adapters/github/thread.ts';
import { ask } from '../../engine/ask.ts';
import { execute } from '../../engine/execute.ts';
import type { Answer } from '../../engine/execute.ts';
import { findCommands } from '../../grammar/comment.ts';
import type { CommandLine } from '../../grammar/comment.ts';
import { helpIndex, helpOf } from '../../grammar/help.ts';
import { chooseVerb, parse } from '../../grammar/parse.ts';
import type { Said } from '../../grammar/parse.ts';
import { fenced, inertInline, renderAnswer } from '../../grammar/render.ts';
import { splitWords } from '../../grammar/words.ts';
import { Fault, UsageError } from '../../kernel/fault.ts';
import type { AnyCommand, AnyQuery, Operation } from '../../kernel/operation.ts';
import { isRefusal } from '../../kernel/operation.ts';
import type { Desk } from './desk.ts';
import { requestOf } from './intent.ts';
import { mayWrite, senderOf } from './sender.ts';
import type { Sender, WebhookUser } from './sender.ts';

export interface NewComment {
  readonly id: number;
  readonly issue: number;
  readonly body: string;
  readonly createdAt: string;
  readonly user: WebhookUser;
}

/** What one line came to; `text` is Markdown for the reply, null where the reaction says it all. */
interface LineResult {
  readonly isDone: boolean;
  readonly text: string | null;
}

const done: LineResult = { isDone: true, text: null };

function failed(line: string, message: string): LineResult {
  return { isDone: false, text: `\`${line.replaceAll('`', "'")}\`: ${inertInline(message)}` };
}

function spoken(desk: Desk): readonly Operation[] {
  return desk.engine.registry.operations.filter(
    (operation) => operation.kind === 'query' || operation.appOnly !== true,
  );
}

function helpFor(desk: Desk, words: readonly string[]): string {
  const verbs = spoken(desk);
  const text =
    words.length === 0 ? helpIndex(verbs, '/coord') : helpOf(chooseVerb(verbs, words)[0], '/coord');
  return fenced(text);
}

async function answerQuery(
  desk: Desk,
  sender: Sender,
  said: Said<AnyQuery>,
  line: string,
): Promise<LineResult> {
  const { actor, isPersonPresent } = sender;
  const question = { actor, isPersonPresent, session: null, input: said.input };
  const answer = await ask(desk.engine, said.verb, question);
  if (isRefusal(answer)) return failed(line, answer.message);
  return { isDone: true, text: fenced(renderAnswer(said.verb, answer)) };
}

function resultOf(answer: Answer | undefined, line: string): LineResult {
  if (answer?.ok === true) return done;
  return failed(line, answer?.message ?? 'it got no answer.');
}

async function runCommand(
  desk: Desk,
  sender: Sender,
  said: Said<AnyCommand>,
  where: { readonly comment: NewComment; readonly index: number; readonly line: string },
): Promise<LineResult> {
  if (!mayWrite(sender)) {
    return failed(where.line, `this needs write access; you have ${sender.permission}.`);
  }
  const fold = await desk.engine.projection.load();
  const { actor, auth, isPersonPresent } = sender;
  const cause = `github:issue_comment:${where.comment.id}#${where.index}`;
  const wish = { op: said.verb.name, actor, auth, isPersonPresent, cause, input: said.input };
  const [answer] = await execute(desk.engine, [requestOf(desk, fold, wish)]);
  return resultOf(answer, where.line);
}

async function runLine(
  desk: Desk,
  sender: Sender,
  command: CommandLine,
  where: { readonly comment: NewComment; readonly index: number },
): Promise<LineResult> {
  const line = command.text;
  try {
    const words = splitWords(line);
    if (words.length === 0 || words[0]?.toLowerCase() === 'help') {
      return { isDone: true, text: helpFor(desk, words.slice(1)) };
    }
    const said = parse(spoken(desk), words);
    return said.verb.kind === 'query'
      ? await answerQuery(desk, sender, said as Said<AnyQuery>, line)
      : await runCommand(desk, sender, said as Said<AnyCommand>, { ...where, line });
  } catch (error) {
    if (error instanceof UsageError || error instanceof Fault) return failed(line, error.message);
    throw error;
  }
}

async function post(desk: Desk, comment: NewComment, marker: string, text: string): Promise<void> {
  const where = { issue: comment.issue, since: comment.createdAt, appId: desk.app.id };
  if (await hasReplied(desk.client, desk.repository, where, marker)) return;
  await reply(desk.client, desk.repository, comment.issue, `${text}\n\n${marker}`);
}

async function refuseAll(desk: Desk, comment: NewComment, reason: string): Promise<void> {
  await react(desk.client, desk.repository, comment.id, 'confused');
  await post(desk, comment, `<!-- coord:reply ${comment.id} -->`, inertInline(reason));
}

function commandsIn(comment: NewComment): CommandLine[] | UsageError {
  try {
    return findCommands(comment.body);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

async function runAll(
  desk: Desk,
  sender: Sender,
  comment: NewComment,
  commands: readonly CommandLine[],
): Promise<void> {
  const results: LineResult[] = [];
  for (const [index, command] of commands.entries()) {
    results.push(await runLine(desk, sender, command, { comment, index }));
  }
  const isDone = results.every((result) => result.isDone);
  await react(desk.client, desk.repository, comment.id, isDone ? 'rocket' : 'confused');
  const texts = results.map(({ text }) => text).filter((text) => text !== null);
  if (texts.length === 0) return;
  await post(desk, comment, `<!-- coord:reply ${comment.id} -->`, texts.join('\n\n'));
}

/** Executes the commands of a new comment; a comment without commands costs nothing. */
export async function handleComment(desk: Desk, comment: NewComment): Promise<void> {
  const commands = commandsIn(comment);
  if (Array.isArray(commands) && commands.length === 0) return;
  const { policy } = await desk.engine.policy();
  const found = await senderOf(desk, policy, comment.user);
  if (!found.ok) {
    if (found.isStranger && comment.user.type === 'Bot') return;
    await refuseAll(desk, comment, found.reason);
    return;
  }
  if (commands instanceof UsageError) {
    await refuseAll(desk, comment, commands.message);
    return;
  }
  const isSeen = react(desk.client, desk.repository, comment.id, 'eyes');
  await runAll(desk, found.sender, comment, commands);
  await isSeen;
}
