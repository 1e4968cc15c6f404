// Compares verdicts with others that share no code with them: ESLint run on both sides, and the paths of git diff.
import { Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import type { ChangedFile, Clone } from './clone.ts';
import type { Judged } from './verdict.ts';

const code = /\.(?:[cm]?[jt]s|[jt]sx)$/i;
const inTests = /(?:^|\/)(?:tests?|__tests__)\/|\.(?:test|spec)\.\w+$/;
const linter = new Linter({ configType: 'flat' });

interface Violation {
  readonly rule: 'complexity' | 'function-lines';
  readonly name: string;
  readonly line: number;
  readonly value: number;
}

/** What ESLint's own rules say to one blob, by the bounds of plan.yml. */
function violationsOf(clone: Clone, blob: string, path: string): Violation[] {
  if (/^0+$/.test(blob)) return [];
  const ending = path.slice(path.lastIndexOf('.'));
  const config: Linter.Config = {
    files: [`**/*${ending}`],
    languageOptions: { parser, parserOptions: { ecmaFeatures: { jsx: ending.endsWith('x') } } },
    rules: {
      complexity: ['error', 8],
      'max-lines-per-function': inTests.test(path) ? 'off' : ['error', { max: 60 }],
    },
  };
  const options = { filename: `file${ending}`, allowInlineConfig: false };
  return linter.verify(clone.blob(blob), [config], options).flatMap(({ ruleId, line, message }) => {
    if (ruleId === null) return [];
    const value = Number(
      /complexity of (\d+)|lines \((\d+)\)/.exec(message)?.find((_, at) => at > 0 && _),
    );
    const rule = ruleId === 'complexity' ? 'complexity' : 'function-lines';
    return [{ rule, name: message.replace(/ has .*/, ''), line, value }];
  });
}

/** New or worse by name and order within one file: what the ratchet comes to without moves between files. */
function worsened(clone: Clone, { path, previousPath, before, after }: ChangedFile): string[] {
  const heads = violationsOf(clone, after, path);
  if (heads.length === 0) return [];
  const bases = violationsOf(clone, before, previousPath);
  const key = ({ rule, name }: Violation): string => `${rule} ${name}`;
  return heads.flatMap((head) => {
    const order = heads.filter((one) => key(one) === key(head)).indexOf(head);
    const base = bases.filter((one) => key(one) === key(head))[order];
    const isWorse = base === undefined || head.value > base.value;
    return isWorse ? [`${path}:${head.line} ${head.rule} ${head.value}`] : [];
  });
}

export interface Comparison {
  readonly files: number;
  readonly agreed: number;
  readonly theirsOnly: string[];
  readonly oursOnly: string[];
}

function put(
  found: Comparison,
  commit: string,
  ours: Set<string>,
  theirs: Set<string>,
): Comparison {
  const short = commit.slice(0, 10);
  const only = (one: Set<string>, other: Set<string>): string[] =>
    [...one].filter((text) => !other.has(text)).map((text) => `${short} ${text}`);
  return {
    files: found.files,
    agreed: found.agreed + [...ours].filter((text) => theirs.has(text)).length,
    theirsOnly: [...found.theirsOnly, ...only(theirs, ours)],
    oursOnly: [...found.oursOnly, ...only(ours, theirs)],
  };
}

/** Every failing function of coord against every function that ESLint says is new or worse beyond a bound. */
export function compareFunctions(clone: Clone, judged: readonly Judged[]): Comparison {
  let found: Comparison = { files: 0, agreed: 0, theirsOnly: [], oursOnly: [] };
  for (const { commit, verdict } of judged) {
    const files = clone
      .changes(commit)
      .filter(({ status, path }) => status !== 'D' && code.test(path));
    const theirs = new Set(files.flatMap((file) => worsened(clone, file)));
    const findings = verdict.checks.find(({ name }) => name === 'complexity')?.findings ?? [];
    const ours = findings
      .filter(({ level }) => level === 'failure')
      .map(({ path, line, rule, value }) => `${path}:${line} ${rule} ${value}`);
    found = put({ ...found, files: found.files + files.length }, commit, new Set(ours), theirs);
  }
  return found;
}

/** The paths that plan.yml forbids, told from git's list of changes alone. */
function forbidden({ status, path, previousPath }: ChangedFile): string[] {
  const isProtected = (one: string): boolean => /^\.github\/(?:workflows|actions)\//.test(one);
  const gone = status === 'D' ? [path] : status === 'R' ? [previousPath] : [];
  const written = status === 'D' ? [] : [path];
  return [
    ...[...gone, ...written].filter(isProtected).map((one) => `scope-protected ${one}`),
    ...gone
      .filter((one) => !one.startsWith('packages/eslint-plugin/tests/'))
      .map((one) => `scope-delete ${one}`),
    ...written
      .filter((one) => !/^packages\/eslint-plugin\/(?:src|tests|docs)\//.test(one))
      .filter((one) => !isProtected(one))
      .map((one) => `scope-outside ${one}`),
  ];
}

/** Every finding about a path against what git's list of changes and the three globs of plan.yml give. */
export function comparePaths(clone: Clone, judged: readonly Judged[]): Comparison {
  let found: Comparison = { files: 0, agreed: 0, theirsOnly: [], oursOnly: [] };
  for (const { commit, verdict } of judged) {
    const changes = clone.changes(commit);
    const findings = verdict.checks.find(({ name }) => name === 'scope')?.findings ?? [];
    const ours = findings.map(({ rule, path }) => `${rule} ${path}`);
    const theirs = changes.flatMap(forbidden);
    const files = found.files + changes.length;
    found = put({ ...found, files }, commit, new Set(ours), new Set(theirs));
  }
  return found;
}
