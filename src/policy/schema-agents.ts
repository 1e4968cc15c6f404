// Who is who in a policy: agents, people, and the bounds of each tier.
import { z } from 'zod';
import { limits } from '../kernel/limits.ts';
import {
  bound,
  branchPrefix,
  byName,
  email,
  globs,
  list,
  login,
  name,
  oneOrMany,
  publicKey,
  workflow,
} from './schema-values.ts';

const github = oneOrMany(login, 'a GitHub login or a list of logins');
const emails = oneOrMany(email, 'an e-mail address or a list of addresses');

const githubText =
  'GitHub logins, one or a list; the login of an app ends in [bot]. Write it in quotes: "codex-bot[bot]".';
const emailText = 'E-mail addresses in commits, one or a list; upper and lower case are the same.';
const inherited = 'An agent known out of the box keeps its own where this is left out.';

const agent = z
  .strictObject({
    github: github.optional().describe(`${githubText} ${inherited}`),
    tier: z
      .enum(['executive', 'implementer', 'validator'])
      .default('implementer')
      .describe('The highest tier it may join with.'),
    capabilities: list(name)
      .prefault([])
      .describe('What it can do; tasks ask for capabilities by these words.'),
    keys: list(publicKey)
      .prefault([])
      .describe(
        'Public keys whose signature vouches for its commands; with one, none is accepted unsigned.',
      ),
    branches: list(branchPrefix)
      .optional()
      .describe(
        `What its branches begin with; counts for branches of this repository only. ${inherited}`,
      ),
    email: emails.optional().describe(`${emailText} ${inherited}`),
    workflows: list(workflow)
      .prefault([])
      .describe(
        'Workflows of the default branch whose runs speak for it, such as .github/workflows/agent.yml, or owner/name/.github/workflows/agent.yml for those of another repository.',
      ),
    teams: list(name).prefault([]).describe('Teams it gets the messages of.'),
  })
  .describe('One agent; {} is enough for an agent known out of the box.');

export const agents = byName(agent)
  .optional()
  .describe(
    'Who may join. With this section only listed names join; without it anyone joins as implementer or validator.',
  );

export const people = byName(
  z
    .strictObject({
      github: github.prefault([]).describe('GitHub logins, one or a list.'),
      email: emails.prefault([]).describe(emailText),
      keys: list(publicKey)
        .prefault([])
        .describe('Public keys whose signature vouches for what this person says in a shell.'),
    })
    .describe('One person; the tier is human.'),
)
  .prefault({})
  .describe(
    'Names of people, recognised by GitHub login or by the e-mail address of their commits.',
  );

const unbounded = {
  complexity: 'none',
  functionLines: 'none',
  delete: ['**'],
  files: 'none',
  lines: 'none',
} as const;
const bounded = {
  complexity: 8,
  functionLines: 60,
  delete: [],
  files: 50,
  lines: 5000,
} as const;

/** The bounds of one tier; the stricter of these and the check's own bound counts. */
function tierBounds(usual: typeof bounded | typeof unbounded, who: string) {
  return z
    .strictObject({
      complexity: bound(1, 1000)
        .prefault(usual.complexity)
        .describe('Highest cyclomatic complexity of a function it writes.'),
      functionLines: bound(1, 100_000)
        .prefault(usual.functionLines)
        .describe('Most lines of a function it writes.'),
      delete: globs
        .prefault([...usual.delete])
        .describe("Files it may delete besides those of its phase's scope."),
      files: bound(0, limits.changedFilesMax)
        .prefault(usual.files)
        .describe('Most files in one pull request.'),
      lines: bound(0, 1_000_000)
        .prefault(usual.lines)
        .describe('Most lines added and removed in one pull request.'),
    })
    .prefault({})
    .describe(`Bounds for ${who}.`);
}

export const tierSection = z
  .strictObject({
    executive: tierBounds(bounded, 'executives, who plan and decide and write no code'),
    implementer: tierBounds(bounded, 'implementers, who write code inside their scope'),
    validator: tierBounds(bounded, 'validators, who give verdicts'),
    human: tierBounds(unbounded, 'people; "none" leaves only the bounds of the checks'),
  })
  .prefault({})
  .describe('Bounds per tier. Where a check has a bound too, the stricter one counts.');
