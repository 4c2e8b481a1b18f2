import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { probe } from '../../src/probes/landed.js';
import { largerPosition, positionOf } from '../../src/probes/warehouse/position.js';
import { epochOf, parseTime } from '../../src/probes/warehouse/time.js';
import { quoted } from '../../src/probes/warehouse/name.js';
import { DeadlineExceeded, type LiveSession } from '../../src/stores/live.js';
import { at, dataProduct, duckdbWarehouse, look, type Warehouse, type WarehouseOptions } from '../support/warehouse-probe.js';

let warehouse: Warehouse;
const given = async (sql: string[], options?: WarehouseOptions): Promise<Warehouse> => {
  warehouse = await duckdbWarehouse(sql, options);
  return warehouse;
};
afterEach(() => warehouse?.close());

const summary = async (): Promise<Record<string, unknown>> => {
  const { relations } = await look(probe, warehouse);
  return Object.fromEntries(relations.map(({ relation, column, meaning, origin, time, lsn, unread }) => [`${relation}.${column}`, [meaning, origin, time ?? lsn ?? unread]]));
};

describe('columns of loaders', () => {
  test('are found by their names and read, each with what it tells', async () => {
    await given([
      'CREATE SCHEMA raw',
      'CREATE TABLE raw.orders (order_id BIGINT, __source_lsn BIGINT, __source_ts_ms BIGINT, __ts_ms BIGINT, __deleted VARCHAR)',
      `INSERT INTO raw.orders VALUES (1, ${0x2f_9a01_c8e0n}, 1782813600123, 1782813601000, 'false'), (2, 17, 1782813500000, 1782813601001, 'false')`,
      'CREATE TABLE raw.cases (case_id BIGINT, _ab_cdc_lsn DOUBLE, _ab_cdc_updated_at VARCHAR, _airbyte_extracted_at TIMESTAMPTZ)',
      "INSERT INTO raw.cases VALUES (1, 204456380640, '2026-06-30T10:00:00.123Z', '2026-06-30 10:05:00+00')",
      'CREATE TABLE raw.tenants (tenant_id BIGINT, _peerdb_synced_at TIMESTAMP, _peerdb_is_deleted BOOLEAN)',
      "INSERT INTO raw.tenants VALUES (1, '2026-06-30 10:00:00', false)",
      'CREATE TABLE raw.officers (officer_id BIGINT, _FIVETRAN_SYNCED TIMESTAMPTZ, _fivetran_deleted BOOLEAN)',
      "INSERT INTO raw.officers VALUES (1, '2026-06-30 12:00:00+02:00', false)",
      'CREATE TABLE raw.sequin_events (seq BIGINT, source_table_name VARCHAR, record_pk VARCHAR, committed_at TIMESTAMP, inserted_at TIMESTAMP)',
      "INSERT INTO raw.sequin_events VALUES (1, 'orders', '1', '2026-06-30 10:00:00', '2026-06-30 10:00:09')",
      'CREATE TABLE raw.debezium_heartbeat (id INT, ts TIMESTAMPTZ)',
      "INSERT INTO raw.debezium_heartbeat VALUES (1, '2026-06-30 10:00:30+00')",
      'CREATE TABLE raw.empty_ones (__lsn BIGINT, loaded_at TIMESTAMP)',
      // Neither a column of another type nor a business table says how far it is loaded.
      'CREATE TABLE raw.notes (__lsn BOOLEAN, body VARCHAR, created_at TIMESTAMP)',
    ]);
    expect(await summary()).toEqual({
      'raw.orders.__source_lsn': ['lsn', 'Debezium', '2F/9A01C8E0'],
      'raw.orders.__source_ts_ms': ['commit-time', 'Debezium', 1_782_813_600.123],
      'raw.cases._ab_cdc_lsn': ['lsn', 'Airbyte', '2F/9A8CC8E0'],
      'raw.cases._ab_cdc_updated_at': ['commit-time', 'Airbyte', at('2026-06-30T10:00:00.123Z')],
      'raw.tenants._peerdb_synced_at': ['load-time', 'PeerDB', at('2026-06-30T10:00:00Z')],
      'raw.officers._FIVETRAN_SYNCED': ['load-time', 'Fivetran', at('2026-06-30T10:00:00Z')],
      'raw.sequin_events.committed_at': ['commit-time', 'Sequin', at('2026-06-30T10:00:00Z')],
      'raw.debezium_heartbeat.ts': ['heartbeat', 'heartbeat table', at('2026-06-30T10:00:30Z')],
      'raw.empty_ones.__lsn': ['lsn', 'Debezium', null],
      'raw.empty_ones.loaded_at': ['load-time', 'loader', null],
    });
    const payload = await look(probe, warehouse);
    expect(probe.payload.parse(payload)).toEqual(payload);
    expect(payload.relations.every(({ zone }) => zone === 'raw')).toBe(true);
  });

  test('hold the position that is largest as a number, whatever is beside it', async () => {
    await given([
      'CREATE SCHEMA raw',
      'CREATE TABLE raw.orders (__lsn VARCHAR)', "INSERT INTO raw.orders VALUES ('9/FF'), ('10/0'), ('A/1'), ('garbage'), (NULL), ('123'), ('10/0/0'), ('FFFFFFFFF/1')",
      'CREATE TABLE raw.cases (__lsn VARCHAR)', "INSERT INTO raw.cases VALUES ('204453169376'), ('9')",
      'CREATE TABLE raw.ledger (__lsn VARCHAR)', "INSERT INTO raw.ledger VALUES ('none')",
      'CREATE TABLE raw.notes (__lsn HUGEINT)', "INSERT INTO raw.notes VALUES (170141183460469231731687303715884105727)",
    ]);
    expect(await summary()).toMatchObject({
      'raw.orders.__lsn': ['lsn', 'Debezium', '10/0'],
      'raw.cases.__lsn': ['lsn', 'Debezium', '2F/9A5BC8E0'],
      'raw.ledger.__lsn': ['lsn', 'Debezium', null],
      'raw.notes.__lsn': ['lsn', 'Debezium', 'its largest value is no position in the WAL'],
    });
  });

  test('leave placeholders out, and say what is no time', async () => {
    await given([
      'CREATE SCHEMA raw',
      'CREATE TABLE raw.orders (loaded_at TIMESTAMPTZ)', "INSERT INTO raw.orders VALUES ('infinity'), ('9999-12-31 00:00:00+00'), ('2026-06-30 10:00:00+00'), (NULL)",
      'CREATE TABLE raw.cases (loaded_at VARCHAR)', "INSERT INTO raw.cases VALUES ('2026-06-30 10:00:00'), ('unknown')",
      'CREATE TABLE raw.days (loaded_at DATE)', "INSERT INTO raw.days VALUES ('2026-06-30'), ('infinity')",
      'CREATE TABLE raw.nanoseconds (loaded_at TIMESTAMP_NS)', "INSERT INTO raw.nanoseconds VALUES ('2026-06-30 10:00:00'), ('2200-01-01')",
      'CREATE TABLE raw.epochs (loaded_at BIGINT)', 'INSERT INTO raw.epochs VALUES (1782813600000000), (-1)',
    ]);
    expect(await summary()).toEqual({
      'raw.orders.loaded_at': ['load-time', 'loader', at('2026-06-30T10:00:00Z')],
      'raw.cases.loaded_at': ['load-time', 'loader', 'its largest value is no time'],
      'raw.days.loaded_at': ['load-time', 'loader', at('2026-06-30T00:00:00Z')],
      'raw.nanoseconds.loaded_at': ['load-time', 'loader', at('2026-06-30T10:00:00Z')],
      'raw.epochs.loaded_at': ['load-time', 'loader', 1_782_813_600],
    });
  });

  test('of more relations than fifty are counted, the more telling come first', async () => {
    const tables = Array.from({ length: 60 }, (_, n) => `CREATE TABLE raw.t${String(n).padStart(2, '0')} (loaded_at TIMESTAMP)`);
    await given(['CREATE SCHEMA raw', ...tables, 'CREATE TABLE raw.z_orders (__lsn BIGINT)']);
    const { relations, left_off } = await look(probe, warehouse);
    expect([relations.length, left_off, relations[0]?.relation]).toEqual([50, 11, 'raw.z_orders']);
  });

  test('are not looked for in production, nor where there are none', async () => {
    await given(['CREATE TABLE main.orders (order_id BIGINT, loaded_at TIMESTAMP)']);
    expect(probe.applies(warehouse.target)).toBe(true);
    expect(probe.applies({ ...warehouse.target, role: 'operational' })).toBe(false);
    expect(probe.applies({ ...warehouse.target, catalog: null })).toBe(false);
  });
});

