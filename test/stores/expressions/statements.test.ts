import { describe, expect, it } from 'vitest';
import { ENGINES, type Engine } from '../../../src/model/store.js';
import { commonForm } from '../../../src/stores/expressions/common.js';
import type { ColumnForm } from '../../../src/stores/expressions/expression.js';
import { expressionsOf } from '../../../src/stores/expressions/index.js';

/** The columns of an invoice, by each engine's own names of types. */
const TYPES: Record<Engine, Record<string, string>> = {
  postgres: { id: 'bigint', amount: 'numeric(12,2)', paid: 'boolean', note: 'text', updated_at: 'timestamp with time zone', rate: 'double precision' },
  duckdb: { id: 'BIGINT', amount: 'DECIMAL(12,2)', paid: 'BOOLEAN', note: 'VARCHAR', updated_at: 'TIMESTAMP', rate: 'DOUBLE' },
  clickhouse: { id: 'Int64', amount: 'Decimal(12, 2)', paid: 'Bool', note: 'LowCardinality(Nullable(String))', updated_at: `DateTime64(3, 'UTC')`, rate: 'Nullable(Float64)' },
  snowflake: { id: 'NUMBER(38,0)', amount: 'NUMBER(12,2)', paid: 'BOOLEAN', note: 'VARCHAR(16777216)', updated_at: 'TIMESTAMP_NTZ(9)', rate: 'FLOAT' },
  bigquery: { id: 'INT64', amount: 'NUMERIC', paid: 'BOOL', note: 'STRING', updated_at: 'TIMESTAMP', rate: 'FLOAT64' },
  redshift: { id: 'bigint', amount: 'numeric(12,2)', paid: 'boolean', note: 'character varying(256)', updated_at: 'timestamp without time zone', rate: 'double precision' },
  databricks: { id: 'bigint', amount: 'decimal(12,2)', paid: 'boolean', note: 'string', updated_at: 'timestamp_ntz', rate: 'double' },
  trino: { id: 'bigint', amount: 'decimal(12,2)', paid: 'boolean', note: 'varchar', updated_at: 'timestamp(3) with time zone', rate: 'double' },
};

function form(engine: Engine, column: string): ColumnForm {
  const found = expressionsOf(engine).formOf(TYPES[engine][column] ?? '');
  if (found === null) throw new Error(`${engine} has no form for ${column}`);
  return found;
}

/** One column a line, so that the statement can be read. */
function statement(engine: Engine): string {
  const x = expressionsOf(engine);
  const texts = Object.keys(TYPES[engine]).map((column) => {
    const common = commonForm(form('postgres', column), form(engine, column));
    if ('because' in common) throw new Error(common.because);
    return x.canonical(x.name(column), form(engine, column), common);
  });
  const key = x.name('id');
  return [
    `select ${x.digits(x.bucket(key, 10_000n))}, ${x.digits('count(*)')}, ${x.digestSum(x.digest(x.rowText(['{row}'])))}`,
    ...texts.map((text) => `  ${text}`),
    x.rowText(['{a}', '{b}']),
    `from ${x.relation({ schema: 'sales', name: 'invoices' })}`,
    `where ${key} >= ${x.integer(-7n)} and ${x.name('updated_at')} >= ${x.moment(1_700_000_000.5, form(engine, 'updated_at'))}`,
    `${x.periodStart('day', x.name('updated_at'), form(engine, 'updated_at'))}, ${x.periodStart('month', x.name('updated_at'), form(engine, 'updated_at'))}`,
    `${x.epochSeconds(x.name('updated_at'), form(engine, 'updated_at'))}, ${x.now()}, ${x.exactSum(x.name('amount'), form(engine, 'amount'))}, ${x.floatSum(x.name('rate'))}`,
  ].join('\n');
}

describe('the statements of every engine', () => {
  for (const engine of ENGINES) {
    it(`${engine}`, () => expect(statement(engine)).toMatchSnapshot());
  }
});

const QUOTED = [`a"b`, 'a`b', `it's`, 'back\\slash', '\u001Fmark', '\u0000', '\n', '${x}', '{{x}}', '', '日本', `\\'; drop table invoices; --`];

describe('quoting', () => {
  it.each(ENGINES)('%s writes no control character and closes what it opens', (engine) => {
    const x = expressionsOf(engine);
    for (const text of QUOTED) {
      expect(x.text(text)).not.toMatch(/[\u0000-\u001F]/);
      expect(x.text(text).startsWith(`'`) || /^(E|U&)?'|^\(|^chr\(/.test(x.text(text))).toBe(true);
    }
  });

  it('divides a name of three levels where the engine has them', () => {
    expect(ENGINES.map((engine) => expressionsOf(engine).relation({ schema: 'lake.sales', name: 'open invoices' }))).toMatchInlineSnapshot(`
      [
        "\`lake\`.\`sales\`.\`open invoices\`",
        ""lake.sales"."open invoices"",
        "\`lake\`.\`sales\`.\`open invoices\`",
        ""lake"."sales"."open invoices"",
        ""lake.sales"."open invoices"",
        ""lake"."sales"."open invoices"",
        ""lake"."sales"."open invoices"",
        ""lake"."sales"."open invoices"",
      ]
    `);
  });
});
