import { afterEach, describe, expect, test } from 'vitest';
import { probe } from '../../src/probes/semantic-views.js';
import { messageWithoutValues } from '../../src/probes/warehouse/error.js';
import { dataProduct, duckdbWarehouse, look, type Warehouse, type WarehouseOptions } from '../support/warehouse-probe.js';

const VIEWS = [
  'CREATE SCHEMA analytics', 'CREATE SCHEMA analytics_semantic',
  'CREATE TABLE analytics.fact_order (order_id BIGINT, total_minor VARCHAR, region_key BIGINT)',
  "INSERT INTO analytics.fact_order VALUES (1, '1200', 1)",
  'CREATE VIEW analytics_semantic.order_revenue AS SELECT region_key, sum(total_minor::BIGINT) AS revenue FROM analytics.fact_order GROUP BY 1',
  'CREATE VIEW analytics_semantic.order_count AS SELECT region_key, count(*) AS orders FROM analytics.fact_order GROUP BY 1',
];

let warehouse: Warehouse;
const given = async (sql: string[], options?: WarehouseOptions): Promise<Warehouse> => {
  warehouse = await duckdbWarehouse(sql, options);
  return warehouse;
};
afterEach(() => warehouse?.close());

describe('semantic views', () => {
  test('run', async () => {
    await given(VIEWS);
    const payload = await look(probe, warehouse);
    expect(probe.payload.parse(payload)).toEqual(payload);
    expect(payload.views).toEqual([
      { view: 'analytics_semantic.order_count', runs: true, error: null, depth: 'ran' },
      { view: 'analytics_semantic.order_revenue', runs: true, error: null, depth: 'ran' },
    ]);
  });

  test('that a change of a column breaks say so, and recover', async () => {
    await given(VIEWS);
    const made = probe.create(warehouse.target);
    const revenue = async () => (await look(probe, warehouse, { made })).views.find(({ view }) => view.endsWith('revenue'));
    expect(await revenue()).toMatchObject({ runs: true });
    await warehouse.change('ALTER TABLE analytics.fact_order RENAME total_minor TO total_pence');
    expect(await revenue()).toMatchInlineSnapshot(`
      {
        "error": "Binder Error: Referenced column "total_minor" not found in FROM clause!",
        "runs": false,
        "view": "analytics_semantic.order_revenue",
      }
    `);
    await warehouse.change('ALTER TABLE analytics.fact_order RENAME total_pence TO total_minor');
    expect(await revenue()).toMatchObject({ runs: true });
  });

  test('that fail on a value say so without the value, and are run again until they do not', async () => {
    await given([...VIEWS, "INSERT INTO analytics.fact_order VALUES (2, 'Ada Byron', 1)"]);
    const made = probe.create(warehouse.target);
    const revenue = async () => (await look(probe, warehouse, { made })).views.find(({ view }) => view.endsWith('revenue'));
    expect(await revenue()).toMatchInlineSnapshot(`
      {
        "error": "Conversion Error: Could not convert string",
        "runs": false,
        "view": "analytics_semantic.order_revenue",
      }
    `);
    await warehouse.change('DELETE FROM analytics.fact_order WHERE order_id = 2');
    expect(await revenue()).toMatchObject({ runs: true, depth: 'ran' });
  });

  test('that are gone say so', async () => {
    await given(VIEWS);
    await warehouse.change('DROP VIEW analytics_semantic.order_count');
    expect((await look(probe, warehouse)).views[0]).toMatchInlineSnapshot(`
      {
        "error": "Catalog Error: Table with name order_count does not exist!",
        "runs": false,
        "view": "analytics_semantic.order_count",
      }
    `);
  });

  test('are run again only after a rest that their cost asks for', async () => {
    await given(VIEWS);
    const run = probe.create(warehouse.target);
    const depths = async (now: () => number) =>
      (await run({ session: warehouse.session, sessionOf: () => Promise.reject(new Error('none')), signal: new AbortController().signal, now })).views.map(({ depth }) => depth);
    // A clock on which every look takes a second.
    let clock = 1_800_000_000;
    const slowly = (): number => (clock += 0.25);
    expect(await depths(slowly)).toEqual(['ran', 'ran']);
    expect(await depths(() => clock)).toEqual(['bound', 'bound']);
    expect(await depths(() => clock + 200)).toEqual(['ran', 'ran']);
  });

  test('are those of semantic schemas and of data products in the warehouse, and have names of any form', async () => {
    await given(
      [...VIEWS, 'CREATE VIEW analytics.other AS SELECT 1 AS one', 'CREATE VIEW analytics.case_volume AS SELECT 1 AS one', 'CREATE SCHEMA "bi semantic"', 'CREATE VIEW "bi semantic"."v""; -- {{relation}}" AS SELECT 1 AS one'],
      { settings: { dataProducts: [dataProduct({ name: 'case_volume', relation: 'analytics.case_volume' }), dataProduct({ name: 'orders', relation: 'analytics.fact_order' })] } },
    );
    expect((await look(probe, warehouse)).views.map(({ view, runs }) => `${view} ${runs}`)).toEqual([
      'analytics.case_volume true', 'analytics_semantic.order_count true', 'analytics_semantic.order_revenue true', 'bi semantic.v"; -- {{relation}} true',
    ]);
    expect(probe.applies({ ...warehouse.target, role: 'operational', settings: { ...warehouse.target.settings, dataProducts: [] } })).toBe(false);
    expect(probe.applies({ ...warehouse.target, catalog: null })).toBe(false);
  });
});

describe('what a server says', () => {
  const error = (message: string, code?: string): Error => Object.assign(new Error(message), code === undefined ? {} : { code });
  test.each([
    [error('column "total_minor" does not exist', '42703'), 'column "total_minor" does not exist'],
    [error('invalid input syntax for type integer: "Ada Byron"', '22P02'), 'invalid input syntax for type integer (22P02)'],
    [error('value too long for type character varying(3)', '22001'), 'value too long for type character varying (22001)'],
    [error('division by zero', '22012'), 'division by zero (22012)'],
    [error('customer Ada Byron is unknown', 'P0001'), 'the server answers with error P0001, whose text may hold values and is left out'],
    [error('duplicate key value: (email)=(ada@example.org)', '23505'), 'the server answers with error 23505, whose text may hold values and is left out'],
    [error('syntax error at or near "\'secret 4711\'"', '42601'), 'syntax error at or near "\'?\'"'],
    [error('Conversion Error: Could not convert string \'Ada\nByron\' to INT32'), 'Conversion Error: Could not convert string'],
    [error('Conversion Error: Type INT32 with value 300 can\'t be cast'), 'Conversion Error: Type INT32'],
    [error('Out of Range Error: Overflow in multiplication of INT64 (4711 * 2)!'), 'Out of Range Error: Overflow in multiplication of INT64'],
    [error('Invalid Input Error: customer Ada Byron'), 'the server answers with Invalid Input Error, whose text may hold values and is left out'],
    [error('Catalog Error: Table with name orders does not exist!\nDid you mean "raw.orders"?\nLINE 1: select \'Ada\''), 'Catalog Error: Table with name orders does not exist!'],
    [error('Binder Error: \u001b[31mno such column 4711'), 'Binder Error: no such column ?'],
    [error('Ada Byron'), 'the server answers with an error, whose text may hold values and is left out'],
    ['Ada Byron', 'the server answers with an error, whose text may hold values and is left out'],
  ])('%s', (said, expected) => {
    expect(messageWithoutValues(said)).toBe(expected);
  });
});
