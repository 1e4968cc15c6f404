// Repositories, branches, commits, comparisons, collaborators, users, and the API's own facts.
import { commitsBetween, historyPage, mergeBase } from '../../git/history.ts';
import { branchHead, listRefs } from '../../git/ref.ts';
import { resolveRevision } from '../../git/revision.ts';
import { filesBetween } from '../../change/pull-diff.ts';
import type { Account } from '../../state/account.ts';
import { accountView } from '../../state/account.ts';
import { actorOf } from '../../state/credential.ts';
import type { JsonObject } from '../../state/json.ts';
import type { Role } from '../../state/repository.ts';
import { apiUrl, roleOf, roleReaches, webUrl } from '../../state/repository.ts';
import { commitView } from '../../view/commit-view.ts';
import { repositoryView } from '../../view/repository-view.ts';
import type { Resource } from '../../http/limits.ts';
import type { Endpoint, RestAnswer, RestCall } from '../call.ts';
import { on } from '../call.ts';
import { answerPage, pageOf } from '../page.ts';
import { notFound, Problem } from '../problem.ts';
import { fileView } from './pull-endpoint.ts';

const metadata = on('metadata', 'read');
const read = on('contents', 'read');
const open = { kind: 'open' } as const;
const comparedFilesMax = 300;
const comparedCommitsMax = 250;

/** The legacy permission knows four words: maintain counts as write, triage as read. */
function legacyPermission(role: Role): string {
  if (role === 'maintain') return 'write';
  return role === 'triage' ? 'read' : role;
}

function collaboratorPermission(call: RestCall): RestAnswer {
  const login = call.part('username');
  const account = call.world.accounts.get(login.toLowerCase());
  if (account?.type !== 'User') throw notFound(`${login} is not a user`);
  const role = roleOf(call.repository, account);
  const permissions = {
    admin: roleReaches(role, 'admin'),
    maintain: roleReaches(role, 'maintain'),
    push: roleReaches(role, 'write'),
    triage: roleReaches(role, 'triage'),
    pull: roleReaches(role, 'read'),
  };
  return {
    status: 200,
    body: {
      permission: legacyPermission(role),
      role_name: role,
      user: {
        ...accountView(call.world.url, account),
        permissions,
        role_name: role,
        email: undefined,
        name: undefined,
      },
    },
  };
}

function getRepository(call: RestCall): RestAnswer {
  const view = repositoryView(call.world, call.repository);
  const { parent } = call.repository;
  const family = parent === null ? undefined : repositoryView(call.world, parent);
  return {
    status: 200,
    body: {
      ...view,
      template_repository: undefined,
      organization: undefined,
      parent: family,
      source: family,
      permissions: undefined,
    },
  };
}

async function commitAnswer(call: RestCall, oid: string | null): Promise<JsonObject> {
  const commit = oid === null ? null : await call.repository.objects.commit(oid);
  if (commit === null) throw notFound();
  return commitView(call.world, call.repository, commit);
}

async function getBranch(call: RestCall): Promise<RestAnswer> {
  const name = call.part('branch');
  const head = await branchHead(call.repository.objects, name);
  if (head === null) throw notFound('Branch not found');
  const self = `${apiUrl(call.world.url, call.repository)}/branches/${name}`;
  return {
    status: 200,
    isBare: true,
    body: {
      name,
      commit: await commitAnswer(call, head),
      _links: { self, html: `${webUrl(call.world.url, call.repository)}/tree/${name}` },
      protected: call.repository.rules.has(name),
      protection: { enabled: call.repository.rules.has(name) },
      protection_url: `${self}/protection`,
    },
  };
}

async function listBranches(call: RestCall): Promise<RestAnswer> {
  const refs = await listRefs(call.repository.gitDir, 'refs/heads/');
  const api = apiUrl(call.world.url, call.repository);
  return await answerPage(call, refs, ({ name, oid }) => ({
    name: name.slice('refs/heads/'.length),
    commit: { sha: oid, url: `${api}/commits/${oid}` },
    protected: call.repository.rules.has(name.slice('refs/heads/'.length)),
    protection: undefined,
    protection_url: undefined,
  }));
}

async function listCommits(call: RestCall): Promise<RestAnswer> {
  const revision = String(call.query['sha'] ?? call.repository.defaultBranch);
  const from = await resolveRevision(call.repository, revision);
  if (from === null) throw notFound();
  const { path } = call.query;
  const range = {
    from,
    skip: 0,
    countMax: 10_000,
    ...(path === undefined ? {} : { path: String(path) }),
  };
  const oids = await historyPage(call.repository.gitDir, range);
  return await answerPage(call, oids, (oid) => commitAnswer(call, oid));
}

async function getCommit(call: RestCall): Promise<RestAnswer> {
  const oid = await resolveRevision(call.repository, call.part('ref'));
  if (oid === null) throw new Problem(422, `No commit found for SHA: ${call.part('ref')}`);
  const commit = await call.repository.objects.commit(oid);
  const parent = commit?.parents[0] ?? '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
  const files = await filesBetween(call.repository, parent, oid);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const { items, headers } = pageOf(call, files.slice(0, 3000));
  return {
    status: 200,
    headers,
    body: {
      ...(await commitAnswer(call, oid)),
      stats: { additions, deletions, total: additions + deletions },
      files: items.map((file) => fileView(call.world, call.repository, file, oid)),
    },
  };
}

