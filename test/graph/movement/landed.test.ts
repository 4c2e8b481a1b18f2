import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createParsers, type Parsers } from '../../../src/sql/parse/parsers.js';
import { configuration } from '../../support/estate.js';
import { between, lines, waysOfWorld, type StoreOfWorld } from './world.js';

let parsers: Parsers;
beforeAll(async () => {
  parsers = await createParsers();
});
afterAll(() => parsers.close());

const SHOP = `CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, full_name text, email text, country_code text, created_at timestamptz);
  CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, order_number text, customer_id bigint, total_minor bigint, placed_at timestamptz);
  CREATE VIEW integration.v_order_placed_v1 AS SELECT order_id, order_number, customer_id, total_minor, placed_at FROM shop.orders;`;
const CUSTOMER_LANDED = 'CREATE TABLE raw.customer (customer_id bigint, full_name text, email text, country_code text, loaded_at timestamptz);';

const production = (more: Partial<StoreOfWorld> = {}): StoreOfWorld => ({ name: 'production', role: 'operational', ddl: SHOP, ...more });
const warehouse = (ddl: string): StoreOfWorld => ({ name: 'warehouse', role: 'warehouse', ddl });

const said = (movements: Awaited<ReturnType<typeof waysOfWorld>>['movements']): unknown[] =>
  movements.filter(({ from, to }) => from.store !== to.store).map(({ from, to, via, by, confidence, evidence }) => [from.relation, to.relation, via, by, confidence, evidence]);

