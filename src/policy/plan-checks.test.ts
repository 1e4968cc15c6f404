import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phaseFindings } from './plan-checks.ts';
import { hintOf, pathText } from './problem.ts';

function findingsOf(phases: unknown, listed: readonly string[] = ['codex'], hasAgents = true) {
  return phaseFindings({ plan: { phases } }, listed, hasAgents).map((finding) => {
    return `${pathText(finding.path)}: ${finding.message} ${hintOf(finding) ?? ''}`;
  });
}

describe('phases', () => {
  it('have ids of their own, in any case', () => {
    expect(findingsOf([{ id: 'rpc' }, { id: 'ui' }, { id: 'RPC' }])).toEqual([
      'plan.phases[2].id: The id "rpc" is taken by plan.phases[0]. Choose another id.',
    ]);
  });

  it('come after phases that exist', () => {
    expect(findingsOf([{ id: 'rpc', after: ['Ui', 'rcp', 'zzz'] }, { id: 'ui' }])).toEqual([
      'plan.phases[0].after[1]: There is no phase "rcp". Did you mean "rpc"?',
      'plan.phases[0].after[2]: There is no phase "zzz". Add the phase or leave it out here.',
    ]);
  });

  it('do not wait for themselves or for each other', () => {
    const phases = [
      { id: 'self', after: ['Self'] },
      { id: 'a', after: ['b'] },
      { id: 'b', after: ['c'] },
      { id: 'c', after: ['b'] },
      { id: 'd', after: ['a'] },
    ];
    expect(findingsOf(phases)).toEqual([
      'plan.phases[0].after: The phases wait for each other in a circle: self after self. Leave one of them out of "after".',
      'plan.phases[1].after: The phases wait for each other in a circle: b after c after b. Leave one of them out of "after".',
    ]);
  });

  it('give scopes to listed agents only; what is no name at all is for the schema to refuse', () => {
    const phases = [{ id: 'rpc', scopes: { Codex: {}, codx: {}, 'o"p': {} } }];
    expect(findingsOf(phases)).toEqual([
      'plan.phases[0].scopes.codx: The agent "codx" is not listed under agents. Did you mean "codex"?',
    ]);
    expect(findingsOf([{ id: 'rpc', scopes: { hopper: {} } }], ['codex'], false)).toEqual([
      'plan.phases[0].scopes.hopper: The agent "hopper" is not known. Add "hopper: {}" under agents.',
    ]);
  });

  it('of another shape have no findings here', () => {
    expect(findingsOf('x')).toEqual([]);
    expect(findingsOf([1, null, {}, { id: 2, after: 3, scopes: [] }, {}])).toEqual([]);
  });

  it('wait in a circle exactly when they cannot be put in an order', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const edges = fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)), {
      maxLength: 9,
    });
    let circles = 0;
    fc.assert(
      fc.property(edges, (pairs) => {
        const phases = ids.map((id) => {
          return { id, after: pairs.filter(([from]) => from === id).map(([, to]) => to) };
        });
        const isCircular = findingsOf(phases).length > 0;
        expect(isCircular).toBe(!canBeOrdered(phases));
        if (isCircular) circles += 1;
      }),
      { numRuns: 500 },
    );
    expect(circles).toBeGreaterThan(50);
    expect(circles).toBeLessThan(450);
  });
});

/** Takes away what waits for nothing, until nothing is left or nothing can be taken. */
function canBeOrdered(phases: readonly { id: string; after: readonly string[] }[]): boolean {
  let left = [...phases];
  for (;;) {
    const waiting = left.filter(({ after }) =>
      after.some((id) => left.some((one) => one.id === id)),
    );
    if (waiting.length === left.length) return left.length === 0;
    left = waiting;
  }
}
