import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HistoryAnswer } from '../../../src/cli/metrics/history/answer.js';
import { hashOf } from '../../../src/cli/metrics/history/period-hash.js';
import { readBundle } from '../../../src/snapshot/bundle.js';
import { sameHash } from '../../../src/history/journal-line.js';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';
import { tidemarkHere } from '../in-process.js';

const CONTROL = `CREATE TABLE analytics_control.data_restatement_run (restatement_run_id text PRIMARY KEY, reason text NOT NULL, affected_data_products text[] NOT NULL, affected_period_start date NOT NULL,
  affected_period_end date NOT NULL, source_change_reference text NOT NULL, executed_at timestamptz NOT NULL, executed_by text NOT NULL, validation_result text NOT NULL, status text NOT NULL)`;
const VIEWS = [
  'CREATE VIEW semantic.revenue_daily AS SELECT CAST(placed_at AS date) AS day, channel, sum(amount) AS revenue FROM analytics.fact_order GROUP BY 1, 2',
  "CREATE VIEW semantic.lately AS SELECT CAST(placed_at AS date) AS day, count(*) AS orders FROM analytics.fact_order WHERE placed_at > now() - interval '90 days' GROUP BY 1",
];
const SCHEMAS = ['CREATE SCHEMA analytics', 'CREATE SCHEMA semantic', 'CREATE SCHEMA analytics_control'];
/** Whole days from three years ago to tomorrow, so that what is closed does not depend on the day of the test. */
const COLUMNS = "CASE WHEN n % 3 = 0 THEN 'PHONE' ELSE 'WEB' END AS channel, CAST(n AS decimal(12,2)) AS amount, CAST(n AS double precision) * 1.1 AS ratio";

let folder = '';
let server: TestServer;

async function inDuckdb(...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path.join(folder, 'warehouse.duckdb'));
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-history-'));
  server = await startServer(bundledServer());
  await server.run([
    ...SCHEMAS, `CREATE TABLE analytics.fact_order AS SELECT n AS id, now() - interval '1 day' * (1100 - n) AS placed_at, ${COLUMNS} FROM generate_series(0, 1100) n`, ...VIEWS, CONTROL,
    "CREATE ROLE auditor LOGIN PASSWORD 'harbour'", 'GRANT pg_read_all_stats, pg_read_all_data TO auditor',
  ]);
  await inDuckdb(...SCHEMAS, `CREATE TABLE analytics.fact_order AS SELECT n AS id, now() - interval (1100 - n) day AS placed_at, ${COLUMNS} FROM range(1101) t(n)`, ...VIEWS, CONTROL);
  writeFileSync(path.join(folder, 'tidemark.yaml'), `stores:
  - { name: lake, role: warehouse, engine: duckdb, url: warehouse.duckdb }
  - { name: marts, role: warehouse, engine: postgres, url: "\${env:MARTS}" }
  - { name: production, role: operational, engine: duckdb, url: warehouse.duckdb }
zones:
  semantic: ["semantic.*"]
data_products:
  - { name: orders, store: lake, relation: analytics.fact_order }
  - { name: order_facts, store: marts, relation: analytics.fact_order }
metrics:
  - { name: Web revenue, store: lake, relation: analytics.fact_order, formula: sum(amount), eligibility: "channel = 'WEB' -- as on the site", time: { column: placed_at, zone: Europe/Paris }, owner: Finance }
  - { name: Ratio, store: marts, relation: analytics.fact_order, formula: sum(ratio), time: { column: placed_at, zone: Asia/Jakarta, grain: day } }
  - { name: Orders, store: production, relation: analytics.fact_order, formula: count(*), time: { column: placed_at } }
  - { name: Untimed, store: lake, relation: analytics.fact_order, formula: count(*) }
  - { name: Slow, store: marts, relation: analytics.fact_order, formula: "max(length(pg_read_file('PG_VERSION')))", time: { column: placed_at } }
`);
}, 90_000);

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const look = (...args: string[]) => tidemarkHere(['metrics', 'history', '--no-progress', ...args], { cwd: folder, env: { XDG_STATE_HOME: path.join(folder, 'state'), MARTS: server.url('postgres', 'auditor', 'harbour') } });

