// Decides whether a credential may call an endpoint on a repository.
import { grants } from '../state/app.ts';
import type { Credential, InstallationCredential } from '../state/credential.ts';
import { reaches } from '../state/credential.ts';
import type { Repository, Role } from '../state/repository.ts';
import { roleOf, roleReaches } from '../state/repository.ts';
import type { Need } from './call.ts';
import { notAccessible, notFound, Problem } from './problem.ts';

type RepositoryNeed = Extract<Need, { kind: 'repository' }>;

/** Throws what GitHub answers when the credential is not enough. */
export function authorize(credential: Credential, need: Need, repository: Repository | null): void {
  if (need.kind === 'open') return;
  if (need.kind === 'app') {
    if (credential.kind === 'app') return;
    throw new Problem(401, 'A JSON web token could not be decoded');
  }
  if (repository === null) throw notFound();
  switch (credential.kind) {
    case 'anonymous':
      authorizeAnonymous(need, repository);
      return;
    case 'app':
      // A bare JWT opens only the endpoints of the App itself.
      throw new Problem(401, 'Requires authentication');
    case 'installation':
      authorizeInstallation(credential, need, repository);
      return;
    case 'user':
      authorizePerson(roleOf(repository, credential.account), need);
  }
}

function authorizeAnonymous(need: RepositoryNeed, repository: Repository): void {
  if (repository.isPrivate) throw notFound();
  if (need.level !== 'read') throw new Problem(401, 'Requires authentication');
}

/**
 * Stricter than GitHub in one point, on purpose: a repository the installation covers needs the permission
 * even where it is public, so that a missing line of an App's manifest shows here and not in production.
 */
function authorizeInstallation(
  credential: InstallationCredential,
  need: RepositoryNeed,
  repository: Repository,
): void {
  const accepted = need.permissions.map((name) => `${name}=${need.level}`).join('; ');
  if (!reaches(credential, repository)) {
    if (repository.isPrivate) throw notFound();
    if (need.level === 'read') return;
    throw notAccessible(accepted);
  }
  const isGranted = need.permissions.some((name) => {
    return grants(credential.permissions, name, need.level);
  });
  if (!isGranted) throw notAccessible(accepted);
}

function authorizePerson(role: Role, need: RepositoryNeed): void {
  if (!roleReaches(role, 'read')) throw notFound();
  if (need.isAppOnly === true) {
    throw new Problem(403, 'You must authenticate via a GitHub App.');
  }
  const needed = need.role ?? (need.level === 'read' ? 'read' : 'write');
  if (!roleReaches(role, needed)) {
    throw new Problem(403, 'Must have write access to Repository.');
  }
}
