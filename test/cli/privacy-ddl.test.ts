import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { tidemarkHere as tidemark } from './in-process.js';
import { shell } from './tidemark.js';

const SCHEMA = `
-- A regulator's applicants. Order matters: create table zebra (a int) in a comment is none.
CREATE SCHEMA app;
CREATE TABLE app.visit (visit_id bigint PRIMARY KEY, note text, visited_at timestamptz);
CREATE TABLE app.applicant (
  applicant_id bigint PRIMARY KEY,
  full_name text NOT NULL,
  email varchar(254),
  email_verified boolean,
  internal_ref text,
  support_mail text,
  password_hash text
);
COMMENT ON COLUMN app.applicant.internal_ref IS 'PII: passport number of the applicant';
COMMENT ON COLUMN app.applicant.support_mail IS 'no personal data: a shared mailbox';
SECURITY LABEL FOR anon ON COLUMN app.visit.note IS 'MASKED WITH FUNCTION anon.fake_address()';
CREATE TABLE product (product_id int, name text, email_template_id bigint);
`;

const line = z.strictObject({
  schema: z.string(), table: z.string(), column: z.string(), type: z.string(), pii: z.boolean(), kind: z.string().nullable(), confidence: z.number().min(0).max(1), reasons: z.array(z.string()),
});
const linesOf = (stdout: string) => stdout.split('\n').filter((text) => text !== '').map((text) => line.parse(JSON.parse(text)));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-privacy-ddl-'));
  writeFileSync(path.join(folder, 'schema.sql'), SCHEMA);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const privacy = (...args: string[]) => tidemark(['privacy', ...args], { cwd: folder });

describe('tidemark privacy --ddl', () => {
  test('says what every column holds, a line each, in the order of the DDL', async () => {
    const { stdout, stderr, code } = await privacy('--ddl', 'schema.sql', '--format', 'ndjson');
    const lines = linesOf(stdout);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines.map(({ schema, table, column, kind }) => `${schema}.${table}.${column} ${kind ?? '-'}`)).toEqual([
      'app.visit.visit_id -',
      'app.visit.note street_address',
      'app.visit.visited_at -',
      'app.applicant.applicant_id -',
      'app.applicant.full_name full_name',
      'app.applicant.email email',
      'app.applicant.email_verified -',
      'app.applicant.internal_ref passport',
      'app.applicant.support_mail -',
      'app.applicant.password_hash password',
      'public.product.product_id -',
      'public.product.name -',
      'public.product.email_template_id -',
    ]);
    expect(lines.every(({ pii, kind }) => pii === (kind !== null))).toBe(true);
    expect(lines.find(({ column }) => column === 'internal_ref')).toMatchObject({ confidence: 0.99, type: 'text', reasons: ['declared by its comment: PII: passport number of the applicant'] });
    expect(lines.find(({ column }) => column === 'support_mail')).toMatchObject({ pii: false, confidence: 0, reasons: ['declared harmless by its comment: no personal data: a shared mailbox'] });
  });

  test('reads standard input, several files together, and the page says it in words', async () => {
    writeFileSync(path.join(folder, 'later.sql'), 'ALTER TABLE app.visit ADD COLUMN visitor_phone text;');
    const { stdout } = await privacy('--ddl', 'schema.sql', '--ddl', 'later.sql', '--format', 'ndjson');
    expect(linesOf(stdout).find(({ column }) => column === 'visitor_phone')).toMatchObject({ table: 'visit', pii: true, kind: 'phone' });
    const piped = await shell('tidemark privacy --ddl - < schema.sql', { cwd: folder });
    expect(piped.code).toBe(0);
    // How sure a guess is moves with every word that the dictionary learns.
    expect(piped.stdout.replaceAll(/\b0\.9\d\b/g, '0.9x')).toMatchInlineSnapshot(`
      "Of 13 columns, 5 hold personal data or secrets, in 2 tables.

      app.visit
        column  kind            confidence  type  because
        note    street_address        0.9x  text  declared by its security label: MASKED WITH FUNCTION
                                                  anon.fake_address()

      app.applicant
        column         kind       confidence  type                    because
        full_name      full_name        0.9x  text                    full_name is named like a person's
                                                                      name
        email          email            0.9x  character varying(254)  email is named like an e-mail
                                                                      address
        internal_ref   passport         0.9x  text                    declared by its comment: PII:
                                                                      passport number of the applicant
        password_hash  password         0.9x  text                    password_hash is named like a
                                                                      password or its hash
      "
    `);
  });

  test('reads the DDL of other engines', async () => {
    writeFileSync(path.join(folder, 'mysql.sql'), 'CREATE TABLE `kunde` (`kunde_id` BIGINT AUTO_INCREMENT PRIMARY KEY, `vorname` VARCHAR(80), `email_ok` TINYINT(1)) ENGINE=InnoDB;');
    const { stdout, code } = await privacy('--ddl', 'mysql.sql', '--dialect', 'mysql', '--format', 'ndjson');
    expect(code).toBe(0);
    expect(linesOf(stdout).map(({ column, kind }) => `${column} ${kind ?? '-'}`)).toEqual(['kunde_id -', 'vorname first_name', 'email_ok -']);
  });
});

