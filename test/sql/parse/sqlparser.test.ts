import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Diagnostic, ParseOutcome, Span } from '../../../src/model/syntax-tree.js';
import { type Dialect, type DialectId, dialectOf, POSTGRES } from '../../../src/sql/dialect.js';
import type { FrontEnd } from '../../../src/sql/parse/front-end.js';
import { createSqlparserFrontEnd } from '../../../src/sql/parse/sqlparser.js';
import { lowerNodes } from '../../../src/sql/parse/sqlparser/outcome.js';
import { renderStatement } from './sqlparser-render.js';

let frontEnd: FrontEnd;
beforeAll(async () => {
  frontEnd = await createSqlparserFrontEnd();
});

function dialect(id: DialectId): Dialect {
  return dialectOf(id) ?? POSTGRES;
}

function parse(text: string, id: DialectId = 'duckdb'): ParseOutcome {
  return frontEnd.parse(text, dialect(id));
}

/** Every node of a kind below a value, with its position. */
function nodes(value: unknown, type: string): { node: object; span: Span }[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && value.type === type && 'span' in value && isSpan(value.span) ? [{ node: value, span: value.span }] : [];
  return [...own, ...Object.values(value).flatMap((child: unknown) => nodes(child, type))];
}

function isSpan(value: unknown): value is Span {
  return typeof value === 'object' && value !== null && 'start' in value && 'end' in value;
}

function textsOf(text: string, type: string, id: DialectId = 'duckdb'): string[] {
  return nodes(parse(text, id).statements, type).map(({ span }) => text.slice(span.start, span.end));
}

describe('positions', () => {
  test('of columns and tables are UTF-16 offsets, past emoji, tabs and line ends of every kind', () => {
    const text = "select '😀😀' as face,\r\n\tcase_id, -- 🙂 comment\n  c.\"näme 😀\",\r'x\n😀' as y, status\nfrom app.case_files c";
    expect(textsOf(text, 'column')).toEqual(['case_id', 'c."näme 😀"', 'status']);
    expect(textsOf(text, 'table')).toEqual(['app.case_files']);
    expect(textsOf(text, 'literal')).toEqual(["'😀😀'", "'x\n😀'"]);
  });

  test('of calls are those of their names, of operations from their first operand to their last', () => {
    const text = 'select lower(c.email) || sum(amount) over (order by day), a between b and c from t';
    expect(textsOf(text, 'call')).toEqual(['lower', 'sum']);
    expect(textsOf(text, 'operation')[1]).toBe('a between b and c');
    expect(textsOf('select *, o.* from shop.orders o', 'star')).toEqual(['*', 'o.*']);
  });

  test('of a column behind its alias are those of the column', () => {
    expect(textsOf('select "mäil 😀" : c.email, n: total::integer from shop.customers c', 'column')).toEqual(['c.email', 'total']);
  });

  test('of projections reach from the expression to the alias', () => {
    const [parsed] = parse('select case_id as id, max(amount) total from t').statements;
    const statement = parsed?.statement;
    expect(statement?.type === 'query_statement' && statement.query.body.type === 'select' && statement.query.body.projections.map(({ span }) => span)).toEqual([
      { start: 7, end: 20 }, { start: 22, end: 39 },
    ]);
  });

  test('hold inside the literal of UNLOAD', () => {
    const text = "unload ('select email from shop.customers') to 's3://x' iam_role 'r'";
    expect(textsOf(text, 'column', 'redshift')).toEqual(['email']);
    expect(textsOf(text, 'table', 'redshift')).toEqual(['shop.customers']);
  });

  test('of any column are where its name stands, whatever stands before it', () => {
    const filler = fc.stringMatching(/^[ \t\r\n]{1,3}$/);
    const noise = fc.oneof(filler, fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => ` /* ${text.replaceAll(/[*/]/g, '')} */ `));
    const literal = fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => `'${text.replaceAll(/['\\\0]/g, '')}'`);
    fc.assert(
      fc.property(noise, literal, noise, (a, value, b) => {
        const text = `select${a}${value} as v,${b}case_id${a}from${b}app.case_files`;
        expect(textsOf(text, 'column')).toEqual(['case_id']);
        expect(textsOf(text, 'table')).toEqual(['app.case_files']);
      }),
    );
  });
});

describe('texts', () => {
  test('of several statements give each its span', () => {
    const text = "begin;\n-- cases; of today\nselect ';' from a;\n update b set x = 1 ;";
    const { statements } = parse(text);
    expect(statements.map(({ statement }) => renderStatement(statement))).toEqual(['utility begin', "select ';' from a", 'update b set x=1']);
    expect(statements.map(({ span }) => text.slice(span.start, span.end))).toEqual(['begin', "select ';' from a", 'update b set x = 1']);
  });

  test.each(['', '  \n', '-- nothing here', '/* nor here */ ;;'])('without a statement are no error: %j', (text) => {
    expect(parse(text)).toEqual({ statements: [], diagnostics: [], frontEnd: 'sqlparser-ts', confidence: 'high' });
  });

  test('with parameters number them by their spelling', () => {
    const [parsed] = parse('select ?, :since, ?, :since, $7 from t').statements;
    expect(parsed && renderStatement(parsed.statement)).toBe('select $1, $2, $3, $2, $7 from t');
  });

  test('are refused in words that name the place', () => {
    const said = (text: string, id: DialectId = 'duckdb'): Diagnostic[] => {
      const outcome = parse(text, id);
      expect(outcome.frontEnd).toBeNull();
      expect(outcome.statements).toEqual([]);
      return outcome.diagnostics;
    };
    expect(said("select '😀' as a,\n  b c d from t")).toEqual([{ severity: 'error', message: 'Expected: end of statement, found: d', offset: 24 }]);
    expect(said('select (1')).toEqual([{ severity: 'error', message: 'Expected: ), found: EOF', offset: 9 }]);
    expect(said("select 'open")).toEqual([{ severity: 'error', message: 'Unterminated string literal', offset: 7 }]);
    expect(said('select 1', 'trino')).toEqual([{ severity: 'error', message: 'trino is no dialect of this parser', offset: null }]);
  });
});

