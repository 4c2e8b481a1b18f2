import { afterEach, describe, expect, test } from 'vitest';
import { probe } from '../../src/probes/watermarks.js';
import { at, duckdbWarehouse, look, type Warehouse, type WarehouseOptions } from '../support/warehouse-probe.js';

const CONTROL = [
  'CREATE SCHEMA analytics_control',
  `CREATE TABLE analytics_control.data_product_watermark (
    data_product_name VARCHAR PRIMARY KEY, source_system VARCHAR NOT NULL, source_high_watermark TIMESTAMPTZ NOT NULL,
    last_successful_load_at TIMESTAMPTZ NOT NULL, last_failed_load_at TIMESTAMPTZ, status VARCHAR NOT NULL, error_message VARCHAR)`,
];

let warehouse: Warehouse;
const given = async (sql: string[], options?: WarehouseOptions): Promise<Warehouse> => {
  warehouse = await duckdbWarehouse(sql, options);
  return warehouse;
};
afterEach(() => warehouse.close());

describe('the control table of watermarks', () => {
  test('is found by its name and read, without the text of an error', async () => {
    await given([
      ...CONTROL,
      `INSERT INTO analytics_control.data_product_watermark VALUES
        ('case_backlog_daily', 'estate', '2026-06-30 23:50:00.25+00', '2026-06-30 23:58:00+00', '2026-06-28 23:58:00+00', 'HEALTHY', NULL),
        ('order_revenue_daily', 'estate', '2026-06-30 11:10:00+00', '2026-06-30 11:20:00+00', NULL, 'DEGRADED', 'no customer Ada Byron')`,
    ]);
    expect(probe.applies(warehouse.target)).toBe(true);
    const payload = await look(probe, warehouse);
    expect(probe.payload.parse(payload)).toEqual(payload);
    expect(payload.as_of).toBeTypeOf('number');
    expect(payload).toMatchObject({
      relation: 'analytics_control.data_product_watermark',
      products: [
        {
          name: 'case_backlog_daily',
          source_system: 'estate',
          watermark_at: at('2026-06-30T23:50:00.250Z'),
          loaded_at: at('2026-06-30T23:58:00Z'),
          failed_at: at('2026-06-28T23:58:00Z'),
          status: 'HEALTHY',
          has_error: false,
        },
        { name: 'order_revenue_daily', failed_at: null, status: 'DEGRADED', has_error: true },
      ],
    });
    expect(JSON.stringify(payload)).not.toContain('Ada');
  });

  test('may be empty', async () => {
    await given(CONTROL);
    expect((await look(probe, warehouse)).products).toEqual([]);
  });

  test('is found by its columns under another name', async () => {
    await given([
      'CREATE SCHEMA ops',
      'CREATE TABLE ops.load_marks (dataset VARCHAR, loaded_up_to TIMESTAMP, refreshed_at TIMESTAMP)',
      "INSERT INTO ops.load_marks VALUES ('orders', '2026-06-30 10:00:00', '2026-06-30 10:05:00')",
      // Neither a business table with a name nor one with a watermark on pictures is taken for it.
      'CREATE TABLE main.tenant (name VARCHAR, watermark VARCHAR, updated_at TIMESTAMP)',
      'CREATE TABLE main.campaign (name VARCHAR, watermark TIMESTAMP)',
    ]);
    expect(await look(probe, warehouse)).toMatchObject({
      relation: 'ops.load_marks',
      products: [{ name: 'orders', watermark_at: at('2026-06-30T10:00:00Z'), loaded_at: at('2026-06-30T10:05:00Z'), status: null, has_error: false }],
    });
  });

  test('of another form is read by the names that the configuration maps', async () => {
    await given(
      ['CREATE SCHEMA meta', 'CREATE TABLE meta.marks (what VARCHAR, up_to VARCHAR, moment BIGINT)', "INSERT INTO meta.marks VALUES ('orders', '2026-06-30T10:00:00+02:00', 1782813600000)"],
      { settings: { control: { watermarks: 'meta.marks', pipelineRuns: null, columns: { data_product_name: 'what', source_high_watermark: 'up_to', last_successful_load_at: 'moment' } } } },
    );
    expect((await look(probe, warehouse)).products).toMatchObject([{ name: 'orders', watermark_at: at('2026-06-30T08:00:00Z'), loaded_at: 1_782_813_600 }]);
  });

  test('is not looked for where nothing is like it, nor by its columns in production', async () => {
    await given(['CREATE TABLE main.orders (order_id BIGINT, placed_at TIMESTAMP)', 'CREATE TABLE main.checkpoint (dataset VARCHAR, source_high_watermark TIMESTAMP)']);
    expect(probe.applies({ ...warehouse.target, role: 'operational' })).toBe(false);
    expect(probe.applies({ ...warehouse.target, catalog: null })).toBe(false);
    expect(probe.applies(warehouse.target)).toBe(true);
  });
});

