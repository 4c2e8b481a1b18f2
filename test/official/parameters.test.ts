import { expect, test } from 'vitest';
import { parametersOf, withValues, type GivenValue } from '../../src/official/parameters.js';
import { commonWatermark, epochOf } from '../../src/official/moment.js';
import { expressionsOf } from '../../src/stores/expressions/index.js';

const filled = (sql: string, values: Record<string, GivenValue>, engine: 'postgres' | 'duckdb' = 'postgres') => withValues(sql, new Map(Object.entries(values)), expressionsOf(engine));

test.each([
  ['where day >= :from and day < %(until)s and x = :from', ['from', 'until']],
  ["select ':no', \"a:no\", $$ :no $$ -- :no\n /* :no */ from t", []],
  ['select a::date, b[1:n], {a:b}, {\'a\':b}, f(x := :yes)', ['yes']],
  ["select interval '1 day' * :n::int", ['n']],
])('parameters of %s', (sql, names) => {
  expect(parametersOf(sql)).toEqual(names);
});

test('values stand in quotes, whatever they hold', () => {
  expect(filled('select :a, :b, :c, :d, -:e', { a: "x'; drop table t --", b: 1.5, c: null, d: true, e: -3 }).sql).toBe("select 'x''; drop table t --', (1.5), NULL, true, -(-3)");
  expect(filled("select :a, ':a'", { a: ':b\\' }).sql).toBe("select E':b\\\\', ':a'");
  expect(filled('select :a', { a: 'tab\there' }, 'duckdb').sql).toBe("select ('tab' || chr(9) || 'here')");
});

test('names without a value and values without a name are told', () => {
  expect(filled('select :a, :b', { a: 1, z: 2 })).toMatchObject({ missing: ['b'], unused: ['z'] });
});

test('watermarks are moments, and the earliest is common to all', () => {
  expect(epochOf('2026-07-01 00:00:00.25+02')).toBe(Date.parse('2026-06-30T22:00:00Z') / 1000 + 0.25);
  expect(epochOf('2026-07-01')).toBe(Date.parse('2026-07-01T00:00:00Z') / 1000);
  expect(epochOf('0/1A2B')).toBeNull();
  expect(commonWatermark({ a: '2026-07-01 00:00:00+00', b: '2026-07-01 01:00:00+02' })).toBe('2026-07-01 01:00:00+02');
  expect([commonWatermark({}), commonWatermark({ a: '2026-07-01', b: 'v12' })]).toEqual([null, null]);
});
