import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tidemarkHere as tidemark } from './in-process.js';

const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-impact-'));
const estate = fileURLToPath(new URL('../../fixtures/estate', import.meta.url));
const ESTATE = ['--bundle', path.join(estate, 'estate.tidemark'), '-c', path.join(estate, 'tidemark.yaml')];

/** Writes a file and gives its name, as it is called from the folder of the test. */
function file(name: string, text: string): string {
  const place = path.join(folder, name);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, text);
  return name;
}

beforeAll(() => {
  file('schema.sql', "CREATE TABLE app.permit (permit_id bigint PRIMARY KEY, state text NOT NULL CHECK (state IN ('APPLIED', 'GRANTED')), holder text);\n");
  file('boards/granted.sql', "-- title: Granted permits\nSELECT count(*) FROM app.permit WHERE state = 'GRANTED';\n");
  file('hostile/x.sql', '-- title: x\nSELECT holder AS "@everyone <img src=x>" FROM app.permit;\n');
  file('boards/open.sql', "SELECT count(*) FROM app.permit WHERE state <> 'GRANTED';\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function impact(args: readonly string[], columns = '100'): Promise<{ stdout: string; stderr: string; code: number | null }> {
  return tidemark(['impact', ...args, '--no-progress'], { cwd: folder, env: { COLUMNS: columns, LANG: 'C.UTF-8' } });
}

const DDL = ['--ddl', 'schema.sql', '--dashboards', 'boards'];

describe('on the example estate', () => {
  test('a dropped CHECK parts two definitions of cancelled orders', async () => {
    const { stdout, code } = await impact([file('cancelled.sql', 'ALTER TABLE shop.orders DROP CONSTRAINT orders_cancelled_at_check;\n'), ...ESTATE, '--format', 'json']);
    const { impacts, changes } = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(impacts).toMatchObject([{ effect: 'unproved', thing: { kind: 'metric', name: 'Cancelled orders' } }]);
    expect(changes).toMatchObject([{ phase: 'with-consumers', waitsFor: ['Cancelled orders'] }]);
  }, 60_000);

  test('a dropped column reaches cards through the contract views', async () => {
    const { stdout, code } = await impact([file('region.sql', 'ALTER TABLE app.case_file DROP COLUMN region_code;\n'), ...ESTATE, '--format', 'json']);
    const { impacts }: { impacts: { effect: string; thing: { name: string }; through: string[] }[] } = JSON.parse(stdout);
    expect(code).toBe(1);
    const breaks = impacts.filter(({ effect }) => effect === 'breaks').map(({ thing }) => thing.name);
    expect(breaks).toEqual(expect.arrayContaining(['metabase card 102 Open cases by region', 'integration.v_case_opened_v1', 'estate_cdc', 'role case_app']));
    expect(impacts.find(({ thing }) => thing.name === 'role warehouse_loader')?.through).toEqual(['integration.v_case_opened_v1']);
  }, 60_000);

  test('a new status is swept in by one card and missed by another', async () => {
    const values = "('OPEN', 'IN_REVIEW', 'ESCALATED', 'SUSPENDED', 'CLOSED', 'CANCELLED', 'DUPLICATE')";
    const sql = `ALTER TABLE app.case_file DROP CONSTRAINT case_file_status_check, ADD CONSTRAINT case_file_status_check CHECK (status IN ${values});\n`;
    const { stdout } = await impact([file('status.sql', sql), ...ESTATE, '--format', 'json']);
    const { impacts }: { impacts: { effect: string; thing: { name: string }; sentence: string; confidence: number }[] } = JSON.parse(stdout);
    const told = impacts.filter(({ effect, confidence }) => effect === 'meaning' && confidence >= 0.5).map(({ thing, sentence }) => `${thing.name}: ${sentence}`);
    expect(told).toEqual(expect.arrayContaining([
      "metabase card 101 Open cases: 'SUSPENDED' is counted in without being named: status <> 'CLOSED'",
      "grafana panel Operations floor / Open cases: 'SUSPENDED' is not counted in: status in ('OPEN', 'IN_REVIEW', 'ESCALATED')",
    ]));
  }, 60_000);

  test('an index hits nobody, and it is said what was looked at', async () => {
    const { stdout, code } = await impact([file('index.sql', 'CREATE INDEX orders_created ON shop.orders (created_at);\n'), ...ESTATE, '--quiet']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Nothing that reads the store notices this change: \d+.consumers and \d+.views were looked at\.\n/);
  }, 60_000);
});

describe('without a store', () => {
  test('the schema and the dashboards are files', async () => {
    const { stdout, code } = await impact([file('grow.sql', "ALTER TABLE app.permit DROP CONSTRAINT permit_state_check;\nALTER TABLE app.permit ADD CONSTRAINT permit_state_check CHECK (state IN ('APPLIED', 'GRANTED', 'REVOKED'));\n"), ...DDL]);
    expect(stdout.replace(/^tidemark .*\n/, '').replaceAll('\u00a0', ' ')).toMatchInlineSnapshot(`
      "
      1 card answers something else without failing.

      3   changes the values of app.permit.state: + REVOKED
          grow.sql:2 · only once its readers have decided
          ▲ changes   boards/open.sql open · boards · no known owner
                      'REVOKED' is counted in without being named: state <> 'GRANTED'
                    → decide whether 'REVOKED' belongs to it; if not, name it there
          1 more may want to know, as 'REVOKED' is not counted in: state = 'GRANTED': boards/granted.sql
          Granted permits

      Changes that nobody notices
      1   drops permit_state_check of app.permit: nobody that was looked at notices it: 2 consumers and 0
          views; no statistics were there to tell who else does
      2   adds permit_state_check to app.permit: nothing that reads notices it

      A safe order
        now: 1 and 2
        3 only once its readers have decided: boards/open.sql open

      Tell
        - nobody is known to own these (1 changes): boards/open.sql open on boards

      Assumed, because the configuration does not say
        - the schema before is that of schema.sql, and every dashboard is taken to read it
        - queries without a connection taken for store schema: it names no connection
        - zones on schema by guess: app → internal

      Looked at  1 file · 2 consumers · 0 views
      "
    `);
    expect(code).toBe(1);
  }, 60_000);

  test('a comment for a pull request gives no text a meaning', async () => {
    const args = ['--ddl', 'schema.sql', '--dashboards', 'hostile'];
    const { stdout, code } = await impact([file('drop|`holder`.sql', 'ALTER TABLE app.permit DROP COLUMN holder;\n'), ...args, '--format', 'markdown']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^### tidemark impact: schema\n\n\*\*/);
    expect(stdout).not.toMatch(/<img|[^\\]`holder/);
  }, 60_000);

  test('a block that nobody can read leaves it open', async () => {
    const { stdout, code } = await impact([file('block.sql', "DO $$ BEGIN EXECUTE 'DROP TABLE app.' || 'permit'; END $$;\n"), ...DDL, '--format', 'ndjson']);
    expect(code).toBe(3);
    const records = stdout.trimEnd().split('\n').map((line): { type: string } => JSON.parse(line));
    expect(records.map(({ type }) => type)).toEqual(expect.arrayContaining(['impact-report', 'unknown']));
  }, 60_000);

  test('no personal value and no password of a migration is repeated', async () => {
    const sql = "UPDATE app.permit SET holder = 'anna.berg@example.org' WHERE holder = 'a.berg@example.org';\nCREATE ROLE desk LOGIN PASSWORD 'opensesame-9431';\nSELECT app.notify('anna.berg@example.org');\n";
    for (const format of ['text', 'json', 'markdown']) {
      const { stdout, stderr } = await impact([file('values.sql', sql), '--ddl', 'schema.sql', '--dashboards', 'hostile', '--format', format]);
      expect(stdout).toContain('app.permit');
      expect(stdout + stderr).not.toMatch(/berg@|opensesame/);
    }
  }, 180_000);

  test('--fail-for and --fail-on say what counts', async () => {
    const grow = 'grow.sql';
    expect((await impact([grow, ...DDL, '--fail-for', 'breaks', '--quiet'])).code).toBe(0);
    expect((await impact([grow, ...DDL, '--fail-on', 'never', '--quiet'])).code).toBe(0);
  }, 60_000);

  test('a folder is read in its order, from a version on', async () => {
    file('flyway/V1__permit.sql', 'CREATE TABLE app.permit (permit_id bigint);\n');
    file('flyway/V2__holder.sql', 'ALTER TABLE app.permit DROP COLUMN holder;\n');
    file('flyway/V10__state.sql', 'ALTER TABLE app.permit RENAME COLUMN state TO phase;\n');
    file('flyway/readme.txt', 'no migration');
    const { stdout } = await impact(['flyway', '--since', '1', ...DDL, '--format', 'json']);
    expect(JSON.parse(stdout).files.map(({ version }: { version: string }) => version)).toEqual(['V2', 'V10']);
  }, 60_000);
});

describe('what could not be looked at', () => {
  test('a file of a folder that is no text costs itself only', async () => {
    file('mixed/V1__holder.sql', 'ALTER TABLE app.permit DROP COLUMN holder;\n');
    file('mixed/V2__dump.sql', 'PGDMP\u0000\u0001\u0000 ALTER TABLE app.permit DROP COLUMN state;\n');
    const { stdout, code } = await impact(['mixed', ...DDL, '--format', 'json']);
    const { changes, gaps } = JSON.parse(stdout);
    expect(code).toBe(3);
    expect(changes).toMatchObject([{ kind: 'column-dropped', column: 'holder' }]);
    expect(gaps).toMatchObject([{ subject: 'mixed/V2__dump.sql', missing: 'what the migration changes', cause: 'mixed/V2__dump.sql is no text: it holds zero bytes' }]);
  }, 60_000);

  test('a schema without anyone who reads it is not taken for one that nobody reads', async () => {
    const { stdout, code } = await impact([file('drop.sql', 'ALTER TABLE app.permit DROP COLUMN holder;\n'), '--ddl', 'schema.sql']);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^Whether anything is hit is not known: 1 thing could not be looked at\./m);
    expect(stdout).toContain('who reads schema: there are no dashboards, no code and no statistics of it');
  }, 60_000);

  test('what has no version stays when only later versions are asked for', async () => {
    file('repeat/V1__permit.sql', 'CREATE TABLE app.extra (id bigint);\n');
    file('repeat/V3__holder.sql', 'ALTER TABLE app.permit DROP COLUMN holder;\n');
    file('repeat/R__open.sql', 'CREATE OR REPLACE VIEW app.open_permit AS SELECT permit_id FROM app.permit;\n');
    const { stdout } = await impact(['repeat', '--since', '2', ...DDL, '--format', 'json']);
    expect(JSON.parse(stdout).files.map((one: { path: string }) => one.path)).toEqual(['repeat/V3__holder.sql', 'repeat/R__open.sql']);
  }, 60_000);
});

describe('wrong usage is refused with the next step', () => {
  test.each([
    ['a tool that is not known', ['x.sql', '--tool', 'flywy'], "--tool does not take 'flywy'; did you mean 'flyway'?\n  --tool takes: sql, rails, django, flyway, liquibase, alembic, dbmate, goose, knex, prisma"],
    ['no migration', [], "missing required argument 'migration'\n  tidemark impact --help lists its flags"],
    ['a version where files have none', ['plain.sql', '--since', 'V9'], '--since needs migrations with versions, and these have none\n  name the files that are to be deployed'],
    ['a store that is not there', ['plain.sql', '--store', 'prod'], "there is no store named 'prod'\n  stores: schema"],
    ['DDL and a bundle', ['plain.sql', '--bundle', 'x.tidemark'], '--ddl is the schema in place of a store: a bundle or a store cannot be named besides\n  with --ddl only --dashboards says who reads it'],
    ['a folder without migrations', ['empty'], 'there is no migration in empty\n  name files of SQL, or the folder of a tool such as db/migrate or migrations'],
  ])('%s', async (_, args, message) => {
    mkdirSync(path.join(folder, 'empty'), { recursive: true });
    file('plain.sql', 'SELECT 1;\n');
    const { stderr, code, stdout } = await impact([...args, ...(args.length === 0 ? [] : DDL)]);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `tidemark: ${message}\n` });
  }, 60_000);
});
