// The board: README.md of the log's branch, for people who open it in a browser.
import type { Moment } from '../kernel/operation.ts';
import { statesFor } from './decide.ts';
import type { Fold } from './fold.ts';
import type { Clock } from './clock.ts';
import { operationNamed } from './registry-port.ts';
import type { Registry } from './registry-port.ts';

const reader: Moment = {
  actor: { name: 'board', tier: 'human', isPersonPresent: false },
  session: null,
  now: '',
  id: '',
  seq: 0,
  rules: { agents: null, people: [], phases: [], locks: { ttlSeconds: 0, maxPerAgent: 0 } },
  history: [],
};

/** Markdown for the branch's front page; user text stands in a fence that it cannot leave. */
export function boardOf(
  engine: { readonly registry: Registry; readonly clock: Clock },
  fold: Fold,
): string {
  const status = operationNamed(engine.registry, 'overview.status');
  const head =
    '# Coordination log\n\nThis branch is the log of `coord`: every commit is a batch of commands, see `batch.ndjson`.\n' +
    'Nobody edits it by hand; `coord verify` tells whether somebody did.\n';
  if (status?.kind !== 'query') return head;
  const moment = { ...reader, now: engine.clock.now(), seq: fold.position?.seq ?? 0 };
  const answer = status.answer(status.input.parse({}), statesFor(status, fold) as never, moment);
  const text = 'ok' in answer || status.text === undefined ? '' : status.text(answer);
  return `${head}\n~~~~~~~~text\n${text.replaceAll('~~~', "'''")}\n~~~~~~~~\n`;
}
