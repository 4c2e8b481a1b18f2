import { expect, test } from 'vitest';
import type { Catalog, Column, Relation } from '../../src/model/catalog.js';
import type { ReconcilePair } from '../../src/model/configuration.js';
import type { RelationMovement } from '../../src/model/movement.js';
import { plainName, sameColumns } from '../../src/reconcile/pairs/likeness.js';
import { suggestPairs, type CataloguedStore } from '../../src/reconcile/pairs/suggest.js';

function column(definition: string): Column {
  const [name = '', type = 'integer', nullable] = definition.split(' ');
  return { name, type: type.replaceAll('_', ' '), nullable: nullable !== 'not-null', comment: null, label: null, enumValues: null };
}

function relation(key: string, columns: string[]): Relation {
  const [schema = '', name = ''] = key.split('.');
  return { schema, name, kind: 'table', owner: null, comment: null, columns: columns.map(column), definition: null, rows: null, size_bytes: null, rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null };
}

function catalog(relations: Relation[], keys: Record<string, string[]> = {}, indexed: Record<string, string> = {}): Catalog {
  const parts = (key: string) => ({ schema: key.split('.')[0] ?? '', relation: key.split('.')[1] ?? '' });
  return {
    relations,
    constraints: Object.entries(keys).map(([key, columns]) => ({ ...parts(key), name: `${key}_pkey`, kind: 'primary_key', columns, expression: null, references: null, validated: true, enforced: true })),
    indexes: Object.entries(indexed).map(([key, name]) => ({ ...parts(key), name: `${key}_idx`, columns: [name], unique: false, primary: false, predicate: null, valid: true, scans: null, size_bytes: null })),
    roles: [], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: {},
  };
}

const ORDERS = ['order_id integer not-null', 'customer_id integer', 'total_minor bigint', 'placed_at timestamp_with_time_zone not-null', 'updated_at timestamp_with_time_zone'];
const production: CataloguedStore = {
  name: 'production', role: 'operational', engine: 'postgres',
  catalog: catalog([relation('shop.orders', ORDERS), relation('shop.customer', ['id uuid not-null', 'email text', 'city text']), relation('app.task', ['task_id integer', 'state text'])], { 'shop.orders': ['order_id'], 'shop.customer': ['id'] }, { 'shop.orders': 'placed_at' }),
};

function warehouse(...relations: Relation[]): CataloguedStore {
  return { name: 'warehouse', role: 'warehouse', engine: 'duckdb', catalog: catalog(relations) };
}

function movement(overrides: Partial<RelationMovement> = {}): RelationMovement {
  const columns = ['order_id', 'customer_id', 'total_minor', 'placed_at', 'updated_at'].map((name) => ({ from: name, to: name === 'placed_at' ? 'ordered_at' : name, mask: 'raw' as const, identity: true }));
  return { from: { store: 'production', relation: 'shop.orders' }, to: { store: 'warehouse', relation: 'raw.order_placed' }, via: 'replication', by: 'publication estate_cdc', rowFilter: null, columns, conditions: [], confidence: 0.85, evidence: 'publication estate_cdc gives shop.orders', ...overrides };
}

const landed = relation('raw.order_placed', ['order_id integer', 'customer_id integer', 'total_minor bigint', 'ordered_at timestamp', 'updated_at timestamp', '_loaded_at timestamp']);

test('what rows come by tells the pair, its key, its times and its watermark', () => {
  expect(suggestPairs([production, warehouse(landed)], [movement()], [])).toEqual([
    {
      name: 'orders',
      source: { store: 'production', relation: 'shop.orders', time_column: 'placed_at' },
      target: { store: 'warehouse', relation: 'raw.order_placed', time_column: 'ordered_at' },
      key: [{ source: 'order_id', target: 'order_id' }],
      columns: expect.arrayContaining([{ source: 'placed_at', target: 'ordered_at' }]),
      watermark: { kind: 'time', source: 'updated_at', target: 'updated_at' },
      reason: 'publication estate_cdc: publication estate_cdc gives shop.orders',
      confidence: 0.85,
      missing: [],
    },
  ]);
});

