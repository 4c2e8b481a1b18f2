import { expect, test } from 'vitest';
import { doctorPage } from '../../../src/cli/doctor/page.js';
import { notAvailable, reportOf, type DoctorReport } from '../../../src/doctor/check.js';
import { postgresExamined } from '../../../src/doctor/examine.js';
import type { PostgresFacts } from '../../../src/doctor/facts.js';
import { duckDbChecks } from '../../../src/doctor/look-duckdb.js';
import { SELF_MANAGED } from '../../../src/doctor/hosting.js';
import { remedyOf } from '../../../src/doctor/remedy.js';
import { sourceExamined } from '../../../src/doctor/sources.js';
import type { Catalog } from '../../../src/model/catalog.js';
import type { StoreConfiguration } from '../../../src/model/configuration.js';
import { createPage } from '../../../src/report/layout/page.js';
import { ACCESS, configured, facts, PRODUCTION, REPLICATION, SERVER, settings } from '../../doctor/facts.js';

const warehouse: StoreConfiguration = { name: 'warehouse', role: 'warehouse', engine: 'duckdb', url: null, match: [] };
const empty: Catalog = { relations: [], constraints: [], indexes: [], roles: [], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: {} };

/** An inherited system: a role of somebody, no rights on statistics, an unread pair, a tool that lets nobody in. */
function inherited(changes: Partial<PostgresFacts> = {}): DoctorReport {
  const identity = { ...facts().identity, role: 'consultant' };
  const relation = { number: 0, schema: 'app', name: 'case_file', kind: 'r', uses_schema: false, selects: false, missing_columns: [], row_security: false, hides_rows: false, shows_us: false, shows_target: false, foreign_server: null, mapped: null };
  const seen = facts({
    identity,
    server: { value: { ...SERVER, monitor: false, reads_statistics: false, target_exists: false, connection_limit: -1 } },
    access: { value: { ...ACCESS, reads_all: false } },
    settings: { value: settings({}) },
    replication: { value: { ...REPLICATION, lists_wal: false, hidden_senders: 2 } },
    relations: { value: [relation] },
    ...changes,
  });
  const needs = [{ schema: 'app', name: 'case_file', columns: ['opened_at'], purposes: ['reconciliation of cases'], required: true }];
  const duckdb = { path: 'warehouse.duckdb', version: '1.5.0', bytes: 9_437_184, log_bytes: 4_096, uncopied: null, catalog: empty, gaps: [], control: { watermarks: true, pipelineRuns: false } };
  return reportOf(
    [
      postgresExamined(seen, PRODUCTION, needs),
      { kind: 'store', name: 'warehouse', description: 'DuckDB 1.5.0, warehouse', engine: 'duckdb', role: 'warehouse', checks: duckDbChecks(duckdb, warehouse, configured([warehouse])), cost: { elapsed_ms: 41, queries: 8, received_bytes: 0 }, roleSql: null },
      sourceExamined({ name: 'https://bi.example', tool: 'metabase', isRemote: true, summary: null, problems: 0, example: null, gaps: [{ subject: 'https://bi.example', missing: 'every query of this source', cause: 'it refuses the key (401)', remedy: 'Correct the token, which is read from METABASE_KEY.', severity: 'blind' }] }),
    ],
    '1.0.0',
  );
}

const page = (width: number, report: DoctorReport, quiet = false): string => doctorPage(createPage(width, false), report, quiet).join('\n');

