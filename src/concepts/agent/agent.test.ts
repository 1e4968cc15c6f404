// What the events of agents do to the fold: membership, and which sessions are fenced.
import { describe, expect, it } from 'vitest';
import { limits } from '../../kernel/limits.ts';
import { stateAfter } from '../../../test/specification.ts';
import type { Past } from '../../../test/specification.ts';
import { agents, capabilityName, didYouMean, isFenced } from './agent.ts';
import type { Agent } from './agent.ts';

function joined(parts: Partial<Agent> = {}): Past {
  const { name = 'codex', tier = 'implementer', capabilities = [], session = null } = parts;
  return { event: { type: 'agent.joined', data: { name, tier, capabilities, session } } };
}

const left: Past = {
  event: { type: 'agent.left', data: { name: 'codex', forced: false, reason: null } },
};

describe('membership', () => {
  it('begins with joining', () => {
    const meta = { seq: 7, at: '2026-11-20T09:00:00.000Z' };
    const state = stateAfter(agents, [
      { ...joined({ capabilities: ['ts'], session: 's-1' }), meta },
    ]);
    expect(state.byName.get('codex')).toEqual({
      name: 'codex',
      tier: 'implementer',
      capabilities: ['ts'],
      joinedAt: meta.at,
      joinedSeq: 7,
      tierSeq: 7,
      session: 's-1',
      fenced: [],
    });
  });

  it('keeps its beginning when the agent joins again, and takes the newer tier and capabilities', () => {
    const state = stateAfter(agents, [
      joined({ capabilities: ['ts'] }),
      joined({ capabilities: ['go'] }),
      joined({ tier: 'validator' }),
    ]);
    const agent = state.byName.get('codex');
    expect(agent).toMatchObject({ tier: 'validator', capabilities: [], joinedSeq: 1 });
    expect(state.byName.size).toBe(1);
  });

  it('names the record that gave the tier: the first one that did', () => {
    const same = stateAfter(agents, [joined(), joined()]);
    const changed = stateAfter(agents, [joined(), joined({ tier: 'executive' }), joined()]);
    expect(same.byName.get('codex')?.tierSeq).toBe(1);
    expect(changed.byName.get('codex')?.tierSeq).toBe(3);
  });

  it('ends with leaving, and begins anew with joining after that', () => {
    expect(stateAfter(agents, [joined(), left]).byName.has('codex')).toBe(false);
    const back = stateAfter(agents, [joined(), left, joined()]);
    expect(back.byName.get('codex')).toMatchObject({ joinedSeq: 3, tierSeq: 3 });
    expect(back.former.size).toBe(0);
  });

  it('ignores that somebody leaves who has not joined', () => {
    const state = stateAfter(agents, [left]);
    expect([state.byName.size, state.former.size]).toEqual([0, 0]);
  });
});

describe('sessions', () => {
  const fencedAfter = (past: readonly Past[], session: string | null): boolean =>
    isFenced(stateAfter(agents, past), 'codex', session);

  it('are fenced by a newer named one', () => {
    const past = [joined({ session: 's-1' }), joined({ session: 's-2' })];
    expect(fencedAfter(past, 's-1')).toBe(true);
    expect(fencedAfter(past, 's-2')).toBe(false);
    expect(fencedAfter(past, 's-3')).toBe(false);
    expect(stateAfter(agents, past).byName.get('codex')?.session).toBe('s-2');
  });

  it('are never fenced without a name, nor by one without a name', () => {
    const past = [joined({ session: 's-1' }), joined()];
    expect(fencedAfter(past, 's-1')).toBe(false);
    expect(fencedAfter([...past, joined({ session: 's-2' })], 's-1')).toBe(true);
    expect(fencedAfter([...past, joined({ session: 's-2' })], null)).toBe(false);
  });

  it('are not fenced by joining again in the same one', () => {
    expect(fencedAfter([joined({ session: 's-1' }), joined({ session: 's-1' })], 's-1')).toBe(
      false,
    );
  });

  it('are those of one agent only', () => {
    const past = [joined({ session: 's-1' }), joined({ name: 'opus', session: 's-2' })];
    expect(fencedAfter(past, 's-1')).toBe(false);
    expect(isFenced(stateAfter(agents, past), 'nobody', 's-1')).toBe(false);
  });

  it('stay fenced while and after the agent was gone', () => {
    const gone = [joined({ session: 's-1' }), joined({ session: 's-2' }), left];
    expect(fencedAfter(gone, 's-1')).toBe(true);
    const back = [...gone, joined({ session: 's-3' })];
    expect([fencedAfter(back, 's-1'), fencedAfter(back, 's-2'), fencedAfter(back, 's-3')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('are remembered up to the bound, the newest of them', () => {
    const count = limits.fencedSessionsMax + 2;
    const past = Array.from({ length: count }, (_, index) => joined({ session: `s-${index}` }));
    expect(stateAfter(agents, past).byName.get('codex')?.fenced).toHaveLength(
      limits.fencedSessionsMax,
    );
    expect(fencedAfter(past, 's-0')).toBe(false);
    expect(fencedAfter(past, 's-1')).toBe(true);
    expect(fencedAfter(past, `s-${count - 2}`)).toBe(true);
  });
});

describe('words', () => {
  it('takes a capability as one word in lower case', () => {
    expect(capabilityName().parse('TS')).toBe('ts');
    for (const text of ['', 'two words', '-x', 'x'.repeat(limits.nameCharsMax + 1)]) {
      expect(capabilityName().safeParse(text).error?.issues[0]?.message).toContain('one word');
    }
  });

  it('suggests who was probably meant, else where to look', () => {
    const state = stateAfter(agents, [joined()]);
    expect(didYouMean(state, 'codx')).toBe('Did you mean codex?');
    expect(didYouMean(state, 'zzz')).toContain('coord agent list');
  });
});
