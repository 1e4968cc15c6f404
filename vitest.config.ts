import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // `npm run test:long` runs those.
    exclude: [...configDefaults.exclude, '**/*.long.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // The default leaves one core idle, which on two cores doubles the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    setupFiles: ['test/seed.ts'],
    env: { NO_COLOR: '1' },
    coverage: { provider: 'v8', include: ['src/**'] },
  },
});
