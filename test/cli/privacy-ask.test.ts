import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { tidemark } from './tidemark.js';

const PASSWORD = 'harbour';
let server: TestServer;
let folder = '';

/** A shop: customers in production, their copy and a mart in the warehouse, a report by district and gender. */
beforeAll(async () => {
  server = await startServer(bundledServer());
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-test-ask-'));
  const customer = "SELECT g, 'c' || g || '@example.org' AS email, '1960-01-01'::date + g::int AS born, CASE WHEN g <= 3 THEN '99999' ELSE '10' || (g % 7) END AS postal_code, CASE WHEN g % 2 = 0 THEN 'f' ELSE 'm' END AS gender, 'c' || g || '@example.org' AS x17, now() AS created_at";
  await server.run([
    'CREATE SCHEMA shop', 'CREATE TABLE shop.customer (customer_id int PRIMARY KEY, email text, date_of_birth date, postal_code text, gender text, x17 text, created_at timestamptz)',
    `INSERT INTO shop.customer ${customer} FROM generate_series(1, 500) g`, 'DELETE FROM shop.customer WHERE customer_id % 100 = 0',
    'CREATE TABLE shop.vault (customer_id int, card_number text)', 'CREATE EXTENSION pg_stat_statements', 'ANALYZE',
    `CREATE ROLE auditor LOGIN PASSWORD '${PASSWORD}' IN ROLE pg_monitor`, 'GRANT USAGE ON SCHEMA shop TO auditor; GRANT SELECT ON ALL TABLES IN SCHEMA shop TO auditor; REVOKE ALL ON shop.vault FROM auditor',
  ]);
  const instance = await DuckDBInstance.create(path.join(folder, 'warehouse.duckdb'));
  const connection = await instance.connect();
  await connection.run(`CREATE SCHEMA raw; CREATE TABLE raw.customer AS SELECT g::int AS customer_id, email, created_at FROM (${customer} FROM range(1, 501) r(g))`);
  connection.closeSync();
  instance.closeSync();
  const files = {
    'reports/by_district.sql': '-- name: customers_by_district\n-- owner: Marketing\nSELECT postal_code, gender, count(*) FROM shop.customer GROUP BY postal_code, gender;\n',
    'tidemark.yaml': `stores:
  - { name: production, role: operational, engine: postgres, url: "\${env:PRODUCTION_URL}" }
  - { name: warehouse, role: warehouse, engine: duckdb, url: warehouse.duckdb }
sources:
  - { path: reports, store: production }
reconcile:
  - { name: customers, source: { store: production, relation: shop.customer, time_column: created_at }, target: { store: warehouse, relation: raw.customer, time_column: created_at }, periods: 3 }
`,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.stop();
});

function privacy(...args: string[]) {
  const env = { PRODUCTION_URL: `postgres://auditor@127.0.0.1:${server.port}/postgres`, PGPASSWORD: PASSWORD, LANG: 'C.UTF-8' };
  return tidemark(['privacy', ...args], { cwd: folder, env });
}

const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);
/** What docs/privacy.md promises of `asked`. */
const asked = z.strictObject({
  sampling: z
    .strictObject({
      rows: count, relations: count, columns: count, secrets: count,
      shares: z.array(z.strictObject({ store: z.string(), schema: z.string(), table: z.string(), column: z.string(), evidence: z.array(z.strictObject({ kind: z.string(), share, distinctShare: share.nullable(), values: count })) })),
    })
    .nullable(),
  erased: z
    .strictObject({
      checks: z.array(
        z.strictObject({
          store: z.string(), relation: z.string(), key: z.array(z.string()), marks: z.array(z.string()),
          copies: z.array(z.strictObject({ store: z.string(), relation: z.string(), key: z.array(z.string()), by: z.array(z.string()), confidence: share, columns: z.array(z.strictObject({ column: z.string(), kind: z.string(), mask: z.string() })), absent: count, marked: count, subjects: count })),
        }),
      ),
      unknown: count,
    })
    .nullable(),
  smallGroups: z.strictObject({ k: count, counted: z.array(z.strictObject({ store: z.string(), relation: z.string(), columns: z.array(z.string()), consumers: z.array(z.string()), groups: count, small: count, rowsInSmall: count })), unknown: count }).nullable(),
  costs: z.array(z.strictObject({ store: z.string(), elapsed_ms: z.number(), queries: count, received_bytes: count })),
});
const answer = z.object({ asked: asked.optional(), columns: z.array(z.object({ place: z.object({ store: z.string(), relation: z.string(), column: z.string() }), kind: z.string() })), gaps: z.array(z.object({ missing: z.string(), remedy: z.string().nullable() })) });