describe('what cannot be followed', () => {
  test('keeps every column that it mentions', () => {
    const outcome = parse('select id from t start with boss is null connect by prior id = boss', 'snowflake');
    expect(outcome.statements.map(({ statement }) => renderStatement(statement))).toEqual([
      'select id from t where opaque:connect_by{(is_null boss), (= (prior id) boss)}',
    ]);
  });

  test('is said where the tree cannot show it', () => {
    expect(parse("select * ilike '%mail%' from shop.customers", 'snowflake').diagnostics).toEqual([
      { severity: 'warning', message: 'which columns * ILIKE shows is not known', offset: 7 },
    ]);
    expect(parse('delete a, b from a join b using (id)', 'mysql').diagnostics).toEqual([
      { severity: 'warning', message: 'of a DELETE from several tables only the first is followed', offset: 7 },
    ]);
  });

  test('is a table of unknown name where a variable names it', () => {
    const outcome = parse('select id from identifier($source)', 'snowflake');
    expect(outcome.statements.map(({ statement }) => renderStatement(statement))).toEqual(['select id from identifier[$1 -> ]']);
  });
});

describe('utility statements', () => {
  test.each([
    ['explain analyze select id from shop.orders', 'utility explain { select id from shop.orders }'],
    ['vacuum shop.orders', 'utility vacuum shop.orders'],
    ['alter table shop.orders add column note text', 'utility alter_table shop.orders'],
    ['drop table if exists shop.orders', 'utility drop shop.orders'],
    ['grant select on shop.orders to loader', 'utility grant shop.orders'],
    ['truncate shop.orders', 'utility truncate shop.orders'],
    ['set x = 1', 'utility set'],
    ['commit', 'utility commit'],
    ['declare c cursor for select id from shop.orders', 'cursor select id from shop.orders'],
    ['call app.close_day(1)', 'utility call'],
  ])('%s', (text, tree) => {
    expect(parse(text, 'redshift').statements.map(({ statement }) => renderStatement(statement))).toEqual([tree]);
  });
});

describe('bad input', () => {
  const NEXT = 'select case_id from app.case_files';

  test.each<[string, string]>([
    ['10,000 nested parentheses', `select ${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
    ['500 nested sub-queries', `${'select * from ('.repeat(500)}select 1${') q'.repeat(500)}`],
    ['5,000 nested calls', `select ${'lower('.repeat(5000)}x${')'.repeat(5000)}`],
    ['a NUL character', 'select \0 from t'],
    ['garbage', ')]}{ ;; ((select) from from \u0007'],
    ['a text that was cut off', 'select c.case_id, count(*) from app.case_files c where c.status = '],
    ['an open literal', `select '${'x'.repeat(100_000)}`],
  ])('%s is refused, and the next statement read', (_what, text) => {
    const outcome = parse(text);
    expect(outcome.frontEnd).toBeNull();
    expect(outcome.diagnostics).toHaveLength(1);
    expect(parse(NEXT).diagnostics).toEqual([]);
  });

  test('a list of 50,000 elements is read', () => {
    const [parsed] = parse(`select 1 from t where id in (${Array.from({ length: 50_000 }, (_, index) => index).join(', ')})`).statements;
    const statement = parsed?.statement;
    const where = statement?.type === 'query_statement' && statement.query.body.type === 'select' ? statement.query.body.where : null;
    expect(where?.type === 'operation' && where.operands.length).toBe(50_001);
  });

  test('30 nested sub-queries are read', () => {
    expect(parse(`${'select * from ('.repeat(30)}select 1${') q'.repeat(30)}`).diagnostics).toEqual([]);
  });

  test('a tree that is deeper than the stack is refused, and the next statement read', () => {
    let deep: unknown = { Identifier: { value: 'status' } };
    for (let depth = 0; depth < 100_000; depth++) deep = { IsTrue: deep };
    const select = { projection: [{ UnnamedExpr: deep }], from: [] };
    const outcome = lowerNodes([{ Query: { body: { Select: select }, locks: [] } }], 'select …', dialect('duckdb'), () => []);
    expect(outcome.diagnostics).toEqual([{ severity: 'error', message: 'the expression is nested too deeply to be read', offset: null }]);
    expect(parse(NEXT).diagnostics).toEqual([]);
  });

  test('no text of words and signs of SQL makes it throw', () => {
    const word = fc.constantFrom('select', 'from', 'where', '(', ')', ',', '*', 'a', 'b.c', "'x'", '1', '=', 'and', 'case', 'when', 'then', 'end', 'join', 'on', '::int', 'union', 'as', 'in', '->', '?', ';', '[', ']', 'update', 'set', 'insert into', 'with');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 25 }), fc.constantFrom<DialectId>('duckdb', 'snowflake', 'bigquery', 'mysql', 'clickhouse', 'tsql'), (words, id) => {
        expect(Array.isArray(parse(words.join(' '), id).statements)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
