import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../../src/sql/fingerprint.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { type TestServer, installedServers, startServer } from '../support/postgres.js';

/** Each version of the server replaces constants in its own way. Cards are run there and found in its statistics. */

const SCHEMA = [
  'CREATE EXTENSION pg_stat_statements',
  'CREATE SCHEMA app',
  `CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, status text, priority int, officer_id bigint, fee numeric(10,2), tags text[], profile jsonb,
     opened_at timestamptz, closed_at timestamptz, due_on date)`,
  'CREATE TABLE app.officer (officer_id bigint PRIMARY KEY, name text, active boolean)',
];

const CARDS = [
  "SELECT count(*) FROM app.case_file WHERE status = 'OPEN' AND priority > 3",
  "SELECT count(*) FROM app.case_file WHERE status IN ('OPEN', 'IN_REVIEW', 'ESCALATED')",
  "SELECT count(*) FROM app.case_file WHERE status NOT IN ('CLOSED')",
  'SELECT count(*) FROM app.case_file WHERE priority IN (1, -2, 3::int) OR priority = -5',
  "SELECT count(*) FROM app.case_file WHERE status = ANY (ARRAY['OPEN', 'CLOSED'])",
  "SELECT count(*) FROM app.case_file WHERE tags @> '{urgent,appeal}'::text[]",
  "SELECT count(*) FROM app.case_file WHERE tags && ARRAY['urgent', 'appeal']::text[]",
  "SELECT count(*) FROM app.case_file WHERE (status, priority) IN (('OPEN', 1), ('CLOSED', 2))",
  "SELECT count(*) FROM app.case_file WHERE opened_at > now() - interval '30 days'",
  "SELECT count(*) FROM app.case_file WHERE opened_at > now() - interval '7' day AND closed_at < now() - '2 hours'::interval",
  "SELECT count(*) FROM app.case_file WHERE due_on >= DATE '2026-01-01' AND due_on < CAST('2026-02-01' AS date) AND opened_at < TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00+00'",
  'SELECT extract(year FROM opened_at) AS year, count(*) FROM app.case_file GROUP BY 1 ORDER BY 1 DESC LIMIT 12 OFFSET 3',
  "SELECT date_trunc('month', opened_at) AS month, sum(fee) AS fees FROM app.case_file GROUP BY month HAVING sum(fee) > 100 ORDER BY fees DESC NULLS LAST",
  "SELECT opened_at AT TIME ZONE 'Europe/Vienna', substring(status FROM 1 FOR 2), trim(both 'x' FROM status), position('E' IN status), overlay(status PLACING 'x' FROM 2) FROM app.case_file",
  "SELECT coalesce(status, 'none'), nullif(priority, 0), greatest(priority, 1), CASE WHEN priority > 2 THEN 'high' ELSE NULL END FROM app.case_file",
  "SELECT profile ->> 'city', profile #>> '{a,b}', profile -> 'a' -> 0 FROM app.case_file WHERE profile @> '{\"a\": 1}'::jsonb AND profile ? 'city'",
  "SELECT status LIKE 'O%', status ILIKE '%x', status ~ '^A', status SIMILAR TO 'A|B', status COLLATE \"C\" > 'M' FROM app.case_file",
  'SELECT count(*) FILTER (WHERE closed_at IS NULL) AS open, count(*) FILTER (WHERE priority BETWEEN 1 AND 3) FROM app.case_file WHERE true AND NOT false',
  'SELECT row_number() OVER (PARTITION BY status ORDER BY priority), sum(fee) OVER w, lag(priority, 1, 0) OVER w FROM app.case_file WINDOW w AS (PARTITION BY officer_id ORDER BY opened_at)',
  "WITH late AS (SELECT case_id, officer_id FROM app.case_file WHERE due_on < current_date - 5) SELECT o.name, count(*) FROM late l JOIN app.officer o USING (officer_id) WHERE o.active = true GROUP BY o.name",
  'SELECT d::date, (SELECT count(*) FROM app.case_file c WHERE c.opened_at::date = d) FROM generate_series(date \'2026-01-01\', date \'2026-01-05\', interval \'1 day\') AS d',
  "SELECT v.label, count(*) FROM app.case_file c JOIN (VALUES ('OPEN', 'open'), ('CLOSED', 'done'), ('X', 'other')) AS v(status, label) ON v.status = c.status GROUP BY 1",
  "SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY fee), string_agg(status, ', ' ORDER BY case_id) FROM app.case_file WHERE fee > 1.5e2",
  "SELECT 'cases' AS kind, count(*) FROM app.case_file UNION ALL SELECT 'officers', count(*) FROM app.officer ORDER BY 2 DESC FETCH FIRST 5 ROWS ONLY",
  'SELECT * FROM (SELECT status, count(*) AS n FROM app.case_file WHERE priority > 1 GROUP BY 1) AS "source" LIMIT 2000',
  "INSERT INTO app.officer (officer_id, name, active) VALUES (1, 'Mara', true), (2, 'Jon', false), (3, 'Ida', NULL)",
  "UPDATE app.case_file SET status = 'CLOSED', closed_at = now() WHERE case_id = 5 AND status <> 'CLOSED'",
  "DELETE FROM app.case_file WHERE closed_at < now() - interval '10 years'",
  "-- Metabase:: userID: 3 queryType: native\nSELECT name FROM app.officer WHERE officer_id = 7",
  "/* {\"dashboard\": 12} */ SELECT max(name) FROM app.officer WHERE name <> 'Mara'",
  'SELECT ROW(1, status), ARRAY[priority, 2], (ARRAY[1, 2, 3])[priority] FROM app.case_file',
  'SELECT case_id FROM app.case_file ORDER BY status, 1 LIMIT ALL',
];