describe('what landed in a warehouse', () => {
  test('comes from the relation of its name and columns, which is a guess and says so', async () => {
    const { movements } = await waysOfWorld(parsers, [production(), warehouse(CUSTOMER_LANDED)]);
    expect(said(movements)).toEqual([['shop.customer', 'raw.customer', 'load', 'a load that nothing names', 0.7, 'raw.customer has the same name and all columns of shop.customer']]);
  });

  test.each(['raw.shop_customers', 'raw.stg_shop__customers', 'raw._airbyte_raw_customer', 'raw.customer_scd', 'raw_shop.customer'])('is told under the names that loaders give: %s', async (name) => {
    const { movements } = await waysOfWorld(parsers, [production(), warehouse(CUSTOMER_LANDED.replace('raw.customer', name).replace('loaded_at', '_airbyte_emitted_at'))]);
    expect(said(movements)).toMatchObject([['shop.customer', name, 'load', 'a load that nothing names', 0.7, expect.stringContaining('the same name')]]);
  });

  test('comes from what a loader asks for, with what that leaves of the values', async () => {
    const { movements } = await waysOfWorld(parsers, [
      production({ ran: { loader: ["SELECT customer_id, encode(hmac(email, current_setting('app.key'), 'sha256'), 'hex') AS email, country_code FROM shop.customer WHERE created_at >= $1"] } }),
      warehouse('CREATE TABLE raw.customer (customer_id bigint, email text, country_code text, loaded_at timestamptz);'),
    ]);
    expect(lines(between(movements, 'shop.customer', 'raw.customer'))).toEqual([
      'production shop.customer.country_code > warehouse raw.customer.country_code raw, load by role loader',
      'production shop.customer.customer_id > warehouse raw.customer.customer_id raw, load by role loader',
      'production shop.customer.email > warehouse raw.customer.email pseudonymous-keyed changed, load by role loader',
    ]);
    expect(between(movements, 'shop.customer', 'raw.customer')).toMatchObject([{ confidence: 0.9, rowFilter: null, conditions: ['created_at'], evidence: 'role loader reads shop.customer, and raw.customer has the same name and all columns' }]);
  });

  test('by contract comes from the view, not from the table behind it', async () => {
    const { movements } = await waysOfWorld(parsers, [
      production({ ran: { loader: ['SELECT order_id, order_number, customer_id, total_minor, placed_at FROM integration.v_order_placed_v1 WHERE placed_at >= $1'] } }),
      warehouse('CREATE TABLE raw.order_placed (order_id bigint, order_number text, customer_id bigint, total_minor bigint, placed_at timestamptz);'),
    ]);
    expect(said(movements).map((each) => (each as string[]).slice(0, 4))).toEqual([['integration.v_order_placed_v1', 'raw.order_placed', 'load', 'role loader']]);
  });

  test('is what its comment says, whatever its name', async () => {
    const { movements } = await waysOfWorld(parsers, [
      production(),
      warehouse("CREATE TABLE raw.kunden (customer_id bigint, full_name text, email text); COMMENT ON TABLE raw.kunden IS 'Nightly copy of shop.customer.';"),
    ]);
    expect(said(movements)).toEqual([['shop.customer', 'raw.kunden', 'load', 'a load that nothing names', 0.95, 'the comment of raw.kunden names shop.customer']]);
  });

  test('by a publication has its columns and its rows only', async () => {
    const publications = [{ name: 'warehouse_cdc', allTables: false, tables: [{ schema: 'shop', relation: 'customer', columns: ['customer_id', 'email', 'country_code'], rowFilter: "(country_code = 'SE'::text)" }] }];
    const { movements } = await waysOfWorld(parsers, [production({ catalog: { publications } }), warehouse(CUSTOMER_LANDED)]);
    expect(lines(between(movements, 'shop.customer', 'raw.customer'))).toEqual([
      'production shop.customer.country_code > warehouse raw.customer.country_code raw, replication by publication warehouse_cdc',
      'production shop.customer.customer_id > warehouse raw.customer.customer_id raw, replication by publication warehouse_cdc',
      'production shop.customer.email > warehouse raw.customer.email raw, replication by publication warehouse_cdc',
    ]);
    expect(between(movements, 'shop.customer', 'raw.customer')).toMatchObject([{ rowFilter: "(country_code = 'SE'::text)", confidence: 0.85 }]);
  });

  test('of two sources that fit alike comes from neither, and that is said', async () => {
    const { movements, notes } = await waysOfWorld(parsers, [
      production({ ddl: `${SHOP} CREATE TABLE crm.customer (customer_id bigint, full_name text, email text, country_code text);` }), warehouse(CUSTOMER_LANDED),
    ]);
    expect(said(movements)).toEqual([]);
    expect(notes).toEqual(['raw.customer on warehouse fits several relations of other stores alike: what came over from where is not followed']);
  });

  test('the schema in the name of the landing zone tells two sources apart', async () => {
    const { movements } = await waysOfWorld(parsers, [
      production({ ddl: `${SHOP} CREATE TABLE crm.customer (customer_id bigint, full_name text, email text, country_code text);` }), warehouse(CUSTOMER_LANDED.replace('raw.customer', 'raw_crm.customer')),
    ]);
    expect(said(movements)).toMatchObject([['crm.customer', 'raw_crm.customer', 'load', 'a load that nothing names', 0.7, expect.any(String)]]);
  });

  test.each([
    ['a word that anything is called by', 'CREATE TABLE raw.event (id bigint, name text, created_at timestamptz);', 'CREATE TABLE shop.event (id bigint, name text, created_at timestamptz);'],
    ['the name alone', 'CREATE TABLE raw.customer (client_ref text, turnover numeric, region text, manager text);', ''],
    ['columns alone', 'CREATE TABLE raw.newsletter (customer_id bigint, full_name text, email text, country_code text);', ''],
    ['a table that the load keeps for itself', 'CREATE TABLE analytics_control.customer (customer_id bigint, full_name text, email text);', ''],
  ])('%s is no evidence', async (_, landed, more) => {
    const { movements, notes } = await waysOfWorld(parsers, [production({ ddl: `${SHOP} ${more}` }), warehouse(landed)]);
    expect([said(movements), notes]).toEqual([[], []]);
  });

  test('where SQL fills it, nothing is guessed', async () => {
    const { movements } = await waysOfWorld(parsers, [
      production(),
      { ...warehouse(`${CUSTOMER_LANDED} CREATE TABLE raw.upload (customer_id bigint, mail text);`), ran: { loader: ['INSERT INTO raw.customer (customer_id, email) SELECT customer_id, mail FROM raw.upload'] } },
    ]);
    expect(said(movements)).toEqual([]);
  });

  test('a pair that is reconciled is a way, unless a better one is known', async () => {
    const side = (store: string, relation: string) => ({ store, relation, query: null, time_column: 'placed_at', deleted_column: null });
    const live = {
      ...configuration().live,
      reconcile: [{ name: 'orders', source: side('production', 'shop.orders'), target: side('warehouse', 'lake.sales'), period: 'day' as const, periods: 3, sums: [], tolerance_ratio: 0, product: null, provisional_seconds: null, key: null, columns: null, except: [], watermark: null, every_seconds: null }],
    };
    const { movements } = await waysOfWorld(parsers, [production(), warehouse('CREATE TABLE lake.sales (order_id bigint, total_minor bigint, placed_at timestamptz);')], { live });
    expect(lines(between(movements, 'shop.orders', 'lake.sales'))).toEqual([
      'production shop.orders.order_id > warehouse lake.sales.order_id raw, declared by reconciliation orders of the configuration',
      'production shop.orders.placed_at > warehouse lake.sales.placed_at raw, declared by reconciliation orders of the configuration',
      'production shop.orders.total_minor > warehouse lake.sales.total_minor raw, declared by reconciliation orders of the configuration',
    ]);
  });

  test('a standby has every table of its primary, and is no source of its own', async () => {
    const { movements } = await waysOfWorld(parsers, [production(), { ...production(), name: 'standby', role: 'replica', more: { inRecovery: true } }, warehouse(CUSTOMER_LANDED)]);
    expect(said(movements).map((each) => (each as string[]).slice(0, 4))).toEqual([
      ['shop.customer', 'shop.customer', 'replication', 'physical replication'],
      ['shop.orders', 'shop.orders', 'replication', 'physical replication'],
      ['shop.customer', 'raw.customer', 'load', 'a load that nothing names'],
    ]);
  });
});

