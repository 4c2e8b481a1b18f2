import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit.js';
import { rootsOf } from '../../src/graph/pressure/waiting.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { Finding } from '../../src/model/finding.js';
import type { HorizonHolder, SessionLooks, SessionObservation } from '../../src/model/pressure.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import { loadRules } from '../../src/rules/load.js';
import type { Rule } from '../../src/rules/rule.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { card, configuration, role, statistics, store } from '../support/estate.js';
import { snapshotOf } from '../support/snapshot.js';

const IDS = new Set(['reporting-holds-vacuum-back', 'reporting-idles-in-transaction', 'reporting-blocks-application', 'replica-report-holds-primary-back', 'vacuum-held-back-by-other', 'replica-cancels-reports']);

let rules: Rule[];
let catalog: Catalog;

beforeAll(async () => {
  rules = (await loadRules()).filter(({ id }) => IDS.has(id));
  catalog = await catalogFromDdl(`
    CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, status text, placed_at timestamptz);
    CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, country_code text);
  `);
  catalog.roles = [role('shop_app'), role('metabase_ro'), role('warehouse_loader'), role('migrator'), role('tidal_sync')];
});

function session(overrides: Partial<SessionObservation>): SessionObservation {
  return {
    role: 'metabase_ro', application: 'Metabase v0.57.4', state: 'active', queryId: null, looks: 1, transaction_seconds: null, statement_seconds: null,
    horizon_transactions: null, lockWaits: 0, lockWait_seconds: null, blockedBy: [], ...overrides,
  };
}

function blocker(overrides: Partial<SessionObservation['blockedBy'][number]> = {}): SessionObservation['blockedBy'][number] {
  return { role: 'metabase_ro', application: 'Metabase v0.57.4', state: 'idle in transaction', queryId: null, looks: 1, ...overrides };
}

function looks(sessions: SessionObservation[], holders: HorizonHolder[] = []): SessionLooks {
  return { looks: 1, seconds: 0, sessions, holders };
}

async function found(overrides: Partial<StoreSnapshot>, queries = [] as ReturnType<typeof card>[]): Promise<Finding[]> {
  const snapshot = snapshotOf({ stores: [store(catalog, overrides)], queries, gaps: [] });
  return (await audit(snapshot, configuration({ consumers: [{ match: { role: 'shop_app' }, owner: 'Shop team', purpose: 'application' }] }), rules, '0.0.0')).findings;
}

const said = (findings: readonly Finding[]): string[] => findings.map(({ ruleId, message }) => `${ruleId}: ${message}`);

