// The refs of an epoch's turn on GitHub: what was before is kept, then the branch moves to a commit that does not continue it.
import { Fault } from '../../kernel/fault.ts';
import { archiveBranch, archiveRef, branch } from '../../log/format.ts';
import type { CommitDraft, PushResult } from '../../log/store.ts';
import { askRepository } from './checkpoint.ts';
import { githubFault, isUnknownMutation, troubleOf } from './client.ts';
import { writeCommit } from './git-data.ts';
import type { Reach } from './git-data.ts';
import { idQuery, refsMutation, tipQuery } from './log-queries.ts';

const logRef = `refs/heads/${branch}`;

/** Writes the commit that is to begin an epoch; no ref knows it yet. Faults `github-refused`, `github-unreachable`. */
export async function writeRoot(reach: Reach, draft: CommitDraft): Promise<string> {
  try {
    return await writeCommit(reach, draft, [], null);
  } catch (error) {
    throw githubFault('write the first commit of an epoch', error);
  }
}

function inPath(ref: string): string {
  return ref.replace(/^refs\//, '');
}

async function oidOf({ client, repository }: Reach, ref: string): Promise<string | null> {
  try {
    const route = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
    const { data } = await client.request(route, { ...repository, ref: inPath(ref) });
    return (data as { object: { sha: string } }).object.sha;
  } catch (error) {
    if (troubleOf(error).kind === 'missing') return null;
    throw error;
  }
}

/** Makes the ref or moves it forward, as from where an earlier try was cut short; never takes anything away. */
async function keepAt(reach: Reach, ref: string, sha: string): Promise<void> {
  const { client, repository } = reach;
  const there = await oidOf(reach, ref);
  if (there === sha) return;
  if (there === null) {
    await client.request('POST /repos/{owner}/{repo}/git/refs', { ...repository, ref, sha });
    return;
  }
  const move = { ref: inPath(ref), sha, force: false };
  await client.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...repository, ...move });
}

/** What GitHub says against a ref; null for what says nothing about the ref. */
function objectionIn(error: unknown, ref: string): string | null {
  const trouble = troubleOf(error);
  if (trouble.kind === 'unknown' || trouble.kind === 'limited') return null;
  return trouble.kind === 'refused' ? trouble.message : `${ref} holds something else.`;
}

/**
 * Keeps an epoch that is over behind a ref, or behind a branch where that is refused; answers which. Doing it again is
 * harmless. Fault `archive-refused`, `github-refused` or `github-unreachable`.
 */
export async function keepArchive(reach: Reach, epoch: number, oid: string): Promise<string> {
  let said = '';
  for (const ref of [archiveRef(epoch), archiveBranch(epoch)]) {
    try {
      await keepAt(reach, ref, oid);
      return ref;
    } catch (error) {
      const objection = objectionIn(error, ref);
      if (objection === null) throw githubFault('keep the epoch that is over', error);
      said = objection;
    }
  }
  throw new Fault(
    'archive-refused',
    `GitHub does not keep what was before: ${said} Nothing was changed. Let the App make ${archiveBranch(epoch)}, and say it again.`,
    { epoch },
  );
}

async function headOf(reach: Reach): Promise<string | null> {
  const found = await askRepository(reach, tipQuery, { ref: logRef });
  return (found['ref'] as { target: { oid: string } } | null)?.target.oid ?? null;
}

function replaceRefused(error: unknown): Fault {
  if (isUnknownMutation(error, 'updateRefs')) {
    return new Fault(
      'epoch-unsupported',
      'This server of GitHub has no updateRefs, which alone moves a branch from a known commit with force. Nothing was changed. Say `log.writers: anyone` on the default branch while a shell that may push rolls the epoch.',
    );
  }
  const trouble = troubleOf(error);
  if (trouble.kind !== 'refused') return githubFault('move the branch of the log', error);
  return new Fault(
    'epoch-refused',
    `GitHub did not let the App put an epoch in the place of the branch ${branch}: ${trouble.message.trim()}. Nothing was changed. ` +
      `Where a rule blocks force pushes to ${branch}, let the App bypass it, and say it again.`,
    { trouble: trouble.kind },
  );
}

/** GitHub does not say in which words it refuses; where the branch is tells what happened. */
async function outcomeOf(
  reach: Reach,
  error: unknown,
  { oid, expected }: { readonly oid: string; readonly expected: string },
): Promise<PushResult> {
  const head = await headOf(reach);
  if (head === oid) return { ok: true };
  const trouble = troubleOf(error);
  if (trouble.kind === 'unknown') {
    return { ok: false, reason: 'unknown', message: trouble.message };
  }
  const isElsewhere = head !== expected || trouble.kind === 'stale';
  if (isElsewhere) return { ok: false, reason: 'rejected' };
  throw replaceRefused(error);
}

/**
 * Moves the branch of the log from `expected` to a commit that does not continue it for git, in one step: `rejected`
 * where it was elsewhere. Faults `epoch-refused`, `epoch-unsupported`, `github-refused`, `github-unreachable`.
 */
export async function replaceHead(
  reach: Reach,
  oid: string,
  expected: string,
): Promise<PushResult> {
  const { id } = await askRepository(reach, idQuery, {});
  const update = { name: logRef, beforeOid: expected, afterOid: oid, force: true };
  try {
    await reach.client.graphql(refsMutation, {
      input: { repositoryId: id, refUpdates: [update] },
    });
    return { ok: true };
  } catch (error) {
    return outcomeOf(reach, error, { oid, expected });
  }
}
