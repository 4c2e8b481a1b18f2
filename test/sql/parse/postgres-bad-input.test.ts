import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ParseOutcome, SqlStatement } from '../../../src/model/syntax-tree.js';
import type { Parse } from '../../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../../src/sql/parse/postgres.js';
import { walkStatement } from '../../../src/sql/walk.js';

let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
});

function said({ diagnostics }: ParseOutcome): string[] {
  return diagnostics.map(({ severity, message, offset }) => `${severity} at ${offset}: ${message}`);
}

function relations(statement: SqlStatement): string[] {
  const found: string[] = [];
  if (statement.type === 'utility') for (const { schema, name } of statement.relations) found.push(schema === null ? name : `${schema}.${name}`);
  walkStatement(statement, { from: (item) => { if (item.type === 'table') found.push(item.schema === null ? item.name : `${item.schema}.${item.name}`); } });
  return found;
}

function allRelations({ statements }: ParseOutcome): string[][] {
  return statements.map(({ statement }) => relations(statement));
}

describe('a text that is cut off', () => {
  test.each([
    ['after a keyword', 'SELECT c.id FROM app.case_file c JOIN app.task t ON t.case_id = c.id WHERE', [['app.case_file', 'app.task']]],
    ['in a bracket', 'SELECT count(*) FROM shop.orders o WHERE o.status IN ($1, $2', [['shop.orders']]],
    ['in a string', "SELECT o.id FROM shop.orders o WHERE o.note = 'as disc", [['shop.orders']]],
    ['in a quoted name', 'SELECT a FROM app."case file" WHERE "open', [['app.case file']]],
    ['in a comment', 'SELECT a FROM app.task /* the backlo', [['app.task']]],
    ['in a name: it may go on, and is not guessed', 'SELECT o.id FROM shop.orders o JOIN shop.pay', [['shop.orders']]],
    ['in a list of relations', 'SELECT 1 FROM app.task t, app.officer AS o, app.tenant WHERE t.id =', [['app.task', 'app.officer', 'app.tenant']]],
    ['in a common table: its name is none', 'WITH late AS (SELECT * FROM app.sla_clock), open (id) AS (SELECT 1) SELECT * FROM late JOIN open ON', [['app.sla_clock']]],
    ['in a write', 'INSERT INTO shop.refund (id, amount) SELECT p.id, p.amount FROM shop.payment p WHERE', [['shop.refund', 'shop.payment']]],
    ['in an update', 'UPDATE ONLY app.task SET state = $1 WHERE id =', [['app.task']]],
    ['after words that look like a relation', 'SELECT extract(year FROM opened_at), a IS DISTINCT FROM b FROM app.task FOR UPDATE OF', [['app.task']]],
    ['after functions that give rows', 'SELECT * FROM generate_series(1, 9) n, app.task WHERE', [[]]],
  ])('%s', (_name, sql, expected) => {
    const outcome = parse(sql);
    expect(said(outcome)).toEqual([`error at ${sql.length}: the text ends in the middle of a statement`]);
    expect(outcome.statements.map(({ statement }) => (statement.type === 'utility' ? statement.verb : statement.type))).toEqual(['truncated']);
    expect(allRelations(outcome)).toEqual(expected);
  });

  test('every relation stands where its span says', () => {
    const sql = 'SELECT 1 FROM app."case file" c JOIN Shop.Orders o ON';
    const [first] = parse(sql).statements;
    const spans = first?.statement.type === 'utility' ? first.statement.relations.map(({ span }) => sql.slice(span.start, span.end)) : [];
    expect(spans).toEqual(['app."case file"', 'Shop.Orders']);
  });

  test('that can be read all the same is said to have the size at which servers cut', () => {
    const start = 'SELECT c.id FROM app.case_file c WHERE c.note = $1 /*';
    const whole = `${start}${'.'.repeat(1023 - start.length - '*/ AND c.id = c.cust'.length)}*/ AND c.id = c.cust`;
    expect(said(parse(whole))).toEqual(['warning at 1023: the text has 1023 bytes, at which servers cut: its end may be missing']);
    expect(said(parse(`${whole}x`))).toEqual([]);
  });
});

describe('several statements, one of which is broken', () => {
  test.each([
    ['the first', 'SELEC 1; SELECT a FROM app.task', ['error at 0: syntax error at or near "SELEC"'], [['app.task']]],
    ['one in the middle', 'SELECT a FROM app.task; SELECT b FROM ] ; SELECT c FROM app.officer', ['error at 38: syntax error at or near "]"'], [['app.task'], ['app.officer']]],
    ['the last, cut off', 'SELECT a FROM app.task; SELECT b FROM app.officer WHERE', ['error at 55: the text ends in the middle of a statement'], [['app.task'], ['app.officer']]],
    ['one with an open bracket', 'SELECT count( FROM app.task; SELECT b FROM app.officer', ['error at 14: syntax error at or near "FROM"'], [['app.officer']]],
    ['one with a NUL', 'SELECT a FROM app.task; SELECT \0; SELECT b FROM app.officer', ['error at 31: a NUL character stands in the text'], [['app.task'], ['app.officer']]],
    ['behind wide characters', "SELECT '€𝄞'; SELECT 'é𝄞', ] ; SELECT a FROM app.task", ['error at 28: syntax error at or near "]"'], [[], ['app.task']]],
    ['commands of psql', '\\set x 1\nSELECT a FROM app.task \\g\nSELECT b FROM app.officer;', [], [['app.task'], ['app.officer']]],
  ])('%s', (_name, sql, diagnostics, expected) => {
    const outcome = parse(sql);
    expect(said(outcome)).toEqual(diagnostics);
    expect(allRelations(outcome)).toEqual(expected);
  });

  test('columns of the others stand where their spans say', () => {
    const sql = "SELECT 'ä€'; SELEC ; SELECT größe, t.b FROM app.task t";
    const found: string[] = [];
    for (const { statement } of parse(sql).statements) {
      walkStatement(statement, { expression: (expression) => { if (expression.type === 'column') found.push(sql.slice(expression.span.start, expression.span.end)); } });
    }
    expect(found).toEqual(['größe', 't.b']);
  });

  test('after a hundred that cannot be read the rest is not tried', () => {
    const outcome = parse(`${'x; '.repeat(50_000)}SELECT 1`);
    expect(outcome.statements).toEqual([]);
    expect(said(outcome)).toHaveLength(101);
    expect(said(outcome).at(-1)).toBe('error at 298: 100 statements of the text could not be read; the rest was not tried');
  });
});

