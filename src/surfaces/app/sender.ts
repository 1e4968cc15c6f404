// Who sent a webhook and what that lets them do: people by GitHub's permission, bots only when the policy lists them.
import { isAtLeast, permissionOf } from '../../adapters/github/permission.ts';
import type { Permission, PermissionAnswer } from '../../adapters/github/permission.ts';
import { Fault } from '../../kernel/fault.ts';
import type { Auth } from '../../log/record.ts';
import { canonicalLogin } from '../../policy/identify.ts';
import { defaultPolicy } from '../../policy/default.ts';
import type { Policy } from '../../policy/schema.ts';
import type { AppIdentity, Desk } from './desk.ts';

/** A user as webhooks show it. */
export interface WebhookUser {
  readonly login: string;
  readonly id: number;
  readonly type?: string;
}

/** Somebody who may say something; `permission` is write for agents that the policy lists. */
export interface Sender {
  readonly actor: string;
  readonly auth: Auth;
  readonly isPersonPresent: boolean;
  readonly permission: Permission;
}

export type SenderAnswer =
  | { readonly ok: true; readonly sender: Sender }
  | {
      readonly ok: false;
      readonly reason: string;
      /** `unlisted-bot` is not answered, `stranger` once a conversation, `unknown` always. */
      readonly kind: 'unlisted-bot' | 'stranger' | 'unknown';
    };

function listedAgent(policy: Policy, user: WebhookUser): string | undefined {
  const login = canonicalLogin(user.login, user.type === 'Bot');
  const entries = [...(policy.agents ?? [])];
  return entries.find(([, { github }]) =>
    (github ?? []).some((own) => own.toLowerCase() === login),
  )?.[0];
}

function personName(policy: Policy, login: string): string {
  const lower = login.toLowerCase();
  const entries = [...policy.people];
  const listed = entries.find(([, { github }]) =>
    github.some((own) => own.toLowerCase() === lower),
  );
  return listed?.[0] ?? `gh:${lower}`;
}

/** A policy that cannot be used names nobody; people are still told what is wrong with it. */
async function namesIn(desk: Desk): Promise<Policy> {
  try {
    return (await desk.reader.policy()).policy;
  } catch (error) {
    if (error instanceof Fault && error.code === 'policy-invalid') return defaultPolicy();
    throw error;
  }
}

function judged(found: PermissionAnswer, person: Omit<Sender, 'permission'>): SenderAnswer {
  if (!found.ok) {
    const reason =
      'GitHub did not say what you may do here, so nothing was done. Comment again in a moment.';
    return { ok: false, kind: 'unknown', reason };
  }
  const { permission } = found;
  if (isAtLeast(permission, 'triage')) return { ok: true, sender: { ...person, permission } };
  const reason = `Commands need write access to this repository; you have ${permission}. Ask somebody who has it.`;
  return { ok: false, kind: 'stranger', reason };
}

/** Finds out who somebody is, by the policy and by GitHub's word at this moment. What cannot be found out is a no. */
export async function senderOf(desk: Desk, user: WebhookUser): Promise<SenderAnswer> {
  const isBot = user.type === 'Bot';
  const [policy, found] = await Promise.all([
    namesIn(desk),
    isBot ? null : permissionOf(desk.client, desk.repository, user.login),
  ]);
  const auth: Auth = { by: 'github', subject: `user:${user.id}:${user.login}` };
  const agent = listedAgent(policy, user);
  if (agent !== undefined && found === null) {
    const sender: Sender = { actor: agent, auth, isPersonPresent: false, permission: 'write' };
    return { ok: true, sender };
  }
  // The list stands in for GitHub's answer only where GitHub has none, as for bots.
  if (agent !== undefined && found !== null) {
    return judged(found, { actor: agent, auth, isPersonPresent: false });
  }
  if (found === null) {
    const reason = `${user.login} is a bot that the policy does not list under agents, so it cannot command.`;
    return { ok: false, kind: 'unlisted-bot', reason };
  }
  const actor = personName(policy, user.login);
  return judged(found, { actor, auth, isPersonPresent: true });
}

/** Whether a sender may change something; reading takes triage, changing write. */
export function mayWrite(sender: Sender): boolean {
  return isAtLeast(sender.permission, 'write');
}

/** Whether it is the App itself that speaks; it never answers itself, whatever the policy lists. */
export function isOwn(app: AppIdentity, user: WebhookUser): boolean {
  return user.login.toLowerCase() === `${app.slug}[bot]`;
}
