import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit.js';
import { configurationFromTargets } from '../../src/config/defaults.js';
import type { Report } from '../../src/model/report.js';
import { loadRules } from '../../src/rules/load.js';
import { collectSnapshot } from '../../src/snapshot/collect.js';
import { type TestServer, installedServers, startServer } from '../support/postgres.js';

/** A payments service whose guardrails are all there, none of them where one looks first. */
const SCHEMA = fileURLToPath(new URL('payments/schema.sql', import.meta.url));
const PASSWORD = 'vault';
const SETTINGS = { temp_file_limit: "'2GB'", max_parallel_workers_per_gather: '0', idle_in_transaction_session_timeout: "'45s'", 'pg_stat_statements.track': "'all'" };
const servers = installedServers().filter(({ major }) => major === 15 || major === 18);

describe.each(servers)('a bank with strict guardrails, on PostgreSQL $major', (binaries) => {
  let server: TestServer;
  let report: Report;

  beforeAll(async () => {
    server = await startServer(binaries, { settings: SETTINGS });
    await server.run(['CREATE DATABASE payments', `CREATE ROLE auditor LOGIN PASSWORD '${PASSWORD}' IN ROLE pg_monitor`]);
    await server.run(['CREATE EXTENSION pg_stat_statements', await readFile(SCHEMA, 'utf8')], 'payments');
    await server.run('SET default_transaction_read_only = off; SELECT pg_stat_statements_reset()', 'payments');
    await work('payments_svc', async (client) => {
      for (let account = 1; account <= 60; account++) {
        // The other service is not there; that it was asked for is what counts.
        await client.query('SELECT status FROM kyc.customer_status WHERE customer_id = $1', [account]).catch(() => undefined);
        await client.query('SELECT balance_cents FROM reporting.branch_position WHERE branch_id = $1', [1 + (account % 20)]);
        await client.query('UPDATE ledger.account SET balance_cents = balance_cents + $1 WHERE account_id = $2', [5, account]);
      }
    });
    await work('qlik_bi', (client) => client.query('SELECT branch_id, sum(balance_cents) FROM reporting.v_account_v1 GROUP BY branch_id'));
    await work('powerbi_gw', (client) => client.query('SET statement_timeout = 0'));
    const { configuration } = configurationFromTargets({ postgres: [server.url('payments', 'auditor', PASSWORD)], duckdb: [], dashboards: [] });
    const snapshot = await collectSnapshot({ configuration, read: { queries: [], sources: [], gaps: [] }, environment: {}, homeDirectory: '/nonexistent' });
    report = await audit(snapshot, configuration, await loadRules(), '0.0.0');
  }, 120_000);
  afterAll(() => server.stop());

  async function work(role: string, run: (client: pg.Client) => Promise<unknown>): Promise<void> {
    const client = new pg.Client({ connectionString: server.url('payments', role, PASSWORD) });
    await client.connect();
    await run(client);
    await client.end();
  }

  test('has one gap in them: a gateway that lifts its timeout itself', () => {
    const found = report.findings.filter(({ area }) => area === 'guardrail').map(({ ruleId, consumer }) => `${ruleId} | ${consumer}`);
    expect(found).toEqual(['role-timeout-overridden | role powerbi_gw']);
  });

  test('no limit is proposed that is wider than what is there', () => {
    expect(report.findings.find(({ ruleId }) => ruleId === 'role-timeout-overridden')?.fix).toMatch(/bounds it already: CONNECTION LIMIT 4, and temp_file_limit/);
  });

  test('decides by its own read model and by another service, and by no warehouse', () => {
    expect(report.findings.filter(({ ruleId }) => ['warehouse-used-as-authority', 'application-reads-warehouse', 'mart-built-on-operational'].includes(ruleId))).toEqual([]);
  });
});
