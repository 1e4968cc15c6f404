// Keeps functions simple and short: what a pull request adds or worsens beyond the bounds fails, old code may stay.
import type { Finding } from '../kernel/check.ts';
import { limits } from '../kernel/limits.ts';
import { covers, glob } from '../kernel/scope-glob.ts';
import { boundsFor } from '../policy/bounds.ts';
import type { Policy } from '../policy/schema.ts';
import type { LanguageName } from '../policy/language-name.ts';
import { basesOf, measurer, pairsOf, unitsOf } from './complexity-files.ts';
import type { Measure, Measured, Pair, Source } from './complexity-files.ts';
import { isBeyond, unitFindings } from './complexity-units.ts';
import type { Bounds } from './complexity-units.ts';
import { bytesMaxOf, languageOf, languagesText, modelsText } from './language.ts';
import { finding, policyCheck, tierOf, unreadChanges } from './policy-check.ts';
import type { Judged } from './policy-check.ts';
import type { Author } from './pull-request.ts';
import { count, quote } from './quote.ts';
import { matchUnits } from './ratchet.ts';
import type { Match } from './ratchet.ts';
import { whyUnanalysed } from './unit.ts';
import type { FileUnits, Unit } from './unit.ts';

export const complexityCheck = policyCheck({
  name: 'complexity',
  summary: 'New and changed functions stay within the bounds of complexity and length.',
  rules: ['complexity', 'function-lines', 'not-analysed'],
  modeOf: (policy) => policy.checks.complexity.mode,
  async judge(pullRequest, policy) {
    const { changes, problem } = await pullRequest.changes();
    const { exclude, languages } = policy.checks.complexity;
    const excluded = exclude.map(glob);
    const pairs = pairsOf(changes, excluded, languages);
    const bases = basesOf(changes, excluded, languages);
    const unread = unreadChanges(problem);
    if (pairs.length === 0 && problem === null) {
      return { neutral: `No ${languagesText(languages)} file was changed.` };
    }
    if (Math.max(pairs.length, bases.length) > limits.analysedFilesMax) {
      return tooMany(Math.max(pairs.length, bases.length), unread);
    }
    const judged = await judgeFiles(
      { pairs, bases, measure: measurer(pullRequest) },
      boundsOf(pullRequest.author, policy),
    );
    return { ...judged, unread: [...unread, ...judged.unread] };
  },
});

function tooMany(files: number, unread: readonly string[]): Judged {
  const problem = `${count(files, 'file')} of code changed, and at most ${limits.analysedFilesMax} are measured. Split the pull request, or leave generated files out (checks.complexity.exclude).`;
  return { findings: [], reasons: [], unread: [...unread, problem], title: problem };
}

function boundsOf(author: Author, policy: Policy): Bounds {
  const { complexity, testGlobs } = policy.checks;
  const { complexityMax, functionLinesMax } = boundsFor(policy, tierOf(author, policy));
  const tests = testGlobs.map(glob);
  return {
    complexityMax,
    functionLinesMax,
    variant: complexity.variant,
    isStrict: complexity.mode === 'strict',
    isTest: (path) => covers(tests, path),
  };
}

interface Work {
  readonly pairs: readonly Pair[];
  readonly bases: readonly Source[];
  readonly measure: Measure;
}

async function judgeFiles(work: Work, bounds: Bounds): Promise<Judged> {
  const measured = await work.measure(work.pairs.map(({ head }) => head));
  const files = unitsOf(measured);
  const failed = await notAnalysed(work, measured);
  // What things were matters only where something is beyond a bound: mostly nothing is, and the base stays unread.
  const needsBase = files.some((file) => isBeyond(file, bounds));
  const past = needsBase ? await pastOf(work, files, bounds) : nothingBefore;
  const found = files.flatMap((file) => unitFindings(file, past.matches, bounds));
  return {
    findings: [...found, ...failed.findings],
    reasons: [rulesText(bounds, languagesIn(work.pairs)), ...past.reasons],
    unread: [...failed.unread, ...past.unread],
    title: titleOf(found, files, failed.findings.length),
  };
}

interface Past {
  readonly matches: ReadonlyMap<Unit, Match>;
  readonly reasons: readonly string[];
  readonly unread: readonly string[];
}

const nothingBefore: Past = { matches: new Map(), reasons: [], unread: [] };

