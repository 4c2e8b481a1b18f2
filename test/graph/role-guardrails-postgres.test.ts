import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBoundary } from '../../src/graph/boundary.js';
import { roleSubjects } from '../../src/graph/role-subjects.js';
import { storeFacts } from '../../src/graph/store-facts.js';
import { collectSnapshot } from '../../src/snapshot/collect.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { configuration } from '../support/estate.js';
import { type TestServer, installedServers, startServer } from '../support/postgres.js';

const servers = installedServers().filter(({ major, label }) => (major === 15 || major === 18) && label === 'npm');

/** Timeouts in the order of precedence, from the weakest: server, database, role, role in this database. */
const SETUP = [
  'CREATE EXTENSION pg_stat_statements',
  'CREATE SCHEMA shop',
  'CREATE TABLE shop.refund (refund_id int PRIMARY KEY, reason text)',
  "INSERT INTO shop.refund VALUES (1, 'damaged')",
  "ALTER DATABASE shop SET lock_timeout = '2s'",
  "CREATE ROLE reporting NOLOGIN; ALTER ROLE reporting SET statement_timeout = '30s'",
  ...['finance_reports', 'grafana_ro', 'metabase_ro', 'superset_ro', 'redash_ro', 'looker_ro', 'mode_ro'].flatMap((name) => [
    `CREATE ROLE ${name} LOGIN PASSWORD 'ebb' IN ROLE reporting`,
    `GRANT USAGE ON SCHEMA shop TO ${name}`,
    `GRANT SELECT, UPDATE ON shop.refund TO ${name}`,
  ]),
  // Roles belong to the whole server: this one works in another database of it.
  "CREATE ROLE payroll_reports LOGIN PASSWORD 'ebb'",
  "ALTER ROLE grafana_ro SET lock_timeout = '3s'",
  "ALTER ROLE metabase_ro SET lock_timeout = '3s'",
  "ALTER ROLE metabase_ro IN DATABASE shop SET lock_timeout = '4s'",
  "ALTER ROLE metabase_ro IN DATABASE postgres SET lock_timeout = '9s'",
  "ALTER ROLE metabase_ro SET statement_timeout = '200ms'",
  "ALTER ROLE superset_ro SET statement_timeout = '200ms'",
  "ALTER ROLE mode_ro SET statement_timeout = '200ms'",
  "ALTER ROLE redash_ro SET statement_timeout = '5s'",
  'ALTER ROLE looker_ro SET default_transaction_read_only = on',
  "ALTER ROLE finance_reports SET work_mem = '64MB'; ALTER ROLE finance_reports SET temp_file_limit = '1GB'",
];

const SHOWN = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'work_mem', 'temp_file_limit', 'max_parallel_workers_per_gather', 'default_transaction_read_only'] as const;

