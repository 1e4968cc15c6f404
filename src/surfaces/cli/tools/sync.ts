// `coord sync`: publishes what was done here and takes over what others did.
import { z } from 'zod';
import { renumberedText } from '../../../engine/renumbered.ts';
import { bothTaken, refresh, tryPublish } from '../../../engine/sync.ts';
import type { Synced, Taken } from '../../../engine/sync.ts';
import { refuse } from '../../../kernel/decider.ts';
import { UsageError } from '../../../kernel/fault.ts';
import type { Details } from '../../../kernel/fault.ts';
import type { RemoteLog } from '../../../log/store.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import type { Workspace } from '../workspace.ts';

interface Lost {
  readonly id: string;
  readonly code: string;
  readonly message: string;
  readonly data: Details;
}

function lostOnes({ again }: Taken): readonly Lost[] {
  return [...again.values()].flatMap((answer) => {
    if (answer.ok) return [];
    const { id, code, message, data } = answer;
    return [{ id, code, message, data }];
  });
}

/** What became of what was done here, a line each. */
function changesOf(taken: Taken): readonly string[] {
  const losses = lostOnes(taken).map(({ message }) => `  lost: ${message}`);
  const { renumbered } = taken;
  return renumbered.size === 0 ? losses : [...losses, `  ${renumberedText(renumbered)}.`];
}

/**
 * Takes over and publishes. Another's commits in the way are a problem to tell; what else keeps the remote from
 * taking ours is thrown, once it is told what taking over has changed.
 */
async function syncWith(
  shell: Shell,
  { engine, log }: Workspace,
  remote: RemoteLog,
): Promise<Synced> {
  const taken = await refresh(engine, log, remote);
  const synced = await tryPublish(engine, log, remote);
  const all = { ...synced, ...bothTaken(taken, synced) };
  const { problem } = synced;
  if (problem === null) return all;
  if (problem.code !== 'remote-busy') {
    for (const line of changesOf(all)) shell.terminal.err(`coord: ${line.trim()}`);
    throw problem;
  }
  shell.terminal.err(`coord: ${problem.message}`);
  return all;
}

export const sync = tool({
  name: 'sync',
  summary: 'Publish what was done here and take over what others did.',
  input: () => z.object({}),
  positional: [],
  examples: [{ text: 'sync', means: {} }],
  async run(shell) {
    if (shell.globals.isOffline) {
      throw new UsageError('offline', 'sync needs the network; leave --offline out.');
    }
    const workspace = await shell.workspace();
    const { engine, remote } = workspace;
    if (remote === null) {
      return refuse(
        'no-remote',
        `There is no remote ${shell.globals.remote} to sync with. Name one with --remote, or work without.`,
      );
    }
    const synced = await syncWith(shell, workspace, remote);
    const { isConfirmed, again, renumbered } = synced;
    const { position } = await engine.projection.load();
    if (position === null) {
      return refuse('no-log', 'There is no coordination log here yet. Begin with: coord init');
    }
    const { seq, oid } = position;
    const state = `${isConfirmed ? 'In sync' : 'Not in sync'} with ${remote.name} at seq ${seq}.`;
    return {
      ok: true,
      result: {
        ...{ confirmed: isConfirmed, seq, head: oid, again: again.size },
        ...{ lost: lostOnes(synced), renumbered: [...renumbered.values()] },
      },
      text: [state, ...changesOf(synced)].join('\n'),
      status: isConfirmed ? 0 : 1,
    };
  },
});
