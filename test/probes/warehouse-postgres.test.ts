import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { probe as facts } from '../../src/probes/facts.js';
import { probe as landed } from '../../src/probes/landed.js';
import { probe as pipelineRuns } from '../../src/probes/pipeline-runs.js';
import { probe as semanticViews } from '../../src/probes/semantic-views.js';
import { probe as watermarks } from '../../src/probes/watermarks.js';
import { PermissionGap, StoreLost } from '../../src/stores/store.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { at, dataProduct, look, open, type Warehouse, type WarehouseOptions } from '../support/warehouse-probe.js';

let server: TestServer;
let opened: Pick<Warehouse, 'session' | 'target'>[] = [];

beforeAll(async () => {
  server = await startServer(bundledServer());
  await server.run(["CREATE ROLE tidemark_ro LOGIN PASSWORD 'pw'", 'GRANT pg_monitor TO tidemark_ro']);
});
afterEach(async () => {
  for (const { session } of opened) await session.close();
  opened = [];
});
afterAll(() => server.stop());

let databases = 0;
/** A database of its own, seen as its owner or as a role that may read what it is granted. */
async function given(sql: string[], options: WarehouseOptions & { as?: 'tidemark_ro' } = {}): Promise<Pick<Warehouse, 'session' | 'target'> & { run: (sql: string[]) => Promise<void>; url: string }> {
  const database = `warehouse_${++databases}`;
  await server.run(`CREATE DATABASE ${database}`);
  await server.run(sql, database);
  const warehouse = await open('postgres', options.as ? server.url(database, options.as, 'pw') : server.url(database), options);
  opened.push(warehouse);
  return { ...warehouse, run: (statements) => server.run(statements, database), url: server.url(database) };
}

const WATERMARKS = `CREATE TABLE analytics_control.data_product_watermark (
  data_product_name text primary key, source_system text not null, source_high_watermark timestamptz not null,
  last_successful_load_at timestamptz not null, last_failed_load_at timestamptz, status text not null, error_message text)`;
const RUNS = `CREATE TABLE analytics_control.pipeline_run (
  pipeline_run_id uuid primary key default gen_random_uuid(), pipeline_name text not null, started_at timestamptz not null, finished_at timestamptz, status text not null,
  source_low_watermark text, source_high_watermark text, rows_read bigint, rows_inserted bigint, rows_updated bigint, rows_rejected bigint,
  validation_result jsonb, error_message text)`;
const manyRuns = (count: number): string =>
  `INSERT INTO analytics_control.pipeline_run (pipeline_name, started_at, status, rows_read, validation_result)
   SELECT 'load_' || g % 6, now() - g * interval '1 minute', CASE WHEN g % 10 = 0 THEN 'FAILED' ELSE 'SUCCEEDED' END, g, '{"unknown_members": 2}' FROM generate_series(1, ${count}) g`;

