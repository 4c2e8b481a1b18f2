import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import type { TestServer } from '../../support/postgres.js';

/**
 * A housing office and its warehouse in which everything that speaks of a person is marked: `zzcanary` in texts, digits that stand
 * nowhere else in numbers. Whatever tidemark writes is searched for the marks.
 */
export const PASSWORD = 'zzcanary-harbour-9917';

/** Values of rows. Each row holds one of each. */
const ROW = {
  name: 'Zzcanary Ünïcøde-Nuñez', email: 'zzcanary-row@example.org', phone: '+46 70-990 55 41 77', iban: 'GB42ZZCA00559910774421', ssn: '219-55-9917', note: 'zzcanary: asks for 東京 and an answer',
};

/** Literals in what the application sent. None of them looks like personal data, so only masking keeps them. */
const STATEMENTS = [
  "SELECT count(*) FROM app.tenant WHERE full_name = 'zzcanary select'",
  "DO $$ BEGIN PERFORM count(*) FROM app.tenant WHERE full_name = 'zzcanary do block'; END $$",
  "PREPARE by_name AS SELECT count(*) FROM app.tenant WHERE full_name = $1 OR note = 'zzcanary prepare'",
  "EXECUTE by_name('zzcanary execute')",
  "CREATE TEMPORARY TABLE found AS SELECT tenant_id FROM app.tenant WHERE full_name = 'zzcanary create table as'",
  "EXPLAIN SELECT tenant_id FROM app.tenant WHERE full_name = 'zzcanary explain'",
  "BEGIN", "DECLARE some_tenants CURSOR FOR SELECT tenant_id FROM app.tenant WHERE full_name = 'zzcanary cursor'", 'COMMIT',
  "CALL app.greet('zzcanary call')",
  "SET app.contact = 'zzcanary setting'",
  "NOTIFY tenants, 'zzcanary notification'",
  "UPDATE app.tenant SET note = note WHERE full_name = E'zzcanary escaped \\'string\\''",
  "SELECT count(*) /* for zzcanary-comment@example.org */ FROM app.tenant WHERE note = U&'zzcanary unicode'",
  "SELECT count(*) FROM app.tenant -- asked by zzcanary-trailing@example.org",
];

/** By an administrator: texts of utility statements are kept as they were sent. */
const ADMINISTRATION = [
  "COPY (SELECT * FROM app.tenant WHERE full_name = 'zzcanary copy') TO '%data%/tenants.csv'",
  "COPY (SELECT email FROM app.tenant) TO PROGRAM 'cat >/dev/null # zzcanary program'",
  "CREATE ROLE caretaker PASSWORD 'zzcanary password'",
  "ALTER ROLE caretaker VALID UNTIL '2031-01-01'",
];

/** Literals in definitions, which stay unless they are personal data. */
const DEFINITIONS = [
  "CREATE VIEW app.open_tenant AS SELECT tenant_id, email FROM app.tenant WHERE email <> 'zzcanary-view@example.org' AND phone <> '+46 70-990 55 41 78'",
  "ALTER TABLE app.tenant ADD CONSTRAINT not_the_office CHECK (email <> 'zzcanary-check@example.org')",
  "ALTER TABLE app.tenant ALTER COLUMN email SET DEFAULT 'zzcanary-default@example.org'",
  "CREATE INDEX tenant_office ON app.tenant (tenant_id) WHERE email = 'zzcanary-index@example.org'",
  "CREATE FUNCTION app.office() RETURNS text LANGUAGE sql AS $$ SELECT 'zzcanary-function@example.org' $$",
  "CREATE POLICY own ON app.letter USING (recipient = 'zzcanary-policy@example.org')",
  "COMMENT ON COLUMN app.tenant.email IS 'as in zzcanary-remark@example.org'",
  "COMMENT ON TABLE app.tenant IS 'ask zzcanary-owner@example.org'",
  "CREATE PUBLICATION cdc FOR TABLE app.tenant WHERE (email <> 'zzcanary-publication@example.org') WITH (publish = 'insert')",
  "ALTER ROLE case_app SET app.contact = 'zzcanary-role-setting@example.org'",
  "CREATE TYPE app.channel AS ENUM ('post', 'zzcanary-enum@example.org')", 'ALTER TABLE app.letter ADD COLUMN channel app.channel',
];

