import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../src/cli/demo/postgres-server.js';
import { writeBundle } from '../../src/snapshot/bundle.js';
import { snapshot } from './casework-snapshot.js';
import { shell, tidemark } from './tidemark.js';

const DDL = `CREATE SCHEMA app;
CREATE SCHEMA integration;
CREATE TABLE app.person (person_id bigint PRIMARY KEY, full_name text NOT NULL, email text NOT NULL, born_on date);
CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES app.person, status text NOT NULL,
  opened_at timestamptz NOT NULL, closed_at timestamptz);
CREATE VIEW integration.v_person_v1 AS SELECT person_id, md5(email) AS email_hash FROM app.person;
CREATE FUNCTION app.initials(name text) RETURNS text LANGUAGE sql AS $$ SELECT left(name, 1) $$;
`;

const CARD = `SELECT date_trunc('month', c.opened_at) AS month,
       p.email_hash, count(*) AS cases
FROM app.case_file c
JOIN integration.v_person_v1 p USING (person_id)
WHERE c.closed_at IS NULL AND c.status <> 'withdrawn'
GROUP BY 1, 2
`;

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-inspect-'));
  const files: Record<string, string | Buffer> = {
    'schema.sql': DDL,
    'card.sql': CARD,
    'broken.sql': 'SELEC status FORM app.case_file',
    'cut.sql': 'SELECT status FROM app.case_file WHERE',
    'empty.sql': '',
    'comment.sql': '-- nothing yet\n',
    'escape.sql': "SELECT status AS \"\u001b[31mred\u001b[0m\" FROM app.case_file -- \u001b]0;title\u0007\n",
    'damaged.sql': Buffer.from([...Buffer.from("SELECT '"), 0xff, ...Buffer.from("' AS mark")]),
    'binary.sql': Buffer.from([0, 1, 2, 3]),
    'unsure.sql': 'SELECT amount, shop.mystery(a.x) FROM other.a, other.b',
    'large.sql': `SELECT '${'x'.repeat(10_000_000)}'`,
    'snowflake.sql': "SELECT c.status, c.detail:reason::string AS reason FROM app.case_file c QUALIFY row_number() OVER (PARTITION BY c.person_id ORDER BY c.opened_at DESC) = 1",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  await writeBundle(path.join(folder, 'casework.tidemark'), snapshot({}));
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function inspect(...args: string[]) {
  return tidemark(['inspect', ...args], { cwd: folder, env: { COLUMNS: '100' } });
}

function stream(lines: readonly string[], flags = '') {
  writeFileSync(path.join(folder, 'questions.ndjson'), lines.join('\n'));
  return shell(`tidemark inspect --ndjson ${flags} < questions.ndjson`, { cwd: folder });
}

describe('a text for a person', () => {
  test('at 80 columns', async () => {
    const { stdout, stderr, code } = await tidemark(['inspect', 'card.sql', '--ddl', 'schema.sql'], { cwd: folder, env: { COLUMNS: '80' } });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatchInlineSnapshot(`
      "card.sql  select in postgres, understood in full: analytical work (0.86)

        1  SELECT date_trunc('month', c.opened_at) AS month,
                                      ───────────
        2         p.email_hash, count(*) AS cases
                  ────────────
        3  FROM app.case_file c
        4  JOIN integration.v_person_v1 p USING (person_id)
        5  WHERE c.closed_at IS NULL AND c.status <> 'withdrawn'
                 ╌╌╌╌╌╌╌╌╌╌╌             ╌╌╌╌╌╌╌╌
        6  GROUP BY 1, 2
                    ═  ═

        ─ shown   ═ groups   ╌ decides

      Shows
        month       app.case_file.opened_at (transformation, partial)
        email_hash  app.person.email (transformation, pseudonymous-weak)
        cases       nothing stored

      Groups by
        app.case_file.opened_at (group)
        app.person.email (group)

      Decided by
        app.case_file.closed_at (filter)
        app.case_file.person_id (join)
        app.case_file.status (filter)
        app.person.person_id (join)

      Where
        case_file.closed_at is null
        case_file.status <> 'withdrawn'

      Reads
        app.case_file
        integration.v_person_v1
        and behind them app.person

      Why analytical
        aggregates app.case_file, app.person without a key (count)
        groups the rows of app.case_file, app.person

      fingerprint e7db937e739984d9, read by libpg-query
      "
    `);
  });

  test('at 120 columns', async () => {
    const { stdout } = await tidemark(['inspect', 'card.sql', '--ddl', 'schema.sql'], { cwd: folder, env: { COLUMNS: '120' } });
    expect(stdout).toMatchInlineSnapshot(`
      "card.sql  select in postgres, understood in full: analytical work (0.86)

        1  SELECT date_trunc('month', c.opened_at) AS month,
                                      ───────────
        2         p.email_hash, count(*) AS cases
                  ────────────
        3  FROM app.case_file c
        4  JOIN integration.v_person_v1 p USING (person_id)
        5  WHERE c.closed_at IS NULL AND c.status <> 'withdrawn'
                 ╌╌╌╌╌╌╌╌╌╌╌             ╌╌╌╌╌╌╌╌
        6  GROUP BY 1, 2
                    ═  ═

        ─ shown   ═ groups   ╌ decides

      Shows
        month       app.case_file.opened_at (transformation, partial)
        email_hash  app.person.email (transformation, pseudonymous-weak)
        cases       nothing stored

      Groups by
        app.case_file.opened_at (group)
        app.person.email (group)

      Decided by
        app.case_file.closed_at (filter)
        app.case_file.person_id (join)
        app.case_file.status (filter)
        app.person.person_id (join)

      Where
        case_file.closed_at is null
        case_file.status <> 'withdrawn'

      Reads
        app.case_file
        integration.v_person_v1
        and behind them app.person

      Why analytical
        aggregates app.case_file, app.person without a key (count)
        groups the rows of app.case_file, app.person

      fingerprint e7db937e739984d9, read by libpg-query
      "
    `);
  });

  test('says what is not certain, and where', async () => {
    const { stdout, code } = await inspect('unsure.sql', '--ddl', 'schema.sql');
    expect(stdout).toMatchInlineSnapshot(`
      "unsure.sql  select in postgres, understood in part: unknown work (0)

        1  SELECT amount, shop.mystery(a.x) FROM other.a, other.b
                                       ───

        ─ shown

      Shows
        amount   nothing stored
        mystery  other.a.x (transformation, raw)

      Reads
        other.a, which the catalogue does not have
        other.b, which the catalogue does not have

      Why unknown
        reads relations that the catalogue does not know: other.a, other.b

      Not certain
        ▲ 1:8 amount could be a column of a or of b, whose columns are not known
        ▲ 1:16 the function shop.mystery is not known: what it reads is not known, and its value may be
          any of its arguments

      fingerprint d6a8ac805f535554, read by libpg-query
      "
    `);
    expect(code).toBe(0);
  });

  test('that cannot be read', async () => {
    const { stdout, code } = await inspect('broken.sql');
    expect(stdout).toMatchInlineSnapshot(`
      "broken.sql  not understood (postgres)

        1  SELEC status FORM app.case_file

      Not certain
        ✖ 1:1 syntax error at or near "SELEC"
      "
    `);
    expect(code).toBe(3);
  });

  test('that is cut off', async () => {
    const { stdout, code } = await inspect('cut.sql', '--ddl', 'schema.sql');
    expect(stdout).toMatchInlineSnapshot(`
      "cut.sql  utility in postgres, understood in part, with low confidence: unknown work (0)

        1  SELECT status FROM app.case_file WHERE

      Reads
        app.case_file

      Why unknown
        its text is cut off

      Not certain
        ✖ 1:39 the text ends in the middle of a statement

      fingerprint b7457844d4885f01, read by nothing
      "
    `);
    expect(code).toBe(0);
  });

  test('with control characters reaches the terminal without them', async () => {
    const { stdout } = await inspect('escape.sql', '--ddl', 'schema.sql', '--color', 'never');
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(stdout).toContain('app.case_file.status');
  });

  test('of a warehouse', async () => {
    const { stdout, code } = await inspect('snowflake.sql', '--dialect', 'snowflake', '--thorough');
    expect(stdout).toMatchInlineSnapshot(`
      "snowflake.sql  select in snowflake, understood in full: unknown work (0)

        1  SELECT c.status, c.detail:reason::string AS reason FROM app.case_file c QUALIFY row_number() OV
                  ────────  ────────
           ER (PARTITION BY c.person_id ORDER BY c.opened_at DESC) = 1
                            ╌╌╌╌╌╌╌╌╌╌╌          ╌╌╌╌╌╌╌╌╌╌╌

        ─ shown   ╌ decides

      Shows
        status  app.case_file.status (identity, raw)
        reason  app.case_file.detail (transformation, raw)

      Decided by
        app.case_file.opened_at (window)
        app.case_file.person_id (window)

      Where
        row_number() over (partition by person_id order by opened_at desc) = 1

      Reads
        app.case_file

      Why unknown
        reads relations that the catalogue does not know: app.case_file

      fingerprint b18cdc8950d3ea66, read by sqlparser-ts
      "
    `);
    expect(code).toBe(0);
  });
});

describe('a text for machines', () => {
  test('has the fields of the contract', async () => {
    const { stdout } = await inspect('card.sql', '--ddl', 'schema.sql', '--format', 'json');
    const { uses, diagnostics, ...rest } = JSON.parse(stdout);
    expect(rest).toMatchObject({
      schemaVersion: 1,
      status: 'parsed',
      kind: 'select',
      relations: ['app.case_file', 'integration.v_person_v1'],
      tables: ['app.case_file', 'app.person'],
      outputs: [
        { name: 'month', sources: ['app.case_file.opened_at'], mask: { 'app.case_file.opened_at': 'partial' } },
        { name: 'email_hash', sources: ['app.person.email'], mask: { 'app.person.email': 'pseudonymous-weak' } },
        { name: 'cases', sources: [], mask: {} },
      ],
      grouping: ['app.case_file.opened_at', 'app.person.email'],
      condition: ['app.case_file.closed_at', 'app.case_file.person_id', 'app.case_file.status', 'app.person.person_id'],
      workload: { class: 'analytical' },
    });
    expect(rest.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(diagnostics).toEqual([]);
    // Each use says where it stands in the text.
    const opened = uses.find((use: { column: string; kind: string }) => use.column === 'app.case_file.opened_at' && use.kind === 'shown');
    expect(CARD.slice(opened.span.start, opened.span.end)).toBe('c.opened_at');
  });
});

describe('a stream', () => {
  test('answers a line with a line, each with its own catalogue and dialect', async () => {
    const { stdout, stderr, code } = await stream([
      JSON.stringify({ id: 'a', sql: 'SELECT app.initials(full_name) AS initial FROM app.person', ddl: DDL }),
      JSON.stringify({ id: 2, sql: 'INSERT INTO mart.person (id, mail) SELECT person_id, email FROM app.person', ddl: DDL }),
      JSON.stringify({ id: 'c', dialect: 'bigquery', sql: 'SELECT * EXCEPT (email) FROM `app.person` WHERE born_on > DATE "1990-01-01"', ddl: 'CREATE TABLE app.person (person_id INT64, email STRING, born_on DATE)' }),
      JSON.stringify({ id: 'd', sql: 'SELECT nothing FROM' }),
    ]);
    const answers = stdout.trim().split('\n').map((line) => JSON.parse(line));
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(answers.map(({ id, status, kind, target, outputs }) => ({ id, status, kind, target, outputs: outputs.map(({ name, sources, mask }: { name: string; sources: string[]; mask: object }) => `${name} <- ${sources.join()} ${Object.values(mask).join()}`) }))).toEqual([
      { id: 'a', status: 'parsed', kind: 'select', target: undefined, outputs: ['initial <- app.person.full_name partial'] },
      { id: 2, status: 'parsed', kind: 'insert', target: 'mart.person', outputs: ['id <- app.person.person_id raw', 'mail <- app.person.email raw'] },
      { id: 'c', status: 'parsed', kind: 'select', target: undefined, outputs: ['person_id <- app.person.person_id raw', 'born_on <- app.person.born_on raw'] },
      { id: 'd', status: 'partial', kind: 'utility', target: undefined, outputs: [] },
    ]);
    expect(answers[2].condition).toEqual(['app.person.born_on']);
  });

  test('answers a line that asks nothing too, and says at the end how many there were', async () => {
    const { stdout, stderr, code } = await stream(['{"id": 1, "sql": ', '{"id": 2}', '{"id": 3, "sql": "SELECT 1", "dialect": "postgre"}', '', JSON.stringify({ id: 4, sql: 'SELECT 1' })]);
    const answers = stdout.trim().split('\n').map((line) => JSON.parse(line));
    expect(answers.map(({ id, status, diagnostics }) => [id, status, diagnostics[0]?.message ?? ''])).toEqual([
      [null, 'unparsed', 'the line is no JSON'],
      [2, 'unparsed', 'a line needs "id" and "sql", as in {"id": "1", "sql": "SELECT 1"}; "dialect" and "ddl" are texts where they are given'],
      [3, 'unparsed', expect.stringMatching(/^there is no dialect 'postgre'; did you mean 'postgres'\?; dialects: postgres, redshift/)],
      [4, 'parsed', ''],
    ]);
    expect(stderr).toBe('tidemark: 3 lines asked nothing that can be answered; each has an answer that says why\n');
    expect(code).toBe(2);
  });

  test('stays alive after everything that kills parsers', async () => {
    const killers: Record<string, string> = {
      parentheses: `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
      list: `SELECT status FROM app.case_file WHERE case_id IN (${Array.from({ length: 50_000 }, (_, index) => index).join(',')})`,
      long: `SELECT '${'x'.repeat(1_000_000)}' FROM app.case_file`,
      nul: 'SELECT 1\u0000, 2',
      cut: 'SELECT c.status, p.full_name FROM app.case_file c JOIN app.person p ON p.person_id = c.per',
      garbage: '%%% ;;; )( \u001b[2J SELECT',
      chain: `SELECT status FROM app.case_file WHERE ${Array.from({ length: 2_000 }, (_, index) => `case_id = ${index}`).join(' OR ')}`,
      nested: `SELECT ${'coalesce(status, '.repeat(30)}status${')'.repeat(30)} FROM app.case_file`,
      surrogate: 'SELECT \ud800 FROM app.case_file',
    };
    const dialects = ['postgres', 'snowflake', 'bigquery', 'clickhouse', 'duckdb', 'mysql', 'redshift'];
    const questions = dialects.flatMap((dialect) => Object.entries(killers).flatMap(([name, sql]) => [
      { id: `${dialect} ${name}`, dialect, sql },
      { id: `${dialect} after ${name}`, dialect, sql: 'SELECT c.status FROM app.case_file c' },
    ]));
    const { stdout, code } = await stream(questions.map((question) => JSON.stringify(question)));
    const answers = stdout.trim().split('\n').map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(answers.map(({ id }) => id)).toEqual(questions.map(({ id }) => id));
    for (const answer of answers) {
      if (String(answer.id).includes(' after ')) expect(answer, answer.id).toMatchObject({ status: 'parsed', outputs: [{ name: 'status', sources: ['app.case_file.status'] }] });
      else if (answer.status !== 'parsed') expect(answer.diagnostics[0], answer.id).toMatchObject({ message: expect.stringMatching(/\S/) });
    }
  }, 180_000);
});

describe('a catalogue that is there already', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres({});
    const client = new pg.Client({ connectionString: server.superuserUrl });
    await client.connect();
    await client.query(DDL);
    await client.end();
    const instance = await DuckDBInstance.create(path.join(folder, 'warehouse.duckdb'));
    const connection = await instance.connect();
    await connection.run('CREATE SCHEMA mart; CREATE TABLE mart."CaseFact" ("CaseId" BIGINT, status VARCHAR, opened_on DATE); CREATE MACRO mart.initial(s) AS s[1];');
    connection.closeSync();
    instance.closeSync();
  }, 90_000);

  afterAll(() => server.stop());

  test('of a live PostgreSQL', async () => {
    const { stdout, stderr, code } = await tidemark(['inspect', 'card.sql', '--postgres', server.superuserUrl.replace(/:[^:@/]*@/, '@'), '--format', 'json'], {
      cwd: folder, env: { PGPASSWORD: new URL(server.superuserUrl).password },
    });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'parsed', tables: ['app.case_file', 'app.person'] });
  });

  test('of a live DuckDB, in its dialect and its spelling', async () => {
    writeFileSync(path.join(folder, 'duck.sql'), 'FROM mart.casefact SELECT * EXCLUDE (opened_on), mart.initial(STATUS) AS i WHERE OPENED_ON > DATE \'2026-01-01\'');
    const { stdout, stderr, code } = await inspect('duck.sql', '--duckdb', 'warehouse.duckdb', '--format', 'json');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'parsed', dialect: 'duckdb', relations: ['mart.CaseFact'], condition: ['mart.CaseFact.opened_on'],
      outputs: [{ sources: ['mart.CaseFact.CaseId'] }, { name: 'status', sources: ['mart.CaseFact.status'] }, { name: 'i', sources: ['mart.CaseFact.status'] }],
    });
  });

  test('of a bundle', async () => {
    const { stdout, code } = await inspect('card.sql', '--bundle', 'casework.tidemark', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ relations: ['app.case_file', 'integration.v_person_v1'] });
    expect(code).toBe(0);
  });
});

describe('wrong usage', () => {
  test.each([
    [[], 'there is nothing to inspect\n  name a file of SQL, or - for standard input, as in tidemark inspect card.sql --ddl schema.sql'],
    [['nowhere.sql'], 'FOLDER/nowhere.sql does not exist'],
    [['card.sql', '--dialect', 'snowflak'], "there is no dialect 'snowflak'; did you mean 'snowflake'?\n  dialects: postgres, redshift, duckdb, snowflake, bigquery, clickhouse, mysql, databricks, spark, hive, trino, athena, tsql, oracle, sqlite, teradata"],
    [['card.sql', '--format', 'sarif'], "inspect has no format 'sarif'\n  text is for people, --format json for machines, --ndjson for many texts"],
    [['card.sql', '--ddl', 'schema.sql', '--bundle', 'casework.tidemark'], '--ddl and --bundle each name a catalogue\n  give one of them'],
    [['card.sql', '--bundle', 'casework.tidemark', '--store', 'produktion'], "no store of casework.tidemark is named 'produktion'; did you mean 'production'?\n  stores: production"],
    [['card.sql', '--bundle', 'card.sql'], 'FOLDER/card.sql: it is not a tidemark bundle (not gzip). Give a file that tidemark collect wrote.'],
    [['card.sql', '--ndjson'], '--ndjson reads everything from standard input\n  give each line its own "ddl" and "dialect"'],
    [['binary.sql'], 'binary.sql is no text: it holds zero bytes\n  give a file of SQL'],
    [['card.sql', '--duckdb', 'nowhere.duckdb'], 'nowhere: cannot open FOLDER/nowhere.duckdb: there is no such file. Correct the path; it counts from the working folder.'],
  ])('%j', async (args, message) => {
    const { stdout, stderr, code } = await inspect(...args);
    expect(stdout).toBe('');
    expect(stderr.replaceAll(folder, 'FOLDER')).toBe(`tidemark: ${message}\n`);
    expect(code).toBe(2);
  });

  test.each([
    ['empty.sql', 'not understood'],
    ['comment.sql', 'not understood'],
    ['damaged.sql', 'understood in full'],
    ['large.sql', 'not understood'],
  ])('%s is told, and no fault', async (file, told) => {
    const { stdout, code } = await inspect(file);
    expect(stdout).toContain(told);
    expect(code).toBe(told === 'not understood' ? 3 : 0);
  });
});
