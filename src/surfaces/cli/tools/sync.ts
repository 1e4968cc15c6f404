// `coord sync`: publishes what was done here and takes over what others did.
import { z } from 'zod';
import { publish, refresh } from '../../../engine/sync.ts';
import type { Answer } from '../../../engine/execute.ts';
import { refuse } from '../../../kernel/decider.ts';
import { UsageError } from '../../../kernel/fault.ts';
import { tool } from '../tool.ts';

function lostOnes(again: ReadonlyMap<string, Answer>): object[] {
  return [...again.values()].flatMap((answer) =>
    answer.ok
      ? []
      : [{ id: answer.id, code: answer.code, message: answer.message, data: answer.data }],
  );
}

export const sync = tool({
  name: 'sync',
  summary: 'Publish what was done here and take over what others did.',
  input: z.object({}),
  positional: [],
  examples: [{ text: 'sync', means: {} }],
  async run(shell) {
    if (shell.globals.isOffline) {
      throw new UsageError('offline', 'sync needs the network; leave --offline out.');
    }
    const { engine, log, remote } = await shell.workspace();
    if (remote === null) {
      return refuse(
        'no-remote',
        `There is no remote ${shell.globals.remote} to sync with. Name one with --remote, or work without.`,
      );
    }
    const taken = await refresh(engine, log, remote);
    const { isConfirmed, again, problem } = await publish(engine, log, remote);
    const fold = await engine.projection.load();
    if (fold.position === null) {
      return refuse('no-log', 'There is no coordination log here yet. Begin with: coord init');
    }
    const all = new Map([...taken, ...again]);
    const lost = lostOnes(all);
    if (problem !== null) shell.terminal.err(`coord: ${problem.message}`);
    const { seq, oid } = fold.position;
    const losses = lost.map((item) => `  lost: ${(item as { message: string }).message}`);
    return {
      ok: true,
      result: { confirmed: isConfirmed, seq, head: oid, again: all.size, lost },
      text: [
        `${isConfirmed ? 'In sync' : 'Not in sync'} with ${remote.name} at seq ${seq}.`,
        ...losses,
      ].join('\n'),
      status: isConfirmed ? 0 : 1,
    };
  },
});
