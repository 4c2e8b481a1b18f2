import { beforeAll, describe, expect, test } from 'vitest';
import type { Expression, FromItem, ParseOutcome } from '../../../src/model/syntax-tree.js';
import { type Dialect, dialectOf } from '../../../src/sql/dialect.js';
import type { FrontEnd } from '../../../src/sql/parse/front-end.js';
import { createPolyglotFrontEnd } from '../../../src/sql/parse/polyglot.js';
import { parsedOf } from '../../../src/sql/parse/polyglot/parser.js';
import { readStatement } from '../../../src/sql/parse/polyglot/read.js';
import { walkStatement } from '../../../src/sql/walk.js';
import { rendered } from './polyglot-rendering.js';

let frontEnd: FrontEnd;

beforeAll(async () => {
  frontEnd = await createPolyglotFrontEnd();
});

function dialect(name: string): Dialect {
  const found = dialectOf(name);
  if (!found) throw new Error(`no dialect ${name}`);
  return found;
}

function read(sql: string, name = 'duckdb'): ParseOutcome {
  return frontEnd.parse(sql, dialect(name));
}

/** The texts at the places of columns, stars and tables, in the order of the walk. */
function inPlace(sql: string, name = 'duckdb'): string[] {
  const found: string[] = [];
  const note = ({ start, end }: { start: number; end: number }): void => {
    found.push(sql.slice(start, end));
  };
  for (const { statement } of read(sql, name).statements) {
    walkStatement(statement, {
      expression: (expression: Expression) => {
        if (expression.type === 'column' || (expression.type === 'star' && expression.qualifier.length > 0)) note(expression.span);
      },
      from: (item: FromItem) => {
        if (item.type === 'table') note(item.span);
      },
    });
  }
  return found;
}

describe('places', () => {
  test('columns and tables stand where their spans say, after text of any width', () => {
    expect(inPlace(`SELECT '😀', o."Größe", shop.orders.total, o.* FROM shop."Örders" AS o JOIN shop.lines l ON l.id = o.id`)).toEqual([
      'o."Größe"', 'shop.orders.total', 'o.*', 'shop."Örders"', 'shop.lines', 'l.id', 'o.id',
    ]);
  });

  test('also where a query is given to the parser in parentheses', () => {
    expect(inPlace("SELECT '😀', Email FROM shop.customers AS c WHERE c.id IN (SELECT id FROM shop.vip)", 'clickhouse')).toEqual(['Email', 'shop.customers', 'c.id', 'id', 'shop.vip']);
    expect(inPlace("INSERT INTO report.d SELECT '😀', Email FROM shop.customers", 'clickhouse')).toEqual(['Email', 'shop.customers']);
  });

  test('and inside of what the parser keeps as text', () => {
    expect(inPlace("EXPLAIN SELECT '😀', Email FROM shop.customers", 'clickhouse')).toEqual(['Email', 'shop.customers']);
    expect(inPlace("SELECT id FROM orders WHERE NOT \"Titel\" LIKE $1 AND NOT note LIKE '😀'")).toEqual(['id', 'orders', '"Titel"', 'note']);
    expect(inPlace("UNLOAD ('SELECT email FROM crm.customers') TO 's3://out' IAM_ROLE 'r'", 'redshift')).toEqual(['email', 'crm.customers']);
  });

  test('a call, an operation and an output reach around what stands in them', () => {
    const sql = "SELECT 1, lower(name || surname) AS full_name FROM staff";
    const [parsed] = read(sql).statements;
    const body = parsed?.statement.type === 'query_statement' ? parsed.statement.query.body : null;
    const output = body?.type === 'select' ? body.projections[1] : undefined;
    expect(output && sql.slice(output.span.start, output.span.end)).toBe('name || surname) AS full_name');
    expect(output && sql.slice(output.expression.span.start, output.expression.span.end)).toBe('name || surname');
  });

  test('statements of one text have their own, and one that cannot be read costs itself only', () => {
    const sql = "SELECT '😀;'; -- first; second\nSELEC b FROM t;\n\nSELECT c FROM u ;";
    const { statements, diagnostics, frontEnd: id } = read(sql);
    expect(statements.map(({ span }) => sql.slice(span.start, span.end))).toEqual(["SELECT '😀;'", 'SELECT c FROM u']);
    expect(diagnostics).toEqual([{ severity: 'error', message: 'this does not belong here', offset: sql.indexOf('FROM t') }]);
    expect(id).toBe('polyglot');
    expect(inPlace(sql)).toEqual(['c', 'u']);
  });
});

