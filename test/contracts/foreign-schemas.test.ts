import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../src/cli/demo/postgres-server.js';
import type { ScratchEngine } from '../../src/model/scratch-engine.js';
import { scratchEngine } from '../../src/scratch/index.js';
import { cardOf, consumerOf, proposed } from './support.js';

const LONG = 'shipment_of_hazardous_goods_that_needs_a_permit_of_the_harbour';

/** A library whose tables an ORM named, and a carrier with the same table in two schemas; nothing of it is made for outsiders. */
const DDL = `
  CREATE TABLE "Member" ("memberId" integer PRIMARY KEY, "displayName" text NOT NULL, "homeBranch" integer NOT NULL, "isActive" boolean NOT NULL);
  CREATE TABLE "order" (id integer PRIMARY KEY, "user" integer REFERENCES "Member" ("memberId"), "select" text NOT NULL, "group" text, "limit" integer, "deletedAt" timestamptz);
  CREATE TABLE loan (loan_id integer PRIMARY KEY, member_id integer NOT NULL REFERENCES "Member" ("memberId"), lent_on date NOT NULL, returned_on date, fee numeric NOT NULL);
  CREATE TABLE "weird""quote" (a integer PRIMARY KEY, "b""c" text, "Ü" integer);
  CREATE VIEW open_loan AS SELECT loan_id, member_id, lent_on FROM loan WHERE returned_on IS NULL;
  CREATE SCHEMA core; CREATE SCHEMA billing;
  CREATE TABLE core.invoice (id integer PRIMARY KEY, note text);
  CREATE TABLE billing.invoice (id integer PRIMARY KEY, currency char(3) NOT NULL, total numeric(14,2) NOT NULL, is_deleted boolean NOT NULL);
  CREATE TABLE core.${LONG} (id integer PRIMARY KEY, weight integer);
`;
const ROWS = `
  INSERT INTO "Member" SELECT n, 'M' || n, n % 3, n % 4 <> 0 FROM generate_series(1, 30) n;
  INSERT INTO "order" SELECT n, n % 30 + 1, 's' || n % 4, CASE WHEN n % 5 > 0 THEN 'g' || n % 3 END, n % 7, CASE WHEN n % 6 = 0 THEN now() END FROM generate_series(1, 60) n;
  INSERT INTO loan SELECT n, n % 30 + 1, date '2026-01-01' + n, CASE WHEN n % 3 = 0 THEN date '2026-03-01' + n END, n % 4 FROM generate_series(1, 90) n;
  INSERT INTO "weird""quote" SELECT n, 'b' || n % 3, n FROM generate_series(1, 9) n;
  INSERT INTO core.invoice SELECT n, 'note ' || n FROM generate_series(1, 20) n;
  INSERT INTO billing.invoice SELECT n, (ARRAY['EUR', 'CHF'])[n % 2 + 1], n * 1.5, n % 8 = 0 FROM generate_series(1, 60) n;
  INSERT INTO core.${LONG} SELECT n, n * 2 FROM generate_series(1, 9) n;
`;

