import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createParsers, type Parsers } from '../../../src/sql/parse/parsers.js';
import { card } from '../../support/estate.js';
import { between, lines, waysOfWorld } from './world.js';

let parsers: Parsers;
beforeAll(async () => {
  parsers = await createParsers();
});
afterAll(() => parsers.close());

const CUSTOMER = 'CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, full_name text, email text, birth_date date, country_code text, segment text);';

describe('what the catalogue defines', () => {
  test('a view carries what it shows, with what is left of it, and says which rows', async () => {
    const { movements } = await waysOfWorld(parsers, [{ name: 'production', role: 'operational', ddl: `${CUSTOMER}
      CREATE VIEW integration.v_customer_v1 AS
        SELECT customer_id, lower(email) AS email, date_trunc('year', birth_date) AS birth_year, segment FROM shop.customer WHERE country_code = 'SE';` }]);
    expect(lines(movements)).toEqual([
      'production shop.customer.birth_date > production integration.v_customer_v1.birth_year partial changed, view by view integration.v_customer_v1',
      'production shop.customer.customer_id > production integration.v_customer_v1.customer_id raw, view by view integration.v_customer_v1',
      'production shop.customer.email > production integration.v_customer_v1.email raw changed, view by view integration.v_customer_v1',
      'production shop.customer.segment > production integration.v_customer_v1.segment raw, view by view integration.v_customer_v1',
    ]);
    expect(movements).toMatchObject([{ conditions: ['country_code'], rowFilter: "country_code = 'SE'", confidence: 1 }]);
  });

  test('a view on a view goes one stop at a time, so that every stop has its name', async () => {
    const { movements } = await waysOfWorld(parsers, [{ name: 'production', role: 'operational', ddl: `${CUSTOMER}
      CREATE VIEW integration.v_contact AS SELECT customer_id, email AS address FROM shop.customer;
      CREATE MATERIALIZED VIEW integration.contact_list AS SELECT md5(address) AS token FROM integration.v_contact;` }]);
    expect(lines(movements)).toEqual([
      'production integration.v_contact.address > production integration.contact_list.token pseudonymous-weak changed, materialized-view by materialized view integration.contact_list',
      'production shop.customer.email > production integration.v_contact.address raw, view by view integration.v_contact',
      'production shop.customer.customer_id > production integration.v_contact.customer_id raw, view by view integration.v_contact',
    ]);
  });

  test('an address in the condition of a view is not repeated', async () => {
    const { movements } = await waysOfWorld(parsers, [{ name: 'production', role: 'operational', ddl: `${CUSTOMER}
      CREATE VIEW integration.v_watched AS SELECT customer_id FROM shop.customer WHERE email = 'ada.bauer@example.org' AND segment = 'VIP';` }]);
    expect(movements.map(({ rowFilter }) => rowFilter)).toEqual(["(email = '***') and (segment = 'VIP')"]);
  });

  test('a foreign table is read from the store that its server leads to', async () => {
    const { movements } = await waysOfWorld(parsers, [
      { name: 'production', role: 'operational', ddl: CUSTOMER, more: { database: 'shop', address: { host: 'db.example', port: 5432 } } },
      { name: 'reporting', role: 'warehouse', ddl: 'CREATE FOREIGN TABLE live.customer (customer_id bigint, email text) SERVER shop_server;',
        more: { foreignTables: [{ schema: 'live', name: 'customer', server: 'shop_server', wrapper: 'postgres_fdw', host: 'db.example', port: 5432, database: 'shop', remoteSchema: 'shop', remoteName: 'customer' }] } },
    ]);
    expect(lines(movements)).toEqual([
      'production shop.customer.customer_id > reporting live.customer.customer_id raw, foreign-table by server shop_server',
      'production shop.customer.email > reporting live.customer.email raw, foreign-table by server shop_server',
    ]);
  });
});

