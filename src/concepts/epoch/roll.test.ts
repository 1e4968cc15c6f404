// Rolling is meant, names the commit that it goes on from, and counts the epochs.
import { describe, expect, it } from 'vitest';
import { answer, decide } from '../../../test/specification.ts';
import { roll } from './roll.ts';

const previous = 'a'.repeat(40);
const second = {
  event: { type: 'epoch.rolled', data: { epoch: 2, previous, archive: null } },
  meta: { id: 'x', actor: 'git:anna', at: '2026-11-20T10:00:00.000Z' },
};
const person = { name: 'git:anna', tier: 'human', isPersonPresent: true } as const;
const absent = { ...person, isPersonPresent: false };

describe('rolling', () => {
  it('needs somebody at a terminal, or the word that it is meant', () => {
    expect(decide(roll, [], { previous }, { actor: absent })).toMatchObject({
      code: 'confirmation-needed',
    });
    expect(decide(roll, [], { previous, yes: true }, { actor: absent }).ok).toBe(true);
    expect(decide(roll, [], { previous }, { actor: person }).ok).toBe(true);
  });

  it('names the commit that the epoch ends with', () => {
    expect(decide(roll, [], { yes: true })).toMatchObject({ code: 'previous-needed' });
    expect(roll.input.safeParse({ previous: 'HEAD' }).success).toBe(false);
  });

  it('counts on from the epoch that there is', () => {
    const begun = { epoch: 3, previous, archive: 'octo/attic' };
    const wanted = { previous, yes: true, archive: 'octo/attic' };
    expect(decide(roll, [second], wanted)).toEqual({
      ok: true,
      events: [{ type: 'epoch.rolled', data: begun }],
    });
  });

  it('answers with the epoch that has begun, and where the one before is', () => {
    const result = answer(roll, [second], { previous, yes: true });
    expect(result).toMatchObject({ epoch: { epoch: 2, previous, by: 'git:anna' } });
    expect(roll.text?.(result)).toContain('refs/coord/archive/1.');
  });
});
