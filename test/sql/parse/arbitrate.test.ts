import { beforeAll, describe, expect, test } from 'vitest';
import type { FrontEndId, ParseOutcome } from '../../../src/model/syntax-tree.js';
import { type Dialect, dialectOf } from '../../../src/sql/dialect.js';
import { arbitrate, type ReadWith } from '../../../src/sql/parse/arbitrate.js';
import type { Parse } from '../../../src/sql/parse/front-end.js';
import { failure } from '../../../src/sql/parse/outcome.js';
import { createPostgresParser } from '../../../src/sql/parse/postgres.js';

/** Readings are those of the PostgreSQL grammar, so that two of them differ exactly where the test lets them. */
let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
});

function dialect(name: string): Dialect {
  const found = dialectOf(name);
  if (found === null) throw new Error(`no dialect ${name}`);
  return found;
}

type Reader = (text: string) => ParseOutcome | string;

/** Front ends by what they make of a text: another text to be read in its place, or an outcome. */
function readers(byFrontEnd: Partial<Record<FrontEndId, Reader>>): { read: ReadWith; asked: string[] } {
  const asked: string[] = [];
  const read: ReadWith = async (frontEnd, _dialect, text) => {
    asked.push(frontEnd);
    const made = byFrontEnd[frontEnd]?.(text) ?? failure('not asked for', null);
    const outcome = typeof made === 'string' ? parse(made) : made;
    return outcome.frontEnd === null ? { ...outcome, statements: [] } : { ...outcome, frontEnd };
  };
  return { read, asked };
}

const same: Reader = (text) => text;
const refuses = (message: string, offset: number | null): Reader => () => failure(message, offset);

describe('the order of parsers', () => {
  test('the second is asked only where the first could not read the text, and nothing is said of it', async () => {
    const { read, asked } = readers({ 'sqlparser-ts': (text) => (text.includes('lateral') ? failure('Expected: x', 3) : text), polyglot: same });
    expect(await arbitrate('select a from t', dialect('snowflake'), read, false)).toMatchObject({ frontEnd: 'sqlparser-ts', diagnostics: [], confidence: 'high' });
    expect(asked).toEqual(['sqlparser-ts']);
    expect(await arbitrate('select a from t, lateral (select 1) x', dialect('snowflake'), read, false)).toMatchObject({ frontEnd: 'polyglot', diagnostics: [], confidence: 'high' });
    expect(asked).toEqual(['sqlparser-ts', 'sqlparser-ts', 'polyglot']);
  });

  test.each([
    ['clickhouse', ['polyglot', 'sqlparser-ts']],
    ['redshift', ['libpg-query', 'sqlparser-ts', 'polyglot']],
    ['trino', ['polyglot']],
  ])('%s', async (name, order) => {
    const { read, asked } = readers({});
    await arbitrate('select a from t', dialect(name), read, false);
    expect(asked).toEqual(order);
  });

  test('what none can read is one diagnostic with a position', async () => {
    const both = readers({ 'sqlparser-ts': refuses("Expected: end of statement, found: 'secret' at Line: 1, Column: 17", 16), polyglot: refuses('Unexpected token', 12) });
    expect((await arbitrate("select a from t 'secret'", dialect('mysql'), both.read, false)).diagnostics).toEqual([
      { severity: 'error', message: "Expected: end of statement, found a literal", offset: 16 },
    ]);
    const first = readers({ 'sqlparser-ts': refuses('something else', null), polyglot: refuses('Unexpected token', 12) });
    expect((await arbitrate('select a from t )', dialect('mysql'), first.read, false)).diagnostics).toEqual([{ severity: 'error', message: 'Unexpected token', offset: 12 }]);
  });
});