describe('what is no clean DDL', () => {
  test('costs itself only, and is named', async () => {
    writeFileSync(path.join(folder, 'broken.sql'), Buffer.concat([
      Buffer.from('CREATE TABLE guest (email text, x text\u0000);\nCREATE TABEL wrong (a int);\nCREATE TABLE ok (phone text, first_name text, note '),
      Buffer.from([0xff, 0xfe, 0xe9]), Buffer.from(' text);\nCREATE TABLE attendee (email text);\n'),
    ]));
    writeFileSync(path.join(folder, 'open.sql'), "CREATE TABLE witness (full_name text);\nCOMMENT ON TABLE witness IS 'never closed;\n");
    const { stdout, stderr, code } = await privacy('--ddl', 'broken.sql', '--ddl', 'open.sql', '--ddl', 'missing.sql', '--ddl', 'schema.sql', '--format', 'ndjson');
    const lines = linesOf(stdout);
    expect(code).toBe(0);
    expect(lines.filter(({ pii }) => pii).map(({ table, column }) => `${table}.${column}`)).toEqual(expect.arrayContaining(['attendee.email', 'applicant.email', 'witness.full_name']));
    expect(stderr).toMatch(/missing\.sql: /);
    expect(stderr).toMatch(/broken\.sql:1:\d+: a NUL character stands in the text/);
    expect(stderr).toMatch(/broken\.sql:2:\d+: syntax error/);
  });

  test('of ten megabytes on one line is answered all the same', async () => {
    writeFileSync(path.join(folder, 'long.sql'), `SELECT '${'x'.repeat(10_000_000)}';\nCREATE TABLE borrower (email text);`);
    const { stdout, stderr, code } = await privacy('--ddl', 'long.sql', '--format', 'ndjson');
    expect(code).toBe(0);
    expect(linesOf(stdout).map(({ column, kind }) => [column, kind])).toEqual([['email', 'email']]);
    expect(stderr).toMatch(/characters; more than \d+ are not parsed/);
  });

  test('at all is said with exit code 3, and wrong usage with 2', async () => {
    writeFileSync(path.join(folder, 'garbage.sql'), 'lorem ipsum dolor (((');
    expect(await privacy('--ddl', 'garbage.sql', '--format', 'ndjson')).toMatchObject({ stdout: '', code: 3 });
    expect((await privacy('--ddl', 'schema.sql', '--dialect', 'postgre')).stderr).toContain("there is no dialect 'postgre'; did you mean 'postgres'?");
    expect((await privacy('--ddl', '-', '--ddl', '-')).code).toBe(2);
  });
});