const MOVED = {
  'Members by branch': 'SELECT "homeBranch", count(*) AS "How many" FROM "Member" WHERE "isActive" GROUP BY "homeBranch" ORDER BY 1',
  'Reserved words': 'SELECT o."select", o."group", max(o."limit") AS "limit" FROM public."order" AS o WHERE o."deletedAt" IS NULL GROUP BY 1, 2 ORDER BY 1, 2',
  'Columns with schema': 'SELECT public."order"."select", public."order".id FROM public."order" WHERE public."order"."deletedAt" IS NULL ORDER BY 2',
  'Quotes in names': 'SELECT "b""c", sum("Ü") FROM "weird""quote" GROUP BY "b""c" ORDER BY 1',
  'Own name hidden': 'WITH loan AS (SELECT * FROM public.loan WHERE fee > 0) SELECT count(*) FROM loan',
  'A chain': 'WITH RECURSIVE c AS (SELECT loan_id, 1 AS depth FROM loan WHERE loan_id <= 3 UNION ALL SELECT l.loan_id, c.depth + 1 FROM loan l JOIN c ON l.loan_id = c.loan_id + 25 AND c.depth < 4) SELECT * FROM c ORDER BY 1, 2',
  'Latest loan': 'SELECT m."memberId", x.lent_on FROM "Member" m LEFT JOIN LATERAL (SELECT l.lent_on FROM loan l WHERE l.member_id = m."memberId" ORDER BY l.lent_on DESC LIMIT 1) x ON true ORDER BY 1',
  'Swapped names': 'SELECT lent_on AS fee, fee AS lent_on FROM loan ORDER BY fee, lent_on LIMIT 5',
  'A view': 'SELECT count(*) FROM open_loan',
  'Two invoices': 'SELECT b.id, c.note FROM billing.invoice b JOIN core.invoice c ON c.id = b.id WHERE NOT b.is_deleted ORDER BY 1',
  'Two invoices by name': 'SELECT invoice.id FROM billing.invoice WHERE NOT is_deleted UNION SELECT invoice.id FROM core.invoice ORDER BY 1',
  'Padded text': "SELECT currency = 'EUR ' AS euro, max(total)::text FROM billing.invoice WHERE NOT is_deleted GROUP BY 1 ORDER BY 1",
  'A long name': `SELECT sum(${LONG}.weight) FROM core.${LONG}`,
};

/** What a view does not give, or what the engine does not take of one. */
const LEFT = {
  'Grouped by its key': ['SELECT l.*, count(o.id) FROM loan l LEFT JOIN "order" o ON o."user" = l.member_id GROUP BY l.loan_id', /^the engine takes it no longer on a view: .*must appear in the GROUP BY clause/],
  'By chance': ['SELECT count(*) FROM loan TABLESAMPLE SYSTEM (100)', /^it takes rows by chance \(TABLESAMPLE\), which no view allows$/],
  'System columns': ['SELECT ctid, loan_id FROM loan', /^it uses ctid, which is no column of public\.loan$/],
  'Whole rows': ['SELECT row_to_json(l) FROM loan l', /^it uses whole rows of public\.loan as values$/],
} as const;

let server: PostgresServer;
let client: pg.Client;
let engine: ScratchEngine;

beforeAll(async () => {
  server = await startPostgres({});
  client = new pg.Client({ connectionString: server.superuserUrl });
  await client.connect();
  await client.query(DDL);
  await client.query(ROWS);
  engine = scratchEngine('pglite');
});

afterAll(async () => {
  await engine.close();
  await client.end();
  await server.stop();
});

async function rows(sql: string): Promise<unknown> {
  const { fields, rows: found } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
  return [fields.map(({ name, dataTypeID }) => [name, dataTypeID]), found];
}

test('names as an ORM writes them, one table name in two schemas, no schema of contracts: every script runs, every rewrite gives the same rows', async () => {
  const left = Object.entries(LEFT).map(([title, [sql]]) => cardOf(title, sql));
  const proposals = await proposed({ ddl: DDL, queries: [...Object.entries(MOVED).map(([title, sql]) => cardOf(title, sql)), ...left], scratch: () => engine.open() });
  for (const { create, registryTable, registryRow } of proposals) {
    // Each script alone, in any order, as a person runs them.
    for (const sql of [create, registryTable ?? '', registryRow]) await client.query(sql);
  }
  const views = proposals.map(({ view }) => view);
  expect(views).toContain('integration.v_billing_invoice_v1');
  expect(views).toContain('integration.v_core_invoice_v1');
  expect(views.filter((view) => Buffer.byteLength(view.slice('integration.'.length)) > 63)).toEqual([]);
  for (const [title, before] of Object.entries(MOVED)) {
    const { after, verdict } = consumerOf(proposals, title);
    expect([title, verdict?.verdict]).toEqual([title, expect.stringMatching(/^equal/)]);
    expect([title, await rows(after ?? '')]).toEqual([title, await rows(before)]);
  }
  for (const [title, [, reason]] of Object.entries(LEFT)) {
    const { after, unchanged } = consumerOf(proposals, title);
    expect([title, after]).toEqual([title, null]);
    expect(unchanged).toMatch(reason);
  }
  const registered = await client.query<{ contract_name: string }>('SELECT contract_name FROM integration.data_contract_registry');
  expect(registered.rows).toHaveLength(proposals.length);
}, 120_000);
