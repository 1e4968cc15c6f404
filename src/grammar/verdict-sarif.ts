// A verdict as SARIF 2.1.0, the form in which code scanning and editors take findings.
import { failsAsWhole } from '../kernel/check.ts';
import type { Finding, GateVerdict, Verdict } from '../kernel/check.ts';

const levels: Readonly<Record<Finding['level'], 'error' | 'warning' | 'note'>> = {
  failure: 'error',
  warning: 'warning',
  notice: 'note',
};

/** What the document says of who made it; `rules` are those of all checks, whether they found something or not. */
export interface SarifTool {
  readonly version: string;
  readonly rules: readonly {
    readonly id: string;
    readonly check: string;
    readonly summary: string;
  }[];
}

/** A path relative to the root of the repository, as a URI. */
function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function regionOf({ line, endLine }: Finding): object {
  if (line === null) return {};
  return { region: { startLine: line, endLine: Math.max(line, endLine ?? line) } };
}

function locationsOf(finding: Finding): object {
  if (finding.path === null) return {};
  const artifactLocation = { uri: uriOf(finding.path), uriBaseId: '%SRCROOT%' };
  return { locations: [{ physicalLocation: { artifactLocation, ...regionOf(finding) } }] };
}

function resultOf(check: string, finding: Finding): object {
  const { rule, message, level, limit, value } = finding;
  return {
    ruleId: rule,
    level: levels[level],
    message: { text: message },
    ...locationsOf(finding),
    properties: { check, limit, value },
  };
}

function resultsOf(verdict: Verdict): object[] {
  const { name, title, reasons, findings } = verdict;
  const results = findings.map((finding) => resultOf(name, finding));
  if (!failsAsWhole(verdict)) return results;
  const text = [title, ...reasons].join(' ');
  return [
    { ruleId: name, level: 'error', message: { text }, properties: { check: name } },
    ...results,
  ];
}

/** The verdict as one SARIF document with one run, as JSON. */
export function verdictSarif(verdict: GateVerdict, tool: SarifTool): string {
  const { conclusion, title, head, base, policy, enforce, seq } = verdict;
  const driver = {
    name: 'coord',
    version: tool.version,
    rules: tool.rules.map(({ id, check, summary }) => ({
      id,
      shortDescription: { text: summary },
      properties: { check },
    })),
  };
  const run = {
    tool: { driver },
    automationDetails: { id: 'coord/gate/' },
    columnKind: 'utf16CodeUnits',
    results: verdict.checks.flatMap(resultsOf),
    properties: { conclusion, title, head, base, policy, enforce, seq },
  };
  const schema = 'https://json.schemastore.org/sarif-2.1.0.json';
  return JSON.stringify({ $schema: schema, version: '2.1.0', runs: [run] }, null, 2);
}