/** Which units of the base the head's units were; a base that cannot be measured makes them new. */
async function pastOf(
  { pairs, bases, measure }: Work,
  files: readonly FileUnits[],
  bounds: Bounds,
): Promise<Past> {
  const measured = await measure(bases);
  const renames = new Map(
    pairs.flatMap(({ head, base }) =>
      base === null || base.path === head.path ? [] : [[head.path, base.path] as const],
    ),
  );
  const reasons: string[] = [];
  const unread: string[] = [];
  for (const [{ path }, result] of measured) {
    if (result.ok) continue;
    if ('why' in result && result.why === 'missing') unread.push(missingText(path, 'base'));
    else reasons.push(`${quote(path)} cannot be measured at the base, so its functions are new.`);
  }
  const needsPast = ({ path }: FileUnits, unit: Unit): boolean =>
    isBeyond({ path, units: [unit] }, bounds);
  return { matches: matchUnits(unitsOf(measured), files, renames, needsPast), reasons, unread };
}

function missingText(path: string, side: string): string {
  return `${quote(path)} could not be read at the ${side}. Run the check again.`;
}

/** Heads without units: never a pass. Code that stopped parsing, or never did, fails. */
async function notAnalysed(
  { pairs, measure }: Work,
  measured: ReadonlyMap<Source, Measured>,
): Promise<Pick<Judged, 'findings' | 'unread'>> {
  const findings: Finding[] = [];
  const unread: string[] = [];
  for (const { head, base } of pairs) {
    const result = measured.get(head);
    if (result === undefined || result.ok) continue;
    const wasBroken = base !== null && (await isBroken(base, measure));
    const problem = problemOf(head.path, result, wasBroken);
    findings.push(problem);
    if (problem.level !== 'failure') unread.push(problem.message);
  }
  return { findings, unread };
}

async function isBroken(base: Source, measure: Measure): Promise<boolean> {
  const result = (await measure([base])).get(base);
  return result?.ok === false && 'error' in result;
}

function problemOf(
  path: string,
  result: Extract<Measured, { ok: false }>,
  wasBroken: boolean,
): Finding {
  const rule = 'not-analysed';
  const exclude = `leave it out by a glob under ${quote('checks.complexity.exclude')}`;
  if ('why' in result) {
    const text =
      result.why === 'missing'
        ? missingText(path, 'head')
        : `${quote(path)} is ${whyText(path, result.why)}, so its functions cannot be measured. Split it, or ${exclude}.`;
    return finding({ rule, path, message: text, value: result.why, level: 'warning' });
  }
  const { line, error } = result;
  const past = wasBroken ? ', as before' : '';
  const message = `${quote(path)} could not be analysed${past}: ${whyUnanalysed(result)} (${quote(error)}). Correct it, or ${exclude}.`;
  const level = wasBroken ? 'warning' : 'failure';
  return finding({ rule, path, line, endLine: line, message, level });
}

function whyText(path: string, why: 'binary' | 'too-large'): string {
  return why === 'binary' ? why : `larger than ${bytesMaxOf(languageOf(path))} bytes`;
}

function languagesIn(pairs: readonly Pair[]): ReadonlySet<LanguageName> {
  return new Set(pairs.flatMap(({ head }) => languageOf(head.path) ?? []));
}

function rulesText(
  { variant, complexityMax, functionLinesMax, isStrict }: Bounds,
  languages: ReadonlySet<LanguageName>,
): string {
  const old = isStrict ? 'Old code is held to it too.' : 'Old code may stay as it was.';
  return `At most complexity ${complexityMax} (${countText(variant, languages)}) and ${functionLinesMax} lines a function; tests may have longer ones. ${old}`;
}

/** Where it is all ESLint's, in its words. */
function countText(variant: Bounds['variant'], languages: ReadonlySet<LanguageName>): string {
  const isEslint = [...languages].every((name) => name === 'typescript');
  return isEslint ? `ESLint's ${variant} count` : `${variant} count: ${modelsText(languages)}`;
}

function titleOf(
  found: readonly Finding[],
  files: readonly FileUnits[],
  failedFiles: number,
): string {
  const failures = found.filter(({ level }) => level === 'failure');
  const complex = failures.filter(({ rule }) => rule === 'complexity').length;
  const long = failures.length - complex;
  const units = files.reduce((sum, file) => sum + file.units.length, 0);
  const parts = [`${count(units, 'function')} in ${count(files.length, 'file')} measured`];
  if (complex > 0) parts.push(`${complex} too complex`);
  if (long > 0) parts.push(`${long} too long`);
  if (failures.length === 0) parts.push('none new or worse beyond the bounds');
  if (found.length > failures.length) parts.push(`${found.length - failures.length} old left`);
  if (failedFiles > 0) parts.push(`${count(failedFiles, 'file')} not analysed`);
  return `${parts.join(', ')}.`;
}
