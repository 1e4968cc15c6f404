// The last records of the log, for people.
import { z } from 'zod';
import { limits } from '../../kernel/limits.ts';
import { query } from '../../kernel/operation.ts';
import type { HistoryRecord } from '../../kernel/operation.ts';
import { table } from '../../kernel/table.ts';

const input = () =>
  z.object({
    limit: z
      .number()
      .int()
      .min(1)
      .max(limits.historyRecordsMax)
      .default(20)
      .describe('How many records, the newest')
      .meta({ short: 'n' }),
    type: z
      .string()
      .min(1)
      .max(limits.nameCharsMax)
      .optional()
      .describe('Only these operations or events: task.claim, or task.* for all of a noun'),
    actor: z
      .string()
      .max(2 * limits.nameCharsMax)
      .transform((text) => text.replace(/^@/, '').toLowerCase())
      .optional()
      .describe('Only what this member did'),
  });
type Input = z.output<ReturnType<typeof input>>;

interface LogLine {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly op: string;
  readonly id: string;
  readonly events: readonly { readonly type: string }[];
  readonly commit: string;
}

function isOfType(type: string, wanted: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}

function isWanted(record: HistoryRecord, { type, actor }: Input): boolean {
  if (actor !== undefined && record.actor !== actor) return false;
  if (type === undefined) return true;
  return [record.op, ...record.events.map((event) => event.type)].some((one) =>
    isOfType(one, type),
  );
}

const commitCharsShown = 10;

function row({ seq, at, actor, op, events, commit }: LogLine): string[] {
  const happened = [...new Set(events.map(({ type }) => type))].join(' ');
  return [String(seq), at, commit.slice(0, commitCharsShown), actor, op, happened];
}

export const log = query({
  name: 'overview.log',
  alias: 'log',
  summary: 'Show the last records of the log, the newest last.',
  input,
  positional: [],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [
    { text: 'log', means: {} },
    { text: "log --type 'task.*' --actor codex", means: { type: 'task.*', actor: 'codex' } },
  ],
  on: {},
  /** With a filter it looks through as many as it may, for the ones wanted may be far back. */
  history: ({ limit, type, actor }) =>
    type === undefined && actor === undefined ? limit : limits.historyRecordsMax,
  answer(wanted, _states, { history }) {
    const records = history
      .filter((record) => isWanted(record, wanted))
      .slice(-wanted.limit)
      .map(({ seq, at, actor, op, id, auth, events, commit }) => ({
        seq,
        at,
        actor,
        op,
        id,
        auth,
        events,
        commit,
      }));
    return { records };
  },
  text(answer) {
    const records = answer['records'] as readonly LogLine[];
    return records.length === 0 ? 'Nothing on the log that fits.' : table(records.map(row));
  },
});
