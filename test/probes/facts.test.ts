import { afterEach, describe, expect, test } from 'vitest';
import { probe } from '../../src/probes/facts.js';
import { at, dataProduct, duckdbWarehouse, look, type Warehouse, type WarehouseOptions } from '../support/warehouse-probe.js';

const NOW = at('2026-06-30T12:00:00Z');
const DIMENSIONS = [
  'CREATE SCHEMA analytics',
  'CREATE TABLE analytics.dim_region (region_key BIGINT PRIMARY KEY, region_name VARCHAR)',
  'CREATE TABLE analytics.dim_case_status (status_key BIGINT PRIMARY KEY, status_code VARCHAR)',
];

let warehouse: Warehouse;
const given = async (sql: string[], options?: WarehouseOptions): Promise<Warehouse> => {
  warehouse = await duckdbWarehouse(sql, options);
  return warehouse;
};
afterEach(() => warehouse?.close());

describe('a fact table of a data product', () => {
  const cases = (given: Partial<Parameters<typeof dataProduct>[0]> = {}) => ({
    settings: { dataProducts: [dataProduct({ name: 'case_volume', relation: 'analytics.case_event', time_column: 'happened_at', event_id_column: 'command_id', ...given })] },
  });
  const TABLE = 'CREATE TABLE analytics.case_event (command_id VARCHAR NOT NULL, happened_at TIMESTAMPTZ NOT NULL, region_key BIGINT NOT NULL, from_status_key BIGINT, case_id BIGINT NOT NULL)';

  test('is counted by day, with duplicates and unknown members', async () => {
    await given(
      [
        ...DIMENSIONS, TABLE,
        "INSERT INTO analytics.case_event SELECT 'c' || g, to_timestamp(1782820800 - g * 3600), 1 + g % 8, 1 + g % 3, g FROM range(0, 480) AS t (g)",
        // Twice there, thrice there; an unknown region, two unknown states, one key that is NULL where keys may be.
        "INSERT INTO analytics.case_event SELECT command_id, happened_at, 1, 1, 0 FROM analytics.case_event WHERE command_id IN ('c0', 'c1')",
        "INSERT INTO analytics.case_event SELECT 'c0', happened_at, 0, -1, 0 FROM analytics.case_event WHERE command_id = 'c30'",
        "INSERT INTO analytics.case_event SELECT 'x1', happened_at, 1, 0, 0 FROM analytics.case_event WHERE command_id = 'c30'",
        "INSERT INTO analytics.case_event SELECT 'x2', happened_at, 1, NULL, 0 FROM analytics.case_event WHERE command_id = 'c30'",
        // Of another time.
        "INSERT INTO analytics.case_event VALUES ('x3', '9999-12-31 00:00:00+00', 0, 0, 0), ('x3', 'infinity', 0, 0, 0), ('x3', '2020-01-01 00:00:00+00', 0, 0, 0)",
      ],
      cases(),
    );
    const payload = await look(probe, warehouse, { now: NOW });
    expect(probe.payload.parse(payload)).toEqual(payload);
    const [entry] = payload.relations;
    expect(entry).toMatchObject({ relation: 'analytics.case_event', product: 'case_volume', duplicate_rows: 3, unknown_dimension_rows: 2, unread: null });
    expect(entry?.days).toHaveLength(15);
    expect(entry?.days.slice(-2)).toEqual([{ day: '2026-06-29', rows: 27 }, { day: '2026-06-30', rows: 15 }]);
    expect(entry?.days[0]).toEqual({ day: '2026-06-16', rows: 24 });
  });

  test('counts a missing key only where nobody declares what may be missing', async () => {
    await given(
      [...DIMENSIONS, TABLE.replaceAll(' NOT NULL', ''), "INSERT INTO analytics.case_event VALUES ('a', '2026-06-30 01:00:00+00', NULL, 1, 1), ('b', '2026-06-30 01:00:00+00', 1, 1, 1), (NULL, '2026-06-30', 1, 1, 1), (NULL, '2026-06-30', 1, 1, 1)"],
      cases(),
    );
    expect((await look(probe, warehouse, { now: NOW })).relations).toMatchObject([{ unknown_dimension_rows: 1, duplicate_rows: 0, days: [{ day: '2026-06-30', rows: 4 }] }]);
  });

  test('may be empty', async () => {
    await given([...DIMENSIONS, TABLE], cases());
    expect((await look(probe, warehouse, { now: NOW })).relations).toMatchObject([{ days: [], duplicate_rows: 0, unknown_dimension_rows: 0, unread: null }]);
  });

  test.each([
    [{ relation: 'analytics.nowhere' }, 'there is no such relation; correct it in the configuration'],
    [{ time_column: 'nothing' }, 'there is no column nothing; correct time_column in the configuration'],
    [{ time_column: 'command_id' }, 'time_column command_id is neither a time nor a date as a whole number'],
    [{ event_id_column: 'nothing' }, 'there is no column nothing; correct event_id_column in the configuration'],
  ])('that is configured as %j says what is wrong', async (wrong, unread) => {
    await given([...DIMENSIONS, TABLE], cases(wrong));
    expect((await look(probe, warehouse, { now: NOW })).relations).toMatchObject([{ days: [], duplicate_rows: null, unknown_dimension_rows: null, unread }]);
  });

  test('that is gone costs itself only, and no value is in what is said', async () => {
    await given([...DIMENSIONS, TABLE, 'CREATE TABLE analytics.fact_order (order_id BIGINT, placed_at TIMESTAMP)'], cases());
    await warehouse.change('DROP TABLE analytics.case_event', "CREATE VIEW analytics.case_event AS SELECT 'Ada Byron'::DATE AS happened_at, 1 AS command_id, 1 AS region_key, 1 AS from_status_key");
    const { relations } = await look(probe, warehouse, { now: NOW });
    expect(relations.map(({ relation, unread }) => [relation, unread])).toMatchInlineSnapshot(`
      [
        [
          "analytics.case_event",
          "Conversion Error: invalid date field format",
        ],
        [
          "analytics.fact_order",
          null,
        ],
      ]
    `);
  });

  test('has names of any form', async () => {
    await given(
      ['CREATE SCHEMA "my ""marts"', 'CREATE TABLE "my ""marts"."cases; -- {{range}}" ("when {{day}}" TIMESTAMP, "id"" x" INT)', `INSERT INTO "my ""marts"."cases; -- {{range}}" VALUES ('2026-06-30 01:00', 1), ('2026-06-30 01:00', 1)`],
      { settings: { dataProducts: [dataProduct({ name: 'cases', relation: 'my "marts.cases; -- {{range}}', time_column: 'when {{day}}', event_id_column: 'id" x' })] } },
    );
    expect((await look(probe, warehouse, { now: NOW })).relations).toMatchObject([{ days: [{ day: '2026-06-30', rows: 2 }], duplicate_rows: 1, unread: null }]);
  });
});

