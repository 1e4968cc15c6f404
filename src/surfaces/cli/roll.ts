// Rolls the epoch from the shell: the remotes that it takes, and the request for each head that is tried.
import { openRemoteLog } from '../../adapters/git/remote/remote-log.ts';
import { hasRemote, remoteUrl } from '../../adapters/git/repository.ts';
import type { Request } from '../../engine/decide.ts';
import { rollEpoch } from '../../engine/roll.ts';
import { renderDone } from '../../grammar/render.ts';
import { refuse } from '../../kernel/decider.ts';
import type { Refusal } from '../../kernel/decider.ts';
import { UsageError } from '../../kernel/fault.ts';
import type { Details } from '../../kernel/fault.ts';
import type { AnyCommand } from '../../kernel/operation.ts';
import type { ArchivingRemote } from '../../log/store.ts';
import { nameInUrl } from './repository-name.ts';
import type { Shell } from './shell.ts';
import { throughApp } from './through-app.ts';
import type { ExecuteAtApp } from './through-app.ts';
import type { ToolAnswer } from './tool.ts';
import type { Workspace } from './workspace.ts';

/** Another repository that keeps the epoch that is over. */
interface Keeper {
  readonly log: ArchivingRemote;
  /** As it is named on the log: neither host nor credentials. */
  readonly repositoryName: string;
}

async function keeperNamed(
  { clock, environment }: Shell,
  { repository, remote }: Workspace,
  name: unknown,
): Promise<Keeper | Refusal | null> {
  if (typeof name !== 'string' || name === remote?.name) return null;
  const url = hasRemote(repository, name) ? await remoteUrl(repository, name, 'push') : null;
  if (url === null) {
    return refuse(
      'no-remote',
      `There is no remote ${name} to keep what was before. Add one: \`git remote add ${name} URL\``,
      { remote: name },
    );
  }
  const log = openRemoteLog(repository, name, { clock, environment, inspect: () => undefined });
  return { log, repositoryName: nameInUrl(url) };
}

/** What is to be rolled, and how a request is made of an input. */
export interface RollCall {
  readonly command: AnyCommand;
  readonly input: Details;
  readonly requestFor: (input: Details) => Promise<Request>;
}

/** The App fills in which commit the epoch ends with, but cannot where that is signed. */
async function rollAtApp(
  atApp: ExecuteAtApp,
  { engine }: Workspace,
  { command, input, requestFor }: RollCall,
): Promise<ToolAnswer | Refusal> {
  const request = await requestFor(input);
  const isOpen = request.intent.sig === undefined || input['previous'] !== undefined;
  if (isOpen) return atApp({ command, input, request });
  const previous = (await engine.projection.load()).position?.oid;
  const whole = { ...input, previous };
  return atApp({ command, input: whole, request: await requestFor(whole) });
}

/** Begins an epoch on the log of the workspace and its remote, or at the App where only that writes. UsageError where the remotes for it are not there. */
export async function rollHere(
  shell: Shell,
  workspace: Workspace,
  call: RollCall,
): Promise<ToolAnswer | Refusal> {
  if (workspace.remote !== null && shell.globals.isOffline) {
    throw new UsageError('offline', 'epoch roll needs the network; leave --offline out.');
  }
  const atApp = await throughApp(shell, workspace);
  if (atApp !== null) return rollAtApp(atApp, workspace, call);
  const keeper = await keeperNamed(shell, workspace, call.input['archive']);
  if (keeper !== null && 'ok' in keeper) return keeper;
  return rollWith(keeper, workspace, call);
}

async function rollWith(
  keeper: Keeper | null,
  { engine, log: local, remote }: Workspace,
  { command, input, requestFor }: RollCall,
): Promise<ToolAnswer | Refusal> {
  const expected = typeof input['previous'] === 'string' ? input['previous'] : null;
  const kept = { yes: input['yes'], ...(keeper && { archive: keeper.repositoryName }) };
  const done = await rollEpoch({
    ...{ engine, local, remote, archive: keeper?.log ?? null, expected },
    requestAfter: (previous) => requestFor({ previous, ...kept }),
  });
  if (!done.ok) return done;
  const { id, seq, events, result } = done;
  return {
    ok: true,
    result: { id, seq, confirmed: true, events, ...result },
    text: renderDone(command, done, true),
  };
}
