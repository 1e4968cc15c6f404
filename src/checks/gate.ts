// The gate: one conclusion from the verdicts of all checks, the only one that a ruleset needs to require.
import { isFailing, worst } from '../kernel/check.ts';
import type { Conclusion, Verdict } from '../kernel/check.ts';
import { count } from './quote.ts';

export interface Gate {
  readonly conclusion: Conclusion;
  /** One line. */
  readonly title: string;
  /** Plain text, a line a check with its reasons below; nothing in it starts a line that could be a command. */
  readonly summary: string;
}

const titleCharsMax = 200;

/**
 * The worst of all verdicts but the neutral ones. With `observe` nothing fails: the gate is neutral and says what would
 * have happened. Null, where the policy cannot be used and nobody knows, counts as `require`.
 */
export function gateOf(verdicts: readonly Verdict[], enforce: 'observe' | 'require' | null): Gate {
  const conclusion = worst(verdicts.map((verdict) => verdict.conclusion));
  const title = titleOf(verdicts, conclusion);
  const summary = summaryOf(verdicts);
  if (enforce !== 'observe') return { conclusion, title, summary };
  const observed = isFailing(conclusion)
    ? `Would have failed: ${title}`
    : `Only observed: ${title}`;
  return { conclusion: 'neutral', title: clipped(observed), summary };
}

/** Which checks fail and what the worst of them says; or which passed. */
function titleOf(verdicts: readonly Verdict[], conclusion: Conclusion): string {
  const failing = verdicts.filter((verdict) => isFailing(verdict.conclusion));
  const first = failing.find((verdict) => verdict.conclusion === conclusion);
  if (first === undefined) return passedTitle(verdicts);
  const others = failing.filter((verdict) => verdict !== first);
  const names = [first, ...others].map(({ name }) => name).join(', ');
  return clipped(`${names} ${others.length === 0 ? 'fails' : 'fail'}: ${oneLine(first.title)}`);
}

function passedTitle(verdicts: readonly Verdict[]): string {
  const passed = verdicts.filter(({ conclusion }) => conclusion === 'success');
  if (passed.length === 0) return 'Nothing to judge.';
  return `${count(passed.length, 'check')} passed: ${passed.map(({ name }) => name).join(', ')}.`;
}

function summaryOf(verdicts: readonly Verdict[]): string {
  const told = new Set<string>();
  const lines: string[] = [];
  for (const { name, conclusion, title, reasons } of verdicts) {
    lines.push(`${name}: ${conclusion}. ${oneLine(title)}`);
    for (const reason of [title, ...reasons].map(oneLine)) {
      // Several checks give the same reason when the policy or the list of files cannot be read.
      if (!told.has(reason) && reason !== oneLine(title)) lines.push(`  - ${reason}`);
      told.add(reason);
    }
  }
  return lines.join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function clipped(text: string): string {
  return text.length <= titleCharsMax ? text : `${text.slice(0, titleCharsMax - 1)}…`;
}
