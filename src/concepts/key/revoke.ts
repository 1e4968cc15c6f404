// Ending a key: nothing that it signs later counts.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import type { Refusal, View } from '../../kernel/decider.ts';
import { agentName, reason } from '../../kernel/fields.ts';
import { command } from '../../kernel/operation.ts';
import type { Moment } from '../../kernel/operation.ts';
import { keys, liveKeys, publicKey } from './key.ts';
import type { Keys } from './key.ts';

const input = () =>
  z.object({
    key: publicKey().describe('The key that ends'),
    agent: agentName().optional().describe('Whose key it is, for people; without it yours'),
    reason: reason().optional().describe('Why, kept on the log'),
  });

function obstacle(
  owner: string,
  key: string,
  state: View<Keys>,
  { actor }: Moment,
): Refusal<'not-yourself' | 'key-unknown'> | null {
  if (owner !== actor.name && actor.tier !== 'human') {
    return refuse(
      'not-yourself',
      `You act as ${actor.name}, and only a person revokes a key of ${owner}. Ask one, or revoke your own.`,
      { actor: actor.name, agent: owner },
    );
  }
  const own = liveKeys(state, owner).map((each) => each.key);
  if (own.includes(key)) return null;
  return refuse(
    'key-unknown',
    `The log has no such key of ${owner}; it has ${own.join(', ') || 'none'}. One that the policy names is taken out there.`,
    { agent: owner, keys: own },
  );
}

export const revoke = command({
  name: 'key.revoke',
  summary: 'Revoke a key: nothing that it signs from now on counts.',
  input,
  positional: ['key', 'agent'],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [
    {
      text: 'key revoke ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo= codex --reason "its machine was stolen"',
      means: {
        key: 'ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
        agent: 'codex',
        reason: 'its machine was stolen',
      },
    },
  ],
  on: { keys },
  refusals: ['not-yourself', 'key-unknown'],
  decide({ key, agent, reason: why }, states, moment) {
    const owner = agent ?? moment.actor.name;
    const refused = obstacle(owner, key, states.keys, moment);
    if (refused !== null) return refused;
    return accept({ type: 'key.revoked', data: { agent: owner, key, why: why ?? null } });
  },
  result: ({ key, agent }, _states, { actor }) => ({
    key: { agent: agent ?? actor.name, key, state: 'revoked' },
  }),
  text: (result) => {
    const { agent, key } = result['key'] as { readonly agent: string; readonly key: string };
    return `${key} of ${agent} counts no more.`;
  },
});