describe('what a row holds', () => {
  test('costs that row only where it is no time', async () => {
    await given([
      'CREATE SCHEMA control',
      'CREATE TABLE control.data_product_watermark (data_product_name VARCHAR, source_high_watermark VARCHAR, status VARCHAR)',
      `INSERT INTO control.data_product_watermark VALUES ('orders', '2026-06-30 10:00:00', 'HEALTHY'), ('cases', 'yesterday', 'HEALTHY'),
        ('ledger', NULL, NULL), ('tenants', '9999-12-31T00:00:00Z', 'HEALTHY'), ('officers', '1782813600', 'HEALTHY'), (NULL, '2026-06-30', 'X'), ('  ', '2026-06-30', 'X')`,
    ]);
    const { products } = await look(probe, warehouse);
    expect(Object.fromEntries(products.map(({ name, watermark_at }) => [name, watermark_at]))).toEqual({
      orders: at('2026-06-30T10:00:00Z'),
      cases: null,
      ledger: null,
      tenants: null,
      officers: 1_782_813_600,
    });
  });

  test('may be infinite', async () => {
    await given([...CONTROL, "INSERT INTO analytics_control.data_product_watermark VALUES ('orders', 'estate', '-infinity', 'infinity', NULL, 'HEALTHY', '')"]);
    expect((await look(probe, warehouse)).products).toMatchObject([{ name: 'orders', watermark_at: null, loaded_at: null, has_error: false }]);
  });

  test('speaks for its product where it is the newest of several', async () => {
    await given([
      'CREATE SCHEMA control',
      'CREATE TABLE control.freshness_log (table_name VARCHAR, high_watermark TIMESTAMP, loaded_at TIMESTAMP, status VARCHAR)',
      `INSERT INTO control.freshness_log VALUES ('orders', '2026-06-29', '2026-06-29 01:00', 'OK'), ('orders', '2026-06-30', '2026-06-30 01:00', 'LATE'),
        ('cases', '2026-06-28', '2026-06-28 01:00', 'OK'), ('orders', '2026-06-28', NULL, 'OK')`,
    ]);
    expect((await look(probe, warehouse)).products).toMatchObject([
      { name: 'orders', watermark_at: at('2026-06-30T00:00:00Z'), status: 'LATE' },
      { name: 'cases', status: 'OK' },
    ]);
  });

  test('never carries control sequences, and no more than a line', async () => {
    await given([...CONTROL, `INSERT INTO analytics_control.data_product_watermark VALUES ('ord' || chr(27) || '[31mers', chr(10) || 'estate', '2026-06-30', '2026-06-30', NULL, repeat('HEALTHY ', 1000), NULL)`]);
    const [product] = (await look(probe, warehouse)).products;
    expect(product).toMatchObject({ name: 'orders', source_system: 'estate' });
    expect(product?.status?.length).toBe(40);
  });
});

describe('names', () => {
  test('of any form stay names', async () => {
    const columns = { data_product_name: 'product"; DROP TABLE x; --', source_high_watermark: "up to {{relation}} 'now'" };
    await given(
      [
        'CREATE SCHEMA "ctl ""x"', 'CREATE TABLE main.x (a INT)',
        `CREATE TABLE "ctl ""x"."marks; select 1 -- {{name}}" ("product""; DROP TABLE x; --" VARCHAR, "up to {{relation}} 'now'" TIMESTAMP, "LOADED_AT" TIMESTAMP)`,
        `INSERT INTO "ctl ""x"."marks; select 1 -- {{name}}" VALUES ('orders', '2026-06-30', '2026-07-01')`,
      ],
      { settings: { control: { watermarks: 'ctl "x.marks; select 1 -- {{name}}', pipelineRuns: null, columns } } },
    );
    const expected = [{ name: 'orders', watermark_at: at('2026-06-30T00:00:00Z'), loaded_at: at('2026-07-01T00:00:00Z') }];
    expect((await look(probe, warehouse)).products).toMatchObject(expected);
    // The same where only the server knows the columns.
    expect((await look(probe, { ...warehouse, target: { ...warehouse.target, catalog: null } })).products).toMatchObject(expected);
  });
});

describe('a table that is configured', () => {
  const control = { watermarks: 'ops.marks', pipelineRuns: null, columns: {} };

  test('and not there is said so, until it is', async () => {
    await given(['CREATE SCHEMA ops'], { settings: { control } });
    expect(probe.applies(warehouse.target)).toBe(true);
    expect(probe.applies({ ...warehouse.target, role: 'operational' })).toBe(false);
    await expect(look(probe, warehouse)).rejects.toThrowErrorMatchingInlineSnapshot(`[ProbeUnsupported: warehouse: there is no relation ops.marks]`);
    await warehouse.change('CREATE TABLE ops.marks (dataset VARCHAR, loaded_up_to TIMESTAMP)');
    expect((await look(probe, warehouse)).products).toEqual([]);
  });

  test('and lacks a column is said so, with the way to map it', async () => {
    await given(['CREATE SCHEMA ops', 'CREATE TABLE ops.marks (dataset VARCHAR, moment TIMESTAMP)'], { settings: { control } });
    const error: unknown = await look(probe, warehouse).catch((thrown: unknown) => thrown);
    expect(error).toMatchInlineSnapshot(`[ProbeUnsupported: warehouse: ops.marks has no column source_high_watermark of a type that fits]`);
    expect(error).toMatchObject({ nextStep: expect.stringContaining('control.columns') });
  });

  test.each([[control], [{ ...control, watermarks: null }]])('or was found, and changes its columns, is read anew: %j', async (settings) => {
    await given(['CREATE SCHEMA ops', 'CREATE TABLE ops.marks (dataset VARCHAR, loaded_up_to TIMESTAMP)'], { settings: { control: settings } });
    const made = probe.create(warehouse.target);
    await look(probe, warehouse, { made });
    await warehouse.change('ALTER TABLE ops.marks RENAME loaded_up_to TO high_watermark', "INSERT INTO ops.marks VALUES ('orders', '2026-06-30')");
    await expect(look(probe, warehouse, { made })).rejects.toThrowErrorMatchingInlineSnapshot(`[Error: warehouse: ops.marks could not be read: Binder Error: Table "t" does not have a column named "loaded_up_to"]`);
    expect((await look(probe, warehouse, { made })).products).toMatchObject([{ name: 'orders', watermark_at: at('2026-06-30T00:00:00Z') }]);
  });
});
