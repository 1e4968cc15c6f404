// Checks requests against GitHub's API description and says what is wrong in GitHub's words.
import type { ErrorObject } from 'ajv';
import type { JsonObject } from '../state/json.ts';
import { isObject } from '../state/json.ts';
import type { OpenApi, Operation, Parameter } from './openapi.ts';
import type { SchemaCompiler } from './schema.ts';

export interface Checked {
  readonly query: Readonly<Record<string, string | number | boolean>>;
  /** What GitHub would refuse; null when all is well. */
  readonly refusal: string | null;
  /** What GitHub would silently ignore, and what is therefore a mistake. */
  readonly ignored: readonly string[];
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return Array.from(value).length;
  return Array.isArray(value) ? value.length : 0;
}

function valueAt(root: unknown, pointer: string): unknown {
  let at = root;
  for (const key of pointer.split('/').slice(1)) {
    at = isObject(at) || Array.isArray(at) ? (at as JsonObject)[key] : undefined;
  }
  return at;
}

/** GitHub's sentence for an error of a body. */
function sentenceOf(error: ErrorObject, body: unknown): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  const value = valueAt(body, error.instancePath);
  const place = `For 'properties/${error.instancePath.slice(1)}'`;
  switch (error.keyword) {
    case 'required':
      return `${JSON.stringify(params['missingProperty'])} wasn't supplied.`;
    case 'maxItems':
      return `No more than ${String(params['limit'])} items are allowed; ${lengthOf(value)} were supplied.`;
    case 'maxLength':
      return `Only ${String(params['limit'])} characters are allowed; ${lengthOf(value)} were supplied.`;
    case 'enum':
      return `${place}, ${JSON.stringify(value)} is not a member of ${JSON.stringify(params['allowedValues'])}.`;
    case 'type':
      return `${place}, ${JSON.stringify(value)} is not a ${String(params['type'])}.`;
    default:
      return `${place}, ${error.message ?? 'the value is not allowed'}.`;
  }
}

/** Text of an address as the type its schema asks for; text that is no such value stays text. */
function coerce(schema: JsonObject, text: string): string | number | boolean {
  const { type } = schema;
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text))
    return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

export class RequestChecker {
  readonly #api: OpenApi;
  readonly #schemas: SchemaCompiler;

  constructor(api: OpenApi, schemas: SchemaCompiler) {
    this.#api = api;
    this.#schemas = schemas;
  }

  check(
    operation: Operation,
    request: {
      readonly path: Readonly<Record<string, string>>;
      readonly query: URLSearchParams;
      readonly body: unknown;
    },
  ): Checked {
    const query: Record<string, string | number | boolean> = {};
    const ignored: string[] = [];
    const known = new Map(
      operation.parameters.filter((each) => each.in === 'query').map((each) => [each.name, each]),
    );
    let refusal = this.#refusePath(operation, request.path);
    for (const [name, text] of request.query) {
      const parameter = known.get(name);
      if (parameter === undefined) {
        ignored.push(`There is no query parameter ${name}.`);
        continue;
      }
      query[name] = coerce(parameter.schema, text);
      refusal ??= this.#refuseParameter(operation, parameter, text);
    }
    refusal ??= this.#refuseBody(operation, request.body);
    ignored.push(...this.#ignoredFields(operation, request.body));
    return { query, refusal, ignored };
  }

  #refusePath(operation: Operation, path: Readonly<Record<string, string>>): string | null {
    for (const parameter of operation.parameters) {
      if (parameter.in !== 'path') continue;
      const refusal = this.#refuseParameter(operation, parameter, path[parameter.name] ?? '');
      if (refusal !== null) return refusal;
    }
    return null;
  }

  #refuseParameter(operation: Operation, parameter: Parameter, text: string): string | null {
    const key = `${operation.id} parameter ${parameter.in} ${parameter.name}`;
    const value = coerce(parameter.schema, text);
    const [error] = this.#schemas.check(key, parameter.schema, value);
    return error === undefined ? null : `${parameter.name}: ${sentenceOf(error, value)}`;
  }

  #refuseBody(operation: Operation, body: unknown): string | null {
    const { bodySchema, id, isBodyRequired } = operation;
    if (bodySchema === null) return null;
    if (body === undefined && !isBodyRequired) return null;
    const [error] = this.#schemas.check(`${id} body`, bodySchema, body ?? {});
    return error === undefined ? null : sentenceOf(error, body ?? {});
  }

  #ignoredFields(operation: Operation, body: unknown): readonly string[] {
    const schema = this.#api.resolve(operation.bodySchema);
    if (!isObject(body) || !isObject(schema) || !isObject(schema['properties'])) return [];
    const { properties } = schema as { readonly properties: JsonObject };
    return Object.keys(body)
      .filter((name) => !(name in properties))
      .map((name) => `There is no body field ${name}.`);
  }
}
