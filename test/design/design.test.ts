import { describe, expect, test } from 'vitest';
import { auditWithJoin } from '../../src/audit.js';
import { defaultLive } from '../../src/config/live-defaults.js';
import type { Configuration } from '../../src/model/configuration.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics } from '../../src/model/statement.js';
import { loadRules } from '../../src/rules/load.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { card, configuration, role, statistics, store } from '../support/estate.js';
import { snapshotOf } from '../support/snapshot.js';
import { NORTHWIND, PAGILA } from './sample-schemas.js';

const rules = await loadRules();
const OWN = /^(?:table|concept|outbox|raw|publication-without|warehouse-without)-?/;

interface Given {
  ddl: string;
  of?: Partial<StoreSnapshot>;
  sent?: StatementStatistics[];
  queries?: CollectedQuery[];
  configured?: Partial<Configuration>;
}

/** Every finding of design and movement, as `rule relation`. */
async function told({ ddl, of = {}, sent = [], queries = [], configured = {} }: Given): Promise<string[]> {
  const catalog = await catalogFromDdl(ddl);
  const roles = ['app', 'claims', 'reports', 'loader'].map((name) => role(name));
  const seen = store({ ...catalog, roles }, { statements: sent, ...of });
  const stores = [{ name: seen.name, role: seen.role, engine: seen.engine, url: null, match: [] }];
  const purposes = [
    { match: { role: 'app' }, owner: 'Shop Team', purpose: 'application' as const }, { match: { role: 'claims' }, owner: 'Claims Team', purpose: 'application' as const },
    { match: { role: 'loader' }, owner: null, purpose: 'loader' as const }, { match: { role: 'reports' }, owner: null, purpose: 'reporting' as const },
  ];
  const audited = await auditWithJoin(snapshotOf({ stores: [seen], queries }), configuration({ stores, consumers: purposes, ...configured }), rules, '0');
  return audited.report.findings.filter(({ ruleId }) => OWN.test(ruleId) && rules.some(({ id, subject }) => id === ruleId && (subject === 'design' || subject === 'flow')))
    .map(({ ruleId, relation }) => `${ruleId} ${relation}`).toSorted();
}

const by = (name: string, text: string): StatementStatistics => statistics(text, { role: name });
const here = { id: '2', name: 'warehouse', engine: 'duckdb', host: null, database: 'casework' };
const warehouse = { name: 'warehouse', role: 'warehouse', engine: 'duckdb' } as const;

