// Where the policy lets only the App write (`log.writers: app`), a shell sends its commands there instead of pushing.
import { remoteUrl } from '../../adapters/git/repository.ts';
import { sendCommands } from '../../adapters/app/send-commands.ts';
import type { SentAnswer } from '../../adapters/app/send-commands.ts';
import { senderToken } from '../../adapters/app/sender-token.ts';
import type { Request } from '../../engine/decide.ts';
import { renderDone } from '../../grammar/render.ts';
import { withVouchNote } from '../../grammar/vouch-note.ts';
import { refuse } from '../../kernel/decider.ts';
import type { Refusal } from '../../kernel/decider.ts';
import { Fault } from '../../kernel/fault.ts';
import type { Details } from '../../kernel/fault.ts';
import type { AnyCommand } from '../../kernel/operation.ts';
import type { Policy } from '../../policy/schema.ts';
import type { Shell } from './shell.ts';
import type { ToolAnswer } from './tool.ts';
import type { Workspace } from './workspace.ts';

/** A command that was said, with the request that it became. */
export interface Uttered {
  readonly command: AnyCommand;
  readonly input: Details;
  readonly request: Request;
}

/** Executes a command at the App. Faults of sending are thrown; nothing of it stays on this machine. */
export type ExecuteAtApp = (uttered: Uttered) => Promise<ToolAnswer | Refusal>;

/** The address of the App: what the user says wins over what the policy says. */
function addressOf({ environment }: Shell, { log }: Policy): string {
  const own = (environment['COORD_APP_URL'] ?? '').replace(/\/+$/, '');
  const url = own === '' ? log.url : own;
  if (url !== undefined && URL.canParse(url)) return url;
  throw new Fault(
    'app-url',
    'Only the App writes this log, and nobody says where it is. Set COORD_APP_URL, or `log.url` in the policy.',
  );
}

/** `owner/name` of the remote; GitHub's addresses end with it, in every form. */
async function repositoryOf(shell: Shell, { repository }: Workspace): Promise<string> {
  const url = await remoteUrl(repository, shell.globals.remote, 'fetch');
  const found = /([A-Za-z0-9-]+)[/\\]([A-Za-z0-9._-]+?)(?:\.git)?[/\\]*$/.exec(url ?? '');
  if (found !== null) return `${found[1] ?? ''}/${found[2] ?? ''}`;
  throw new Fault(
    'no-repository-name',
    `The address of ${shell.globals.remote} does not say which repository on GitHub it is. Name another remote with --remote.`,
    { remote: shell.globals.remote },
  );
}

/** What the shell shows, as it does for a log of its own. */
function shown({ command, input, request }: Uttered, sent: SentAnswer): ToolAnswer | Refusal {
  if (!sent.ok) return refuse(sent.code, sent.message, sent.data);
  const { id, seq, events, duplicate: isDuplicate, by } = sent;
  const { actor, sig } = request.intent;
  const isSigned = sig !== undefined;
  const spoken = { command, input, events, actor, hasRemote: by === 'shell', isSigned };
  const result = withVouchNote(sent.result, spoken);
  const about = { id, seq, confirmed: true, events, ...(isDuplicate ? { duplicate: true } : {}) };
  const text = renderDone(command, { seq, isDuplicate, result }, true);
  return { ok: true, result: { ...about, ...result }, text };
}

function offline(): Fault {
  return new Fault(
    'app-offline',
    'Only the App writes this log, so nothing can be done offline but read. Leave --offline out.',
  );
}

/** How to execute at the App, or null where everybody writes: without a remote, or by the policy. */
export async function throughApp(shell: Shell, workspace: Workspace): Promise<ExecuteAtApp | null> {
  const { policy } = await workspace.policy.strict();
  if (policy.log.writers !== 'app' || workspace.remote === null) return null;
  if (shell.globals.isOffline) throw offline();
  const url = addressOf(shell, policy);
  const { environment, terminal, clock } = shell;
  return async (uttered) => {
    const { intent, isPersonPresent: isInteractive } = uttered.request;
    const repository = await repositoryOf(shell, workspace);
    const token = await senderToken(environment, url);
    let isTold = !terminal.showsProgress;
    const onWait = (): void => {
      if (!isTold) terminal.err('coord: the App writes it with others; waiting.');
      isTold = true;
    };
    const sending = { url, token, repository, isInteractive, intents: [intent] };
    const [answer] = await sendCommands(sending, clock, onWait);
    if (answer !== undefined) return shown(uttered, answer);
    throw new Fault('no-answer', 'The App gave no answer. Report this bug.');
  };
}
