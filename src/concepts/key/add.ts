// Adding a public key, so that its signature stands for a member.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import { agentName } from '../../kernel/fields.ts';
import { command } from '../../kernel/operation.ts';
import { keys, publicKey } from './key.ts';

const input = () =>
  z.object({
    key: publicKey().describe('Public key, as `coord agent key add` prints it'),
    agent: agentName().optional().describe('Whose key it is, for people; without it yours'),
  });

export const add = command({
  name: 'key.add',
  summary: 'Add a public key: from then on its owner signs every command.',
  input,
  positional: ['key', 'agent'],
  allow: ['executive', 'implementer', 'validator', 'human'],
  needsVouch: true,
  examples: [
    {
      text: 'key add ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo= codex',
      means: { key: 'ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=', agent: 'codex' },
    },
  ],
  on: { keys },
  refusals: ['not-yourself'],
  decide({ key, agent }, _states, { actor }) {
    const owner = agent ?? actor.name;
    if (owner !== actor.name && actor.tier !== 'human') {
      return refuse(
        'not-yourself',
        `You act as ${actor.name}, and only a person adds a key of ${owner}. Ask one, or add your own.`,
        { actor: actor.name, agent: owner },
      );
    }
    // A key that is there already may have been added by somebody whom nobody vouches for: again confirms it.
    return accept({ type: 'key.added', data: { agent: owner, key } });
  },
  result: ({ key, agent }, _states, { actor }) => ({
    key: { agent: agent ?? actor.name, key, state: 'live' },
  }),
  text: (result) => {
    const { agent, key } = result['key'] as { readonly agent: string; readonly key: string };
    return `${agent} signs with ${key} from now on; what it does not sign is refused.`;
  },
});
