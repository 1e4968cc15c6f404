// Joining: a name becomes a member, or a member begins a new session.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { Refusal, View } from '../../kernel/decider.ts';
import { agentName } from '../../kernel/fields.ts';
import { limits } from '../../kernel/limits.ts';
import { nearest } from '../../kernel/nearest.ts';
import { command } from '../../kernel/operation.ts';
import type { Moment } from '../../kernel/operation.ts';
import { tiers } from '../../kernel/rules.ts';
import type { AgentRule } from '../../kernel/rules.ts';
import { agentTiers, capabilityName } from './agent.ts';
import type { Agent, AgentTier } from './agent.ts';
import { agentCard, cardParts } from './show.ts';

const input = () =>
  z.object({
    name: agentName().describe('Name to join under; case does not matter'),
    tier: z
      .enum(agentTiers)
      .optional()
      .describe('What it may do; the tier the policy lists, else the one it had, else implementer'),
    capability: z
      .array(capabilityName())
      .max(limits.listItemsMax)
      .default([])
      .describe('What it is good at; tasks may require it. Without any it keeps those it had'),
  });
type Input = z.output<ReturnType<typeof input>>;

/** `all` is a recipient, and the tiers stand for their members. */
const reservedNames: ReadonlySet<string> = new Set(['all', ...tiers]);

type JoinRefusal = Refusal<
  'name-reserved' | 'not-yourself' | 'agent-not-listed' | 'tier-not-allowed' | 'person-needed'
>;

function listedRule(name: string, moment: Moment): AgentRule | undefined {
  const listed = moment.rules.agents;
  // Not a bare index: `constructor` is a name that somebody may join under.
  return listed !== null && Object.hasOwn(listed, name) ? listed[name] : undefined;
}

function tierOf(wanted: Input, before: View<Agent> | undefined, moment: Moment): AgentTier {
  return (
    wanted.tier ?? listedRule(wanted.name, moment)?.tier ?? before?.tier ?? ('implementer' as const)
  );
}

/** Who joins whom: oneself, or a person somebody else. */
function nameObstacle(wanted: Input, moment: Moment): JoinRefusal | null {
  const { actor, rules } = moment;
  if (rules.people.includes(wanted.name)) {
    return refuse(
      'name-reserved',
      `\`${wanted.name}\` is a person's name in the policy, and people need not join. Join under an agent's name.`,
      { name: wanted.name },
    );
  }
  if (reservedNames.has(wanted.name)) {
    return refuse(
      'name-reserved',
      `\`${wanted.name}\` is a word for many members, so nobody can be called that. Join under another name.`,
      { name: wanted.name },
    );
  }
  if (actor.tier !== 'human' && actor.name !== wanted.name) {
    return refuse(
      'not-yourself',
      `You act as ${actor.name}, and only a person lets somebody else join. Say who you are: coord agent join ${wanted.name} --as ${wanted.name}.`,
      { actor: actor.name, name: wanted.name },
    );
  }
  return null;
}

/** The policy's list binds everyone, people who let an agent join included. */
function listObstacle(wanted: Input, tier: AgentTier, moment: Moment): JoinRefusal | null {
  const rule = listedRule(wanted.name, moment);
  if (rule === undefined) {
    const listed = Object.keys(moment.rules.agents ?? {}).sort();
    const close = nearest(wanted.name, listed);
    const hint = close === undefined ? '' : ` Did you mean ${close}?`;
    return refuse(
      'agent-not-listed',
      `The policy does not list ${wanted.name}; it lists ${listed.join(', ') || 'nobody'}.${hint} Add it under \`agents\` on the base branch to let it join.`,
      { name: wanted.name, listed, nearest: close ?? null },
    );
  }
  if (agentTiers.indexOf(tier) < agentTiers.indexOf(rule.tier)) {
    return refuse(
      'tier-not-allowed',
      `The policy lists ${wanted.name} as ${rule.tier}, so it cannot join as ${tier}. Join without --tier, or change the policy on the base branch.`,
      { name: wanted.name, tier, listed: rule.tier },
    );
  }
  return null;
}

/** Without a list anyone joins, but only a person makes an executive; one that is already stays it. */
function powerObstacle(
  tier: AgentTier,
  before: View<Agent> | undefined,
  moment: Moment,
): JoinRefusal | null {
  if (tier !== 'executive' || before?.tier === 'executive' || moment.actor.isPersonPresent) {
    return null;
  }
  return refuse(
    'person-needed',
    'Only a person makes an executive. Join as implementer, list the agent as executive in the policy, or let a person run this at a terminal.',
    { tier },
  );
}

/** The session that joins: the command's own, but nobody's when a person lets somebody else join. */
function sessionOf(wanted: Input, moment: Moment): string | null {
  return moment.actor.name === wanted.name ? moment.session : null;
}

/** A listed agent always has what the policy says of it, beside what it states itself. */
function capabilitiesOf(
  wanted: Input,
  before: View<Agent> | undefined,
  moment: Moment,
): readonly string[] {
  const stated = wanted.capability.length > 0 ? wanted.capability : (before?.capabilities ?? []);
  const listed = listedRule(wanted.name, moment)?.capabilities ?? [];
  return [...new Set([...stated, ...listed])].sort();
}

export const join = command({
  name: 'agent.join',
  summary: 'Join under a name, or begin a new session of it.',
  input,
  positional: ['name'],
  allow: ['executive', 'implementer', 'validator', 'human'],
  openToStrangers: true,
  examples: [
    {
      text: 'agent join codex --tier implementer --capability ts --capability test',
      means: { name: 'codex', tier: 'implementer', capability: ['ts', 'test'] },
    },
    { text: 'agent join haiku --tier validator', means: { name: 'haiku', tier: 'validator' } },
  ],
  on: cardParts,
  refusals: [
    'name-reserved',
    'not-yourself',
    'agent-not-listed',
    'tier-not-allowed',
    'person-needed',
  ],
  decide(wanted, states, moment) {
    const before = states.agents.byName.get(wanted.name);
    const tier = tierOf(wanted, before, moment);
    const obstacle =
      nameObstacle(wanted, moment) ??
      (moment.rules.agents === null
        ? powerObstacle(tier, before, moment)
        : listObstacle(wanted, tier, moment));
    if (obstacle !== null) return obstacle;
    return accept({
      type: 'agent.joined',
      data: {
        name: wanted.name,
        tier,
        capabilities: capabilitiesOf(wanted, before, moment),
        session: sessionOf(wanted, moment),
      },
    });
  },
  result(wanted, states, moment) {
    return { agent: agentCard(wanted.name, states, moment.now) };
  },
  text: (result) => {
    const agent = result['agent'] as { readonly name: string; readonly tier: string } | null;
    // Told once more after the agent left, there is no card of it.
    if (agent === null) return 'It had joined, and has left since.';
    const { name, tier } = agent;
    return `${name} has joined as ${tier}. What to do next: coord continue --as ${name}`;
  },
});
