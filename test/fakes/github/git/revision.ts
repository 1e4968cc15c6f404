// Resolves what REST calls a ref: a full id, a branch, a tag, or `heads/x` and `tags/x`.
import type { Repository } from '../state/repository.ts';
import { resolveRef } from './ref.ts';

const fullOid = /^[0-9a-f]{40}$/;

/** The commit a revision names; null when there is none. */
export async function resolveRevision(
  repository: Repository,
  revision: string,
): Promise<string | null> {
  const { objects } = repository;
  if (fullOid.test(revision)) return (await objects.commit(revision))?.oid ?? null;
  const names = [`refs/heads/${revision}`, `refs/tags/${revision}`, `refs/${revision}`, revision];
  for (const name of names) {
    const ref = await resolveRef(objects, name);
    if (ref !== null) return await peel(repository, ref.oid);
  }
  return revision === 'HEAD' ? await resolveRevision(repository, repository.defaultBranch) : null;
}

/** Follows annotated tags to the commit they name. */
async function peel({ objects }: Repository, oid: string): Promise<string | null> {
  const object = await objects.read(oid);
  if (object?.type !== 'tag') return object?.type === 'commit' ? oid : null;
  const target = /^object ([0-9a-f]{40})$/m.exec(object.data.toString())?.[1];
  return target ?? null;
}
