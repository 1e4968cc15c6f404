// `coord capability verify`: whether a token counts, by its signatures and by the log and the policy known here.
import { z } from 'zod';
import { readToken } from '../../../adapters/system/capability-token.ts';
import { keyringFor } from '../../../engine/signing.ts';
import { endOf } from '../../../policy/capability.ts';
import type { Capability } from '../../../policy/capability.ts';
import type { Shell } from '../shell.ts';
import { tool } from '../tool.ts';
import type { ToolAnswer } from '../tool.ts';
import { shownCapability } from './capability-show.ts';

/** Why a token that reads well counts for nothing here, as a sentence; null when it counts. */
async function problemHere(
  shell: Shell,
  token: string,
  capability: Capability,
): Promise<string | null> {
  const { engine } = await shell.workspace();
  const fold = await engine.projection.load();
  const { sub: actor, aud } = capability;
  if (fold.log !== aud) return `It is for the log ${aud}; the one here is ${fold.log ?? 'none'}.`;
  const end = endOf(capability);
  if (shell.clock.now() > end) return `It was good until ${end}.`;
  const { policy } = await engine.policy();
  const intent = { id: '', log: aud, op: '', actor, hlc: '', input: {}, capability: token };
  const request = { intent, auth: { by: 'shell', subject: '' }, isPersonPresent: false } as const;
  const keyring = await keyringFor(engine, [request], fold, policy);
  return keyring.tokenProblem(token);
}

function answerOf(capability: Capability | null, problem: string | null): ToolAnswer {
  const valid = problem === null;
  const shown = capability === null ? [] : [shownCapability(capability)];
  const verdict =
    problem === null ? 'It counts, by the log known here.' : `It does not count. ${problem}`;
  return {
    ok: true,
    result: { valid, problem, ...(capability === null ? {} : { capability }) },
    text: [...shown, verdict].join('\n'),
    status: valid ? 0 : 1,
  };
}

export const capabilityVerify = tool({
  name: 'capability.verify',
  summary: 'Verify a capability without the network: signatures, narrowing, expiry, revocations.',
  input: () => z.object({ token: z.string().min(1).describe('The token') }),
  positional: ['token'],
  examples: [{ text: 'capability verify eyJhbGciOi...', means: { token: 'eyJhbGciOi...' } }],
  async run(shell, { token }) {
    const reading = await readToken(token);
    if (!reading.ok) return answerOf(null, reading.problem);
    const { capability } = reading;
    return answerOf(capability, await problemHere(shell, token, capability));
  },
});
