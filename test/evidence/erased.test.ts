import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findErased, type ErasedReport } from '../../src/evidence/erased/find.js';
import { keyForm } from '../../src/evidence/erased/key.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { catalogsOf, moved, opened, personal, warehouseFile, type OpenedStore } from './estate.js';

/**
 * A regulator with applicants, officers and a few tables beside. In production rows were deleted, marked and asked to be erased after
 * the warehouse had copied them.
 */
const APPLICANTS = 2_000;
const SECRET = createHash('sha256').update('one run').digest('hex');

let server: TestServer;
let warehouse: Awaited<ReturnType<typeof warehouseFile>>;
let production: OpenedStore;
let analytics: OpenedStore;
let report: ErasedReport;

beforeAll(async () => {
  server = await startServer(bundledServer());
  const person = "SELECT g, 'p' || g || '@example.org', NULL FROM generate_series(1, %) g".replace('%', String(APPLICANTS));
  await server.run([
    'CREATE SCHEMA app',
    'CREATE TABLE app.applicant (applicant_id bigint PRIMARY KEY, email text, erased_at timestamptz)', `INSERT INTO app.applicant ${person}`,
    // Erased: 7 rows are gone, 3 are marked; later rows have not reached the warehouse.
    'DELETE FROM app.applicant WHERE applicant_id IN (11, 222, 333, 1444, 1555, 1666, 1999)',
    'UPDATE app.applicant SET erased_at = now() WHERE applicant_id IN (5, 6, 1000)',
    "INSERT INTO app.applicant SELECT g, 'new' || g || '@example.org', NULL FROM generate_series(5001, 5100) g",
    'CREATE TABLE app.officer (id uuid PRIMARY KEY, name text NOT NULL)', "INSERT INTO app.officer SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(g + 2560), 12, '0'))::uuid, 'Officer ' || g FROM generate_series(1, 40) g",
    'CREATE TABLE app.erasure_request (request_id int PRIMARY KEY, officer_id uuid REFERENCES app.officer (id), completed_at timestamptz)',
    "INSERT INTO app.erasure_request SELECT 1, id, now() FROM app.officer WHERE name = 'Officer 3' UNION ALL SELECT 2, id, NULL FROM app.officer WHERE name = 'Officer 4'",
    'CREATE TABLE app.clerk (login char(12) PRIMARY KEY, full_name text)', "INSERT INTO app.clerk VALUES ('ana', 'Ana Prieto'), ('bünyamin', 'Bünyamin Kaya')",
    'CREATE TABLE app.guest (email text)', "INSERT INTO app.guest VALUES ('g@example.org')",
    'CREATE TABLE app.tenant_member (tenant int, member int, email text, PRIMARY KEY (tenant, member))', "INSERT INTO app.tenant_member VALUES (1, 12, 'a@example.org'), (11, 2, 'b@example.org')",
    'CREATE TABLE app.sealed (id int PRIMARY KEY, email text)', "INSERT INTO app.sealed VALUES (1, 's@example.org')", 'ALTER TABLE app.sealed ENABLE ROW LEVEL SECURITY',
    'ANALYZE', "CREATE ROLE tidemark LOGIN PASSWORD 'harbour' IN ROLE pg_monitor", 'GRANT USAGE ON SCHEMA app TO tidemark; GRANT SELECT ON ALL TABLES IN SCHEMA app TO tidemark',
  ]);
  warehouse = await warehouseFile([
    'CREATE SCHEMA raw; CREATE SCHEMA mart',
    `CREATE TABLE raw.applicant AS SELECT g::bigint AS applicant_id, 'p' || g || '@example.org' AS email FROM range(1, ${APPLICANTS + 1}) r(g)`,
    // Made empty where it was erased: nothing of the person is left in this row.
    'UPDATE raw.applicant SET email = NULL WHERE applicant_id = 1999',
    // Keys as text, several rows a subject, and erasure that has arrived.
    "CREATE TABLE mart.applicant_year AS SELECT g::varchar AS applicant_key, y AS year, md5('p' || g) AS email_hash FROM range(1, 500) r(g), range(2023, 2026) s(y) WHERE g NOT IN (11, 5, 6)",
    "CREATE TABLE raw.officer AS SELECT upper('00000000-0000-4000-8000-' || lpad(lower(to_hex(g + 2560)), 12, '0')) AS id, 'Officer ' || g AS name FROM range(1, 42) r(g)",
    "CREATE TABLE raw.clerk AS SELECT * FROM (VALUES ('ana', 'Ana Prieto'), ('bünyamin', 'Bünyamin Kaya'), ('çağla', 'Çağla Öz')) v(login, full_name)",
    "CREATE TABLE raw.guest AS SELECT 'g@example.org' AS email", "CREATE TABLE raw.member AS SELECT 1 AS tenant, 12 AS member, 'a@example.org' AS email UNION ALL SELECT 11, 2, 'b@example.org' UNION ALL SELECT 1, 13, 'c@example.org'",
    "CREATE TABLE raw.sealed AS SELECT 1 AS id, 's@example.org' AS email", 'CREATE VIEW mart.v_applicant AS SELECT * FROM raw.applicant', 'CREATE TABLE mart.hashed AS SELECT md5(applicant_id::varchar) AS who, email FROM raw.applicant',
  ]);
  production = await opened('postgres', 'production', server.url('postgres', 'tidemark', 'harbour'));
  analytics = await opened('duckdb', 'warehouse', warehouse.path);
  report = await findErased([production, analytics], {
    columns: [
      personal('production app.applicant.email', { copies: ['warehouse raw.applicant.email', 'warehouse mart.applicant_year.email_hash pseudonymous-weak', 'warehouse mart.v_applicant.email', 'warehouse mart.hashed.email'] }),
      personal('production app.officer.name', { kind: 'full_name', copies: ['warehouse raw.officer.name'] }),
      personal('production app.clerk.full_name', { kind: 'full_name', copies: ['warehouse raw.clerk.full_name'] }),
      personal('production app.guest.email', { copies: ['warehouse raw.guest.email'] }),
      personal('production app.tenant_member.email', { copies: ['warehouse raw.member.email'] }),
      personal('production app.sealed.email', { copies: ['warehouse raw.sealed.email'] }),
    ],
    movements: [
      moved('production app.applicant', 'warehouse raw.applicant', 'applicant_id email', 'publication cdc'),
      moved('warehouse raw.applicant', 'warehouse mart.applicant_year', 'applicant_id>applicant_key ~email>email_hash', 'dbt model applicant_year'),
      moved('warehouse raw.applicant', 'warehouse mart.v_applicant', 'applicant_id email'),
      moved('warehouse raw.applicant', 'warehouse mart.hashed', '~applicant_id>who email'),
      moved('production app.officer', 'warehouse raw.officer', 'id name'), moved('production app.clerk', 'warehouse raw.clerk', 'login full_name'),
      moved('production app.guest', 'warehouse raw.guest', 'email'), moved('production app.tenant_member', 'warehouse raw.member', 'tenant member email'), moved('production app.sealed', 'warehouse raw.sealed', 'id email'),
    ],
    catalogs: catalogsOf([production, analytics]), secret: SECRET, onProgress: () => undefined,
  });
});

