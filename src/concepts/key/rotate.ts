// Replacing one's own key by a new one; the old one, or GitHub, vouches for the new.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import { command } from '../../kernel/operation.ts';
import { keys, liveKeys, publicKey } from './key.ts';

const input = () =>
  z.object({
    to: publicKey().describe('The new public key'),
    from: publicKey().optional().describe('The key that ends; without it the only one you have'),
  });

export const rotate = command({
  name: 'key.rotate',
  summary: 'Replace your key by a new one; the old one counts no more.',
  input,
  positional: ['to', 'from'],
  allow: ['executive', 'implementer', 'validator', 'human'],
  needsVouch: true,
  examples: [
    {
      text: 'key rotate ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
      means: { to: 'ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=' },
    },
  ],
  on: { keys },
  refusals: ['key-unknown', 'key-same'],
  complete(given, states, { actor }) {
    const live = liveKeys(states.keys, actor.name);
    const [only] = live;
    if (given.from !== undefined || live.length !== 1 || only === undefined) return given;
    return { ...given, from: only.key };
  },
  decide({ to, from }, states, { actor }) {
    if (from === undefined) {
      const own = liveKeys(states.keys, actor.name).map(({ key }) => key);
      const said = own.length === 0 ? 'none on the log' : own.join(', ');
      return refuse(
        'key-unknown',
        `Which key ends? ${actor.name} has ${said}. Name it with --from; one that the policy names too.`,
        { agent: actor.name, keys: own },
      );
    }
    if (from === to) {
      return refuse(
        'key-same',
        'The new key is the old one. Make a new one: coord agent key rotate',
      );
    }
    return accept({ type: 'key.rotated', data: { agent: actor.name, from, to } });
  },
  result: ({ to, from }, _states, { actor }) => ({
    key: { agent: actor.name, key: to, state: 'live' },
    ended: from ?? null,
  }),
  text: (result) => {
    const { agent, key } = result['key'] as { readonly agent: string; readonly key: string };
    return `${agent} signs with ${key} from now on; the old key counts no more.`;
  },
});
