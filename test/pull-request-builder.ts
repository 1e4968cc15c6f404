// Pull requests out of thin air: two maps of files, a policy and a log's facts, behind the port that checks read.
import type {
  Author,
  BlobText,
  Change,
  Coordination,
  GivenReport,
  PullRequest,
  TreeEntry,
  Vouch,
} from '../src/checks/pull-request.ts';
import { parserOf } from '../src/adapters/system/syntax-parser.ts';
import type { Lock, OverriddenLock } from '../src/concepts/lock/lock.ts';
import { phaseStatuses, plan } from '../src/concepts/plan/plan.ts';
import type { Grant, Step } from '../src/concepts/plan/plan.ts';
import { defaultPolicy } from '../src/policy/default.ts';
import { parsePolicy } from '../src/policy/load.ts';
import { problemText } from '../src/policy/problem.ts';
import { rulesOf } from '../src/policy/rules.ts';
import type { Policy } from '../src/policy/schema.ts';
import { blobOf, changesBetween, entryOf } from './tree-changes.ts';
import type { Files, Sources } from './tree-changes.ts';

export interface PullRequestParts {
  readonly base?: Files;
  readonly head?: Files;
  /** New name to old name where contents differ; files of equal contents are found to be renamed by themselves. */
  readonly renames?: Sources;
  readonly copies?: Sources;
  /** Instead of those that the two maps of files give. */
  readonly changes?: readonly Change[];
  readonly problem?: string | null;
  /** The head's tree, where it holds more than `head`, or null where it cannot be read. */
  readonly headPaths?: readonly string[] | null;
  /** Coverage reports handed over beside the tree. */
  readonly coverageReports?: readonly GivenReport[];
  /** The name of an agent, or somebody else. */
  readonly author?: string | Author;
  /** The text of a policy; without one the default of repositories that have none. */
  readonly policy?: string;
  readonly now?: string;
  readonly locks?: readonly Lock[];
  readonly overridden?: readonly OverriddenLock[];
  readonly grants?: readonly Grant[];
  /** Seqs of the records that started a phase on the log. */
  readonly started?: Readonly<Record<string, readonly number[]>>;
  /** Seq of the record that completed a phase on the log. */
  readonly completed?: Readonly<Record<string, number>>;
  /** Who vouches for the record at a seq; nobody for the others. */
  readonly vouches?: Readonly<Record<number, Vouch>>;
  /** What a record really says, where the fold claims something else of it. */
  readonly said?: Readonly<Record<number, readonly string[]>>;
}

export const now = '2026-11-20T12:00:00.000Z';
export const later = '2026-11-20T14:00:00.000Z';
export const earlier = '2026-11-20T10:00:00.000Z';

/** A lock that is on. */
export function lock(parts: Partial<Lock> = {}): Lock {
  return {
    ...{ scope: 'src/api/**', holder: 'opus', mode: 'exclusive', since: earlier, until: later },
    ...{ token: 12, grant: 'the-grant', task: null, reason: null },
    ...parts,
  };
}

/** A grant that is on. */
export function grant(parts: Partial<Grant> = {}): Grant {
  return {
    ...{ agent: 'codex', glob: 'docs/**', until: later, seq: 21, why: 'the guide', by: 'alice' },
    ...parts,
  };
}

/** The parts that have a default, filled in. */
type Filled = Required<
  Omit<PullRequestParts, 'renames' | 'copies' | 'changes' | 'headPaths' | 'policy'>
>;

const nothing: Filled = {
  base: {},
  head: {},
  author: 'codex',
  problem: null,
  now,
  locks: [],
  overridden: [],
  grants: [],
  started: {},
  completed: {},
  vouches: {},
  said: {},
  coverageReports: [],
};

/** Builds the port. Object ids of files are those git gives. */
export function pullRequest(given: PullRequestParts = {}): PullRequest {
  const parts: Filled = { ...nothing, ...given };
  const { base, head, author, problem } = parts;
  const { policy, policyProblems } = readPolicy(given.policy);
  const changes = given.changes ?? changesBetween(base, head, given);
  const texts = new Map([...Object.values(base), ...Object.values(head)].map(blobOf));
  return {
    number: 7,
    head: 'a'.repeat(40),
    base: 'b'.repeat(40),
    author: typeof author === 'string' ? { kind: 'agent', name: author, by: 'login' } : author,
    now: parts.now,
    policy,
    policyProblems,
    coordination: coordinationOf(parts, policy?.policy),
    vouchOf: (seq, _type, claim) => {
      const said = saidAt(parts, seq);
      const saysAll = Object.values(claim).every((value) => said.includes(value));
      return Promise.resolve(saysAll ? (parts.vouches[seq] ?? null) : null);
    },
    changes: () => Promise.resolve({ changes, problem }),
    blobs: (oids) => Promise.resolve(new Map(oids.map((oid) => [oid, texts.get(oid) ?? missing]))),
    headPaths: () => Promise.resolve(headPathsOf(given)),
    entries: (side) =>
      Promise.resolve(given.headPaths === null ? null : entriesOf(side === 'head' ? head : base)),
    coverageReports: () => Promise.resolve(parts.coverageReports),
    parserOf,
  };
}

function entriesOf(files: Files): ReadonlyMap<string, TreeEntry> {
  return new Map(Object.entries(files).map(([path, spec]) => [path, entryOf(spec)]));
}

function headPathsOf({ headPaths, head = {} }: PullRequestParts): ReadonlySet<string> | null {
  return headPaths === null ? null : new Set(headPaths ?? Object.keys(head));
}

const missing: BlobText = { ok: false, why: 'missing' };

function readPolicy(text: string | undefined): Pick<PullRequest, 'policy' | 'policyProblems'> {
  if (text === undefined) {
    return { policy: { oid: 'none', policy: defaultPolicy() }, policyProblems: [] };
  }
  const parsed = parsePolicy(text, '.github/coord.yml');
  if (parsed.ok) {
    return { policy: { oid: 'c'.repeat(40), policy: parsed.policy }, policyProblems: [] };
  }
  const problems = parsed.problems.map((problem) => problemText(problem, parsed.source));
  return { policy: null, policyProblems: problems };
}

function coordinationOf(parts: Filled, policy: Policy | undefined): Coordination {
  const { locks, overridden, grants, started, completed } = parts;
  const state = plan.initial();
  for (const id of new Set([...Object.keys(started), ...Object.keys(completed)])) {
    const end = completed[id];
    state.phases.set(id, {
      starts: (started[id] ?? []).map(stepAt),
      completed: end === undefined ? null : stepAt(end),
      wasCompleted: end !== undefined,
    });
  }
  const rules = policy === undefined ? { phases: [] } : rulesOf(policy);
  return { seq: 100, locks, overridden, phases: phaseStatuses(rules, state), grants };
}

function stepAt(seq: number): Step {
  return { by: 'mallory', seq, at: earlier };
}

/** What the record at a seq says, so that asking about anything else finds no word. */
function saidAt(parts: Filled, seq: number): readonly string[] {
  const grants = parts.grants.filter((one) => one.seq === seq);
  const releases = parts.overridden.filter((one) => one.seq === seq);
  const phases = Object.entries(parts.started).filter(([, seqs]) => seqs.includes(seq));
  const claimed = [
    ...grants.flatMap(({ agent, glob, until }) => [agent, glob, until]),
    ...releases.flatMap(({ lock: { holder, scope } }) => [holder, scope]),
    ...phases.map(([phase]) => phase),
  ];
  return parts.said[seq] ?? claimed;
}
