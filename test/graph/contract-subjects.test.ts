import { describe, expect, test } from 'vitest';
import { auditWithJoin } from '../../src/audit.js';
import { contractsOf, standIns } from '../../src/graph/contracts.js';
import type { ContractRegistry } from '../../src/model/contract.js';
import type { Finding } from '../../src/model/finding.js';
import type { Report } from '../../src/model/report.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import { loadRules } from '../../src/rules/load.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { card, configuration, statistics, store } from '../support/estate.js';
import { snapshotOf } from '../support/snapshot.js';

const catalog = await catalogFromDdl(`
  CREATE SCHEMA shop; CREATE SCHEMA integration;
  CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, order_number varchar(20) NOT NULL, status text NOT NULL, total numeric(12,2), is_test boolean NOT NULL, placed_at timestamptz NOT NULL);
  CREATE VIEW integration.v_orders_v1 AS SELECT order_id, placed_at FROM shop.orders WHERE NOT is_test AND status <> 'DRAFT';
  CREATE VIEW integration.v_orders_v2 AS SELECT order_id AS id, order_number, upper(status) AS status, total, placed_at FROM shop.orders;
  CREATE VIEW integration.v_orders_daily_v1 AS SELECT date_trunc('day', placed_at) AS day, count(*) AS orders FROM integration.v_orders_v1 GROUP BY 1;
  CREATE TABLE integration.data_contract_registry (contract_name text, version int, owner_team text);`);

const registry = (over: Partial<ContractRegistry> = {}): ContractRegistry => ({
  relation: 'integration.data_contract_registry',
  rows: [
    { name: 'v_orders_daily_v1', version: '1', owner: 'Shop', policy: null, columns: null, deprecatedAt: null },
    { name: 'v_orders_v1', version: '1', owner: 'Shop', policy: 'BACKWARD', columns: null, deprecatedAt: '2025-01-15T10:00:00.000Z' },
    { name: 'v_orders_v2', version: '2', owner: 'Shop', policy: 'BACKWARD', columns: [{ name: 'id', type: 'uuid', nullable: false }, { name: 'total', type: 'numeric', nullable: false }, { name: 'channel', type: 'text', nullable: null }, { name: 'status', type: 'integer', nullable: null }], deprecatedAt: null },
  ],
  ...over,
});

const zones = [{ zone: 'contract' as const, patterns: ['integration.v_*'] }, { zone: 'internal' as const, patterns: ['shop.*'] }];

async function audited(over: Partial<StoreSnapshot>): Promise<{ report: Report; boundaries: Awaited<ReturnType<typeof auditWithJoin>>['boundaries'] }> {
  const production = store(catalog, over);
  const configured = configuration({ stores: [{ name: 'production', role: 'operational', engine: 'postgres', url: null, match: [] }], zones, consumers: [{ match: { role: 'dba' }, owner: null, purpose: 'administration' }] });
  const snapshot = snapshotOf({ takenAt: '2026-11-01T00:00:00Z', stores: [production], queries: [card('SELECT day, orders FROM integration.v_orders_daily_v1')] });
  return auditWithJoin(snapshot, configured, await loadRules(), '0');
}

const told = ({ findings }: Report): Record<string, Pick<Finding, 'message' | 'evidence' | 'owner' | 'fix'>> =>
  Object.fromEntries(findings.filter(({ ruleId }) => ruleId.startsWith('contract-')).map(({ ruleId, relation, message, evidence, owner, fix }) => [`${ruleId} ${relation}`, { message, evidence, owner, fix }]));

