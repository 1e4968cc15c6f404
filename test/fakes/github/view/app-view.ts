// Apps and installations as REST answers and webhook payloads show them.
import { accountView } from '../state/account.ts';
import type { App, Installation } from '../state/app.ts';
import type { JsonObject } from '../state/json.ts';
import type { World } from '../state/world.ts';

/** The shape of `integration`, nested in check runs and comments. */
export function appView(world: World, app: App): JsonObject {
  return {
    id: app.id,
    slug: app.slug,
    node_id: app.nodeId,
    client_id: app.clientId,
    owner: accountView(world.url, app.owner),
    name: app.name,
    description: '',
    external_url: `${world.url}/apps/${app.slug}`,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: { ...app.permissions },
    events: [...app.events],
  };
}

/** The shape of `installation`. */
export function installationView(world: World, installation: Installation): JsonObject {
  const { app, account, id } = installation;
  const api = `${world.url}/api/v3`;
  return {
    id,
    account: accountView(world.url, account),
    repository_selection: installation.repositories === 'all' ? 'all' : 'selected',
    access_tokens_url: `${api}/app/installations/${id}/access_tokens`,
    repositories_url: `${api}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${id}`,
    app_id: app.id,
    app_slug: app.slug,
    client_id: app.clientId,
    target_id: account.id,
    target_type: account.type,
    permissions: { ...installation.permissions },
    events: [...app.events],
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}
