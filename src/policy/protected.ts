// What no agent changes unless the plan lets it.

/** Files that steer automation or review: changing them is how an agent would widen its own rights. */
export const protectedByDefault: readonly string[] = [
  '.gitmodules',
  '.gitattributes',
  '.github/workflows/**',
  '.github/actions/**',
  '.github/coord.yml',
  'CODEOWNERS',
  '.github/CODEOWNERS',
  'docs/CODEOWNERS',
];
