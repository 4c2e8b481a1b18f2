import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit.js';
import { defaultThresholds } from '../../src/config/defaults.js';
import type { Configuration } from '../../src/model/configuration.js';
import type { Finding } from '../../src/model/finding.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import { loadRules } from '../../src/rules/load.js';
import { collectSnapshot } from '../../src/snapshot/collect.js';
import { card, configuration } from '../support/estate.js';
import { type TestServer, installedServers, startServer } from '../support/postgres.js';

const servers = installedServers().filter(({ major }) => major === 15 || major === 18);

const CASES = 60_000;
const SETUP = [
  'CREATE EXTENSION pg_stat_statements',
  "CREATE ROLE case_app LOGIN PASSWORD 'ebb'; CREATE ROLE metabase_ro LOGIN PASSWORD 'ebb'; CREATE ROLE casework_migrator LOGIN PASSWORD 'ebb'; CREATE ROLE tidemark LOGIN PASSWORD 'ebb' IN ROLE pg_monitor",
  'CREATE SCHEMA app AUTHORIZATION casework_migrator; GRANT USAGE ON SCHEMA app TO case_app, metabase_ro, tidemark',
  'CREATE TABLE app.case_file (case_id int PRIMARY KEY, status text NOT NULL, opened_at timestamptz NOT NULL, note text); ALTER TABLE app.case_file OWNER TO casework_migrator',
  'CREATE TABLE app.task (task_id int PRIMARY KEY, case_id int NOT NULL, state text NOT NULL); ALTER TABLE app.task OWNER TO casework_migrator',
  'CREATE INDEX case_file_opened ON app.case_file (opened_at)',
  'GRANT SELECT, INSERT, UPDATE ON app.case_file, app.task TO case_app; GRANT SELECT ON app.case_file, app.task TO metabase_ro',
];
const BY_STATUS = 'SELECT status, count(*) FROM app.case_file GROUP BY status';
const LATEST = "SELECT date_trunc('day', opened_at) AS opened_on, count(*) FROM app.case_file WHERE opened_at > '2026-02-25' GROUP BY 1";
const BACKLOG = "SELECT count(*) FROM app.case_file WHERE note <> 'x'";

