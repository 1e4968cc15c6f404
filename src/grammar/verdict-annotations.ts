// A verdict as GitHub's workflow commands, which a job prints to mark the lines of a pull request.
import { failsAsWhole } from '../kernel/check.ts';
import type { Finding, GateVerdict, Verdict } from '../kernel/check.ts';

const commands: Readonly<Record<Finding['level'], string>> = {
  failure: 'error',
  warning: 'warning',
  notice: 'notice',
};

/** Text behind the second pair of colons. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A value between the pairs of colons, where a comma or a colon would end it. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

interface Mark extends Pick<Finding, 'path' | 'line' | 'endLine' | 'message' | 'level'> {
  readonly title: string;
}

function commandOf({ path, line, endLine, message, level, title }: Mark): string {
  const properties = [
    ...(path === null ? [] : [`file=${property(path)}`]),
    ...(line === null ? [] : [`line=${line}`, `endLine=${Math.max(line, endLine ?? line)}`]),
    `title=${property(title)}`,
  ];
  return `::${commands[level]} ${properties.join(',')}::${data(message)}`;
}

function marksOf(verdict: Verdict): Mark[] {
  const { name, title, reasons, findings } = verdict;
  const marks = findings.map((finding) => ({ ...finding, title: `${name}: ${finding.rule}` }));
  if (!failsAsWhole(verdict)) return marks;
  const nowhere = { path: null, line: null, endLine: null, level: 'failure' } as const;
  return [{ ...nowhere, title: name, message: [title, ...reasons].join(' ') }, ...marks];
}

/** One line for each finding, in the order of the checks; empty where nothing was found. */
export function verdictAnnotations(verdict: GateVerdict): string {
  return verdict.checks.flatMap(marksOf).map(commandOf).join('\n');
}
