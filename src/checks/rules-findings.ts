// Puts into words what the check `rules` found.
import type { Finding } from '../kernel/check.ts';
import { finding } from './policy-check.ts';
import { count as counted, quote } from './quote.ts';
import { ruleId } from './rules-breach.ts';
import type { Breach, RuleName } from './rules-breach.ts';
import type { Held } from './rules-holders.ts';
import type { Tally } from './rules-ratchet.ts';

/** How much a finding weighs, and what else its words depend on. */
export interface Weight {
  readonly level: Finding['level'];
  /** All that is there counts, not only what is new. */
  readonly isStrict: boolean;
  readonly parametersMax: number;
}

type Words = (held: Held, weight: Weight) => string;

/** The rules whose breaches are told once for a file. */
const toldOnce: ReadonlySet<RuleName> = new Set(['suppressions', 'anyTypes', 'nonNull']);

/** What to do instead, of the rules that are told once for a file. */
const remedies: Readonly<Partial<Record<RuleName, string>>> = {
  suppressions: 'Take it out and correct what it hides.',
  anyTypes: 'Name the type, or take unknown and check it.',
  nonNull: 'Check for null and undefined, or give it a type without them.',
};

const sentences: Readonly<Partial<Record<RuleName, Words>>> = {
  emptyCatch: () =>
    'The error that is caught here is dropped. Handle it, or say in a comment why it may be dropped.',
  unboundedLoop: () =>
    'Nothing ends this loop: its condition is always true, and no break, return, throw, await or yield is in it. Give it a bound.',
  eval: () => 'Text is run as code here. Call a function instead.',
  recursion: ({ breach, about }) => {
    const through = breach.value === '' ? '' : ` through ${quote(String(breach.value))}`;
    return `${nameOf(about)} calls itself${through}. Use a loop, with a stack of its own where it needs one.`;
  },
  parameters: ({ breach, about }, { parametersMax }) =>
    `${nameOf(about)} has ${counted(Number(breach.value), 'parameter')}, ${parametersMax} ${parametersMax === 1 ? 'is' : 'are'} allowed. Hand over an object with names instead.`,
  documentedExports: ({ breach, about }) =>
    `The exported ${breach.kind} ${nameOf(about)} has no doc comment. Say above it in a sentence what it is for.`,
};

function nameOf(about: Held['about']): string {
  return about === null ? 'This function' : quote(about.name);
}

/** The findings of one tally: one for each place, or one for the file. */
export function rulesFindings(one: Tally, weight: Weight, held: readonly Held[]): Finding[] {
  const [first] = held;
  if (first === undefined) return [];
  if (toldOnce.has(one.rule)) return [onceFinding(one, weight, first.breach, held.length)];
  return held.map((place) => placeFinding(one, weight, place));
}

function placeFinding({ rule, path }: Tally, weight: Weight, held: Held): Finding {
  const { line, endLine, value } = held.breach;
  const isNumber = rule === 'parameters';
  return finding({
    ...{ rule: ruleId(rule), path, line, endLine, level: weight.level },
    message: sentences[rule]?.(held, weight) ?? `The rule ${rule} is broken here. Correct it.`,
    limit: isNumber ? weight.parametersMax : null,
    value: isNumber ? value : null,
  });
}

function onceFinding(
  one: Tally,
  weight: Weight,
  { line, endLine, text }: Breach,
  places: number,
): Finding {
  const { rule, path, kind, count } = one;
  const limit = weight.isStrict ? 0 : one.allowed;
  const what =
    rule === 'suppressions'
      ? quote(kind)
      : rule === 'anyTypes'
        ? 'The type any'
        : 'The assertion `!`';
  const times = count === 1 ? 'once' : `${count} times`;
  const more = weight.isStrict ? '' : `, ${places} more than before`;
  const message = `${what} stands ${times} in this file${more}: ${quote(text)} at line ${line}. ${remedies[rule] ?? ''}`;
  return finding({
    ...{ rule: ruleId(rule), path, line, endLine, level: weight.level },
    ...{ message, limit, value: count },
  });
}
