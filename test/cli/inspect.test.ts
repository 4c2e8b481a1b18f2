import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../src/cli/demo/postgres-server.js';
import { writeBundle } from '../../src/snapshot/bundle.js';
import { snapshot } from './casework-snapshot.js';
import { tidemarkHere as tidemark } from './in-process.js';
import { build, program, shell } from './tidemark.js';

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
    'script.sql': 'SELECT 1;\nDELETE FROM app.case_file WHERE closed_at IS NOT NULL RETURNING case_id;\nCOMMIT',
    'half.sql': 'CREATE TABEL app.task (task_id int);\nCREATE TABLE app.case_file (case_id bigint PRIMARY KEY, status text);\nCREATE TABLE app.open (a int;\nCREATE VIEW app.v AS SELECT status FROM app.case_file',
    'viewed.sql': 'SELECT status FROM app.v',
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
      "card.sql  select in postgres, understood in full; analytical (confidence 0.86)

        1  SELECT date_trunc('month', c.opened_at) AS month,
                                      ───────────
        2         p.email_hash, count(*) AS cases
                  ────────────
        3  FROM app.case_file c
        4  JOIN integration.v_person_v1 p USING (person_id)
                                                 ╌╌╌╌╌╌╌╌╌
        5  WHERE c.closed_at IS NULL AND c.status <> 'withdrawn'
                 ╌╌╌╌╌╌╌╌╌╌╌             ╌╌╌╌╌╌╌╌
        6  GROUP BY 1, 2
                    ═  ═

        ─ shown   ═ groups   ╌ decides

      Shows
        month       app.case_file.opened_at (transformation, partial)
        email_hash  app.person.email (transformation, pseudonymous-weak)
        cases       no stored column

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
        groups the rows of app.case_file, app.person by time

      fingerprint e7db937e739984d9, read by libpg-query
      "
    `);
  });

  test('at 120 columns', async () => {
    const { stdout } = await tidemark(['inspect', 'card.sql', '--ddl', 'schema.sql'], { cwd: folder, env: { COLUMNS: '120' } });
    expect(stdout).toMatchInlineSnapshot(`
      "card.sql  select in postgres, understood in full; analytical (confidence 0.86)

        1  SELECT date_trunc('month', c.opened_at) AS month,
                                      ───────────
        2         p.email_hash, count(*) AS cases
                  ────────────
        3  FROM app.case_file c
        4  JOIN integration.v_person_v1 p USING (person_id)
                                                 ╌╌╌╌╌╌╌╌╌
        5  WHERE c.closed_at IS NULL AND c.status <> 'withdrawn'
                 ╌╌╌╌╌╌╌╌╌╌╌             ╌╌╌╌╌╌╌╌
        6  GROUP BY 1, 2
                    ═  ═

        ─ shown   ═ groups   ╌ decides

      Shows
        month       app.case_file.opened_at (transformation, partial)
        email_hash  app.person.email (transformation, pseudonymous-weak)
        cases       no stored column

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
        groups the rows of app.case_file, app.person by time

      fingerprint e7db937e739984d9, read by libpg-query
      "
    `);
  });

  test('says what is not certain, and where', async () => {
    const { stdout, code } = await inspect('unsure.sql', '--ddl', 'schema.sql');
    expect(stdout).toMatchInlineSnapshot(`
      "unsure.sql  select in postgres, understood in part; analytical (confidence 0.75)

        1  SELECT amount, shop.mystery(a.x) FROM other.a, other.b
                                       ───

        ─ shown

      Shows
        amount   no stored column that is known
        mystery  other.a.x (transformation, raw)

      Reads
        other.a, which the catalogue does not have
        other.b, which the catalogue does not have

      Why analytical
        returns every row of other.a, other.b, without a key and without a limit

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

      Why unknown
        its text could not be parsed

      Not certain
        ✖ 1:1 syntax error at or near "SELEC"
      "
    `);
    expect(code).toBe(3);
  });

  test('that is cut off', async () => {
    const { stdout, code } = await inspect('cut.sql', '--ddl', 'schema.sql');
    expect(stdout).toMatchInlineSnapshot(`
      "cut.sql  utility in postgres, understood in part, with low confidence; class unknown

        1  SELECT status FROM app.case_file WHERE

      Reads
        app.case_file

      Why unknown
        its text is cut off

      Not certain
        ✖ 1:39 the text ends in the middle of a statement

      fingerprint b7457844d4885f01
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
      "snowflake.sql  select in snowflake, understood in full; analytical (confidence 0.78)

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
        No catalogue was given: names are taken as they are written. Give one with --ddl, --bundle,
        --postgres, --duckdb or --warehouse.

      Why analytical
        computes windows over app.case_file

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

