import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe } from '../../src/probes/publications.js';
import { openProduction, runsOf } from '../support/live-session.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

const TENANTS = 1_100;

describe('publications', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer(bundledServer(), { settings: { wal_level: 'logical' } });
    await server.run([
      `do $$ begin for n in 1 .. ${TENANTS} loop execute format('create table invoices_%s (id int primary key)', n); end loop; end $$`,
      'create publication warehouse for all tables',
      'insert into invoices_1100 select generate_series(1, 7)',
    ]);
  });
  afterAll(() => server.stop());

  it('of more tables than a sample may hold name those that change most, and count all', async () => {
    const session = await openProduction(server.url());
    try {
      const look = runsOf(probe, session);
      await expect.poll(async () => (await look()).tables[0]?.changes).toBe(7);
      const { tables, publications } = await look();
      expect(publications).toEqual([{ name: 'warehouse', tables: TENANTS, tables_without_identity: 0, changes: 7 }]);
      expect(tables).toHaveLength(1_000);
      expect(tables[0]?.relation).toBe('public.invoices_1100');
    } finally {
      await session.close();
    }
  });

  it('say nothing of changes where the server does not count them', async () => {
    await server.run(["alter system set track_counts = 'off'", 'select pg_reload_conf()']);
    const session = await openProduction(server.url());
    try {
      await expect.poll(async () => (await runsOf(probe, session)()).publications[0]?.changes).toBeNull();
    } finally {
      await session.close();
    }
  });
});
