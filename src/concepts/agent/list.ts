// The list of who has joined and what each is up to.
import { z } from 'zod';
import { query } from '../../kernel/operation.ts';
import { agentCard, cardParts } from './show.ts';

/** What one line shows of an agent's card. */
interface Line {
  readonly name: string;
  readonly tier: string;
  readonly state: string;
  readonly capabilities: readonly string[];
  readonly tasks: readonly string[];
  readonly locks: readonly string[];
}

function columns(line: Line): readonly string[] {
  const held = [...line.tasks, ...line.locks].join(' ');
  return [line.name, line.tier, line.state, line.capabilities.join(' ') || '-', held || '-'];
}

function textOf(lines: readonly Line[]): string {
  if (lines.length === 0) return 'No agents. `coord agent join NAME` lets one join.';
  const rows = lines.map(columns);
  const widthOf = (column: number): number =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map((row) => row.map((word, column) => word.padEnd(widthOf(column))).join('  '))
    .map((row) => row.trimEnd())
    .join('\n');
}

export const list = query({
  name: 'agent.list',
  summary: 'List who has joined, with tier, state, capabilities and what each holds.',
  input: () => z.object({}),
  positional: [],
  allow: ['executive', 'implementer', 'validator', 'human'],
  examples: [{ text: 'agent list', means: {} }],
  on: cardParts,
  answer(_wanted, states, { now }) {
    const names = [...states.agents.byName.keys()].sort();
    return { agents: names.map((name) => agentCard(name, states, now)) };
  },
  text: (answer) => textOf(answer['agents'] as readonly Line[]),
});
