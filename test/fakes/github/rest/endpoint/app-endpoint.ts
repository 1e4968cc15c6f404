// What an App does with its own JSON web token: itself, its installations, its tokens and deliveries.
import type { App, Installation, Level, Permissions } from '../../state/app.ts';
import { covers, grants } from '../../state/app.ts';
import type { JsonObject } from '../../state/json.ts';
import type { InstallationCredential } from '../../state/credential.ts';
import { reaches } from '../../state/credential.ts';
import { appView, installationView } from '../../view/app-view.ts';
import { repositoryView } from '../../view/repository-view.ts';
import { mintToken } from '../../http/token.ts';
import type { Delivery } from '../../webhook/delivery.ts';
import { deliveryHeaders } from '../../webhook/delivery.ts';
import type { Endpoint, RestAnswer, RestCall } from '../call.ts';
import { answerPage, pageOf } from '../page.ts';
import { notFound, Problem } from '../problem.ts';

const asApp = { kind: 'app' } as const;
const tokenLifeMs = 60 * 60 * 1000;

function callingApp(call: RestCall): App {
  if (call.credential.kind !== 'app') throw notFound();
  return call.credential.app;
}

function installationOf(call: RestCall): Installation {
  const id = call.number('installation_id');
  const found = callingApp(call).installations.find((each) => each.id === id);
  if (found === undefined) throw notFound();
  return found;
}

/** A token may be narrower than its installation, never wider. */
function narrowedPermissions(installation: Installation, wanted: unknown): Permissions {
  if (wanted === undefined) return { metadata: 'read', ...installation.permissions };
  const narrowed = wanted as Record<string, Level>;
  for (const [name, level] of Object.entries(narrowed)) {
    if (!grants(installation.permissions, name, level)) {
      throw new Problem(422, 'The permissions requested are not granted to this installation.');
    }
  }
  return { metadata: 'read', ...narrowed };
}

function narrowedRepositories(
  call: RestCall,
  installation: Installation,
): ReadonlySet<string> | null {
  const names = call.body['repositories'] as readonly string[] | undefined;
  const ids = call.body['repository_ids'] as readonly number[] | undefined;
  if (names === undefined && ids === undefined) return null;
  const covered = [...call.world.repositories.values()].filter((each) =>
    covers(installation, each),
  );
  const chosen = covered.filter((each) => {
    return names?.includes(each.name) === true || ids?.includes(each.id) === true;
  });
  if (chosen.length !== (names?.length ?? 0) + (ids?.length ?? 0)) {
    const reason =
      'There is at least one repository that does not exist or is not accessible to the parent installation.';
    throw new Problem(422, reason);
  }
  return new Set(chosen.map((each) => each.fullName.toLowerCase()));
}

function createToken(call: RestCall): RestAnswer {
  const { world, body } = call;
  const installation = installationOf(call);
  const expiresAt = world.now().getTime() + tokenLifeMs;
  const credential: InstallationCredential = {
    kind: 'installation',
    app: installation.app,
    installation,
    permissions: narrowedPermissions(installation, body['permissions']),
    repositories: narrowedRepositories(call, installation),
    requestsPerHour: installation.app.requestsPerHour,
    expiresAt,
  };
  const token = mintToken('ghs');
  world.tokens.set(token, credential);
  const isAll = installation.repositories === 'all' && credential.repositories === null;
  return {
    status: 201,
    body: {
      token,
      expires_at: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
      permissions: { ...credential.permissions },
      repository_selection: isAll ? 'all' : 'selected',
      repositories: undefined,
      single_file: undefined,
    },
    isBare: true,
  };
}

function accessibleRepositories(call: RestCall): RestAnswer {
  const { credential, world } = call;
  if (credential.kind !== 'installation') {
    throw new Problem(
      403,
      'You must authenticate with an installation access token in order to list repositories for an installation.',
    );
  }
  const all = [...world.repositories.values()].filter((each) => reaches(credential, each));
  const { items, headers } = pageOf(call, all);
  const repositories = items.map((each) => repositoryView(world, each));
  return { status: 200, body: { total_count: all.length, repositories }, headers };
}

