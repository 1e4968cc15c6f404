// `coord try`: what the gate would have said of the last changes of any repository. Installs, writes and asks nothing.
import { z } from 'zod';
import { authorFacts } from '../../../adapters/git/authorship.ts';
import { policyAt } from '../../../adapters/git/base-policy.ts';
import { mergedInto } from '../../../adapters/git/merged.ts';
import type { Merged } from '../../../adapters/git/merged.ts';
import { openRevisions } from '../../../adapters/git/revisions.ts';
import { verifySignature } from '../../../adapters/system/signature.ts';
import { changedFunctions } from '../../../checks/changed-functions.ts';
import { overlapsOf } from '../../../checks/overlap.ts';
import type { PullRequest } from '../../../checks/pull-request.ts';
import { assemble, authorIn } from '../../../engine/assemble.ts';
import { emptyFold, routeEvents } from '../../../engine/fold.ts';
import { judge } from '../../../engine/judge.ts';
import { evolutionsOf } from '../../../engine/registry-port.ts';
import { renderFirstLook } from '../../../grammar/first-look.ts';
import type { FirstLook, LookedAt, Met } from '../../../grammar/first-look.ts';
import type { PolicyInForce } from '../../../policy/in-force.ts';
import { checks } from '../../../registry.ts';
import { baseRevision } from '../base-revision.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';

const changesMax = 1000;

const input = () =>
  z.object({
    last: z.coerce
      .number()
      .int()
      .min(1)
      .max(changesMax)
      .default(100)
      .describe('How many of the last merged changes are judged'),
    branch: z
      .string()
      .min(1)
      .optional()
      .describe('Branch that they were merged into; the default branch'),
  });

/** The policy there with everything required: the question is what would have been stopped. */
async function policyOf(shell: Shell, branch: string): Promise<PolicyInForce> {
  const { oid, policy } = await policyAt(shell.repository(), [branch]);
  return { oid, policy: { ...policy, enforce: 'require' } };
}

async function factsOf(shell: Shell, merged: Merged, inForce: PolicyInForce): Promise<PullRequest> {
  const repository = shell.repository();
  const contents = await openRevisions(repository, merged.base, merged.head);
  const written = await authorFacts(repository, contents.mergeBase, merged.head, merged.head);
  return assemble({
    ...{ number: merged.number, head: merged.head, contents },
    base: { commit: merged.base, inForce, problems: [] },
    authorIn: (policy) => authorIn(policy, written),
    fold: emptyFold(routeEvents(evolutionsOf(shell.registry))),
    now: merged.mergedAt,
    find: () => Promise.resolve(undefined),
    registry: shell.registry,
    verify: verifySignature,
  });
}

interface Looked {
  readonly merged: Merged;
  readonly pullRequest: PullRequest;
  readonly shown: LookedAt;
}

async function lookAt(shell: Shell, merged: Merged, inForce: PolicyInForce): Promise<Looked> {
  const pullRequest = await factsOf(shell, merged, inForce);
  const verdict = await judge(pullRequest, checks);
  return { merged, pullRequest, shown: { ...merged, verdict } };
}

/** One after the other: what it needs at once is bounded, however many are asked for. */
async function lookAtAll(
  shell: Shell,
  all: readonly Merged[],
  inForce: PolicyInForce,
): Promise<Looked[]> {
  const looked: Looked[] = [];
  for (const merged of all) {
    if (shell.terminal.showsProgress && looked.length % 10 === 0) {
      shell.terminal.err(`coord: ${looked.length} of ${all.length} changes judged`);
    }
    looked.push(await lookAt(shell, merged, inForce));
  }
  return looked;
}

async function functionsBoth(
  first: PullRequest,
  second: PullRequest,
  paths: readonly string[],
): Promise<Met['paths']> {
  const [left, right] = await Promise.all([
    changedFunctions(first, paths),
    changedFunctions(second, paths),
  ]);
  return paths.map((path) => {
    const others = right.get(path) ?? new Set();
    return { path, functions: [...(left.get(path) ?? [])].filter((name) => others.has(name)) };
  });
}

/** Who met whom, by file and by function. */
async function meetings(looked: readonly Looked[]): Promise<Met[]> {
  const spans = await Promise.all(
    looked.map(async (key) => {
      const { changes } = await key.pullRequest.changes();
      const { openedAt, mergedAt } = key.merged;
      return { key, openedAt, mergedAt, paths: new Set(changes.map(({ path }) => path)) };
    }),
  );
  const met: Met[] = [];
  for (const { first, second, paths } of overlapsOf(spans)) {
    const both = await functionsBoth(first.pullRequest, second.pullRequest, paths);
    met.push({ first: first.shown, second: second.shown, paths: both });
  }
  return met;
}

function resultOf({ branch, policy, changes, met }: FirstLook): Record<string, unknown> {
  const key = ({ commit, number }: LookedAt) => ({ commit, number });
  return {
    ...{ branch, policy },
    changes: changes.map(({ verdict, ...change }) => ({ ...change, ...verdict })),
    overlaps: met.map(({ first, second, paths }) => {
      return { first: key(first), second: key(second), paths };
    }),
  };
}

export const tryOut = tool({
  name: 'try',
  summary: 'Say what the gate would have said of the last merged changes; nothing is written.',
  input,
  positional: [],
  examples: [
    { text: 'try --last 20', means: { last: 20 } },
    { text: 'try --branch main', means: { branch: 'main' } },
  ],
  async run(shell, wanted) {
    const branch = wanted.branch ?? (await baseRevision(shell));
    const inForce = await policyOf(shell, branch);
    const all = await mergedInto(shell.repository(), branch, wanted.last);
    const looked = await lookAtAll(shell, all, inForce);
    const changes = looked.map(({ shown }) => shown);
    const look: FirstLook = { branch, policy: inForce.oid, changes, met: await meetings(looked) };
    return { ok: true, result: resultOf(look), text: renderFirstLook(look) };
  },
});
