// GitHub's OpenAPI description: operations, routes, schemas and documented examples.
import type { JsonObject } from '../state/json.ts';
import { isObject } from '../state/json.ts';
import { readArtefact } from './artefact.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonObject;
  readonly 'x-multi-segment'?: boolean;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Null when the operation takes no body. */
  readonly bodySchema: JsonObject | null;
  readonly isBodyRequired: boolean;
  readonly pattern: RegExp;
  readonly pathNames: readonly string[];
  readonly raw: JsonObject;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly 'x-webhooks': Readonly<Record<string, JsonObject>>;
  readonly components: Readonly<Record<string, JsonObject>>;
}

function child(value: unknown, ...keys: readonly string[]): unknown {
  let at = value;
  for (const key of keys) at = isObject(at) ? at[key] : undefined;
  return at;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

export class OpenApi {
  readonly #document: Document;
  readonly #operations = new Map<string, Operation>();
  readonly #byMethod = new Map<string, Operation[]>();
  readonly #examples = new Map<string, string | null>();

  constructor(text: string) {
    this.#document = JSON.parse(text) as Document;
    for (const [path, methods] of Object.entries(this.#document.paths)) {
      for (const [method, raw] of Object.entries(methods)) this.#add(path, method, raw);
    }
  }

  operation(id: string): Operation {
    const found = this.#operations.get(id);
    if (found === undefined) throw new Error(`GitHub's API description has no operation ${id}.`);
    return found;
  }

  /** The operations whose route a request fits, the most literal first. */
  matching(method: string, path: string): readonly Operation[] {
    const candidates = this.#byMethod.get(method.toLowerCase()) ?? [];
    return candidates
      .filter((operation) => operation.pattern.test(path))
      .sort((a, b) => a.pathNames.length - b.pathNames.length || b.path.length - a.path.length);
  }

  /** The schema GitHub documents for an answer; null when it documents none for this status. */
  answerSchema(operation: Operation, status: number, mediaType: string): JsonObject | null {
    const response = this.resolve(child(operation.raw, 'responses', String(status)));
    const schema = child(response, 'content', mediaType, 'schema');
    return isObject(schema) ? schema : null;
  }

  /** True when GitHub documents this status for the operation. */
  documents(operation: Operation, status: number): boolean {
    return child(operation.raw, 'responses', String(status)) !== undefined;
  }

  /** A fresh copy of the documented example, its addresses rewritten by `localise`; null without one. */
  example(id: string, status: number, localise: (text: string) => string): unknown {
    const key = `${id} ${status}`;
    let text = this.#examples.get(key);
    if (text === undefined) {
      const found = this.#findExample(id, status);
      text = found === undefined ? null : JSON.stringify(found);
      this.#examples.set(key, text);
    }
    return text === null ? null : (JSON.parse(localise(text)) as unknown);
  }

  /** A schema of `components.schemas`. */
  component(name: string): JsonObject {
    const found = child(this.#document.components, 'schemas', name);
    if (!isObject(found)) throw new Error(`GitHub's API description has no schema ${name}.`);
    return found;
  }

  /** The schema of a webhook's payload, e.g. `issue-comment-created`; null when not described. */
  webhookSchema(name: string): JsonObject | null {
    const post = child(this.#document['x-webhooks'], name, 'post');
    const schema = child(post, 'requestBody', 'content', 'application/json', 'schema');
    return isObject(schema) ? schema : null;
  }

  /** Follows one `$ref`, if there is one. */
  resolve(value: unknown): unknown {
    const ref = child(value, '$ref');
    if (typeof ref !== 'string') return value;
    return child(this.#document, ...ref.slice(2).split('/'));
  }

  #findExample(id: string, status: number): unknown {
    const response = this.resolve(child(this.operation(id).raw, 'responses', String(status)));
    const examples = child(response, 'content', 'application/json', 'examples');
    if (!isObject(examples)) return undefined;
    return child(this.resolve(Object.values(examples)[0]), 'value');
  }

  #add(path: string, method: string, raw: JsonObject): void {
    const parameters = (
      Array.isArray(raw['parameters']) ? (raw['parameters'] as unknown[]) : []
    ).map((parameter) => this.resolve(parameter) as Parameter);
    const pathNames = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '');
    const multi = new Set(
      parameters.filter((each) => each['x-multi-segment'] === true).map((each) => each.name),
    );
    const pattern = path
      .split(/(\{[^}]+\})/)
      .map((part) => {
        if (!part.startsWith('{')) return escapeRegExp(part);
        return multi.has(part.slice(1, -1)) ? '(.+)' : '([^/]+)';
      })
      .join('');
    const body = this.resolve(raw['requestBody']);
    const bodySchema = child(body, 'content', 'application/json', 'schema');
    const operation: Operation = {
      id: String(raw['operationId']),
      method,
      path,
      parameters,
      bodySchema: isObject(bodySchema) ? bodySchema : null,
      isBodyRequired: child(body, 'required') === true,
      pattern: new RegExp(`^${pattern}$`),
      pathNames,
      raw,
    };
    this.#operations.set(operation.id, operation);
    const list = this.#byMethod.get(method) ?? [];
    list.push(operation);
    this.#byMethod.set(method, list);
  }
}

let loaded: Promise<OpenApi> | null = null;

/** Reads the description once per process (13 MB, about 0.1 s). */
export async function loadOpenApi(): Promise<OpenApi> {
  loaded ??= readArtefact('@octokit/openapi/generated/api.github.com.json').then(
    (text) => new OpenApi(text),
  );
  return await loaded;
}