describe('fact tables that nobody names', () => {
  test('are found where their names leave no doubt', async () => {
    await given([
      ...DIMENSIONS,
      'CREATE TABLE analytics.fact_case_opened (case_id BIGINT PRIMARY KEY, opened_date_key INTEGER NOT NULL, region_key BIGINT NOT NULL, source_loaded_at TIMESTAMPTZ NOT NULL)',
      "INSERT INTO analytics.fact_case_opened VALUES (1, 20260630, 1, '2026-06-30'), (2, 20260630, 0, '2026-06-30'), (3, 20260601, 0, '2026-06-30'), (4, 0, 0, '2026-06-30')",
      'CREATE TABLE analytics.fct_payment (event_id VARCHAR, paid_at TIMESTAMP, created_at TIMESTAMP, _loaded_at TIMESTAMP)',
      "INSERT INTO analytics.fct_payment VALUES ('p1', '2026-06-29 10:00', '2026-06-30', '2026-06-30'), ('p1', '2026-06-29 10:00', '2026-06-30', '2026-06-30')",
      'CREATE TABLE analytics.order_fact (order_id BIGINT, placed_on DATE, customer_key BIGINT)',
      // Two times that could be meant, none, and no fact table.
      'CREATE TABLE analytics.fact_shipment (shipped_at TIMESTAMP, delivered_at TIMESTAMP)',
      'CREATE TABLE analytics.fact_note (note VARCHAR, updated_at TIMESTAMP)',
      'CREATE TABLE analytics.orders (placed_at TIMESTAMP)',
      'CREATE VIEW analytics.fact_view AS SELECT placed_at FROM analytics.orders',
    ]);
    const { relations } = await look(probe, warehouse, { now: NOW });
    expect(relations).toEqual([
      { relation: 'analytics.fact_case_opened', product: null, days: [{ day: '2026-06-30', rows: 2 }], duplicate_rows: null, unknown_dimension_rows: 1, unread: null },
      { relation: 'analytics.fct_payment', product: null, days: [{ day: '2026-06-29', rows: 2 }], duplicate_rows: 1, unknown_dimension_rows: null, unread: null },
      { relation: 'analytics.order_fact', product: null, days: [], duplicate_rows: null, unknown_dimension_rows: null, unread: null },
    ]);
  });

  test('are not looked for in production', async () => {
    await given([...DIMENSIONS, 'CREATE TABLE analytics.fact_order (placed_at TIMESTAMP)']);
    expect(probe.applies(warehouse.target)).toBe(true);
    expect(probe.applies({ ...warehouse.target, role: 'operational' })).toBe(false);
  });
});
