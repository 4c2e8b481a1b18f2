import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultThresholds } from '../../src/config/defaults.js';
import { exampleFacts } from '../../src/graph/example-facts.js';
import { testRules } from '../../src/rules/examples.js';
import { exampleSchemaFile, loadRules } from '../../src/rules/load.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

/** Everyone who is named in an example that prints SQL. */
const roles = ['metabase', 'metabase_ro', 'grafana', 'loader', 'analyst_ro', 'shop_app', 'svc_legacy', 'j.keller', 'hightouch', 'report_readers'];

const statement = /\b((?:ALTER ROLE|CREATE ROLE|CREATE VIEW|CREATE PUBLICATION|REVOKE|GRANT|SELECT) [^;]*);/g;

const rules = await loadRules();
const results = await testRules(rules, { statementFacts: await exampleFacts(exampleSchemaFile, defaultThresholds) });
const printed = results.flatMap(({ ruleId, finding }) => [...(finding?.fix ?? '').matchAll(statement)].map(([, sql = '']) => [ruleId, sql] as const));
const examples = rules.flatMap(({ id, examples: { bad, good } }) => [...bad, ...good].flatMap(({ name, sql }) => (sql === null ? [] : [[id, name, sql] as const])));

let server: TestServer;
let client: pg.Client;

beforeAll(async () => {
  server = await startServer(bundledServer());
  client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  await client.query(await readFile(exampleSchemaFile, 'utf8'));
  await client.query(roles.map((role) => `CREATE ROLE ${client.escapeIdentifier(role)} LOGIN;`).join('\n'));
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

/** Runs in a transaction that is taken back. */
async function tried(sql: string): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
  } finally {
    await client.query('ROLLBACK');
  }
}

describe('the SQL that fixes print is what PostgreSQL takes', () => {
  test.each(printed)('%s: %s', async (_, sql) => {
    await expect(tried(sql)).resolves.toBeUndefined();
  });

  test('most rules about roles print some', () => {
    const guardrails = rules.filter(({ subject }) => subject === 'role').map(({ id }) => id);
    expect(guardrails.filter((id) => !printed.some(([ruleId]) => ruleId === id))).toEqual([]);
  });
});

/** An example as a statement that a server can be asked about without running it on rows. */
function asked(sql: string): string {
  // COPY between client and server needs a stream; what it copies is what the example is about.
  const copied = /^COPY \((.*)\) TO/s.exec(sql)?.[1];
  if (copied !== undefined) return copied;
  if (sql.startsWith('COPY')) return sql.replace(/^COPY (\S+) \((.*)\) FROM STDIN/, 'SELECT $2 FROM $1');
  return sql.startsWith('DECLARE') ? sql : `PREPARE example AS ${sql}; DEALLOCATE example`;
}

describe('the SQL of the examples is what PostgreSQL takes, against the tables of the example schema', () => {
  test.each(examples)('%s: %s', async (_, __, sql) => {
    await expect(tried(asked(sql.trim()))).resolves.toBeUndefined();
  });
});
