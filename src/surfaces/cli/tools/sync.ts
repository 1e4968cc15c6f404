// `coord sync`: publishes what was done here and takes over what others did.
import { z } from 'zod';
import { renumberedText } from '../../../engine/renumbered.ts';
import type { Synced } from '../../../engine/sync.ts';
import { bothTaken, takenBefore } from '../../../engine/taken.ts';
import type { Taken } from '../../../engine/taken.ts';
import { refuse } from '../../../kernel/decider.ts';
import { UsageError } from '../../../kernel/fault.ts';
import type { Details } from '../../../kernel/fault.ts';
import type { RemoteLog } from '../../../log/store.ts';
import { policyNote } from '../policy-note.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import { publishHere, refreshHere } from '../workspace.ts';
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

function tellChanges({ terminal }: Shell, taken: Taken): void {
  for (const line of changesOf(taken)) terminal.err(`coord: ${line.trim()}`);
}

/** Takes over; what that has changed before it ended is told first. */
async function takenHere(shell: Shell, workspace: Workspace, remote: RemoteLog): Promise<Taken> {
  try {
    return await refreshHere(workspace, remote);
  } catch (error) {
    tellChanges(shell, takenBefore(error));
    throw error;
  }
}

/**
 * Takes over and publishes. Another's commits in the way are a problem to tell; what else keeps the remote from
 * taking ours is thrown, once it is told what taking over has changed.
 */
async function syncWith(shell: Shell, workspace: Workspace, remote: RemoteLog): Promise<Synced> {
  const taken = await takenHere(shell, workspace, remote);
  const synced = await publishHere(workspace, remote);
  const all = { ...synced, ...bothTaken(taken, synced) };
  const { problem } = synced;
  if (problem === null) return all;
  if (problem.code !== 'remote-busy') {
    tellChanges(shell, all);
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
    // At the same time as the log: what it comes to matters only when that is in sync.
    const noting = policyNote(shell);
    noting.catch(() => undefined);
    const synced = await syncWith(shell, workspace, remote);
    const { isConfirmed, again, renumbered } = synced;
    const { position } = await engine.projection.load();
    if (position === null) {
      return refuse('no-log', 'There is no coordination log here yet. Begin with: coord init');
    }
    const { seq, oid } = position;
    const note = await noting;
    if (note !== null) shell.terminal.err(`coord: ${note}`);
    const state = `${isConfirmed ? 'In sync' : 'Not in sync'} with ${remote.name} at seq ${seq}.`;
    return {
      ok: true,
      result: {
        ...{ confirmed: isConfirmed, seq, head: oid, again: again.size },
        ...{ lost: lostOnes(synced), renumbered: [...renumbered.values()] },
        ...(note === null ? {} : { notes: [note] }),
      },
      text: [state, ...changesOf(synced)].join('\n'),
      status: isConfirmed ? 0 : 1,
    };
  },
});
