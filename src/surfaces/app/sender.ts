// Who sent a webhook and what that lets them do: people by GitHub's permission, bots only when the policy lists them.
import { isAtLeast, permissionOf } from '../../adapters/github/permission.ts';
import type { Permission } from '../../adapters/github/permission.ts';
import type { Auth } from '../../log/record.ts';
import { canonicalLogin } from '../../policy/identify.ts';
import type { Policy } from '../../policy/schema.ts';
import type { Desk } from './desk.ts';

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
  | { readonly ok: false; readonly reason: string; readonly isStranger: boolean };

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

/** Finds out who somebody is. What cannot be found out is a no. */
export async function senderOf(
  desk: Desk,
  policy: Policy,
  user: WebhookUser,
): Promise<SenderAnswer> {
  const auth: Auth = { by: 'github', subject: `user:${user.id}:${user.login}` };
  const agent = listedAgent(policy, user);
  if (agent !== undefined) {
    return {
      ok: true,
      sender: { actor: agent, auth, isPersonPresent: false, permission: 'write' },
    };
  }
  if (user.type === 'Bot') {
    const reason = `${user.login} is a bot that the policy does not list under agents, so it cannot command.`;
    return { ok: false, reason, isStranger: true };
  }
  const found = await permissionOf(desk.client, desk.repository, user.login);
  if (!found.ok) {
    const reason =
      'GitHub did not say what you may do here, so nothing was done. Comment again in a moment.';
    return { ok: false, reason, isStranger: false };
  }
  const { permission } = found;
  const actor = personName(policy, user.login);
  if (isAtLeast(permission, 'triage')) {
    return { ok: true, sender: { actor, auth, isPersonPresent: true, permission } };
  }
  const reason = `Commands need write access to this repository; you have ${permission}.`;
  return { ok: false, reason, isStranger: true };
}

/** Whether a sender may change something; reading takes triage, changing write. */
export function mayWrite(sender: Sender): boolean {
  return isAtLeast(sender.permission, 'write');
}
