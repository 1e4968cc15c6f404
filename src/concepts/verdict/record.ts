// Recording a verdict: the App's own word, never a command of people or agents.
import { z } from 'zod';
import { accept } from '../../kernel/decider.ts';
import { command } from '../../kernel/operation.ts';
import { verdicts } from './verdict.ts';

const oid = () => z.string().regex(/^[0-9a-f]{40,64}$/);
const conclusion = () => z.enum(['success', 'failure', 'neutral', 'action_required']);

const input = () =>
  z.object({
    pullRequest: z.number().int().positive().describe('Number of the pull request'),
    head: oid().describe('Commit that was judged'),
    base: oid().describe('Commit of the base branch'),
    policy: z.string().min(1).describe('Blob of the policy, or none'),
    readSeq: z.number().int().min(0).describe('Seq of the log that the checks read'),
    author: z.string().min(1).describe('Whose pull request it is'),
    conclusion: conclusion().describe('What the gate said'),
    checks: z
      .array(z.object({ name: z.string().min(1), conclusion: conclusion() }))
      .describe('What each check said'),
  });

export const record = command({
  name: 'verdict.record',
  summary: 'Record what the checks said of a pull request.',
  input,
  positional: [],
  allow: [],
  appOnly: true,
  examples: [
    {
      text: '',
      means: {
        pullRequest: 12,
        head: '1'.repeat(40),
        base: '2'.repeat(40),
        policy: 'none',
        readSeq: 4,
        author: 'codex',
        conclusion: 'success',
        checks: [{ name: 'scope', conclusion: 'success' }],
      },
    },
  ],
  on: { verdicts },
  refusals: [],
  decide: (verdict) => accept({ type: 'verdict.recorded', data: verdict }),
  result: ({ pullRequest }, states) => ({
    verdict: states.verdicts.byPullRequest.get(pullRequest) ?? null,
  }),
});
