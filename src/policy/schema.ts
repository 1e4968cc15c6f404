// The schema of `.github/coord.yml`, version 1: the source of the type, the JSON Schema and the reference page.
import { z } from 'zod';
import { agents, people, tierSection } from './schema-agents.ts';
import { logPlacePattern, sameRepository } from './log-place.ts';
import { checks } from './schema-checks.ts';
import { plan } from './schema-plan.ts';
import { appUrl, byName, durationSeconds, list, name, wholeNumber } from './schema-values.ts';

const who = 'tiers (executive, implementer, validator, human) or names of agents and people';
const expectedOperation = 'the name of an operation such as plan.start';

const authority = z
  .strictObject({
    domains: byName(list(name).describe(`Owners: ${who}.`))
      .prefault({})
      .describe('Who decides in a domain; a decision by anybody else is only proposed.'),
    operations: z
      .record(
        z.string().regex(/^[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*$/, { error: expectedOperation }),
        list(name).describe(`Who may: ${who}.`),
      )
      .transform(
        (record): ReadonlyMap<string, readonly string[]> => new Map(Object.entries(record)),
      )
      .prefault({})
      .describe('Narrows who may use an operation. It never widens what a tier may do.'),
  })
  .optional()
  .describe(
    'Who may do what. Without it people may do everything and agents what their tier says.',
  );

const locks = z
  .strictObject({
    ttl: durationSeconds
      .prefault('1h')
      .describe('How long a lock lasts when nothing else is said.'),
    maxPerAgent: wholeNumber(1, 1000).default(10).describe('Most locks one agent holds at a time.'),
  })
  .transform(({ ttl, maxPerAgent }) => ({ ttlSeconds: ttl, maxPerAgent }))
  .prefault({})
  .describe('Locks. A lock tied to a task or a pull request lasts until that ends.');

const expectedRepository =
  '"same", or another repository as "owner/name" or as a URL of https or ssh without a password';

const log = z
  .strictObject({
    writers: z
      .enum(['anyone', 'app'])
      .default('anyone')
      .describe(
        'anyone: everybody with push access appends; app: shells send their commands to the GitHub App, which writes them. A ruleset of GitHub keeps others from pushing.',
      ),
    url: appUrl
      .optional()
      .describe(
        'Where the GitHub App takes commands when it is the only writer, such as https://coord.example.com.',
      ),
    repository: z
      .string({ error: expectedRepository })
      .regex(logPlacePattern, { error: expectedRepository })
      .default(sameRepository)
      .describe(
        'Where the branch coord lives: same, or another repository, which may be private: as owner/name beside this one, or as a URL.',
      ),
  })
  .prefault({})
  .describe('The log.');

const retention = z
  .strictObject({
    closedTasks: durationSeconds
      .prefault('30d')
      .describe('How long closed tasks stay in the state and are shown; the log keeps them.'),
    ackedMessages: durationSeconds
      .prefault('14d')
      .describe(
        'How long messages that all have read, and acknowledged where asked to, stay in the state and are shown; the log keeps them.',
      ),
  })
  .transform(({ closedTasks, ackedMessages }) => ({
    closedTasksSeconds: closedTasks,
    ackedMessagesSeconds: ackedMessages,
  }))
  .prefault({})
  .describe('How long finished things stay in the state.');

export const policySchema = z
  .strictObject({
    version: z.literal(1).describe('Version of this format: 1.'),
    enforce: z
      .enum(['observe', 'require'])
      .default('require')
      .describe(
        'observe: everything is judged and reported, nothing fails; require: violations fail the check. Without a policy file: observe.',
      ),
    unknownAuthors: z
      .enum(['neutral', 'fail'])
      .default('neutral')
      .describe(
        "What scope says to a pull request of nobody known: neutral (not an agent's) or fail.",
      ),
    agents,
    people,
    tiers: tierSection,
    plan,
    checks,
    authority,
    locks,
    log,
    triggers: list(z.record(z.string(), z.unknown()).describe('One trigger.'))
      .prefault([])
      .describe('What is done at a time or after an event. Accepted, not evaluated yet.'),
    retention,
  })
  .describe('Policy of coord: who works here, on what, and what their pull requests are held to.');

/** A policy as the rest of the program sees it: defaults filled in, durations in seconds, names in lower case. */
export type Policy = z.output<typeof policySchema>;
type ValueOf<Entries> = Entries extends ReadonlyMap<string, infer Value> ? Value : never;
/** One agent's entry. */
export type AgentPolicy = ValueOf<NonNullable<Policy['agents']>>;