const FILES: Record<string, string> = {
  'reports/tenants.sql': `-- name: tenants_without_answer
-- owner: Housing Analytics
SELECT email, count(*) AS letters FROM app.tenant WHERE email <> 'zzcanary-filter@example.org' AND phone <> '+46 70-990 55 41 79' AND bank_account <> 'GB15ZZCA00559910774422' GROUP BY email;
`,
  'reports/districts.sql': "-- name: tenants_by_district\nSELECT district, gender, count(*) FROM app.tenant WHERE district <> 'zzcanary-filter@example.org' GROUP BY district, gender;\n",
  'reports/districts_again.sql': "-- name: tenants_by_district\nSELECT district, gender, count(*) FROM app.tenant GROUP BY district, gender;\n",
  'reports/copies.sql': '-- name: copies\n-- store: warehouse\nSELECT contact, district FROM mart.tenant;\n',
  'boards/housing.json': JSON.stringify({
    title: 'Housing', uid: 'housing', templating: { list: [{ name: 'who', type: 'textbox', query: 'zzcanary-variable@example.org', current: { text: 'zzcanary-variable@example.org', value: 'zzcanary-variable@example.org' } }] },
    panels: [{ id: 1, title: 'Letters', type: 'table', datasource: { type: 'postgres', uid: 'production' }, targets: [{ refId: 'A', format: 'table', rawSql: "SELECT email, note FROM app.tenant WHERE email = '$who' OR email = 'zzcanary-panel@example.org'" }] }],
  }),
  'migrations/V1__drop.sql': 'ALTER TABLE app.tenant DROP COLUMN phone;\nALTER TABLE app.tenant ALTER COLUMN email TYPE varchar(80);\n',
};

/** A registry of contracts is a table of production whose rows are read: what people typed into it may be anything. */
const REGISTRY = [
  'CREATE SCHEMA integration', 'CREATE VIEW integration.v_tenant_v1 AS SELECT tenant_id, district FROM app.tenant',
  'CREATE TABLE integration.data_contract_registry (contract_name text PRIMARY KEY, version text NOT NULL, owner_team text NOT NULL, compatibility_policy text NOT NULL, schema_definition jsonb NOT NULL, created_at timestamptz NOT NULL, deprecated_at timestamptz)',
  `INSERT INTO integration.data_contract_registry VALUES ('v_tenant_v1', '1 by zzcanary-version@example.org', 'Housing', 'ask zzcanary-policy-text@example.org', '{"columns": [{"name": "tenant_id", "type": "integer, see zzcanary-type@example.org"}, {"name": "district", "type": "text"}]}', now(), NULL)`,
  'GRANT USAGE ON SCHEMA integration TO auditor; GRANT SELECT ON ALL TABLES IN SCHEMA integration TO auditor',
];

const CONTRACT = `apiVersion: v3.1.0
kind: DataContract
id: tenant
name: tenant
version: 1.0.0
status: active
description: { purpose: ask zzcanary-purpose@example.org }
schema:
  - name: v_tenant_v1
    physicalName: integration.v_tenant_v1
    description: as zzcanary-description@example.org said
    properties:
      - { name: tenant_id, logicalType: integer, physicalType: integer, required: true }
      - { name: district, logicalType: string, physicalType: text, classification: internal, examples: [zzcanary-example@example.org], description: such as zzcanary-property@example.org }
    quality:
      - { type: sql, description: nobody of the office, query: "SELECT count(*) FROM integration.v_tenant_v1 WHERE district = 'zzcanary-rule@example.org'", mustBe: 0 }
`;

