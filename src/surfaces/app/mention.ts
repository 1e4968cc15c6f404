// An issue or comment that mentions or assigns a joined agent puts a linked message into its inbox.
import { agents } from '../../concepts/agent/agent.ts';
import type { Agents } from '../../concepts/agent/agent.ts';
import { visibleLines } from '../../grammar/hidden.ts';
import { readInline } from '../../grammar/inline.ts';
import { limits } from '../../kernel/limits.ts';
import type { Policy } from '../../policy/schema.ts';
import type { Desk } from './desk.ts';
import { requestOf } from './intent.ts';
import { isOwn, senderOf } from './sender.ts';
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

const mentionPattern = /(?:^|[^\w/`@.-])@([a-z0-9][a-z0-9._-]{0,63})(?:\[bot\])?/gi;

/** A line without what its reader does not see as text, such as code spans and HTML comments. */
function plain(line: string): string {
  let text = '';
  let index = 0;
  const covered = [...readInline(line).covered].sort((left, right) => left.start - right.start);
  for (const { start, end } of covered) {
    text += `${line.slice(index, Math.max(index, start))} `;
    index = Math.max(index, end);
  }
  return text + line.slice(index);
}

/** Names that a text mentions, lower case, each once; code, quotes and what is hidden mention nobody. */
export function mentionsIn(text: string): string[] {
  // Blocks cost more than a look for the sign, and most texts mention nobody.
  if (!text.includes('@')) return [];
  const lines = text.split(/\r\n|\r|\n/);
  const seen = visibleLines(lines).map((number) => lines[number - 1] ?? '');
  const names = [...plain(seen.join('\n')).matchAll(mentionPattern)].map((match) => match[1] ?? '');
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
  if (isOwn(desk.app, occasion.user)) return;
  const [fold, { policy }] = await Promise.all([
    desk.reader.projection.load(),
    desk.reader.policy(),
  ]);
  if (fold.position === null) return;
  const joined = (fold.states.get(agents.name) ?? agents.initial()) as Agents;
  const meant = agentsMeant(joined, policy, occasion.logins);
  if (meant.length === 0) return;
  const found = await senderOf(desk, occasion.user);
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
  if (requests.length > 0) await desk.write(requests);
}