describe('columns that the configuration names', () => {
  const landed = (relation: string, column: string, meaning: 'lsn' | 'commit-time' | 'heartbeat' | 'load-time') => ({
    match: '*', store: null, name: null, lag_seconds_max: null, retained_bytes_max: null, landed: { store: null, relation, column, meaning },
  });

  test('are read with the meaning that is given, or that their names tell', async () => {
    await given(
      [
        'CREATE SCHEMA raw',
        'CREATE TABLE raw.cdc_checkpoint (stream_name VARCHAR, source_lsn VARCHAR, source_committed_at TIMESTAMPTZ, written_at TIMESTAMPTZ)',
        "INSERT INTO raw.cdc_checkpoint VALUES ('warehouse_cdc', '0/1A2B3C4', '2026-06-30 10:00:00+00', '2026-06-30 10:00:02+00')",
        'CREATE TABLE raw.invoices ("Changed" TIMESTAMP)', "INSERT INTO raw.invoices VALUES ('2026-06-30 09:00:00')",
      ],
      {
        settings: {
          streams: [landed('raw.cdc_checkpoint', 'source_lsn', 'lsn'), landed('raw.cdc_checkpoint', 'written_at', 'heartbeat'), landed('raw.nowhere', 'ts', 'heartbeat'), landed('raw.cdc_checkpoint', 'nothing', 'lsn')],
          dataProducts: [
            dataProduct({ name: 'invoices', watermark: { relation: 'raw.invoices', column: 'changed' } }),
            dataProduct({ name: 'streams', watermark: { relation: 'raw.cdc_checkpoint', column: 'source_committed_at' } }),
            dataProduct({ name: 'elsewhere', store: 'another', watermark: { relation: 'raw.invoices', column: 'other' } }),
          ],
        },
      },
    );
    expect(await summary()).toEqual({
      'raw.cdc_checkpoint.source_lsn': ['lsn', 'configuration', '0/1A2B3C4'],
      'raw.cdc_checkpoint.written_at': ['heartbeat', 'configuration', at('2026-06-30T10:00:02Z')],
      'raw.cdc_checkpoint.source_committed_at': ['commit-time', 'configuration', at('2026-06-30T10:00:00Z')],
      'raw.nowhere.ts': ['heartbeat', 'configuration', 'there is no such relation; correct it in the configuration'],
      'raw.cdc_checkpoint.nothing': ['lsn', 'configuration', 'there is no such column; correct it in the configuration'],
      'raw.invoices.Changed': ['event-time', 'configuration', at('2026-06-30T09:00:00Z')],
    });
    // The same by asking the server, where the catalogue could not be read.
    warehouse.target = { ...warehouse.target, catalog: null };
    expect(await summary()).toMatchObject({ 'raw.cdc_checkpoint.source_lsn': ['lsn', 'configuration', '0/1A2B3C4'], 'raw.invoices.Changed': ['event-time', 'configuration', at('2026-06-30T09:00:00Z')] });
  });

  test('and names of any form stay names', async () => {
    await given(
      ['CREATE SCHEMA "raw; --"', 'CREATE TABLE "raw; --"."o""rders {{column}}" ("up to"" -- {{n}}" TIMESTAMP)', `INSERT INTO "raw; --"."o""rders {{column}}" VALUES ('2026-06-30')`],
      { settings: { dataProducts: [dataProduct({ name: 'orders', watermark: { relation: 'raw; --.o"rders {{column}}', column: 'up to" -- {{n}}' } })] } },
    );
    expect((await look(probe, warehouse)).relations).toMatchObject([{ time: at('2026-06-30T00:00:00Z'), unread: null }]);
  });
});

