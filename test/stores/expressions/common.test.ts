import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/model/store.js';
import { commonForm, formText, keepsValue, NULL_TEXT, ownCommonForm, unmarked } from '../../../src/stores/expressions/common.js';
import type { ColumnForm } from '../../../src/stores/expressions/expression.js';
import { expressionsOf } from '../../../src/stores/expressions/index.js';

function form(type: string, engine: Engine = 'postgres'): ColumnForm {
  const found = expressionsOf(engine).formOf(type);
  if (found === null) throw new Error(`${engine} has no form for ${type}`);
  return found;
}

function words(source: string, target: string, engine: Engine = 'duckdb', decimals?: number): string {
  const common = commonForm(form(source), form(target, engine), { decimals: decimals ?? null });
  return 'because' in common ? `not compared: ${common.because}` : formText(common);
}

describe('what two columns are compared as', () => {
  it.each([
    ['bigint', 'BIGINT', 'integer'],
    ['bigint', 'DECIMAL(18,3)', 'numeric with 3 decimals'],
    ['bigint', 'VARCHAR', 'integer'],
    ['numeric', 'DECIMAL(12,1)', 'numeric with 1 decimal'],
    ['numeric(12,4)', 'DECIMAL(12,2)', 'numeric with 2 decimals'],
    ['numeric(12,2)', 'DECIMAL(38,9)', 'numeric with 9 decimals'],
    ['numeric(12,2)', 'BIGINT', 'whole number'],
    ['numeric(12,2)', 'VARCHAR', 'numeric with all decimals'],
    ['numeric(12,2)', 'DOUBLE', 'floating point to ten significant digits'],
    ['double precision', 'DECIMAL(12,2)', 'floating point rounded to 2 decimals'],
    ['double precision', 'BIGINT', 'floating point rounded to 0 decimals'],
    ['real', 'DOUBLE', 'single-precision floating point to ten significant digits'],
    ['timestamp with time zone', 'TIMESTAMP_S', 'timestamp to the second'],
    ['timestamp(3) without time zone', 'TIMESTAMP', 'timestamp to the microsecond'],
    ['timestamp without time zone', 'TIMESTAMP_NS', 'timestamp to the nanosecond'],
    ['date', 'TIMESTAMP', 'timestamp to the microsecond'],
    ['timestamp without time zone', 'DATE', 'date'],
    ['character(10)', 'VARCHAR', 'text without blanks at the end'],
    ['sales.order_status', `ENUM('open', 'closed')`, 'text'],
    ['boolean', 'UTINYINT', 'integer'],
    ['uuid', 'VARCHAR', 'uuid'],
    ['jsonb', 'JSON', 'JSON as written, without blanks between its parts'],
    ['numeric(8,2)[]', 'DECIMAL(8,2)[]', 'array of numeric with 2 decimals'],
  ])('%s beside %s: %s', (source, target, expected) => {
    expect(words(source, target)).toBe(expected);
  });

  it('takes NULL as the empty array where one side keeps it as that', () => {
    expect(words('bigint[]', 'Array(Int64)', 'clickhouse')).toBe('array of integer, NULL as an empty one');
  });

  it('rounds both sides to a tolerance', () => {
    expect(words('numeric(12,4)', 'DECIMAL(12,4)', 'duckdb', 1)).toBe('numeric with 1 decimal');
    expect(words('numeric', 'DOUBLE', 'duckdb', 2)).toBe('floating point rounded to 2 decimals');
    expect(words('numeric(12,2)', 'DECIMAL(12,2)', 'duckdb', 4)).toBe('numeric with 2 decimals');
  });

  it('says why two columns are not compared, and what to do', () => {
    const refused = [
      ['timestamp with time zone', 'BIGINT'], ['date', 'INTEGER'], ['timestamp with time zone', 'VARCHAR'], ['timestamp with time zone', 'DATE'], ['bytea', 'VARCHAR'],
      ['double precision', 'VARCHAR'], ['text', 'BIGINT'], ['bigint[]', 'VARCHAR[]'], ['bigint[]', 'JSON'], ['boolean', 'DOUBLE'],
    ] as const;
    expect(refused.map(([source, target]) => `${source} | ${target} | ${words(source, target)}`).join('\n')).toMatchInlineSnapshot(`
      "timestamp with time zone | BIGINT | not compared: a number does not say in which unit and from when it counts; compare through a \`query\` that casts it
      date | INTEGER | not compared: a number does not say in which unit and from when it counts; compare through a \`query\` that casts it
      timestamp with time zone | VARCHAR | not compared: a timestamp is written as text in many ways; compare through a \`query\` that casts it
      timestamp with time zone | DATE | not compared: the day of a moment depends on the time zone in which it was cut; compare through a \`query\` that cuts it the same way
      bytea | VARCHAR | not compared: text may hold bytes as base64 or in hexadecimal; compare through a \`query\` that decodes it
      double precision | VARCHAR | not compared: a floating-point number is written as text in many ways; compare through a \`query\` that casts it
      text | BIGINT | integer
      bigint[] | VARCHAR[] | array of integer
      bigint[] | JSON | not compared: the source has an array, the target a JSON document; compare through a \`query\` that casts one of them
      boolean | DOUBLE | not compared: the source has a boolean, the target a floating-point number; compare through a \`query\` that casts one of them"
    `);
    expect(words('jsonb', 'VARIANT', 'snowflake')).toMatchInlineSnapshot(`"not compared: one side orders the members of JSON anew and rewrites its numbers; compare chosen paths through a \`query\`"`);
  });

  it('has no form for what holds several values, and for what no engine prints in one way', () => {
    expect(['STRUCT(a INTEGER)', 'MAP(VARCHAR, INTEGER)', 'UNION(a INTEGER)', 'TIME WITH TIME ZONE'].map((type) => expressionsOf('duckdb').formOf(type))).toEqual([null, null, null, null]);
    expect(['Tuple(Int32, String)', 'Map(String, Int32)', 'AggregateFunction(sum, Int64)', 'Nested(a Int32)'].map((type) => expressionsOf('clickhouse').formOf(type))).toEqual([null, null, null, null]);
    expect(expressionsOf('bigquery').formOf('ARRAY<STRUCT<a INT64>>')).toBeNull();
    expect(expressionsOf('postgres').formOf('time with time zone')).toBeNull();
  });
});

describe('keys', () => {
  it('are looked up by a constant only where one text is one value', () => {
    const kept = (type: string) => keepsValue(form(type), ownCommonForm(form(type)));
    expect(['bigint', 'text', 'uuid', 'timestamp with time zone', 'date', 'bytea', 'numeric(20,0)', 'boolean'].filter((type) => !kept(type))).toEqual([]);
    expect(['double precision', 'jsonb', 'bigint[]', 'inet'].filter(kept)).toEqual([]);
    expect(keepsValue(form('timestamp with time zone'), { kind: 'timestamp', digits: 3 })).toBe(false);
    expect(keepsValue(form('text'), { kind: 'text', padded: true })).toBe(false);
  });

  it('write NULL as no text is written, and give a text back', () => {
    expect(NULL_TEXT).toBe('\u001F0');
    expect(unmarked('a\u001F\u001Fb')).toBe('a\u001Fb');
  });
});
