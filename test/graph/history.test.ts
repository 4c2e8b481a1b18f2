import { beforeAll, describe, expect, test } from 'vitest';
import { buildBoundary } from '../../src/graph/boundary.js';
import { storeFacts } from '../../src/graph/store-facts.js';
import { subjectsOf } from '../../src/graph/subjects.js';
import type { Catalog } from '../../src/model/catalog.js';
import { loadRules } from '../../src/rules/load.js';
import type { Rule } from '../../src/rules/rule.js';
import { judge } from '../../src/rules/run.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { card, configuration, role, statistics, store } from '../support/estate.js';

let parse: Parse;
let rules: Rule[];

const TABLES = `
  CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, segment text, country text, created_at timestamptz);
  CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, customer_id bigint REFERENCES shop.customer, status text, total numeric, placed_at timestamptz);
`;
const BY_SEGMENT = `
  SELECT date_trunc('month', o.placed_at) AS month, c.segment, sum(o.total) AS revenue
  FROM shop.orders o JOIN shop.customer c USING (customer_id) GROUP BY 1, 2`;
const OVERWRITES = 'UPDATE shop.customer SET segment = $1 WHERE customer_id = $2';

beforeAll(async () => {
  parse = await createPostgresParser();
  rules = (await loadRules()).filter(({ id }) => id === 'history-by-present-value');
});

async function found(query: string, { ddl = TABLES, writes = [OVERWRITES] }: { ddl?: string; writes?: string[] } = {}): Promise<string[]> {
  const catalog: Catalog = { ...(await catalogFromDdl(ddl)), roles: [role('shop_app'), role('hightouch')] };
  const statements = writes.map((text) => statistics(text, { role: 'hightouch' }));
  const boundary = buildBoundary(store(catalog, { statements }), [card(query, { title: 'Revenue by segment' })], configuration(), parse);
  const { thresholds } = configuration();
  const subjects = subjectsOf({ boundary, facts: storeFacts(boundary), contracts: [], classified: new Map(), confidence_min: 1, stores: [boundary.store], takenAt: '2026-11-22T09:00:00.000Z', thresholds });
  return judge(rules, subjects, { thresholds }).findings.map(({ message, evidence }) => [message, evidence[0]].join(' | '));
}

describe('past periods divided by what a row says today', () => {
  test('revenue of each month by a segment that a reverse ETL overwrites', async () => {
    expect(await found(BY_SEGMENT)).toEqual([expect.stringMatching(/Revenue by segment divides past periods by segment of shop\.customer, which is overwritten \| overwritten by role hightouch$/)]);
  });

  test('the same behind a sub-query', async () => {
    expect(await found(`SELECT month, segment, sum(total) FROM (SELECT date_trunc('month', o.placed_at) AS month, c.segment, o.total FROM shop.orders o JOIN shop.customer c USING (customer_id)) s GROUP BY month, segment`)).toHaveLength(1);
  });

  test.each([
    ['nobody overwrites the column', BY_SEGMENT, { writes: ['UPDATE shop.customer SET country = $1 WHERE customer_id = $2'] }],
    ['no periods are shown', 'SELECT c.segment, sum(o.total) FROM shop.orders o JOIN shop.customer c USING (customer_id) GROUP BY 1', {}],
    ['the period is the customer’s own', "SELECT date_trunc('month', created_at), segment, count(*) FROM shop.customer GROUP BY 1, 2", {}],
    ['the status of the event itself, which the order keeps', "SELECT date_trunc('month', placed_at), status, count(*) FROM shop.orders GROUP BY 1, 2", { writes: ['UPDATE shop.orders SET status = $1 WHERE order_id = $2'] }],
    ['customers keep versions', BY_SEGMENT, { ddl: TABLES.replace('segment text,', 'segment text, valid_from timestamptz, valid_to timestamptz,') }],
    ['former values lie in a relation of their own', BY_SEGMENT, { ddl: `${TABLES} CREATE TABLE shop.customer_history (customer_id bigint, segment text, changed_at timestamptz);` }],
  ])('not where %s', async (_, query, given) => {
    expect(await found(query, given)).toEqual([]);
  });
});
