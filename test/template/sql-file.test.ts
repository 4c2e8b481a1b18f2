import fc from 'fast-check';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { toSource } from '../../src/template/rewrite.js';
import { neutraliseCopyCommand, neutraliseSqlFile, scriptStatements } from '../../src/template/sql-file.js';

beforeAll(loadModule);

function sqlOf(text: string): string {
  return neutraliseSqlFile(text).variants[0]?.sql ?? '';
}

function problemsOf(text: string): string[] {
  return neutraliseSqlFile(text).problems.map(({ code, message }) => `${code}: ${message}`);
}

describe('parameters of clients', () => {
  test.each([
    ['a = :officer', 'a = $1'],
    ["a = :'officer'", "a = 'x'"],
    ["a >= :'from_day'", "a >= '2024-01-01'"],
    ['a = ${officer}', 'a = $1'],
    ['a = $(officer)', 'a = $1'],
    ['a = {{ officer }}', 'a = $1'],
    ['a = %(officer)s', 'a = $1'],
    ['a = %s', 'a = $1'],
    ['a = ?', 'a = $1'],
    ['a between ? and ?', 'a between $1 and $2'],
    ['a = :officer or b = :officer or c = :team', 'a = $1 or b = $1 or c = $2'],
    ['a = $3 and b = :officer', 'a = $3 and b = $4'],
    ['a = any(array[:one, :two])', 'a = any(array[$1, $2])'],
    ["a > '${since_date}'", "a > '2024-01-01'"],
    ["a like '%{{word}}%'", "a like '%1%'"],
  ])('%s becomes %s', (condition, expected) => {
    expect(sqlOf(`select 1 from t where ${condition}`)).toBe(`select 1 from t where ${expected}`);
  });

  test.each([
    "a::date = b::timestamptz",
    'a[1:2] = b[lo:hi] and c[:n] is null',
    "a ? 'key' and b ?| array['x'] and c ?& array['y'] and d @? '$.z'",
    'a % 3 = 1 and b %s = 0',
    "a = '12:30:00' and b = ':officer' and c = 'what?'",
    'a = "b:c"',
  ])('%s stays as it is', (condition) => {
    expect(sqlOf(`select 1 from t where ${condition}`)).toBe(`select 1 from t where ${condition}`);
  });

  test('of procedural code keep their assignments', () => {
    expect(sqlOf('call close_case(id := 1, reason => :reason)')).toBe('call close_case(id := 1, reason => $1)');
  });

  test('in comments are left alone', () => {
    expect(sqlOf('select 1 -- :officer ?\n')).toBe('select 1 -- :officer ?\n');
  });

  test('that stand for names are told', () => {
    expect(sqlOf('select :"column" from :"table" limit :n')).toBe('select tpl_column from tpl_table limit 1');
    expect(problemsOf('select 1 from archive_${year}')).toEqual([
      'dynamic-relation: the parameter year names a relation that only the running client knows',
    ]);
    expect(problemsOf('select total_${year} from t')).toEqual([]);
  });

  test('of templates with blocks are only read in part', () => {
    expect(problemsOf('select 1 {% if x %} where a {% endif %}')).toEqual(['unsupported: a template with {% … %} runs only in its tool']);
  });
});

describe('\\copy', () => {
  test('of a query is what psql sends, mapped to the query', () => {
    const text = "\\copy (select id from app.case_file where opened_at >= :'since') to 'cases.csv' csv";
    const variant = neutraliseCopyCommand(text)?.variants[0];
    expect(variant?.sql).toBe("COPY (select id from app.case_file where opened_at >= '2024-01-01') TO STDOUT");
    expect(toSource(variant?.map ?? [], variant?.sql.indexOf('app.case_file') ?? -1)).toBe(text.indexOf('app.case_file'));
    expect(() => parseSync(variant?.sql ?? '')).not.toThrow();
  });

  test('of a table is none', () => {
    expect(neutraliseCopyCommand("\\copy app.case_file to 'x.csv'")).toBeNull();
  });
});

test('a quote within {{…}} opens no string', () => {
  const script = "select * from {{ ref('case_file') }}; select 'it''s';";
  expect(scriptStatements(script).map(({ start, end }) => script.slice(start, end))).toEqual([
    "select * from {{ ref('case_file') }}",
    "select 'it''s'",
  ]);
});

test('any text is rendered with maps that lead back into it', () => {
  const pieces = fc.constantFrom(':a', "':a'", ":'a'", ':"a"', '::', '?', '?|', '%s', '%(a)s', '${a}', '$(a)', '{{a}}', '{%a%}', '$1', "'", '"', '--', '\n', '[', ']', '(', ')', ' from ', ' = ', 'x', ' ');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join('')), (text) => {
      for (const { sql, map } of neutraliseSqlFile(text).variants) {
        for (const { out, src, length, srcEnd, copy } of map) {
          expect(srcEnd).toBeLessThanOrEqual(text.length);
          if (copy) expect(sql.slice(out, out + length)).toBe(text.slice(src, srcEnd));
        }
      }
    }),
  );
});

test('a megabyte of markers is rendered in linear time', () => {
  for (const piece of [':a ', '?', '${', '{{', '%(', '$(', ":'", '{%']) {
    expect(neutraliseSqlFile(piece.repeat(Math.floor(1_000_000 / piece.length))).variants).toHaveLength(1);
  }
});

test('a line GO ends a statement of T-SQL, but not within a text', () => {
  const text = "SELECT 1 AS a\nGO\n  SELECT '\nGO\n' AS b\ngo 5\r\nSELECT go FROM t";
  expect(scriptStatements(text).map(({ start, end }) => text.slice(start, end).trim())).toEqual(['SELECT 1 AS a', "SELECT '\nGO\n' AS b", 'SELECT go FROM t']);
});
