// Which records the log shows, and how many it asks for.
import { describe, expect, it } from 'vitest';
import { answer } from '../../../test/specification.ts';
import type { HistoryRecord } from '../../kernel/operation.ts';
import { log } from './log.ts';

function record(seq: number, actor: string, op: string, ...types: string[]): HistoryRecord {
  return {
    seq,
    id: `id-${seq}`,
    at: '2026-11-20T12:00:00.000Z',
    op,
    actor,
    auth: { by: 'shell', subject: actor },
    events: types.map((type) => ({ type, data: { secret: '\u001b[31m' } })),
    commit: `${seq}`.repeat(40),
  };
}

const history = [
  record(1, 'codex', 'task.claim', 'task.claimed'),
  record(2, 'opus', 'lock.acquire', 'lock.expired', 'lock.acquired', 'lock.acquired'),
  record(3, 'codex', 'task.done', 'task.completed', 'lock.released'),
];

function seqs(input: object): unknown {
  const { records } = answer(log, [], input, { history }) as { records: HistoryRecord[] };
  return records.map(({ seq }) => seq);
}

function asked(input: object): number | undefined {
  const query = log;
  return query.history?.(query.input.parse(input));
}

describe('log', () => {
  it('shows the last records, oldest first, whole', () => {
    expect(seqs({})).toEqual([1, 2, 3]);
    expect(seqs({ limit: 2 })).toEqual([2, 3]);
    expect(answer(log, [], { limit: 1 }, { history })).toEqual({ records: [history[2]] });
  });

  it('narrows by operation, by event, by noun', () => {
    expect(seqs({ type: 'task.claim' })).toEqual([1]);
    expect(seqs({ type: 'lock.released' })).toEqual([3]);
    expect(seqs({ type: 'lock.*' })).toEqual([2, 3]);
    expect(seqs({ type: 'loc' })).toEqual([]);
  });

  it('narrows by actor', () => {
    expect(seqs({ actor: '@Codex' })).toEqual([1, 3]);
    expect(seqs({ actor: 'codex', type: 'lock.*' })).toEqual([3]);
    expect(seqs({ actor: 'codex', limit: 1 })).toEqual([3]);
  });

  it('asks for what it shows, with a filter for as much as it may', () => {
    expect([asked({}), asked({ limit: 7 })]).toEqual([20, 7]);
    expect([asked({ type: 'task.*' }), asked({ actor: 'codex' })]).toEqual([1000, 1000]);
  });

  it.each([[{ limit: 0 }], [{ limit: 1001 }], [{ limit: 1.5 }], [{ type: '' }]])(
    '%j is not understood',
    (input) => {
      expect(log.input.safeParse(input).success).toBe(false);
    },
  );

  it('is one line a record for people, without any user text', () => {
    const text = log.text?.(answer(log, [], {}, { history }));
    expect(text?.split('\n')).toEqual([
      '1  2026-11-20T12:00:00.000Z  1111111111  codex  task.claim    task.claimed',
      '2  2026-11-20T12:00:00.000Z  2222222222  opus   lock.acquire  lock.expired lock.acquired',
      '3  2026-11-20T12:00:00.000Z  3333333333  codex  task.done     task.completed lock.released',
    ]);
    expect(log.text?.({ records: [] })).toBe('Nothing on the log that fits.');
  });
});