describe('texts, catalogues and places to write to', () => {
  test('of several statements it says which one it shows, and what a DELETE removes and gives back', async () => {
    const { stdout, code } = await inspect('script.sql', '--ddl', 'schema.sql');
    expect(stdout).toMatchInlineSnapshot(`
      "script.sql  statement 2 of 3: delete in postgres, understood in full; operational (confidence 0.7)

        1  SELECT 1;
        2  DELETE FROM app.case_file WHERE closed_at IS NOT NULL RETURNING case_id;
                                           ╌╌╌╌╌╌╌╌╌                       ───────
        3  COMMIT

        ─ shown   ╌ decides

      Deletes from app.case_file

      Gives back
        case_id  app.case_file.case_id (identity, raw)

      Decided by
        app.case_file.closed_at (filter)

      Where
        closed_at is not null

      Reads
        app.case_file

      Why operational
        changes rows of app.case_file in place

      fingerprint 60829813119ef4a8, read by libpg-query
      "
    `);
    expect(code).toBe(0);
  });

  test('DDL that is broken costs its own statements only, each named with its line, for machines too', async () => {
    const { stdout, code } = await inspect('viewed.sql', '--ddl', 'half.sql', '--ddl', 'schema.sql', '--format', 'json');
    const { status, outputs, diagnostics } = JSON.parse(stdout);
    expect({ status, sources: outputs[0].sources, code }).toEqual({ status: 'parsed', sources: ['app.case_file.status'], code: 0 });
    expect(diagnostics.map(({ message }: { message: string }) => message)).toEqual([
      'half.sql:1:8: syntax error at or near "TABEL"',
      'half.sql:3:29: syntax error at end of input',
    ]);
  });

  test('a report goes to the file that the format names', async () => {
    const { stdout, code } = await inspect('card.sql', '--ddl', 'schema.sql', '--format', 'json:card.json');
    expect({ stdout, code }).toEqual({ stdout: '', code: 0 });
    expect(JSON.parse(readFileSync(path.join(folder, 'card.json'), 'utf8'))).toMatchObject({ status: 'parsed' });
  });

  test('what is read from a pipe with a name is the same', async () => {
    const { stdout, code } = await shell('mkfifo pipe.sql && (cat card.sql > pipe.sql &) ; tidemark inspect pipe.sql --ddl schema.sql --format json && rm pipe.sql', { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'parsed', tables: ['app.case_file', 'app.person'] });
    expect(code).toBe(0);
  });

  test.each([
    ['a pipe that nobody writes to', ['silent.sql']],
    ['standard input', ['-']],
    ['questions', ['--ndjson']],
  ])('a run that waits for %s ends when it is asked to', async (_what, args) => {
    await shell('[ -p silent.sql ] || mkfifo silent.sql', { cwd: folder });
    // A signal that comes before the run listens ends it in the way of the system: then it had more to start than time for it.
    for (let patience_ms = 1_000; ; patience_ms *= 2) {
      const child = spawn(process.execPath, [program, 'inspect', ...args], { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] });
      const ended = once(child, 'exit');
      await setTimeout(patience_ms);
      child.kill('SIGINT');
      const [code, signal] = await ended;
      if (signal === 'SIGINT') continue;
      expect(code).toBe(130);
      break;
    }
  });
});