describe('contracts against their registry', () => {
  test('say what differs, who reads, by views too, and where to go', async () => {
    const { report } = await audited({
      contractRegistry: registry(),
      statements: [statistics('SELECT order_id FROM integration.v_orders_v1 WHERE order_id = $1', { role: 'partner_feed', calls: 12_000 }), statistics('SELECT count(*) FROM integration.v_orders_v1', { role: 'dba', calls: 7 })],
    });
    expect(told(report)).toMatchInlineSnapshot(`
      {
        "contract-deprecated-still-read integration.v_orders_v1": {
          "evidence": [
            "read by metabase card 118 Open cases, role partner_feed",
            "in its place: integration.v_orders_v2",
            "declared in the registry integration.data_contract_registry",
          ],
          "fix": "Tell the owners of metabase card 118 Open cases, role partner_feed to read integration.v_orders_v2, and drop integration.v_orders_v1 when its calls have ended.",
          "message": "integration.v_orders_v1 is deprecated since 2025-01-15 and still read by 2 consumers in 12,000 calls",
          "owner": "Shop",
        },
        "contract-differs-from-registration integration.v_orders_v2": {
          "evidence": [
            "missing: channel",
            "id is bigint, promised as uuid",
            "may be null, promised as required: total",
            "besides: order_number, placed_at",
            "policy BACKWARD",
          ],
          "fix": "Publish what changed as the next version of integration.v_orders_v2, and let this one keep what the registry integration.data_contract_registry promises; Shop owns it.",
          "message": "integration.v_orders_v2 lacks channel, which the registry integration.data_contract_registry promises",
          "owner": "Shop",
        },
      }
    `);
    expect(report.verdicts.find(({ area }) => area === 'coupling')?.sentence).toMatchInlineSnapshot(`"2 contracts are not in order"`);
  });

  test('that is read in part calls nothing unregistered', async () => {
    const one = registry({ rows: [] });
    expect(Object.keys(told((await audited({ contractRegistry: one })).report)).sort()).toEqual(['contract-unregistered integration.v_orders_daily_v1', 'contract-unregistered integration.v_orders_v1', 'contract-unregistered integration.v_orders_v2']);
    expect(told((await audited({ contractRegistry: { ...one, isPartial: true } })).report)).toEqual({});
  });
});

test('a contract view says which stored column each of its columns is, which rows it shows, and whether it is on its way out', async () => {
  const { boundaries: [boundary] } = await audited({ contractRegistry: registry() });
  if (boundary === undefined) throw new Error('there is one store');
  const contracts = contractsOf(boundary, await createPostgresParser());
  expect(contracts.map(({ view, predicates, deprecated }) => ({ view, predicates, deprecated }))).toEqual([
    { view: 'integration.v_orders_daily_v1', predicates: [], deprecated: false },
    { view: 'integration.v_orders_v1', predicates: ['not is_test', "status <> 'DRAFT'"], deprecated: true },
    { view: 'integration.v_orders_v2', predicates: [], deprecated: false },
  ]);
  expect(contracts[2]?.outputs).toEqual([
    { name: 'id', source: 'shop.orders.order_id' }, { name: 'order_number', source: 'shop.orders.order_number' }, { name: 'status', source: null }, { name: 'total', source: 'shop.orders.total' }, { name: 'placed_at', source: 'shop.orders.placed_at' },
  ]);
  expect(standIns('shop.orders', ['order_id', 'placed_at'], contracts).whole).toEqual(['integration.v_orders_v2']);
});

test('an internal table that leaves whole is one subject, whatever publishes it', async () => {
  const publication = (name: string, columns: string[] | null) => ({ name, allTables: false, tables: [{ schema: 'shop', relation: 'orders', columns, rowFilter: null }] });
  const { report } = await audited({ catalog: { ...catalog, publications: [publication('lake', null), publication('search', null), publication('warehouse_cdc', ['order_id'])] } });
  expect(report.findings.filter(({ ruleId }) => ruleId === 'publication-of-whole-table').map(({ message, evidence }) => ({ message, evidence }))).toMatchInlineSnapshot(`
    [
      {
        "evidence": [
          "internal: configured by shop.*",
          "columns today: order_id, order_number, status, total, is_test and 1 more",
          "with a list of columns in warehouse_cdc",
        ],
        "message": "shop.orders is published whole by lake, search: every column of the internal table, and every new one, leaves",
      },
    ]
  `);
});