describe('an operational schema', () => {
  const ORDERS = 'CREATE TABLE public.orders (id bigint PRIMARY KEY, status text NOT NULL, closed_at timestamptz, total numeric NOT NULL);';
  const close = "UPDATE public.orders SET status = 'CLOSED', closed_at = $2 WHERE id = $1";

  test('a state, the time that belongs to it, and nothing that keeps either', async () => {
    expect(await told({ ddl: ORDERS, sent: [by('app', close)] })).toEqual(['table-state-without-check public.orders', 'table-state-without-history public.orders']);
  });

  test.each([
    ['a table of its transitions', 'CREATE TABLE public.order_transitions (id bigint PRIMARY KEY, order_id bigint REFERENCES public.orders);'],
    ['versions of all tables, as PaperTrail keeps them', 'CREATE TABLE public.versions (id bigint PRIMARY KEY, item_type text, item_id bigint, object text);'],
    ['a log of actions in a schema of audits', 'CREATE SCHEMA audit; CREATE TABLE audit.logged_actions (event_id bigint PRIMARY KEY, table_name text);'],
    ['revisions, as Hibernate Envers keeps them', 'CREATE TABLE public.orders_audit (id bigint, rev integer, PRIMARY KEY (id, rev));'],
    ['an outbox', 'CREATE TABLE public.outbox (id uuid PRIMARY KEY, type text, aggregate_id text, created_at timestamptz, schema_version integer, payload jsonb);'],
  ])('the state is kept by %s', async (_, ddl) => {
    expect(await told({ ddl: ORDERS + ddl, sent: [by('app', close)] })).toEqual(['table-state-without-check public.orders']);
  });

  test('a CHECK over both columns', async () => {
    expect(await told({ ddl: `${ORDERS} ALTER TABLE public.orders ADD CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL));` })).toEqual([]);
  });

  test('transitions with and without the identity of their command', async () => {
    const table = (rest: string): string => `${ORDERS} CREATE TABLE public.order_transition (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL, from_status text, to_status text${rest});`;
    const loose = 'table-state-without-check public.orders';
    expect(await told({ ddl: table('') })).toEqual([loose, 'table-transition-without-command-key public.order_transition']);
    expect(await told({ ddl: table(', command_id uuid UNIQUE') })).toEqual([loose]);
    // Rails' statesman numbers the transitions of each thing: the second attempt is refused.
    expect(await told({ ddl: table(', sort_key integer, UNIQUE (order_id, sort_key)') })).toEqual([loose]);
  });

  test('a table without a key that an application writes, and one that several teams write', async () => {
    const ddl = 'CREATE TABLE public.tags_posts (post_id bigint, tag_id bigint); CREATE TABLE public.tags_pages (page_id bigint, tag_id bigint, UNIQUE (page_id, tag_id)); CREATE TABLE public.note (id bigint PRIMARY KEY, body text);';
    const add = (table: string): string => `INSERT INTO public.${table} VALUES ($1, $2)`;
    const sent = [by('app', add('tags_posts')), by('app', add('tags_pages')), by('app', add('note')), by('claims', add('note')), by('loader', add('tags_pages'))];
    expect(await told({ ddl, sent })).toEqual(['table-without-key public.tags_posts', 'table-written-by-several-teams public.note']);
  });

  test('concepts with and without an authority', async () => {
    const concept = { relations: ['public.*'], movement: null, metrics: [], owner: null };
    const concepts = [{ ...concept, name: 'order', authority: null }, { ...concept, name: 'customer', authority: { store: null, relation: 'public.customer' } }];
    expect(await told({ ddl: 'CREATE TABLE public.note (id bigint PRIMARY KEY);', configured: { concepts } })).toEqual(['concept-without-authority order']);
  });

  test('what leaves', async () => {
    const ddl = `CREATE TABLE public.line (order_id bigint, amount numeric); CREATE TABLE public.orders (id bigint PRIMARY KEY);
      CREATE TABLE public.outboxevent (id uuid PRIMARY KEY, aggregatetype text, aggregateid text, type text, payload jsonb);
      CREATE TABLE public.outbox_events (id uuid PRIMARY KEY, aggregate_id text, type text, occurred_at timestamptz, schema_version integer, payload jsonb);
      CREATE TABLE public.outbox_state (outbox_id uuid PRIMARY KEY, lock_id uuid, created timestamptz);`;
    const catalog = await catalogFromDdl(ddl);
    const table = (relation: string) => ({ schema: 'public', relation, columns: null, rowFilter: null });
    const publications = [{ name: 'cdc', allTables: false, tables: [table('line'), table('orders')] }, { name: 'events', allTables: false, tables: [table('outbox_events')] }];
    expect(await told({ ddl, of: { catalog: { ...catalog, publications } } })).toEqual(['publication-without-row-identity public.line']);
    const both = [{ name: 'cdc', allTables: false, tables: [table('orders'), table('outbox_events')] }];
    expect(await told({ ddl, of: { catalog: { ...catalog, publications: both } } })).toEqual(['outbox-captured-with-its-tables public.outbox_events']);
    const renamed = ddl.replace('outboxevent', 'outbox_message');
    expect(await told({ ddl: renamed })).toEqual(['outbox-envelope-incomplete public.outbox_message']);
  });
});

