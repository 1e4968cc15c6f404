// The policy of a repository that has none; written by scripts/default-policy.ts from the schema, not by hand.
import type { Policy } from './schema.ts';

/** Everything is judged and reported, nothing fails. */
export function defaultPolicy(): Policy {
  return {
    version: 1,
    enforce: 'observe',
    unknownAuthors: 'neutral',
    people: new Map(),
    tiers: {
      executive: { complexity: 8, functionLines: 60, delete: [], files: 50, lines: 5000 },
      implementer: { complexity: 8, functionLines: 60, delete: [], files: 50, lines: 5000 },
      validator: { complexity: 8, functionLines: 60, delete: [], files: 50, lines: 5000 },
      human: { complexity: null, functionLines: null, delete: ['**'], files: null, lines: null },
    },
    plan: { phases: [], protected: [] },
    checks: {
      separate: false,
      testGlobs: ['**/*.test.*', '**/*.spec.*', '**/test/**', '**/tests/**', '**/__tests__/**'],
      scope: { mode: 'require' },
      locks: { mode: 'require' },
      complexity: {
        max: 8,
        functionLines: 60,
        variant: 'classic',
        mode: 'ratchet',
        exclude: [],
        languages: ['typescript', 'python', 'go', 'java', 'rust'],
      },
      rules: {
        suppressions: 'ratchet',
        emptyCatch: 'ratchet',
        unboundedLoop: 'report',
        recursion: 'report',
        parameters: 'off',
        parametersMax: 5,
        documentedExports: 'off',
        anyTypes: 'off',
        nonNull: 'off',
        eval: 'off',
        tests: false,
        exclude: [],
      },
      size: {
        mode: 'require',
        exclude: [
          '**/package-lock.json',
          '**/npm-shrinkwrap.json',
          '**/yarn.lock',
          '**/pnpm-lock.yaml',
          '**/Cargo.lock',
          '**/go.sum',
          '**/poetry.lock',
          '**/uv.lock',
        ],
      },
    },
    locks: { ttlSeconds: 3600, maxPerAgent: 10 },
    log: { writers: 'anyone', repository: 'same' },
    triggers: [],
    retention: { closedTasksSeconds: 2592000, ackedMessagesSeconds: 1209600 },
  };
}
