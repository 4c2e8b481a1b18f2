import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit.js';
import { type PostgresServer, startPostgres } from '../../src/cli/demo/postgres-server.js';
import { configurationFromTargets } from '../../src/config/defaults.js';
import type { Finding } from '../../src/model/finding.js';
import type { Report } from '../../src/model/report.js';
import { loadRules } from '../../src/rules/load.js';
import { collectSnapshot } from '../../src/snapshot/collect.js';

/**
 * A shop on a managed server, looked at while its analyst holds a transaction open that the storefront waits for. What is
 * expected of guardrails, sessions and the other direction was judged by hand; each line says why it is right.
 */
const SCHEMA = fileURLToPath(new URL('shop/schema.sql', import.meta.url));
const PASSWORD = 'counter';
const DATABASE = 'shop';

const EXPECTED: readonly (readonly [finding: string, why: string])[] = [
  ['analytics-writes-operational | role hightouch | shop.customer', 'reverse ETL writes segments into the record'],
  ['analytics-writes-operational | role j.ortiz | shop.orders', 'an analyst corrects an order by hand: one UPDATE makes no application of her'],
  ['analytics-writes-operational | role stitch_etl | shop.price_feed', 'TRUNCATE is a write'],
  ['warehouse-used-as-authority | role storefront | analytics.customer_score', 'the score of last night decides who gets credit'],
  ['mart-built-on-operational | role dbt_prod | shop.orders', 'dbt builds the score beside the tables'],
  ['reporting-blocks-application | role j.ortiz | ', 'the storefront waits for the row that she changed'],
  ['reporting-holds-vacuum-back | role j.ortiz | ', 'her transaction has a snapshot of its own'],
  ['reporting-role-may-write | role j.ortiz | ', 'GRANT UPDATE ON shop.orders'],
  ['reporting-role-not-read-only | role j.ortiz | ', 'nothing sets it'],
  ['reporting-role-without-connection-limit | role j.ortiz | ', 'no limit'],
  ['reporting-role-without-temp-limit | role j.ortiz | ', 'no limit'],
  ['role-without-idle-in-transaction-timeout | role j.ortiz | ', 'no limit, and it shows'],
  ['role-without-lock-timeout | role j.ortiz | ', 'no limit'],
  ['role-without-statement-timeout | role j.ortiz | ', 'an hour, set IN DATABASE, is as good as none'],
  ['no-kill-switch-for-reports |  | ', 'metabase and j.ortiz have no group in common'],
];

let server: PostgresServer;
let report: Report;
const clients: pg.Client[] = [];

beforeAll(async () => {
  server = await startPostgres({});
  const administrator = await connected(server.superuserUrl, 'migrate');
  await administrator.query(`CREATE DATABASE ${DATABASE}`);
  await administrator.query(`CREATE ROLE auditor LOGIN PASSWORD '${PASSWORD}' IN ROLE pg_monitor`);
  const superuser = await connected(server.superuserUrl.replace(/\/postgres(\?|$)/, `/${DATABASE}$1`), 'migrate');
  await superuser.query('CREATE EXTENSION pg_stat_statements');
  await superuser.query(await readFile(SCHEMA, 'utf8'));
  await superuser.query('SELECT pg_stat_statements_reset()');
  const { waiting } = await runWorkload();
  const { configuration } = configurationFromTargets({ postgres: [server.url('auditor', PASSWORD, DATABASE)], duckdb: [], dashboards: [] });
  const snapshot = await collectSnapshot({ configuration, read: { queries: [], sources: [], gaps: [] }, environment: {}, homeDirectory: '/nonexistent' });
  // A transaction of a moment stands for one of an hour.
  const thresholds = { ...configuration.thresholds, reporting_transaction_seconds_max: 0.001 };
  report = await audit(snapshot, { ...configuration, thresholds }, await loadRules(), '0.0.0');
  await clients.find((client) => client.user === 'j.ortiz')?.query('ROLLBACK');
  await waiting;
}, 120_000);

afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await server.stop();
});

async function connected(connectionString: string, application_name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name });
  await client.connect();
  clients.push(client);
  return client;
}

const as = (role: string, application: string): Promise<pg.Client> => connected(server.url(role, PASSWORD, DATABASE), application);

/** @returns the statement of the storefront that waits for the analyst */
async function runWorkload(): Promise<{ waiting: Promise<unknown> }> {
  const dbt = await as('dbt_prod', 'dbt');
  await dbt.query('CREATE TABLE analytics.customer_score AS SELECT customer_id, sum(total_cents) AS lifetime_cents, count(*) AS orders FROM shop.orders GROUP BY customer_id');
  await dbt.query('CREATE INDEX customer_score_customer ON analytics.customer_score (customer_id)');
  const storefront = await as('storefront', 'storefront-web');
  for (let customer = 1; customer <= 20; customer++) {
    await storefront.query('SELECT lifetime_cents FROM analytics.customer_score WHERE customer_id = $1', [customer]);
    await storefront.query('INSERT INTO shop.credit_grant (customer_id, limit_cents) VALUES ($1, $2)', [customer, 5000]);
  }
  const hightouch = await as('hightouch', 'hightouch');
  for (let customer = 1; customer <= 20; customer++) await hightouch.query('UPDATE shop.customer SET segment = $1 WHERE customer_id = $2', ['A', customer]);
  await (await as('stitch_etl', 'stitch')).query('TRUNCATE shop.price_feed');
  await (await as('metabase', 'Metabase v0.57.4 [6f0b7c1e]')).query("SELECT date_trunc('month', placed_at), sum(total_cents) FROM shop.orders GROUP BY 1");
  const analyst = await as('j.ortiz', 'psql');
  await analyst.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await analyst.query("UPDATE shop.orders SET status = 'CANCELLED' WHERE order_id = 77");
  const waiting = storefront.query("UPDATE shop.orders SET status = 'SHIPPED' WHERE order_id = 77");
  const looker = clients[0];
  for (let blocked = 0; blocked === 0; ) {
    const { rows } = await (looker ?? analyst).query<{ blocked: number }>("SELECT count(*)::int AS blocked FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    blocked = rows[0]?.blocked ?? 0;
  }
  return { waiting };
}

const RULES = new Set(['reporting-blocks-application', 'reporting-holds-vacuum-back', 'reporting-idles-in-transaction', 'vacuum-held-back-by-other', 'mart-built-on-operational', 'index-serves-only-reports', 'will-outgrow-its-bound', 'warehouse-used-as-authority', 'application-reads-warehouse']);

function ofGuards(): Finding[] {
  return report.findings.filter(({ area, ruleId }) => area === 'guardrail' || RULES.has(ruleId));
}

describe('a shop, audited without a configuration while its sessions misbehave', () => {
  test('has exactly the findings that were judged right', () => {
    expect(ofGuards().map(({ ruleId, consumer, relation }) => `${ruleId} | ${consumer} | ${relation}`).sort()).toEqual(EXPECTED.map(([finding]) => finding).sort());
  });

  test('prints SQL that changes what is in force: a value IN DATABASE outranks one of the role', () => {
    const fix = (id: string): string => ofGuards().find(({ ruleId }) => ruleId === id)?.fix ?? '';
    expect(fix('role-without-statement-timeout')).toContain('ALTER ROLE "j.ortiz" IN DATABASE shop SET statement_timeout = \'30s\';');
    expect(fix('role-without-lock-timeout')).toContain('ALTER ROLE "j.ortiz" SET lock_timeout = \'5s\';');
  });

  test('takes nobody of the provider for a reader', () => {
    expect(report.findings.filter(({ consumer }) => /rds|azure|supabase/.test(consumer))).toEqual([]);
  });
});
