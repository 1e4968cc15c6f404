// Writes src/policy/default.ts: the schema's own defaults as data, so that a start without a policy need not make the schema.
import { format, resolveConfig } from 'prettier';
import { policySchema } from '../src/policy/schema.ts';
import { isMain, writeOrCheck } from './generated-file.ts';

export const defaultPolicyPath = 'src/policy/default.ts';

const emptyMap = '@empty map@';

function written(_key: string, value: unknown): unknown {
  if (!(value instanceof Map)) return value;
  if (value.size > 0) throw new Error('A default policy names nobody.');
  return emptyMap;
}

/** The file's content. */
export async function defaultPolicyText(): Promise<string> {
  const policy = policySchema.parse({ version: 1, enforce: 'observe' });
  const value = JSON.stringify(policy, written).replaceAll(JSON.stringify(emptyMap), 'new Map()');
  const text = `// The policy of a repository that has none; written by scripts/default-policy.ts from the schema, not by hand.
import type { Policy } from './schema.ts';

/** Everything is judged and reported, nothing fails. */
export function defaultPolicy(): Policy { return ${value}; }
`;
  const style = await resolveConfig(defaultPolicyPath);
  return format(text, { ...style, parser: 'typescript' });
}

if (isMain(import.meta.filename)) {
  writeOrCheck(defaultPolicyPath, await defaultPolicyText(), process.argv.slice(2));
}
