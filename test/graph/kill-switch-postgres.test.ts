import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBoundary } from '../../src/graph/boundary.js';
import { storeFacts } from '../../src/graph/store-facts.js';
import { subject } from '../../src/graph/subject.js';
import type { Finding } from '../../src/model/finding.js';
import { loadRules } from '../../src/rules/load.js';
import { judge } from '../../src/rules/run.js';
import { collectSnapshot } from '../../src/snapshot/collect.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { configuration } from '../support/estate.js';
import { type TestServer, installedServers, startServer } from '../support/postgres.js';

const servers = installedServers().filter(({ major, label }) => (major === 15 || major === 18) && label === 'npm');
const LOGINS = ['metabase_ro', 'grafana_ro', 'shop_app'];

describe.each(servers)('the switch that the fix prints, on PostgreSQL $major', (binaries) => {
  let server: TestServer;
  const sessions = new Map<string, pg.Client>();

  beforeAll(async () => {
    server = await startServer(binaries);
    await server.run(LOGINS.map((name) => `CREATE ROLE ${name} LOGIN PASSWORD 'ebb'`));
    for (const name of LOGINS) sessions.set(name, await connected(name));
  }, 60_000);
  afterAll(async () => {
    await Promise.all([...sessions.values()].map((client) => client.end().catch(() => undefined)));
    await server.stop();
  });

  async function connected(name: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: server.url('postgres', name, 'ebb') });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async function finding(): Promise<Finding | undefined> {
    const settings = configuration({
      stores: [{ name: 'production', role: 'operational', engine: 'postgres', url: server.url(), match: [] }],
      consumers: [{ match: { role: '*_ro' }, owner: null, purpose: 'reporting' }, { match: { role: 'shop_app' }, owner: null, purpose: 'application' }],
    });
    const snapshot = await collectSnapshot({ configuration: settings, read: { queries: [], sources: [], gaps: [] }, environment: {}, homeDirectory: null });
    const [store] = snapshot.stores;
    if (!store) throw new Error('the store was not read');
    const boundary = buildBoundary(store, [], settings, await createPostgresParser());
    const whole = subject('store', { store: storeFacts(boundary) }, { consumer: '', owner: null, store: store.name, relation: '', locations: [] });
    return judge((await loadRules()).filter(({ id }) => id === 'no-kill-switch-for-reports'), [whole]).findings[0];
  }

  const alive = async (name: string): Promise<boolean> => sessions.get(name)?.query('SELECT 1').then(() => true, () => false) ?? false;
  const admitted = async (name: string): Promise<boolean> => {
    try {
      await (await connected(name)).end();
      return true;
    } catch {
      return false;
    }
  };

  test('stops every report at once, keeps it out, and leaves the application alone', async () => {
    const found = await finding();
    expect(found?.message).toBe('production has no group by which its reporting logins could be stopped together: grafana_ro, metabase_ro');
    const [create = '', list = '', end = ''] = [...(found?.fix ?? '').matchAll(/\b((?:CREATE ROLE|SELECT) [^;]*);/g)].map(([, sql = '']) => sql);
    await server.run(create);
    expect(await finding()).toBeUndefined();
    // Members through another group are stopped too; who administers the roles is not, though it may be a member to manage them.
    await server.run(['CREATE ROLE dashboards NOLOGIN IN ROLE reports_switch', 'REVOKE reports_switch FROM metabase_ro', 'GRANT dashboards TO metabase_ro']);
    await server.run(['CREATE ROLE shop_admin LOGIN CREATEROLE', 'GRANT reports_switch TO shop_admin WITH ADMIN OPTION']);

    // What the fix warns of: PUBLIC holds the right to connect, so taking it from the group keeps nobody out.
    await server.run('REVOKE CONNECT ON DATABASE postgres FROM reports_switch');
    expect(await admitted('metabase_ro')).toBe(true);

    const administrator = new pg.Client({ connectionString: server.url() });
    await administrator.connect();
    const { rows } = await administrator.query<{ format: string }>(list);
    expect(rows.map(({ format }) => format).sort()).toEqual(['ALTER ROLE grafana_ro NOLOGIN', 'ALTER ROLE metabase_ro NOLOGIN']);
    for (const { format } of rows) await administrator.query(format);
    await administrator.query(end);
    await administrator.end();
    expect(await Promise.all(LOGINS.map(alive))).toEqual([false, false, true]);
    expect(await Promise.all(LOGINS.map(admitted))).toEqual([false, false, true]);
  });
});
