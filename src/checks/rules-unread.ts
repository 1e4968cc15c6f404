// What the check `rules` says of files that it could not look into: never a pass.
import type { Finding } from '../kernel/check.ts';
import { limits } from '../kernel/limits.ts';
import type { Measure, Measured, Pair, Source } from './complexity-files.ts';
import { finding } from './policy-check.ts';
import type { Judged } from './policy-check.ts';
import { quote } from './quote.ts';
import { whyUnanalysed } from './unit.ts';

type Failed = Extract<Measured, { ok: false }>;

const rule = 'rules-not-analysed';
const exclude = `leave it out by a glob under ${quote('checks.rules.exclude')}`;

/** Findings about heads that cannot be looked into: a failure where the code was sound before, or is new. */
export async function unreadHeads(
  pairs: readonly Pair[],
  measured: ReadonlyMap<Source, Measured>,
  measure: Measure,
): Promise<Pick<Judged, 'findings' | 'unread'>> {
  const findings: Finding[] = [];
  for (const { head, base } of pairs) {
    const result = measured.get(head);
    if (result?.ok !== false) continue;
    const wasBroken = base !== null && (await isBroken(base, measure));
    findings.push(findingOf(head.path, result, wasBroken));
  }
  const unread = findings.filter(({ level }) => level !== 'failure').map(({ message }) => message);
  return { findings, unread };
}

async function isBroken(base: Source, measure: Measure): Promise<boolean> {
  const result = (await measure([base])).get(base);
  return result?.ok === false && 'error' in result;
}

function findingOf(path: string, result: Failed, wasBroken: boolean): Finding {
  if ('why' in result) {
    return finding({
      ...{ rule, path, level: 'warning', value: result.why },
      message: result.why === 'missing' ? missingText(path, 'head') : unfitText(path, result.why),
    });
  }
  const { line, error } = result;
  const past = wasBroken ? ', as before' : '';
  const message = `${quote(path)} could not be looked into${past}: ${whyUnanalysed(result)} (${quote(error)}). Correct it, or ${exclude}.`;
  const level = wasBroken ? 'warning' : 'failure';
  return finding({ rule, path, line, endLine: line, message, level });
}

function unfitText(path: string, why: 'binary' | 'too-large'): string {
  const what = why === 'binary' ? 'binary' : `larger than ${limits.analysedFileBytesMax} bytes`;
  return `${quote(path)} is ${what}, so the rules cannot be judged in it. Split it, or ${exclude}.`;
}

function missingText(path: string, side: string): string {
  return `${quote(path)} could not be read at the ${side}. Run the check again.`;
}

/** What is said of bases that cannot be looked into: what stands in their files counts as new. */
export function unreadBases(
  measured: ReadonlyMap<Source, Measured>,
): Pick<Judged, 'reasons' | 'unread'> {
  const reasons: string[] = [];
  const unread: string[] = [];
  for (const [{ path }, result] of measured) {
    if (result.ok) continue;
    if ('why' in result && result.why === 'missing') unread.push(missingText(path, 'base'));
    else
      reasons.push(
        `${quote(path)} cannot be looked into at the base, so what it has counts as new.`,
      );
  }
  return { reasons, unread };
}
