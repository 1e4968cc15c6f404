// A check judges a pull request; its verdict is a tree that explains itself.

/** As GitHub names conclusions; `action_required` counts as failure and asks a person for something. */
export type Conclusion = 'success' | 'failure' | 'neutral' | 'action_required';

/** One place where a rule was broken, or was kept only because of the ratchet. */
export interface Finding {
  /** `scope-outside`, `complexity`, `function-lines`, ... stable kebab-case. */
  readonly rule: string;
  /** Path at the head; null when it is about the pull request as a whole. */
  readonly path: string | null;
  /** 1-based lines at the head; null when the whole file is meant. */
  readonly line: number | null;
  readonly endLine: number | null;
  /** A sentence with what was found, what is allowed, and the next step. */
  readonly message: string;
  readonly limit: number | string | null;
  readonly value: number | string | null;
  /** Whether it fails the check, or is only worth a note. */
  readonly level: 'failure' | 'warning' | 'notice';
}

/** What one check says. */
export interface Verdict {
  /** Name of the check. */
  readonly name: string;
  readonly conclusion: Conclusion;
  /** One line: the outcome with its numbers. */
  readonly title: string;
  /** Why, in sentences; Markdown is not interpreted. */
  readonly reasons: readonly string[];
  readonly findings: readonly Finding[];
}

/** What came out, for whom and under what; as JSON it is the answer of `coord check`. */
export interface GateVerdict {
  readonly conclusion: Conclusion;
  readonly title: string;
  readonly summary: string;
  /** Object ids that were judged. */
  readonly head: string;
  readonly base: string;
  /** Blob id of the policy, `none` without a file, null when it cannot be used. */
  readonly policy: string | null;
  readonly enforce: 'observe' | 'require' | null;
  /** Seq of the log that was read. */
  readonly seq: number;
  /** In the order of the registry. */
  readonly checks: readonly Verdict[];
}

/** A check: a pure function of the facts of a pull request. */
export interface Check<Facts> {
  /** One word; a section of `coord / gate` and, where asked for, a check run `coord / name`. */
  readonly name: string;
  readonly summary: string;
  /** Every rule its findings may name. */
  readonly rules: readonly string[];
  readonly judge: (facts: Facts) => Promise<Verdict>;
}

/** Order in which conclusions win over one another; the gate takes the worst. */
export const conclusionsBySeverity: readonly Conclusion[] = [
  'failure',
  'action_required',
  'success',
  'neutral',
];

/** The worst of several conclusions; neutral when there is none. */
export function worst(conclusions: readonly Conclusion[]): Conclusion {
  return conclusionsBySeverity.find((conclusion) => conclusions.includes(conclusion)) ?? 'neutral';
}

/** Whether a conclusion keeps a pull request from being merged where the check is required. */
export function isFailing(conclusion: Conclusion): boolean {
  return conclusion === 'failure' || conclusion === 'action_required';
}

/** Whether a check fails for what is no finding, such as a policy that cannot be read: who lists findings must say so too. */
export function failsAsWhole({ conclusion, findings }: Verdict): boolean {
  return isFailing(conclusion) && !findings.some(({ level }) => level === 'failure');
}