test('names tell a pair where nothing else does, with or without words of place and the schema of the source', () => {
  const found = (name: string) => suggestPairs([production, warehouse(relation(name, ['id uuid', 'email text', 'city text', '_fivetran_synced timestamp']))], [], []).map(({ source, confidence }) => [source.relation, confidence]);
  for (const name of ['raw.customer', 'raw.customers', 'staging.stg_shop__customers', 'raw.raw_customer', 'lake.shop_customer']) expect(found(name)).toEqual([['shop.customer', 0.6]]);
  expect(found('raw.customer_segment')).toEqual([]);
  expect(suggestPairs([production, warehouse(relation('raw.customer', ['segment text', 'score integer']))], [], [])).toEqual([]);
});

test('what is missing is said', () => {
  const [pair] = suggestPairs([production, warehouse(relation('raw.task', ['task_id integer', 'state text']))], [movement({ from: { store: 'production', relation: 'app.task' }, to: { store: 'warehouse', relation: 'raw.task' }, rowFilter: "state <> 'DRAFT'", columns: [{ from: 'task_id', to: 'task_id', mask: 'raw', identity: true }, { from: 'state', to: 'state', mask: 'raw', identity: true }] })], []);
  expect(pair?.key).toBeNull();
  expect(pair?.missing).toEqual([
    'key: the columns that name a row; app.task has no primary key that raw.task has too',
    'watermark or product: what tells how far the target is; without it a difference is only seen again',
    "a query in place of the source's relation: only rows with state <> 'DRAFT' are moved",
  ]);
});

test('views are targets where a store has nothing else', () => {
  const view: Relation = { ...relation('lake.orders', ORDERS), kind: 'view' };
  expect(suggestPairs([production, warehouse(view)], [], []).map(({ target }) => target.relation)).toEqual(['lake.orders']);
  expect(suggestPairs([production, warehouse(view, relation('lake.note', ['note_id integer', 'body text']))], [], [])).toEqual([]);
});

test('a loader that leaves its log position is a watermark', () => {
  const target = relation('raw.customer', ['id uuid', 'email text', 'city text', '_ab_cdc_lsn bigint']);
  expect(suggestPairs([production, warehouse(target)], [], [])[0]?.watermark).toEqual({ kind: 'lsn', source: null, target: '_ab_cdc_lsn' });
});

test('pairs that the configuration has, sums, and copies within a store are none', () => {
  const side = { query: null, time_column: null, deleted_column: null };
  const configured: ReconcilePair = { name: 'orders', source: { ...side, store: 'production', relation: 'shop.orders' }, target: { ...side, store: 'warehouse', relation: 'raw.order_placed' }, period: 'day', periods: 14, sums: [], tolerance_ratio: 0, product: null, provisional_seconds: null, key: null, columns: null, except: [], watermark: null, every_seconds: null };
  const stores = [production, warehouse(landed)];
  expect(suggestPairs(stores, [movement()], [configured])).toEqual([]);
  expect(suggestPairs(stores, [movement({ columns: [{ from: 'total_minor', to: 'total_minor', mask: 'raw', identity: false }] })], [])).toEqual([]);
  expect(suggestPairs(stores, [movement({ from: { store: 'warehouse', relation: 'raw.order_placed' } })], [])).toEqual([]);
});

test('names lose words of place, versions and plurals, and nothing else', () => {
  expect(['orders', 'raw_orders_v2', 'stg_shop__orders', 'dim_order'].map((name) => plainName(name, 'shop'))).toEqual(['order', 'order', 'order', 'order']);
  expect([plainName('raw', 'x'), plainName('addresses', ''), plainName('companies', ''), plainName('status', '')]).toEqual(['raw', 'address', 'company', 'status']);
  expect(sameColumns(['Id', 'city'], ['ID', 'CITY', 'x'])).toEqual([{ source: 'Id', target: 'ID' }, { source: 'city', target: 'CITY' }]);
});
