// A command that begins an epoch is written by itself, where only the App writes; all others go into commits together.
import type { Lane } from '../../engine/batch-writer.ts';
import type { Answer } from '../../engine/answer.ts';
import type { Request } from '../../engine/decide.ts';
import type { Engine } from '../../engine/execute.ts';
import { operationNamed } from '../../engine/registry-port.ts';
import type { Registry } from '../../engine/registry-port.ts';
import { rollThere } from '../../engine/roll.ts';
import type { LogThere } from '../../engine/roll.ts';

/** Writes commands and answers each, in order. */
export type Write = (requests: readonly Request[], lane?: Lane) => Promise<Answer[]>;

/** Whether the operation of this name begins an epoch. */
export function beginsEpoch(registry: Registry, name: string): boolean {
  const operation = operationNamed(registry, name);
  return operation?.kind === 'command' && operation.beginsEpoch === true;
}

/** The part of the requests that is written next: one that begins an epoch alone, or all before the next such one. */
function portion(registry: Registry, requests: readonly Request[]): readonly Request[] {
  const end = requests.findIndex(({ intent }) => beginsEpoch(registry, intent.op));
  return end < 0 ? requests : requests.slice(0, Math.max(end, 1));
}

/** `write`, with epochs. Where everybody may push to the log a shell rolls it, and the engine's answer says so. */
export function writeWithEpochs(engine: Engine, log: LogThere, write: Write): Write {
  const { registry } = engine;

  async function roll(request: Request): Promise<Answer[]> {
    const { policy } = await engine.policy();
    if (policy.log.writers !== 'app') return write([request]);
    return [await log.exclusively(() => rollThere(engine, log, request))];
  }

  return async (requests, lane) => {
    const answers: Answer[] = [];
    while (answers.length < requests.length) {
      const next = portion(registry, requests.slice(answers.length));
      const [first] = next;
      const isRoll = first !== undefined && beginsEpoch(registry, first.intent.op);
      answers.push(...(isRoll ? await roll(first) : await write(next, lane)));
    }
    return answers;
  };
}