describe('a session of reports that holds vacuum back', () => {
  const idle = session({ state: 'idle in transaction', transaction_seconds: 2520, horizon_transactions: 84_210 });

  test('is told of with its card, its owner, the dead rows and the SQL that bounds its role', async () => {
    const sql = 'SELECT status, count(*) FROM shop.orders GROUP BY status';
    const [finding] = await found({
      statements: [statistics(sql, { queryId: '4711' })],
      sessionLooks: looks([{ ...idle, queryId: '4711' }]),
      relationStatistics: [
        { schema: 'shop', name: 'orders', sequentialScans: 4, rowsReadBySequentialScans: 0, indexScans: 0, rowsInserted: 0, rowsUpdated: 0, rowsUpdatedInPlace: 0, rowsDeleted: 0, rowsLive: 702_114, rowsDead: 38_400, lastVacuumAt: null, heap_bytes: null },
      ],
    }, [card(sql)]);
    expect(finding).toMatchObject({ ruleId: 'reporting-holds-vacuum-back', consumer: 'role metabase_ro', owner: 'Mara Lindqvist', store: 'production', level: 'warning' });
    expect(finding?.message).toBe('production cannot clean up behind role metabase_ro (reporting), which kept a transaction open for 42 min');
    expect(finding?.evidence).toEqual([
      'seen idle in transaction in 1 of 1 look, as Metabase v0.57.4',
      '84,210 transactions were begun since: no row that died meanwhile can be removed, in any table',
      '38,400 dead rows in the tables of production, most in shop.orders (38,400 beside 702,114 live rows)',
      'its statement, or its last one, is of metabase card 118 Open cases',
      'SELECT status, count(*) FROM shop.orders GROUP BY status',
    ]);
    expect(finding?.fix).toContain("ALTER ROLE metabase_ro SET idle_in_transaction_session_timeout = '60s';");
  });

  test('is not told of twice: that it is idle as well is the lesser matter', async () => {
    expect(said(await found({ sessionLooks: looks([idle]) }))).toEqual([expect.stringContaining('reporting-holds-vacuum-back')]);
  });

  test('is not to blame where a slot stands much further back, which is told of instead', async () => {
    const slot: HorizonHolder = { kind: 'replication slot', name: 'warehouse_cdc', transactions: 4_201_332, age_seconds: null };
    expect(said(await found({ sessionLooks: looks([idle], [slot]) }))).toEqual([
      'reporting-idles-in-transaction: production keeps the locks of role metabase_ro (reporting), idle in a transaction open for 42 min',
      'vacuum-held-back-by-other: production cannot clean up behind replication slot warehouse_cdc, 4,201,332 transactions back: ending reports frees nothing',
    ]);
  });

  test('is to blame beside a slot that holds the system catalogues back only', async () => {
    const slot: HorizonHolder = { kind: 'replication slot', name: 'warehouse_cdc', transactions: 4_201_332, age_seconds: null, catalogOnly: true };
    expect(said(await found({ sessionLooks: looks([idle], [slot]) }))).toEqual([expect.stringContaining('reporting-holds-vacuum-back')]);
  });

  test('each of several reports is told of, whichever stands further back', async () => {
    const loader = session({ role: 'warehouse_loader', application: '', transaction_seconds: 900, horizon_transactions: 30_000 });
    expect((await found({ sessionLooks: looks([idle, loader]) })).map(({ consumer }) => consumer)).toEqual(['role metabase_ro', 'role warehouse_loader']);
  });

  test('by the name of its tool, in a role that the application uses: no limit is proposed for that role', async () => {
    const [finding] = await found({ sessionLooks: looks([session({ role: 'shop_app', transaction_seconds: 1260, horizon_transactions: 9_120 })]) });
    expect(finding).toMatchObject({ ruleId: 'reporting-holds-vacuum-back', consumer: 'role shop_app', owner: 'Shop team' });
    expect(finding?.message).toContain('role shop_app (as metabase)');
    expect(finding?.fix).not.toContain('ALTER ROLE');
    expect(finding?.fix).toContain("WHERE usename = 'shop_app' AND application_name = 'Metabase v0.57.4' AND");
  });

  test('in spite of the limit of its role: none is proposed that would be wider', async () => {
    const bounded = { ...catalog, roles: catalog.roles.map((each) => (each.name === 'metabase_ro' ? { ...each, settings: { idle_in_transaction_session_timeout: '30s' } } : each)) };
    const [finding] = await found({ catalog: bounded, sessionLooks: looks([idle]) });
    expect(finding?.fix).toContain('the role has idle_in_transaction_session_timeout of 30 s, which it has outlived');
    expect(finding?.fix).not.toContain('ALTER ROLE');
  });

  test('by a person at a client, whatever the login', async () => {
    const sql = 'SELECT status, count(*) FROM shop.orders GROUP BY status';
    const psql = session({ role: 'shop_app', application: 'psql', queryId: '4711', transaction_seconds: 1260, horizon_transactions: 9_120 });
    const statements = [statistics(sql, { queryId: '4711', role: 'shop_app' })];
    expect((await found({ statements, sessionLooks: looks([psql]) })).map(({ ruleId }) => ruleId)).toEqual(['reporting-holds-vacuum-back']);
    expect((await found({ statements, sessionLooks: looks([{ ...psql, application: 'checkout' }]) })).map(({ ruleId }) => ruleId)).toEqual(['vacuum-held-back-by-other']);
  });

  test.each([
    ['short', { transaction_seconds: 30, horizon_transactions: 410 }],
    ['of the application', { role: 'shop_app', application: 'checkout', transaction_seconds: 200, horizon_transactions: 9_000 }],
    ['without a snapshot, at work', { transaction_seconds: 2520 }],
    ['of unknown age', { horizon_transactions: 9_000 }],
  ])('not one that is %s', async (_, overrides) => {
    expect(said(await found({ sessionLooks: looks([session(overrides)]) }))).toEqual([]);
  });

  test('a job of the application is a note: moving reports would free nothing', async () => {
    const job = session({ role: 'shop_app', application: 'settlement', transaction_seconds: 1900, horizon_transactions: 12_000 });
    const [finding] = await found({ sessionLooks: looks([job]) });
    expect(finding).toMatchObject({ ruleId: 'vacuum-held-back-by-other', level: 'note', consumer: 'role shop_app' });
  });
});

describe('on a replica', () => {
  const report = session({ transaction_seconds: 2400, horizon_transactions: 61_000 });
  const replica = (feedback: string): Partial<StoreSnapshot> => ({
    name: 'production-replica', role: 'replica', inRecovery: true, sessionLooks: looks([report]),
    catalog: { ...catalog, settings: { hot_standby_feedback: feedback, max_standby_streaming_delay: '30000' } },
  });

  test('a report holds the primary back where the replica says what it sees, and is left to replay where it does not', async () => {
    expect(said(await found(replica('on')))).toEqual([
      'replica-report-holds-primary-back: production-replica keeps its primary from cleaning up for role metabase_ro (reporting), open for 40 min',
    ]);
    expect(said(await found(replica('off')))).toEqual([]);
    expect((await found(replica('on')))[0]?.fix).toMatch(/ALTER ROLE metabase_ro SET \w+ = '\d+s'; .*are run on the primary, whose roles this standby shares\.$/);
  });

  test('queries that were cancelled are told of by cause, with the settings that decide who pays', async () => {
    const conflicts = { tablespace: 0, lock: 2, snapshot: 212, bufferPin: 0, deadlock: 0 };
    const databaseStatistics = { since: '2026-02-18T09:00:00.000Z', blocksHit: 0, blocksRead: 0, rowsReturned: 0, rowsFetched: 0, tempFiles: 0, temp_bytes: 0, deadlocks: 0, conflicts };
    const [finding] = await found({ ...replica('off'), databaseStatistics });
    expect(finding?.message).toBe('production-replica (replica) cancelled 214 queries in 12 days to keep up with its primary');
    expect(finding?.evidence).toEqual([
      '212 for rows that vacuum had removed on the primary',
      '2 for a lock that the primary had taken',
      'replay waits at most 30 s for queries (max_standby_streaming_delay)',
      'hot_standby_feedback is off',
    ]);
    const seldom = { ...databaseStatistics, conflicts: { ...conflicts, snapshot: 3, lock: 0 } };
    expect(said(await found({ ...replica('off'), databaseStatistics: seldom }))).toEqual([]);
    expect(said(await found({ ...replica('off'), databaseStatistics: { ...databaseStatistics, since: null } }))).toEqual([]);
  });
});

