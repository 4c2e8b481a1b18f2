import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personalColumns } from '../../src/graph/journeys.js';
import { followed } from '../../src/graph/personal-data.js';
import type { PersonalColumn } from '../../src/model/personal-column.js';
import type { CollectedQuery } from '../../src/model/query.js';
import { createParsers, type Parsers } from '../../src/sql/parse/parsers.js';
import { card } from '../support/estate.js';
import { type StoreOfWorld, world } from './movement/world.js';

let parsers: Parsers;
beforeAll(async () => {
  parsers = await createParsers();
});
afterAll(() => parsers.close());

async function journeys(stores: readonly StoreOfWorld[], overrides: Parameters<typeof world>[2] = {}): Promise<PersonalColumn[]> {
  const made = await world(parsers, stores, overrides);
  const { movements, carried } = followed({ ...made, parsers });
  return personalColumns({ boundaries: made.boundaries, movements, classified: carried, configuration: made.configuration });
}

const named = (title: string, sql: string, more: Partial<CollectedQuery> = {}): CollectedQuery => card(sql, { id: `metabase:casework:card:${title.length}`, title, ...more });
const nameOf = ({ place }: PersonalColumn): string => `${place.store} ${place.relation}.${place.column}`;
const copiesOf = (column: PersonalColumn | undefined): string[] =>
  (column?.copies ?? []).map(({ place, zone, mask, via, by, from, confidence, readers }) => `${place.store} ${place.relation}.${place.column} [${zone}] ${mask}, ${via} by ${by} from ${from.relation}.${from.column}, ${confidence}, ${readers} readers`);
const usesOf = (column: PersonalColumn | undefined): string[] =>
  (column?.uses ?? []).map(({ consumer, use, output, mask, audience, place, exported }) => `${consumer} ${use}${output === null ? '' : ` as ${output}`} ${mask}, ${audience}, ${place.relation}.${place.column}${exported === null ? '' : `, leaves by ${exported}`}`);

const production = (more: Partial<StoreOfWorld> = {}): StoreOfWorld => ({
  name: 'production', role: 'operational',
  ddl: 'CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text, loyalty_level text);', ran: { loader: ['SELECT customer_id, email, loyalty_level FROM shop.customer WHERE customer_id > $1'] }, ...more,
});
const WAREHOUSE = `CREATE TABLE raw.customer (customer_id bigint, email text, loyalty_level text);
  CREATE TABLE analytics.dim_customer (customer_key text, contact text);
  CREATE VIEW analytics.reachable AS SELECT contact FROM analytics.dim_customer;`;
const BUILT = "INSERT INTO analytics.dim_customer (customer_key, contact) SELECT encode(hmac(email, 'k', 'sha256'), 'hex'), lower(email) FROM raw.customer";

