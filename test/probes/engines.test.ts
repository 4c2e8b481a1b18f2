import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultLive } from '../../src/config/live-defaults.js';
import { LiveModel } from '../../src/live/model.js';
import { answered } from '../../src/live/sample.js';
import type { DataProductConfiguration, LiveConfiguration } from '../../src/model/configuration.js';
import { ENGINES, type Engine } from '../../src/model/store.js';
import { PROBES, type ProbeId } from '../../src/probes/index.js';
import type { ProbeTarget, StoreProbe } from '../../src/probes/probe.js';
import { openLive, openStore } from '../../src/stores/index.js';
import type { LiveSession } from '../../src/stores/live.js';
import { pair } from '../reconcile/shop.js';
import { startClickHouse, type ClickHouseServer } from '../support/clickhouse.js';
import { noContext } from '../support/store-context.js';

const product = (name: string, relation: string, rest: Partial<DataProductConfiguration> = {}): DataProductConfiguration => ({
  name, store: null, relation, watermark: null, provisional_seconds: null, time_column: 'paid_at', event_id_column: null, stream: null, owner: null,
  objective: { target_seconds: 300, within_seconds: 900, share: 0.99, window_seconds: 2_592_000, degraded_seconds: null, failed_seconds: null }, ...rest,
});

const settings: LiveConfiguration = {
  ...defaultLive,
  dataProducts: [product('settlements', 'shop.settlement'), product('payments', 'shop.payment'), product('refunds', 'shop.refund', { watermark: { relation: 'shop.refund', column: 'refunded_at' } })],
  reconcile: [pair({ source: { store: 'production', relation: 'shop.payment', query: null, time_column: 'paid_at', deleted_column: null } })],
};

function storeProbes(): { id: string; probe: StoreProbe<unknown> }[] {
  return Object.entries(PROBES).flatMap(([id, probe]) => (probe.kind === 'store' ? [{ id, probe }] : []));
}

describe('what is looked at in each engine', () => {
  const looksOf = (engine: Engine): string => {
    const target: ProbeTarget = { store: 'warehouse', role: 'warehouse', engine, settings: { ...settings, control: { ...settings.control, watermarks: 'control.data_product_watermark', pipelineRuns: 'control.pipeline_run' } }, catalog: null };
    const looks = storeProbes().filter(({ probe }) => probe.applies(target)).map(({ id, probe }) => `${id} ${probe.paceOf?.(target) ?? probe.pace_seconds}`);
    return `${engine}: ${looks.join(', ')}`;
  };

  it('is what it has, as often as it may be asked', () => {
    expect(ENGINES.map(looksOf)).toMatchInlineSnapshot(`
      [
        "bigquery: landed 900, modified 60, watermarks 900",
        "clickhouse: landed 60, modified 60, watermarks 60",
        "databricks: landed 900, modified 900, watermarks 900",
        "duckdb: facts 120, landed 10, pipeline-runs 30, watermarks 10",
        "postgres: activity 5, facts 120, landed 10, pipeline-runs 30, publications 10, receiver 5, replication 2, throughput 15, wal-directory 60, watermarks 10",
        "redshift: landed 900, modified 900, watermarks 900",
        "snowflake: landed 900, modified 900, watermarks 900",
        "trino: landed 60, modified 60, watermarks 60",
      ]
    `);
  });
});