describe('a warehouse', () => {
  const STAR = `CREATE SCHEMA mart; CREATE TABLE mart.dim_date (date_key integer PRIMARY KEY); CREATE TABLE mart.dim_customer (customer_key bigint PRIMARY KEY);
    CREATE TABLE mart.fact_order (order_id bigint, customer_key bigint, total numeric, source_loaded_at timestamptz);
    CREATE TABLE mart.fact_stock_daily_snapshot (row_key bigint PRIMARY KEY, snapshot_date date, product_id bigint);`;

  test('a fact and a snapshot without a grain, where keys are used', async () => {
    expect(await told({ ddl: STAR, of: warehouse })).toEqual(['table-fact-without-grain mart.fact_order', 'table-snapshot-without-day-key mart.fact_stock_daily_snapshot']);
  });

  test('where keys are not used, or not enforced, their absence says nothing', async () => {
    expect(await told({ ddl: STAR.replaceAll(' PRIMARY KEY', ''), of: warehouse })).toEqual([]);
    expect(await told({ ddl: STAR, of: { ...warehouse, engine: 'snowflake' } })).toEqual([]);
  });

  test('a test of dbt stands for a key, and tells that the neighbour has none', async () => {
    const asserted = { kind: 'unique' as const, schema: 'mart', relation: 'fact_order', columns: ['order_id'], expression: null, references: null, by: 'dbt test unique_fact_order_order_id' };
    const queries = [card('SELECT sum(total) FROM mart.fact_order', { connection: here, asserts: [asserted] }), card('SELECT count(*) FROM mart.dim_customer', { id: 'other', connection: here })];
    expect(await told({ ddl: STAR, of: warehouse, queries })).toEqual(['table-read-without-tests mart.dim_customer', 'table-snapshot-without-day-key mart.fact_stock_daily_snapshot']);
  });

  test('facts that do not say where they came from', async () => {
    const facts = `CREATE SCHEMA mart; CREATE TABLE mart.fct_sales (sale_key bigint, amount numeric, loaded_at timestamptz); CREATE TABLE mart.fct_returns (return_id bigint, amount numeric);
      CREATE TABLE mart.fct_visits (visit_id bigint, _dbt_loaded_at timestamptz); CREATE TABLE mart.artefact (weight numeric);`;
    expect(await told({ ddl: facts, of: warehouse })).toEqual(['table-fact-without-provenance mart.fct_returns', 'table-fact-without-provenance mart.fct_sales']);
  });

  test('dates and amounts as text, in marts and not where they land', async () => {
    const columns = '(invoice_date text, net_amount varchar(20), customer text, state text)';
    expect(await told({ ddl: `CREATE SCHEMA mart; CREATE SCHEMA raw; CREATE TABLE mart.invoice ${columns}; CREATE TABLE raw.invoice ${columns}; CREATE TABLE mart.bill (bill_date date, net_amount numeric, created_at_label text);`, of: warehouse }))
      .toEqual(['table-holds-dates-as-text mart.invoice']);
  });

  test('rows of the raw layer that somebody overwrites', async () => {
    const ddl = 'CREATE SCHEMA raw; CREATE TABLE raw.orders (id bigint PRIMARY KEY, status text); CREATE TABLE raw.lines (id bigint PRIMARY KEY, status text);';
    const fix = (table: string): string => `UPDATE raw.${table} SET status = 'X' WHERE id = $1`;
    expect(await told({ ddl, of: { ...warehouse, engine: 'postgres' }, sent: [by('reports', fix('orders')), by('loader', fix('lines'))] })).toEqual(['raw-table-overwritten raw.orders']);
  });

  test('five readers and no promise, where others have one', async () => {
    const queries = [1, 2, 3, 4, 5].map((number) => card(`SELECT count(*) FROM mart.fact_order WHERE order_id > ${number}`, { id: `card-${number}`, title: `Orders ${number}`, connection: here }));
    const product = { name: 'customers', store: null, relation: 'mart.dim_customer', watermark: null, objective: null, provisional_seconds: null, time_column: null, event_id_column: null, stream: null, owner: null };
    const found = await told({ ddl: STAR, of: warehouse, queries, configured: { live: { ...defaultLive, dataProducts: [product] } } });
    expect(found).toContain('table-relied-on-without-contract mart.fact_order');
    expect(await told({ ddl: STAR, of: warehouse, queries })).not.toContain('table-relied-on-without-contract mart.fact_order');
  });
});

describe('public sample schemas', () => {
  test('Pagila, as an application uses it', async () => {
    const sent = [by('app', 'UPDATE public.rental SET return_date = $1 WHERE rental_id = $2'), by('app', 'INSERT INTO public.payment (customer_id, amount) VALUES ($1, $2)'), by('app', 'INSERT INTO public.film_actor (actor_id, film_id) VALUES ($1, $2)')];
    expect(await told({ ddl: PAGILA, sent })).toEqual([]);
  });

  test('Northwind, as an application and as a warehouse uses it', async () => {
    const sent = [by('app', 'UPDATE public.orders SET shipped_date = $1 WHERE order_id = $2'), by('app', 'INSERT INTO public.order_details VALUES ($1, $2, $3, $4, $5)')];
    expect(await told({ ddl: NORTHWIND, sent })).toEqual([]);
    expect(await told({ ddl: NORTHWIND, of: { ...warehouse, engine: 'postgres' } })).toEqual([]);
  });
});
