import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attributedBlocks } from '../../../src/graph/attributed.js';
import { type StoreBoundary, buildBoundary } from '../../../src/graph/boundary.js';
import { storeFacts } from '../../../src/graph/store-facts.js';
import type { CollectedQuery } from '../../../src/model/query.js';
import { collectSnapshot } from '../../../src/snapshot/collect.js';
import type { Parse } from '../../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../../src/sql/parse/postgres.js';
import { neutraliseGrafana } from '../../../src/template/grafana.js';
import { card, configuration } from '../../support/estate.js';
import { type TestServer, installedServers, startServer } from '../../support/postgres.js';

/**
 * What tools send, as the server enters it: each situation runs on a PostgreSQL with `track = all`, on the oldest version and
 * on the newest, which normalise texts differently.
 */
const SERVERS = installedServers().filter(({ major }, index) => index === 0 || major === 18);
const ROLES = ['metabase_ro', 'grafana_ro', 'superset', 'tableau', 'powerbi', 'redash', 'dbt_runner', 'bi', 'case_app', 'analyst', 'unnamed', 'airflow', 'nightly'];
const BY_REGION = "SELECT region, status, count(*) AS n, avg(closed_at - opened_at) AS age FROM app.cases WHERE status <> 'CLOSED' GROUP BY region, status ORDER BY n DESC";

let parse: Parse;
beforeAll(async () => {
  parse = await createPostgresParser();
});

const metabase = (sql = BY_REGION): CollectedQuery => card(sql);
const of = (kind: string, sql = BY_REGION, overrides: Partial<CollectedQuery> = {}): CollectedQuery => card(sql, { id: `${kind}:a:1`, kind, container: null, ...overrides });
const redash = (id: number, sql = BY_REGION): CollectedQuery => card(sql, { id: `redash:bi.example:query:${id}`, kind: 'redash', container: null });
const dbt = (): CollectedQuery => of('dbt', BY_REGION, { id: 'dbt:model.shop.orders', title: 'orders', role: 'relation' });
const panel = (sql: string): CollectedQuery => {
  const region = { name: 'region', multi: true, values: ['north', 'south', 'east'], current: ['north'], allValue: null };
  return of('grafana', sql, { title: 'Backlog', variants: neutraliseGrafana(sql, { variables: new Map([['region', region]]), timescale: false }).variants });
};
const TIMES = "SELECT $__timeGroupAlias(opened_at,'5m'), count(*) FROM app.cases WHERE $__timeFilter(opened_at) AND region IN ($region) GROUP BY 1 ORDER BY 1";
const timesSent = (regions: string): string =>
  `SELECT floor(extract(epoch from opened_at)/300)*300 AS "time", count(*) FROM app.cases WHERE opened_at BETWEEN '2026-03-01T00:00:00Z' AND '2026-03-02T00:00:00Z' AND region IN (${regions}) GROUP BY 1 ORDER BY 1`;
const write = ['case_app', "UPDATE app.cases SET status = 'OPEN' WHERE id = 1"] as const;

type Sent = readonly [role: string, sql: string];

/** Who a piece of work belongs to by the strongest link, `role: the card 0.9`; `-` for nobody. */
interface Situation {
  name: string;
  cards: CollectedQuery[];
  sent: Sent[];
  expected: string[];
}