describe('statements and models', () => {
  const MARTS = `CREATE TABLE raw.customer (customer_id bigint, email text, full_name text);
    CREATE TABLE analytics.dim_customer (customer_key bigint, contact text, token text);
    CREATE TABLE analytics.mart_reach (customer_key bigint, contact text, provider text);`;

  test('INSERT … SELECT and MERGE that ran carry columns under their new names', async () => {
    const { movements } = await waysOfWorld(parsers, [{ name: 'warehouse', role: 'warehouse', ddl: MARTS, ran: { loader: [
      'INSERT INTO analytics.dim_customer (customer_key, contact) SELECT customer_id, email FROM raw.customer WHERE full_name IS NOT NULL',
      'MERGE INTO analytics.dim_customer d USING raw.customer s ON d.customer_key = s.customer_id WHEN MATCHED THEN UPDATE SET token = md5(s.email)',
    ] } }]);
    expect(lines(between(movements, 'raw.customer', 'analytics.dim_customer'))).toEqual([
      'warehouse raw.customer.email > warehouse analytics.dim_customer.contact raw, statement by role loader',
      'warehouse raw.customer.customer_id > warehouse analytics.dim_customer.customer_key raw, statement by role loader',
      'warehouse raw.customer.email > warehouse analytics.dim_customer.token pseudonymous-weak changed, statement by role loader',
    ]);
  });

  test('a temporary table is no stop: what it was filled from is', async () => {
    const { movements } = await waysOfWorld(parsers, [{ name: 'warehouse', role: 'warehouse', ddl: MARTS, ran: {
      loader: ['CREATE TEMP TABLE fresh AS SELECT customer_id, lower(email) AS address FROM raw.customer', 'INSERT INTO analytics.mart_reach (customer_key, contact) SELECT customer_id, address FROM fresh'],
      // Another session has a table of that name too.
      report_writer: ['CREATE TEMP TABLE fresh AS SELECT customer_key AS customer_id, token AS address FROM analytics.dim_customer'],
    } }]);
    expect(lines(between(movements, 'raw.customer', 'analytics.mart_reach'))).toEqual([
      'warehouse raw.customer.email > warehouse analytics.mart_reach.contact raw changed, statement by role loader',
      'warehouse raw.customer.customer_id > warehouse analytics.mart_reach.customer_key raw, statement by role loader',
    ]);
    expect(between(movements, 'analytics.dim_customer', 'analytics.mart_reach')).toEqual([]);
  });

  test('an update of a row by its own values brings nothing from elsewhere', async () => {
    const { movements } = await waysOfWorld(parsers, [{ name: 'warehouse', role: 'warehouse', ddl: MARTS, ran: { loader: ['UPDATE analytics.dim_customer SET contact = lower(contact)'] } }]);
    expect(lines(movements)).toEqual([]);
  });

  test('a dbt model fills the relation that it builds, also under the schema of another environment', async () => {
    const model = (name: string, schema: string | null, sql: string) =>
      card(sql, { id: `dbt:shop:model.shop.${name}`, kind: 'dbt', role: 'relation', title: name, origin: { file: `models/${name}.sql`, pointer: '', line: 1, column: 1 }, builds: { schema, name, materialization: 'table' } });
    const { movements } = await waysOfWorld(parsers, [{ name: 'warehouse', role: 'warehouse', ddl: MARTS, queries: [
      model('dim_customer', 'analytics', 'select customer_id as customer_key, email as contact from raw.customer'),
      model('mart_reach', 'dbt_anna', "select customer_key, split_part(contact, '@', 2) as provider from analytics.dim_customer"),
    ] }]);
    expect(lines(movements)).toEqual([
      'warehouse raw.customer.email > warehouse analytics.dim_customer.contact raw, model by dbt model dim_customer',
      'warehouse raw.customer.customer_id > warehouse analytics.dim_customer.customer_key raw, model by dbt model dim_customer',
      'warehouse analytics.dim_customer.customer_key > warehouse analytics.mart_reach.customer_key raw, model by dbt model mart_reach',
      'warehouse analytics.dim_customer.contact > warehouse analytics.mart_reach.provider partial changed, model by dbt model mart_reach',
    ]);
    expect(movements.map(({ to, confidence }) => [to.relation, confidence])).toEqual([['analytics.dim_customer', 1], ['analytics.mart_reach', 0.9]]);
  });

  test('an ephemeral model is no stop', async () => {
    const model = (name: string, materialization: string, sql: string) =>
      card(sql, { id: `dbt:shop:model.shop.${name}`, kind: 'dbt', role: 'relation', title: name, builds: { schema: null, name, materialization } });
    const { movements } = await waysOfWorld(parsers, [{ name: 'warehouse', role: 'warehouse', ddl: MARTS, queries: [
      model('int_contacts', 'ephemeral', "select customer_id, lower(email) as address from raw.customer where full_name <> 'test'"),
      model('dim_customer', 'table', 'select customer_id as customer_key, md5(address) as token from int_contacts'),
    ] }]);
    expect(lines(movements)).toEqual([
      'warehouse raw.customer.customer_id > warehouse analytics.dim_customer.customer_key raw, model by dbt model dim_customer',
      'warehouse raw.customer.email > warehouse analytics.dim_customer.token pseudonymous-weak changed, model by dbt model dim_customer',
    ]);
    expect(movements).toMatchObject([{ conditions: ['full_name'], rowFilter: "full_name <> 'test'" }]);
  });

  test('a text that cannot be read carries nothing and costs itself only', async () => {
    const { movements } = await waysOfWorld(parsers, [{ name: 'warehouse', role: 'warehouse', ddl: MARTS, ran: { loader: [
      'INSERT INTO analytics.dim_customer SELECT FROM WHERE',
      'INSERT INTO analytics.mart_reach (contact) SELECT email FROM raw.customer',
    ] } }]);
    expect(lines(movements)).toEqual(['warehouse raw.customer.email > warehouse analytics.mart_reach.contact raw, statement by role loader']);
  });
});
