// Fails a pull request that changes what somebody else has locked, whoever opened it.
import { isLive, isResource } from '../concepts/lock/lock.ts';
import type { Lock, OverriddenLock } from '../concepts/lock/lock.ts';
import type { Finding } from '../kernel/check.ts';
import { matches, parseGlob } from '../kernel/scope-glob.ts';
import type { Glob } from '../kernel/scope-glob.ts';
import { finding, policyCheck, unreadChanges } from './policy-check.ts';
import type { Author, Change, PullRequest } from './pull-request.ts';
import { count, quote } from './quote.ts';

/** A lock that keeps the author out, with the release that nobody vouches for where there was one. */
interface Obstacle {
  readonly lock: Lock;
  readonly glob: Glob;
  readonly release: OverriddenLock | null;
}

export const locksCheck = policyCheck({
  name: 'locks',
  summary: 'A pull request changes nothing that somebody else has locked.',
  rules: ['lock-held'],
  modeOf: (policy) => policy.checks.locks.mode,
  async judge(pullRequest) {
    const { changes, problem } = await pullRequest.changes();
    const obstacles = await obstaclesTo(pullRequest);
    const paths = [...new Set(changes.flatMap(touchedPaths))];
    const findings = obstacles.flatMap((obstacle) => lockFindings(obstacle, paths));
    return {
      findings,
      reasons: [],
      unread: unreadChanges(problem),
      title: titleOf(findings, paths),
    };
  },
});

/** The source of a copy is only read. */
function touchedPaths({ status, path, previousPath }: Change): string[] {
  return status === 'renamed' && previousPath !== null ? [path, previousPath] : [path];
}

/** Live locks of others on paths, shared ones too: sharing is among their holders. */
async function obstaclesTo(pullRequest: PullRequest): Promise<Obstacle[]> {
  const { author, now, coordination } = pullRequest;
  const keepsOut = (lock: Lock) => isLive(lock, now) && !isHeldBy(lock, author);
  const held = coordination.locks.filter(keepsOut);
  const released = coordination.overridden.filter(({ lock }) => keepsOut(lock));
  const open: OverriddenLock[] = [];
  for (const release of released) {
    const { lock, seq } = release;
    const claim = { holder: lock.holder, scope: lock.scope };
    if ((await pullRequest.vouchOf(seq, 'lock.released', claim)) === null) open.push(release);
  }
  return [
    ...held.flatMap((lock) => obstacle(lock, null)),
    ...open.flatMap((release) => obstacle(release.lock, release)),
  ];
}

/** Nobody knows whether an unknown author is the holder, so every lock is somebody else's. */
function isHeldBy({ holder }: Lock, author: Author): boolean {
  return author.kind !== 'unknown' && author.name === holder;
}

function obstacle(lock: Lock, release: OverriddenLock | null): Obstacle[] {
  if (isResource(lock.scope)) return [];
  const parsed = parseGlob(lock.scope);
  // A record pushed by hand may hold anything; what is no glob means no path.
  return parsed.ok ? [{ lock, glob: parsed.glob, release }] : [];
}

function lockFindings(obstacle: Obstacle, paths: readonly string[]): Finding[] {
  return paths
    .filter((path) => matches(obstacle.glob, path))
    .map((path) =>
      finding({
        rule: 'lock-held',
        path,
        message: messageOf(obstacle, path),
        limit: obstacle.lock.scope,
        value: obstacle.lock.holder,
      }),
    );
}

function messageOf({ lock, release }: Obstacle, path: string): string {
  const { scope, holder, until, token, mode, reason } = lock;
  const end = until === null ? 'until its task ends' : `until ${until}`;
  const why = reason === null ? '' : ` (${quote(reason)})`;
  const held = `${quote(path)} is locked by ${quote(holder)}, who holds ${quote(scope)} ${mode} ${end} with token ${token}${why}.`;
  if (release === null) {
    return `${held} Wait for that, or ask ${quote(holder)} to release it with \`coord unlock\`.`;
  }
  if (release.by === holder) {
    return `${held} A record in that name gave it back, but without a signature that counts: ${quote(holder)} can run \`coord lock\` and \`coord unlock\` again where its key is, or a person say \`/coord unlock SCOPE --force --reason TEXT\`.`;
  }
  return `${held} ${quote(release.by)} released it by force, but nobody vouches for that: a person with write access can say \`/coord unlock SCOPE --force --reason TEXT\`.`;
}

function titleOf(findings: readonly Finding[], paths: readonly string[]): string {
  const touched = count(paths.length, 'path');
  if (findings.length === 0) return `${touched} touched, none of them locked by others.`;
  const locked = new Set(findings.map(({ path }) => path)).size;
  const holders = new Set(findings.map(({ value }) => quote(String(value))));
  return `${locked} of ${touched} locked by ${[...holders].join(', ')}.`;
}
