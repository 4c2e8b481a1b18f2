import { beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit.js';
import type { Catalog, Index, StoredFunction } from '../../src/model/catalog.js';
import type { RelationStatistics } from '../../src/model/pressure.js';
import type { Report } from '../../src/model/report.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics, StatementWindow } from '../../src/model/statement.js';
import { loadRules } from '../../src/rules/load.js';
import type { Rule } from '../../src/rules/rule.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { configuration, role, statistics, store } from '../support/estate.js';
import { snapshotOf } from '../support/snapshot.js';

let rules: Rule[];
let catalog: Catalog;

beforeAll(async () => {
  rules = (await loadRules()).filter(({ id }) => id === 'index-serves-only-reports');
  catalog = await catalogFromDdl(`
    CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, country_code text);
    CREATE TABLE shop.orders (
      order_id bigint PRIMARY KEY, order_number text UNIQUE, customer_id bigint REFERENCES shop.customer (customer_id),
      channel text, status text, placed_at timestamptz, shipped_at timestamptz);
    CREATE VIEW shop.late_order AS SELECT order_id, placed_at FROM shop.orders WHERE shipped_at IS NULL;
  `);
  catalog.roles = [role('shop_app'), role('metabase_ro'), role('warehouse_loader')];
});

function index(columns: (string | null)[], overrides: Partial<Index> = {}): Index {
  return { schema: 'shop', relation: 'orders', name: 'orders_placed_idx', columns, unique: false, primary: false, predicate: null, valid: true, scans: 2880, size_bytes: 412 * 2 ** 20, ...overrides };
}

const window: StatementWindow = {
  since: '2026-02-01T00:00:00.000Z', until: '2026-03-02T09:00:00.000Z', evictions: 0, entries: 3, entries_max: 5000, block_bytes: 8192, tracked: 'top', tracksUtility: true,
};
const orders: RelationStatistics = {
  schema: 'shop', name: 'orders', sequentialScans: 10, rowsReadBySequentialScans: 0, indexScans: 90_000, rowsInserted: 1_100_000, rowsUpdated: 200_000, rowsUpdatedInPlace: 80_000,
  rowsDeleted: 0, rowsLive: 4_000_000, rowsDead: 0, lastVacuumAt: null, heap_bytes: 600 * 2 ** 20,
};
const database = { since: '2026-02-01T00:00:00.000Z', blocksHit: 0, blocksRead: 0, rowsReturned: 0, rowsFetched: 0, tempFiles: 0, temp_bytes: 0, deadlocks: 0, conflicts: null };

const CHART = "SELECT date_trunc('day', placed_at), count(*) FROM shop.orders WHERE placed_at > now() - interval $1 GROUP BY 1";
const INSERT = 'INSERT INTO shop.orders (order_id, customer_id, placed_at) VALUES ($1, $2, $3)';
const BY_KEY = 'SELECT * FROM shop.orders WHERE order_id = $1';

const report = statistics(CHART, { calls: 2880 });
const application = (sql: string, overrides: Partial<StatementStatistics> = {}): StatementStatistics => statistics(sql, { role: 'shop_app', sharedBlocksHit: 40, ...overrides });

interface Scene extends Partial<StoreSnapshot> {
  indexes?: Index[];
  functions?: StoredFunction[];
}

async function judged({ indexes = [index(['placed_at'])], functions = [], ...overrides }: Scene = {}): Promise<Report> {
  const own = {
    statements: [report, application(INSERT), application(BY_KEY)], statementWindow: window, relationStatistics: [orders], databaseStatistics: database,
    ...overrides, catalog: { ...catalog, indexes: [...catalog.indexes, ...indexes], functions },
  };
  return audit(snapshotOf({ stores: [store(own.catalog, own)], queries: [], gaps: [] }), configuration(), rules, '0.0.0');
}

const names = ({ findings }: Report): string[] => findings.map(({ relation }) => relation);

describe('an index that only reports use', () => {
  test('is told of with who uses it, what it costs the writers, and the SQL for after the move', async () => {
    const { findings: [finding, ...more] } = await judged();
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ ruleId: 'index-serves-only-reports', level: 'warning', relation: 'shop.orders_placed_idx', consumer: '', store: 'production' });
    expect(finding?.message).toBe('production keeps the index shop.orders_placed_idx of 412 MiB for reports alone: 41,532 entries written a day');
    expect(finding?.evidence).toEqual([
      'on shop.orders: placed_at',
      'used 2,880 times since 2026-02-01, by role metabase_ro in 2,880 calls',
      'no other statement has its columns in a condition, a join or an order',
      'up to 1,220,000 entries written into it since 2026-02-01, by role shop_app',
    ]);
    expect(finding?.fix).toContain('DROP INDEX CONCURRENTLY shop.orders_placed_idx;');
  });

  test('serves nobody who only groups by its column', async () => {
    const by = statistics("SELECT date_trunc('month', placed_at), count(*) FROM shop.orders GROUP BY 1", { role: 'warehouse_loader', calls: 30 });
    const { findings: [finding] } = await judged({ statements: [report, by, application(INSERT)] });
    expect(finding?.evidence).toContain('used 2,880 times since 2026-02-01, by role metabase_ro in 2,880 calls');
  });

  test('serves loads and pages of dashboards by key as well as charts', async () => {
    const load = statistics('SELECT * FROM shop.orders WHERE placed_at > $1 ORDER BY placed_at LIMIT $2', { role: 'warehouse_loader', calls: 2880 });
    expect(names(await judged({ statements: [load, application(INSERT)] }))).toEqual(['shop.orders_placed_idx']);
  });

  test.each([
    ['looks rows up by it', 'SELECT order_id FROM shop.orders WHERE placed_at = $1'],
    ['orders by it', 'SELECT order_id FROM shop.orders ORDER BY placed_at DESC LIMIT $1'],
    ['asks for its greatest value', 'SELECT max(placed_at) FROM shop.orders WHERE order_id = $1'],
    ['changes rows by it', 'DELETE FROM shop.orders WHERE placed_at < $1'],
    ['reads a view that compares it', 'SELECT order_id FROM shop.late_order WHERE placed_at < $1 LIMIT 5'],
  ])('does not where the application %s', async (_, sql) => {
    expect(names(await judged({ statements: [report, application(INSERT), application(sql)] }))).toEqual([]);
  });

  test('does not where its second column may be looked up, which a skip scan does', async () => {
    const scene = { indexes: [index(['placed_at', 'channel'])] };
    expect(names(await judged(scene))).toEqual(['shop.orders_placed_idx']);
    expect(names(await judged({ ...scene, statements: [report, application(INSERT), application('SELECT order_id FROM shop.orders WHERE channel = $1')] }))).toEqual([]);
  });

  test('does not where the predicate of a partial index is what the application asks for', async () => {
    const scene = { indexes: [index(['placed_at'], { predicate: "(status = 'OPEN'::text)" })] };
    const open = statistics("SELECT date_trunc('day', placed_at), count(*) FROM shop.orders WHERE placed_at > $1 AND status = $2 GROUP BY 1", { calls: 2880 });
    expect(names(await judged({ ...scene, statements: [open, application(INSERT)] }))).toEqual(['shop.orders_placed_idx']);
    expect(names(await judged({ ...scene, statements: [open, application(INSERT), application('SELECT order_id FROM shop.orders WHERE status = $1')] }))).toEqual([]);
    // The chart without the status cannot use it.
    expect(names(await judged(scene))).toEqual([]);
  });

  test.each<[string, Index]>([
    ['is unique', index(['placed_at'], { unique: true })],
    ['serves a foreign key', index(['customer_id', 'placed_at'])],
    ['was never used', index(['placed_at'], { scans: 0 })],
    ['is not valid', index(['placed_at'], { valid: false })],
    ['is of an expression', index([null, 'placed_at'])],
  ])('is none where it %s', async (_, other) => {
    const chart = statistics("SELECT customer_id, date_trunc('day', placed_at), count(*) FROM shop.orders WHERE placed_at > $1 AND customer_id > $2 GROUP BY 1, 2", { calls: 2880 });
    const { findings } = await judged({ indexes: [other], statements: [chart, application(INSERT)] });
    expect(findings).toEqual([]);
  });

  test('costs nothing worth a word where the table hardly changes', async () => {
    expect(names(await judged({ relationStatistics: [{ ...orders, rowsInserted: 300, rowsUpdated: 200_000, rowsUpdatedInPlace: 200_000 }] }))).toEqual([]);
  });
});

