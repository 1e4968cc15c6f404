// The keys that the log names, whose they are, and who said so.
import { z } from 'zod';
import type { View } from '../../kernel/decider.ts';
import { agentName } from '../../kernel/fields.ts';
import { query } from '../../kernel/operation.ts';
import { table } from '../../kernel/table.ts';
import { keys } from './key.ts';
import type { MemberKey } from './key.ts';

/** A key with its owner; of one that stands in the policy nothing else is to be told. */
export type ListedKey =
  OnLog | { readonly agent: string; readonly key: string; readonly state: 'policy' };

interface OnLog {
  readonly agent: string;
  readonly key: string;
  readonly state: 'live' | 'ended';
  /** Who said so last, by which record. */
  readonly by: string;
  readonly seq: number;
  readonly at: string;
}

function shown({ agent, key, marks }: View<MemberKey>): OnLog[] {
  const last = marks.at(-1);
  if (last === undefined) return [];
  const { what, by, seq, at } = last;
  return [{ agent, key, state: what === 'ended' ? 'ended' : 'live', by, seq, at }];
}

/** Keys as a table, for people. */
export function keyTable(rows: readonly ListedKey[]): string {
  return table(
    rows.map((row) => {
      const { agent, key, state } = row;
      return [
        agent,
        key,
        state === 'policy' ? 'in the policy' : state,
        'by' in row ? `by ${row.by}` : '',
      ];
    }),
  );
}

const inThePolicy = 'Those of the policy too: coord agent key list';

export const list = query({
  name: 'key.list',
  summary: 'List the keys on the log; `coord agent key list` shows those of the policy too.',
  input: () => z.object({ agent: agentName().optional().describe('Only the keys of this one') }),
  positional: ['agent'],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [
    { text: 'key list', means: {} },
    { text: 'key list codex', means: { agent: 'codex' } },
  ],
  on: { keys },
  isAboutActor: false,
  answer({ agent }, states) {
    const all = [...states.keys.byAgent].filter(([name]) => (agent ?? name) === name);
    return { keys: all.flatMap(([, own]) => own.flatMap(shown)) };
  },
  text: (answer) => {
    const rows = answer['keys'] as readonly OnLog[];
    if (rows.length === 0) return `The log names no keys. ${inThePolicy}`;
    return `${keyTable(rows)}\n${inThePolicy}`;
  },
});