describe('the control table of watermarks', () => {
  test('is read as on DuckDB', async () => {
    const warehouse = await given([
      'CREATE SCHEMA analytics_control', WATERMARKS,
      `INSERT INTO analytics_control.data_product_watermark VALUES
        ('case_backlog_daily', 'estate', '2026-06-30 23:50:00.25+00', '2026-06-30 23:58:00+00', NULL, 'HEALTHY', ''),
        ('order_revenue_daily', 'estate', '-infinity', 'infinity', NULL, E'FAI\\x1b[31mLED', 'no customer Ada Byron')`,
    ]);
    const payload = await look(watermarks, warehouse);
    expect(payload).toMatchObject({
      as_of: null,
      products: [
        { name: 'order_revenue_daily', watermark_at: null, loaded_at: null, status: 'FAILED', has_error: true },
        { name: 'case_backlog_daily', watermark_at: at('2026-06-30T23:50:00.250Z'), loaded_at: at('2026-06-30T23:58:00Z'), status: 'HEALTHY', has_error: false },
      ],
    });
    expect(JSON.stringify(payload)).not.toContain('Ada');
  });

  test('of other types and of any names is read, one bad value costing itself', async () => {
    const warehouse = await given(
      [
        'CREATE SCHEMA "ctl ""; --"',
        'CREATE TABLE "ctl ""; --"."marks {{order}}" ("pro""duct; --" varchar(40), "up to" text, loaded_at numeric, status int)',
        `INSERT INTO "ctl ""; --"."marks {{order}}" VALUES ('orders', '2026-06-30T10:00:00Z', 1782813600.5, 1), ('cases', 'yesterday', NULL, NULL), ('ledger', NULL, 'NaN', 0)`,
      ],
      { settings: { control: { watermarks: 'ctl "; --.marks {{order}}', pipelineRuns: null, columns: { data_product_name: 'pro"duct; --', source_high_watermark: 'up to' } } } },
    );
    for (const target of [warehouse.target, { ...warehouse.target, catalog: null }]) {
      const { products } = await look(watermarks, { ...warehouse, target });
      expect(Object.fromEntries(products.map(({ name, watermark_at, loaded_at }) => [name, [watermark_at, loaded_at]]))).toEqual({
        orders: [at('2026-06-30T10:00:00Z'), 1_782_813_600.5], cases: [null, null], ledger: [null, null],
      });
    }
  });

  test('that this role may not read is a missing right, and is read once it may', async () => {
    const warehouse = await given(['CREATE SCHEMA analytics_control', WATERMARKS], { as: 'tidemark_ro' });
    const made = watermarks.create(warehouse.target);
    await expect(look(watermarks, warehouse, { made })).rejects.toThrow(PermissionGap);
    await expect(look(watermarks, warehouse, { made })).rejects.toThrowErrorMatchingInlineSnapshot(`[PermissionGap: warehouse: permission denied for schema analytics_control]`);
    await warehouse.run(['GRANT USAGE ON SCHEMA analytics_control TO tidemark_ro', 'GRANT SELECT ON analytics_control.data_product_watermark TO tidemark_ro']);
    expect((await look(watermarks, warehouse, { made })).products).toEqual([]);
  });
});

describe('the control table of loads', () => {
  test('is read as on DuckDB', async () => {
    const warehouse = await given(['CREATE SCHEMA analytics_control', RUNS, manyRuns(3000), 'ANALYZE']);
    const { runs, failed_24h } = await look(pipelineRuns, warehouse);
    expect(runs).toHaveLength(300);
    expect(runs[0]).toMatchObject({ pipeline: 'load_1', status: 'SUCCEEDED', rows_read: 1, unknown_dimension_rows: 2, duplicate_rows: null });
    expect(failed_24h.map(({ pipeline }) => pipeline)).toEqual(['load_0', 'load_2', 'load_4']);
    expect(failed_24h.reduce((sum, { runs }) => sum + runs, 0)).toBe(143);
  });

  test('that is large is read by the index there is, and not at all without one', async () => {
    const warehouse = await given(['CREATE SCHEMA analytics_control', RUNS, manyRuns(60_000), 'ANALYZE']);
    const error: unknown = await look(pipelineRuns, warehouse).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'ProbeUnsupported',
      message: expect.stringMatching(/^warehouse: analytics_control\.pipeline_run is not read: reading it would cost the server about [\d,]+ of the planner's units, and tidemark allows 1,000$/),
      nextStep: 'An index makes it cheap: CREATE INDEX ON analytics_control.pipeline_run (pipeline_name, started_at);',
    });
    const counts = async (): Promise<unknown> => {
      const { runs, failed_24h } = await look(pipelineRuns, warehouse);
      return [runs.length, new Set(runs.map(({ pipeline }) => pipeline)).size, failed_24h.length];
    };
    await warehouse.run(['CREATE INDEX started ON analytics_control.pipeline_run (started_at)', 'ANALYZE']);
    expect(await counts()).toEqual([300, 6, 3]);
    await warehouse.run(["INSERT INTO analytics_control.pipeline_run (pipeline_name, started_at, status) VALUES ('load_yearly', now() - interval '300 days', 'SUCCEEDED')"]);
    await warehouse.run(['DROP INDEX analytics_control.started', 'CREATE INDEX ON analytics_control.pipeline_run (pipeline_name, started_at)', 'ANALYZE']);
    expect(await counts()).toEqual([301, 7, 3]);
  });

  test('whose validation results are huge is read without them', async () => {
    const warehouse = await given(['CREATE SCHEMA analytics_control', RUNS, `INSERT INTO analytics_control.pipeline_run (pipeline_name, started_at, status, validation_result)
      SELECT 'load_cases', now(), 'SUCCEEDED', jsonb_build_object('unknown_members', 3, 'notes', (SELECT string_agg(md5(g::text), '') FROM generate_series(1, 300000) g))`]);
    expect((await look(pipelineRuns, warehouse)).runs).toMatchObject([{ pipeline: 'load_cases', unknown_dimension_rows: null }]);
  });

  test('that this role may not read is a missing right', async () => {
    const warehouse = await given(['CREATE SCHEMA analytics_control', RUNS], { as: 'tidemark_ro' });
    await expect(look(pipelineRuns, warehouse)).rejects.toThrow(PermissionGap);
  });
});

