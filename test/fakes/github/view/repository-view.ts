// A repository as REST answers and webhook payloads show it.
import { accountView } from '../state/account.ts';
import type { JsonObject } from '../state/json.ts';
import type { Repository } from '../state/repository.ts';
import { apiUrl, webUrl } from '../state/repository.ts';
import type { World } from '../state/world.ts';

/** Address templates: the field without `_url` to the path below the repository's REST address. */
const addresses: Readonly<Record<string, string>> = {
  archive: '/{archive_format}{/ref}',
  assignees: '/assignees{/user}',
  blobs: '/git/blobs{/sha}',
  branches: '/branches{/branch}',
  collaborators: '/collaborators{/collaborator}',
  comments: '/comments{/number}',
  commits: '/commits{/sha}',
  compare: '/compare/{base}...{head}',
  contents: '/contents/{+path}',
  contributors: '/contributors',
  deployments: '/deployments',
  downloads: '/downloads',
  events: '/events',
  forks: '/forks',
  git_commits: '/git/commits{/sha}',
  git_refs: '/git/refs{/sha}',
  git_tags: '/git/tags{/sha}',
  hooks: '/hooks',
  issue_comment: '/issues/comments{/number}',
  issue_events: '/issues/events{/number}',
  issues: '/issues{/number}',
  keys: '/keys{/key_id}',
  labels: '/labels{/name}',
  languages: '/languages',
  merges: '/merges',
  milestones: '/milestones{/number}',
  notifications: '/notifications{?since,all,participating}',
  pulls: '/pulls{/number}',
  releases: '/releases{/id}',
  stargazers: '/stargazers',
  statuses: '/statuses/{sha}',
  subscribers: '/subscribers',
  subscription: '/subscription',
  tags: '/tags',
  teams: '/teams',
  trees: '/git/trees{/sha}',
};

const settings: JsonObject = {
  description: null,
  homepage: null,
  language: null,
  license: null,
  mirror_url: null,
  forks: 0,
  forks_count: 0,
  stargazers_count: 0,
  watchers: 0,
  watchers_count: 0,
  size: 1,
  network_count: 0,
  subscribers_count: 0,
  has_issues: true,
  has_projects: true,
  has_wiki: false,
  has_pages: false,
  has_downloads: true,
  has_discussions: false,
  archived: false,
  disabled: false,
  is_template: false,
  allow_forking: true,
  web_commit_signoff_required: false,
  topics: [],
};

/** The shape of `full-repository`; parts that other answers nest are complete too. */
export function repositoryView(world: World, repository: Repository): JsonObject {
  const api = apiUrl(world.url, repository);
  const web = webUrl(world.url, repository);
  const open = [...repository.threads.values()].filter((each) => each.state === 'open').length;
  const urls = Object.entries(addresses).map(([name, path]) => [`${name}_url`, api + path]);
  return {
    ...settings,
    ...(Object.fromEntries(urls) as JsonObject),
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: repository.fullName,
    owner: accountView(world.url, repository.owner),
    private: repository.isPrivate,
    visibility: repository.isPrivate ? 'private' : 'public',
    fork: repository.parent !== null,
    url: api,
    html_url: web,
    clone_url: `${web}.git`,
    svn_url: web,
    git_url: `git://${new URL(world.url).host}/${repository.fullName}.git`,
    ssh_url: `git@${new URL(world.url).hostname}:${repository.fullName}.git`,
    default_branch: repository.defaultBranch,
    open_issues: open,
    open_issues_count: open,
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
    pushed_at: repository.pushedAt,
  };
}
