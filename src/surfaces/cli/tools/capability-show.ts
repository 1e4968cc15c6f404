// `coord capability show`: what a token says, link by link; whether it counts is another question.
import { z } from 'zod';
import { readToken } from '../../../adapters/system/capability-token.ts';
import { refuse } from '../../../kernel/decider.ts';
import { formatDuration } from '../../../kernel/duration.ts';
import { endOf } from '../../../policy/capability.ts';
import type { Capability } from '../../../policy/capability.ts';
import type { Bounds } from '../../../policy/capability-bounds.ts';
import { tool } from '../tool.ts';

function boundsText({ durationSeconds, scopes, priority }: Bounds): string {
  return [
    `at most ${formatDuration(durationSeconds)} each`,
    ...(scopes === undefined ? [] : [`${scopes} scopes in one command`]),
    ...(priority === undefined ? [] : [`priority ${priority}`]),
  ].join(', ');
}

/** A capability in a few lines for people. */
export function shownCapability(capability: Capability): string {
  const { jti, sub, holder, operations, globs, bounds, parent } = capability;
  return [
    `capability ${jti}${parent === null ? '' : `, which narrows ${parent}`}`,
    `  acts as ${sub}, held by ${holder}`,
    `  may ${operations.join(', ')}${globs.length === 0 ? ', on no path' : ` on ${globs.join(', ')}`}`,
    `  for ${boundsText(bounds)}, until ${endOf(capability)}`,
  ].join('\n');
}

export const capabilityShow = tool({
  name: 'capability.show',
  summary: 'Show what a capability lends, from its root on.',
  input: () => z.object({ token: z.string().min(1).describe('The token') }),
  positional: ['token'],
  examples: [{ text: 'capability show eyJhbGciOi...', means: { token: 'eyJhbGciOi...' } }],
  async run(_shell, { token }) {
    const reading = await readToken(token);
    if (!reading.ok) {
      const message = `${reading.problem} Give it as it was printed, or ask for another.`;
      return refuse('capability-invalid', message);
    }
    const { chain } = reading;
    return { ok: true, result: { chain }, text: chain.map(shownCapability).join('\n') };
  },
});
