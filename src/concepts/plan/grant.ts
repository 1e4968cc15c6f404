// Granting an agent a scope beyond its plan, for a time.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import { addSeconds, formatDuration } from '../../kernel/duration.ts';
import { agentName, durationSeconds, pathGlob, reason } from '../../kernel/fields.ts';
import { limits } from '../../kernel/limits.ts';
import { command } from '../../kernel/operation.ts';
import { agents, didYouMean } from '../agent/agent.ts';
import { plan } from './plan.ts';
import type { Grant } from './plan.ts';

const input = () =>
  z.object({
    agent: agentName().describe('Who may write there'),
    glob: pathGlob().describe('Paths it may write'),
    duration: durationSeconds()
      .refine((seconds) => seconds <= limits.grantSecondsMax, {
        error: `A grant lasts at most ${formatDuration(limits.grantSecondsMax)}. For longer, change the plan.`,
      })
      .describe('Lapses after this long'),
    why: reason().describe('Why the plan is not enough'),
  });

export const grant = command({
  name: 'plan.grant',
  alias: 'grant',
  summary: 'Let an agent write a scope beyond its plan for a time.',
  input,
  positional: ['agent', 'glob', 'duration'],
  allow: ['executive', 'human'],
  examples: [
    {
      text: `grant codex 'docs/**' 2h --why "the guide names the old flag"`,
      means: {
        agent: 'codex',
        glob: 'docs/**',
        duration: '2h',
        why: 'the guide names the old flag',
      },
    },
  ],
  on: { plan, agents },
  refusals: ['agent-unknown'],
  decide(wanted, states, { now, rules }) {
    const { agent, glob, why } = wanted;
    const isListed = rules.agents !== null && Object.hasOwn(rules.agents, agent);
    if (!isListed && !states.agents.byName.has(agent)) {
      return refuse(
        'agent-unknown',
        `Nobody named ${agent} has joined. ${didYouMean(states.agents, agent)}`,
        { agent },
      );
    }
    const until = addSeconds(now, wanted.duration);
    return accept({ type: 'plan.granted', data: { agent, glob, until, why } });
  },
  result: (_wanted, states, { seq }) => ({
    grant: states.plan.grants.find((grant) => grant.seq === seq) ?? null,
  }),
  text: (result) => {
    const made = result['grant'] as Grant | null;
    // Told once more after it lapsed, it is gone from the fold.
    if (made === null) return 'It was granted, and has lapsed since.';
    return `${made.agent} may write ${made.glob} until ${made.until}. What else is granted: coord plan show`;
  },
});
