// `updateRefs`: moves refs from where the caller knows them, also to what does not continue them.
import { isAncestor } from '../git/history.ts';
import { isRefName, resolveRef, swapRef, zeroOid } from '../git/ref.ts';
import { refMoved } from '../change/push-change.ts';
import { actorOf } from '../state/credential.ts';
import type { Repository } from '../state/repository.ts';
import { exclusively } from '../state/repository.ts';
import type { GraphContext, GraphNode } from './context.ts';
import { graphError, repositoryById, requirePermission } from './context.ts';

interface RefUpdate {
  readonly name: string;
  readonly beforeOid?: string | null;
  readonly afterOid: string;
  readonly force?: boolean | null;
}

export interface RefsInput {
  readonly clientMutationId?: string | null;
  readonly repositoryId: string;
  readonly refUpdates: readonly RefUpdate[];
}

interface Move {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

function orNull(oid: string): string | null {
  return oid === zeroOid ? null : oid;
}

/** GitHub documents that it refuses, not in which words; callers do better not to read these. */
function refused(name: string, why: string): Error {
  return graphError('UNPROCESSABLE', `Reference update failed: ${name} ${why}.`);
}

/** A rule against force pushes, where it is in force for the caller. */
function checkRules({ rules }: Repository, name: string): void {
  const own = rules.get(name.replace(/^refs\/heads\//, '')) ?? [];
  if (!own.some(({ type }) => type === 'non_fast_forward')) return;
  const message = 'Repository rule violations found\n\nCannot force-push to this branch\n\n';
  throw graphError('UNPROCESSABLE', message);
}

async function checkStep(
  repository: Repository,
  { force }: RefUpdate,
  { name, before, after }: Move,
): Promise<void> {
  if (before === null || after === null) return;
  if (await isAncestor(repository.gitDir, before, after)) return;
  if (force !== true) throw refused(name, 'is not a fast forward');
  checkRules(repository, name);
}

/** Nothing is checked where the caller does not say where the ref is. */
function isElsewhere({ beforeOid }: RefUpdate, before: string | null): boolean {
  return beforeOid != null && orNull(beforeOid) !== before;
}

async function moveOf(
  { isStale }: GraphContext,
  repository: Repository,
  update: RefUpdate,
): Promise<Move> {
  const { name, afterOid } = update;
  const after = orNull(afterOid);
  const isThere = after === null || (await repository.objects.read(after)) !== null;
  if (!isRefName(name) || !isThere) throw refused(name, 'cannot be made');
  const before = (await resolveRef(repository.objects, name))?.oid ?? null;
  if (isStale || isElsewhere(update, before)) throw refused(name, 'is not where it was expected');
  const move = { name, before, after };
  await checkStep(repository, update, move);
  return move;
}

/**
 * Resolves the mutation: nothing moves unless all may. Only a push over git between the check and the move of the second
 * ref can leave it half done here, which GitHub rules out.
 */
export async function updateRefs(context: GraphContext, input: RefsInput): Promise<GraphNode> {
  const repository = repositoryById(context, input.repositoryId);
  requirePermission(context, repository, 'contents', 'write');
  const moves = await exclusively(repository, async () => {
    const wanted: Move[] = [];
    for (const update of input.refUpdates) wanted.push(await moveOf(context, repository, update));
    for (const { name, before, after } of wanted) {
      const isMoved = await swapRef(repository.gitDir, name, after, before);
      if (!isMoved) throw refused(name, 'is not where it was expected');
    }
    return wanted;
  });
  const sender = actorOf(context.credential);
  for (const { name: ref, ...move } of moves) {
    if (sender !== null) await refMoved(context.world, repository, { ref, ...move, sender });
  }
  return { __typename: 'UpdateRefsPayload', clientMutationId: input.clientMutationId ?? null };
}
