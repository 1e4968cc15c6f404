// Judges changed files by the rules that a policy turns on: head against base, generated files left out.
import type { Finding } from '../kernel/check.ts';
import type { Policy } from '../policy/schema.ts';
import type { Measure, Measured, Pair, Source } from './complexity-files.ts';
import type { Judged, PolicyMode } from './policy-check.ts';
import type { PullRequest } from './pull-request.ts';
import { count, quote } from './quote.ts';
import type { Breach } from './rules-breach.ts';
import { rulesFindings } from './rules-findings.ts';
import { generatedAtBase } from './rules-generated.ts';
import { lookedAt } from './rules-holders.ts';
import type { Looked } from './rules-holders.ts';
import { rulesMode, rulesOn } from './rules-modes.ts';
import { tally } from './rules-ratchet.ts';
import type { Tally } from './rules-ratchet.ts';
import { unreadBases, unreadHeads } from './rules-unread.ts';

type Rules = Policy['checks']['rules'];
type Looks = ReadonlyMap<Source, Measured>;

export interface Work {
  readonly pullRequest: PullRequest;
  readonly policy: Policy;
  readonly pairs: readonly Pair[];
  /** Every changed or removed file of the base, from which code may have moved. */
  readonly bases: readonly Source[];
  readonly measure: Measure;
}

/** What the pairs come to. The base and its .gitattributes are read only where something at the head could fail. */
export async function judgeRules(work: Work): Promise<Judged> {
  const { policy, measure } = work;
  const { rules } = policy.checks;
  const heads = await measure(work.pairs.map(({ head }) => head));
  const isSound = work.pairs.every(({ head }) => isClean(heads.get(head), rules));
  const written = isSound ? work.pairs : await withoutGenerated(work);
  const failed = await unreadHeads(written, heads, measure);
  const needsBase = written.some(({ head }) => hasRatchet(heads.get(head), rules));
  const bases = needsBase ? await measure(work.bases) : new Map<Source, Measured>();
  const { pairs, reasons } = withoutMarked(written, heads, bases, rules);
  const past = unreadBases(bases);
  const tallies = tally(sidesOf({ pairs, heads, bases, rules }), rules.parametersMax);
  const mode = rulesMode(policy);
  const findings = tallies.flatMap((one) => findingsOf(one, rules, mode));
  return {
    findings: [...findings, ...failed.findings],
    reasons: [rulesText(policy), ...reasons, ...past.reasons],
    unread: [...failed.unread, ...past.unread],
    title: titleOf(tallies, { files: pairs.length, failed: failed.findings.length, rules }),
  };
}

/** Whether a rule that is judged may be broken by this, were it new. */
function isBeyond({ rule, value }: Breach, rules: Rules): boolean {
  if (rules[rule] === 'off') return false;
  return rule !== 'parameters' || Number(value) > rules.parametersMax;
}

function breachesIn(measured: Measured | undefined, rules: Rules): Breach[] {
  const breaches = measured?.ok === true ? (measured.traits?.breaches ?? []) : [];
  return breaches.filter((breach) => isBeyond(breach, rules));
}

function isClean(measured: Measured | undefined, rules: Rules): boolean {
  return measured?.ok === true && breachesIn(measured, rules).length === 0;
}

/** Whether it matters what was there before: for old code that may stay, and for marks of generated files. */
function hasRatchet(measured: Measured | undefined, rules: Rules): boolean {
  const breaches = breachesIn(measured, rules);
  return isMarked(measured)
    ? breaches.length > 0
    : breaches.some(({ rule }) => rules[rule] !== 'strict');
}

function isMarked(measured: Measured | undefined): boolean {
  return measured?.ok === true && measured.traits?.isMarkedGenerated === true;
}

/** A file that was there under a name of a written one is not generated, whatever it is called now. */
async function withoutGenerated({ pullRequest, pairs }: Work): Promise<Pair[]> {
  const isGenerated = await generatedAtBase(pullRequest);
  return pairs.filter(
    ({ head, base }) => !isGenerated(head.path) || (base !== null && !isGenerated(base.path)),
  );
}

/** A mark counts only where it stood at the base already, else whoever adds it would be rid of the rules. */
function withoutMarked(
  pairs: readonly Pair[],
  heads: Looks,
  bases: Looks,
  rules: Rules,
): { readonly pairs: Pair[]; readonly reasons: string[] } {
  const marked = new Set([...bases].filter(([, it]) => isMarked(it)).map(([{ path }]) => path));
  const kept = pairs.filter(({ head, base }) => {
    return !isMarked(heads.get(head)) || base === null || !marked.has(base.path);
  });
  const reasons = kept
    .filter(({ head }) => isMarked(heads.get(head)) && !isClean(heads.get(head), rules))
    .map(({ head: { path } }) => {
      return `${quote(path)} is marked as generated, and was not at the base, so it is judged. Mark it as linguist-generated in .gitattributes of the base branch first.`;
    });
  return { pairs: kept, reasons };
}

interface Measures {
  readonly pairs: readonly Pair[];
  readonly heads: Looks;
  readonly bases: Looks;
  readonly rules: Rules;
}

function sidesOf({ pairs, heads, bases, rules }: Measures): Parameters<typeof tally>[0] {
  const looked = (source: Source, all: Looks, counts: (breach: Breach) => boolean): Looked[] => {
    const measured = all.get(source);
    return measured?.ok === true ? [lookedAt(source.path, measured, counts)] : [];
  };
  return {
    head: pairs.flatMap(({ head }) => looked(head, heads, (one) => isBeyond(one, rules))),
    base: [...bases.keys()].flatMap((source) =>
      looked(source, bases, ({ rule }) => rules[rule] !== 'off'),
    ),
    origins: new Map(
      pairs.flatMap(({ head, base }) => (base === null ? [] : [[head.path, base.path] as const])),
    ),
  };
}

function findingsOf(one: Tally, rules: Rules, checkMode: PolicyMode): Finding[] {
  const mode = rules[one.rule];
  const isStrict = mode === 'strict';
  // Where the whole check only reports, what would have failed is said to have failed.
  const level = mode === 'report' && checkMode !== 'report' ? 'warning' : 'failure';
  const { parametersMax } = rules;
  return rulesFindings(one, { level, isStrict, parametersMax }, isStrict ? one.all : one.added);
}

function rulesText(policy: Policy): string {
  const { rules } = policy.checks;
  const names = rulesOn(policy).map((rule) => `${rule} (${rules[rule]})`);
  const tests = rules.tests ? 'Tests are held to them too.' : 'Tests are exempt.';
  return `Rules judged: ${names.join(', ')}. ${tests}`;
}

function titleOf(
  tallies: readonly Tally[],
  {
    files,
    failed,
    rules,
  }: { readonly files: number; readonly failed: number; readonly rules: Rules },
): string {
  const told = tallies.map((one) => {
    return { ...one, places: rules[one.rule] === 'strict' ? one.count : one.added.length };
  });
  const parts = [`${count(files, 'file')} looked at`];
  const against = told.filter(({ places }) => places > 0);
  const places = against.reduce((sum, one) => sum + one.places, 0);
  const names = [...new Set(against.map(({ rule }) => rule))].join(', ');
  parts.push(
    places > 0
      ? `${count(places, 'place')} against the rules (${names})`
      : 'nothing new against the rules',
  );
  const old = told.reduce((sum, one) => sum + one.count - one.places, 0);
  if (old > 0) parts.push(`${old} old left`);
  if (failed > 0) parts.push(`${count(failed, 'file')} not analysed`);
  return `${parts.join(', ')}.`;
}
