import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { audit } from '../../src/audit.js';
import { type PostgresServer, startPostgres } from '../../src/cli/demo/postgres-server.js';
import { configurationFromTargets } from '../../src/config/defaults.js';
import type { Report } from '../../src/model/report.js';
import { loadRules } from '../../src/rules/load.js';
import { collectSnapshot } from '../../src/snapshot/collect.js';
import { readSources } from '../../src/sources/reading/read.js';

/**
 * A core bank that tidemark is told nothing about: no configuration file, every zone and purpose a guess. What is expected
 * was judged by hand, finding by finding, and each line says why it is right.
 */
const FOLDER = fileURLToPath(new URL('bank/', import.meta.url));
const PASSWORD = 'branch-office';
const DATABASE = 'corebank';
const REPORTS = 'reports/risk.sql';

const EXPECTED: readonly (readonly [finding: string, why: string])[] = [
  ['table-state-without-check |  | core.account', 'status and closed_on, and no CHECK ties them'],
  ['outbox-envelope-incomplete |  | core.outbox', 'no column says which version of its schema an event has'],
  ['analytical-on-operational | Open accounts by product | core.account', 'it reads the contract, and still counts all accounts on the core'],
  ['analytical-on-operational | Accounts direct | core.account', 'sums all accounts'],
  ['analytical-on-operational | Postings by kind in May | ledger.posting', 'a month of postings through the contract'],
  ['analytical-on-operational | May partition | ledger.posting', 'a whole partition; next month it is another one and the same finding'],
  ['analytical-on-operational | Customers by branch | core.customer', 'counts all customers'],
  ['analytical-on-operational | Fees by counterparty | ledger.posting', 'every posting of every partition'],
  ['analytical-on-operational | Balances | ledger.balance_daily', 'sums every day of every account'],
  ['analytical-spills-to-disk | Fees by counterparty | ledger.posting', 'a group for each counterparty does not fit into work_mem'],
  ['application-runs-analytics | role core_svc | ledger.posting', 'sums a month for all accounts'],
  ['dashboard-bypasses-contract | Accounts direct | core.account', 'v_account_v1 has product_code, status and balance'],
  ['dashboard-bypasses-contract | Postings of an account | ledger.posting', 'v_posting_v1 has all four columns; the lookup by account is otherwise right'],
  ['dashboard-bypasses-contract | May partition | ledger.posting', 'a partition is how the table is stored, v_posting_v1 offers the same'],
  ['dashboard-bypasses-contract | Customers by branch | core.customer', 'v_customer_v1 has branch_id'],
  ['dashboard-reads-internal | Customers by branch | core.branch', 'no view gives the name of a branch'],
  ['dashboard-reads-internal | High risk customers | core.customer', 'no view gives who a customer is, on purpose'],
  ['dashboard-reads-internal | Fees by counterparty | ledger.posting', 'v_posting_v1 leaves the counterparty out'],
  ['dashboard-reads-internal | Balances | ledger.balance_daily', 'no view of it'],
  ['loader-reads-internal | role etl_batch | core.account', 'the watermark updated_at is in no view'],
  ['loader-reads-internal | role etl_batch | core.customer', 'copies the address that v_customer_v1 leaves out'],
  ['loader-reads-internal | role etl_batch | ledger.posting', 'v_posting_v1 would do'],
  ['loader-reads-internal | role debezium | core.customer', 'the first copy of change data capture couples to the columns as any load does'],
  ['loader-reads-internal | role debezium | ledger.posting', 'the same for a partition'],
  ['personal-data-shown | High risk customers | core.customer.full_name', 'raw'],
  ['personal-data-shown | High risk customers | core.customer.national_id', 'raw'],
  ['personal-data-shown | High risk customers | core.customer.date_of_birth', 'raw'],
  ['personal-data-shown | Fees by counterparty | ledger.posting.counterparty_iban', 'the account of somebody who is no customer'],
  ['reporting-role-bypasses-row-security | role risk_report | ', 'BYPASSRLS, and it may read core.customer'],
  ['role-without-idle-in-transaction-timeout | role etl_batch | ', 'no setting of the role, none of the server'],
  ['role-without-idle-in-transaction-timeout | role debezium | ', 'the same'],
  ['role-without-lock-timeout | role risk_report | ', 'it has limits on statements and idle transactions, and none on waiting for locks'],
  ['role-without-lock-timeout | role etl_batch | ', 'no setting of the role, none of the server'],
  ['role-without-lock-timeout | role debezium | ', 'the same'],
  ['row-security-lost-in-view |  | api.v_customer_v1', 'a view of the owner of the table gives the customers of every branch to whoever may read it'],
  ['tenant-column-lost |  | core.customer_fix', 'somebody copied customers by hand, and their branch is not among the columns'],
  ['reporting-role-without-temp-limit | role risk_report | ', 'its groups by counterparty go to disk, and nothing bounds them'],
];

