// `coord init`: creates the log, or refuses where there is one.
import { z } from 'zod';
import { remoteUrl } from '../../../adapters/git/repository.ts';
import { createLog } from '../../../engine/init.ts';
import { publish } from '../../../engine/sync.ts';
import { refuse } from '../../../kernel/decider.ts';
import type { Refusal } from '../../../kernel/decider.ts';
import { Fault } from '../../../kernel/fault.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import { freshen } from '../workspace.ts';
import type { Workspace } from '../workspace.ts';
import { writeAgentsBlock } from './agents-block.ts';

const input = z.object({
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
  const path = url.replace(/\/+$/, '').replace(/\.git$/, '');
  return path.split(/[/:]/).slice(-2).join('/');
}

async function refuseWhereOneIs(shell: Shell, workspace: Workspace): Promise<Refusal | null> {
  const { problem } = await freshen(workspace, shell.globals.isOffline);
  if (problem !== null) {
    throw new Fault(
      'remote-unreachable',
      `${shell.globals.remote} cannot be reached, so nobody knows whether it has a log. Try again, or create a local one with --offline.`,
    );
  }
  if ((await workspace.log.head()) === null) return null;
  return refuse('log-exists', 'There is a log already. `coord status` shows it.');
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
    const block = agentsMd ? writeAgentsBlock(shell.repository()) : null;
    const workspace = await shell.workspace();
    const existing = await refuseWhereOneIs(shell, workspace);
    if (existing !== null && block === null) return existing;
    if (existing !== null) {
      return {
        ok: true,
        result: { agentsMd: block },
        text: `Wrote the block into ${block ?? ''}.`,
      };
    }
    const { actor, auth } = await shell.identity();
    const name = await repositoryName(workspace, shell.globals.remote);
    const created = await createLog(workspace.engine, actor, auth, name);
    if (!created.ok) return created;
    const { engine, log, remote } = workspace;
    const isLocal = remote === null || shell.globals.isOffline;
    const confirmed = isLocal ? remote === null : (await publish(engine, log, remote)).isConfirmed;
    const wrote = block === null ? {} : { agentsMd: block };
    return {
      ok: true,
      result: { log: created.log, repository: name, commit: created.commit, confirmed, ...wrote },
      text: [
        `Created the log ${created.log} of ${name}${confirmed ? '' : ', not on the remote yet'}.`,
        'Next: coord agent join NAME, then coord task add TITLE.',
      ].join('\n'),
    };
  },
});
