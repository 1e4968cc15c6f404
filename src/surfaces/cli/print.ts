// The one place that prints: an answer to standard output, everything else to standard error.
import type { Refusal } from '../../kernel/decider.ts';
import { Fault, UsageError, messageOf } from '../../kernel/fault.ts';
import type { Details } from '../../kernel/fault.ts';
import type { Shell, Terminal } from './shell.ts';
import type { ToolAnswer } from './tool.ts';

export const exitStatus = { done: 0, refused: 1, usage: 2, fault: 3 } as const;

type ErrorKind = 'refusal' | 'usage' | 'fault';

const controls = /(?![\n\t])\p{Cc}/gu;

/** Text of strangers stands in answers: none of it may steer the terminal. */
function harmless(text: string): string {
  return text.replace(controls, '');
}

function document(value: Details): string {
  return JSON.stringify(value);
}

export function printAnswer(shell: Pick<Shell, 'globals' | 'terminal'>, answer: ToolAnswer): void {
  const { globals, terminal } = shell;
  if (globals.isJson) terminal.out(document({ ok: true, result: answer.result }));
  else if (answer.text !== '') terminal.out(harmless(answer.text));
}

function printError(
  terminal: Terminal,
  isJson: boolean,
  kind: ErrorKind,
  error: { readonly code: string; readonly message: string; readonly data: Details },
): void {
  const { code, message, data } = error;
  if (isJson) terminal.out(document({ ok: false, error: { kind, code, message, data } }));
  else terminal.err(harmless(`coord: ${message}`));
}

export function printRefusal(terminal: Terminal, isJson: boolean, refusal: Refusal): void {
  printError(terminal, isJson, 'refusal', refusal);
}

/** Prints what was thrown and answers the exit status for it. */
export function answerFault(terminal: Terminal, isJson: boolean, error: unknown): number {
  if (error instanceof UsageError) {
    printError(terminal, isJson, 'usage', error);
    return exitStatus.usage;
  }
  const fault =
    error instanceof Fault
      ? error
      : new Fault('unexpected', `${messageOf(error)} (unexpected; COORD_DEBUG=1 shows where)`);
  printError(terminal, isJson, 'fault', fault);
  const wantsTrace = process.env['COORD_DEBUG'] === '1' && error instanceof Error;
  if (wantsTrace) terminal.err(error.stack ?? '');
  return exitStatus.fault;
}
