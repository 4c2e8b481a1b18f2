/**
 * What a verdict on two definitions of a metric costs once the engine runs: every pair of a set of definitions, each with its
 * proof or its search, replay and words. The process's CPU time, all threads, since wall time says little on a shared machine.
 * Ends with 1 when a budget is exceeded.
 */
import { Comparer } from '../dist/cli/metrics/compare/comparer.js';
import { POSTGRES } from '../dist/sql/dialect.js';
import { createParsers } from '../dist/sql/parse/parsers.js';
import { median } from './measure.mjs';

const DDL = `
  CREATE TYPE case_status AS ENUM ('OPEN', 'IN_REVIEW', 'ESCALATED', 'CLOSED', 'CANCELLED', 'DUPLICATE');
  CREATE TABLE officer (officer_id bigint PRIMARY KEY, region text NOT NULL, active boolean NOT NULL);
  CREATE TABLE case_file (
    case_id bigint PRIMARY KEY, status case_status NOT NULL, officer_id bigint REFERENCES officer, priority int NOT NULL CHECK (priority BETWEEN 1 AND 5),
    opened_at timestamptz NOT NULL, closed_at timestamptz, amount numeric(12,2), is_test boolean NOT NULL,
    CONSTRAINT closed_has_a_date CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL)), CONSTRAINT in_order CHECK (closed_at >= opened_at)
  );
  CREATE TABLE task (task_id bigint PRIMARY KEY, case_id bigint NOT NULL REFERENCES case_file, done_at timestamptz);`;

/** Definitions of one number each: any two of a group may be held against each other on a dashboard. */
const GROUPS = {
  'one table, filters': [
    "SELECT count(*) FROM case_file WHERE status <> 'CLOSED'",
    'SELECT count(*) FROM case_file WHERE closed_at IS NULL',
    "SELECT count(*) FROM case_file WHERE status IN ('OPEN', 'IN_REVIEW', 'ESCALATED')",
    "SELECT count(*) FROM case_file WHERE status NOT IN ('CLOSED', 'CANCELLED', 'DUPLICATE')",
    "SELECT sum(CASE WHEN status = 'CLOSED' THEN 0 ELSE 1 END) FROM case_file",
    "SELECT count(*) FILTER (WHERE closed_at IS NULL AND NOT is_test) FROM case_file",
    "SELECT count(DISTINCT case_id) FROM case_file WHERE status <> 'CLOSED' AND priority < 6",
  ],
  'joins along keys': [
    "SELECT count(*) FROM case_file c JOIN officer o ON o.officer_id = c.officer_id WHERE c.closed_at IS NULL",
    "SELECT count(*) FROM case_file c LEFT JOIN officer o ON o.officer_id = c.officer_id WHERE c.closed_at IS NULL",
    "SELECT count(*) FROM case_file WHERE closed_at IS NULL AND officer_id IS NOT NULL",
    "SELECT count(*) FROM case_file c JOIN task t USING (case_id) WHERE c.closed_at IS NULL",
    "SELECT count(DISTINCT c.case_id) FROM case_file c JOIN task t USING (case_id) WHERE c.closed_at IS NULL",
    "SELECT count(*) FROM case_file c WHERE c.closed_at IS NULL AND EXISTS (SELECT 1 FROM task t WHERE t.case_id = c.case_id)",
  ],
  'groups, time and sub-queries': [
    "SELECT date_trunc('month', opened_at), count(*) FROM case_file GROUP BY 1",
    "SELECT date_trunc('month', opened_at) AS month, count(case_id) FROM case_file WHERE NOT is_test GROUP BY month",
    "SELECT date_trunc('month', closed_at), count(*) FROM case_file WHERE closed_at IS NOT NULL GROUP BY 1",
    "WITH m AS (SELECT date_trunc('month', opened_at) AS month FROM case_file) SELECT month, count(*) FROM m GROUP BY month",
    "SELECT date_trunc('week', opened_at), count(*) FROM case_file GROUP BY 1",
    "SELECT month, n FROM (SELECT date_trunc('month', opened_at) AS month, count(*) AS n FROM case_file GROUP BY 1) s WHERE n > 3",
  ],
};

const results = [];
function report(what, value, budget, unit) {
  results.push(value <= budget);
  const shown = (number) => (Math.abs(number) < 10 ? number.toFixed(2) : Math.round(number).toLocaleString('en'));
  process.stdout.write(`${value <= budget ? 'ok  ' : 'OVER'}  ${what.padEnd(62)} ${shown(value).padStart(8)} ${unit.padEnd(6)} budget ${shown(budget)} ${unit}\n`);
}

const session = { timeZone: null, searchPath: null };
const parsers = await createParsers();
const comparer = new Comparer(parsers, null, 3000);
const compare = (a, b) => comparer.compare({ a: { sql: a, name: 'A', session }, b: { sql: b, name: 'B', session }, dialect: POSTGRES, ddl: DDL, late: '', asserted: [], doubts: [], names: ['A', 'B'] });

async function cost_ms(work) {
  const from = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(from);
  return { result, cpu_ms: (user + system) / 1000, wall_ms: performance.now() - start };
}

const start = await cost_ms(() => compare('SELECT count(*) FROM officer', 'SELECT count(*) FROM officer WHERE active'));
process.stdout.write(`      the engine starts in ${Math.round(start.cpu_ms)} ms of CPU, ${Math.round(start.wall_ms)} ms\n`);
const all = [];
for (const [name, definitions] of Object.entries(GROUPS)) {
  const own = [];
  const verdicts = {};
  for (const [index, a] of definitions.entries()) {
    for (const b of definitions.slice(index + 1)) {
      const { result, cpu_ms, wall_ms } = await cost_ms(() => compare(a, b));
      own.push({ cpu_ms, wall_ms });
      verdicts[result.verdict ?? 'fault'] = (verdicts[result.verdict ?? 'fault'] ?? 0) + 1;
    }
  }
  all.push(...own);
  const cpu = own.map(({ cpu_ms }) => cpu_ms);
  process.stdout.write(`      ${name}: ${own.length} pairs, ${Object.entries(verdicts).map(([verdict, count]) => `${count} ${verdict}`).join(', ')}; median ${Math.round(median(cpu))} ms of CPU, slowest ${Math.round(Math.max(...cpu))} ms\n`);
}
const wall_seconds = all.reduce((sum, { wall_ms }) => sum + wall_ms, 0) / 1000;
report('one pair: median', median(all.map(({ wall_ms }) => wall_ms)), 50, 'ms');
report('one pair: slowest', Math.max(...all.map(({ wall_ms }) => wall_ms)), 3000, 'ms');
process.stdout.write(`      ${(all.length / wall_seconds).toFixed(1)} pairs a second; peak memory of the process ${Math.round(process.resourceUsage().maxRSS / 1000)} MB\n`);

await comparer.close();
await parsers.close();
process.exitCode = results.every(Boolean) ? 0 : 1;
