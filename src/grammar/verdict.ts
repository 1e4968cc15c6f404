// A verdict as people read it: plain lines on a terminal, Markdown on GitHub that no stranger's text can break out of.
import { conclusionsBySeverity } from '../kernel/check.ts';
import type { Conclusion, Finding, GateVerdict, Verdict } from '../kernel/check.ts';
import { inertInline } from './render.ts';

const signs: Readonly<Record<Conclusion, string>> = {
  success: 'ok',
  failure: 'FAIL',
  action_required: 'ACTION',
  neutral: '-',
};

const badges: Readonly<Record<Conclusion, string>> = {
  success: '✅',
  failure: '❌',
  action_required: '⚠️',
  neutral: '➖',
};

/** Where a finding is, as `path:line`; empty for the pull request as a whole. */
export function placeOf({ path, line }: Finding): string {
  if (path === null) return '';
  return line === null ? path : `${path}:${line}`;
}

function findingLine(finding: Finding): string {
  const place = placeOf(finding);
  return `    ${finding.level === 'failure' ? '!' : '.'} ${place}${place === '' ? '' : '  '}${finding.message} [${finding.rule}]`;
}

function checkLines({ name, conclusion, title, reasons, findings }: Verdict): string[] {
  return [
    `${signs[conclusion].padEnd(6)} ${name.padEnd(12)} ${title}`,
    ...reasons.map((reason) => `    ${reason}`),
    ...findings.map(findingLine),
  ];
}

/** The verdict as plain lines, the gate last. */
export function renderVerdict(verdict: GateVerdict): string {
  return [
    ...verdict.checks.flatMap(checkLines),
    '',
    `${signs[verdict.conclusion]} coord / gate: ${verdict.title}`,
    `head ${verdict.head}, base ${verdict.base}, policy ${verdict.policy ?? 'unusable'}, log seq ${verdict.seq}`,
  ].join('\n');
}

function sectionOf({ name, conclusion, title, reasons, findings }: Verdict): string {
  const items = findings.map(
    (finding) =>
      `- ${[placeOf(finding), finding.message]
        .filter((part) => part !== '')
        .map(inertInline)
        .join(' — ')}`,
  );
  return [
    `### ${badges[conclusion]} ${name}: ${inertInline(title)}`,
    ...reasons.map((reason) => inertInline(reason)),
    items.join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The parts of a check run's output. Not cut to GitHub's bounds yet: the writer does that. */
export interface VerdictMarkdown {
  readonly title: string;
  readonly summary: string;
  readonly text: string;
}

function bySeverity(left: Verdict, right: Verdict): number {
  return (
    conclusionsBySeverity.indexOf(left.conclusion) - conclusionsBySeverity.indexOf(right.conclusion)
  );
}

/** The verdict as Markdown: the table of checks as summary, a section per check as text, the worst first. */
export function verdictMarkdown(verdict: GateVerdict): VerdictMarkdown {
  const rows = verdict.checks.map(
    ({ name, conclusion, title }) => `| ${badges[conclusion]} | ${name} | ${inertInline(title)} |`,
  );
  const policy = verdict.policy === null ? 'unusable' : verdict.policy.slice(0, 12);
  return {
    title: verdict.title,
    summary: [
      inertInline(verdict.summary),
      '',
      '| | check | outcome |',
      '|---|---|---|',
      ...rows,
      '',
      `Judged \`${verdict.head.slice(0, 12)}\` under policy \`${policy}\` at seq ${verdict.seq} of the log.`,
    ].join('\n'),
    text: [...verdict.checks].sort(bySeverity).map(sectionOf).join('\n\n'),
  };
}
