import { beforeAll, describe, expect, test } from 'vitest';
import { StatementReader } from '../../../src/graph/statement-reader.js';
import { emptyCatalog } from '../../../src/sql/catalog.js';
import { dialectOf } from '../../../src/sql/dialect.js';
import { type Parsers, createParsers } from '../../../src/sql/parse/parsers.js';

let parsers: Parsers;

beforeAll(async () => {
  parsers = await createParsers();
});

async function sourcesOf(sql: string): Promise<string[]> {
  const dialect = dialectOf('redshift');
  if (dialect === null) throw new Error('no dialect');
  await parsers.prepare(dialect, [sql]);
  const { parts, frontEnd } = new StatementReader({ catalog: emptyCatalog(), dialect, parse: parsers.parse(dialect) }).readOnce(sql);
  // Otherwise another parser is tested.
  expect(frontEnd).toBe('libpg-query');
  return parts.flatMap(({ resolution }) => resolution.outputs.map(({ name, flows }) => `${name} <- ${[...flows.keys()].join(', ')}`));
}

describe('Redshift, read by the grammar of PostgreSQL', () => {
  test('a unit of time is no column', async () => {
    expect(await sourcesOf("SELECT DATEADD(day, -30, o.paid_at) AS since, DATEDIFF(months, o.paid_at, GETDATE()) AS age FROM shop.orders o")).toEqual([
      'since <- shop.orders.paid_at', 'age <- shop.orders.paid_at',
    ]);
  });

  test('a column that is named like one stays a column elsewhere', async () => {
    expect(await sourcesOf('SELECT o.day, upper(month) AS month FROM shop.orders o')).toEqual(['day <- shop.orders.day', 'month <- shop.orders.month']);
  });

  test('quoted names have no case', async () => {
    expect(await sourcesOf('SELECT c."Email" AS "Mail" FROM "Shop"."Customer" c')).toEqual(['mail <- shop.customer.email']);
  });
});