describe('a warehouse of ClickHouse', () => {
  let server: ClickHouseServer;
  let session: LiveSession;
  let target: ProbeTarget;
  // Whole seconds, as the times in the tables are.
  const now = Math.floor(Date.now() / 1000);
  const ago = (seconds: number): string => new Date((now - seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');

  beforeAll(async () => {
    server = await startClickHouse();
    await server.run(
      'create database shop',
      'create database control',
      'create table control.data_product_watermark (data_product_name String, source_high_watermark Nullable(DateTime64(3)), last_successful_load_at DateTime, status LowCardinality(String), error_message Nullable(String)) engine = MergeTree order by data_product_name',
      `insert into control.data_product_watermark values ('settlements', '${ago(120)}', '${ago(60)}', 'HEALTHY', null), ('payouts', null, '${ago(3600)}', 'FAILED', 'card 4000 refused')`,
      'create table shop.payment (payment_id UInt64, paid_at DateTime) engine = MergeTree order by payment_id',
      `insert into shop.payment values (1, '${ago(900)}')`,
      'create table shop.refund (refund_id UInt64, refunded_at DateTime64(3)) engine = MergeTree order by refund_id',
      `insert into shop.refund values (1, '${ago(240)}'), (2, '2149-01-01 00:00:00')`,
      'create table shop.settlement (settlement_id UInt64, _loaded_at DateTime) engine = MergeTree order by settlement_id',
      `insert into shop.settlement values (1, '${ago(75)}')`,
    );
    const store = await openStore('clickhouse', { name: 'warehouse', url: server.url('shop') }, noContext);
    const { value: catalog } = await store.catalog();
    await store.close();
    session = await openLive('clickhouse', { name: 'warehouse', url: server.url('shop') }, noContext);
    target = { store: 'warehouse', role: 'warehouse', engine: 'clickhouse', settings, catalog };
  });
  afterAll(async () => {
    await session.close();
    await server.stop();
  });

  async function run(id: ProbeId & ('watermarks' | 'landed' | 'modified')): Promise<unknown> {
    const probe: StoreProbe<unknown> = PROBES[id];
    expect(probe.applies(target)).toBe(true);
    return probe.payload.parse(await probe.create(target)({ session, sessionOf: () => Promise.resolve(session), signal: new AbortController().signal, now: () => now }));
  }

  it('tells of watermarks by its control table, and of no error text', async () => {
    const { products } = PROBES.watermarks.payload.parse(await run('watermarks'));
    expect(products.map(({ name, watermark_at, status, has_error }) => [name, watermark_at === null ? null : Math.round(now - watermark_at), status, has_error]).sort()).toEqual([
      ['payouts', null, 'FAILED', true],
      ['settlements', 120, 'HEALTHY', false],
    ]);
  });

  it('tells how far rows reach, by what the configuration and loaders name', async () => {
    const { relations } = PROBES.landed.payload.parse(await run('landed'));
    expect(relations.map(({ relation, column, meaning, time, unread }) => [relation, column, meaning, time === null ? null : Math.round((now - time) / 10), unread]).sort()).toEqual([
      ['shop.refund', 'refunded_at', 'event-time', 24, null],
      ['shop.settlement', '_loaded_at', 'load-time', 8, null],
    ]);
  });

  it('tells when relations were changed, without a scan', async () => {
    const { relations } = PROBES.modified.payload.parse(await run('modified'));
    expect(relations.map(({ relation, rows, modified_at }) => [relation, rows, modified_at !== null && Math.abs(now - modified_at) < 60]).sort()).toEqual([
      ['shop.payment', 1, true],
      ['shop.refund', 2, true],
      ['shop.settlement', 1, true],
    ]);
  });

  it('judges a product by its watermark where there is one, and by its last change where nothing else tells', async () => {
    const model = new LiveModel(settings, [{ name: 'warehouse', role: 'warehouse', engine: 'clickhouse' }], false);
    for (const probe of ['watermarks', 'landed', 'modified'] as const) {
      model.accept(answered({ probe, store: 'warehouse', at: now, pace_seconds: 60, slowed: null, elapsed_ms: 1, received_bytes: 1 }, await run(probe)));
    }
    const { products } = model.view(now);
    expect(products.filter(({ name }) => name !== 'payouts').map(({ name, watermark_from, state, cause }) => `${name}: ${watermark_from}, ${state}: ${cause}`.replace(/\d\d:\d\d/g, 'hh:mm'))).toMatchInlineSnapshot(`
      [
        "settlements: control table, ok: settlements is 2 min old, within 15 min",
        "payments: last change by metadata, unknown: payments: last change by metadata of shop.payment only tells how old it is at least; configure a watermark that the source has written",
        "refunds: max(refunded_at), ok: refunds is 4 min old, within 15 min",
      ]
    `);
  });

  it('that is unwell fails each look with one line', async () => {
    server.fail({ kind: 'error', code: 241, name: 'MEMORY_LIMIT_EXCEEDED', text: "Memory limit exceeded: would use 1 GiB for 'card 4000'" });
    const failure: unknown = await run('watermarks').catch((error: unknown) => error);
    expect(failure instanceof Error ? failure.message : failure).toMatchInlineSnapshot(`"warehouse: control.data_product_watermark could not be read: Memory limit exceeded: would use ? GiB for '?' (MEMORY_LIMIT_EXCEEDED)"`);
  });
});