afterAll(async () => {
  await Promise.all([production, analytics].map((store) => store?.session.close()));
  warehouse?.remove();
  await server?.stop();
});

function copyOf(relation: string) {
  const copy = report.checks.flatMap(({ copies }) => copies).find((one) => one.relation === relation);
  return copy && { absent: copy.absent, marked: copy.marked, subjects: copy.subjects };
}

describe('subjects that production has erased', () => {
  test('are found in a raw copy, whether their rows are gone or marked; later rows and emptied ones do not matter', () => {
    expect(copyOf('raw.applicant')).toEqual({ absent: 6, marked: 3, subjects: APPLICANTS - 1 });
    expect(report.checks.find(({ relation }) => relation === 'app.applicant')?.marks).toEqual(['column erased_at']);
  });

  test('are found over the whole way, each once, where keys are kept as text and only a hash is left', () => {
    expect(copyOf('mart.applicant_year')).toEqual({ absent: 2, marked: 0, subjects: 496 });
    const copy = report.checks.flatMap(({ copies }) => copies).find(({ relation }) => relation === 'mart.applicant_year');
    expect(copy).toMatchObject({ by: ['publication cdc', 'dbt model applicant_year'], key: ['applicant_key'], columns: [{ column: 'email_hash', kind: 'email', mask: 'pseudonymous-weak' }] });
  });

  test('are those whose request is done, not those whose request waits; UUIDs are equal in any spelling', () => {
    expect(copyOf('raw.officer')).toEqual({ absent: 1, marked: 1, subjects: 41 });
    expect(report.checks.find(({ relation }) => relation === 'app.officer')?.marks).toEqual(['table app.erasure_request']);
  });

  test('are told by padded and by composed keys', () => {
    expect(copyOf('raw.clerk')).toEqual({ absent: 1, marked: 0, subjects: 3 });
    expect(copyOf('raw.member')).toEqual({ absent: 1, marked: 0, subjects: 3 });
  });

  test('are not searched where rows cannot be told apart, are hidden, or are read through a view; this is said', () => {
    expect(copyOf('mart.v_applicant')).toBeUndefined();
    expect(report.gaps).toEqual([
      {
        subject: 'warehouse', missing: 'whether erased subjects of app.applicant are still in mart.hashed', cause: 'its rows do not carry the key of app.applicant (applicant_id) as it was',
        remedy: 'Carry the key along, or check erasure there by hand.', severity: 'partial',
      },
      {
        subject: 'warehouse', missing: 'whether erased subjects of app.guest are still in raw.guest', cause: 'app.guest has no primary key and no unique key that is never null',
        remedy: 'Declare the key of the subjects in the database.', severity: 'partial',
      },
      {
        subject: 'production', missing: 'which subjects app.sealed holds', cause: 'row-level security hides rows of it from tidemark',
        remedy: 'Let a role that sees all rows ask (ALTER ROLE tidemark BYPASSRLS, or a policy with USING (true) for it).', severity: 'partial',
      },
    ]);
  });

  test('are told without a key, a name or an address on the way', () => {
    const travelled = [...production.received, ...analytics.received].filter((answer) => !answer.includes('QUERY PLAN'));
    expect(travelled.filter((answer) => !/^[[\]{},":\d]*$/.test(answer.replaceAll(/bucket|keys|total|gone|digests|true|false/g, '')))).toEqual([]);
    // What the warehouse would give for one key without the secret.
    const plain = BigInt(`0x${createHash('md5').update('11').digest('hex').slice(0, 15)}`).toString();
    expect(travelled.join('')).not.toContain(plain);
    expect(analytics.sent.join('\n')).not.toMatch(/p\d+@example/);
  });

  test('read the copy before production', () => {
    const asked = [...analytics.sent, ...production.sent];
    expect(asked.length).toBeGreaterThan(4);
    expect(analytics.sent.filter((sql) => sql.includes('"applicant"')).length).toBe(2);
  });
});

describe('what is hardly a copy', () => {
  test('is not told as full of erased subjects, but as not compared', async () => {
    const file = await warehouseFile(['CREATE SCHEMA raw', "CREATE TABLE raw.other AS SELECT (9000 + g)::int AS applicant_id, 'x' AS email FROM range(30) r(g)"]);
    const stores = [production, await opened('duckdb', 'elsewhere', file.path)];
    const { checks, unknown, gaps } = await findErased(stores, {
      columns: [personal('production app.applicant.email', { copies: ['elsewhere raw.other.email'] })], movements: [moved('production app.applicant', 'elsewhere raw.other', 'applicant_id email')],
      catalogs: catalogsOf(stores), secret: SECRET, onProgress: () => undefined,
    });
    await stores[1]?.session.close();
    file.remove();
    expect({ checks, unknown }).toEqual({ checks: [], unknown: 1 });
    expect(gaps.map(({ cause }) => cause)).toEqual(['none of its 30 subjects are in production, so it is hardly a copy of it']);
  });
});

describe('keys', () => {
  test.each([
    ['bigint', 'integer'], ['integer', 'integer'], ['numeric(12,0)', 'integer'], ['DECIMAL(18,0)', 'integer'], ['UHUGEINT', 'integer'], ['uuid', 'uuid'], ['UUID', 'uuid'], ['character varying(40)', 'text'], ['character(12)', 'text'], ['VARCHAR', 'text'],
    ['numeric(12,2)', null], ['double precision', null], ['jsonb', null], ['timestamp with time zone', null], ['bytea', null],
  ])('of type %s are compared as %s', (type, form) => expect(keyForm(type)).toBe(form));

  test('are found whatever they hold, for both engines alike', async () => {
    const texts = [...new Set(fc.sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), 120).map((text) => text.replaceAll('\0', '').trim()).filter((text) => text !== ''))];
    const values = texts.map((text, at) => `('${text.replaceAll("'", "''")}', ${at})`).join(', ');
    await server.run(['CREATE TABLE app.any_key (k text PRIMARY KEY, email int)', `INSERT INTO app.any_key VALUES ${values}`, 'DELETE FROM app.any_key WHERE email < 3', 'GRANT SELECT ON app.any_key TO tidemark']);
    const file = await warehouseFile(['CREATE SCHEMA raw', `CREATE TABLE raw.any_key AS SELECT * FROM (VALUES ${values}) v(k, email)`]);
    const stores = [await opened('postgres', 'production', server.url('postgres', 'tidemark', 'harbour')), await opened('duckdb', 'warehouse', file.path)];
    const { checks, gaps } = await findErased(stores, {
      columns: [personal('production app.any_key.email', { copies: ['warehouse raw.any_key.email'] })], movements: [moved('production app.any_key', 'warehouse raw.any_key', 'k email')],
      catalogs: catalogsOf(stores), secret: SECRET, onProgress: () => undefined,
    });
    await Promise.all(stores.map(({ session }) => session.close()));
    file.remove();
    expect(gaps).toEqual([]);
    expect(checks[0]?.copies[0]).toMatchObject({ absent: 3, marked: 0, subjects: texts.length });
  });
});