describe('the journey of a column', () => {
  test('names every copy with what is left, and who shows it, groups by it, filters on it or takes it away', async () => {
    const [email, another] = await journeys([production(), { name: 'warehouse', role: 'warehouse', ddl: WAREHOUSE, ran: { loader: [BUILT], analyst: ['COPY (SELECT contact FROM analytics.dim_customer) TO STDOUT'] }, queries: [
      named('Contact list', 'SELECT contact AS address FROM analytics.reachable', { isPublic: true }),
      named('By provider', "SELECT split_part(contact, '@', 2) AS provider, count(*) FROM analytics.dim_customer GROUP BY 1", { isEmbedded: true }),
      named('Find one', 'SELECT customer_key FROM analytics.dim_customer WHERE contact = $1'),
      named('Reach', 'SELECT count(contact) AS reach FROM analytics.dim_customer', { deliveries: [{ kind: 'mail', format: 'csv', schedule: 'daily' }] }),
    ] }]);
    expect(another).toBeUndefined();
    expect(email && nameOf(email)).toBe('production shop.customer.email');
    expect(email).toMatchObject({ zone: 'internal', dataType: 'text', kind: 'email', class: 'direct', declarations: [] });
    expect(copiesOf(email)).toEqual([
      'warehouse analytics.dim_customer.contact [mart] raw, statement by role loader from raw.customer.email, 0.9, 5 readers',
      'warehouse analytics.dim_customer.customer_key [mart] pseudonymous-weak, statement by role loader from raw.customer.email, 0.9, 1 readers',
      'warehouse analytics.reachable.contact [mart] raw, view by view analytics.reachable from analytics.dim_customer.contact, 0.9, 1 readers',
      'warehouse raw.customer.email [raw] raw, load by role loader from shop.customer.email, 0.9, 0 readers',
    ]);
    expect(usesOf(email)).toEqual([
      'metabase card 11 By provider grouping partial, embedded, analytics.dim_customer.contact',
      'metabase card 11 By provider shown as provider partial, embedded, analytics.dim_customer.contact',
      'metabase card 12 Contact list shown as address raw, public, analytics.dim_customer.contact',
      'metabase card 5 Reach shown as reach aggregate, inside, analytics.dim_customer.contact, leaves by mail as csv, daily',
      'metabase card 8 Find one condition raw, inside, analytics.dim_customer.contact',
      'metabase card 8 Find one shown as customer_key pseudonymous-weak, inside, analytics.dim_customer.customer_key',
      'role analyst shown as contact raw, inside, analytics.dim_customer.contact, leaves by COPY … TO',
    ]);
  });

  test('the application on its own tables is no use; what leaves as a file is', async () => {
    const [email] = await journeys([production({ ran: { shop_app: ['SELECT email FROM shop.customer WHERE customer_id = $1', 'UPDATE shop.customer SET email = $1 WHERE customer_id = $2', 'COPY (SELECT email FROM shop.customer) TO STDOUT'] } })]);
    expect(usesOf(email)).toEqual(['role shop_app shown as email raw, inside, shop.customer.email, leaves by COPY … TO']);
  });

  test('a column that is shown and grouped by is both; a condition beside it says nothing more', async () => {
    const [email] = await journeys([{ name: 'warehouse', role: 'warehouse', ddl: 'CREATE TABLE raw.customer (customer_id bigint, email text);', queries: [named('Top', "SELECT email, count(*) FROM raw.customer WHERE email LIKE '%.org' GROUP BY email"), named('Count', 'SELECT count(email) FROM raw.customer WHERE email = $1')] }]);
    expect(usesOf(email)).toEqual([
      'metabase card 3 Top grouping raw, inside, raw.customer.email',
      'metabase card 3 Top shown as email raw, inside, raw.customer.email',
      'metabase card 5 Count condition raw, inside, raw.customer.email',
      'metabase card 5 Count shown as count aggregate, inside, raw.customer.email',
    ]);
  });

  test('what comes into a partition is in its table, and what is in a table is in its partitions', async () => {
    const columns = await journeys([{ name: 'warehouse', role: 'warehouse', ddl: `CREATE TABLE raw.customer (customer_id bigint, email text);
      CREATE TABLE analytics.contact_log (at date, target text) PARTITION BY RANGE (at);
      CREATE TABLE analytics.contact_log_2026 PARTITION OF analytics.contact_log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`,
      ran: { loader: ['INSERT INTO analytics.contact_log_2026 (at, target) SELECT current_date, email FROM raw.customer'] }, queries: [named('Log', 'SELECT target FROM analytics.contact_log')] }]);
    expect(columns.map(nameOf)).toEqual(['warehouse raw.customer.email']);
    expect(copiesOf(columns[0]).map((copy) => copy.split(',')[0])).toEqual(['warehouse analytics.contact_log.target [mart] raw']);
    expect(usesOf(columns[0])).toEqual(['metabase card 3 Log shown as target raw, inside, analytics.contact_log.target']);
  });

  test('a model moves data on and is no use of it', async () => {
    const model = named('reach', 'SELECT email AS contact, customer_id::text AS customer_key FROM raw.customer', { kind: 'dbt', role: 'relation', builds: { schema: 'analytics', name: 'dim_customer', materialization: 'table' } });
    const [email] = await journeys([{ name: 'warehouse', role: 'warehouse', ddl: WAREHOUSE, queries: [model] }]);
    expect(email && nameOf(email)).toBe('warehouse raw.customer.email');
    expect(copiesOf(email).map((copy) => copy.split(',')[0])).toEqual(['warehouse analytics.dim_customer.contact [mart] raw', 'warehouse analytics.reachable.contact [mart] raw']);
    expect(usesOf(email)).toEqual([]);
  });

  test('of columns that fill each other in a circle one is the origin, and the circle comes to an end', async () => {
    const columns = await journeys([{ name: 'warehouse', role: 'warehouse', ddl: 'CREATE TABLE raw.customer (customer_id bigint, email text); CREATE TABLE analytics.audience (customer_id bigint, email text);',
      ran: { loader: ['INSERT INTO analytics.audience SELECT customer_id, email FROM raw.customer', 'INSERT INTO raw.customer (customer_id, email) SELECT customer_id, email FROM analytics.audience'] } }]);
    expect(columns.map(nameOf)).toEqual(['warehouse analytics.audience.email']);
    expect(copiesOf(columns[0]).map((copy) => copy.split(',')[0])).toEqual(['warehouse raw.customer.email [raw] raw']);
  });

  test('what is declared to be harmless is no copy, and what comes from it is none', async () => {
    const [email] = await journeys([production(), { name: 'warehouse', role: 'warehouse', ddl: WAREHOUSE, ran: { loader: [BUILT] } }], { columns: [{ pattern: 'analytics.dim_customer.*', kind: 'none' }] });
    expect(copiesOf(email).map((copy) => copy.split(',')[0])).toEqual(['warehouse raw.customer.email [raw] raw']);
  });

  test('below the configured confidence nothing is told', async () => {
    expect(await journeys([{ name: 'production', role: 'operational', ddl: 'CREATE TABLE shop.product (product_id bigint, name text, price numeric);' }])).toEqual([]);
  });
});

test('a column into which an address comes although its comment says that it is none is told, unless the configuration settles it', async () => {
  const stores: StoreOfWorld[] = [{ name: 'warehouse', role: 'warehouse', ran: { loader: ['INSERT INTO analytics.dim_public (customer_key, ref) SELECT customer_id, email FROM raw.customer'] },
    ddl: "CREATE TABLE raw.customer (customer_id bigint, email text); CREATE TABLE analytics.dim_public (customer_key bigint, ref text); COMMENT ON COLUMN analytics.dim_public.ref IS 'No personal data.';" }];
  const made = await world(parsers, stores);
  const { disagreements, carried } = followed({ ...made, parsers });
  expect(carried.get('warehouse')?.has('analytics.dim_public.ref')).toBe(false);
  expect(disagreements).toMatchObject([{
    place: { store: 'warehouse', relation: 'analytics.dim_public', column: 'ref' }, declarations: [{ verdict: 'harmless', by: 'comment' }],
    inferred: { kind: 'email', reasons: ['comes from raw.customer.email by role loader', expect.any(String)] },
  }]);
  const settled = await world(parsers, stores, { columns: [{ pattern: 'analytics.dim_public.ref', kind: 'none' }] });
  expect(followed({ ...settled, parsers }).disagreements).toEqual([]);
});