test('at 120 columns', () => {
  expect(page(120, inherited())).toMatchInlineSnapshot(`
    "Not everything can be looked at: 17 ok, 2 warnings, 5 not available

    production: PostgreSQL 16.4, operational
      ● ok             connection       db.example:5432/casework as consultant, TLSv1.3
      ● ok             role             writes to no table, no connection limit
      ● ok             session guards   read-only, with limits of time, from the start
      ● ok             server defaults  limits that other roles get are visible
      ● ok             clock            this machine and the server agree to 2 s
      ● ok             connections      136 of 200 free; tidemark uses 2 at most
      ● ok             statements       3,912 of 5,000 entries since 2026-05-11, no evictions
      ◌ not available  statement texts  consultant is not a member of pg_read_all_stats
          · lost: texts and identities of the statements of other roles
          → GRANT pg_monitor TO consultant; (by a superuser)
      ● ok             tracking         extension 1.10: track top, utility on, planning off
      ● ok             sampling         sessions show the number of their statement
      ● ok             catalogue        212 tables, 41 views, 91 functions
      ◌ not available  sessions         consultant is not a member of pg_read_all_stats
          · lost: sessions of other roles: long transactions, locks waited for, what holds vacuum back
          → GRANT pg_monitor TO consultant; (by a superuser)
      ● ok             table counters   of every table, counting for 41 days
      ● ok             guardrails       7 other logins, 5 without statement_timeout: see audit
      ▲ warning        replication      2 slots, 2 senders, 1 publication; wal_level logical; positions of 2 senders are
                                        hidden
          · lost: lag by hop: what was sent, written, flushed and replayed
          → GRANT pg_monitor TO consultant; (by a superuser)
      ◌ not available  WAL directory    consultant may not list it
          · lost: lag in seconds until watch has run for as long as the lag is
          → GRANT pg_monitor TO consultant; (by a superuser)
      ● ok             commit times     on: an idle server is told from a stuck stream
      ◌ not available  app.case_file    consultant lacks USAGE on its schema and SELECT on it
          · lost: reconciliation of cases
          → GRANT USAGE ON SCHEMA app TO consultant;
            GRANT SELECT ON app.case_file TO consultant;
            (by the owner of the relation or schema)

    warehouse: DuckDB 1.5.0, warehouse
      ● ok       file            warehouse.duckdb, 9 MiB, read by DuckDB 1.5.0
      ● ok       writer          a write-ahead log of 4 KiB: a loader has it open, or was cut off; read through a copy, log
                                 included
      ● ok       catalogue       0 tables, 0 views
      ▲ warning  control tables  watermarks of data products found, nothing else
          · lost: failed and late runs of pipelines
          → Name them under control in tidemark.yaml (watermarks, pipeline_runs), or map their columns under
            control.columns.

    https://bi.example: metabase, asked itself
      ◌ not available  tool  it refuses the key (401)
          · lost: every query of this source
          → Correct the token, which is read from METABASE_KEY.

    The least-privilege role for production (tidemark doctor --sql prints it alone)
      -- The least that tidemark needs in casework on db.example:5432 (PostgreSQL 16.4).
      -- Run it with psql in that database, as a superuser or who stands in for one on a managed service.
      CREATE ROLE tidemark_ro LOGIN CONNECTION LIMIT 5;
      -- No password stands here, where it would be logged. In psql: \\password tidemark_ro

      -- It has no limits of time of its own: each session of tidemark brings them along, with read-only transactions, and what a role
      -- has of its own hides the defaults of the server, by which all other roles are judged.

      -- Statistics of all roles, their statements and sessions, positions of replication. It reads no row of any table.
      GRANT pg_monitor TO tidemark_ro;
      GRANT CONNECT ON DATABASE casework TO tidemark_ro;

      -- The catalogue needs no SELECT. Rows are counted, and their times read, in these relations only, by the configuration:
      -- app.case_file: reconciliation of cases
      GRANT USAGE ON SCHEMA app TO tidemark_ro;
      GRANT SELECT ON app.case_file TO tidemark_ro;

    This look cost at most 79 ms of database time in 30 statements (production 38 ms, warehouse 41 ms)."
  `);
});

test('a healthy store is one screen of 24 lines and 80 columns, the prompt included', () => {
  const text = page(80, reportOf([postgresExamined(facts(), PRODUCTION, [])], '1.0.0'));
  expect(text.split('\n').length).toBeLessThan(24);
  expect(text).toMatchInlineSnapshot(`
    "Everything needed can be looked at: 18 ok, 0 warnings, 0 not available

    production: PostgreSQL 16.4, operational
      ● ok  connection       db.example:5432/casework as tidemark_ro, TLSv1.3
      ● ok  role             writes to no table, 2 connections, in pg_monitor
      ● ok  session guards   read-only, with limits of time, from the start
      ● ok  server defaults  limits that other roles get are visible
      ● ok  clock            this machine and the server agree to 2 s
      ● ok  connections      136 of 200 free; tidemark uses 2 at most
      ● ok  statements       3,912 of 5,000 entries since 2026-05-11, no evictions
      ● ok  statement texts  4 MiB read in 32 ms, counters in 11 ms
      ● ok  tracking         extension 1.10: track top, utility on, planning off
      ● ok  sampling         sessions show the number of their statement
      ● ok  catalogue        212 tables, 41 views, 91 functions
      ● ok  sessions         58 other sessions visible
      ● ok  table counters   of every table, counting for 41 days
      ● ok  guardrails       7 other logins, 5 without statement_timeout: see audit
      ● ok  replication      2 slots, 2 senders, 1 publication; wal_level logical
      ● ok  WAL directory    can be listed: lag in seconds from the first look on
      ● ok  commit times     on: an idle server is told from a stuck stream

    The role in production has what tidemark needs; tidemark doctor --sql prints it.
    This look cost at most 38 ms of database time in 22 statements."
  `);
});

test('SQL that is longer than a line stands alone and unbroken, so that what is copied runs', () => {
  const relation = { number: 0, schema: 'Mart', name: 'Case copy of the whole year', kind: 'r', uses_schema: false, selects: false, missing_columns: [], row_security: true, hides_rows: true, shows_us: false, shows_target: false, foreign_server: null, mapped: null };
  const need = { schema: 'Mart', name: 'Case copy of the whole year', columns: [], purposes: ['reconciliation of cases'], required: true };
  const text = page(60, reportOf([postgresExamined(facts({ relations: { value: [relation] } }), PRODUCTION, [need])], '1.0.0'));
  const lines = text.split('The least-privilege role')[0]?.split('\n').map((line) => line.trim().replace(/^→ /, ''));
  expect(lines).toContain('GRANT USAGE ON SCHEMA "Mart" TO tidemark_ro;');
  expect(lines).toContain('GRANT SELECT ON "Mart"."Case copy of the whole year" TO tidemark_ro;');
  expect(lines).toContain('CREATE POLICY tidemark_ro_reads_all ON "Mart"."Case copy of the whole year" FOR SELECT TO tidemark_ro USING (true);');
});

