import { afterAll, beforeAll, expect, test } from 'vitest';
import { exposureSubjects } from '../../src/graph/exposure-subjects.js';
import { followed } from '../../src/graph/personal-data.js';
import { storeFacts } from '../../src/graph/store-facts.js';
import type { CollectedQuery } from '../../src/model/query.js';
import { createParsers, type Parsers } from '../../src/sql/parse/parsers.js';
import { card } from '../support/estate.js';
import { type StoreOfWorld, world } from './movement/world.js';

let parsers: Parsers;
beforeAll(async () => {
  parsers = await createParsers();
});
afterAll(() => parsers.close());

/** `column use mask (stored as mask) from …` of everything personal that the cards of the warehouse use. */
async function exposed(queries: CollectedQuery[], load: string, ran: string[]): Promise<string[]> {
  const stores: StoreOfWorld[] = [
    { name: 'production', role: 'operational', ddl: 'CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text, loyalty_level text);', ran: { loader: [load] } },
    { name: 'warehouse', role: 'warehouse', ddl: 'CREATE TABLE raw.customer (customer_id bigint, email text, loyalty_level text); CREATE TABLE analytics.dim_customer (customer_key bigint, ref text);', queries, ran: { loader: ran } },
  ];
  const made = await world(parsers, stores);
  const { carried } = followed({ ...made, parsers });
  const [, boundary] = made.boundaries;
  if (!boundary) return [];
  const input = { boundary, facts: storeFacts(boundary, null), contracts: [], classified: carried.get('warehouse') ?? new Map(), confidence_min: 0.7, takenAt: '', thresholds: made.configuration.thresholds };
  return boundary.accesses.filter(({ query }) => query !== null).flatMap((access) => exposureSubjects(access, input, { facts: {}, rest: { consumer: access.consumer.name, owner: null, store: 'warehouse', locations: [] } })).map(({ facts: { exposure } }) => {
    const { column, use, mask, stored_mask: stored, comes_from: comes } = exposure ?? {};
    return `${String(column)} ${String(use)} ${String(mask)} (stored as ${String(stored)}) from ${String(comes)}`;
  });
}

const FILL = ['INSERT INTO analytics.dim_customer (customer_key, ref) SELECT customer_id, email FROM raw.customer'];

test('a card on a mart shows what really arrives there, under whatever name', async () => {
  expect(await exposed([card('SELECT ref AS customer_reference FROM analytics.dim_customer')], 'SELECT customer_id, email, loyalty_level FROM shop.customer', FILL)).toEqual([
    'analytics.dim_customer.ref shown raw (stored as raw) from warehouse raw.customer.email',
  ]);
});

test('what was made a pseudonym before the load is shown as one, and what the card does to it comes on top', async () => {
  const load = "SELECT customer_id, encode(hmac(email, $1, 'sha256'), 'hex') AS email, loyalty_level FROM shop.customer";
  expect(await exposed([card('SELECT lower(email) AS email FROM raw.customer'), card('SELECT count(DISTINCT ref) FROM analytics.dim_customer', { id: 'metabase:casework:card:119' })], load, FILL)).toEqual([
    'raw.customer.email shown pseudonymous-keyed (stored as pseudonymous-keyed) from production shop.customer.email',
    'analytics.dim_customer.ref shown aggregate (stored as pseudonymous-keyed) from warehouse raw.customer.email',
  ]);
});