function deliveryView(delivery: Delivery): JsonObject {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.isRedelivery,
    duration: delivery.durationMs / 1000,
    status:
      delivery.status !== null && delivery.status >= 200 && delivery.status < 300 ? 'OK' : 'failed',
    status_code: delivery.status ?? 0,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

function deliveriesOf(call: RestCall): Delivery[] {
  const app = callingApp(call);
  return call.services.webhooks.log.filter((each) => each.app === app).reverse();
}

function deliveryOf(call: RestCall): Delivery {
  const id = call.number('delivery_id');
  const found = deliveriesOf(call).find((each) => each.id === id);
  if (found === undefined) throw notFound();
  return found;
}

function listDeliveries(call: RestCall): RestAnswer {
  // This list goes by cursor: the id of the last delivery of the page before.
  const all = deliveriesOf(call);
  const cursor = call.query['cursor'];
  const start =
    cursor === undefined ? 0 : all.findIndex((each) => String(each.id) === String(cursor)) + 1;
  const perPage = Math.min(Number(call.query['per_page'] ?? 30), 100);
  const items = all.slice(start, start + perPage);
  const last = items.at(-1);
  const hasMore = start + perPage < all.length && last !== undefined;
  const next = hasMore
    ? { link: `<${call.address}?per_page=${perPage}&cursor=${last.id}>; rel="next"` }
    : {};
  return { status: 200, body: items.map(deliveryView), headers: next };
}

function getDelivery(call: RestCall): RestAnswer {
  const delivery = deliveryOf(call);
  const headers = deliveryHeaders(delivery, JSON.stringify(delivery.payload));
  return {
    status: 200,
    isBare: true,
    body: {
      ...deliveryView(delivery),
      url: delivery.url,
      request: { headers, payload: delivery.payload },
      response: { headers: {}, payload: delivery.answer },
    },
  };
}

function redeliver(call: RestCall): RestAnswer {
  const { webhooks } = call.services;
  call.world.background('redelivery', webhooks.redeliver(deliveryOf(call).id));
  return { status: 202, body: {} };
}

/** GitHub describes the account of a *list* of installations as person and enterprise at once. */
function listedView(call: RestCall, installation: Installation): JsonObject {
  const view = installationView(call.world, installation);
  const at = installation.createdAt;
  const name = installation.account.login;
  const enterprise = { name, slug: name, created_at: at, updated_at: at };
  return { ...view, account: { ...(view['account'] as JsonObject), ...enterprise } };
}

function repositoryInstallation(call: RestCall): RestAnswer {
  const found = callingApp(call).installations.find((each) => covers(each, call.repository));
  if (found === undefined) throw notFound();
  return { status: 200, body: installationView(call.world, found) };
}

export const appEndpoints: readonly Endpoint[] = [
  {
    id: 'apps/get-authenticated',
    needs: asApp,
    handle: (call) => {
      const app = callingApp(call);
      const installations_count = app.installations.length;
      return {
        status: 200,
        body: { ...appView(call.world, app), installations_count },
        isBare: true,
      };
    },
  },
  {
    id: 'apps/list-installations',
    needs: asApp,
    handle: (call) =>
      answerPage(call, callingApp(call).installations, (each) => listedView(call, each)),
  },
  {
    id: 'apps/get-installation',
    needs: asApp,
    handle: (call) => ({ status: 200, body: installationView(call.world, installationOf(call)) }),
  },
  { id: 'apps/get-repo-installation', needs: asApp, handle: repositoryInstallation },
  { id: 'apps/create-installation-access-token', needs: asApp, handle: createToken },
  {
    id: 'apps/list-repos-accessible-to-installation',
    needs: { kind: 'open' },
    handle: accessibleRepositories,
  },
  { id: 'apps/list-webhook-deliveries', needs: asApp, handle: listDeliveries },
  { id: 'apps/get-webhook-delivery', needs: asApp, handle: getDelivery },
  { id: 'apps/redeliver-webhook-delivery', needs: asApp, handle: redeliver },
];
