import { defineConfig } from 'vitest/config';

/** Tests that watch a living system with a clock in their hands. Beside tests that need all of the machine they would wait in vain. */
const LIVING = ['test/cli/demo/live*.test.ts', 'test/cli/watch*.test.ts', 'test/cli/serve.test.ts', 'test/cli/replay.test.ts'];

/**
 * Tests of what is computed without a server or a clock. Files of one worker share what they have loaded (parsers, rules, schemas), which
 * takes two fifths off their CPU time (measured over 97 files: 64 s, 107 s where each loads its own).
 */
const COMPUTED = ['classify', 'config', 'contracts', 'control', 'design', 'facts', 'findings', 'graph', 'guess', 'impact', 'metrics', 'migrations', 'official', 'plan', 'privacy', 'report', 'review', 'rules', 'sources', 'sql', 'template', 'text', 'workload'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

// The others start servers and processes and wait for them a good part of their time: three at once keep two cores busy.
export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    // Process-level tests start Node, and store tests a database server, on a machine that may be busy.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    pool: 'forks',
    restoreMocks: true,
    // A golden text that is missing is written for a person to read, never in continuous integration.
    update: false,
    projects: [
      { extends: true, test: { name: 'living', include: LIVING, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'computed', include: COMPUTED, isolate: false, sequence: { groupOrder: 1 } } },
      { extends: true, test: { name: 'others', include: ['test/**/*.test.ts'], exclude: [...LIVING, ...COMPUTED], maxWorkers: 3, sequence: { groupOrder: 2 } } },
    ],
  },
});
