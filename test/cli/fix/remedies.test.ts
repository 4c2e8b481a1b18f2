import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { remedyOf, statementsOf } from '../../../src/cli/fix/findings/remedy.js';
import { remedyScript } from '../../../src/cli/fix/findings/script.js';
import { tidemarkHere } from '../in-process.js';

const estate = fileURLToPath(new URL('../../../fixtures/estate', import.meta.url));
const fix = (...args: string[]) => tidemarkHere(['fix', ...args, '--no-progress'], { cwd: estate });
/** What would be run, without comments. */
const active = (script: string): string[] => script.split('\n').map((line) => line.replace(/\s*--.*$/, '')).filter((line) => line !== '');

const role = { name: 'metabase_ro', superuser: false, canLogin: true, inherits: true, replication: false, bypassesRowSecurity: true, connectionLimit: null, settings: { statement_timeout: "it's" }, memberOf: [] };

describe('a statement in a fix', () => {
  test('is taken whole, strings and names in quotes with it, and nothing that asks', () => {
    const fix = `Bound it: ALTER ROLE "a;b" SET statement_timeout = '30s;'; then SELECT pg_terminate_backend(pid) FROM pg_stat_activity; and REVOKE SELECT ON app.t FROM x /* and 12 more */;`;
    expect(statementsOf({ fix })).toEqual(['ALTER ROLE "a;b" SET statement_timeout = \'30s;\';']);
  });

  test('has a way back to what the role has now', () => {
    expect(remedyOf("ALTER ROLE metabase_ro SET statement_timeout = '30s';", [], [role]).undo).toBe("ALTER ROLE metabase_ro SET statement_timeout = 'it''s';");
    expect(remedyOf("ALTER ROLE metabase_ro IN DATABASE casework SET lock_timeout = '5s';", [], [role]).undo).toBe('ALTER ROLE metabase_ro IN DATABASE casework RESET lock_timeout;');
    expect(remedyOf('ALTER ROLE metabase_ro CONNECTION LIMIT 5;', [], [role]).undo).toBe('ALTER ROLE metabase_ro CONNECTION LIMIT -1;');
    expect(remedyOf('ALTER ROLE metabase_ro NOBYPASSRLS;', [], [role])).toMatchObject({ undo: 'ALTER ROLE metabase_ro BYPASSRLS;', kind: 'right' });
    expect(remedyOf('REVOKE UPDATE, DELETE ON shop.refund FROM metabase_ro;', [], [])).toMatchObject({ undo: 'GRANT UPDATE, DELETE ON shop.refund TO metabase_ro;', kind: 'right' });
  });
});

test('names from outside end no comment of a script', () => {
  const group = { store: 'pro\nduction', subject: 'role a\nDROP TABLE app.case_file;', owner: '\u001b[31mred', notes: ['x\r\nDROP TABLE app.case_file;'], statements: [], byHand: [{ ruleId: 'r', consumer: 'c', message: 'm\nDROP SCHEMA app;', fix: 'f' }] };
  const lines = remedyScript({ schemaVersion: 1, tool: { name: 'tidemark', version: '1.0.0' }, takenAt: '2026-11-20T09:00:00Z', kind: 'guardrails', groups: [group], gaps: [], assumptions: [] });
  expect(active(lines.join('\n'))).toEqual(['BEGIN;', 'COMMIT;']);
  expect(lines.join('')).not.toContain('\u001b');
});

describe('the scripts for the estate', () => {
  test('guardrails: limits are set, rights are only named', async () => {
    const { stdout, code } = await fix('guardrails', 'estate.tidemark');
    expect(code).toBe(0);
    const statements = active(stdout);
    expect(statements).toContain("ALTER ROLE metabase_ro SET statement_timeout = '30s';");
    expect(statements.filter((sql) => !/^(BEGIN;|COMMIT;|ALTER ROLE \S+( IN DATABASE \S+)? (SET|CONNECTION LIMIT) |CREATE ROLE reports_switch NOLOGIN )/.test(sql))).toEqual([]);
    // It writes today, and would stop.
    expect(stdout).toContain('-- ALTER ROLE metabase_ro SET default_transaction_read_only = on;');
    expect(stdout).toContain('-- REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON shop.refund FROM metabase_ro;');
    expect(stdout).toContain("-- ALTER ROLE analyst_export IN DATABASE estate SET statement_timeout = '30min';");
  });

  test('privacy: a view leaves out everything personal, and its readers may read it', async () => {
    const { stdout } = await fix('privacy', 'estate.tidemark', '--relation', 'shop.customer');
    const statements = active(stdout);
    expect(statements[1]).toMatch(/^CREATE VIEW shop\.customer_public AS SELECT customer_id, customer_number, .* FROM shop\.customer;$/);
    expect(statements[1]).not.toMatch(/email|phone|full_name|birth|street|postal|password_hash/);
    expect(statements.slice(2, -1).every((sql) => /^GRANT SELECT ON shop\.customer_public TO (analyst_export|finance_reports|metabase_ro);$/.test(sql))).toBe(true);
  });

  test('semantic: a view for a metric, with whom it serves', async () => {
    const { stdout } = await fix('semantic', 'estate.tidemark', '--metric', 'Foreign orders');
    expect(active(stdout).join('\n')).toBe(`BEGIN;\nCREATE VIEW analytics_semantic.foreign_orders AS\nSELECT count(*) AS foreign_orders FROM analytics.fact_order WHERE currency_code <> 'GBP';\nCOMMIT;`);
    expect(stdout).toContain('-- serves unchanged: warehouse-reports/quarterly.sql Foreign orders');
  });

  test('a pattern that chooses nothing is answered with what there is', async () => {
    const { code, stderr } = await fix('guardrails', 'estate.tidemark', '--role', 'metabse');
    expect({ code, stderr }).toEqual({ code: 2, stderr: "tidemark: nothing to mend fits 'metabse'\n  there is: all roles of reports, analyst_export, backoffice_app, case_search, finance_reports, hightouch, metabase_ro\n" });
  });
});
