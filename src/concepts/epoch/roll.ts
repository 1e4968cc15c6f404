// Rolling: the log goes on from a commit without a parent, and what was before is kept apart.
import { z } from 'zod';
import { accept, refuse } from '../../kernel/decider.ts';
import { limits } from '../../kernel/limits.ts';
import { command } from '../../kernel/operation.ts';
import { currentEpoch, epochs } from './epoch.ts';
import type { Roll } from './epoch.ts';

const commitName = () =>
  z.string().regex(/^[0-9a-f]{40,64}$/, {
    error: 'A commit is named by its 40 hexadecimal digits.',
  });

const input = () =>
  z.object({
    previous: commitName()
      .optional()
      .describe('The commit that the log must end with now; without it the one that it ends with'),
    archive: z
      .string()
      .min(1)
      .max(limits.nameCharsMax)
      .optional()
      .describe('Remote that is to keep the history before; without it the remote of the log does'),
    yes: z
      .boolean()
      .default(false)
      .describe('It is meant; asked for where nobody sits at a terminal and nothing is signed'),
  });

function archiveText({ epoch, archive }: Roll): string {
  const place = archive === null ? '' : ` of ${archive}`;
  return `What was before is kept under refs/coord/archive/${epoch - 1}${place}.`;
}

export const roll = command({
  name: 'epoch.roll',
  summary: 'Let the log go on from a new root commit, so that clones need not have its past.',
  input,
  positional: [],
  allow: ['executive', 'human'],
  examples: [
    { text: 'epoch roll --yes', means: { yes: true } },
    { text: 'epoch roll --yes --archive attic', means: { yes: true, archive: 'attic' } },
  ],
  on: { epochs },
  beginsEpoch: true,
  refusals: ['confirmation-needed', 'previous-needed'],
  decide({ previous, archive, yes }, states, { actor }) {
    if (!yes && !actor.isPersonPresent) {
      return refuse(
        'confirmation-needed',
        'Rolling the epoch replaces the branch coord on the remote. Say that it is meant: coord epoch roll --yes',
      );
    }
    if (previous === undefined) {
      return refuse(
        'previous-needed',
        'It does not say which commit the epoch ends with. The shell fills that in: coord epoch roll --yes',
      );
    }
    const epoch = currentEpoch(states.epochs) + 1;
    return accept({
      type: 'epoch.rolled',
      data: { epoch, previous, archive: archive ?? null },
    });
  },
  result(_wanted, { epochs: { rolls } }) {
    return { epoch: rolls.at(-1) ?? null };
  },
  text(result) {
    const begun = result['epoch'] as Roll;
    return [`Epoch ${begun.epoch} of the log has begun.`, archiveText(begun)].join('\n');
  },
});
