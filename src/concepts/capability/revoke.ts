// Ending a capability: nothing that is said under it, or under one that narrows it, counts any more.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import { reason } from '../../kernel/fields.ts';
import { limits } from '../../kernel/limits.ts';
import { command } from '../../kernel/operation.ts';
import { capabilities } from './capability.ts';

const input = () =>
  z.object({
    id: z
      .string()
      .min(1)
      .max(limits.nameCharsMax)
      .describe('Id of the capability, as `coord capability show` prints it'),
    reason: reason().describe('Why, kept on the log'),
  });

/** As `capability grant` makes them. */
const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const revoke = command({
  name: 'capability.revoke',
  summary: 'Revoke a capability, and with it all that narrow it.',
  input,
  positional: ['id'],
  // Logs may have others; but who says one by mistake must not take a capability for ended that is not.
  saidProblem: ({ id }) =>
    idForm.test(id)
      ? null
      : `\`${id}\` is no id of a capability: they look like 01a1f954-9eba-70f0-98c5-310938250001. Ask for it: coord capability show TOKEN`,
  // The log does not know who issued it. An end restricts, so anybody may say it, and the log shows who did.
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [
    {
      text: 'capability revoke 01a1f954-9eba-70f0-98c5-310938250001 --reason "the work is done"',
      means: { id: '01a1f954-9eba-70f0-98c5-310938250001', reason: 'the work is done' },
    },
  ],
  on: { capabilities },
  refusals: ['capability-revoked'],
  decide({ id, reason: why }, states) {
    const known = states.capabilities.revoked.get(id);
    if (known === undefined) {
      return accept({ type: 'capability.revoked', data: { capability: id, why } });
    }
    return refuse(
      'capability-revoked',
      `${known.by} revoked it at ${known.at}: ${known.why}. There is nothing left to do.`,
      { capability: id, by: known.by, at: known.at, seq: known.seq },
    );
  },
  result: ({ id }) => ({ capability: { id, state: 'revoked' } }),
  text: (result) => {
    const { id } = result['capability'] as { readonly id: string };
    return `Capability ${id} counts no more, nor does what narrows it.`;
  },
});
