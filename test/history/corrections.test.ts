import { beforeAll, describe, expect, test } from 'vitest';
import { buildBoundary } from '../../src/graph/boundary.js';
import { storeFacts } from '../../src/graph/store-facts.js';
import { historySubjects } from '../../src/history/index.js';
import { loadRules } from '../../src/rules/load.js';
import type { Rule } from '../../src/rules/rule.js';
import { judge } from '../../src/rules/run.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { configuration, role, statistics, store } from '../support/estate.js';

let parse: Parse;
let rules: Rule[];

const TABLES = `
  CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text);
  CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES shop.customer, placed_at timestamptz NOT NULL, shipped_at timestamptz, note text, updated_at timestamptz NOT NULL);
  CREATE TABLE shop.payment (payment_id bigint PRIMARY KEY, order_id bigint REFERENCES shop.orders, amount_minor bigint, paid_at timestamptz, status text);
  CREATE TABLE shop.payment_method (payment_method_id bigint PRIMARY KEY, customer_id bigint REFERENCES shop.customer, price_minor bigint, added_at timestamptz);
`;

beforeAll(async () => {
  parse = await createPostgresParser();
  rules = (await loadRules()).filter(({ id }) => id.startsWith('correction-'));
});

async function found(sent: [role: string, text: string][], { ddl = TABLES, toplevel = true }: { ddl?: string; toplevel?: boolean } = {}): Promise<string[]> {
  const catalog = { ...(await catalogFromDdl(ddl)), roles: [role('shop_app'), role('loader')] };
  const consumers = [
    { match: { role: 'shop_app' }, purpose: 'application' as const, owner: 'Shop Team' },
    { match: { role: 'loader' }, purpose: 'loader' as const, owner: 'Data Platform Team' },
  ];
  const own = configuration({ consumers });
  const snapshot = { takenAt: '2026-11-22T09:00:00.000Z', stores: [], queries: [], sources: [], gaps: [] };
  const boundary = buildBoundary(store(catalog, { statements: sent.map(([by, text]) => statistics(text, { role: by, toplevel })) }), [], own, parse);
  const subjects = historySubjects({ facts: new Map([[boundary, storeFacts(boundary)]]), snapshot });
  return judge(rules, subjects, { thresholds: own.thresholds }).findings.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

describe('corrections that lose history', () => {
  test('payments are deleted by their key', async () => {
    expect(await found([['shop_app', 'DELETE FROM shop.payment WHERE payment_id = $1']])).toEqual([
      expect.stringMatching(/^correction-deletes-reversed-row: shop\.payment: rows are deleted by their key, in [\d,]+ calls? by shop_app$/),
    ]);
  });

  test.each([
    ['what is not yet a fact', 'shop_app', 'DELETE FROM shop.payment WHERE payment_id = $1 AND status = $2', {}],
    ['a retention', 'shop_app', 'DELETE FROM shop.payment WHERE paid_at < $1', {}],
    ['a loader that clears and fills', 'loader', 'DELETE FROM shop.payment WHERE payment_id = $1', {}],
    ['a saved card is no fact', 'shop_app', 'DELETE FROM shop.payment_method WHERE payment_method_id = $1', {}],
    ['an order without an amount', 'shop_app', 'DELETE FROM shop.orders WHERE order_id = $1', {}],
    ['what was deleted is kept', 'shop_app', 'DELETE FROM shop.payment WHERE payment_id = $1', { ddl: `${TABLES} CREATE TABLE shop.payment_audit (payment_id bigint, deleted_at timestamptz);` }],
    ['what a foreign key runs', 'shop_app', 'DELETE FROM ONLY shop.payment WHERE payment_id = $1', { toplevel: false }],
  ])('no deletion: %s', async (_, by, text, given) => {
    expect(await found([[by, text]], given)).toEqual([]);
  });

  const TAKES = 'SELECT order_id, placed_at FROM shop.orders WHERE placed_at > $1';

  test('an order is set back behind what its loader has read', async () => {
    expect(await found([['shop_app', 'UPDATE shop.orders SET placed_at = $1 WHERE order_id = $2'], ['loader', TAKES]])).toEqual([
      expect.stringMatching(/^correction-backdates-loaded-event: shop\.orders: placed_at is set anew in [\d,]+ calls? by shop_app, and role loader takes new rows by it$/),
    ]);
  });

  test.each([
    ['no loader takes rows by it', 'UPDATE shop.orders SET placed_at = $1 WHERE order_id = $2', 'SELECT order_id FROM shop.orders WHERE order_id > $1'],
    ['the loader goes by the change', 'UPDATE shop.orders SET placed_at = $1, updated_at = now() WHERE order_id = $2', 'SELECT order_id, placed_at FROM shop.orders WHERE updated_at > $1'],
    ['what is empty until it happens', 'UPDATE shop.orders SET shipped_at = $1 WHERE order_id = $2', 'SELECT order_id FROM shop.orders WHERE shipped_at > $1'],
    ['a program that writes whole rows', 'UPDATE shop.orders SET customer_id = $1, placed_at = $2, shipped_at = $3, note = $4, updated_at = $5 WHERE order_id = $6', TAKES],
    ['another column', 'UPDATE shop.orders SET note = $1 WHERE order_id = $2', TAKES],
  ])('no setting back: %s', async (_, update, load) => {
    expect(await found([['shop_app', update], ['loader', load]])).toEqual([]);
  });

  test('the orders of a duplicate go to the customer that stays', async () => {
    expect(await found([['shop_app', 'UPDATE shop.orders SET customer_id = $1 WHERE customer_id = $2']])).toEqual([
      expect.stringMatching(/^correction-merges-without-trace: shop\.orders: rows are moved from one shop\.customer to another in [\d,]+ calls? by shop_app, and nothing keeps the merge$/),
    ]);
  });

  test.each([
    ['one order to another customer', 'UPDATE shop.orders SET customer_id = $1 WHERE order_id = $2', TABLES],
    ['a merge that is kept', 'UPDATE shop.orders SET customer_id = $1 WHERE customer_id = $2', `${TABLES} CREATE TABLE shop.customer_merge (old_id bigint, new_id bigint);`],
    ['a customer that names the one that stays', 'UPDATE shop.orders SET customer_id = $1 WHERE customer_id = $2', TABLES.replace('email text', 'email text, merged_into bigint')],
    ['erasure takes the link away', 'UPDATE shop.orders SET customer_id = NULL WHERE customer_id = $1', TABLES],
    ['work that is handed over', 'UPDATE shop.task SET assigned_to = $1 WHERE assigned_to = $2', `${TABLES} CREATE TABLE shop.task (task_id bigint PRIMARY KEY, assigned_to bigint REFERENCES shop.customer);`],
  ])('no merge: %s', async (_, text, ddl) => {
    expect(await found([['shop_app', text]], { ddl })).toEqual([]);
  });
});
