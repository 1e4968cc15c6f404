// Writes schema/coord.schema.json, which editors read to complete and check `.github/coord.yml`.
import { z } from 'zod';
import { policySchema } from '../src/policy/schema.ts';
import { isMain, writeOrCheck } from './generated-file.ts';

export const schemaPath = 'schema/coord.schema.json';

/** The JSON Schema (draft 7, what editors read) of the policy as it is written, before defaults are filled in. */
export function policyJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(policySchema, {
    target: 'draft-07',
    io: 'input',
    reused: 'inline',
  });
  return { $schema, title: 'coord policy', ...schema };
}

/** The file's content. */
export function policyJsonSchemaText(): string {
  return `${JSON.stringify(policyJsonSchema(), null, 2)}\n`;
}

if (isMain(import.meta.filename)) {
  writeOrCheck(schemaPath, policyJsonSchemaText(), process.argv.slice(2));
}