describe('a lock that the application waits for', () => {
  const holder = session({ state: 'idle in transaction', transaction_seconds: 40 });
  const command = session({ role: 'shop_app', application: 'checkout', lockWaits: 1, lockWait_seconds: 12.4 });

  test('is traced through the migration between to the report that holds it', async () => {
    const migration = session({ role: 'migrator', application: 'flyway', lockWaits: 1, lockWait_seconds: 14, blockedBy: [blocker()] });
    const behind = { ...command, blockedBy: [blocker({ role: 'migrator', application: 'flyway', state: 'active' })] };
    const [finding, ...more] = await found({ sessionLooks: looks([holder, migration, behind]) });
    expect(more).toEqual([]);
    expect(finding?.message).toBe('production made role shop_app (checkout) wait 12 s for a lock of role metabase_ro (reporting)');
    expect(finding?.evidence).toEqual([
      'seen in 1 of 1 look',
      'it stood behind role migrator (flyway), which waited for the same session',
      'who held it was idle in transaction, as Metabase v0.57.4, in a transaction open for 40 s',
    ]);
  });

  test('is told of where the server does not say how long it was waited for, and where the holder was not seen by itself', async () => {
    const waits = { ...command, lockWait_seconds: null, blockedBy: [blocker({ role: 'warehouse_loader', application: '', state: 'active' })] };
    expect(said(await found({ sessionLooks: looks([waits]) }))).toEqual([
      'reporting-blocks-application: production made role shop_app (checkout) wait for a lock of role warehouse_loader (loader)',
    ]);
  });

  test.each<[string, SessionObservation[]]>([
    ['another command holds it', [{ ...command, blockedBy: [blocker({ role: 'shop_app', application: 'settlement', state: 'active' })] }]],
    ['another report waits', [holder, session({ role: 'warehouse_loader', application: '', lockWaits: 1, blockedBy: [blocker()] })]],
    ['the server itself holds it', [{ ...command, blockedBy: [blocker({ role: '', application: 'autovacuum worker', state: 'active' })] }]],
    ['nobody knows what the holder is for', [{ ...command, blockedBy: [blocker({ role: 'tidal_sync', application: '' })] }]],
  ])('is no matter of reports where %s', async (_, sessions) => {
    expect(said(await found({ sessionLooks: looks(sessions) }))).toEqual([]);
  });

  test('sessions that wait for each other have no root, and end the search', () => {
    const one = { ...command, blockedBy: [blocker({ state: 'active' })] };
    const other = session({ lockWaits: 1, blockedBy: [blocker({ role: 'shop_app', application: 'checkout', state: 'active' })] });
    expect(rootsOf({ sessions: [one, other] })).toEqual(new Map());
  });
});

test('whoever waits for whomever, the search ends, and nobody who waits is a root', () => {
  const who = fc.constantFrom('shop_app', 'metabase_ro', 'migrator', 'warehouse_loader', 'tidal_sync');
  const waits = fc.array(fc.record({ role: who, blockedBy: fc.uniqueArray(who, { maxLength: 4 }) }), { maxLength: 6 });
  fc.assert(fc.property(waits, (given) => {
    const sessions = [...new Map(given.map((one) => [one.role, one])).values()].map(({ role: name, blockedBy }) =>
      session({ role: name, application: '', lockWaits: 1, blockedBy: blockedBy.map((other) => blocker({ role: other, application: '', state: 'active' })) }));
    const waiting = new Set(sessions.filter(({ blockedBy }) => blockedBy.length > 0).map((one) => one.role));
    const roots = [...rootsOf({ sessions }).values()];
    expect(roots.filter(({ holder }) => waiting.has(holder.role))).toEqual([]);
    // Who is waited for straight by somebody, and waits for nobody, is one.
    const straight = new Set(sessions.flatMap(({ blockedBy }) => blockedBy.map((one) => one.role)).filter((one) => !waiting.has(one)));
    expect(new Set(roots.map(({ holder }) => holder.role))).toEqual(straight);
  }));
});

test('a store whose sessions could not be looked at gives no finding of them', async () => {
  expect(await found({})).toEqual([]);
});
