// Commits as REST answers and webhook payloads show them.
import type { Account } from '../state/account.ts';
import { accountView, webFlow } from '../state/account.ts';
import type { JsonObject } from '../state/json.ts';
import type { Repository } from '../state/repository.ts';
import { apiUrl, webUrl } from '../state/repository.ts';
import type { World } from '../state/world.ts';
import { nodeId } from '../state/world.ts';
import type { CommitObject, Person } from '../git/object-format.ts';

/** The moment of a git person, ISO 8601 UTC to the second. */
export function dateOf(person: Person): string {
  return new Date(person.seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** The account behind a git person; GitHub matches by address only. */
export function accountOf(world: World, person: Person): Account | null {
  return person.email === webFlow.email ? webFlow : world.accountByEmail(person.email);
}

function personView(person: Person): JsonObject {
  return { name: person.name, email: person.email, date: dateOf(person) };
}

/** A payload and signature are shown for signed commits; the fake keeps that fact beside git. */
export function verificationView(repository: Repository, oid: string): JsonObject {
  const verifiedAt = repository.signed.get(oid);
  if (verifiedAt === undefined) {
    return {
      verified: false,
      reason: 'unsigned',
      signature: null,
      payload: null,
      verified_at: null,
    };
  }
  return {
    verified: true,
    reason: 'valid',
    signature: '-----BEGIN PGP SIGNATURE-----\n\nfake\n-----END PGP SIGNATURE-----\n',
    payload: `commit ${oid}`,
    verified_at: verifiedAt,
  };
}

/** The shape of `git-commit` (the Git Data API). */
export function gitCommitView(
  world: World,
  repository: Repository,
  commit: CommitObject,
): JsonObject {
  const api = `${apiUrl(world.url, repository)}/git`;
  const web = webUrl(world.url, repository);
  return {
    sha: commit.oid,
    node_id: nodeId('Commit', commit.oid),
    url: `${api}/commits/${commit.oid}`,
    html_url: `${web}/commit/${commit.oid}`,
    author: personView(commit.author),
    committer: personView(commit.committer),
    message: commit.message,
    tree: { sha: commit.tree, url: `${api}/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${web}/commit/${sha}`,
    })),
    verification: verificationView(repository, commit.oid),
  };
}

/** The shape of `commit` (the Repositories API), without stats and files. */
export function commitView(world: World, repository: Repository, commit: CommitObject): JsonObject {
  const api = apiUrl(world.url, repository);
  const url = `${api}/commits/${commit.oid}`;
  const git = gitCommitView(world, repository, commit);
  const author = accountOf(world, commit.author);
  const committer = accountOf(world, commit.committer);
  return {
    sha: commit.oid,
    node_id: git['node_id'],
    url,
    html_url: git['html_url'],
    comments_url: `${url}/comments`,
    commit: {
      url: git['url'],
      author: git['author'],
      committer: git['committer'],
      message: commit.message,
      tree: git['tree'],
      comment_count: 0,
      verification: git['verification'],
    },
    author: author === null ? null : accountView(world.url, author),
    committer: committer === null ? null : accountView(world.url, committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${webUrl(world.url, repository)}/commit/${sha}`,
    })),
  };
}

/** The shape webhooks use for `head_commit`, without the lists of files. */
export function webhookCommitView(
  world: World,
  repository: Repository,
  commit: CommitObject,
): JsonObject {
  const person = (who: Person): JsonObject => ({
    name: who.name,
    email: who.email,
    date: dateOf(who),
    username: accountOf(world, who)?.login,
  });
  return {
    id: commit.oid,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: dateOf(commit.committer),
    url: `${webUrl(world.url, repository)}/commit/${commit.oid}`,
    author: person(commit.author),
    committer: person(commit.committer),
  };
}
