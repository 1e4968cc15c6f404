// The `/coord` lines of a comment, one after another: what each means, what it did, and what is said about it.
import { ask } from '../../engine/ask.ts';
import type { Answer } from '../../engine/answer.ts';
import type { Fold } from '../../engine/fold.ts';
import type { CommandLine } from '../../grammar/comment.ts';
import { helpAbout } from '../../grammar/help.ts';
import { parse } from '../../grammar/parse.ts';
import type { Said } from '../../grammar/parse.ts';
import { fenced, inertInline, renderAnswer } from '../../grammar/render.ts';
import { splitWords } from '../../grammar/words.ts';
import { Fault, UsageError } from '../../kernel/fault.ts';
import type { AnyCommand, AnyQuery, Operation } from '../../kernel/operation.ts';
import { isRefusal } from '../../kernel/operation.ts';
import type { Desk } from './desk.ts';
import { requestOf } from './intent.ts';
import { mayWrite } from './sender.ts';
import type { Sender } from './sender.ts';

/** What one line came to. */
export interface LineResult {
  /** The line as it was read, without the leading `/coord`. */
  readonly line: string;
  readonly isDone: boolean;
  /** Markdown for the reply; null where the reaction says it all. */
  readonly text: string | null;
}

/** For whom and because of what the lines run. */
export interface Hearing {
  readonly desk: Desk;
  readonly sender: Sender;
  /** `github:issue_comment:123`; the number of the line is added to it. */
  readonly cause: string;
  /** The log as it is known; awaited only when there is something to execute. */
  readonly fold: Promise<Fold>;
}

/** One line, read: a question, a command, or something that is answered as it stands. */
type Line =
  | { readonly kind: 'query'; readonly line: string; readonly said: Said<AnyQuery> }
  | {
      readonly kind: 'command';
      readonly line: string;
      readonly said: Said<AnyCommand>;
      readonly index: number;
    }
  | { readonly kind: 'answered'; readonly result: LineResult };

type CommandRead = Extract<Line, { kind: 'command' }>;

const messageCharsMax = 2000;
/** All answers of one comment together stay below GitHub's bound for a comment. */
const answerCharsMax = 5500;

function failed(line: string, message: string): LineResult {
  return { line, isDone: false, text: inertInline(message.slice(0, messageCharsMax)) };
}

/** An answer as a block; cut before it is fenced, so that the fence is always closed. */
function block(text: string): string {
  if (text.length <= answerCharsMax) return fenced(text);
  return fenced(`${text.slice(0, answerCharsMax)}\n… cut here; the shell shows all.`);
}

/** What went wrong as the sender may read it; anything unexpected goes on to the log of the App. */
function failureOf(line: string, error: unknown): LineResult {
  if (error instanceof UsageError || error instanceof Fault) return failed(line, error.message);
  throw error;
}

function spoken(desk: Desk): readonly Operation[] {
  return desk.engine.registry.operations.filter(
    (operation) => operation.kind === 'query' || operation.appOnly !== true,
  );
}

function readLine(desk: Desk, line: string, index: number): Line {
  try {
    const words = splitWords(line);
    if (words.length === 0 || words[0]?.toLowerCase() === 'help') {
      const text = block(helpAbout(spoken(desk), words.slice(1), '/coord'));
      return { kind: 'answered', result: { line, isDone: true, text } };
    }
    const said = parse(spoken(desk), words);
    return said.verb.kind === 'query'
      ? { kind: 'query', line, said: said as Said<AnyQuery> }
      : { kind: 'command', line, said: said as Said<AnyCommand>, index };
  } catch (error) {
    return { kind: 'answered', result: failureOf(line, error) };
  }
}

async function answerQuery(
  { desk, sender }: Hearing,
  line: string,
  said: Said<AnyQuery>,
): Promise<LineResult> {
  const { actor, isPersonPresent } = sender;
  try {
    const question = { actor, isPersonPresent, session: null, input: said.input };
    const answer = await ask(desk.reader, said.verb, question);
    if (isRefusal(answer)) return failed(line, answer.message);
    return { line, isDone: true, text: block(renderAnswer(said.verb, answer)) };
  } catch (error) {
    return failureOf(line, error);
  }
}

function resultOf(line: string, answer: Answer | undefined): LineResult {
  if (answer?.ok === true) return { line, isDone: true, text: null };
  return failed(line, answer?.message ?? 'It got no answer.');
}

/** Commands that stand together go into one commit. */
async function runCommands(hearing: Hearing, lines: readonly CommandRead[]): Promise<LineResult[]> {
  const { desk, sender, cause } = hearing;
  const { actor, auth, isPersonPresent, permission } = sender;
  if (!mayWrite(sender)) {
    return lines.map(({ line }) =>
      failed(line, `This needs write access; you have ${permission}.`),
    );
  }
  try {
    const fold = await hearing.fold;
    const requests = lines.map(({ said, index }) => {
      const occasion = { cause: `${cause}#${index}`, op: said.verb.name, input: said.input };
      return requestOf(desk, fold, { ...occasion, actor, auth, isPersonPresent });
    });
    const answers = await desk.write(requests);
    return lines.map(({ line }, at) => resultOf(line, answers[at]));
  } catch (error) {
    return lines.map(({ line }) => failureOf(line, error));
  }
}

/** What begins an epoch is written by itself, so it is told by itself what came of it. */
function isAlone(line: Line): boolean {
  return line.kind === 'command' && line.said.verb.beginsEpoch === true;
}

/** The commands from `start` on that stand together. */
function commandsFrom(lines: readonly Line[], start: number): CommandRead[] {
  const rest = lines.slice(start);
  const end = rest.findIndex((line) => line.kind !== 'command' || isAlone(line));
  return (end < 0 ? rest : rest.slice(0, Math.max(end, 1))) as CommandRead[];
}

/** Runs the lines in order and says of each what it came to. A line that fails does not keep the others from running. */
export async function runLines(
  hearing: Hearing,
  commands: readonly CommandLine[],
): Promise<LineResult[]> {
  const lines = commands.map(({ text }, index) => readLine(hearing.desk, text, index));
  const results: LineResult[] = [];
  while (results.length < lines.length) {
    const line = lines[results.length];
    if (line === undefined) break;
    if (line.kind === 'answered') results.push(line.result);
    else if (line.kind === 'query') results.push(await answerQuery(hearing, line.line, line.said));
    else results.push(...(await runCommands(hearing, commandsFrom(lines, results.length))));
  }
  return results;
}
