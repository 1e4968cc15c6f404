// Writes docs/reference/policy.md: every key of `.github/coord.yml` with its type, default and meaning.
import { isMain, writeOrCheck } from './generated-file.ts';
import { policyJsonSchema } from './json-schema.ts';

export const referencePath = 'docs/reference/policy.md';

/** What is used of JSON Schema here. */
interface Schema {
  readonly title?: string;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string | number;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema;
}

interface Row {
  readonly key: string;
  readonly type: string;
  readonly default: string;
  readonly description: string;
}

/** The page as Markdown; one table per section of the file. */
export function policyReference(): string {
  const schema = policyJsonSchema() as Schema;
  const sections = Object.entries(schema.properties ?? {});
  const single = sections.filter(([, section]) => isLeaf(section));
  const nested = sections.filter(([, section]) => !isLeaf(section));
  const required = schema.required ?? [];
  const top = single.flatMap(([key, section]) => rowsOf(key, section, required.includes(key)));
  return [
    introduction,
    table(top),
    ...nested.map(([key, section]) => sectionText(key, section)),
    '',
  ].join('\n');
}

const introduction = `# Policy: \`.github/coord.yml\`

<!-- Written by scripts/policy-reference.ts from the schema; do not edit. -->

The policy is read from the base branch, never from a pull request's head. Unknown keys are errors. Names are the same in
upper and lower case. Durations are written \`30s\`, \`15m\`, \`2h\`, \`7d\`. Globs know \`*\`, \`**\`, \`?\` and \`{a,b}\`.
Anchors, aliases, tags, merge keys and several documents are refused. For completion in an editor, where the package is
installed, begin the file with:

\`\`\`yaml
# yaml-language-server: $schema=../node_modules/git-coord/schema/coord.schema.json
\`\`\`
`;

function sectionText(key: string, section: Schema): string {
  const rows = rowsOf(key, section, false).filter((row) => row.key !== key);
  return [`\n## \`${key}\`\n`, `${section.description ?? ''}\n`, table(rows)].join('\n');
}

function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    return `| \`${row.key}\` | ${row.type} | ${row.default} | ${cell(row.description)} |`;
  });
  return ['| key | type | default | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function rowsOf(key: string, schema: Schema, isRequired: boolean): Row[] {
  const own: Row = {
    key,
    type: cell(typeText(schema)),
    default: isRequired ? 'required' : defaultText(schema),
    description: schema.description ?? '',
  };
  return [own, ...childRows(key, schema)];
}

function childRows(key: string, schema: Schema): Row[] {
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([name, child]) =>
      rowsOf(`${key}.${name}`, child, schema.required?.includes(name) === true),
    );
  }
  const entry = schema.additionalProperties;
  if (entry !== undefined && entry !== false && entry.description !== undefined) {
    return rowsOf(`${key}.<name>`, entry, false);
  }
  return schema.items?.description === undefined ? [] : rowsOf(`${key}[]`, schema.items, false);
}

function isLeaf(schema: Schema): boolean {
  return schema.type !== 'object' && schema.type !== 'array';
}

const typeWords: Readonly<Record<string, string>> = {
  object: 'map',
  string: 'text',
  boolean: '`true` | `false`',
};

function typeText(schema: Schema): string {
  const words = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(' | ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeText).join(' | ');
  if (schema.title !== undefined) return schema.title;
  return plainTypeText(schema, schema.type ?? 'anything');
}

function plainTypeText(schema: Schema, type: string): string {
  if (type === 'array') return `list of ${plural(typeText(schema.items ?? {}))}`;
  return `${typeWords[type] ?? type}${rangeText(schema)}`;
}

/** Values that are listed themselves need no plural. */
function plural(words: string): string {
  if (words.endsWith('`')) return words;
  return words.endsWith('x') ? `${words}es` : `${words}s`;
}

function rangeText({ minimum, maximum }: Schema): string {
  return minimum === undefined || maximum === undefined ? '' : ` ${minimum}–${maximum}`;
}

function defaultText(schema: Schema): string {
  const value = schema.default;
  const isSection = schema.properties !== undefined || schema.type === 'object';
  if (value === undefined || isSection) return '';
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item) => `\`${String(item)}\``).join(' ');
  }
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** A pipe would end the table's cell, stars would be emphasis. */
function cell(text: string): string {
  return text.replaceAll(/[|*]/g, '\\$&');
}

if (isMain(import.meta.filename)) {
  writeOrCheck(referencePath, policyReference(), process.argv.slice(2));
}
