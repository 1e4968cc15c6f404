// Builds webhook payloads: our state over GitHub's documented example, checked against its webhook schemas.
import { accountView } from '../state/account.ts';
import type { Installation } from '../state/app.ts';
import type { JsonObject } from '../state/json.ts';
import { overlayObject } from '../state/json.ts';
import type { AnnouncedSubject, World } from '../state/world.ts';
import { nodeId } from '../state/world.ts';
import { repositoryView } from '../view/repository-view.ts';
import { readArtefact } from '../rest/artefact.ts';
import type { OpenApi } from '../rest/openapi.ts';
import type { SchemaCompiler } from '../rest/schema.ts';

interface ExampleEvent {
  readonly name: string;
  readonly examples: readonly JsonObject[];
}

let loaded: Promise<readonly ExampleEvent[]> | null = null;

/** Reads the documented payloads once per process (4 MB). */
export async function loadWebhookExamples(): Promise<readonly ExampleEvent[]> {
  loaded ??= readArtefact('@octokit/webhooks-examples/api.github.com/index.json').then(
    (text) => JSON.parse(text) as ExampleEvent[],
  );
  return await loaded;
}

export class PayloadFactory {
  readonly #world: World;
  readonly #examples: readonly ExampleEvent[];
  readonly #api: OpenApi;
  readonly #schemas: SchemaCompiler;
  readonly #chosen = new Map<string, JsonObject>();

  constructor(
    world: World,
    documents: {
      readonly examples: readonly ExampleEvent[];
      readonly api: OpenApi;
      readonly schemas: SchemaCompiler;
    },
  ) {
    this.#world = world;
    this.#examples = documents.examples;
    this.#api = documents.api;
    this.#schemas = documents.schemas;
  }

  /** The payload one installation receives (null: a workflow); one that fits no schema is a violation. */
  build(
    event: string,
    action: string | null,
    subject: AnnouncedSubject,
    installation: Installation | null,
  ): JsonObject {
    const { repository, sender, payload } = subject;
    const ours: JsonObject = {
      ...(action === null ? {} : { action }),
      ...payload,
      repository: this.#repository(event, subject),
      sender: accountView(this.#world.url, sender),
      organization: undefined,
      installation:
        installation === null
          ? undefined
          : { id: installation.id, node_id: nodeId('Installation', installation.id) },
    };
    if (repository.owner.type === 'Organization')
      ours['organization'] = this.#organization(subject);
    const built = overlayObject(this.#example(event, action), ours);
    this.#check(event, action, built);
    return built;
  }

  #repository(event: string, { repository }: AnnouncedSubject): JsonObject {
    const view = repositoryView(this.#world, repository);
    if (event !== 'push') return view;
    // In a push, and only there, the times are numbers and the owner carries a name.
    const owner = { ...accountView(this.#world.url, repository.owner) };
    return {
      ...view,
      created_at: Math.floor(Date.parse(repository.createdAt) / 1000),
      pushed_at: Math.floor(Date.parse(repository.pushedAt) / 1000),
      master_branch: repository.defaultBranch,
      stargazers: 0,
      owner: { ...owner, name: repository.owner.login, email: repository.owner.email },
    };
  }

  #organization({ repository }: AnnouncedSubject): JsonObject {
    const { login, id, nodeId: node_id } = repository.owner;
    const url = `${this.#world.url}/api/v3/orgs/${login}`;
    return {
      login,
      id,
      node_id,
      url,
      repos_url: `${url}/repos`,
      events_url: `${url}/events`,
      hooks_url: `${url}/hooks`,
      issues_url: `${url}/issues`,
      members_url: `${url}/members{/member}`,
      public_members_url: `${url}/public_members{/member}`,
      avatar_url: `${this.#world.url}/avatars/u/${id}`,
      description: null,
    };
  }

  /** The first documented payload of this event that is valid, else the first there is. */
  #example(event: string, action: string | null): JsonObject {
    const name = schemaName(event, action);
    const known = this.#chosen.get(name);
    if (known !== undefined) return known;
    const all = this.#examples.find((each) => each.name === event)?.examples ?? [];
    const fitting = all.filter((each) => action === null || each['action'] === action);
    const schema = this.#api.webhookSchema(name);
    const valid = fitting.find((each) => {
      return schema !== null && this.#schemas.check(`webhook ${name}`, schema, each).length === 0;
    });
    const chosen = valid ?? fitting[0] ?? all[0] ?? {};
    this.#chosen.set(name, chosen);
    return chosen;
  }

  #check(event: string, action: string | null, payload: JsonObject): void {
    const name = schemaName(event, action);
    const schema = this.#api.webhookSchema(name);
    const errors = schema === null ? [] : this.#schemas.check(`webhook ${name}`, schema, payload);
    const message =
      schema === null
        ? `GitHub describes no webhook ${name}.`
        : errors.map((error) => `${error.instancePath} ${error.message ?? ''}`).join('; ');
    if (message !== '') this.#world.violate({ kind: 'webhook', operation: name, message });
  }
}

function schemaName(event: string, action: string | null): string {
  return (action === null ? event : `${event}-${action}`).replaceAll('_', '-');
}
