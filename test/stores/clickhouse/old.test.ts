import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describe as describeSource, openLive, openStore, relationFacts } from '../../../src/stores/index.js';
import { DeadlineExceeded, type LiveSession } from '../../../src/stores/live.js';
import { PermissionGap } from '../../../src/stores/store.js';
import { startOldClickHouse, type OldClickHouse } from '../../support/clickhouse-18.js';
import { noContext } from '../../support/store-context.js';

let server: OldClickHouse;
let owner: LiveSession;
let reader: LiveSession;

beforeAll(async () => {
  server = await startOldClickHouse();
  await server.run(
    'create database shop',
    'create table shop.orders (order_id UInt64, note Nullable(String), amount Decimal(9, 2), placed_on Date) engine = ReplacingMergeTree() partition by toYYYYMM(placed_on) order by order_id',
    "insert into shop.orders values (1, 'fragile', 1.5, '2026-01-01'), (9007199254740993, null, 1.25, '2026-01-02')",
    'create view shop.large_orders as select order_id from shop.orders where amount > 1',
    'select count() from shop.orders where order_id = 1',
  );
  owner = await openLive('clickhouse', { name: 'warehouse', url: server.url('shop') }, noContext);
  reader = await openLive('clickhouse', { name: 'warehouse', url: server.url('shop', 'reader', 'secret') }, noContext);
});
afterAll(async () => {
  await owner.close();
  await reader.close();
  await server.stop();
});

const reason = (work: Promise<unknown>): Promise<unknown> => work.then(() => null, (error: unknown) => error);

describe('ClickHouse 18.16', () => {
  it('is known by its version, gives values as later ones do, and is read only', async () => {
    expect(owner.version_num).toBe(181_601);
    expect(reader.identity()).toEqual({ version: '18.16.1', database: 'shop', inRecovery: false, role: 'reader', superuser: false });
    for (const session of [owner, reader]) {
      expect(await session.query(z.unknown(), 'SELECT order_id, note, amount, toUInt8(order_id = 1) AS is_first FROM shop.orders ORDER BY order_id')).toEqual([
        { order_id: '1', note: 'fragile', amount: '1.50', is_first: 1 },
        { order_id: '9007199254740993', note: null, amount: '1.25', is_first: 0 },
      ]);
      expect(await reason(session.query(z.unknown(), 'CREATE TABLE shop.copy (a Int8) ENGINE = Memory'))).toBeInstanceOf(PermissionGap);
    }
    expect(await reason(owner.query(z.unknown(), 'SELECT count() FROM system.numbers WHERE sipHash64(number) = 1', { deadline_ms: 200 }))).toBeInstanceOf(DeadlineExceeded);
    expect(String(await reason(owner.query(z.unknown(), "SELECT toUInt8('anna@example.org')")))).toBe('ServerFailure: the server refused it with error 6; its text is left out, for it may hold values');
    expect(String(await reason(openLive('clickhouse', { name: 'warehouse', url: server.url('shop', 'reader', 'wrong') }, noContext)))).toMatch(/Wrong password for user reader \(193\)\. Correct user and password/);
  });

  it('has a catalogue, descriptions and facts', async () => {
    const store = await openStore('clickhouse', { name: 'warehouse', url: server.url('shop') }, noContext);
    const { value, gaps } = await store.catalog();
    await store.close();
    expect(gaps).toEqual([]);
    expect(value.relations.map(({ name, kind, rows, definition, columns }) => ({ name, kind, rows, definition, columns: columns.map((column) => column.name) }))).toEqual([
      { name: 'large_orders', kind: 'view', rows: null, definition: 'SELECT order_id FROM shop.orders  WHERE amount > 1', columns: ['order_id'] },
      { name: 'orders', kind: 'table', rows: 2, definition: null, columns: ['order_id', 'note', 'amount', 'placed_on'] },
    ]);
    expect(await describeSource(reader, { schema: 'shop', name: 'orders' })).toMatchObject({ kind: 'table', keys: [{ columns: ['order_id'], enforced: false }], hidesRows: false, suffix: ' final' });
    expect(await describeSource(reader, { query: 'select count() as orders from shop.orders' })).toMatchObject({ columns: [{ name: 'orders', type: 'UInt64' }] });
    expect(await relationFacts(reader, [{ schema: 'shop', name: 'orders' }])).toMatchObject([{ name: 'orders', rows: 2, rowsExact: false }]);
    expect(await owner.estimate?.('SELECT * FROM shop.orders')).toEqual({ rows: null, bytes: null, isUpperBound: false });
  });

  it('keeps a history by user and application', async () => {
    const store = await openStore('clickhouse', { name: 'warehouse', url: server.url('shop') }, noContext);
    const texts = async (): Promise<(string | null)[]> => (await store.statements()).value.statements.map(({ text }) => text);
    // The log is written a moment later.
    for (const end = Date.now() + 20_000; !(await texts()).some((text) => text?.startsWith('select count()')) && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 50));
    const { value, gaps } = await store.statements();
    await store.close();
    expect(gaps).toEqual([]);
    expect(value.statements.find(({ text }) => text === 'select count() from shop.orders where order_id = 1')).toMatchObject({ role: 'default', calls: 1, failures: 0 });
    expect(value.activity?.every(({ application }) => application === 'shop-loader')).toBe(true);
    expect(value.statements.some(({ text }) => /large_orders.*FORMAT|system\./.test(text ?? ''))).toBe(false);
  });
});