describe('a stream', () => {
  test('is answered line by line, to who waits for each answer', async () => {
    await build();
    const child = spawn(process.execPath, [program, 'inspect', '--ndjson'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (const [index, dialect] of ['postgres', 'postgres', 'snowflake', 'clickhouse'].entries()) {
      child.stdin.write(`${JSON.stringify({ id: index, sql: `SELECT status FROM app.case_file WHERE case_id = ${index}`, dialect })}\n`);
      const { value } = await answers.next();
      expect(JSON.parse(value ?? '')).toMatchObject({ id: index, status: 'parsed', condition: ['app.case_file.case_id'] });
    }
    child.stdin.end();
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0);
  });

  test('as its document shows it', async () => {
    const document = readFileSync(new URL('../../docs/inspect.md', import.meta.url), 'utf8');
    const [question = '', answer = ''] = document.split('\n').filter((line) => line.startsWith('    {'));
    const { stdout } = await stream([question.trim()]);
    expect(JSON.parse(stdout)).toMatchObject(JSON.parse(answer));
  });

  test('ends quietly when its reader has seen enough', async () => {
    const { stdout, stderr, code } = await shell(`yes '{"id": 1, "sql": "SELECT status FROM app.case_file"}' | tidemark inspect --ndjson | head -n 2; echo "code \${PIPESTATUS[1]}"`, { cwd: folder });
    expect(stdout.trim().split('\n').map((line) => line.slice(0, 6))).toEqual(['{"cata', '{"cata', 'code 0']);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  test('a schema longer than any statement may be is read all the same', async () => {
    const tables = Array.from({ length: 12_000 }, (_, index) => `CREATE TABLE archive.case_file_${index} (case_id NUMBER, status VARCHAR(20), opened_at TIMESTAMP_NTZ, note VARCHAR);`);
    const { stdout } = await stream([JSON.stringify({ id: 1, dialect: 'snowflake', sql: 'SELECT * FROM archive.case_file_11999', ddl: tables.join('\n') })]);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'parsed', diagnostics: [], outputs: [{ name: 'case_id' }, { name: 'status' }, { name: 'opened_at' }, { name: 'note' }] });
  });

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

  test('names the relations of statements that neither read nor write rows, and shows what DELETE gives back', async () => {
    const texts = ['TRUNCATE app.case_file, app.person', 'REFRESH MATERIALIZED VIEW app.monthly', 'DELETE FROM app.person WHERE person_id = $1 RETURNING email', '-- nothing yet'];
    const { stdout } = await stream(texts.map((sql, id) => JSON.stringify({ id, sql, ddl: DDL })));
    const answers = stdout.trim().split('\n').map((line) => JSON.parse(line));
    expect(answers.map(({ status, target, relations, outputs, workload, diagnostics }) => ({ status, target, relations, shown: outputs.map(({ name }: { name: string }) => name), class: workload.class, said: diagnostics.map(({ message }: { message: string }) => message) }))).toEqual([
      { status: 'parsed', target: 'app.person', relations: ['app.case_file', 'app.person'], shown: [], class: 'operational', said: [] },
      { status: 'parsed', relations: ['app.monthly'], shown: [], class: 'analytical', said: [] },
      { status: 'parsed', target: 'app.person', relations: ['app.person'], shown: ['email'], class: 'operational', said: [] },
      { status: 'unparsed', relations: [], shown: [], class: 'unknown', said: ['there is no statement in the text'] },
    ]);
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
      subscripts: `SELECT status${'[1]'.repeat(5_000)} FROM app.case_file`,
      methods: `SELECT status${'.f(1)'.repeat(2_000)} FROM app.case_file`,
      joins: `SELECT 1 FROM app.case_file ${'JOIN app.case_file USING (case_id) '.repeat(3_000)}`,
      unions: Array.from({ length: 3_000 }, () => 'SELECT status FROM app.case_file').join(' UNION ALL '),
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

describe('a store that cannot be asked', () => {
  test.each([
    [['--duckdb', 'nowhere.duckdb'], 'nowhere: cannot open FOLDER/nowhere.duckdb: there is no such file. Correct the path; it counts from the working folder.'],
    [['--postgres', 'postgresql://audit_ro@127.0.0.1:1/casework'], 'casework: cannot open 127.0.0.1:1/casework: nothing listens there (ECONNREFUSED). Start the server, or correct host and port.'],
  ])('%j is no wrong usage', async (store, message) => {
    const { stdout, stderr, code } = await inspect('card.sql', ...store);
    expect({ stdout, stderr: stderr.replaceAll(folder, 'FOLDER'), code }).toEqual({ stdout: '', stderr: `tidemark: ${message}\n`, code: 3 });
  });
});

describe('wrong usage', () => {
  test.each([
    [[], 'there is nothing to inspect\n  name a file of SQL, or - for standard input, as in tidemark inspect card.sql --ddl schema.sql'],
    [['nowhere.sql'], 'FOLDER/nowhere.sql does not exist'],
    [['card.sql', '--dialect', 'snowflak'], "there is no dialect 'snowflak'; did you mean 'snowflake'?\n  dialects: postgres, redshift, duckdb, snowflake, bigquery, clickhouse, mysql, databricks, spark, hive, trino, athena, tsql, oracle, sqlite, teradata"],
    [['card.sql', '--format', 'sarif'], "inspect has no format 'sarif'\n  text is for people, --format json for machines, --ndjson for many texts"],
    [['card.sql', '--ddl', 'schema.sql', '--bundle', 'casework.tidemark'], '--ddl and --bundle each name a catalogue\n  give one of them'],
    [['card.sql', '--bundle', 'casework.tidemark', '--store', 'produktion'], "casework.tidemark has no store named 'produktion'; did you mean 'production'?\n  stores: production"],
    [['card.sql', '--ddl', 'schema.sql', '--store', 'production'], '--ddl and --store each name a catalogue\n  give one of them'],
    [['-', '--ddl', '-'], 'standard input can be read once, and - stands there twice\n  put one of the texts in a file'],
    [['.'], '. is a folder, where a file is needed\n  name the file of SQL in it'],
    [['card.sql', '-o', '.'], 'cannot write .: it is a folder\n  give the name of a file in it'],
    [['card.sql', '--format', 'json', '--format', 'text'], 'inspect gives one answer, and two formats are asked for\n  text is for people, --format json for machines, --ndjson for many texts'],
    [['--ndjson', '--format', 'text'], '--ndjson answers in lines of JSON, not as text'],
    [['card.sql', '--bundle', 'card.sql'], 'FOLDER/card.sql: it is not a tidemark bundle (not gzip). Give a file that tidemark collect wrote.'],
    [['card.sql', '--ndjson'], '--ndjson reads everything from standard input\n  give each line its own "ddl" and "dialect"'],
    [['binary.sql'], 'binary.sql is no text: it holds zero bytes\n  give a file of SQL, in UTF-8 or in UTF-16 with its byte order mark'],
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
