/**
 * The budgets of help and audit, as CPU time, ratios and memory. Ends with 1 when one is exceeded.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configurationFromTargets } from '../dist/config/defaults.js';
import { buildBoundary } from '../dist/graph/boundary.js';
import { writeBundle } from '../dist/snapshot/bundle.js';
import { createPostgresParser } from '../dist/sql/parse/postgres.js';
import { largeSnapshot } from './estate-generator.mjs';
import { measure, median } from './measure.mjs';

const program = fileURLToPath(new URL('../bin/tidemark.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
const rows = [];

function report(what, value, budget, unit) {
  rows.push({ what, value, budget, unit });
  const shown = (number) => (Math.abs(number) < 10 ? number.toFixed(2) : Math.round(number).toLocaleString('en'));
  process.stdout.write(`${value <= budget ? 'ok  ' : 'OVER'}  ${what.padEnd(62)} ${shown(value).padStart(8)} ${unit.padEnd(6)} budget ${shown(budget)} ${unit}\n`);
}

try {
  const bare = measure(['-e', '0'], { runs: 9 });
  const help = measure([program, '--help'], { runs: 9 });
  report('tidemark --help: CPU beyond 1.5 times bare node', help.cpu_ms - 1.5 * bare.cpu_ms, 60, 'ms');

  const snapshot = largeSnapshot();
  const bundle = join(folder, 'large.tidemark');
  await writeBundle(bundle, snapshot);
  const audited = measure([program, 'audit', bundle, '--format', 'json'], { runs: 3, expectedStatus: [0, 1] });
  report(`audit of a bundle: 5,000 statements, 1,000 cards (${(statSync(bundle).size / 1e6).toFixed(1)} MB)`, audited.cpu_ms / 1000, 11, 's CPU');
  report('the same: peak memory', audited.memory_bytes / 1e6, 560, 'MB');

  const multiple = join(folder, 'four-times.tidemark');
  await writeBundle(multiple, largeSnapshot(4));
  const grown = measure([program, 'audit', multiple, '--format', 'json'], { runs: 1, expectedStatus: [0, 1] });
  report('audit of a bundle four times as large: times the CPU', grown.cpu_ms / audited.cpu_ms, 5, 'times');

  const parse = await createPostgresParser();
  const { configuration } = configurationFromTargets({ postgres: [], duckdb: [], dashboards: [] });
  const times = Array.from({ length: 5 }, () => {
    const [store] = snapshot.stores;
    const from = process.cpuUsage();
    buildBoundary(store, snapshot.queries, configuration, parse);
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000 / (store.statements.length + snapshot.queries.length);
  });
  report('facts of one statement, warm, lineage included', median(times), 2, 'ms');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

process.exitCode = rows.some(({ value, budget }) => value > budget) ? 1 : 0;