let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
});

function of(sql: string): string {
  const { statements, diagnostics } = parse(sql);
  if (!statements[0]) throw new Error(`${sql}: ${diagnostics[0]?.message ?? ''}`);
  return fingerprint(statements[0].statement);
}

/** Since 17. */
const JSON_TABLE_CARD = "SELECT t.k, t.v FROM app.case_file c, JSON_TABLE(c.profile, '$.a[*]' COLUMNS (k text PATH '$.k', v int PATH '$.v')) t WHERE t.k = 'A' AND c.priority > 3";

describe.each(installedServers())('PostgreSQL $major', (binaries) => {
  let server: TestServer;
  let client: pg.Client;

  beforeAll(async () => {
    server = await startServer(binaries, { settings: { 'pg_stat_statements.track': 'top' } });
    await server.run(SCHEMA);
    client = new pg.Client({ connectionString: server.url() });
    await client.connect();
  });

  afterAll(async () => {
    await client?.end();
    await server?.stop();
  });

  async function statistics(): Promise<string[]> {
    const { rows } = await client.query<{ query: string }>('SELECT query FROM pg_stat_statements');
    return rows.map(({ query }) => query);
  }

  test('every card is found by its fingerprint, and by no other', async () => {
    const missed: string[] = [];
    for (const card of binaries.major >= 17 ? [...CARDS, JSON_TABLE_CARD] : CARDS) {
      await client.query('SELECT pg_stat_statements_reset()');
      await client.query(card);
      const own = (await statistics()).filter((text) => !text.includes('pg_stat_statements'));
      if (own.length !== 1 || own[0] === undefined || of(own[0]) !== of(card)) missed.push(`${card}\n  ${own.join('\n  ')}`);
    }
    expect(missed).toEqual([]);
    expect(new Set(CARDS.map(of)).size).toBe(CARDS.length);
  });

  test('a driver that sends parameters runs the same statement', async () => {
    await client.query('SELECT pg_stat_statements_reset()');
    await client.query('SELECT count(*) FROM app.case_file WHERE status = ANY ($1) AND priority > $2 AND due_on >= $3::date LIMIT $4', [['OPEN'], 3, '2026-01-01', 10]);
    const [own] = (await statistics()).filter((text) => !text.includes('pg_stat_statements'));
    expect(of(own ?? '')).toBe(of("SELECT count(*) FROM app.case_file WHERE status = ANY (ARRAY['OPEN', 'CLOSED']) AND priority > 5 AND due_on >= DATE '2026-05-01' LIMIT 20"));
  });
});