test('a relation that cannot be read costs itself only', async () => {
  await given(['CREATE SCHEMA raw', 'CREATE TABLE raw.orders (loaded_at TIMESTAMP)', 'CREATE TABLE raw.cases (loaded_at TIMESTAMP)', "INSERT INTO raw.cases VALUES ('2026-06-30')"]);
  const made = probe.create(warehouse.target);
  await warehouse.change('DROP TABLE raw.orders');
  const { relations } = await look(probe, warehouse, { made, now: 1_800_000_000 });
  expect(relations.map(({ relation, time, unread }) => [relation, time, unread])).toMatchInlineSnapshot(`
    [
      [
        "raw.cases",
        1782777600,
        null,
      ],
      [
        "raw.orders",
        null,
        "Catalog Error: Table with name orders does not exist!",
      ],
    ]
  `);
  // It is tried again after a minute.
  await warehouse.change("CREATE TABLE raw.orders AS SELECT TIMESTAMP '2026-06-29' AS loaded_at");
  const unread = async (now: number) => (await look(probe, warehouse, { made, now })).relations.filter((entry) => entry.unread !== null).length;
  expect([await unread(1_800_000_010), await unread(1_800_000_061)]).toEqual([1, 0]);
});

test('relations that take too long together are read one by one from then on', async () => {
  await given(['CREATE SCHEMA raw', 'CREATE TABLE raw.orders (loaded_at TIMESTAMP)', "INSERT INTO raw.orders VALUES ('2026-06-30')", 'CREATE TABLE raw.cases (loaded_at TIMESTAMP)']);
  const { session } = warehouse;
  const slow: LiveSession = {
    ...session,
    store: session.store, engine: session.engine, version_num: session.version_num,
    identity: () => session.identity(), asOf: () => session.asOf(), cost: () => session.cost(), close: () => session.close(),
    query: (row, sql, bounds) => (/union all|"cases"/.test(sql) ? Promise.reject(new DeadlineExceeded('warehouse', 'it did not answer within 4 s')) : session.query(row, sql, bounds)),
  };
  const made = probe.create(warehouse.target);
  const lookSlowly = () => look(probe, { ...warehouse, session: slow }, { made });
  await expect(lookSlowly()).rejects.toThrow(DeadlineExceeded);
  expect((await lookSlowly()).relations.map(({ relation, time, unread }) => [relation, time, unread])).toEqual([
    ['raw.cases', null, 'it did not answer within 4 s'],
    ['raw.orders', at('2026-06-30T00:00:00Z'), null],
  ]);
});