describe('texts without a statement', () => {
  test.each(['', '   \n', '-- nothing here', '/* nor\nhere */ ;'])('%j is read and empty', (sql) => {
    expect(read(sql)).toEqual({ statements: [], diagnostics: [], frontEnd: 'polyglot', confidence: 'high' });
  });

  test.each([
    ['duckdb', 'SELEC id FROM orders'], ['clickhouse', 'SELEC id FROM orders'], ['snowflake', 'UPDAT orders SET id = 1'], ['mysql', 'hello world'], ['bigquery', 'id'],
    ['duckdb', 'CREATE TABEL orders (id int)'], ['duckdb', "'SELECT 1'"], ['trino', 'id = 1'], ['spark', 'orders'],
  ])('%s: what is no statement is not read: %s', (name, sql) => {
    const outcome = read(sql, name);
    expect(outcome.statements).toEqual([]);
    expect(outcome.frontEnd).toBeNull();
    expect(outcome.diagnostics.map(({ severity }) => severity)).toEqual(['error']);
  });

  test('messages say where, and quote no literal', () => {
    const refused = ['SELECT (id FROM orders', 'SELECT id FROM', 'INSERT orders VALUES (1)', "SELECT id FROM orders LIMIT 'secret", 'SELECT a,, b FROM t', '('.repeat(3000)];
    expect(refused.map((sql) => read(sql).diagnostics.map(({ message, offset }) => `${offset}: ${message}`).join())).toMatchInlineSnapshot(`
      [
        "11: this does not belong here",
        "10: a table or a query is missing here",
        "7: INTO is missing here",
        "28: a string is not closed",
        "9: this does not belong here",
        "512: the statement is nested too deeply to be read",
      ]
    `);
  });
});

