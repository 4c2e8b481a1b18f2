import { beforeAll, describe, expect, test } from 'vitest';
import { type DialectId, POSTGRES, dialectOf } from '../../src/sql/dialect.js';
import { fingerprint } from '../../src/sql/fingerprint.js';
import type { FrontEnd } from '../../src/sql/parse/front-end.js';
import { createPolyglotFrontEnd } from '../../src/sql/parse/polyglot.js';
import { createSqlparserFrontEnd } from '../../src/sql/parse/sqlparser.js';
import { normalConditions } from '../../src/sql/predicate.js';

let sqlparser: FrontEnd;
let polyglot: FrontEnd;

beforeAll(async () => {
  sqlparser = await createSqlparserFrontEnd();
  polyglot = await createPolyglotFrontEnd();
});

function read(frontEnd: FrontEnd, sql: string, id: DialectId) {
  const dialect = dialectOf(id) ?? POSTGRES;
  const { statements, diagnostics } = frontEnd.parse(sql, dialect);
  const statement = statements[0]?.statement;
  if (!statement) throw new Error(`${frontEnd.id} does not read ${sql}: ${diagnostics[0]?.message ?? ''}`);
  return { print: fingerprint(statement, { dialect }), conditions: normalConditions(statement, id) };
}

const TEXTS: readonly (readonly [DialectId, string, string[]])[] = [
  ['bigquery', "SELECT COUNTIF(status = 'OPEN') AS n FROM `app.case_file` AS c WHERE c.unit_id != 3", ['unit_id <> 3']],
  ['bigquery', 'SELECT SAFE_DIVIDE(COUNTIF(a = 1), COUNT(*)) FROM app.case_file WHERE opened_on > DATE_SUB(CURRENT_DATE(), INTERVAL 30 DAY)', ["opened_on > (current_date - '30 days'::interval)"]],
  ['bigquery', 'SELECT t.id, i.name FROM app.orders AS t, UNNEST(t.items) AS i WHERE IFNULL(t.a, 0) > 1 QUALIFY ROW_NUMBER() OVER (PARTITION BY t.id ORDER BY t.ts DESC) = 1', ['coalesce(orders.a, 0) > 1', 'row_number() over (partition by orders.id order by orders.ts desc) = 1']],
  ['snowflake', "SELECT DATE_TRUNC('MONTH', ts) AS m, COUNT(*) AS n FROM app.orders GROUP BY m HAVING n > 5", ['n > 5']],
  ['snowflake', "SELECT IFF(a = 1, 'x', 'y') AS k, COUNT_IF(b), SUM(c) AS total FROM app.orders GROUP BY ALL", []],
  ['clickhouse', "SELECT countIf(status = 'OPEN') AS n, uniqExact(user_id) FROM app.case_file WHERE toStartOfMonth(ts) = '2026-01-01' AND NOT isNull(closed_at)", ['closed_at is not null', "date_trunc('month', ts) = '2026-01-01'"]],
  ['mysql', "SELECT SUM(status = 'OPEN') AS n, IF(a > 1, 1, 0) FROM app.case_file WHERE ts > DATE_SUB(NOW(), INTERVAL 7 DAY) LIMIT 10", ["ts > (now() - '7 days'::interval)"]],
  ['duckdb', 'SELECT * EXCLUDE (b), count(*) FILTER (WHERE a = 1) FROM app.orders GROUP BY ALL', []],
  ['redshift', "SELECT NVL(a, 0), LISTAGG(b, ',') WITHIN GROUP (ORDER BY c) FROM app.orders WHERE GETDATE() - INTERVAL '7 days' < ts", ["ts > (now() - '7 days'::interval)"]],
];

describe('both parsers of the warehouses', () => {
  test.each(TEXTS)('%s: %s', (id, sql, conditions) => {
    const one = read(sqlparser, sql, id);
    expect(one).toEqual(read(polyglot, sql, id));
    expect(one.conditions).toEqual(conditions);
  });
});

describe('names in dialects that let an expression see the outputs beside it', () => {
  test.each<[string, DialectId, string, string]>([
    ['an output by its alias', 'snowflake', 'SELECT a + b AS total, total * 2 AS double FROM app.orders WHERE total > 5', 'SELECT a + b AS t, t * 2 AS d FROM app.orders WHERE t > 5'],
    ['a column that an alias is spelled like', 'snowflake', "SELECT DATE_TRUNC('DAY', ts) AS ts FROM app.orders WHERE ts > 5", "SELECT DATE_TRUNC('DAY', ts) AS d FROM app.orders WHERE ts > 5"],
    ['an expression with a name', 'clickhouse', 'WITH today() AS day SELECT sumIf(amount, d = day) AS s, s * 2 FROM app.orders', 'WITH today() AS d0 SELECT sumIf(amount, d = d0) AS x, x * 2 FROM app.orders'],
    ['parameters of a lambda', 'duckdb', 'SELECT list_transform(items, x -> x.price * rate) FROM app.orders', 'SELECT list_transform(items, item -> item.price * rate) FROM app.orders'],
    ['an alias in HAVING', 'bigquery', 'SELECT region, COUNT(*) AS n FROM app.orders GROUP BY region HAVING n > 3 ORDER BY n', 'SELECT region, COUNT(*) AS orders FROM app.orders GROUP BY 1 HAVING orders > 9 ORDER BY 2'],
  ])('%s', (_name, id, one, other) => {
    expect(read(polyglot, one, id).print).toBe(read(polyglot, other, id).print);
  });
});