describe('where statements may run that nobody sees, nothing is claimed and the verdict says so', () => {
  const nested: StoredFunction = {
    schema: 'shop', name: 'settle', kind: 'function', language: 'plpgsql', arguments: [], defaults: 0, columns: null, returns: 'void', returnsSet: false, body: null, dynamic: false,
  };

  test.each<[string, Scene]>([
    ['entries were evicted', { statementWindow: { ...window, evictions: 12 } }],
    ['it is not known whether they were', { statementWindow: { ...window, evictions: null } }],
    ['statements are counted since yesterday', { statementWindow: { ...window, since: '2026-03-01T00:00:00.000Z' } }],
    ['cursors are not tracked', { statementWindow: { ...window, tracksUtility: false } }],
    ['a text is hidden', { statements: [report, application(INSERT), { ...application(''), text: null, textState: 'hidden' }] }],
    ['DO runs statements, and more scans were counted than reports were called', { statements: [report, application(INSERT), application("DO $$ begin perform 1; end $$")], indexes: [index(['placed_at'], { scans: 900_000 })] }],
    ['functions run statements, and more scans were counted than reports were called', { functions: [nested], indexes: [index(['placed_at'], { scans: 900_000 })] }],
  ])('%s', async (_, scene) => {
    const { findings, verdicts } = await judged(scene);
    expect(findings).toEqual([]);
    expect(verdicts.find(({ area }) => area === 'workload')?.outcome).toBe('undetermined');
  });

  test('functions are no doubt where their statements are tracked, and where reports explain every scan', async () => {
    expect(names(await judged({ functions: [nested] }))).toEqual(['shop.orders_placed_idx']);
    expect(names(await judged({ functions: [nested], indexes: [index(['placed_at'], { scans: 900_000 })], statementWindow: { ...window, tracked: 'all' } }))).toEqual(['shop.orders_placed_idx']);
  });

  test('one other user that is known settles it in spite of them', async () => {
    const scene: Scene = { statementWindow: { ...window, evictions: 12 }, statements: [report, application(INSERT), application('SELECT order_id FROM shop.orders WHERE placed_at = $1')] };
    const { verdicts } = await judged(scene);
    expect(verdicts.find(({ area }) => area === 'workload')?.sentence).not.toContain('unknown');
  });
});
