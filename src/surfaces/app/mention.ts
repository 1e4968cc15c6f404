// An issue or comment that mentions or assigns a joined agent puts a linked message into its inbox.
import { agents } from '../../concepts/agent/agent.ts';
import type { Agents } from '../../concepts/agent/agent.ts';
import { execute } from '../../engine/execute.ts';
import { limits } from '../../kernel/limits.ts';
import type { Policy } from '../../policy/schema.ts';
import type { Desk } from './desk.ts';
import { requestOf } from './intent.ts';
import { senderOf } from './sender.ts';
import type { WebhookUser } from './sender.ts';

export interface Occasion {
  /** `github:issue_comment:123` or `github:issue:12:assigned:codex-bot`. */
  readonly cause: string;
  readonly kind: 'Mentioned in' | 'Assigned to';
  readonly issue: number;
  readonly title: string;
  readonly body: string;
  readonly url: string;
  readonly user: WebhookUser;
  /** Logins that are meant; for a text those it mentions. */
  readonly logins: readonly string[];
}

const mentionPattern = /(?:^|[^\w/`])@([a-z0-9][a-z0-9._-]{0,63})(?:\[bot\])?/gi;

/** Names that a text mentions, lower case, each once; inside code spans nothing is a mention. */
export function mentionsIn(text: string): string[] {
  const plain = text.replace(/```[\s\S]*?```/g, ' ').replace(/`[^`\n]*`/g, ' ');
  const names = [...plain.matchAll(mentionPattern)].map((match) => match[1] ?? '');
  return [...new Set(names.map((name) => name.toLowerCase().replace(/[.-]+$/, '')))];
}

function bare(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '');
}

/** The joined agents that are meant by a login or by their own name. */
function agentsMeant(joined: Agents, policy: Policy, logins: readonly string[]): string[] {
  const wanted = new Set(logins.map(bare));
  return [...joined.byName.keys()].filter((name) => {
    const own = policy.agents?.get(name)?.github ?? [];
    return wanted.has(name) || own.some((login) => wanted.has(bare(login)));
  });
}

/** Cut so that the body's bound in bytes holds whatever the text. */
function cut(text: string, bytesMax: number): string {
  return Buffer.from(text, 'utf8')
    .subarray(0, bytesMax)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
}

/** Sends the messages; who may not command here cannot put anything into an inbox either. */
export async function handleOccasion(desk: Desk, occasion: Occasion): Promise<void> {
  if (occasion.logins.length === 0) return;
  const fold = await desk.engine.projection.load();
  if (fold.position === null) return;
  const { policy } = await desk.engine.policy();
  const joined = (fold.states.get(agents.name) ?? agents.initial()) as Agents;
  const meant = agentsMeant(joined, policy, occasion.logins);
  if (meant.length === 0) return;
  const found = await senderOf(desk, policy, occasion.user);
  if (!found.ok) return;
  const { actor, auth, isPersonPresent } = found.sender;
  const requests = meant
    .filter((name) => name !== actor)
    .map((name) =>
      requestOf(desk, fold, {
        ...{ op: 'message.send', actor, auth, isPersonPresent },
        cause: `${occasion.cause}#to:${name}`,
        input: {
          to: name,
          subject: `${occasion.kind} #${occasion.issue}: ${occasion.title}`.slice(
            0,
            limits.subjectCharsMax,
          ),
          body: cut(occasion.body, limits.bodyBytesMax / 2),
          link: occasion.url,
        },
      }),
    );
  if (requests.length > 0) await execute(desk.engine, requests);
}
