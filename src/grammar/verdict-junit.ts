// A verdict as a JUnit report, the form in which every CI shows what failed: a suite per check, a case per finding.
import { failsAsWhole } from '../kernel/check.ts';
import type { Finding, GateVerdict, Verdict } from '../kernel/check.ts';
import { placeOf } from './verdict.ts';

const named: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** What XML 1.0 has no way to say: controls, halves of a surrogate pair, and two non-characters. */
const unspeakable = /(?![\n\r\t])\p{Cc}|\p{Cs}|[\uFFFE\uFFFF]/gu;

/** A text within an attribute or an element. */
function escaped(text: string): string {
  return text.replace(unspeakable, '\uFFFD').replace(/[&<>"\n\r\t]/g, (sign) => named[sign] ?? '');
}

function attribute(name: string, value: string | number): string {
  return ` ${name}="${escaped(String(value))}"`;
}

interface Case {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly type: string;
  readonly text: string;
}

function caseOf(finding: Finding): Case {
  const place = placeOf(finding);
  const name = place === '' ? finding.rule : `${finding.rule} ${place}`;
  const outcome = finding.level === 'failure' ? 'failed' : 'passed';
  return { name, outcome, type: finding.rule, text: finding.message };
}

/** The check as a whole stands beside its findings: it may fail for what is none, and what it says must not be lost. */
function wholeOf(verdict: Verdict): Case {
  const { name, conclusion, title, reasons } = verdict;
  const passed = conclusion === 'neutral' ? 'skipped' : 'passed';
  const outcome = failsAsWhole(verdict) ? 'failed' : passed;
  return { name, outcome, type: conclusion, text: [title, ...reasons].join('\n') };
}

function caseXml(suite: string, { name, outcome, type, text }: Case): string {
  const open = `    <testcase${attribute('classname', `coord.${suite}`)}${attribute('name', name)}`;
  if (outcome === 'skipped')
    return `${open}>\n      <skipped${attribute('message', text)}/>\n    </testcase>`;
  if (outcome === 'failed') {
    const failure = `<failure${attribute('type', type)}${attribute('message', text)}>${escaped(text)}</failure>`;
    return `${open}>\n      ${failure}\n    </testcase>`;
  }
  return `${open}>\n      <system-out>${escaped(text)}</system-out>\n    </testcase>`;
}

function countOf(cases: readonly Case[], outcome: Case['outcome']): number {
  return cases.filter((each) => each.outcome === outcome).length;
}

function totals(cases: readonly Case[]): string {
  const [failures, skipped] = [countOf(cases, 'failed'), countOf(cases, 'skipped')];
  return `${attribute('tests', cases.length)}${attribute('failures', failures)}${attribute('errors', 0)}${attribute('skipped', skipped)}`;
}

/** The verdict as one JUnit document. */
export function verdictJunit(verdict: GateVerdict): string {
  const suites = verdict.checks.map((check) => {
    return { name: check.name, cases: [wholeOf(check), ...check.findings.map(caseOf)] };
  });
  const all = suites.flatMap(({ cases }) => cases);
  const bodies = suites.map(({ name, cases }) => {
    const lines = cases.map((each) => caseXml(name, each)).join('\n');
    return `  <testsuite${attribute('name', name)}${totals(cases)}>\n${lines}\n  </testsuite>`;
  });
  const root = `<testsuites${attribute('name', `coord / gate: ${verdict.title}`)}${totals(all)}>`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', root, ...bodies, '</testsuites>'].join('\n');
}
