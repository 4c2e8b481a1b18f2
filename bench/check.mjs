/**
 * The budget of the gate: CPU of the whole process, git among it, for ten changed files in a repository of 1,000 cards against a bundle
 * of 5,000 statements. Ends with 1 when it is exceeded.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfiguration } from '../dist/config/load.js';
import { writeBundle } from '../dist/snapshot/bundle.js';
import { readSources } from '../dist/sources/reading/read.js';
import { largeSnapshot } from './estate-generator.mjs';
import { median } from './measure.mjs';

const BUDGET_SECONDS = 3;
const RUNS = 3;
const program = fileURLToPath(new URL('../bin/tidemark.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
const repository = join(folder, 'repository');

const CONFIGURATION = `stores:
  - name: production
    role: operational
    engine: postgres
    match: [{ tool: metabase }]
zones: { internal: ["app.*", "shop.*"] }
sources:
  - { path: dashboards, tool: metabase }
  - { path: reports, store: production }
  - { path: models, store: production }
migrations: [{ path: migrations, store: production }]
`;

function git(...args) {
  execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', '-c', 'commit.gpgsign=false', ...args], { cwd: repository, stdio: 'ignore' });
}

function write(file, text) {
  const path = join(repository, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const cardFile = (number) => `dashboards/card-${number}.json`;

/** A card as Metabase's interface exports it. */
function writeCard(number, title, sql) {
  const card = {
    id: number, name: title, description: null, type: 'question', query_type: 'native', display: 'table', archived: false, database_id: 2, table_id: null, source_card_id: null,
    dataset_query: { database: 2, type: 'native', native: { query: sql, 'template-tags': {} } }, parameters: [], parameter_mappings: [], visualization_settings: {}, collection_id: number % 40,
    collection: { id: number % 40, name: `Board ${number % 40}`, slug: `board_${number % 40}`, location: '/' }, creator_id: number % 12, creator: { id: number % 12, common_name: `Team ${number % 12}` },
    enable_embedding: false, public_uuid: null, created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', entity_id: null,
  };
  write(cardFile(number), `${JSON.stringify(card, null, 2)}\n`);
}

/** The clone as the nightly job saw it. */
function writeBase(queries) {
  mkdirSync(repository);
  git('init', '-q', '-b', 'main');
  write('tidemark.yaml', CONFIGURATION);
  write('dashboards/database.json', `${JSON.stringify({ data: [{ id: 2, name: 'Production', engine: 'postgres', details: { dbname: 'estate' } }], total: 1 })}\n`);
  for (const { id, title, raw } of queries) writeCard(Number(id.split(':').at(-1)), title, raw);
  for (let number = 0; number < 20; number++) write(`reports/report-${number}.sql`, `SELECT status, count(*) AS n FROM app.${name(number)} GROUP BY status ORDER BY n DESC;\n`);
  for (let number = 0; number < 20; number++) write(`models/model_${number}.sql`, `SELECT region_code, sum(amount) AS amount FROM app.${name(number + 40)} WHERE status <> 'CLOSED' GROUP BY region_code\n`);
  write('migrations/001_begin.sql', 'SELECT 1;\n');
  git('add', '-A');
  git('commit', '-q', '-m', 'base');
}

const SUBJECTS = ['case_file', 'task', 'invoice', 'payment', 'shipment', 'customer', 'order_line', 'refund', 'inspection', 'licence'];
const name = (number) => `${SUBJECTS[number % 4 + 1]}_${number}`;

/** Ten files: four cards edited, two added, two reports, a model and a migration. */
function writeChange(queries) {
  const byNumber = new Map(queries.map((query) => [Number(query.id.split(':').at(-1)), query]));
  for (const number of [3, 207, 405, 608]) writeCard(number, byNumber.get(number).title, byNumber.get(number).raw.replace('CLOSED', 'DONE'));
  for (const number of [2001, 2002]) writeCard(number, `Open invoice ${number}`, `SELECT count(*) AS open_invoices, sum(amount) AS total FROM app.invoice_${number - 1990} WHERE status <> 'CLOSED'`);
  write('reports/report-3.sql', `SELECT kind, count(*) AS n, sum(amount) AS total FROM app.${name(3)} WHERE created_at > now() - interval '30 days' GROUP BY kind;\n`);
  write('reports/customers.sql', 'SELECT email, count(*) AS orders FROM app.customer_7 GROUP BY email;\n');
  write('models/model_5.sql', `SELECT region_code, sum(amount) AS amount, max(email) AS email FROM app.${name(45)} WHERE status <> 'DONE' GROUP BY region_code\n`);
  write('migrations/002_rename.sql', 'ALTER TABLE app.task_11 RENAME COLUMN amount TO amount_cents;\n');
  git('add', '-A');
  git('commit', '-q', '-m', 'change');
}

/** CPU of the process and all its children, by the shell's own count. */
function cpuSeconds() {
  const out = join(folder, 'report.json');
  const script = '"$0" "$@" >/dev/null 2>"$OUT.err"; status=$?; times; exit $status';
  const run = spawnSync('sh', ['-c', script, process.execPath, program, 'check', '--bundle', join(folder, 'nightly.tidemark'), '--since', 'HEAD~1', '--format', 'json', '--output', out], { cwd: repository, encoding: 'utf8', env: { ...process.env, OUT: out } });
  if (![0, 1].includes(run.status)) throw new Error(`tidemark check ended with ${run.status}: ${readFileSync(`${out}.err`, 'utf8')}`);
  const [, children = ''] = run.stdout.trim().split('\n');
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0);
  return { seconds, report: JSON.parse(readFileSync(out, 'utf8')) };
}

try {
  const { queries, ...rest } = largeSnapshot();
  writeBase(queries);
  const { configuration } = await loadConfiguration(join(repository, 'tidemark.yaml'), { environment: {}, connects: false, displayName: 'tidemark.yaml' });
  const read = await readSources(configuration.sources, { baseDirectory: repository });
  await writeBundle(join(folder, 'nightly.tidemark'), { ...rest, queries: read.queries.toSorted((a, b) => (a.id < b.id ? -1 : 1)), sources: read.sources, gaps: read.gaps });
  writeChange(queries);
  const runs = Array.from({ length: RUNS }, cpuSeconds);
  const seconds = median(runs.map((run) => run.seconds));
  const { counts, looked, files } = runs[0].report.check;
  process.stdout.write(`${seconds <= BUDGET_SECONDS ? 'ok  ' : 'OVER'}  check of ${files.length} changed files: 5,000 statements, 1,000 cards, git among it  ${seconds.toFixed(2)} s CPU budget ${BUDGET_SECONDS} s CPU\n`);
  process.stdout.write(`      ${counts.new} new, ${counts.unchanged} unchanged, ${counts.fixed} fixed; looked at ${looked.queries} queries and ${looked.statements} statements\n`);
  process.exitCode = seconds <= BUDGET_SECONDS ? 0 : 1;
} finally {
  if (process.env['KEEP'] === undefined) rmSync(folder, { recursive: true, force: true });
  else process.stdout.write(`${folder}\n`);
}
