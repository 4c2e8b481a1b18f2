import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schemaFromDdl } from '../../../src/metrics/schema/read.js';
import { search } from '../../../src/metrics/search/index.js';
import { scratchEngine } from '../../../src/scratch/index.js';
import type { Definition } from '../../../src/metrics/definition.js';
import { dialectOf } from '../../../src/sql/dialect.js';
import { createParsers, type Parsers } from '../../../src/sql/parse/parsers.js';

const engine = scratchEngine('duckdb');
let parsers: Parsers;

beforeAll(async () => {
  parsers = await createParsers();
});
afterAll(async () => {
  await parsers.close();
  await engine.close();
});

const ORDERS = `create table orders (order_id integer primary key, status varchar not null, amount decimal(10,2), qty integer check (qty <> 13), placed_at timestamp, opened_at timestamptz,
  region varchar, tags varchar[], size enum('small', 'large'))`;

async function definition(text: string, timeZone: string | null): Promise<Definition> {
  const dialect = dialectOf('duckdb');
  if (dialect === null) throw new Error('no DuckDB');
  await parsers.prepare(dialect, [text]);
  const { statements, diagnostics } = parsers.parse(dialect)(text);
  const [first] = statements;
  if (first === undefined) throw new Error(`${text}: ${JSON.stringify(diagnostics)}`);
  return { text, statement: first.statement, dialect: 'duckdb', timeZone };
}

async function compare(one: string, other: string, zones: [string | null, string | null] = [null, null]): Promise<string> {
  const space = await engine.open();
  try {
    const schema = await schemaFromDdl(space, ORDERS);
    const definitions = [await definition(one, zones[0]), await definition(other, zones[1])];
    const { unsupported, differences } = await search(definitions, schema, space, { milliseconds: 20_000, worlds: 400 });
    expect(unsupported).toEqual([null, null]);
    return differences[0]?.how ?? 'none';
  } finally {
    await space.close();
  }
}

describe('the search on DuckDB', () => {
  test.each([
    ['a list and its exclusion', `select count(*) from orders where status <> 'PAID'`, `select count(*) from main.orders where main.orders.status not in ('PAID')`, 'none'],
    ['division of integers gives a fraction here', `select sum(qty) / 2 from orders`, `select sum(qty) // 2 from orders`, 'real'],
    ['what QUALIFY keeps', `select order_id from orders qualify row_number() over (partition by region order by order_id) = 1`, `select min(order_id) from orders group by region`, 'none'],
    ['grouped by everything', `select region, size, sum(qty) from orders group by all`, `select region, size, sum(qty) from orders group by region, size`, 'none'],
    ['the end of a month', `select count(*) from orders where date_trunc('month', placed_at) = date '2024-01-01'`, `select count(*) from orders where placed_at between '2024-01-01' and '2024-01-31'`, 'real'],
    ['the clock', `select count(*) from orders where placed_at > now()::timestamp - interval 7 day`, `select count(*) from orders where placed_at >= current_date - 7`, 'real'],
    ['FULL JOIN, which it refuses in LATERAL', `select count(*) from orders a full join orders b on a.order_id = b.qty`, `select count(*) from orders a left join orders b on a.order_id = b.qty`, 'real'],
    ['members of an enum', `select count(*) from orders where size <> 'small'`, `select count(*) from orders where size = 'large'`, 'none'],
    ['a CHECK', `select count(*) from orders where qty <> 13`, `select count(qty) from orders`, 'none'],
    ['lists', `select count(*) from orders where list_contains(tags, 'gift')`, `select count(*) from orders where len(tags) > 0`, 'real'],
  ])('%s', async (_, one, other, expected) => {
    expect(await compare(one, other)).toBe(expected);
  });

  test('the same text in two time zones', async () => {
    const text = `select date_trunc('month', opened_at)::date, count(*) from orders group by 1`;
    expect(await compare(text, text, ['UTC', 'Asia/Jakarta'])).toBe('real');
    expect(await compare(text, text, ['Asia/Jakarta', 'Asia/Jakarta'])).toBe('none');
  });
});
