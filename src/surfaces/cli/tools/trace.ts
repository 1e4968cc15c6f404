// `coord trace`: what brought a command about, what it did, and what came of it.
import { z } from 'zod';
import { readTokens } from '../../../engine/lent-word.ts';
import type { Readings } from '../../../engine/lent-word.ts';
import { capabilityOf, traceOf, wantedBy } from '../../../engine/trace.ts';
import type { Trace, TracedCapability, Traced } from '../../../engine/trace.ts';
import { refuse } from '../../../kernel/decider.ts';
import type { Refusal } from '../../../kernel/decider.ts';
import type { Details } from '../../../kernel/fault.ts';
import { limits } from '../../../kernel/limits.ts';
import { lookBack } from '../look-back.ts';
import type { Shell } from '../shell.ts';
import { withFork } from '../tell.ts';
import { tool } from '../tool.ts';
import type { ToolAnswer } from '../tool.ts';
import { freshenToAsk } from '../workspace.ts';
import type { Workspace } from '../workspace.ts';

/** The record, with what its token says in the place of the token. */
function plain({ record, commit, provenance, by }: Traced, readings: Readings): Details {
  const { sig, capability: token, ...said } = record;
  return {
    ...said,
    ...(token === undefined ? {} : { capability: capabilityOf(record, readings) }),
    signed: sig !== undefined,
    commit,
    provenance,
    ...(by.length > 0 ? { by } : {}),
  };
}

const commitCharsShown = 10;

function line({ record, commit, by }: Traced): string {
  const { seq, op, actor, at } = record;
  const how = by.length === 0 ? '' : `  (${by.join(', ')})`;
  return `seq ${seq}  ${op}  ${actor}  ${at}  ${commit.slice(0, commitCharsShown)}${how}`;
}

function branch(heading: string, traced: readonly Traced[]): string[] {
  if (traced.length === 0) return [];
  return [`  ${heading}`, ...traced.map((each) => `    ${line(each)}`)];
}

/** Who stands behind a record, as the record says it. */
function senderText({ record: { auth, sig, session, policy } }: Traced): string {
  const signed = sig === undefined ? 'not signed' : 'signed';
  const within = session === undefined ? '' : `, session ${session}`;
  return `  sent by ${auth.by} ${auth.subject}${within}; ${signed}; decided under policy ${policy.slice(0, commitCharsShown)}`;
}

/** In whose name and by which right the sender spoke, where that was lent. */
function capabilityText(capability: TracedCapability | null): string[] {
  if (capability === null) return [];
  if ('problem' in capability) {
    return [`  under a capability that cannot be read: ${capability.problem}`];
  }
  const { id, name, issuer, narrows } = capability;
  return [
    `  under capability ${id} of ${name}, issued by ${issuer}`,
    ...narrows.map((each) => `    which narrows ${each.id}, issued by ${each.issuer}`),
  ];
}

function textOf({ traced, causes, effects, unknown }: Trace, readings: Readings): string {
  const { record } = traced;
  return [
    line(traced),
    `  id ${record.id}`,
    senderText(traced),
    ...capabilityText(capabilityOf(record, readings)),
    ...(record.cause === undefined ? [] : [`  cause ${record.cause}`]),
    ...branch('because of', causes),
    ...unknown.map((id) => `    ${id}, which is not on the log`),
    '  events',
    ...record.events.map(({ type, data }) => `    ${type}  ${JSON.stringify(data).slice(0, 200)}`),
    ...branch('led to', effects),
  ].join('\n');
}

async function traced(
  shell: Shell,
  { log, engine }: Workspace,
  id: string,
): Promise<ToolAnswer | Refusal> {
  const { projection, evolutions, readToken } = engine;
  const wanted = wantedBy(id, await projection.load(), evolutions);
  const found =
    wanted === null ? null : await lookBack(shell, log, (store) => traceOf(store, wanted));
  if (found === null) {
    const message = `The log has no command ${id}. \`coord log\` shows seqs; T-3, M-7 and ids of commands will do as well.`;
    return refuse('trace-unknown', message, { id });
  }
  const { traced: record, causes, effects, unknown } = found;
  const records = [record, ...causes, ...effects].map((each) => each.record);
  const readings = await readTokens(records, readToken);
  const shown = (each: Traced): Details => plain(each, readings);
  return {
    ok: true,
    result: {
      record: shown(record),
      causes: causes.map(shown),
      effects: effects.map(shown),
      unknown,
    },
    text: textOf(found, readings),
  };
}

export const trace = tool({
  name: 'trace',
  summary: 'Show what brought a command about, what it did, and what came of it.',
  input: () =>
    z.object({
      id: z
        .string()
        .min(1)
        .max(2 * limits.nameCharsMax)
        .describe('Id or seq of a command, or what it made, such as T-3 or M-7'),
    }),
  positional: ['id'],
  examples: [
    { text: 'trace T-1', means: { id: 'T-1' } },
    { text: 'trace 4711', means: { id: '4711' } },
  ],
  async run(shell, { id }) {
    const workspace = await shell.workspace();
    const { problem, fork } = await freshenToAsk(workspace, shell.globals.isOffline);
    if (problem !== null)
      shell.terminal.err(`coord: this is what is known here. ${problem.message}`);
    const answer = await traced(shell, workspace, id);
    return answer.ok ? withFork(shell, workspace, { answer, fork, isOverview: false }) : answer;
  },
});
