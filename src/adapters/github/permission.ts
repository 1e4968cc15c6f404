// What GitHub lets a person do in a repository: asked of GitHub each time, never taken from a webhook.
import { troubleOf } from './client.ts';
import type { GitHubClient, RepositoryName } from './client.ts';

/** From most to least; `none` for who is no collaborator or no person at all. */
export const permissionLevels = ['admin', 'maintain', 'write', 'triage', 'read', 'none'] as const;
export type Permission = (typeof permissionLevels)[number];

export type PermissionAnswer =
  | { readonly ok: true; readonly permission: Permission }
  /** Could not be found out, which means no. */
  | { readonly ok: false };

function toLevel(value: unknown): Permission | undefined {
  return permissionLevels.find((level) => level === value);
}

/** The permission of a login. A login that is no user (apps, Copilot) has none; every other error means deny. */
export async function permissionOf(
  client: GitHubClient,
  repository: RepositoryName,
  username: string,
): Promise<PermissionAnswer> {
  try {
    const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
    const { data } = await client.request(route, { ...repository, username });
    const { role_name: role, permission } = data as { role_name?: string; permission?: string };
    return { ok: true, permission: toLevel(role) ?? toLevel(permission) ?? 'none' };
  } catch (error) {
    return troubleOf(error).kind === 'missing' ? { ok: true, permission: 'none' } : { ok: false };
  }
}

/** Whether a level is at least the one that is needed. */
export function isAtLeast(level: Permission, needed: Permission): boolean {
  return permissionLevels.indexOf(level) <= permissionLevels.indexOf(needed);
}
