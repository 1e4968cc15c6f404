import { configDefaults, defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** The tests that take their time: thousands of seeds, hundreds of killed processes, every attack on a real remote. */
export default defineConfig({
  test: {
    ...usual.test,
    include: ['src/**/*.long.test.ts', 'test/**/*.long.test.ts'],
    exclude: configDefaults.exclude,
  },
});