describe('a position', () => {
  test.each([
    ['2F/9A01C8E0', '2F/9A01C8E0'], ['0/0', null], ['2f/9a01c8e0', '2F/9A01C8E0'], ['204453169376', '2F/9A5BC8E0'], ['204453169376.000', '2F/9A5BC8E0'],
    ['18446744073709551615', 'FFFFFFFF/FFFFFFFF'], ['18446744073709551616', null], ['-1', null], ['1.5', null], ['NaN', null], ['2F/9A01C8E0/0', null], ['', null],
  ])('of %s is %s', (text, expected) => {
    expect(positionOf(text)).toBe(expected);
  });

  test('has two forms that are equal', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), (a, b) => {
        const text = positionOf(String(a));
        expect(positionOf(text ?? '')).toBe(text);
        expect(largerPosition(String(a), positionOf(String(b)))).toBe(positionOf(String(a > b ? a : b)));
      }),
    );
  });
});

describe('a time as text', () => {
  test.each([
    ['2026-06-30T10:00:00Z', at('2026-06-30T10:00:00Z')], ['2026-06-30 10:00:00.250+02', at('2026-06-30T08:00:00.250Z')], ['2026-06-30 10:00', at('2026-06-30T10:00:00Z')],
    ['2026-06-30', at('2026-06-30T00:00:00Z')], ['2026-06-30T10:00:00.123456789-05:30', at('2026-06-30T15:30:00.123Z') + 0.000456789], ['2026-06-30 10:00:00 UTC', at('2026-06-30T10:00:00Z')],
    ['1782813600', 1_782_813_600], ['1782813600123', 1_782_813_600.123], ['20260630', at('2026-06-30T00:00:00Z')],
    ['2026-02-30', null], ['2026-13-01', null], ['9999-12-31', null], ['0001-01-01', null], ['yesterday', null], ['', null], ['0', null], ['2026-06-30T10:00:00Zx', null],
  ])('%s', (text, expected) => {
    if (expected === null) expect(parseTime(text)).toBe(null);
    else expect(parseTime(text)).toBeCloseTo(expected, 5);
  });

  test('is what it was written from, in every unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('1990-01-02T00:00:00Z') * 1000, max: at('2099-12-30T00:00:00Z') * 1000 }), (ms) => {
        expect(parseTime(new Date(ms).toISOString())).toBeCloseTo(ms / 1000, 3);
        for (const unit of [1e-3, 1, 1e3, 1e6]) expect(epochOf(ms * unit)).toBeCloseTo(ms / 1000, 2);
      }),
    );
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseTime(text) ?? 0).toBeTypeOf('number');
        expect(positionOf(text) ?? '').toBeTypeOf('string');
      }),
    );
  });
});

test('a quoted name has no end but its own', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      expect(quoted(name)).toMatch(/^"(?:[^"]|"")*"$/);
      expect(quoted(name).slice(1, -1).replaceAll('""', '"')).toBe(name);
    }),
  );
});
