// What `coord status` adds where there is a remote: commands it does not have yet, and those of the one who asks that others have undone lately.
import { commands } from '../../concepts/command/command.ts';
import type { Commands } from '../../concepts/command/command.ts';
import { section } from '../../concepts/overview/section.ts';
import { addSeconds } from '../../kernel/duration.ts';
import { limits } from '../../kernel/limits.ts';
import type { AnyQuery } from '../../kernel/operation.ts';
import { shortened } from '../../kernel/table.ts';
import { decodeBatch } from '../../log/record.ts';
import type { ToolAnswer } from './tool.ts';
import type { Workspace } from './workspace.ts';

interface Unconfirmed {
  readonly id: string;
  readonly seq: number;
  readonly op: string;
  readonly actor: string;
}

/** So many commits are looked at; who was away for longer is told of the last ones. */
const commitsMax = 1000;

/** What is on the log here and not on the remote, oldest first. */
async function unconfirmedIn({ log, remote }: Workspace): Promise<Unconfirmed[]> {
  const pin = (await remote?.pin()) ?? null;
  const range = pin === null ? { commitsMax } : { until: pin, commitsMax };
  const { commits } = await log.read(range);
  const records = commits.flatMap(({ batch, oid }) => decodeBatch(batch, oid));
  return records.map(({ id, seq, op, actor }) => ({ id, seq, op, actor }));
}

/** What the one who asks has lost within a day; who that is takes a process of git, and mostly nobody lost anything. */
async function lostLately(
  { asking }: Workspace,
  asker: () => Promise<string>,
): Promise<Commands['lost']> {
  const { states } = await asking.projection.load();
  const { lost } = (states.get(commands.name) ?? commands.initial()) as Commands;
  const since = addSeconds(asking.clock.now(), -limits.lostShownSeconds);
  const recent = lost.filter(({ at }) => at > since);
  if (recent.length === 0) return [];
  const name = await asker();
  return recent.filter(({ actor }) => actor === name);
}

/** Adds to the answer of `status`, as it is now, what is `unconfirmed` and what the asker `lost`; other answers stay. */
export async function withUnconfirmed(
  workspace: Workspace,
  query: AnyQuery,
  answer: ToolAnswer,
  asker: () => Promise<string>,
): Promise<ToolAnswer> {
  const { remote } = workspace;
  if (query.name !== 'overview.status' || remote === null || 'asOf' in answer.result) return answer;
  const unconfirmed = await unconfirmedIn(workspace);
  const lost = await lostLately(workspace, asker);
  const waiting = unconfirmed.map(({ seq, op, actor }) => [String(seq), op, actor]);
  const undone = lost.map(({ op, message }) => [op, shortened(message, 80)]);
  const added = [
    ...section(`Unconfirmed, not on ${remote.name} yet: ${waiting.length}`, waiting, 5),
    ...section('You lost to others who were first', undone, 5),
  ];
  return {
    ...answer,
    result: { ...answer.result, unconfirmed, lost },
    text: [answer.text, ...added].join('\n'),
  };
}
