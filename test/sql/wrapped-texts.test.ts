import { beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../../src/sql/fingerprint.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { coresOf } from '../../src/sql/unwrap.js';

let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
});

function statementOf(sql: string) {
  const [first, another] = parse(sql).statements;
  if (!first || another) throw new Error(`not one statement: ${sql}`);
  return first.statement;
}

const of = (sql: string): string => fingerprint(statementOf(sql));
const within = (sql: string): string[] => coresOf(statementOf(sql)).map(({ query }) => fingerprint({ type: 'query_statement', form: 'select', query }));

const CARD = "SELECT c.case_id, c.status, count(*) AS n FROM app.case_file c WHERE c.opened_at >= DATE '2026-01-01' GROUP BY 1, 2";

describe('a custom SQL as a tool sends it whole', () => {
  const COLUMNS = '"Custom SQL Query"."case_id" AS "case_id", "Custom SQL Query"."status" AS "status", "Custom SQL Query"."n" AS "n"';

  test.each([
    ['by Tableau', `SELECT ${COLUMNS} FROM (\n  ${CARD}\n) "Custom SQL Query"`],
    ['by Tableau, which looks at its columns first', `SELECT "Custom SQL Query".* FROM (${CARD}) "Custom SQL Query" LIMIT 0`],
    ['by Tableau through a cursor of the driver', `declare "SQL_CUR0x7f2c" cursor with hold for SELECT ${COLUMNS} FROM (${CARD}) "Custom SQL Query"`],
    ['by Power BI', `select "$Table"."case_id" as "case_id",\n    "$Table"."status" as "status",\n    "$Table"."n" as "n"\nfrom \n(\n    ${CARD}\n) "$Table"`],
    ['by Power BI for a preview', `select "_"."case_id", "_"."status", "_"."n" from (${CARD}) "_" limit 4096`],
  ])('has its own fingerprint: %s', (_, sql) => {
    expect(of(sql)).toBe(of(CARD));
  });
});

describe('a text within another', () => {
  test.each([
    ['a view of Tableau', `SELECT "Custom SQL Query"."status" AS "status", SUM("Custom SQL Query"."n") AS "sum:n:ok" FROM (\n${CARD}\n) "Custom SQL Query" WHERE "Custom SQL Query"."status" IN ('open') GROUP BY 1`],
    ['an extract of Tableau, by name and as text', `SELECT CAST("Custom SQL Query"."status" AS TEXT) AS "status", "Custom SQL Query"."case_id" AS "case_id" FROM (${CARD}) "Custom SQL Query"`],
    ['a visual of Power BI', `select "rows"."status" as "status", sum("rows"."n") as "a0" from (select "_"."status" as "status", "_"."n" as "n" from (${CARD}) "_" where "_"."status" = 'open') "rows" group by "status" limit 1000001`],
    ['a chart of Superset', `SELECT status AS status, sum(n) AS total FROM (${CARD}) AS virtual_table GROUP BY status ORDER BY total DESC LIMIT 1000`],
    ['an explore of Looker', `WITH cases AS (${CARD}) SELECT cases.status AS "cases.status", COALESCE(SUM(cases.n), 0) AS "cases.total" FROM cases GROUP BY 1 ORDER BY 2 DESC LIMIT 500`],
    ['a question of Metabase over a model', `SELECT "source"."status", SUM("source"."n") AS "sum" FROM (${CARD}) AS "source" GROUP BY "source"."status"`],
    ['a copy', `COPY (${CARD}) TO STDOUT`],
    ['a table that is built', `CREATE TABLE mart.case_count AS ${CARD}`],
  ])('is found in %s', (_, sql) => {
    expect(within(sql)).toContain(of(CARD));
    expect(of(sql)).not.toBe(of(CARD));
  });
});
