// The bounds one author's pull request is held to: those of the checks and of the author's tier, the stricter of each.
import type { Tier } from '../kernel/rules.ts';
import { protectedByDefault } from './protected.ts';
import type { Policy } from './schema.ts';

export interface AuthorBounds {
  /** Highest cyclomatic complexity of a function. */
  readonly complexityMax: number;
  /** Most lines of a function. */
  readonly functionLinesMax: number;
  /** Most changed files, or null for no bound. */
  readonly filesMax: number | null;
  /** Most lines added and removed, or null for no bound. */
  readonly linesMax: number | null;
  /** Globs of files that may be deleted whatever the phase. */
  readonly deleteGlobs: readonly string[];
}

/** `tier` is null for an author nobody knows, who is held to the same bounds as people. */
export function boundsFor(policy: Policy, tier: Tier | null): AuthorBounds {
  const { complexity, size } = policy.checks;
  const own = policy.tiers[tier ?? 'human'];
  return {
    complexityMax: stricter(complexity.max, own.complexity) ?? complexity.max,
    functionLinesMax:
      stricter(complexity.functionLines, own.functionLines) ?? complexity.functionLines,
    filesMax: stricter(size.files, own.files),
    linesMax: stricter(size.lines, own.lines),
    deleteGlobs: own.delete,
  };
}

/** Globs of all protected files: the built-in ones and the policy's. */
export function protectedGlobs(policy: Policy): readonly string[] {
  return [...protectedByDefault, ...policy.plan.protected];
}

function stricter(
  first: number | null | undefined,
  second: number | null | undefined,
): number | null {
  if (typeof first !== 'number') return second ?? null;
  return typeof second === 'number' ? Math.min(first, second) : first;
}
