/**
 * The program of the parsers' threads. A thread is loaded by Node itself, which reads no TypeScript: where this module runs
 * from its source, as under a test runner, the thread runs from what was built.
 */
export const WORKER_FILE = new URL(import.meta.url.endsWith('.ts') ? '../../../dist/sql/parse/worker.js' : './worker.js', import.meta.url);