describe.each(servers)('on PostgreSQL $major', (binaries) => {
  let server: TestServer;
  let settings: Configuration;
  const open: pg.Client[] = [];

  async function connect(user: string, application: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: server.url('casework', user, 'ebb'), application_name: application });
    // The server ends them while they wait.
    client.on('error', () => undefined);
    await client.connect();
    open.push(client);
    return client;
  }

  /** Asks until the answer is yes; the test's own limit is what ends it. */
  async function until(question: string): Promise<void> {
    const client = new pg.Client({ connectionString: server.url('casework') });
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

  const cards = [card(BY_STATUS), card(LATEST, { id: 'metabase:casework:card:119', title: 'Cases opened lately' })];
  const collect = (): Promise<Snapshot> => collectSnapshot({ configuration: settings, read: { queries: cards, sources: [], gaps: [] }, environment: {}, homeDirectory: null });
  const judged = async (snapshot: Snapshot, ids: string[]): Promise<Finding[]> =>
    (await audit(snapshot, settings, (await loadRules()).filter(({ id }) => ids.includes(id)), '0.0.0')).findings;

  beforeAll(async () => {
    server = await startServer(binaries, { settings: { autovacuum: 'off' } });
    settings = configuration({
      stores: [{ name: 'production', role: 'operational', engine: 'postgres', url: server.url('casework', 'tidemark', 'ebb'), match: [{ tool: 'metabase' }] }],
      thresholds: { ...defaultThresholds, reporting_transaction_seconds_max: 1, idle_in_transaction_timeout_seconds_max: 1 },
    });
    await server.run('CREATE DATABASE casework');
    await server.run(SETUP, 'casework');
  }, 60_000);

  afterAll(async () => {
    await Promise.allSettled(open.map((client) => client.end()));
    await server.stop();
  });

  test('a dashboard idle in its transaction holds vacuum back, and the application waits for it behind a migration', { timeout: 60_000 }, async () => {
    const application = await connect('case_app', 'case-api');
    await application.query("INSERT INTO app.case_file SELECT g, 'OPEN', timestamptz '2026-02-01' + g * interval '1 minute', 'first call' FROM generate_series(1, 200) g");

    const dashboard = await connect('metabase_ro', 'Metabase v0.57.4');
    await dashboard.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await dashboard.query(BY_STATUS);
    for (let id = 1; id <= 20; id++) await application.query('UPDATE app.case_file SET status = $1 WHERE case_id = $2', ['CLOSED', id]);

    const migration = await connect('casework_migrator', 'flyway');
    const altered = migration.query('ALTER TABLE app.case_file ADD COLUMN channel text');
    await until("EXISTS (SELECT FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock')");
    const updated = application.query('UPDATE app.case_file SET status = $1 WHERE case_id = $2', ['OPEN', 1]);
    await until('(SELECT count(*) FROM pg_locks WHERE NOT granted) >= 2');
    await until("EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'metabase_ro' AND xact_start < clock_timestamp() - interval '2 seconds')");

    const snapshot = await collect();
    await dashboard.query('ROLLBACK');
    await Promise.all([altered, updated]);

    expect(snapshot.gaps).toEqual([]);
    const findings = await judged(snapshot, ['reporting-holds-vacuum-back', 'reporting-idles-in-transaction', 'reporting-blocks-application', 'vacuum-held-back-by-other']);
    expect(findings.map(({ ruleId, consumer, owner }) => `${ruleId} | ${consumer} | ${owner}`)).toEqual([
      'reporting-blocks-application | role metabase_ro | Mara Lindqvist',
      'reporting-holds-vacuum-back | role metabase_ro | Mara Lindqvist',
    ]);
    const [blocks, holds] = findings;
    expect(blocks?.message).toMatch(/^production made role case_app \(case-api\) wait \d.* for a lock of role metabase_ro \(reporting\)$/);
    expect(blocks?.evidence).toContain('it stood behind role casework_migrator (flyway), which waited for the same session');
    expect(holds?.message).toMatch(/^production cannot clean up behind role metabase_ro \(reporting\), which kept a transaction open for \d/);
    expect(holds?.evidence).toContain('seen idle in transaction in 1 of 1 look, as Metabase v0.57.4');
    expect(holds?.evidence).toContain('its statement, or its last one, is of metabase card 118 Open cases');
    // Twenty updates, and the migration behind them.
    expect(holds?.evidence.find((line) => line.includes('begun since'))).toMatch(/^2\d transactions were begun since/);

    const after = await judged(await collect(), ['reporting-holds-vacuum-back', 'reporting-idles-in-transaction', 'reporting-blocks-application', 'vacuum-held-back-by-other']);
    expect(after).toEqual([]);
  });

  test('an index of the dashboard, and a statement that grows with its table, by what the server counted in a month', { timeout: 60_000 }, async () => {
    // What was there before the server counts tells a table that grows from one that was restored.
    await server.run("INSERT INTO app.case_file SELECT g, 'OPEN', timestamptz '2026-01-01', repeat('n', 200) FROM generate_series(1000001, 1020000) g", 'casework');
    // A session tells what it counted when it ends at the latest: only another one sets it back for good.
    await until("(SELECT n_tup_ins >= 20000 FROM pg_stat_user_tables WHERE relname = 'case_file')");
    await server.run('SELECT pg_stat_reset()', 'casework');
    const application = await connect('case_app', 'case-api');
    await application.query(`INSERT INTO app.case_file SELECT g, 'OPEN', timestamptz '2026-02-01' + g * interval '1 minute', repeat('n', 200) FROM generate_series(1000, ${999 + CASES}) g`);
    for (let call = 0; call < 5; call++) await application.query(BACKLOG);
    const dashboard = await connect('metabase_ro', 'Metabase v0.57.4');
    await dashboard.query('SET enable_seqscan = off; SET enable_bitmapscan = off');
    for (let call = 0; call < 5; call++) await dashboard.query(LATEST);
    await Promise.all([application.end(), dashboard.end()]);
    await server.run('VACUUM ANALYZE app.case_file', 'casework');
    await until("(SELECT n_tup_ins >= 60000 FROM pg_stat_user_tables WHERE relname = 'case_file') AND (SELECT idx_scan >= 5 FROM pg_stat_user_indexes WHERE indexrelname = 'case_file_opened')");

    const snapshot = await collect();
    const [production] = snapshot.stores;
    const ids = ['index-serves-only-reports', 'will-outgrow-its-bound'];
    // Nobody claims anything after a minute.
    expect(await judged(snapshot, ids)).toEqual([]);

    const monthAgo = new Date(Date.parse(production?.statementWindow?.until ?? '') - 30 * 86_400_000).toISOString();
    if (!production?.statementWindow || !production.databaseStatistics) throw new Error('the server told nothing of its statistics');
    const month: Snapshot = {
      ...snapshot,
      stores: [{ ...production, statementWindow: { ...production.statementWindow, since: monthAgo }, databaseStatistics: { ...production.databaseStatistics, since: monthAgo } }],
    };
    const findings = await judged(month, ids);
    const [index, grows, ...more] = findings.toSorted((a, b) => (a.ruleId < b.ruleId ? -1 : 1));
    expect(more).toEqual([]);
    expect(index).toMatchObject({ ruleId: 'index-serves-only-reports', consumer: '', relation: 'app.case_file_opened' });
    expect(grows).toMatchObject({ ruleId: 'will-outgrow-its-bound', consumer: 'role case_app', relation: 'app.case_file' });
    expect(grows?.message).toMatch(/^role case_app reads all of app\.case_file, and passes 64 MiB a call about \d{4}-\d\d-\d\d$/);
    expect(index?.evidence).toContain('on app.case_file: opened_at');
    expect(index?.evidence.find((line) => line.startsWith('used '))).toMatch(/^used \d+ times since [\d-]{10}, by metabase card 119 Cases opened lately in 5 calls$/);
  });
});