describe('messages', () => {
  test.each([
    ['values of the statement', "SELECT a FROM app.officer WHERE b = 1 '4111-1111 secret'", 'syntax error at a literal'],
    ['numbers of the statement', 'SELECT a FROM app.officer WHERE b 4111111111111111', 'syntax error at a literal'],
    ['escape sequences', 'SELECT a FROM \u001b[31mtask', 'syntax error at or near "�"'],
  ])('hold no %s', (_name, sql, message) => {
    expect(parse(sql).diagnostics.map((diagnostic) => diagnostic.message)).toEqual([message]);
  });
});

describe('odd characters', () => {
  test.each([
    ['a mark of byte order', '\ufeffSELECT a FROM app.task'],
    ['spaces from a web page', 'SELECT\u00a0a\u00a0FROM\u2003app.task\u200b'],
  ])('%s', (_name, sql) => {
    expect(said(parse(sql))).toEqual([]);
    expect(allRelations(parse(sql))).toEqual([['app.task']]);
  });

  test('a space that the server takes for part of a name stays one', () => {
    const [first] = parse('SELECT 1 FROM opening\u00a0hours').statements;
    expect(first ? relations(first.statement) : []).toEqual(['opening\u00a0hours']);
  });
});

describe('always a tree or a diagnostic with a position, and the next text is read as ever', () => {
  const usual = 'SELECT a FROM app.task';

  test.each([
    ['10,000 nested brackets', `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
    ['10,000 open brackets', `SELECT ${'('.repeat(10_000)}`],
    ['5,000 nested calls', `SELECT ${'f('.repeat(5000)}1${')'.repeat(5000)}`],
    ['2,000 nested sub-queries', `${'SELECT * FROM ('.repeat(2000)}SELECT 1${') q'.repeat(2000)}`],
    ['a chain of 5,000', `SELECT ${Array.from({ length: 5000 }, () => 'a').join(' || ')}`],
    ['a chain of 50,000', `SELECT ${Array.from({ length: 50_000 }, () => 'a').join(' + ')}`],
    ['a list of 50,000', `SELECT 1 FROM t WHERE a IN (${Array.from({ length: 50_000 }, (_, n) => n).join(',')})`],
    ['5,000 alternatives', `SELECT 1 FROM t WHERE ${Array.from({ length: 5000 }, (_, n) => `a = ${n}`).join(' OR ')}`],
    ['a megabyte of one string', `SELECT '${'x'.repeat(1_000_000)}'`],
    ['a megabyte of garbage', Array.from({ length: 100_000 }, (_, n) => `%] ${n};;`).join(' ')],
    ['a text beyond the limit', `SELECT '${'x'.repeat(5 * 1024 * 1024)}'`],
    ['a NUL', 'SELECT \0 1'],
    ['escape sequences', 'SELECT \u001b]0;title\u0007 1'],
    ['what was not UTF-8', 'SELECT \ufffd\ufffd, \ud800 FROM \udfff'],
    ['only quotes', `'"'"'"$$`],
  ])('%s', (_name, sql) => {
    const outcome = parse(sql);
    expect(outcome.statements.length + outcome.diagnostics.length).toBeGreaterThan(0);
    for (const { offset } of outcome.diagnostics) {
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset).toBeLessThanOrEqual(sql.length);
    }
    expect(parse(usual)).toMatchObject({ diagnostics: [], statements: [{ statement: { type: 'query_statement' } }] });
  });

  test('property: any beginning of a statement has an outcome with positions', () => {
    const statement = "WITH late AS (SELECT t.id, 'ä€' FROM app.task t WHERE t.due < now()) INSERT INTO app.\"case file\" (id) SELECT l.id FROM late l LEFT JOIN app.officer o ON o.id = l.id GROUP BY 1";
    fc.assert(fc.property(fc.nat(statement.length), fc.string({ unit: 'binary', maxLength: 3 }), (cut, tail) => {
      const sql = statement.slice(0, cut) + tail;
      const outcome = parse(sql);
      for (const { offset } of outcome.diagnostics) expect(offset === null ? -1 : offset).toBeGreaterThanOrEqual(0);
      const known = ['app.task', 'app.case file', 'app.officer', 'late'];
      if (tail === '') for (const name of allRelations(outcome).flat()) if (outcome.frontEnd === null) expect(known).toContain(name);
    }), { numRuns: 400 });
  });

  test('property: any string has an outcome', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (sql) => {
      expect(parse(sql).diagnostics.every(({ offset }) => offset !== null)).toBe(true);
      expect(parse(usual).diagnostics).toEqual([]);
    }), { numRuns: 500 });
  });
});