test('SQL in brackets stays in its sentence', () => {
  const check = notAvailable('connection', 'connection', 'the server cancelled the first look at it', 'the whole store', remedyOf('Take the limit from the role (ALTER ROLE tidemark_ro RESET statement_timeout;), or run it again when the server is less busy.', SELF_MANAGED));
  const text = page(80, reportOf([{ kind: 'store', name: 'production', description: 'operational', engine: 'postgres', role: 'operational', checks: [check], cost: null, roleSql: null }], '1.0.0'));
  expect(text).toContain(`      → Take the limit from the role (ALTER ROLE tidemark_ro RESET
        statement_timeout;), or run it again when the server is less busy.`);
});

test('at 80 columns no line is longer, but those of SQL, which is copied', () => {
  const text = page(80, inherited());
  const [lines = ''] = text.split('The least-privilege role');
  expect(Math.max(...lines.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines).toMatchInlineSnapshot(`
    "Not everything can be looked at: 17 ok, 2 warnings, 5 not available

    production: PostgreSQL 16.4, operational
      ● ok             connection       db.example:5432/casework as consultant,
                                        TLSv1.3
      ● ok             role             writes to no table, no connection limit
      ● ok             session guards   read-only, with limits of time, from the
                                        start
      ● ok             server defaults  limits that other roles get are visible
      ● ok             clock            this machine and the server agree to 2 s
      ● ok             connections      136 of 200 free; tidemark uses 2 at most
      ● ok             statements       3,912 of 5,000 entries since 2026-05-11, no
                                        evictions
      ◌ not available  statement texts  consultant is not a member of
                                        pg_read_all_stats
          · lost: texts and identities of the statements of other roles
          → GRANT pg_monitor TO consultant; (by a superuser)
      ● ok             tracking         extension 1.10: track top, utility on,
                                        planning off
      ● ok             sampling         sessions show the number of their statement
      ● ok             catalogue        212 tables, 41 views, 91 functions
      ◌ not available  sessions         consultant is not a member of
                                        pg_read_all_stats
          · lost: sessions of other roles: long transactions, locks waited for, what
            holds vacuum back
          → GRANT pg_monitor TO consultant; (by a superuser)
      ● ok             table counters   of every table, counting for 41 days
      ● ok             guardrails       7 other logins, 5 without statement_timeout:
                                        see audit
      ▲ warning        replication      2 slots, 2 senders, 1 publication; wal_level
                                        logical; positions of 2 senders are hidden
          · lost: lag by hop: what was sent, written, flushed and replayed
          → GRANT pg_monitor TO consultant; (by a superuser)
      ◌ not available  WAL directory    consultant may not list it
          · lost: lag in seconds until watch has run for as long as the lag is
          → GRANT pg_monitor TO consultant; (by a superuser)
      ● ok             commit times     on: an idle server is told from a stuck
                                        stream
      ◌ not available  app.case_file    consultant lacks USAGE on its schema and
                                        SELECT on it
          · lost: reconciliation of cases
          → GRANT USAGE ON SCHEMA app TO consultant;
            GRANT SELECT ON app.case_file TO consultant;
            (by the owner of the relation or schema)

    warehouse: DuckDB 1.5.0, warehouse
      ● ok       file            warehouse.duckdb, 9 MiB, read by DuckDB 1.5.0
      ● ok       writer          a write-ahead log of 4 KiB: a loader has it open,
                                 or was cut off; read through a copy, log included
      ● ok       catalogue       0 tables, 0 views
      ▲ warning  control tables  watermarks of data products found, nothing else
          · lost: failed and late runs of pipelines
          → Name them under control in tidemark.yaml (watermarks, pipeline_runs), or
            map their columns under control.columns.

    https://bi.example: metabase, asked itself
      ◌ not available  tool  it refuses the key (401)
          · lost: every query of this source
          → Correct the token, which is read from METABASE_KEY.

    "
  `);
});

test('quiet shows what is not well, and the cost', () => {
  const text = page(100, inherited(), true);
  expect(text).not.toContain('● ok');
  expect(text).not.toContain('CREATE ROLE');
  expect(text).toContain('◌ not available  statement texts');
});

test('text from a server reaches the terminal without sequences', () => {
  const hostile = '\u001B[2J\u001B]0;owned\u0007evil\u202E';
  const text = page(100, inherited({ identity: { ...facts().identity, role: hostile, version: `16${hostile}` }, catalogue: { unread: hostile }, relations: { value: [] } }));
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/);
});
