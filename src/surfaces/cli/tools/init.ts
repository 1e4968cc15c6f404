// `coord init`: creates the log, or refuses where there is one.
import { z } from 'zod';
import { remoteUrl } from '../../../adapters/git/repository.ts';
import { createLog } from '../../../engine/init.ts';
import { refuse } from '../../../kernel/decider.ts';
import type { Refusal } from '../../../kernel/decider.ts';
import { Fault } from '../../../kernel/fault.ts';
import { nameInUrl } from '../repository-name.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import type { ToolAnswer } from '../tool.ts';
import { tellUnpublished } from '../tell.ts';
import { freshen, publishHere } from '../workspace.ts';
import type { Workspace } from '../workspace.ts';
import { agentsBlockWriter, blockText } from './agents-block.ts';

const input = () =>
  z.object({
    agentsMd: z
      .boolean()
      .default(false)
      .describe(
        'Write the block into AGENTS.md that tells an agent how to begin; nothing else is touched',
      ),
  });

/** How people know the repository: the remote without credentials, else its directory's name. */
async function repositoryName(workspace: Workspace, remote: string): Promise<string> {
  const url = await remoteUrl(workspace.repository, remote, 'fetch');
  if (url === null) return workspace.repository.directory.split(/[\\/]/).pop() ?? 'repository';
  return nameInUrl(url);
}

async function refuseWhereOneIs(shell: Shell, workspace: Workspace): Promise<Refusal | null> {
  await workspace.policy.strict();
  const { problem } = await freshen(workspace, shell.globals.isOffline);
  if (problem?.code === 'remote-unreachable') {
    throw new Fault(
      'remote-unreachable',
      `${shell.globals.remote} cannot be reached, so nobody knows whether it has a log. Try again, or create a local one with --offline. ${problem.message}`,
      problem.data,
    );
  }
  if ((await workspace.log.head()) !== null) {
    return refuse('log-exists', 'There is a log already. `coord status` shows it.');
  }
  if (problem !== null) throw problem;
  return null;
}

function blockAlone(file: string): ToolAnswer {
  return { ok: true, result: { agentsMd: file }, text: blockText(file) };
}

/** Whether the remote has the log now; that it does not take it is told, and is no failure: the log is here. */
async function isOnRemote(shell: Shell, workspace: Workspace): Promise<boolean> {
  const { remote } = workspace;
  if (remote === null) return true;
  if (shell.globals.isOffline) return false;
  const { isConfirmed, problem } = await publishHere(workspace, remote);
  if (problem?.code === 'log-forked') throw problem;
  if (problem !== null) tellUnpublished(shell, workspace, problem);
  return isConfirmed;
}

const whenConfirmed = 'Next: coord agent join NAME, then coord task add TITLE.';
/** Two logs that were created apart and used never come together. */
const whenNot =
  'Next: coord sync publishes it. A log that somebody else publishes before takes its place, as long as nobody has used this one.';

async function create(
  shell: Shell,
  workspace: Workspace,
  writeBlock: (() => string) | null,
): Promise<ToolAnswer | Refusal> {
  const { actor, auth } = await shell.identity();
  const name = await repositoryName(workspace, shell.globals.remote);
  const created = await createLog(workspace.engine, actor, auth, name);
  if (!created.ok) return created;
  const confirmed = await isOnRemote(shell, workspace);
  const { log, commit } = created;
  const fold = await workspace.engine.projection.load();
  if (fold.log !== log) {
    return refuse(
      'log-exists',
      'Somebody created the log a moment before. `coord status` shows it.',
    );
  }
  const file = writeBlock?.();
  const wrote = file === undefined ? {} : { agentsMd: file };
  return {
    ok: true,
    result: { log, repository: name, commit, confirmed, ...wrote },
    text: [
      `Created the log ${log} of ${name}${confirmed ? '' : ', not on the remote yet'}.`,
      ...(file === undefined ? [] : [blockText(file)]),
      confirmed ? whenConfirmed : whenNot,
    ].join('\n'),
  };
}

export const init = tool({
  name: 'init',
  summary: 'Create the coordination log of this repository.',
  input,
  positional: [],
  examples: [
    { text: 'init', means: {} },
    { text: 'init --agents-md', means: { agentsMd: true } },
  ],
  async run(shell, { agentsMd }) {
    const writeBlock = agentsMd ? agentsBlockWriter(shell.repository()) : null;
    const workspace = await shell.workspace();
    const existing = await refuseWhereOneIs(shell, workspace);
    if (existing === null) return create(shell, workspace, writeBlock);
    return writeBlock === null ? existing : blockAlone(writeBlock());
  },
});
