import { beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../../src/sql/fingerprint.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';

let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
});

function of(sql: string): string {
  const statement = parse(sql).statements[0]?.statement;
  if (!statement) throw new Error(`not parsed: ${sql}`);
  return fingerprint(statement);
}

describe('one fingerprint for a card and its row in the statistics', () => {
  test.each([
    ['literals and parameters', "SELECT count(*) FROM app.case_file WHERE status = 'OPEN' AND priority > 3", 'SELECT count(*) FROM app.case_file WHERE status = $1 AND priority > $2'],
    ['formatting and comments', '-- Metabase:: userID: 1\nselect  COUNT(*)\nfrom app.case_file /* x */', 'SELECT count(*) FROM app.case_file'],
    ['the length of a list', "SELECT 1 FROM t WHERE a IN ('x', 'y', 'z')", 'SELECT 1 FROM t WHERE a IN ($1 /*, ... */)'],
    ['an array of literals', "SELECT 1 FROM t WHERE a = ANY (ARRAY['x', 'y'])", 'SELECT 1 FROM t WHERE a = ANY (ARRAY[$1 /*, ... */])'],
    ['typed literals', "SELECT 1 FROM t WHERE a > now() - interval '30 days' AND b >= DATE '2026-01-01' AND c = '5'::int", 'SELECT 1 FROM t WHERE a > now() - interval $1 AND b >= DATE $2 AND c = $3::int'],
    ['names of outputs', 'SELECT count(*) AS n FROM t', 'SELECT count(*) AS open_cases FROM t'],
    ['the wrapper of a tool', 'SELECT * FROM (SELECT a, b FROM t) AS source', 'SELECT a, b FROM t'],
    ['negative numbers', 'SELECT 1 FROM t WHERE a > -5', 'SELECT 1 FROM t WHERE a > $1'],
    ['the field of extract', "SELECT extract(year FROM a) FROM t", 'SELECT extract($1 FROM a) FROM t'],
  ])('%s', (_name, one, other) => {
    expect(of(one)).toBe(of(other));
  });
});

describe('different fingerprints for different work', () => {
  test.each([
    ['the schema', 'SELECT a FROM app.t', 'SELECT a FROM shop.t'],
    ['the table', 'SELECT a FROM t1', 'SELECT a FROM t2'],
    ['the column', 'SELECT a FROM t WHERE b = 1', 'SELECT a FROM t WHERE c = 1'],
    ['the operator', 'SELECT a FROM t WHERE b = 1', 'SELECT a FROM t WHERE b <> 1'],
    ['a row limit', 'SELECT a FROM t', 'SELECT a FROM t LIMIT 10'],
    ['the grouping', 'SELECT a, count(*) FROM t GROUP BY a', 'SELECT a, count(*) FROM t GROUP BY a, b'],
    ['a list of columns and a list of values', 'SELECT 1 FROM t WHERE a IN (b, c)', 'SELECT 1 FROM t WHERE a IN (1, 2)'],
    ['the JSON function', "SELECT JSON_VALUE(a, '$.x') FROM t", "SELECT JSON_QUERY(a, '$.x') FROM t"],
    ['DISTINCT', 'SELECT count(a) FROM t', 'SELECT count(DISTINCT a) FROM t'],
  ])('%s', (_name, one, other) => {
    expect(of(one)).not.toBe(of(other));
  });
});
