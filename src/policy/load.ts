// From the text of `.github/coord.yml` to a policy, or to everything that is wrong with it.
import { limits } from '../kernel/limits.ts';
import { crossFindings } from './cross-checks.ts';
import type { CrossCheckOptions } from './cross-checks.ts';
import { expectation, explain } from './explain.ts';
import type { Finding, Problem } from './problem.ts';
import { problemText } from './problem.ts';
import { policySchema } from './schema.ts';
import type { Policy } from './schema.ts';
import { readYaml } from './yaml-source.ts';
import type { Report, YamlSource } from './yaml-source.ts';

/** Where a policy stands in a repository. */
export const policyPath = '.github/coord.yml';

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy; readonly warnings: readonly Problem[] }
  | {
      readonly ok: false;
      /** What the text came from, as the caller named it. */
      readonly source: string;
      /** In the order of the text, at most `limits.policyProblemsMax`. */
      readonly problems: readonly Problem[];
      /** How many more there are. */
      readonly omitted: number;
    };

/**
 * Reads a policy. `source` names the text in messages (`.github/coord.yml`). Never throws and never takes longer
 * than its bounds allow, whatever the text. A text that is too large or no YAML is judged no further; otherwise
 * the problems of schema, keys and references are reported together.
 */
export function parsePolicy(
  text: string,
  source: string,
  options: CrossCheckOptions = {},
): ParsedPolicy {
  if (!isAffordable(text)) return { ok: false, source, ...tooLarge() };
  const reading = readYaml(text);
  if (!reading.ok) return { ok: false, source, ...reading.report };
  return judged(reading.source, source, options);
}

/** Every problem on a line of its own, the last line saying how many more there are. */
export function policyProblemsText(parsed: Extract<ParsedPolicy, { ok: false }>): string {
  const lines = parsed.problems.map((problem) => problemText(problem, parsed.source));
  if (parsed.omitted > 0) lines.push(`${parsed.source}: and ${parsed.omitted} more.`);
  return lines.join('\n');
}

type Schema = ReturnType<typeof policySchema.safeParse>;

/** The schema's answer; null where a value is so unlike what is expected that a rule of the schema cannot be asked. */
function bySchema(data: unknown): Schema | null {
  try {
    return policySchema.safeParse(data ?? {}, { error: expectation });
  } catch {
    return null;
  }
}

const unlikeAnything: Finding = {
  path: [],
  at: 'value',
  message: 'Expected lists where lists belong, found maps that only look like them.',
  hint: 'Compare it with the reference of the policy.',
};

function schemaFindings(result: Schema | null, data: unknown): Finding[] {
  if (result === null) return [unlikeAnything];
  return (result.error?.issues ?? []).flatMap((issue) => explain(issue, data ?? {}));
}

function judged(
  { data, keyFindings, report, warnings }: YamlSource,
  source: string,
  options: CrossCheckOptions,
): ParsedPolicy {
  const result = bySchema(data);
  const findings = [
    ...keyFindings,
    ...schemaFindings(result, data),
    ...crossFindings(data, options),
  ];
  const isGood = result?.success === true && findings.length === 0;
  if (isGood) return { ok: true, policy: result.data, warnings };
  return { ok: false, source, ...report(findings) };
}

function isAffordable(text: string): boolean {
  // A text has at least as many bytes as UTF-16 units, so a huge one need not be encoded to be refused.
  if (text.length > limits.policyBytesMax) return false;
  return new TextEncoder().encode(text).length <= limits.policyBytesMax;
}

function tooLarge(): Report {
  const message = `Expected a policy of at most ${limits.policyBytesMax} bytes, found more.`;
  const hint = 'Use wider globs instead of lists of files.';
  return { problems: [{ line: 1, column: 1, path: '', message, hint }], omitted: 0 };
}
