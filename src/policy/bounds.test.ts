import { describe, expect, it } from 'vitest';
import { boundsFor, protectedGlobs } from './bounds.ts';
import { defaultPolicy } from './default.ts';
import { parsePolicy, policyProblemsText } from './load.ts';
import type { Policy } from './schema.ts';

function policy(text: string): Policy {
  const parsed = parsePolicy(`version: 1\n${text}`, 'p');
  if (!parsed.ok) throw new Error(policyProblemsText(parsed));
  return parsed.policy;
}

describe('bounds of an author', () => {
  it('by default are those of an implementer for agents and only those of the checks for people', () => {
    const agents = {
      complexityMax: 8,
      functionLinesMax: 60,
      filesMax: 50,
      linesMax: 5000,
      deleteGlobs: [],
    };
    const people = { ...agents, filesMax: null, linesMax: null, deleteGlobs: ['**'] };
    for (const tier of ['executive', 'implementer', 'validator'] as const) {
      expect(boundsFor(defaultPolicy(), tier)).toEqual(agents);
    }
    expect(boundsFor(defaultPolicy(), 'human')).toEqual(people);
    expect(boundsFor(defaultPolicy(), null)).toEqual(people);
  });

  it('are the stricter of tier and check', () => {
    const strict = policy(`
tiers: { implementer: { complexity: 6, functionLines: 90, files: 20, lines: none } }
checks: { complexity: { max: 10, functionLines: 40 }, size: { files: 30, lines: 900 } }
`);
    expect(boundsFor(strict, 'implementer')).toEqual({
      complexityMax: 6,
      functionLinesMax: 40,
      filesMax: 20,
      linesMax: 900,
      deleteGlobs: [],
    });
    expect(boundsFor(strict, null)).toMatchObject({ complexityMax: 10, filesMax: 30 });
  });

  it('may be zero', () => {
    const none = policy('tiers: { executive: { files: 0, lines: 0 } }');
    expect(boundsFor(none, 'executive')).toMatchObject({ filesMax: 0, linesMax: 0 });
  });
});

it('protects what steers automation and review, and what the policy adds', () => {
  const more = policy('plan: { protected: [deploy/**] }');
  expect(protectedGlobs(more)).toEqual([
    '.gitmodules',
    '.gitattributes',
    '.github/workflows/**',
    '.github/actions/**',
    '.github/coord.yml',
    'CODEOWNERS',
    '.github/CODEOWNERS',
    'docs/CODEOWNERS',
    'deploy/**',
  ]);
});
