import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Expression } from '../../src/model/syntax-tree.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { walkStatement } from '../../src/sql/walk.js';

let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
});

/** The texts at the spans of all columns, in the order of the walk. */
function columnsAtTheirPlace(sql: string): string[] {
  const found: string[] = [];
  for (const { statement } of parse(sql).statements) {
    walkStatement(statement, {
      expression: (expression: Expression) => {
        if (expression.type === 'column' || expression.type === 'star') found.push(sql.slice(expression.span.start, expression.span.end));
      },
    });
  }
  return found;
}

describe('positions', () => {
  test('every column stands where its span says, after text of any width', () => {
    expect(columnsAtTheirPlace(`SELECT 'Größe €𝄞', t."Spalte ä", app.t.b , s.*, größe FROM app.t`)).toEqual(['t."Spalte ä"', 'app.t.b', 's.*', 'größe']);
  });

  test('statements of one text have their own spans', () => {
    const sql = "SELECT 'ä';  SELECT b FROM t ; ";
    expect(parse(sql).statements.map(({ span }) => sql.slice(span.start, span.end).trim())).toEqual(["SELECT 'ä'", 'SELECT b FROM t']);
  });

  test('property: identifiers of any letters are found at their place', () => {
    const name = fc.stringMatching(/^[a-zäöüé][a-z0-9_äß]{0,8}$/u).filter((text) => parse(`SELECT ${text} FROM t`).statements.length === 1 && columnsAtTheirPlace(`SELECT ${text} FROM t`).length === 1);
    fc.assert(fc.property(name, fc.string({ unit: 'grapheme', maxLength: 12 }), (column, literal) => {
      fc.pre(!literal.includes('\0'));
      const sql = `SELECT '${literal.replaceAll("'", "''")}', x.${column} FROM x`;
      expect(columnsAtTheirPlace(sql)).toEqual([`x.${column}`]);
    }), { numRuns: 200 });
  });
});

describe('what pg_stat_statements really writes', () => {
  test.each([
    'SELECT $1', 'SELECT date $1 + interval $2', 'SELECT extract($1 FROM opened_at) FROM t', 'SELECT * FROM t WHERE a IN ($1 /*, ... */)',
    'SELECT 1 FROM ONLY "app"."case_file" x WHERE "case_id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x',
    'SET work_mem = $1', 'COPY (SELECT a FROM t WHERE b = $1) TO STDOUT', 'DECLARE c CURSOR FOR SELECT a FROM t', 'EXPLAIN SELECT a FROM t', 'BEGIN', 'FETCH 100 IN "c"',
    'PREPARE TRANSACTION $1', 'COMMIT PREPARED $1', 'ROLLBACK PREPARED $1', 'DEALLOCATE $1', 'DECLARE $1 CURSOR FOR SELECT a FROM t',
  ])('%s', (sql) => {
    expect(parse(sql)).toMatchObject({ diagnostics: [], statements: [{}] });
  });
});

describe('what cannot be read costs itself only', () => {
  test.each([
    ['nothing', '', []],
    ['only a comment', '-- nothing', []],
    ['garbage', ']] ;; %%', ['syntax error at or near "]"', 'syntax error at or near "%%"']],
    ['a NUL', 'SELECT 1 \0 FROM t', ['a NUL character stands in the text']],
    ['ten thousand parentheses', `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)}`, ['memory exhausted at or near "("']],
    ['an operator chain of five thousand', `SELECT ${Array.from({ length: 5000 }, () => 'a').join(' || ')}`, ['the expression is nested too deeply to be read']],
    ['a text beyond the limit', `SELECT '${'x'.repeat(5 * 1024 * 1024)}'`, ['the text has 5242889 characters; more than 4194304 are not parsed']],
  ])('%s', (_name, sql, messages) => {
    const outcome = parse(sql);
    expect(outcome.statements).toEqual([]);
    expect(outcome.diagnostics.map(({ message }) => message)).toEqual(messages);
    expect(parse('SELECT a FROM t').statements).toHaveLength(1);
  });

  test('large and flat is no trouble', () => {
    expect(parse(`SELECT 1 FROM t WHERE a IN (${Array.from({ length: 50_000 }, (_, n) => n).join(',')})`).statements).toHaveLength(1);
    expect(parse(`SELECT 1 FROM t WHERE ${Array.from({ length: 5000 }, () => 'a = 1').join(' OR ')}`).statements).toHaveLength(1);
  });

  test('property: no text makes it throw, and the next one is read as ever', () => {
    const words = fc.constantFrom('SELECT', 'FROM', 'WHERE', '(', ')', ',', "'", '"', '$1', '$$', '--', '/*', '*/', ';', 'a', '1', '::', 'CASE', 'END', 'JOIN', 'ON', '\u0000', '\u001b[31m', '€', '\ud800');
    fc.assert(fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
      const outcome = parse(parts.join(' '));
      expect(outcome.statements.length + outcome.diagnostics.length).toBeGreaterThanOrEqual(0);
      expect(parse('SELECT a FROM t').statements).toHaveLength(1);
    }), { numRuns: 500 });
  });
});

test('what is not lowered keeps its columns', () => {
  const [first] = parse("SELECT xmlelement(name p, email), JSON_VALUE(profile, '$.city') FROM shop.customer").statements;
  const columns: string[] = [];
  if (first) walkStatement(first.statement, { expression: (expression) => { if (expression.type === 'column') columns.push(expression.parts.join('.')); } });
  expect(columns).toEqual(['email', 'profile']);
});
