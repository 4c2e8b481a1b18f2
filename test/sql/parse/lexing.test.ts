import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { regions } from '../../../src/sql/lexer.js';
import type { DialectId } from '../../../src/sql/dialect.js';
import { lexingOf } from '../../../src/sql/parse/lexing.js';
import { measure } from '../../../src/sql/parse/measure.js';

function code(dialect: DialectId, text: string): string {
  const { options, view } = lexingOf(dialect);
  return regions(view(text), options).filter(({ kind }) => kind === 'code').map(({ start, end }) => text.slice(start, end)).join('|');
}

describe('what is code', () => {
  test.each<[DialectId, string, string]>([
    ['mysql', "select 'it\\'s', a # it's\nfrom `t\\`", 'select |, a # it\'s\nfrom '],
    ['mysql', "select \"say \\\"it's\\\"\", a from t", 'select |, a from t'],
    ['bigquery', 'select """it"s""", \'\'\'it\'s\'\'\', a from `p.d.t`', 'select |, |, a from '],
    ['bigquery', "select r'\\d+', a", 'select r|, a'],
    ['snowflake', "select $$it's\\$$, 'a\\'', b", 'select |, |, b'],
    ['clickhouse', "select '\\\\', a /* it's */ from t", 'select |, a | from t'],
    ['duckdb', "select '\\', a from t", 'select |, a from t'],
    ['postgres', "select '\\', E'\\'', a # b from t", 'select |, |, a # b from t'],
  ])('%s: %s', (dialect, text, expected) => {
    expect(code(dialect, text)).toBe(expected);
  });

  test('property: the lexer sees a text of the same length', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom("'", '"', '`', '\\', '#', '\n', '$$', '--', '/*', '*/', "'''", '"""', 'a', '(', ';', '€'), { maxLength: 40 }), (parts) => {
      const text = parts.join('');
      for (const dialect of ['mysql', 'bigquery', 'snowflake', 'clickhouse'] as const) expect(lexingOf(dialect).view(text)).toHaveLength(text.length);
    }), { numRuns: 500 });
  });
});

describe('the end of a text', () => {
  const end = (text: string, dialect: DialectId = 'mysql') => measure(lexingOf(dialect).view(text), lexingOf(dialect).options).end;

  test.each([
    ["select 'open", 'open'], ['select (1', 'open'], ['select case when a then b', 'open'], ['select a /* open', 'open'], ['select "open', 'open'], ["select 'it\\'", 'open'],
    ['select a from t where', 'dangling'], ['select a,', 'dangling'], ['select a from s.', 'dangling'], ['select a =', 'dangling'],
    ['select * from t', 'whole'], ['select *', 'whole'], ['select case when a then b end', 'whole'], ["select 'it\\'s' # it's", 'whole'], ['select (case when a then b', 'open'], ['select a)', 'whole'],
    ['', 'whole'],
  ])('%s is %s', (text, expected) => {
    expect(end(text)).toBe(expected);
  });
});