const SITUATIONS: Situation[] = [
  { name: 'one text under the logins of two tools', cards: [metabase(), panel(BY_REGION)], sent: [['metabase_ro', BY_REGION], ['grafana_ro', BY_REGION]], expected: ['grafana_ro: Backlog 0.9', 'metabase_ro: Open cases 0.9'] },
  { name: 'one text under one login', cards: [metabase(), panel(BY_REGION)], sent: [['bi', BY_REGION]], expected: ['bi: Open cases 0.5, Backlog 0.5'] },
  { name: 'lists of several lengths, and times', cards: [panel(TIMES)], sent: [['grafana_ro', timesSent("'north'")], ['grafana_ro', timesSent("'north','south','east','west'")]], expected: ['grafana_ro: Backlog 0.9', 'grafana_ro: Backlog 0.9'] },
  { name: 'a chart of a Superset data set', cards: [of('superset')], sent: [['superset', `SELECT region AS region, sum(n) AS "SUM(n)" FROM (${BY_REGION}) AS virtual_table GROUP BY region ORDER BY "SUM(n)" DESC LIMIT 1000`]], expected: ['superset: Open cases 0.85'] },
  { name: 'a view of a custom SQL of Tableau, through its cursor', cards: [of('tableau')], sent: [['tableau', `declare "SQL_CUR0x7f2c" cursor for SELECT "Custom SQL Query"."region" AS "region", SUM("Custom SQL Query"."n") AS "sum:n:ok" FROM (\n${BY_REGION}\n) "Custom SQL Query" GROUP BY 1`]], expected: ['tableau: Open cases 0.85'] },
  { name: 'a visual of Power BI', cards: [of('powerbi')], sent: [['powerbi', `select "rows"."region" as "region", sum("rows"."n") as "a0" from (select "_"."region" as "region","_"."n" as "n" from (${BY_REGION}) "_" where "_"."region" = 'north') "rows" group by "region" limit 1000001`]], expected: ['powerbi: Open cases 0.85'] },
  { name: 'a cursor, whose rows are fetched in portions', cards: [metabase()], sent: [['metabase_ro', `DECLARE "report" CURSOR FOR ${BY_REGION}`]], expected: ['metabase_ro: Open cases 0.9'] },
  { name: 'a row limit that the tool adds', cards: [redash(12)], sent: [['redash', `${BY_REGION} LIMIT 1000`]], expected: ['redash: Open cases 0.9'] },
  { name: 'COPY of an export', cards: [of('airflow')], sent: [['airflow', `COPY (${BY_REGION}) TO '/dev/null'`]], expected: ['airflow: Open cases 0.9'] },
  { name: 'a table built by dbt, with the comment before it', cards: [dbt()], sent: [['dbt_runner', `/* {"app": "dbt", "node_id": "model.shop.orders"} */ create table mart.orders as (${BY_REGION})`]], expected: ['dbt_runner: orders 0.99'] },
  { name: 'a table built by another project of dbt', cards: [of('dbt', BY_REGION.replace('avg', 'max'), { id: 'dbt:model.shop.orders' })], sent: [['dbt_runner', `create table mart.orders as (${BY_REGION}) /* {"app": "dbt", "node_id": "model.other.orders"} */`]], expected: ['dbt_runner: -'] },
  { name: 'a comment that names a query of which the text is another one by now', cards: [redash(12, BY_REGION.replace('avg', 'max')), redash(15)], sent: [['bi', `${BY_REGION} /* Username: a, query_id: 12, Queue: queries */`]], expected: ['bi: Open cases 0.5, Open cases 0.5'] },
  { name: 'a number of another instance', cards: [redash(12, 'SELECT name FROM app.officers ORDER BY name')], sent: [['bi', `${BY_REGION} /* Username: a, query_id: 12, Queue: queries */`]], expected: ['bi: -'] },
  { name: 'comments of two tools', cards: [redash(12), dbt()], sent: [['bi', `${BY_REGION} /* {"app": "dbt", "node_id": "model.shop.orders"} */ /* Username: a, query_id: 12, Queue: q */`]], expected: ['bi: Open cases 0.5, orders 0.5'] },
  { name: 'the comment of a tool over the work of an application', cards: [dbt()], sent: [['case_app', 'SELECT id FROM app.cases WHERE id = 5 /* {"app": "dbt", "node_id": "model.shop.orders"} */'], write], expected: ['case_app: -', 'case_app: orders 0.6'] },
  { name: 'an application with the text of a card', cards: [metabase()], sent: [['case_app', BY_REGION], write, ['metabase_ro', BY_REGION]], expected: ['case_app: -', 'case_app: -', 'metabase_ro: Open cases 0.9'] },
  { name: 'an application that wraps the text of a card', cards: [metabase()], sent: [['case_app', `SELECT q.region, sum(q.n) FROM (${BY_REGION}) q GROUP BY 1`], write], expected: ['case_app: -', 'case_app: -'] },
  { name: 'signs of life', cards: [metabase('SELECT 1'), panel('SELECT now()')], sent: [['bi', 'SELECT 1'], ['bi', 'SELECT now()']], expected: ['bi: -', 'bi: -'] },
  { name: 'what anybody may have written', cards: [metabase('SELECT count(*) FROM app.cases')], sent: [['metabase_ro', 'SELECT count(*) FROM app.cases'], ['unnamed', 'SELECT count(*) FROM app.cases']], expected: ['metabase_ro: Open cases 0.9', 'unnamed: -'] },
  { name: 'one row by its key', cards: [metabase('SELECT * FROM app.cases WHERE id = 1')], sent: [['bi', 'SELECT * FROM app.cases WHERE id = 7']], expected: ['bi: Open cases 0.6'] },
  { name: 'a person with a copy of the text', cards: [metabase()], sent: [['analyst', BY_REGION], ['metabase_ro', BY_REGION]], expected: ['analyst: -', 'metabase_ro: Open cases 0.9'] },
  { name: 'a person alone', cards: [metabase()], sent: [['analyst', BY_REGION]], expected: ['analyst: Open cases 0.6'] },
  { name: 'the same names in another schema', cards: [metabase()], sent: [['metabase_ro', BY_REGION.replace('app.', 'archive.')]], expected: ['metabase_ro: -'] },
  { name: 'names without a schema, found by the search path of a role', cards: [metabase(BY_REGION.replace('app.', ''))], sent: [['metabase_ro', BY_REGION.replace('app.', '')]], expected: ['metabase_ro: Open cases 0.9'] },
  { name: 'EXPLAIN and settings', cards: [redash(12)], sent: [['redash', `EXPLAIN ${BY_REGION}`], ['redash', 'SET statement_timeout = 5000']], expected: ['redash: -', 'redash: -'] },
];