describe('thorough', () => {
  const thoroughly = (one: string, other: string) =>
    arbitrate(one, dialect('snowflake'), readers({ 'sqlparser-ts': () => one, polyglot: () => other }).read, true);

  test.each([
    ['relations', 'select x.c from a x, b', 'select x.c from a x', 'the relations read: a, b | a'],
    ['outputs', 'select c as revenue from a', 'select c as cost from a', 'the outputs: revenue | cost'],
    ['columns shown', 'select c + d as total from a', 'select c as total from a', 'the columns shown: c, d | c'],
    ['grouping', 'select count(*) from a group by c', 'select count(*) from a group by d', 'the columns grouped by: c | d'],
    ['conditions', 'select 1 from a where c = 1', 'select 1 from a where d = 1', 'the columns of conditions: c | d'],
    ['a condition that one leaves out', 'select 1 from a join b using (x) where not exists (select 1 from d)', 'select 1 from a join b using (x) where exists (select 1 from d)', 'the operators of conditions: not exists | exists'],
    ['comparisons', 'select 1 from a where c <> 1', 'select 1 from a where c = 1', 'the operators of conditions: <> | ='],
    ['statements', 'select 1; select 2', 'select 1', 'the statements: query_statement, query_statement | query_statement'],
  ])('a difference in %s is said', async (_name, one, other, message) => {
    const outcome = await thoroughly(one, other);
    expect(outcome).toMatchObject({ frontEnd: 'sqlparser-ts', confidence: 'low' });
    expect(outcome.diagnostics.map((each) => each.message)).toContain(`sqlparser-ts and polyglot disagree on ${message}`);
    expect(outcome.diagnostics.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  test.each([
    ['the same text', 'select c from a where d in (1, 2)', 'select c from a where d in (1, 2)'],
    ['formatting', 'select c from a', 'SELECT  c\nFROM a'],
    ['negation', 'select c from a where not (d = 1)', 'select c from a where d <> 1'],
    ['negation of a list', 'select c from a where not d in (1)', 'select c from a where d not in (1)'],
    ['negation over AND', 'select c from a where not (d = 1 and e is null)', 'select c from a where d <> 1 or e is not null'],
    ['brackets and order', 'select c from a where (d = 1) and e > 2', 'select c from a where e > 2 and d = 1'],
    ['joins', 'select a.c from a join b on a.x = b.x', 'select a.c from a inner join b on a.x = b.x'],
    ['common tables', 'with q as (select c from a) select c from q', 'with q as (select c from a) select c from q'],
    ['arithmetic that a parser rewrites', 'select c from a where mod(d, 2) = 0', 'select c from a where d % 2 = 0'],
  ])('no difference for the same meaning: %s', async (_name, one, other) => {
    expect(await thoroughly(one, other)).toMatchObject({ diagnostics: [], confidence: 'high' });
  });

  test('what only the last resort reads is not held for sure', async () => {
    const { read } = readers({ 'sqlparser-ts': refuses('Expected: x', 0), polyglot: same });
    expect(await arbitrate('select a from t', dialect('snowflake'), read, true)).toMatchObject({ frontEnd: 'polyglot', confidence: 'low' });
  });
});

describe('before any parser', () => {
  const given = async (text: string, name = 'snowflake') => {
    const texts: string[] = [];
    const { read, asked } = readers({ 'sqlparser-ts': (seen) => { texts.push(seen); return seen; }, polyglot: (seen) => { texts.push(seen); return 'select 1'; } });
    const outcome = await arbitrate(text, dialect(name), read, false);
    return { outcome, texts, asked };
  };

  test('odd spaces become spaces, outside of strings and comments, one for one', async () => {
    const { texts } = await given("\ufeffselect\u00a0'a\u00a0b' as\u200bx\u3000-- c\u00a0d\nfrom t");
    expect(texts).toEqual([" select 'a\u00a0b' as x -- c\u00a0d\nfrom t"]);
  });

  test('an escaped quote ends no string where a backslash escapes', async () => {
    const { texts } = await given("select 'it\\'s\u00a0so', a\u00a0from t", 'mysql');
    expect(texts[0]).toBe("select 'it\\'s\u00a0so', a from t");
  });

  test('half a surrogate pair becomes a replacement character', async () => {
    expect((await given('select "a\ud800" from t')).texts).toEqual(['select "a\ufffd" from t']);
  });

  test('a NUL is refused with its position, and costs its statement only', async () => {
    expect((await given('select \0')).outcome.diagnostics).toEqual([{ severity: 'error', message: 'a NUL character stands in the text', offset: 7 }]);
    const { outcome } = await given('select a from t; select \0; select b from u');
    expect(outcome.statements).toHaveLength(2);
    expect(outcome.diagnostics).toEqual([{ severity: 'error', message: 'a NUL character stands in the text', offset: 24 }]);
  });

  test('more than a million characters are refused', async () => {
    const { outcome, asked } = await given(`select '${'x'.repeat(1_000_000)}'`);
    expect(outcome.diagnostics).toEqual([{ severity: 'error', message: 'the text has 1000009 characters; more than 1000000 are not parsed', offset: 1_000_000 }]);
    expect(asked).toEqual([]);
  });

  test('of long lists few elements reach the parser, and what follows stands where it stood', async () => {
    const sql = `select a from t where b in (${Array.from({ length: 50_000 }, (_, n) => n).join(', ')}) and größe = 1`;
    const { outcome, texts } = await given(sql);
    expect(texts[0]).toHaveLength(sql.length);
    expect(texts[0]?.replace(/ {2,}/g, ' ')).toBe('select a from t where b in (0, 1, 2/* */, 49999) and größe = 1');
    expect(texts[0]?.indexOf('größe')).toBe(sql.indexOf('größe'));
    expect(outcome.diagnostics).toEqual([{ severity: 'warning', message: 'of a list of 50000 literals only the first ones and the last one were read', offset: 35 }]);
  });

  test('the PostgreSQL grammar reads lists of any length', async () => {
    const sql = `select a from t where b in (${Array.from({ length: 2000 }, (_, n) => n).join(', ')})`;
    const { read } = readers({ 'libpg-query': (seen) => (seen === sql ? seen : failure('shortened', 0)) });
    expect(await arbitrate(sql, dialect('redshift'), read, false)).toMatchObject({ frontEnd: 'libpg-query', diagnostics: [] });
  });

  test.each([
    ['strings with commas and brackets', `select 1 from t where a in (${Array.from({ length: 1001 }, (_, n) => `'(${n}, ''x'')'`).join(',')})`, true],
    ['signed numbers and NULL', `select 1 from t where a in (${Array.from({ length: 1001 }, (_, n) => (n % 5 === 0 ? 'NULL' : `-${n}.5`)).join(',')})`, true],
    ['dates', `select 1 from t where a in (${Array.from({ length: 1001 }, () => "DATE '2026-01-31'").join(',')})`, true],
    ['a list that ends in an expression', `select 1 from t where a in (${Array.from({ length: 1500 }, (_, n) => n).join(',')} + b)`, true],
    ['a list of a thousand', `select 1 from t where a in (${Array.from({ length: 1000 }, (_, n) => n).join(',')})`, false],
    ['columns of a query', `select * from (select ${Array.from({ length: 2000 }, (_, n) => n).join(',')}) x`, false],
    ['columns', `select 1 from t where a in (${Array.from({ length: 1500 }, (_, n) => `c${n}`).join(',')})`, false],
  ])('lists are collapsed, and nothing else: %s', async (_name, sql, collapsed) => {
    const { outcome, texts } = await given(sql);
    expect(texts[0] !== sql).toBe(collapsed);
    expect(outcome.diagnostics.map(({ severity }) => severity)).toEqual(collapsed ? ['warning'] : []);
  });

  test.each([
    ['a chain of 900', `select 1 from t where ${Array.from({ length: 900 }, (_, n) => `a = ${n}`).join(' or ')}`],
    ['chains in brackets that add up', `select 1 from t where (${Array.from({ length: 250 }, () => 'a').join(' || ')}) = 'x' and ${Array.from({ length: 250 }, () => 'b').join(' and ')}`],
    ['deep nesting', `select ${'('.repeat(250)}1${')'.repeat(250)}`],
    ['nested CASE', `select ${'case when a then '.repeat(250)}1${' end'.repeat(250)}`],
  ])('%s does not reach sqlparser-ts', async (_name, sql) => {
    expect((await given(sql)).asked).toEqual(['polyglot']);
  });

  test('many short conditions do', async () => {
    const sql = `select ${Array.from({ length: 900 }, (_, n) => `case when a = ${n} or b > 2 then c + 1 end as c${n}`).join(', ')} from t`;
    expect((await given(sql)).asked).toEqual(['sqlparser-ts']);
  });

  test('what is too deep for all is said with its depth and place', async () => {
    const { read } = readers({ polyglot: refuses('E_GUARD_NESTING_DEPTH_EXCEEDED', 500) });
    const outcome = await arbitrate(`select ${'('.repeat(10_000)}1${')'.repeat(10_000)}`, dialect('bigquery'), read, false);
    expect(outcome.diagnostics).toEqual([{ severity: 'error', message: 'the text is nested 10000 levels deep, deeper than the parsers of this dialect follow', offset: 10_006 }]);
  });
});

describe('what is cut off or broken in part', () => {
  const strict: Reader = (text) => {
    const outcome = parse(text);
    if (outcome.diagnostics.length === 0) return outcome;
    return failure(outcome.statements.length === 0 ? 'Expected: an SQL statement' : 'Expected: an expression, found: EOF', null);
  };
  const { read } = readers({ 'sqlparser-ts': strict, polyglot: refuses('Unexpected token', 0) });

  test('of a text that is cut off the relations are kept', async () => {
    const sql = 'select o.id from shop.Orders o join raw."Payment" p on p.id =';
    const outcome = await arbitrate(sql, dialect('snowflake'), read, false);
    expect(outcome.diagnostics).toEqual([{ severity: 'error', message: 'the text ends in the middle of a statement', offset: sql.length }]);
    expect(outcome.statements).toMatchObject([{ statement: { verb: 'truncated', relations: [{ schema: 'shop', name: 'orders' }, { schema: 'raw', name: 'payment' }] } }]);
  });

  test('a parser that completes an open bracket does not make the text whole', async () => {
    const sql = 'select a from (select b from t';
    const lenient = readers({ 'sqlparser-ts': () => 'select a from (select b from t) q' });
    expect((await arbitrate(sql, dialect('snowflake'), lenient.read, false)).diagnostics).toEqual([
      { severity: 'warning', message: 'the text ends in the middle of a statement', offset: sql.length },
    ]);
  });

  test('the statements around a broken one are read, each with its place', async () => {
    const sql = 'select a from t; selec b; select größe from u; select c from v where';
    const outcome = await arbitrate(sql, dialect('mysql'), read, false);
    expect(outcome.statements.map(({ span }) => sql.slice(span.start, span.end))).toEqual(['select a from t', 'select größe from u', 'select c from v where']);
    expect(outcome.diagnostics.map(({ offset, message }) => [offset, message])).toEqual([
      [17, 'Unexpected token'],
      [sql.length, 'the text ends in the middle of a statement'],
    ]);
  });
});