describe('columns of loaders', () => {
  const LARGE = 'INSERT INTO raw.orders SELECT g, g, now() - g * interval \'1 second\' FROM generate_series(1, 200000) g';

  test('are read where an index answers, and named with the index where none does', async () => {
    const warehouse = await given(
      [
        'CREATE SCHEMA raw',
        'CREATE TABLE raw.orders (order_id bigint, __source_lsn bigint, _peerdb_synced_at timestamptz)', LARGE,
        'CREATE INDEX ON raw.orders (__source_lsn)',
        'CREATE TABLE raw.cases (case_id bigint, _ab_cdc_lsn numeric, _ab_cdc_updated_at text)', "INSERT INTO raw.cases VALUES (1, 204453169376, '2026-06-30T10:00:00Z')",
        'CREATE TABLE raw.ledger (source_lsn pg_lsn, source_committed_at timestamp)', "INSERT INTO raw.ledger VALUES ('2F/9A01C8E0', '2026-06-30 10:00'), ('9/FF', 'infinity')",
        'CREATE TABLE raw.tenants (__lsn text, loaded_at date)', "INSERT INTO raw.tenants VALUES ('9/FF', '2026-06-30'), ('10/0', '9999-12-31'), ('none', NULL), ('77', 'infinity')",
        'CREATE TABLE raw.empty_ones (loaded_at timestamptz)',
        'ANALYZE',
      ],
      { as: 'tidemark_ro' },
    );
    await warehouse.run(['GRANT USAGE ON SCHEMA raw TO tidemark_ro', 'GRANT SELECT ON raw.orders, raw.cases, raw.tenants, raw.empty_ones TO tidemark_ro']);
    const { relations } = await look(landed, warehouse, { now: 1_800_000_000 });
    const found = Object.fromEntries(relations.map(({ relation, column, time, lsn, unread }) => [`${relation}.${column}`, time ?? lsn ?? unread]));
    expect(found).toEqual({
      'raw.orders.__source_lsn': '0/30D40',
      'raw.orders._peerdb_synced_at': expect.stringMatching(/^reading it would cost the server about [\d,]+ of the planner's units, and tidemark allows 1,000; CREATE INDEX ON raw\.orders \(_peerdb_synced_at\); makes it cheap$/),
      'raw.cases._ab_cdc_lsn': '2F/9A5BC8E0',
      'raw.cases._ab_cdc_updated_at': at('2026-06-30T10:00:00Z'),
      'raw.ledger.source_lsn': 'permission denied for table ledger; GRANT SELECT ON raw.ledger TO tidemark_ro;',
      'raw.ledger.source_committed_at': 'permission denied for table ledger; GRANT SELECT ON raw.ledger TO tidemark_ro;',
      'raw.tenants.__lsn': '10/0',
      'raw.tenants.loaded_at': at('2026-06-30T00:00:00Z'),
      'raw.empty_ones.loaded_at': null,
    });
    await warehouse.run(['GRANT SELECT ON raw.ledger TO tidemark_ro']);
    const again = (await look(landed, warehouse)).relations.filter(({ relation }) => relation === 'raw.ledger');
    expect(again.map(({ time, lsn }) => time ?? lsn)).toEqual(['2F/9A01C8E0', at('2026-06-30T10:00:00Z')]);
  });

  test('cost no more than their indexes: one statement a look, once the plans are known', async () => {
    const warehouse = await given(['CREATE SCHEMA raw', ...Array.from({ length: 20 }, (_, n) => `CREATE TABLE raw.t${n} (loaded_at timestamptz)`)]);
    const made = landed.create(warehouse.target);
    await look(landed, warehouse, { made });
    const before = warehouse.session.cost().queries;
    expect((await look(landed, warehouse, { made })).relations).toHaveLength(20);
    expect(warehouse.session.cost().queries - before).toBe(1);
  });
});

describe('fact tables', () => {
  test('are counted by day where that is cheap', async () => {
    const now = at('2026-06-30T12:00:00Z');
    const warehouse = await given(
      [
        'CREATE SCHEMA analytics', 'CREATE TABLE analytics.dim_region (region_key bigint primary key)',
        'CREATE TABLE analytics.case_event (command_id uuid, "happened at" timestamp, region_key int NOT NULL)',
        `INSERT INTO analytics.case_event SELECT gen_random_uuid(), timestamp '2026-06-30 12:00' - g * interval '1 hour', g % 4 FROM generate_series(0, 479) g`,
        'INSERT INTO analytics.case_event SELECT * FROM analytics.case_event WHERE "happened at" = \'2026-06-30 12:00\'',
        'CREATE TABLE analytics.fact_order (placed_date_key int, customer_key int)', 'INSERT INTO analytics.fact_order VALUES (20260630, 1), (20260629, 0), (0, 0)',
        'CREATE TABLE analytics.fact_log (logged_at timestamptz)', "INSERT INTO analytics.fact_log SELECT now() FROM generate_series(1, 600000)", 'ANALYZE',
      ],
      { settings: { dataProducts: [dataProduct({ name: 'cases', relation: 'analytics.case_event', time_column: 'happened at', event_id_column: 'command_id' })] } },
    );
    const { relations } = await look(facts, warehouse, { now });
    expect(relations).toMatchObject([
      { relation: 'analytics.case_event', product: 'cases', duplicate_rows: 1, unread: null },
      { relation: 'analytics.fact_log', days: [], unread: expect.stringMatching(/CREATE INDEX ON analytics\.fact_log \(logged_at\); makes it cheap$/) },
      { relation: 'analytics.fact_order', days: [{ day: '2026-06-29', rows: 1 }, { day: '2026-06-30', rows: 1 }], unknown_dimension_rows: null, unread: null },
    ]);
    expect(relations[0]?.days).toHaveLength(15);
    expect(relations[0]?.days.at(-1)).toEqual({ day: '2026-06-30', rows: 14 });
    expect(relations[0]?.unknown_dimension_rows).toBe(89);
  });
});

describe('semantic views', () => {
  const VIEWS = [
    'CREATE SCHEMA analytics_semantic', 'CREATE TABLE public.orders (order_id int, total text)', "INSERT INTO public.orders VALUES (1, '12')",
    'CREATE VIEW analytics_semantic.revenue AS SELECT sum(total::bigint) AS revenue FROM public.orders',
    'CREATE VIEW analytics_semantic.order_count AS SELECT count(*) AS orders FROM public.orders',
    'CREATE MATERIALIZED VIEW analytics_semantic.weekly AS SELECT 1 AS week WITH NO DATA',
    "CREATE FUNCTION public.check_it(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'customer % is unknown', t; END $$",
    'CREATE VIEW analytics_semantic.checked AS SELECT public.check_it(total) AS total FROM public.orders',
  ];

  test('say what is wrong with them, without a value', async () => {
    const warehouse = await given([...VIEWS, "INSERT INTO public.orders VALUES (2, 'Ada Byron')"]);
    const payload = await look(semanticViews, warehouse);
    expect(payload.views).toMatchInlineSnapshot(`
      [
        {
          "error": "the server answers with error P0001, whose text may hold values and is left out",
          "runs": false,
          "view": "analytics_semantic.checked",
        },
        {
          "depth": "ran",
          "error": null,
          "runs": true,
          "view": "analytics_semantic.order_count",
        },
        {
          "error": "invalid input syntax for type bigint (22P02)",
          "runs": false,
          "view": "analytics_semantic.revenue",
        },
        {
          "error": "materialized view "weekly" has not been populated",
          "runs": false,
          "view": "analytics_semantic.weekly",
        },
      ]
    `);
    expect(JSON.stringify(payload)).not.toContain('Ada');
    await warehouse.run(['DROP VIEW analytics_semantic.order_count', "DELETE FROM public.orders WHERE total LIKE 'Ada%'"]);
    expect((await look(semanticViews, warehouse)).views.filter(({ view }) => /count|revenue/.test(view))).toMatchInlineSnapshot(`
      [
        {
          "error": "relation "analytics_semantic.order_count" does not exist",
          "runs": false,
          "view": "analytics_semantic.order_count",
        },
        {
          "depth": "ran",
          "error": null,
          "runs": true,
          "view": "analytics_semantic.revenue",
        },
      ]
    `);
  });

  test('of which nothing may be read are a missing right; of which some may not, these are named and not judged', async () => {
    const warehouse = await given(VIEWS, { as: 'tidemark_ro' });
    await expect(look(semanticViews, warehouse)).rejects.toThrow(PermissionGap);
    await warehouse.run(['GRANT USAGE ON SCHEMA analytics_semantic TO tidemark_ro', 'GRANT SELECT ON analytics_semantic.revenue TO tidemark_ro']);
    const { views, unread } = await look(semanticViews, warehouse);
    expect(views).toEqual([{ view: 'analytics_semantic.revenue', runs: true, error: null, depth: 'ran' }]);
    expect(unread?.[0]).toEqual({ view: 'analytics_semantic.checked', reason: 'permission denied for view checked; GRANT SELECT ON analytics_semantic.checked TO tidemark_ro;' });
  });

  test('that cost too much are only bound', async () => {
    const warehouse = await given([...VIEWS.slice(0, 5), 'CREATE VIEW analytics_semantic.large AS SELECT count(*) FROM generate_series(1, 100000000)']);
    const { views } = await look(semanticViews, warehouse);
    expect(views.find(({ view }) => view.endsWith('large'))).toMatchObject({ runs: true, depth: 'bound' });
  });

  test('whose tables somebody has locked are not judged', async () => {
    const warehouse = await given(VIEWS.slice(0, 5));
    const other = new pg.Client({ connectionString: warehouse.url });
    await other.connect();
    try {
      await other.query('BEGIN; LOCK TABLE public.orders IN ACCESS EXCLUSIVE MODE');
      expect(await look(semanticViews, warehouse)).toMatchInlineSnapshot(`
        {
          "as_of": null,
          "unread": [
            {
              "reason": "canceling statement due to lock timeout",
              "view": "analytics_semantic.order_count",
            },
            {
              "reason": "canceling statement due to lock timeout",
              "view": "analytics_semantic.revenue",
            },
          ],
          "views": [],
        }
      `);
    } finally {
      await other.end();
    }
  });
});

describe('every probe of the warehouse', () => {
  const ALL = [
    'CREATE SCHEMA analytics_control', WATERMARKS, RUNS, 'CREATE SCHEMA raw', 'CREATE TABLE raw.orders (loaded_at timestamptz)',
    'CREATE SCHEMA analytics', 'CREATE TABLE analytics.fact_order (placed_at timestamptz)', 'CREATE SCHEMA analytics_semantic', 'CREATE VIEW analytics_semantic.one AS SELECT 1 AS one',
  ];
  const looks: [string, (warehouse: Pick<Warehouse, 'session' | 'target'>) => Promise<unknown>][] = [
    ['watermarks', (warehouse) => look(watermarks, warehouse)],
    ['pipeline-runs', (warehouse) => look(pipelineRuns, warehouse)],
    ['landed', (warehouse) => look(landed, warehouse)],
    ['facts', (warehouse) => look(facts, warehouse)],
    ['semantic-views', (warehouse) => look(semanticViews, warehouse)],
  ];

  test('passes a lost connection on', async () => {
    const warehouse = await given(ALL);
    for (const [, lookAt] of looks) await lookAt(warehouse);
    await server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tidemark'");
    for (const [name, lookAt] of looks) {
      const error: unknown = await lookAt(warehouse).catch((thrown: unknown) => thrown);
      expect(error, name).toBeInstanceOf(StoreLost);
    }
  });

  test('writes nothing and locks nobody out', async () => {
    const warehouse = await given(ALL);
    const other = new pg.Client({ connectionString: warehouse.url });
    await other.connect();
    try {
      // What a loader holds while it loads.
      await other.query('BEGIN; LOCK TABLE analytics_control.data_product_watermark, analytics_control.pipeline_run, raw.orders, analytics.fact_order IN EXCLUSIVE MODE');
      for (const [, lookAt] of looks) await lookAt(warehouse);
      const { rows } = await other.query("SELECT count(*)::int AS locks FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'tidemark' AND l.relation >= 16384");
      expect(rows).toEqual([{ locks: 0 }]);
    } finally {
      await other.end();
    }
  });
});
