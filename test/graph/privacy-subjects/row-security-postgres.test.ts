import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../../src/audit.js';
import type { Finding } from '../../../src/model/finding.js';
import { loadRules } from '../../../src/rules/load.js';
import { collectSnapshot } from '../../../src/snapshot/collect.js';
import { configuration } from '../../support/estate.js';
import { type TestServer, installedServers, startServer } from '../../support/postgres.js';

const servers = installedServers().filter(({ major, label }) => (major === 15 || major === 18) && label === 'npm');

const SCHEMA = [
  'CREATE ROLE note_owner NOLOGIN', 'CREATE ROLE deputy NOLOGIN IN ROLE note_owner', 'CREATE ROLE sweeper NOLOGIN BYPASSRLS', 'CREATE ROLE stranger NOLOGIN',
  "CREATE ROLE report_ro LOGIN PASSWORD 'ebb'",
  'CREATE SCHEMA app', 'GRANT USAGE, CREATE ON SCHEMA app TO note_owner, deputy, sweeper, stranger, report_ro',
  'CREATE TABLE app.case_note (case_note_id bigint PRIMARY KEY, tenant_id bigint NOT NULL, body text)',
  'CREATE TABLE app.forced_note (case_note_id bigint PRIMARY KEY, tenant_id bigint NOT NULL, body text)',
  ...['case_note', 'forced_note'].flatMap((table) => [
    `INSERT INTO app.${table} SELECT g, 1 + g % 2, 'note ' || g FROM generate_series(1, 20) AS g`,
    `ALTER TABLE app.${table} ENABLE ROW LEVEL SECURITY`,
    `CREATE POLICY of_tenant ON app.${table} USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint)`,
    `ALTER TABLE app.${table} OWNER TO note_owner`,
    `GRANT SELECT ON app.${table} TO sweeper, stranger, report_ro`,
  ]),
  'ALTER TABLE app.forced_note FORCE ROW LEVEL SECURITY',
  'CREATE VIEW app.by_superuser AS SELECT case_note_id, tenant_id, body FROM app.case_note',
  ...[['by_owner', 'note_owner'], ['by_deputy', 'deputy'], ['by_sweeper', 'sweeper'], ['by_stranger', 'stranger']].flatMap(([view, owner]) => [
    `CREATE VIEW app.${view} AS SELECT case_note_id, tenant_id, body FROM app.case_note`,
    `ALTER VIEW app.${view} OWNER TO ${owner}`,
  ]),
  'CREATE VIEW app.by_owner_forced AS SELECT case_note_id, tenant_id, body FROM app.forced_note', 'ALTER VIEW app.by_owner_forced OWNER TO note_owner',
  'CREATE VIEW app.as_caller WITH (security_invoker = on) AS SELECT case_note_id, tenant_id, body FROM app.case_note', 'ALTER VIEW app.as_caller OWNER TO note_owner',
  "CREATE VIEW app.filtered AS SELECT case_note_id, tenant_id, body FROM app.case_note WHERE tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint",
  'ALTER VIEW app.filtered OWNER TO note_owner',
  'CREATE VIEW app.by_month AS SELECT tenant_id, count(*) AS notes FROM app.case_note GROUP BY tenant_id', 'ALTER VIEW app.by_month OWNER TO stranger',
  'CREATE MATERIALIZED VIEW app.digest AS SELECT case_note_id, tenant_id, body FROM app.case_note', 'ALTER MATERIALIZED VIEW app.digest OWNER TO note_owner',
  'CREATE VIEW app.nobodys AS SELECT case_note_id, body FROM app.case_note', 'ALTER VIEW app.nobodys OWNER TO stranger',
  'GRANT SELECT ON ALL TABLES IN SCHEMA app TO report_ro',
];

describe.each(servers)('row security on its way, on PostgreSQL $major', (binaries) => {
  let server: TestServer;
  let reader: pg.Client;
  let findings: Finding[];

  beforeAll(async () => {
    server = await startServer(binaries);
    await server.run(SCHEMA);
    reader = new pg.Client({ connectionString: server.url('postgres', 'report_ro', 'ebb') });
    await reader.connect();
    await reader.query("SET app.tenant_id = '1'");
    const settings = configuration({ stores: [{ name: 'production', role: 'operational', engine: 'postgres', url: server.url(), match: [] }], zones: [{ zone: 'internal', patterns: ['app.*'] }] });
    const snapshot = await collectSnapshot({ configuration: settings, read: { queries: [], sources: [], gaps: [] }, environment: {}, homeDirectory: null });
    ({ findings } = await audit(snapshot, settings, await loadRules(), '0.0.0'));
  }, 60_000);
  afterAll(async () => {
    await reader.end();
    await server.stop();
  });

  const found = (ruleId: string): string[] => findings.filter((finding) => finding.ruleId === ruleId).map(({ relation }) => relation).sort();

  /** Whether a reader who works for one tenant sees rows of another. */
  async function leaks(view: string): Promise<boolean> {
    const { rows } = await reader.query<{ others: number }>(`SELECT count(*)::int AS others FROM ${view} WHERE tenant_id <> 1`);
    return (rows[0]?.others ?? 0) > 0;
  }

  test('is lost in the views where a reader sees the rows of others, and in no other', async () => {
    const views = ['app.as_caller', 'app.by_deputy', 'app.by_owner', 'app.by_owner_forced', 'app.by_stranger', 'app.by_superuser', 'app.by_sweeper', 'app.filtered'];
    const leaking: string[] = [];
    for (const view of views) if (await leaks(view)) leaking.push(view);
    expect(leaking).toEqual(['app.by_deputy', 'app.by_owner', 'app.by_superuser', 'app.by_sweeper']);
    expect(found('row-security-lost-in-view')).toEqual(leaking);
  });

  test('is told with the reason', () => {
    const reasons = findings.filter(({ ruleId }) => ruleId === 'row-security-lost-in-view').map(({ relation, evidence }) => `${relation}: ${evidence[0]}`).sort();
    expect(reasons).toEqual([
      'app.by_deputy: the view reads as its owner deputy, who owns the table too and is not bound by its policies',
      'app.by_owner: the view reads as its owner note_owner, who owns the table too and is not bound by its policies',
      'app.by_superuser: the view reads as its owner postgres, who is a superuser',
      'app.by_sweeper: the view reads as its owner sweeper, who bypasses row security',
    ]);
  });

  test('does not go with a materialized view', async () => {
    expect(await leaks('app.digest')).toBe(true);
    expect(found('row-security-not-carried')).toEqual(['app.digest']);
  });

  test('the tenant is missed where single rows come without it, not where they are counted', () => {
    expect(found('tenant-column-lost')).toEqual(['app.nobodys']);
  });

  test('the fix ends it', async () => {
    const [finding] = findings.filter(({ ruleId, relation }) => ruleId === 'row-security-lost-in-view' && relation === 'app.by_owner');
    const sql = /ALTER VIEW [^;]*;/.exec(finding?.fix ?? '')?.[0] ?? '';
    expect(sql).toBe('ALTER VIEW app.by_owner SET (security_invoker = true);');
    await server.run(sql);
    expect(await leaks('app.by_owner')).toBe(false);
  });
});
