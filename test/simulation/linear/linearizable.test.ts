// The checker of histories against a checker that tries every order, and on histories told by hand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstUnexplained } from './linearizable.ts';
import type { Operation } from './linearizable.ts';
import { lockModel } from './lock-model.ts';
import type { LockCall, LockResult } from './lock-model.ts';

type Done = Operation<LockCall, LockResult>;

const granted: LockResult = { isDone: true, holder: null };
const heldBy = (holder: string | null): LockResult => ({ isDone: false, holder });

function did(
  [kind, agent]: readonly [LockCall['kind'], string],
  result: LockResult | null,
  [invoked, returned]: readonly [number, number | null],
): Done {
  return { call: { kind, agent }, result, invoked, returned };
}

/** Tries every order and every choice of unknown operations: slow, and plain to see. */
function isExplained(history: readonly Done[], state: string | null = null): boolean {
  if (history.every(({ result }) => result === null)) return true;
  const firstReturn = Math.min(...history.map(({ returned }) => returned ?? Infinity));
  const isUnknown = ({ result, returned }: Done): boolean =>
    result === null && returned === firstReturn;
  const given = history.find(isUnknown);
  // It never happened.
  if (
    given !== undefined &&
    isExplained(
      history.filter((each) => each !== given),
      state,
    )
  ) {
    return true;
  }
  return history.some((operation, index) => {
    if (operation.invoked > firstReturn) return false;
    const after = lockModel.step(state, operation.call, operation.result);
    const others = history.filter((_, place) => place !== index);
    return after !== undefined && isExplained(others, after);
  });
}

const anyOperation = fc
  .record({
    kind: fc.constantFrom<LockCall['kind'][]>('acquire', 'release', 'read'),
    agent: fc.constantFrom('ada', 'bob'),
    isDone: fc.boolean(),
    holder: fc.constantFrom('ada', 'bob', null),
    invoked: fc.integer({ min: 0, max: 12 }),
    lasts: fc.integer({ min: 0, max: 6 }),
    isKnown: fc.integer({ min: 0, max: 5 }).map((throwOfDice) => throwOfDice > 0),
  })
  .map(({ kind, agent, isDone, holder, invoked, lasts, isKnown }): Done => {
    const result = { isDone: kind !== 'read' && isDone, holder };
    return isKnown
      ? did([kind, agent], result, [invoked, invoked + lasts])
      : did([kind, agent], null, [invoked, isDone ? null : invoked + lasts]);
  });

describe('a history of a lock', () => {
  const histories: readonly (readonly [string, readonly Done[], number | null])[] = [
    ['nothing', [], null],
    [
      'one after the other',
      [
        did(['acquire', 'ada'], granted, [0, 1]),
        did(['acquire', 'bob'], heldBy('ada'), [2, 3]),
        did(['release', 'ada'], granted, [4, 5]),
        did(['read', 'bob'], heldBy(null), [6, 7]),
      ],
      null,
    ],
    [
      'two holders',
      [did(['acquire', 'ada'], granted, [0, 1]), did(['acquire', 'bob'], granted, [2, 3])],
      1,
    ],
    [
      'a read that is older than what returned before it',
      [did(['acquire', 'ada'], granted, [0, 1]), did(['read', 'bob'], heldBy(null), [2, 3])],
      1,
    ],
    [
      'a read beside a change may see it or not',
      [
        did(['acquire', 'ada'], granted, [0, 5]),
        did(['read', 'bob'], heldBy(null), [1, 2]),
        did(['read', 'bob'], heldBy('ada'), [3, 4]),
      ],
      null,
    ],
    [
      'reads that go back in time',
      [
        did(['acquire', 'ada'], granted, [0, 5]),
        did(['read', 'bob'], heldBy('ada'), [1, 2]),
        did(['read', 'bob'], heldBy(null), [3, 4]),
      ],
      2,
    ],
    [
      'an unknown outcome that shows late',
      [did(['acquire', 'ada'], null, [0, null]), did(['read', 'bob'], heldBy('ada'), [90, 91])],
      null,
    ],
    [
      'an unknown outcome of a process that was dead by then',
      [did(['acquire', 'ada'], null, [0, 50]), did(['release', 'ada'], granted, [60, 61])],
      null,
    ],
    [
      'an unknown outcome cannot happen after its process was dead',
      [
        did(['acquire', 'ada'], null, [0, 50]),
        did(['read', 'bob'], heldBy(null), [60, 61]),
        did(['read', 'bob'], heldBy('ada'), [70, 71]),
      ],
      2,
    ],
    [
      'an unknown outcome cannot happen before it was asked for',
      [did(['read', 'bob'], heldBy('ada'), [0, 1]), did(['acquire', 'ada'], null, [2, null])],
      0,
    ],
  ];

  it.each(histories)('%s', (_name, history, expected) => {
    expect(firstUnexplained(lockModel, history)).toBe(expected);
  });

  it('is explained exactly when some order explains it', () => {
    let explained = 0;
    fc.assert(
      fc.property(fc.array(anyOperation, { maxLength: 6 }), (history) => {
        const isGood = isExplained(history);
        explained += isGood && history.length > 2 ? 1 : 0;
        expect(firstUnexplained(lockModel, history) === null).toBe(isGood);
      }),
      { numRuns: 3000 },
    );
    expect(explained).toBeGreaterThan(20);
  });
});