/** `owner:branch` names a fork; its objects were brought here when the pull request was opened. */
async function comparedEnd(call: RestCall, name: string): Promise<string> {
  const colon = name.indexOf(':');
  const owner = colon < 0 ? call.repository.owner.login : name.slice(0, colon);
  const there = [...call.world.repositories.values()].find((each) => {
    return (
      each.owner.login === owner && (each === call.repository || each.parent === call.repository)
    );
  });
  const oid = await resolveRevision(there ?? call.repository, name.slice(colon + 1));
  if (oid === null || (await call.repository.objects.commit(oid)) === null) throw notFound();
  return oid;
}

function compareStatus(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return 'diverged';
  if (ahead > 0) return 'ahead';
  return behind > 0 ? 'behind' : 'identical';
}

async function compare(call: RestCall): Promise<RestAnswer> {
  const { repository, world } = call;
  const [baseName, headName] = call.part('basehead').split('...');
  if (baseName === undefined || headName === undefined) throw notFound();
  const base = await comparedEnd(call, baseName);
  const head = await comparedEnd(call, headName);
  const ancestor = await mergeBase(repository.gitDir, base, head);
  if (ancestor === null) throw notFound(`No common ancestor between ${baseName} and ${headName}.`);
  const ahead = await commitsBetween(repository.gitDir, base, head);
  const behind = await commitsBetween(repository.gitDir, head, base);
  const files = await filesBetween(repository, ancestor, head);
  const web = `${webUrl(world.url, repository)}/compare/${baseName}...${headName}`;
  const { items, headers } = pageOf(call, ahead.slice(0, comparedCommitsMax));
  // Files come with the first page only, as on GitHub.
  const isFirst = Number(call.query['page'] ?? 1) === 1;
  return {
    status: 200,
    headers,
    body: {
      url: call.address,
      html_url: web,
      permalink_url: web,
      diff_url: `${web}.diff`,
      patch_url: `${web}.patch`,
      base_commit: await commitAnswer(call, base),
      merge_base_commit: await commitAnswer(call, ancestor),
      status: compareStatus(ahead.length, behind.length),
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: await Promise.all(items.map((oid) => commitAnswer(call, oid))),
      files: isFirst
        ? files.slice(0, comparedFilesMax).map((file) => fileView(world, repository, file, head))
        : undefined,
    },
  };
}

function publicUser(call: RestCall, account: Account): RestAnswer {
  const view = {
    ...accountView(call.world.url, account),
    name: account.name,
    email: null,
    company: null,
    blog: null,
    location: null,
    bio: null,
    plan: undefined,
  };
  return { status: 200, body: view };
}

function rateLimit(call: RestCall): RestAnswer {
  const budget = (resource: Resource): JsonObject => {
    const { limit, used, remaining, resetSeconds } = call.services.limits.budget(
      call.credential,
      resource,
    );
    return { limit, used, remaining, reset: resetSeconds };
  };
  const core = budget('core');
  return { status: 200, body: { resources: { core, graphql: budget('graphql') }, rate: core } };
}

export const repositoryEndpoints: readonly Endpoint[] = [
  { id: 'repos/get', needs: metadata, handle: getRepository },
  {
    id: 'repos/get-collaborator-permission-level',
    needs: metadata,
    handle: collaboratorPermission,
  },
  { id: 'repos/get-branch', needs: read, handle: getBranch },
  { id: 'repos/list-branches', needs: read, handle: listBranches },
  { id: 'repos/list-commits', needs: read, handle: listCommits },
  { id: 'repos/get-commit', needs: read, handle: getCommit },
  { id: 'repos/compare-commits-with-basehead', needs: read, handle: compare },
  {
    id: 'repos/get-branch-rules',
    needs: metadata,
    handle: (call) => {
      const rules = call.repository.rules.get(call.part('branch')) ?? [];
      return { status: 200, body: [...rules], isBare: true };
    },
  },
  {
    id: 'users/get-by-username',
    needs: open,
    handle: (call) => {
      const account = call.world.accounts.get(call.part('username').toLowerCase());
      if (account === undefined) throw notFound();
      return publicUser(call, account);
    },
  },
  {
    id: 'users/get-authenticated',
    needs: open,
    handle: (call) => {
      const account = actorOf(call.credential);
      if (account === null) throw new Problem(401, 'Requires authentication');
      // Installation tokens stand for no user.
      if (account.type !== 'User') throw new Problem(403, 'Resource not accessible by integration');
      return publicUser(call, account);
    },
  },
  { id: 'rate-limit/get', needs: open, handle: rateLimit },
  {
    id: 'meta/get',
    needs: open,
    // The documented example shows fingerprints as numbers, which its own schema does not allow.
    handle: () => ({ status: 200, body: { ssh_key_fingerprints: undefined } }),
  },
];