describe('tidemark privacy asks live stores', () => {
  test('nothing where no flag says so', async () => {
    const { stdout } = await privacy('--format', 'json');
    expect(answer.parse(JSON.parse(stdout)).asked).toBeUndefined();
  });

  test('for everything at once, in JSON', async () => {
    const { stdout, code } = await privacy('--format', 'json', '--sample-values', '--erased', '--small-groups');
    expect(code).toBe(1);
    const { asked: told, columns, gaps } = answer.parse(JSON.parse(stdout));
    expect(told?.sampling).toMatchObject({ rows: 1000, secrets: 0 });
    expect(told?.sampling?.shares.find(({ column }) => column === 'x17')?.evidence).toContainEqual({ kind: 'email', share: 1, distinctShare: 1, values: 495 });
    // Its name says nothing; its values do.
    expect(columns.find(({ place }) => place.column === 'x17')?.kind).toBe('email');
    expect(told?.erased?.checks).toMatchObject([{ relation: 'shop.customer', key: ['customer_id'], copies: [{ store: 'warehouse', relation: 'raw.customer', absent: 5, marked: 0, subjects: 500 }] }]);
    expect(told?.smallGroups).toMatchObject({ k: 5, counted: [{ relation: 'shop.customer', columns: ['gender', 'postal_code'], groups: 16, small: 2, rowsInSmall: 3 }] });
    expect(gaps).toContainEqual({ missing: 'what the values of shop.vault are', remedy: 'GRANT SELECT ON shop.vault TO auditor;' });
    expect(told?.costs.map(({ store }) => store)).toEqual(['production', 'warehouse']);
    expect(stdout).not.toMatch(/@example\.org|99999/);
  });

  test('and says the consequence first, for people', async () => {
    const { stdout, code } = await privacy('--erased', '--small-groups', '10', '--sample-values', '300');
    expect(code).toBe(1);
    const section = stdout.slice(stdout.indexOf('Erased in production')).replace(/Asking cost[\s\S]*/, '').trimEnd();
    expect(section).toMatchInlineSnapshot(`
      "Erased in production and still present in 1 of 1 copy
        ✖ raw.customer on warehouse still holds 5 subjects of 500: 5 in no row of shop.customer on
          production any more
            what is left of them: email (email)
            came by a load that nothing names (inferred, 70 % sure)
            to see them, load the keys of production into production_customer_id and run: SELECT * FROM
            raw.customer t WHERE NOT EXISTS (SELECT 1 FROM production_customer_id k WHERE k.customer_id =
            t.customer_id);
        Compared by digests of keys inside the stores. A copy that was filled from elsewhere as well has
        subjects that production never had.

      Groups of fewer than 10 rows, which speak of single persons
        ▲ shop.customer on production by gender, postal_code: 2 of 16 groups (13 %), 3 rows
            grouped so by reports/by_district.sql customers_by_district
        Over all rows of the relation: filters of a consumer can only make more groups small.

      Values were checked in at most 300 rows of 2 relations, 10 columns, inside the stores; only shares
      came back."
    `);
  });

  test('in NDJSON, one object a line', async () => {
    const { stdout } = await privacy('--erased', '--small-groups', '--format', 'ndjson');
    const types = stdout.trimEnd().split('\n').map((line) => z.object({ type: z.string() }).parse(JSON.parse(line)).type);
    expect(types.filter((type) => ['erased', 'smallGroups', 'cost'].includes(type))).toEqual(['erased', 'smallGroups', 'cost', 'cost']);
  });

  test('for rows of a bundle never: it holds none', async () => {
    const { stderr, code } = await privacy('casework.tidemark', '--erased');
    expect(code).toBe(2);
    expect(stderr).toMatchInlineSnapshot(`
      "tidemark: a bundle holds no rows and no connection: --erased asks live stores
        as in tidemark privacy -c tidemark.yaml --erased
      "
    `);
  });

  test.each([['--sample-values', '0'], ['--sample-values', '10001'], ['--small-groups', '1'], ['--small-groups', 'few']])('%s %s is refused', async (...args) => {
    const { stderr, code } = await privacy(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^tidemark: ${args[0]} takes a number of rows from \\d+ to \\d+, not '${args[1]}'\n`));
  });

  test('and goes on where one cannot be opened', async () => {
    const { stdout, code } = await tidemark(['privacy', '--erased', '--small-groups', '--fail-on', 'never', '--format', 'json'], { cwd: folder, env: { PRODUCTION_URL: `postgres://auditor@127.0.0.1:${server.port}/postgres`, PGPASSWORD: 'wrong' } });
    expect(code).toBe(3);
    // Not even its catalogue could be read: which copies there are is not known, and the run says that it is blind.
    expect(answer.parse(JSON.parse(stdout)).asked?.erased).toEqual({ checks: [], unknown: 0 });
  });
});
