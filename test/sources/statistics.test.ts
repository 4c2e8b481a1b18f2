import { fingerprintSync, loadModule } from 'libpg-query';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { queriesOf } from './fixture.js';

/**
 * What the tools send, as their own documentation, sources and users show it, run on a real server. The text that
 * pg_stat_statements keeps of it must be the text that was read from the export, but for literals.
 */
let server: TestServer;
let client: pg.Client;
let metabase: Map<string, CollectedQuery>;
let grafana: Map<string, CollectedQuery>;

const SCHEMA = [
  "create type case_status as enum ('OPEN', 'CLOSED', 'REJECTED')",
  'create schema app',
  'create schema archive',
  'create table app.officer (id int primary key, name text, team text)',
  `create table app.case_file (id bigint primary key, reference text, status case_status, opened_at timestamptz, closed_at timestamptz,
     officer_id int, fee numeric, received_on date, applicant_email text, team text)`,
  'create table app.task (id bigint primary key, case_id bigint, state text, due_at timestamp)',
  'create table app.deployment (deployed_at timestamptz, version text)',
  'create table archive.case_file (like app.case_file)',
  'create extension pg_stat_statements',
];

beforeAll(async () => {
  await loadModule();
  server = await startServer(bundledServer());
  await server.run(SCHEMA);
  client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  [metabase, grafana] = await Promise.all([queriesOf('metabase'), queriesOf('grafana')]);
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

/** The fingerprint of the statistics' text for a statement that was just run, once. */
async function sent(sql: string, values: unknown[] = []): Promise<string> {
  await client.query('select pg_stat_statements_reset()');
  await client.query(sql, values);
  const { rows } = await client.query<{ query: string }>("select query from pg_stat_statements where query not like '%pg_stat_statements%'");
  expect(rows).toHaveLength(1);
  return fingerprintSync(rows[0]?.query ?? '');
}

function fingerprints(query: CollectedQuery | undefined): string[] {
  return query?.variants.map(({ sql }) => fingerprintSync(sql)) ?? [];
}

describe('the statistics show what was read from Metabase', () => {
  const REMARK = '-- Metabase:: userID: 1 queryType: MBQL queryHash: 3e7f9c\n';

  function card(id: number): string[] {
    return fingerprints(metabase.get(`metabase:Case management:card:${id}`));
  }

  test('of a native question with and without its optional clauses', async () => {
    const native =
      'select case_file.reference, case_file.applicant_email, case_file.opened_at, case_file.fee, officer.name as "officer"\n' +
      'from app.case_file\njoin app.officer on officer.id = case_file.officer_id\nwhere case_file.closed_at is null\n';
    const rest = '\norder by case_file.opened_at\nlimit 200';
    expect(card(118)[0]).toBe(await sent(`${REMARK}${native}${rest}`));
    const clauses = `  and officer.team = $1\n  and "app"."case_file"."opened_at" >= $2 AND "app"."case_file"."opened_at" < $3`;
    expect(card(118)[1]).toBe(await sent(`${REMARK}${native}${clauses}${rest}`, ['North', '2026-01-01', '2026-02-01']));
  });

  test('of a question on another card, which it includes', async () => {
    const inner =
      'select case_file.reference, case_file.applicant_email, case_file.opened_at, case_file.fee, officer.name as "officer" from app.case_file ' +
      'join app.officer on officer.id = case_file.officer_id where case_file.closed_at is null order by case_file.opened_at limit $1';
    expect(card(123)[0]).toBe(await sent(`${REMARK}select count(*) from (${inner}) as c where c.opened_at > now() - interval '30 days'`, [200]));
  });

  test('of a question of the query builder', async () => {
    const month = `DATE_TRUNC('month', "app"."case_file"."closed_at")`;
    const text =
      `${REMARK}SELECT ${month} AS "closed_at", COUNT(*) AS "count", SUM("app"."case_file"."fee") AS "sum" FROM "app"."case_file" ` +
      `WHERE ("app"."case_file"."closed_at" IS NOT NULL) AND (("app"."case_file"."status" = CAST($1 AS "case_status")) OR ("app"."case_file"."status" = CAST($2 AS "case_status"))) ` +
      `GROUP BY ${month} ORDER BY ${month} ASC`;
    const fingerprint = await sent(text, ['CLOSED', 'REJECTED']);
    expect(card(119)).toContain(fingerprint);
    expect(card(120)).toContain(fingerprint);
  });

  test('of a question on a model with a join', async () => {
    const columns = ['id', 'reference', 'status', 'opened_at', 'closed_at', 'officer_id', 'fee', 'received_on', 'applicant_email'];
    const model =
      `SELECT ${columns.map((name) => `"app"."case_file"."${name}" AS "${name}"`).join(', ')}, "Officer"."id" AS "Officer__id", "Officer"."name" AS "Officer__name", "Officer"."team" AS "Officer__team" ` +
      'FROM "app"."case_file" LEFT JOIN "app"."officer" AS "Officer" ON "app"."case_file"."officer_id" = "Officer"."id"';
    expect(card(121)).toContain(await sent(`${REMARK}${model} LIMIT 2000`));
    expect(card(122)).toContain(
      await sent(
        `${REMARK}SELECT "source"."Officer__team" AS "Officer__team", COUNT(*) AS "count" FROM (${model}) AS "source" ` +
          'GROUP BY "source"."Officer__team" ORDER BY "count" DESC, "source"."Officer__team" ASC LIMIT 10',
      ),
    );
  });

  test('of a question relative to now', async () => {
    const text = `SELECT COUNT(*) AS "count" FROM "app"."case_file" WHERE ("app"."case_file"."opened_at" >= CAST(NOW() AS date)) AND ("app"."case_file"."opened_at" < CAST((NOW() + INTERVAL '1 day') AS date))`;
    expect(card(131)).toContain(await sent(`${REMARK}${text}`));
  });

  test('of a question by week, in either setting', async () => {
    const metric = 'SUM(CASE WHEN "app"."case_file"."closed_at" IS NULL THEN 1 ELSE 0.0 END)';
    for (const week of [
      `(DATE_TRUNC('week', ("app"."case_file"."opened_at" + INTERVAL '1 day')) + INTERVAL '-1 day')`,
      `DATE_TRUNC('week', "app"."case_file"."opened_at")`,
    ]) {
      expect(card(127)).toContain(await sent(`SELECT ${week} AS "opened_at", ${metric} AS "count" FROM "app"."case_file" GROUP BY ${week} ORDER BY ${week} ASC`));
    }
  });
});

describe('the statistics show what was read from Grafana', () => {
  test('of a panel with macros and variables, for each value that changes the statement', async () => {
    const panel = grafana.get('grafana:case-flow:panel:1:A');
    for (const schema of ['app', 'archive']) {
      const text =
        `SELECT\n  floor(extract(epoch from opened_at)/300)*300 AS "time",\n  count(*) AS "opened"\nFROM ${schema}.case_file\n` +
        `WHERE opened_at BETWEEN '2026-06-01T03:11:09.123Z' AND '2026-06-01T09:11:09.123Z'\n  AND team IN ('North','South','West')\nGROUP BY 1\nORDER BY 1`;
      expect(fingerprints(panel)).toContain(await sent(text));
    }
  });

  test('of an annotation and of a stat', async () => {
    const annotation = "SELECT deployed_at AS time, version AS text FROM app.deployment WHERE deployed_at BETWEEN '2026-06-01T00:00:00Z' AND '2026-06-02T00:00:00Z'";
    expect(fingerprints(grafana.get('grafana:case-flow:annotation:Deployments'))).toEqual([await sent(annotation)]);
    const stat = "SELECT count(*) FROM app.task WHERE due_at < '2026-06-02T00:00:00Z' AND state <> 'DONE'";
    expect(fingerprints(grafana.get('grafana:case-flow:panel:3:A'))).toEqual([await sent(stat)]);
  });
});