const CONFIGURATION = `stores:
  - { name: production, role: operational, engine: postgres, url: "\${env:PRODUCTION_URL}" }
  - { name: warehouse, role: warehouse, engine: duckdb, url: warehouse.duckdb }
sources:
  - { path: reports/tenants.sql, store: production }
  - { path: reports/districts.sql, store: production }
  - { path: reports/districts_again.sql, store: production }
  - { path: reports/copies.sql, store: warehouse }
  - { path: boards, tool: grafana, store: production }
  - { path: contracts, store: production }
data_products:
  - { name: tenant, relation: raw.tenant, freshness: { target: 1h, within: 2h } }
reconcile:
  - { name: tenants, source: { store: production, relation: app.tenant, time_column: moved_in }, target: { store: warehouse, relation: raw.tenant, time_column: moved_in }, periods: 3 }
`;

/** What tidemark must never write, in any case and with or without separators of digits. */
const MARKS = [/zzcanary/i, /9905541/, /990\D{0,2}55\D{0,2}41/, /219\D?55\D?9917/, /ZZCA00/i, /0055991077/];

export class LeakEstate {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'tidemark-test-leak-'));
  readonly out = path.join(this.folder, 'out');
  readonly home = path.join(this.folder, 'home');
  readonly #sessions: pg.Client[] = [];

  private constructor(readonly server: TestServer) {
    for (const [name, text] of Object.entries({ ...FILES, 'contracts/tenant.odcs.yaml': CONTRACT, 'tidemark.yaml': CONFIGURATION })) {
      mkdirSync(path.dirname(path.join(this.folder, name)), { recursive: true });
      writeFileSync(path.join(this.folder, name), text);
    }
    mkdirSync(this.out);
    mkdirSync(this.home);
  }

  static async create(server: TestServer): Promise<LeakEstate> {
    const estate = new LeakEstate(server);
    await server.run('CREATE DATABASE housing');
    await server.run(
      [
        'CREATE EXTENSION pg_stat_statements', 'CREATE SCHEMA app',
        `CREATE TABLE app.tenant (tenant_id int PRIMARY KEY, full_name text NOT NULL, email text, phone text, bank_account text, ssn text, note text, district text, gender text, c1 text, moved_in timestamptz NOT NULL DEFAULT now())`,
        `INSERT INTO app.tenant SELECT g, '${ROW.name}', '${ROW.email}', '${ROW.phone}', '${ROW.iban}', '${ROW.ssn}', '${ROW.note}', CASE WHEN g < 4 THEN 'zzcanary court' ELSE 'North' END, 'f', g || '-${ROW.email}' FROM generate_series(1, 200) g`,
        'CREATE TABLE app.letter (letter_id int PRIMARY KEY, recipient text)', 'ALTER TABLE app.letter ENABLE ROW LEVEL SECURITY',
        'CREATE PROCEDURE app.greet(who text) LANGUAGE sql AS $$ SELECT 1 $$', 'CREATE TABLE app.sealed AS SELECT * FROM app.tenant',
        `CREATE ROLE case_app LOGIN PASSWORD '${PASSWORD}'`, `CREATE ROLE auditor LOGIN PASSWORD '${PASSWORD}' IN ROLE pg_monitor`, `CREATE ROLE nobody LOGIN PASSWORD '${PASSWORD}'`,
        ...REGISTRY, ...DEFINITIONS, ...ADMINISTRATION.map((sql) => sql.replace('%data%', server.dataFolder)),
        'GRANT USAGE ON SCHEMA app TO case_app, auditor; GRANT SELECT, UPDATE ON app.tenant TO case_app; GRANT SELECT ON ALL TABLES IN SCHEMA app TO auditor; REVOKE ALL ON app.sealed FROM auditor', 'ANALYZE',
      ],
      'housing',
    );
    const application = await estate.connect('case_app');
    for (const statement of STATEMENTS) await application.query(statement);
    // One holds a transaction open, so that its text is in pg_stat_activity.
    const waiting = await estate.connect('case_app');
    await waiting.query('BEGIN');
    await waiting.query("UPDATE app.tenant SET note = note WHERE full_name = 'zzcanary activity'");
    await estate.#load();
    return estate;
  }

  async connect(user: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.server.url('housing', user, PASSWORD), application_name: 'housing for zzcanary-application@example.org' });
    client.on('error', () => undefined);
    await client.connect();
    this.#sessions.push(client);
    return client;
  }

  async #load(): Promise<void> {
    const instance = await DuckDBInstance.create(path.join(this.folder, 'warehouse.duckdb'));
    const connection = await instance.connect();
    const rows = `SELECT g::int AS tenant_id, '${ROW.name}' AS full_name, '${ROW.email}' AS email, '${ROW.phone}' AS phone, '${ROW.note}' AS note, 'zzcanary court' AS district, now() AS moved_in FROM range(1, 221) r(g)`;
    for (const sql of [
      'CREATE SCHEMA raw; CREATE SCHEMA mart; CREATE SCHEMA analytics_control', `CREATE TABLE raw.tenant AS ${rows}`,
      "CREATE TABLE mart.tenant AS SELECT tenant_id, email AS contact, district FROM raw.tenant", "COMMENT ON TABLE mart.tenant IS 'from raw.tenant; ask zzcanary-mart@example.org'",
      "CREATE VIEW mart.v_tenant AS SELECT tenant_id, email FROM raw.tenant WHERE email <> 'zzcanary-mart-view@example.org'",
      'CREATE TABLE analytics_control.data_product_watermark (data_product_name varchar, source_high_watermark timestamptz, last_successful_load_at timestamptz, status varchar)',
      "INSERT INTO analytics_control.data_product_watermark VALUES ('tenant', now(), now(), 'HEALTHY')",
    ]) await connection.run(sql);
    connection.closeSync();
    instance.closeSync();
  }

  url(user = 'auditor', port = this.server.port): string {
    return `postgres://${user}@127.0.0.1:${port}/housing`;
  }

  /** Marks as the server keeps them at this moment: what the search would find if nothing were masked. */
  async kept(): Promise<{ statements: string[]; activity: string[] }> {
    const client = new pg.Client({ connectionString: this.server.url('housing') });
    await client.connect();
    const texts = async (sql: string): Promise<string[]> => (await client.query<{ query: string }>(sql)).rows.map(({ query }) => query);
    const kept = { statements: await texts("SELECT query FROM pg_stat_statements WHERE query ~* 'zzcanary'"), activity: await texts("SELECT query FROM pg_stat_activity WHERE query ~ 'zzcanary activity'") };
    await client.end();
    return kept;
  }

  /** Every file that runs left behind, bundles unpacked, by its name. */
  written(): Map<string, string> {
    const files = new Map<string, string>();
    for (const root of [this.out, this.home]) {
      for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const file = path.join(entry.parentPath, entry.name);
        const content = readFileSync(file);
        files.set(path.relative(this.folder, file), (content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content).toString());
      }
    }
    return files;
  }

  async remove(): Promise<void> {
    await Promise.all(this.#sessions.map((client) => client.end().catch(() => undefined)));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What of a text is marked, with some words around. */
export function leaksIn(place: string, text: string): string[] {
  // Ways in which a text may be written without its letters: JSON's and HTML's escapes.
  const plain = text.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))).replace(/&#x?2d;/gi, '-');
  return MARKS.flatMap((mark) => {
    const at = plain.search(mark);
    return at === -1 ? [] : [`${place}: …${plain.slice(Math.max(0, at - 60), at + 60)}…`];
  });
}