async function send(server: TestServer, [role, sql]: Sent): Promise<void> {
  const client = new pg.Client({ connectionString: server.url('casework', role, 'low tide') });
  await client.connect();
  try {
    await client.query(sql.startsWith('declare') || sql.startsWith('DECLARE') ? 'BEGIN' : 'SELECT 1');
    await client.query(sql);
    const cursor = /^declare ("[^"]+")/i.exec(sql)?.[1];
    for (const statement of cursor === undefined ? [] : [`FETCH FORWARD 10 FROM ${cursor}`, `FETCH FORWARD 10 FROM ${cursor}`, `CLOSE ${cursor}`, 'COMMIT']) await client.query(statement);
  } finally {
    await client.end();
  }
}

describe.each(SERVERS)('PostgreSQL $major', (binaries) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(binaries, { settings: { 'pg_stat_statements.track': "'all'" } });
    await server.run('create database casework');
    const table = '(id bigint primary key, region text, status text, opened_at timestamptz, closed_at timestamptz)';
    await server.run([
      'create extension pg_stat_statements', ...['app', 'mart', 'archive'].map((schema) => `create schema ${schema}`),
      `create table app.cases ${table}`, `create table archive.cases ${table}`, 'create table app.officers (id bigint primary key, name text)',
      "insert into app.cases select i, 'r' || i % 5, case when i % 3 = 0 then 'CLOSED' else 'OPEN' end, now() - i * interval '1 min', now() from generate_series(1, 3000) i", 'analyze',
      `create function app.report() returns void language plpgsql as $$ declare r record; begin for r in ${BY_REGION} loop end loop; end $$`,
      ...ROLES.flatMap((role) => [`create role ${role} login password 'low tide'`, `grant all on schema app, mart, archive to ${role}`, `grant all on all tables in schema app, archive to ${role}`]),
      'alter role metabase_ro set search_path = app', 'grant pg_write_server_files to airflow',
    ], 'casework');
  }, 120_000);
  afterAll(() => server.stop());

  async function joined(cards: CollectedQuery[], sent: readonly Sent[]): Promise<StoreBoundary> {
    await server.run(['drop table if exists mart.orders', 'select pg_stat_statements_reset()'], 'casework');
    for (const one of sent) await send(server, one);
    const stores = [{ name: 'production', role: 'operational' as const, engine: 'postgres' as const, url: server.url('casework'), match: [] }];
    const snapshot = await collectSnapshot({ configuration: configuration({ stores }), read: { queries: cards, sources: [], gaps: [] }, environment: {}, homeDirectory: null });
    const [store] = snapshot.stores;
    if (!store) throw new Error('the store was not read');
    return buildBoundary({ ...store, statements: store.statements.filter(({ role }) => role !== 'postgres') }, cards, configuration(), parse);
  }

  function lines({ readRows, accesses }: StoreBoundary, sent: readonly Sent[]): string[] {
    const noise = /^(?:BEGIN|COMMIT|SELECT \$1$)/i;
    return readRows.filter(({ row }) => row.toplevel && (!noise.test(row.text ?? '') || sent.some(([, sql]) => sql === 'SELECT 1' && /^SELECT \$1$/.test(row.text ?? '')))).map(({ row }) => {
      const owners = accesses.filter(({ query, rows }) => query !== null && rows.includes(row));
      return `${row.role}: ${owners.map(({ query, links }) => `${query?.title} ${links[0]?.confidence}`).join(', ') || '-'}`;
    });
  }

  test.each(SITUATIONS)('$name', async ({ cards, sent, expected }) => {
    const found = await joined(cards, sent);
    expect(lines(found, sent).sort()).toEqual(expected);
    expect(attributedBlocks(found)).toBeLessThanOrEqual(found.totals.blocks);
    for (const { cost } of found.accesses) if (cost.known) expect(cost.block_share).toBeLessThanOrEqual(1);
  });

  test('what is fetched is the work of the cursor, once', async () => {
    const { accesses, totals } = await joined([metabase()], [['metabase_ro', `DECLARE "report" CURSOR FOR ${BY_REGION}`]]);
    const [own] = accesses.filter(({ rows }) => rows.length > 0 && rows[0]?.text?.startsWith('DECLARE'));
    expect(own?.cost).toMatchObject({ calls: 1, rows_per_call: own?.rows[0]?.rows });
    expect(own?.statement).toMatchObject({ kind: 'cursor', exports: true });
    expect(own?.cost.blocks).toBe(totals.blocks);
    expect(totals.blocks).toBeGreaterThan(0);
  });

  test('what a function runs belongs to who calls it, and counts once', async () => {
    const found = await joined([metabase()], [['nightly', 'SELECT app.report()']]);
    const call = found.readRows.find(({ row }) => row.text === 'SELECT app.report()');
    const inner = found.readRows.filter(({ row }) => row.text?.startsWith('SELECT region'));
    expect(inner).toHaveLength(1);
    if (binaries.major === 13) return;
    expect(found.totals.blocks).toBe((call?.row.sharedBlocksHit ?? 0) + (call?.row.sharedBlocksRead ?? 0));
    expect(found.accesses.filter(({ query, rows }) => query !== null && rows.length > 0)).toEqual([]);
    expect(storeFacts(found).analytical_block_share).toBeLessThanOrEqual(1);
  });
});