async function answerOf(...args: string[]): Promise<HistoryAnswer & { code: number }> {
  const { stdout, code } = await look('--format', 'json', ...args);
  const answer: HistoryAnswer = JSON.parse(stdout);
  return { ...answer, code: code ?? -1 };
}

function journal(): string {
  const [system = ''] = readdirSync(path.join(folder, 'state/tidemark'));
  return path.join(folder, 'state/tidemark', system, 'closed-periods');
}

describe('closed periods of metrics', () => {
  test('are remembered at the first look, with what is not remembered and why', async () => {
    const answer = await answerOf();
    expect(answer.metrics.map(({ metric, store, look: how, period }) => `${metric} ${store} ${period} ${how}`)).toEqual([
      'Ratio marts day begun', 'Web revenue lake month begun', 'semantic.revenue_daily lake month begun', 'semantic.revenue_daily marts month begun',
    ]);
    expect(answer.metrics.every(({ periods }) => periods >= 30 && periods <= 36)).toBe(true);
    expect(answer.notAsked.map(({ metric, why }) => `${metric}: ${why}`)).toEqual([
      'Orders: it is measured on an operational store: tidemark does not read its history there, and rows there show the present state',
      'Untimed: it declares no time column',
      'semantic.lately: closed periods change by themselves: in semantic.lately, now() is another moment each time',
      'Slow: not asked: it calls pg_read_file(), which may give values of rows or do more than compute',
      'semantic.lately: closed periods change by themselves: in semantic.lately, now() is another moment each time',
    ]);
    expect(answer.cost.map(({ store, statements }) => `${store} ${statements > 0}`)).toEqual(['lake true', 'marts true']);
    expect(answer.code).toBe(0);
  });

  test('hold no number: every hash is keyed', () => {
    const text = readdirSync(journal()).filter((name) => name.endsWith('.ndjson')).map((name) => readFileSync(path.join(journal(), name), 'utf8')).join('');
    const hashes = [...text.matchAll(/"\d{4}-\d\d-\d\d":"([^"]*)"/g)].map(([, hash]) => hash ?? '');
    expect(hashes.length).toBeGreaterThan(100);
    expect(hashes.filter((hash) => !/^(?:[0-9a-f]{32}(?::[0-9a-f]{32})?)?$/.test(hash))).toEqual([]);
  });

  test('that changed are told with their restatement, in the audit and in bundles too', async () => {
    await inDuckdb("UPDATE analytics.fact_order SET amount = amount + 1 WHERE channel = 'WEB' AND placed_at >= now() - interval 400 day AND placed_at < now() - interval 399 day");
    await server.run([
      "UPDATE analytics.fact_order SET amount = amount + 1 WHERE placed_at BETWEEN now() - interval '700 days' AND now() - interval '698 days'",
      "INSERT INTO analytics_control.data_restatement_run VALUES ('r-7', 'a wrong rate', '{order_facts}', current_date - 800, current_date - 600, 'CH-7', now(), 'loader', '{\"checked\": 3}', 'SUCCEEDED')",
    ]);
    const answer = await answerOf();
    const told = answer.metrics.map(({ metric, store, changes }) => `${metric} ${store}: ${changes.map(({ verdict, restatement }) => `${verdict} ${restatement ?? '-'}`).join(', ')}`);
    expect(told[0]).toBe('Ratio marts: ');
    expect(told[1]).toBe('Web revenue lake: unexplained -');
    expect(told[2]).toBe('semantic.revenue_daily lake: unexplained -');
    expect(told[3]).toMatch(/^semantic\.revenue_daily marts: explained r-7(?:, explained r-7)?$/);
    expect(answer.code).toBe(1);
    const bundle = path.join(folder, 'b.tidemark');
    await tidemarkHere(['collect', '--no-progress', '-o', bundle], { cwd: folder, env: { XDG_STATE_HOME: path.join(folder, 'state'), MARTS: server.url('postgres', 'auditor', 'harbour') } });
    expect((await readBundle(bundle)).closedPeriods?.map(({ metric, store }) => `${metric} ${store}`)).toEqual(['Ratio marts', 'Web revenue lake', 'semantic.revenue_daily lake', 'semantic.revenue_daily marts']);
    const audited = await tidemarkHere(['audit', bundle, '--no-progress', '--format', 'ndjson'], { cwd: folder });
    expect(audited.stdout.split('\n').filter((line) => line.includes('"history-changed-unexplained"')).length).toBe(2);
  });

  test('as a page for people', async () => {
    const { stdout, code } = await look('Web*');
    expect(stdout).toContain('Of 1 metric, closed periods of 1 changed without a restatement.');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/Web revenue \(analytics\.fact_order on lake\): \d\d closed months, \d{4}-\d\d to \d{4}-\d\d: 1 changed \(since \d{4}-\d\d-\d\d\) \d{4}-\d\d changed between .* UTC and .* UTC: no restatement explains it asked: lake 2 statements in .* ms; only keyed hashes are kept/);
    expect(code).toBe(1);
    const sql = await look('Web revenue', '--sql');
    expect(sql.stdout).toMatch(/^-- Web revenue on lake\nSELECT .* AT TIME ZONE 'Europe\/Paris'/);
    const unknown = await look('Web revenu');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("no declared metric is called 'Web revenu'; did you mean 'Web revenue'?")]);
  });

  test('of a line that was cut off and of a key that is another, it is told', async () => {
    const [file = ''] = readdirSync(journal()).filter((name) => name.endsWith('.ndjson'));
    appendFileSync(path.join(journal(), file), '{"schemaVersion":1,"at":"2026-');
    const [one, other] = await Promise.all([answerOf('Ratio'), answerOf('Ratio')]);
    const after = await answerOf('Ratio');
    expect(after.gaps.map(({ cause }) => cause)).toEqual([expect.stringMatching(/\.ndjson: 1 line is none that tidemark wrote, or cut off$/)]);
    expect([one.metrics[0]?.changes, other.metrics[0]?.changes, after.metrics[0]?.changes, after.code]).toEqual([[], [], [], 0]);
    writeFileSync(path.join(journal(), 'key'), 'mine');
    expect((await look('Ratio')).stderr).toContain('is not a key that tidemark wrote');
    rmSync(path.join(journal(), 'key'));
    expect((await answerOf('Ratio')).metrics.map(({ look: how }) => how)).toEqual(['begun']);
  });
});

test('an equal sum of floating point is one value in whatever order it was added', () => {
  const key = { id: 'k', hash: (...parts: readonly string[]) => Buffer.from(JSON.stringify(parts)).toString('hex') };
  const hash = (value: number, kind = 'double precision'): string => hashOf(key, { metric: 'm', store: 's' }, '2026-01-01', { value: String(value), kind });
  for (const sum of [0.1, 1.2345678905, 1e10 - 1e-5, 1e15 / 3, -2.5e-7, 4.00000000005, 123456.7]) {
    for (const noise of [1 - 4e-16, 1 + 4e-16, 1 + 2e-15]) expect(sameHash(hash(sum), hash(sum * noise))).toBe(true);
    expect(sameHash(hash(sum), hash(sum * (1 + 1e-8)))).toBe(false);
  }
  expect(sameHash(hash(1.1, 'real'), hash(1.1 * (1 + 2e-7), 'real'))).toBe(true);
  expect(sameHash(hash(1.1, 'real'), hash(1.11, 'real'))).toBe(false);
  expect(sameHash(hash(1.1, 'numeric'), hash(1.1 + 1e-15, 'numeric'))).toBe(false);
});
