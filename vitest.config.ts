import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    // Process-level tests start Node, and store tests a database server, on a machine that may be busy.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    pool: 'forks',
    restoreMocks: true,
    // A golden text that is missing is written for a person to read, never in continuous integration.
    update: false,
  },
});