const workSchema = z.array(z.strictObject({ role: z.string(), times: z.number(), sql: z.string() }));

let server: PostgresServer;
let report: Report;

beforeAll(async () => {
  server = await startPostgres({});
  await query(server.superuserUrl, [`CREATE DATABASE ${DATABASE}`, `CREATE ROLE auditor LOGIN PASSWORD '${PASSWORD}' IN ROLE pg_monitor`]);
  const superuserUrl = server.superuserUrl.replace(/\/postgres(\?|$)/, `/${DATABASE}$1`);
  await query(superuserUrl, ['CREATE EXTENSION pg_stat_statements', await readFile(`${FOLDER}schema.sql`, 'utf8'), 'SELECT pg_stat_statements_reset()']);
  await runWorkload(superuserUrl);
  const { configuration } = configurationFromTargets({ postgres: [server.url('auditor', PASSWORD, DATABASE)], duckdb: [], dashboards: ['reports'] });
  const read = await readSources(configuration.sources, { baseDirectory: FOLDER });
  const snapshot = await collectSnapshot({ configuration, read, environment: {}, homeDirectory: '/nonexistent' });
  report = await audit(snapshot, configuration, await loadRules(), '0.0.0');
}, 120_000);

afterAll(() => server.stop());

async function query(connectionString: string, texts: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    for (const text of texts) await client.query(text);
  } finally {
    await client.end();
  }
}

/** Each role in a session of its own; the reports as the role of the risk department. */
async function runWorkload(superuserUrl: string): Promise<void> {
  const work = workSchema.parse(parse(await readFile(`${FOLDER}workload.yaml`, 'utf8')));
  const reports = (await readFile(`${FOLDER}${REPORTS}`, 'utf8')).split(/^-- name:.*$/m).map((text) => text.trim()).filter((text) => text !== '');
  const all = [...work, ...reports.map((sql) => ({ role: 'risk_report', times: 5, sql }))];
  for (const role of new Set(all.map((each) => each.role))) {
    const texts = all.filter((each) => each.role === role).flatMap(({ sql, times }) => Array.from({ length: times }, (_, round) => withKeys(sql, round)));
    await query(role === 'postgres' ? superuserUrl : server.url(role, PASSWORD, DATABASE), texts);
  }
}

/** `{1..500}` becomes a number of that range, another one each round. */
function withKeys(sql: string, round: number): string {
  return sql.replace(/\{(\d+)\.\.(\d+)\}/g, (_, from: string, to: string) => String(Number(from) + ((round * 7919) % (Number(to) - Number(from) + 1))));
}

describe('a core bank, audited without a configuration', () => {
  test('has exactly the findings that were judged right', () => {
    const found = report.findings.map(({ ruleId, consumer, relation }) => `${ruleId} | ${consumer.replace(`${REPORTS} `, '')} | ${relation}`);
    expect(found.sort()).toEqual(EXPECTED.map(([finding]) => finding).sort());
  });

  test('tells what each login was taken for', () => {
    expect(report.assumptions.filter((line) => line.startsWith('role '))).toEqual([
      'role core_svc on corebank is application: guessed from "svc" in its name',
      'role debezium on corebank is loader: guessed from "debezium" in its name',
      'role etl_batch on corebank is loader: guessed from "etl" in its name',
      'role flyway on corebank is administration: guessed from "flyway" in its name',
      'role nightly_dump on corebank is administration: guessed from "dump" in its name',
      'role pganalyze on corebank is administration: guessed from "pganalyze" in its name',
      'role postgres on corebank is administration: guessed from "postgres" in its name',
      'role risk_report on corebank is reporting: guessed: it runs 7 statements of dashboards and writes nothing by key',
    ]);
  });

  test('is understood whole', () => {
    expect(report.gaps).toEqual([]);
    expect(report.coverage.statements).toMatchObject({ partial: 0, unparsed: 0 });
    expect(report.coverage.columns.resolved).toBe(report.coverage.columns.total);
  });
});
