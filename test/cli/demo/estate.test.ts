import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildEstate, type Estate } from '../../../src/cli/demo/estate.js';
import { type PostgresServer, startPostgres } from '../../../src/cli/demo/postgres-server.js';

type Row = Record<string, unknown>;

async function query(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function queryWarehouse(estate: Estate, sql: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create(estate.warehousePath, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

interface Build {
  server: PostgresServer;
  directory: string;
  estate: Estate;
  /** Read before any test asks the server something itself. */
  statistics: Row[];
}

/** What the workload left: tests and the building itself run as the superuser. */
const STATISTICS = `
  SELECT r.rolname::text AS role, s.query, s.calls::int AS calls, (s.shared_blks_hit + s.shared_blks_read)::int AS blocks,
         s.temp_blks_written::int AS temp_blocks
  FROM pg_stat_statements AS s JOIN pg_roles AS r ON r.oid = s.userid
  WHERE r.rolname <> 'postgres' ORDER BY 1, 2, 3`;

const builds: Build[] = [];
let estate: Estate;

beforeAll(async () => {
  const build = async (): Promise<void> => {
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-estate-'));
    const server = await startPostgres();
    const built = await buildEstate({ server, directory });
    builds.push({ server, directory, estate: built, statistics: await query(built.superuserUrl, STATISTICS) });
  };
  await Promise.all([build(), build()]);
  const [first] = builds;
  if (first === undefined) throw new Error('no estate was built');
  estate = first.estate;
});

afterAll(async () => {
  for (const { server, directory } of builds) {
    await server.stop();
    await rm(directory, { recursive: true });
  }
});

const TABLES = `
  SELECT schemaname || '.' || tablename AS name FROM pg_tables
  WHERE schemaname IN ('app', 'shop', 'integration', 'read_model') ORDER BY 1`;

/** Rows and a checksum over all of them, whatever their order. */
async function checksums(url: string): Promise<Row[]> {
  const tables = (await query(url, TABLES)).map((row) => String(row['name']));
  const parts = tables.map((name) => `SELECT '${name}' AS name, count(*)::int AS rows, sum(('x' || left(md5(t::text), 12))::bit(48)::bigint)::text AS checksum FROM ${name} AS t`);
  return query(url, `${parts.join(' UNION ALL ')} ORDER BY name`);
}

describe('production', () => {
  it('has the same rows on every build, 300,000 at least', async () => {
    const [one, two] = await Promise.all(builds.map(({ estate: { superuserUrl } }) => checksums(superuserUrl)));
    expect(one).toEqual(two);
    const rows = (one ?? []).map((table) => Number(table['rows']));
    expect(rows.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(300_000);
    expect(Math.min(...rows)).toBeGreaterThan(0);
  });

  it('holds to the constraints that the definitions of open cases rest on', async () => {
    await expect(query(estate.superuserUrl, "UPDATE app.case_file SET status = 'CLOSED' WHERE case_id = (SELECT min(case_id) FROM app.case_file WHERE status = 'OPEN')"))
      .rejects.toThrow('case_file_closed_at_check');
    await expect(query(estate.superuserUrl, "UPDATE app.case_file SET status = 'PENDING' WHERE case_id = (SELECT min(case_id) FROM app.case_file WHERE status = 'OPEN')")).rejects.toThrow('case_file_status_check');
    const statuses = await query(estate.superuserUrl, 'SELECT DISTINCT status FROM app.case_file ORDER BY status');
    expect(statuses.map((row) => row['status'])).toEqual(['CANCELLED', 'CLOSED', 'DUPLICATE', 'ESCALATED', 'IN_REVIEW', 'OPEN']);
  });

  it('gives the four definitions of open cases two answers', async () => {
    const [row] = await query(estate.superuserUrl, `
      SELECT count(*) FILTER (WHERE status <> 'CLOSED') AS a, count(*) FILTER (WHERE closed_at IS NULL) AS b,
             count(*) FILTER (WHERE status IN ('OPEN', 'IN_REVIEW', 'ESCALATED')) AS c,
             count(*) FILTER (WHERE status NOT IN ('CLOSED', 'CANCELLED', 'DUPLICATE')) AS d
      FROM app.case_file`);
    expect(row?.['a']).toBe(row?.['b']);
    expect(row?.['c']).toBe(row?.['d']);
    expect(Number(row?.['a'])).toBeGreaterThan(Number(row?.['c']));
  });

  it('shows notes of cases to a session of their tenant only', async () => {
    const rls = await query(estate.superuserUrl, "SELECT relrowsecurity FROM pg_class WHERE oid = 'app.case_note'::regclass");
    expect(rls).toEqual([{ relrowsecurity: true }]);
    const [counts] = await query(estate.superuserUrl, 'SELECT count(*)::int AS all_notes, count(*) FILTER (WHERE tenant_id = 3)::int AS notes_of_tenant FROM app.case_note');
    const client = new pg.Client({ connectionString: estate.superuserUrl });
    await client.connect();
    try {
      await client.query("SET ROLE case_app; SET app.tenant_id = '3'");
      expect((await client.query<Row>('SELECT count(*)::int AS notes FROM app.case_note')).rows).toEqual([{ notes: counts?.['notes_of_tenant'] }]);
    } finally {
      await client.end();
    }
    expect(Number(counts?.['notes_of_tenant'])).toBeLessThan(Number(counts?.['all_notes']));
  });

  it('publishes case files and orders by column lists', async () => {
    const rows = await query(estate.superuserUrl, "SELECT schemaname || '.' || tablename AS name, cardinality(attnames) AS columns FROM pg_publication_tables WHERE pubname = 'estate_cdc' ORDER BY 1");
    expect(rows.map((row) => row['name'])).toEqual(['app.case_file', 'app.case_transition', 'shop.ledger_entry', 'shop.orders']);
    expect(rows.find((row) => row['name'] === 'app.case_file')?.['columns']).toBe(11);
  });

  it('tells the auditor everything but rows', async () => {
    const [row] = await query(estate.postgresUrl, 'SELECT current_user::text AS role, count(*)::int AS texts FROM pg_stat_statements(true) WHERE query IS NOT NULL');
    expect(row?.['role']).toBe('tidemark_ro');
    expect(Number(row?.['texts'])).toBeGreaterThan(80);
    await expect(query(estate.postgresUrl, 'SELECT 1 FROM app.region')).rejects.toThrow('permission denied');
    const grants = await query(estate.superuserUrl, "SELECT roleid::regrole::text AS role FROM pg_auth_members WHERE member = 'tidemark_ro'::regrole");
    expect(grants).toEqual([{ role: 'pg_monitor' }]);
  });
});

describe('the statistics', () => {
  const statistics = (): Row[] => builds[0]?.statistics ?? [];
  const sum = (rows: Row[], column: string): number => rows.reduce((total, row) => total + Number(row[column]), 0);
  const of = (...roles: string[]): Row[] => statistics().filter((row) => roles.includes(String(row['role'])));

  it('hold the work of every role that works', () => {
    expect([...new Set(statistics().map((row) => row['role']))]).toEqual([
      'analyst_export', 'backoffice_app', 'case_app', 'case_search', 'finance_reports', 'grafana_ro', 'hightouch', 'metabase_ro', 'orbit_sync',
      'partner_feed', 'shop_app', 'warehouse_loader',
    ]);
    expect(sum(of('case_app'), 'calls')).toBeGreaterThan(5_000);
    expect(sum(of('shop_app'), 'calls')).toBeGreaterThan(5_000);
  });

  it('show that reporting takes a clear part of the block reads, and not all', () => {
    const share = sum(of('metabase_ro', 'grafana_ro', 'finance_reports'), 'blocks') / sum(statistics(), 'blocks');
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.6);
  });

  it('count the same calls on every build', () => {
    const [one, two] = builds.map((build) => build.statistics.map(({ role, query: text, calls }) => ({ role, text, calls })));
    expect(one?.length).toBeGreaterThan(100);
    expect(one).toEqual(two);
  });

  it('hold one spilling statement, which is a card', () => {
    const spilling = statistics().filter((row) => Number(row['temp_blocks']) > 0);
    expect(spilling.map((row) => row['role'])).toEqual(['metabase_ro']);
    expect(String(spilling[0]?.['query'])).toContain('rank() OVER');
  });

  it('hold no password and nothing of the building', async () => {
    const rows = await query(estate.superuserUrl, "SELECT query FROM pg_stat_statements WHERE query ~* '(password [^_]|create |insert into app\\.tenant|generate_series)'");
    expect(rows).toEqual([]);
  });
});

describe('the warehouse', () => {
  it('has every zone, filled', async () => {
    const rows = await queryWarehouse(estate, 'SELECT schema_name AS name, count(*)::INTEGER AS tables, min(estimated_size)::INTEGER AS least FROM duckdb_tables() GROUP BY 1 ORDER BY 1');
    expect(rows.map((row) => row['name'])).toEqual(['analytics', 'analytics_control', 'analytics_secure', 'raw']);
    expect(rows.every((row) => Number(row['least']) > 0)).toBe(true);
    const views = await queryWarehouse(estate, "SELECT view_name AS name FROM duckdb_views() WHERE schema_name = 'analytics_semantic' ORDER BY 1");
    expect(views.map((row) => row['name'])).toEqual(['case_backlog_daily', 'case_monthly_volume']);
  });

  it('has the same rows on every build', async () => {
    const tables = (await queryWarehouse(estate, "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() ORDER BY 1")).map((row) => String(row['name']));
    const sql = tables.map((name) => `SELECT '${name}' AS name, count(*)::INTEGER AS rows, bit_xor(md5_number_lower(t::VARCHAR))::VARCHAR AS checksum FROM ${name} AS t`).join(' UNION ALL ');
    const [one, two] = await Promise.all(builds.map((build) => queryWarehouse(build.estate, `${sql} ORDER BY name`)));
    expect(one).toEqual(two);
  });

  it('answers every card that asks it', async () => {
    const folder = join(estate.dashboardsDirectory, 'metabase');
    const files = (await readdir(folder)).filter((name) => name.startsWith('card-3'));
    expect(files).toHaveLength(14);
    for (const file of files) {
      const sql = /"query": "((?:[^"\\]|\\.)*)"/.exec(await readFile(join(folder, file), 'utf8'))?.[1] ?? '';
      const rows = await queryWarehouse(estate, String(JSON.parse(`"${sql}"`)));
      expect(rows.length, file).toBeGreaterThan(0);
    }
  });
});

describe('building', () => {
  it('names the environment of the configuration file', async () => {
    const names = [...(await readFile(estate.configurationFile, 'utf8')).matchAll(/\$\{env:(\w+)\}/g)].map((match) => match[1]);
    expect(Object.keys(estate.environment).sort()).toEqual(names.sort());
    expect(estate.environment).toEqual({ ESTATE_POSTGRES_URL: estate.postgresUrl, ESTATE_WAREHOUSE: estate.warehousePath });
  });

  it('is given up when asked, at any moment', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-estate-'));
    const server = await startPostgres();
    try {
      await expect(buildEstate({ server, directory, signal: AbortSignal.abort(new Error('not today')) })).rejects.toThrow('not today');
      const controller = new AbortController();
      const seen: string[] = [];
      const build = buildEstate({
        server,
        directory,
        signal: controller.signal,
        onProgress: (message) => {
          seen.push(message);
          if (message === 'production: shop data') setTimeout(() => controller.abort(new Error('enough')), 50);
        },
      });
      await expect(build).rejects.toThrow('enough');
      expect(seen).not.toContain('production: boundary');
    } finally {
      await server.stop();
      await rm(directory, { recursive: true });
    }
  });
});