describe('what was built within a warehouse by SQL that nobody has', () => {
  const RAW = 'CREATE TABLE raw.customer (customer_id bigint, full_name text, email text, segment text);';

  test('has the personal columns of the landed relation whose key it has', async () => {
    const { movements } = await waysOfWorld(parsers, [warehouse(`${RAW} CREATE TABLE analytics.mart_customer (customer_key bigint, customer_email text, order_count bigint);`)]);
    expect(lines(movements)).toEqual(['warehouse raw.customer.email > warehouse analytics.mart_customer.customer_email raw, statement by SQL that nothing shows']);
    expect(movements[0]?.confidence).toBe(0.5);
  });

  test('on an operational store, of the application', async () => {
    const { movements } = await waysOfWorld(parsers, [production({ ddl: `${SHOP} CREATE TABLE analytics.customer_reach (customer_id bigint, email text, mails_sent bigint);` })]);
    expect(lines(between(movements, 'shop.customer', 'analytics.customer_reach'))).toEqual(['production shop.customer.email > production analytics.customer_reach.email raw, statement by SQL that nothing shows']);
  });

  test.each([
    ['two landed relations have', `CREATE TABLE raw.customers (customer_id bigint, email text); CREATE TABLE analytics.mart_customer (customer_key bigint, customer_email text);`],
    ['no key leads to', 'CREATE TABLE analytics.mart_campaign (campaign_key bigint, email text);'],
    ['the landed relation lacks', 'CREATE TABLE analytics.dim_customer (customer_key bigint, phone text);'],
    ['keys of two landed relations are beside', 'CREATE TABLE raw.officer (officer_id bigint, email text); CREATE TABLE analytics.fact_call (customer_key bigint, officer_key bigint, email text);'],
  ])('of a column that %s nothing is said', async (_, ddl) => {
    const { movements } = await waysOfWorld(parsers, [warehouse(`${RAW} ${ddl}`)]);
    expect(lines(movements)).toEqual([]);
  });
});
