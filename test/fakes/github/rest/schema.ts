// Turns GitHub's OpenAPI 3.0 schemas into JSON Schema and validates with ajv, one validator at a time.
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import formatsModule from 'ajv-formats';
import type { JsonObject } from '../state/json.ts';
import { isObject } from '../state/json.ts';
import type { OpenApi } from './openapi.ts';

// The package is CommonJS whose default export carries the plugin again under `default`.
const addFormats = formatsModule as unknown as typeof formatsModule.default;

const componentPrefix = '#/components/schemas/';
// Addresses of bots (`1+name[bot]@...`) are no valid `email`, on GitHub neither.
const checkedFormats = new Set(['date-time', 'date', 'uri', 'uri-template']);
/** Keywords of OpenAPI that say nothing about validity. */
const dropped = new Set(
  'nullable example examples discriminator deprecated xml description title externalDocs'.split(
    ' ',
  ),
);

function withNull(schema: JsonObject): JsonObject {
  const { type, enum: values } = schema;
  if (typeof type === 'string') {
    const widened = Array.isArray(values)
      ? { enum: [...new Set<unknown>([...(values as unknown[]), null])] }
      : {};
    return { ...schema, type: [type, 'null'], ...widened };
  }
  return { anyOf: [schema, { type: 'null' }] };
}

export class SchemaCompiler {
  readonly #api: OpenApi;
  readonly #ajv: Ajv;
  readonly #known = new Set<string>();
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(api: OpenApi) {
    this.#api = api;
    // The description repeats enum values, so its schemas are not themselves valid by the book.
    this.#ajv = new Ajv({ strict: false, validateSchema: false, inlineRefs: false });
    addFormats(this.#ajv, [...checkedFormats] as Parameters<typeof addFormats>[1]);
  }

  /** Checks a value; answers the first errors, or an empty list. `key` names the schema for reuse. */
  check(key: string, schema: JsonObject, value: unknown): readonly ErrorObject[] {
    let validator = this.#validators.get(key);
    if (validator === undefined) {
      validator = this.#ajv.compile(this.#convertObject(schema));
      this.#validators.set(key, validator);
    }
    return validator(value) ? [] : (validator.errors ?? []);
  }

  #convertObject(schema: JsonObject): JsonObject {
    const ref = schema['$ref'];
    const converted =
      typeof ref === 'string'
        ? { $ref: this.#component(ref.slice(componentPrefix.length)) }
        : this.#convertKeywords(schema);
    return schema['nullable'] === true ? withNull(converted) : converted;
  }

  #convertKeywords(schema: JsonObject): JsonObject {
    const kept = Object.entries(schema).filter(([key, value]) => {
      if (key === 'format') return checkedFormats.has(String(value));
      return !dropped.has(key) && !key.startsWith('x-');
    });
    const converted = kept.map(([key, value]) => {
      return [
        key,
        key === 'enum' || key === 'default' ? value : this.#convert(key, value),
      ] as const;
    });
    return Object.fromEntries(converted);
  }

  #convert(key: string, value: unknown): unknown {
    if (Array.isArray(value)) {
      return value.map((item: unknown) => (isObject(item) ? this.#convertObject(item) : item));
    }
    if (!isObject(value)) return value;
    if (key !== 'properties' && key !== 'patternProperties') return this.#convertObject(value);
    const properties = Object.entries(value).map(([name, schema]) => [
      name,
      isObject(schema) ? this.#convertObject(schema) : schema,
    ]);
    return Object.fromEntries(properties) as JsonObject;
  }

  /** Registers a component once, with everything it refers to, and answers its id. */
  #component(name: string): string {
    const id = `component:${name}`;
    if (!this.#known.has(name)) {
      this.#known.add(name);
      this.#ajv.addSchema({ $id: id, ...this.#convertObject(this.#api.component(name)) });
    }
    return id;
  }
}
