import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../../src/audit.js';
import { defaultThresholds } from '../../src/config/defaults.js';
import type { Configuration } from '../../src/model/configuration.js';
import type { Report } from '../../src/model/report.js';
import { loadRules } from '../../src/rules/load.js';
import { collectSnapshot } from '../../src/snapshot/collect.js';
import { configuration } from '../support/estate.js';
import { type TestServer, bundledServer, startServer } from '../support/postgres.js';
import { PRIMARY, type Standby, startStandby } from '../support/standby.js';

const IDS = new Set(['replica-report-holds-primary-back', 'replica-cancels-reports', 'reporting-holds-vacuum-back', 'reporting-idles-in-transaction', 'vacuum-held-back-by-other']);

let primary: TestServer;
let standby: Standby;
let settings: Configuration;

beforeAll(async () => {
  primary = await startServer(bundledServer(), { ...PRIMARY, settings: { ...PRIMARY.settings, autovacuum: 'off' } });
  await primary.run('CREATE DATABASE casework');
  await primary.run([
    'CREATE EXTENSION pg_stat_statements',
    "CREATE ROLE metabase_ro LOGIN PASSWORD 'ebb'; CREATE ROLE tidemark LOGIN PASSWORD 'ebb' IN ROLE pg_monitor",
    'CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO metabase_ro',
    "CREATE TABLE app.case_file (case_id int PRIMARY KEY, status text NOT NULL); INSERT INTO app.case_file SELECT g, 'OPEN' FROM generate_series(1, 500) g",
    'GRANT SELECT ON app.case_file TO metabase_ro',
  ], 'casework');
  standby = await startStandby(bundledServer(), primary, 'reading', 'replica1');
  settings = configuration({
    stores: [
      { name: 'production', role: 'operational', engine: 'postgres', url: primary.url('casework', 'tidemark', 'ebb'), match: [] },
      { name: 'production-replica', role: 'replica', engine: 'postgres', url: standby.url('casework', 'tidemark', 'ebb'), match: [] },
    ],
    thresholds: { ...defaultThresholds, reporting_transaction_seconds_max: 1, idle_in_transaction_timeout_seconds_max: 1 },
  });
}, 120_000);

afterAll(async () => {
  await standby.stop();
  await primary.stop();
});

const HALF_DAY_MS = 43_200_000;

async function judged(): Promise<Report> {
  const collected = await collectSnapshot({ configuration: settings, read: { queries: [], sources: [], gaps: [] }, environment: {}, homeDirectory: null });
  // As if the counters had run for half a day: what a minute saw tells nothing of a day.
  const since = new Date(Date.parse(collected.takenAt) - HALF_DAY_MS).toISOString();
  const snapshot = { ...collected, stores: collected.stores.map((store) => ({ ...store, ...(store.databaseStatistics && { databaseStatistics: { ...store.databaseStatistics, since } }) })) };
  return audit(snapshot, settings, (await loadRules()).filter(({ id }) => IDS.has(id)), '0.0.0');
}

async function reading(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: standby.url('casework', 'metabase_ro', 'ebb'), application_name: 'Metabase v0.57.4' });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await client.query('SELECT status, count(*) FROM app.case_file GROUP BY status');
  return client;
}

/** Asks until the answer is yes; the test's own limit is what ends it. */
async function until(url: string, question: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (;;) {
      const { rows } = await client.query<{ yes: boolean }>(`SELECT ${question} AS yes`);
      if (rows[0]?.yes === true) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    await client.end();
  }
}

test('a report on a standby holds its primary back where it says what it sees, and is cancelled where it does not', { timeout: 90_000 }, async () => {
  const report = await reading();
  await until(standby.url('casework'), "EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'metabase_ro' AND xact_start < clock_timestamp() - interval '2 seconds')");
  await until(primary.url('casework'), "EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'reading' AND xmin IS NOT NULL)");
  const told = (await judged()).findings.map(({ ruleId, store, consumer }) => `${ruleId} | ${store} | ${consumer}`);
  expect(told).toEqual(['replica-report-holds-primary-back | production-replica | role metabase_ro']);
  await report.query('ROLLBACK');
  await report.end();

  await standby.run('ALTER SYSTEM SET hot_standby_feedback = off', "ALTER SYSTEM SET max_standby_streaming_delay = '0'", 'SELECT pg_reload_conf()');
  await until(primary.url('casework'), "NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'reading' AND xmin IS NOT NULL)");
  const doomed = await reading();
  await primary.run(['DELETE FROM app.case_file WHERE case_id < 100', 'VACUUM app.case_file'], 'casework');
  await until(standby.url('casework'), "(SELECT confl_snapshot > 0 FROM pg_stat_database_conflicts WHERE datname = 'casework')");
  await doomed.end();

  const { findings: [finding, ...more] } = await judged();
  expect(more).toEqual([]);
  expect(finding?.message).toMatch(/^production-replica \(replica\) cancelled 1 query in 12 h to keep up with its primary$/);
  expect(finding?.evidence).toContain('1 for rows that vacuum had removed on the primary');
  expect(finding?.evidence).toContain('replay waits at most 0 s for queries (max_standby_streaming_delay)');
  expect(finding?.evidence).toContain('hot_standby_feedback is off');
});
