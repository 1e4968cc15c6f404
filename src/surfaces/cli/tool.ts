// The shell's own commands: what reads or changes this machine and is therefore no operation of the log.
import type { z } from 'zod';
import type { Details } from '../../kernel/fault.ts';
import type { Refusal } from '../../kernel/decider.ts';
import { withInput } from '../../kernel/operation.ts';
import type { Verb } from '../../grammar/verb.ts';
import type { Shell } from './shell.ts';

/** What a tool answers: JSON for machines and lines for people; `status` is the exit status when it is done. */
export interface ToolAnswer {
  readonly ok: true;
  readonly result: Details;
  readonly text: string;
  /** 0 when left out; a failed check exits 1 with an answer. */
  readonly status?: 0 | 1;
  /** The tool wrote its answer itself, as a stream does. */
  readonly isPrinted?: boolean;
}

export interface Tool extends Verb {
  /** Every word after the name belongs to the tool, flags included. */
  readonly takesRest?: boolean;
  readonly run: (shell: Shell, input: Details) => Promise<ToolAnswer | Refusal>;
}

/** Declares a tool with its input typed by the schema. */
export function tool<Input extends z.ZodObject>(definition: {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  readonly input: () => Input;
  readonly positional: readonly (keyof z.output<Input> & string)[];
  readonly examples: readonly [
    { readonly text: string; readonly means: z.input<Input> },
    ...{ readonly text: string; readonly means: z.input<Input> }[],
  ];
  readonly takesRest?: boolean;
  readonly run: (shell: Shell, input: z.output<Input>) => Promise<ToolAnswer | Refusal>;
}): Tool {
  const { run } = definition;
  const said = withInput(definition);
  const parsed = (shell: Shell, input: Details) => run(shell, said.input.parse(input));
  return Object.assign(said as Verb, { run: parsed });
}
