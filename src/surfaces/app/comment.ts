// `/coord` lines of a new comment become operations: eyes, then rocket or confused, one reply for reads and errors.
import { hasOutcome, hasReplied, react, reply } from '../../adapters/github/thread.ts';
import { findCommands } from '../../grammar/comment.ts';
import type { CommandLine } from '../../grammar/comment.ts';
import { inertInline } from '../../grammar/render.ts';
import { UsageError } from '../../kernel/fault.ts';
import type { Desk } from './desk.ts';
import { runLines } from './line.ts';
import type { LineResult } from './line.ts';
import { isOwn, senderOf } from './sender.ts';
import type { Sender, SenderAnswer, WebhookUser } from './sender.ts';

export interface NewComment {
  readonly id: number;
  readonly issue: number;
  readonly body: string;
  readonly createdAt: string;
  readonly user: WebhookUser;
}

const strangerMarker = '<!-- coord:stranger -->';
const shownLineCharsMax = 200;

/** A line as it was read, in a code span that it cannot leave. */
function shownLine(line: string): string {
  const clean = line.replace(/[`\p{Cc}\p{Cf}]/gu, "'").slice(0, shownLineCharsMax);
  return `\`${`/coord ${clean}`.trimEnd()}\``;
}

/** One reply for all lines, or null where the reaction says it all. */
function replyText(results: readonly LineResult[]): string | null {
  if (results.every(({ text }) => text === null)) return null;
  const [only] = results;
  if (results.length === 1 && only?.isDone === true) return only.text;
  return results
    .map(({ line, text, isDone }) => {
      const said = text ?? 'done.';
      return `${shownLine(line)}:${isDone && text !== null ? '\n\n' : ' '}${said}`;
    })
    .join('\n\n');
}

/** Replies once to a comment, however often it is delivered. */
async function replyOnce(desk: Desk, comment: NewComment, text: string): Promise<void> {
  const marker = `<!-- coord:reply ${comment.id} -->`;
  const where = { issue: comment.issue, since: comment.createdAt, appId: desk.app.id };
  if (await hasReplied(desk.client, desk.repository, where, marker)) return;
  await reply(desk.client, desk.repository, comment.issue, { text, marker });
}

/** Refuses a stranger politely once a conversation; later the reaction has to do. */
async function replyToStranger(desk: Desk, comment: NewComment, reason: string): Promise<void> {
  const { issue } = comment;
  if (desk.toldStrangers.has(issue)) return;
  desk.toldStrangers.add(issue);
  const where = { issue, appId: desk.app.id };
  if (await hasReplied(desk.client, desk.repository, where, strangerMarker)) return;
  const text = inertInline(reason);
  await reply(desk.client, desk.repository, issue, { text, marker: strangerMarker });
}

/** The outcome's reaction comes last: who sees it knows that the comment is dealt with. */
async function conclude(
  desk: Desk,
  comment: NewComment,
  isDone: boolean,
  say: () => Promise<void>,
): Promise<void> {
  await say();
  await react(desk.client, desk.repository, comment.id, isDone ? 'rocket' : 'confused');
}

type Refused = Extract<SenderAnswer, { ok: false }>;

async function refuseSender(desk: Desk, comment: NewComment, refused: Refused): Promise<void> {
  const { kind, reason } = refused;
  if (kind === 'unlisted-bot') return;
  await conclude(desk, comment, false, () =>
    kind === 'stranger'
      ? replyToStranger(desk, comment, reason)
      : replyOnce(desk, comment, inertInline(reason)),
  );
}

function commandsIn(body: string): CommandLine[] | UsageError {
  try {
    return findCommands(body);
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
  const isSeen = react(desk.client, desk.repository, comment.id, 'eyes');
  const fold = desk.reader.projection.load();
  // Awaited where it is needed; comments that only ask for help do not need it.
  fold.catch(() => undefined);
  const cause = `github:issue_comment:${comment.id}`;
  const results = await runLines({ desk, sender, cause, fold }, commands);
  await isSeen;
  const text = replyText(results);
  const isDone = results.every((result) => result.isDone);
  await conclude(desk, comment, isDone, async () => {
    if (text !== null) await replyOnce(desk, comment, text);
  });
}

async function attendTo(
  desk: Desk,
  comment: NewComment,
  commands: CommandLine[] | UsageError,
): Promise<void> {
  const { client, repository, app } = desk;
  const [found, isDealtWith] = await Promise.all([
    senderOf(desk, comment.user),
    hasOutcome(client, repository, comment.id, `${app.slug}[bot]`),
  ]);
  if (isDealtWith) return;
  if (!found.ok) await refuseSender(desk, comment, found);
  else if (Array.isArray(commands)) await runAll(desk, found.sender, comment, commands);
  else {
    const { message } = commands;
    await conclude(desk, comment, false, () => replyOnce(desk, comment, inertInline(message)));
  }
}

/**
 * Executes the commands of a new comment; a comment without commands costs nothing. Whatever breaks leaves at least
 * the reaction `confused`, and is thrown for the log of the App.
 */
export async function handleComment(desk: Desk, comment: NewComment): Promise<void> {
  const commands = commandsIn(comment.body);
  if (isOwn(desk.app, comment.user)) return;
  if (Array.isArray(commands) && commands.length === 0) return;
  try {
    await attendTo(desk, comment, commands);
  } catch (error) {
    await react(desk.client, desk.repository, comment.id, 'confused');
    throw error;
  }
}