describe.each(servers)('guardrails on PostgreSQL $major', (binaries) => {
  let server: TestServer;
  let roles: Map<string, Record<string, string | boolean | number | string[]>>;
  let refusal = '';
  const shown = new Map<string, Record<string, string>>();

  beforeAll(async () => {
    server = await startServer(binaries, { settings: { lock_timeout: "'1s'", idle_in_transaction_session_timeout: "'45s'", 'pg_stat_statements.track': 'all' } });
    await server.run('CREATE DATABASE shop');
    await server.run(SETUP, 'shop');
    for (const name of ['finance_reports', 'grafana_ro', 'metabase_ro', 'looker_ro']) await as(name, async (client) => {
      const found: Record<string, string> = {};
      for (const setting of SHOWN) {
        const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [setting]);
        found[setting] = rows[0]?.value ?? '';
      }
      shown.set(name, found);
    });
    await as('metabase_ro', async (client) => {
      await client.query('SET statement_timeout = 0');
      await client.query('SELECT pg_sleep(1.5)');
    });
    // Each FETCH keeps to the timeout; together they take longer.
    await as('superset_ro', async (client) => {
      await client.query('BEGIN');
      await client.query('DECLARE page CURSOR FOR SELECT pg_sleep(0.14) FROM generate_series(1, 10)');
      for (let fetched = 0; fetched < 10; fetched++) await client.query('FETCH 1 FROM page');
      await client.query('COMMIT');
    });
    await as('redash_ro', async (client) => {
      await client.query('SET statement_timeout TO DEFAULT');
      await client.query('RESET statement_timeout');
      await client.query('SELECT pg_sleep(0.3)');
    });
    await as('looker_ro', async (client) => {
      refusal = await client.query("UPDATE shop.refund SET reason = 'refused' WHERE refund_id = 1").then(() => '', (error: unknown) => String(error));
      await client.query('BEGIN READ WRITE');
      await client.query("UPDATE shop.refund SET reason = 'late' WHERE refund_id = 1");
      await client.query('COMMIT');
    });
    await as('mode_ro', async (client) => {
      await client.query('SET statement_timeout = 0');
      const running = client.query('SELECT pg_sleep(60)').catch(() => undefined);
      await pause(1500);
      roles = await judged();
      await server.run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'mode_ro'");
      await running;
    });
  }, 120_000);
  afterAll(() => server.stop());

  async function as(name: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
    const client = new pg.Client({ connectionString: server.url('shop', name, 'ebb') });
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  }

  async function judged(): Promise<typeof roles> {
    const stores = [{ name: 'production', role: 'operational' as const, engine: 'postgres' as const, url: server.url('shop'), match: [] }];
    const settings = configuration({ stores, consumers: [{ match: { role: '*_ro' }, owner: null, purpose: 'reporting' }] });
    const snapshot = await collectSnapshot({ configuration: settings, read: { queries: [], sources: [], gaps: [] }, environment: {}, homeDirectory: null });
    const [store] = snapshot.stores;
    if (!store) throw new Error('the store was not read');
    const boundary = buildBoundary(store, [], settings, await createPostgresParser());
    const subjects = roleSubjects({ boundary, facts: storeFacts(boundary), contracts: [], classified: new Map(), confidence_min: 1, takenAt: snapshot.takenAt, thresholds: settings.thresholds });
    return new Map(subjects.map(({ facts }) => [String(facts['role']?.['name']), facts['role'] ?? {}]));
  }

  test('are asked of roles that have to do with the database', () => {
    expect(roles.has('finance_reports')).toBe(true);
    expect(roles.has('payroll_reports')).toBe(false);
  });

  test('what is said to be in force is what a session of the role gets', () => {
    const seconds = (setting: string): number => ({ '0': 0, '200ms': 0.2, '1s': 1, '2s': 2, '3s': 3, '4s': 4, '45s': 45 })[setting] ?? Number.NaN;
    const bytes: Record<string, number> = { '4MB': 4 * 2 ** 20, '64MB': 64 * 2 ** 20, '1GB': 2 ** 30, '-1': -1 };
    for (const [name, settings] of shown) {
      expect({ name, ...roles.get(name) }).toMatchObject({
        name,
        statement_timeout_seconds: seconds(settings['statement_timeout'] ?? ''),
        lock_timeout_seconds: seconds(settings['lock_timeout'] ?? ''),
        idle_in_transaction_timeout_seconds: seconds(settings['idle_in_transaction_session_timeout'] ?? ''),
        work_mem_bytes: bytes[settings['work_mem'] ?? ''],
        temp_file_limit_bytes: bytes[settings['temp_file_limit'] ?? ''],
        parallel_workers: Number(settings['max_parallel_workers_per_gather']),
        read_only: settings['default_transaction_read_only'] === 'on',
      });
    }
    expect([...shown.values()].map((settings) => settings['lock_timeout'])).toEqual(['2s', '3s', '4s', '2s']);
  });

  test('and it is said where it comes from, with the setting of the group that reaches nobody', () => {
    expect(roles.get('finance_reports')).toMatchObject({
      statement_timeout_origin: 'statement_timeout is off by the default of server and database; its group reporting has 30 s, which no member gets',
      lock_timeout_origin: 'lock_timeout is 2 s by the default of server and database',
      work_mem_origin: 'work_mem is 64 MiB, set for the role itself',
      temp_file_limit_origin: 'temp_file_limit is 1 GiB, set for the role itself',
      // hash_mem_multiplier is 2 since version 15, and there are two workers.
      query_node_memory_bytes: 64 * 2 ** 20 * 2 * 3,
      idle_session_timeout_seconds: 0,
      transaction_timeout_seconds: binaries.major >= 17 ? 0 : Number.NaN,
    });
    expect(roles.get('metabase_ro')).toMatchObject({ lock_timeout_origin: 'lock_timeout is 4 s, set for the role itself', statement_timeout_origin: 'statement_timeout is 200 ms, set for the role itself' });
  });

  test('a client that switches the timeout off is told by what it sent and by how long it ran', () => {
    const { statement_timeout_overrides: lines, statement_timeout_override_confidence, longest_statement_seconds } = roles.get('metabase_ro') ?? {};
    expect(lines).toEqual([
      expect.stringMatching(/^its longest statement executed for 1\.\d s \(counted since 20\d\d-\d\d-\d\d\), unless /),
      'it sends SET statement_timeout itself, once; to what, the statistics do not tell',
    ]);
    expect(statement_timeout_override_confidence).toBe(0.95);
    expect(longest_statement_seconds).toBeGreaterThan(1.5);
  });

  test('a statement that is still running is seen, though the statistics do not hold it yet', () => {
    expect(roles.get('mode_ro')?.['statement_timeout_overrides']).toEqual([
      expect.stringMatching(/^a session was seen running one statement for \d+(\.\d)? s$/),
      'it sends SET statement_timeout itself, once; to what, the statistics do not tell',
    ]);
  });

  test('who takes the setting of the role back, or reads a long result in pages, overrides nothing', () => {
    expect(roles.get('redash_ro')?.['statement_timeout_overrides']).toEqual([]);
    expect(roles.get('superset_ro')?.['statement_timeout_overrides']).toEqual([]);
  });

  test('a write by a role that is read-only by default', () => {
    expect(refusal).toContain('read-only transaction');
    expect(roles.get('looker_ro')?.['read_only_overrides']).toEqual(['it wrote to shop.refund, which a read-only transaction refuses', 'it opens its transactions for writing itself, once']);
    expect(roles.get('metabase_ro')?.['read_only_overrides']).toEqual([]);
  });
});
