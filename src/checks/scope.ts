// Holds an agent's pull request to its scope: the paths that the plan's active phases and live grants give it.
import type { Finding } from '../kernel/check.ts';
import type { Tier } from '../kernel/rules.ts';
import type { Policy } from '../policy/schema.ts';
import { finding, policyCheck, unreadChanges } from './policy-check.ts';
import type { Judged, NotJudged } from './policy-check.ts';
import type { Author, ChangeSet, PullRequest } from './pull-request.ts';
import { count, quote, quoteSome } from './quote.ts';
import { rightsOf, writeGlobs } from './scope-rights.ts';
import type { Rights } from './scope-rights.ts';
import { changeFindings, protectedFindings, protectionsOf, twinFinding } from './scope-rules.ts';
import { isNewPath, touchesOf } from './scope-touch.ts';
import { twinsOf } from './scope-twin.ts';

type Agent = Extract<Author, { kind: 'agent' }>;

export const scopeCheck = policyCheck({
  name: 'scope',
  summary: 'An agent changes only files that its scope in an active phase gives it.',
  rules: [
    'scope-author',
    'scope-outside',
    'scope-phase',
    'scope-delete',
    'scope-protected',
    'scope-symlink',
    'scope-submodule',
    'scope-path',
    'scope-twin',
  ],
  modeOf: (policy) => policy.checks.scope.mode,
  async judge(pullRequest, policy) {
    const { author } = pullRequest;
    if (author.kind !== 'agent') return judgeOthers(author, policy);
    if (policy.plan.phases.length > 0) return judgeAgent(author, policy, pullRequest);
    if (policy.plan.protected.length > 0) return judgeProtected(author, policy, pullRequest);
    return { neutral: 'The policy has no plan, so no scope is judged.' };
  },
});

function judgeOthers(
  author: Exclude<Author, { kind: 'agent' }>,
  { unknownAuthors }: Policy,
): Judged | NotJudged {
  if (author.kind === 'person') {
    return { neutral: "A person's pull request is not held to a plan." };
  }
  const login = quote(author.login);
  if (unknownAuthors === 'neutral') {
    return { neutral: `Not an agent's pull request: the policy does not know ${login}.` };
  }
  const message = `The policy does not know ${login}, and unknown authors fail. A maintainer can list ${login} under agents or people in ${quote('.github/coord.yml')}.`;
  const findings = [finding({ rule: 'scope-author', path: null, message, value: author.login })];
  return { findings, reasons: [], unread: [], title: `The policy does not know ${login}.` };
}

async function judgeAgent(
  author: Agent,
  policy: Policy,
  pullRequest: PullRequest,
): Promise<Judged> {
  const changeSet = await pullRequest.changes();
  const rights = await rightsOf(author, policy, pullRequest, pathsOf(changeSet));
  const protections = protectionsOf(policy);
  const twins = await twinFindings(changeSet, pullRequest);
  const findings = [
    ...changeSet.changes.flatMap((change) => changeFindings(change, rights, protections)),
    ...twins.findings,
  ];
  return {
    findings,
    reasons: [`${author.name} is known by ${author.by}.`, ...whyOf(rights), ...rights.notes],
    unread: [...unreadChanges(changeSet.problem), ...twins.unread],
    title: titleOf(rights, changeSet, findings),
  };
}

/** A plan without phases gives no scopes, but what it protects stays protected. */
async function judgeProtected(
  author: Agent,
  policy: Policy,
  pullRequest: PullRequest,
): Promise<Judged> {
  const changeSet = await pullRequest.changes();
  const rights = await rightsOf(author, policy, pullRequest, pathsOf(changeSet));
  const protections = protectionsOf(policy);
  const findings = changeSet.changes.flatMap((change) =>
    touchesOf(change).flatMap((touch) => protectedFindings(protections, rights, touch)),
  );
  return {
    findings,
    reasons: ['The plan has no phases, so only protected files are judged.', ...rights.notes],
    unread: unreadChanges(changeSet.problem),
    title: titleOf(rights, changeSet, findings),
  };
}

function pathsOf({ changes }: ChangeSet): string[] {
  return changes.flatMap((change) => touchesOf(change).map(({ path }) => path));
}

async function twinFindings(
  { changes }: ChangeSet,
  pullRequest: PullRequest,
): Promise<Pick<Judged, 'findings' | 'unread'>> {
  const newPaths = changes.filter(isNewPath).map(({ path }) => path);
  if (newPaths.length === 0) return { findings: [], unread: [] };
  const headPaths = await pullRequest.headPaths();
  if (headPaths === null) {
    const unread =
      'The tree at the head could not be read whole, so new names cannot be compared with all others. A person has to look at them.';
    return { findings: [], unread: [unread] };
  }
  return { findings: twinsOf(newPaths, headPaths).map(twinFinding), unread: [] };
}

const idleTiers: Partial<Record<Tier, string>> = {
  executive: 'is an executive: executives plan and decide and write no code',
  validator: 'is a validator: validators give verdicts and write no code',
};

/** What the agent may write, or why it may write nothing and what would change that. */
function whyOf(rights: Rights): string[] {
  const { agent, tier, active, waiting, granted } = rights;
  const scopes = active
    .filter(({ write }) => write.length > 0)
    .map(({ phase, write }) => `${quoteSome(texts(write))} in phase ${phase}`);
  if (granted.length > 0) scopes.push(`${quoteSome(texts(granted))} by grant`);
  if (scopes.length > 0) return [`${agent} may write ${scopes.join('; ')}.`];
  const idle = tier === null ? undefined : idleTiers[tier];
  if (idle !== undefined) return [`${agent} ${idle}. Let an implementer do it.`];
  const listed = waiting.map(({ phase, status }) => `${phase} (${status})`).join(', ');
  const where = listed === '' ? 'no phase of the plan lists it' : `it is listed in ${listed}`;
  return [
    `${agent} has no scope now: ${where}. A person can list it in an active phase of ${quote('.github/coord.yml')}, or say \`/coord grant ${agent} GLOB 2h --why TEXT\`.`,
  ];
}

function texts(globs: Rights['granted']): string[] {
  return globs.map(({ text }) => text);
}

function titleOf(rights: Rights, { changes }: ChangeSet, findings: readonly Finding[]): string {
  const files = count(changes.length, 'changed file');
  const { agent } = rights;
  if (findings.length === 0) return `${files}, all within the scope of ${agent}.`;
  const bad = new Set(findings.map(({ path }) => path)).size;
  const start = `${count(bad, 'path')} of ${files}`;
  if (writeGlobs(rights).length > 0) return `${start} not within the scope of ${agent}.`;
  return `${start} not allowed: ${agent} has no scope in an active phase.`;
}