describe('what the parser reads otherwise than it is', () => {
  test.each([
    ['SELECT a FROM t WHERE b = (SELECT 1) UNION SELECT 2 ORDER BY 1 LIMIT 3', '{select a from t where [=](b, scalar({select 1}))} union {select 2} order 1 limit 3'],
    ['SELECT (SELECT 1) UNION ALL SELECT 2', '{select scalar({select 1})} union all {select 2}'],
    ['WITH c AS (SELECT 1) SELECT x FROM q UNION SELECT a FROM t WHERE b > (SELECT 1) EXCEPT SELECT 3 ORDER BY 1', 'with c as [select 1] {{select x from q} union {select a from t where [>](b, scalar({select 1}))}} except {select 3} order 1'],
    ['SELECT a FROM t WHERE b > (SELECT 1) UNION ALL SELECT c FROM d WHERE e > (SELECT 2) INTERSECT SELECT 4 LIMIT 2', '{select a from t where [>](b, scalar({select 1}))} union all {{select c from d where [>](e, scalar({select 2}))} intersect {select 4}} limit 2'],
    ['SELECT a FROM t WHERE b = (SELECT 1 UNION SELECT 2)', 'select a from t where [=](b, scalar({{select 1} union {select 2}}))'],
    ['INSERT INTO x SELECT a FROM t WHERE b = (SELECT 1) UNION ALL SELECT 2', 'insert x {select a from t where [=](b, scalar({select 1}))} union all {select 2}'],
  ])('a union behind a sub-query: %s', (sql, expected) => {
    expect(rendered(read(sql))).toBe(expected);
  });

  test.each([
    ['SELECT len(name), length(name), char_length(name), len(lower(length(x))) FROM t', 'select len(name), length(name), char_length(name), len(lower(length(x))) from t'],
    ['SELECT ceil(a), ceiling(a), lcase(b), pow(a, b), a ** b, substr(b, 1), substring(b, 1) FROM t', 'select ceil(a), ceiling(a), lcase(b), pow(a, b), [^](a, b), substr(b, 1), substring(b, 1) from t'],
    ["SELECT strpos(a, 'x'), instr(a, 'y'), position('z' IN a), mod(a, 2), a % 2 FROM t", "select strpos(a, 'x'), instr(a, 'y'), pg_catalog.position(a, 'z'), mod(a, 2), [%](a, 2) from t"],
    ["SELECT starts_with(a, 'x'), regexp_matches(a, 'y'), a ~ 'z' FROM t", "select starts_with(a, 'x'), regexp_matches(a, 'y'), [~](a, 'z') from t"],
  ])('one of several names of a function: %s', (sql, expected) => {
    expect(rendered(read(sql))).toBe(expected);
  });

  test('a NOT before LIKE, which comes as text without quotes and parameters', () => {
    expect(rendered(read(`SELECT id FROM orders WHERE NOT "Titel" LIKE $2 AND NOT lower(name) ILIKE 'a%' || $1`))).toBe(
      "select id from orders where [and]([not]([like](titel, $2)), [not]([ilike](lower(name), [||]('a%', $1))))",
    );
  });
});

describe('failures', () => {
  const statement = { start: 0, end: 8 };

  test('a tree that is too deep for the stack is a diagnostic', () => {
    let tree: unknown = { literal: { literal_type: 'number', value: '1' } };
    for (let depth = 0; depth < 200_000; depth++) tree = { neg: { this: tree } };
    const outcome = readStatement('SELECT 1', statement, dialect('duckdb'), () => ({ trees: [{ select: { expressions: [tree] } }] }));
    expect(outcome).toEqual({ statement: null, diagnostics: [{ severity: 'error', message: 'the statement is nested too deeply to be read', offset: 0 }] });
  });

  test('a trap of the module is thrown on', () => {
    const trap = { success: false, ast: undefined, error: 'WASM parse failed: unreachable' };
    expect(() => readStatement('SELECT 1', statement, dialect('duckdb'), () => parsedOf(trap))).toThrow(expect.objectContaining({ name: 'RuntimeError', message: 'unreachable' }));
  });

  test('an unknown node keeps the columns that it mentions', () => {
    const column = { column: { name: { name: 'email', quoted: false } } };
    const outcome = readStatement('SELECT 1', statement, dialect('duckdb'), () => ({ trees: [{ select: { expressions: [{ brand_new: { parts: [{ upper: { this: column } }] } }] } }] }));
    expect(rendered({ statements: outcome.statement ? [{ statement: outcome.statement, span: statement }] : [], diagnostics: outcome.diagnostics, frontEnd: 'polyglot', confidence: 'high' })).toBe('select ?brand_new(upper(email))');
  });

  test('an unknown clause of a query is said, and its columns are conditions', () => {
    const column = { column: { name: { name: 'email', quoted: false } } };
    const outcome = readStatement('SELECT 1', statement, dialect('duckdb'), () => ({ trees: [{ select: { expressions: [column], brand_new: { this: column } } }] }));
    expect(rendered({ statements: outcome.statement ? [{ statement: outcome.statement, span: statement }] : [], diagnostics: outcome.diagnostics, frontEnd: 'polyglot', confidence: 'high' })).toBe(
      'select email where ?brand_new(email)\nwarning: the clause BRAND NEW of a query was not read',
    );
  });
});
