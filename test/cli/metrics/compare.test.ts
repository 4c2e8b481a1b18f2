import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { tidemarkHere as tidemark } from '../in-process.js';
import { build, program, shell } from '../tidemark.js';

const DDL = `CREATE SCHEMA app;
CREATE TABLE app.officer (officer_id int PRIMARY KEY, full_name text NOT NULL);
CREATE TABLE app.case_file (
  case_id bigint PRIMARY KEY,
  officer_id int REFERENCES app.officer,
  status text NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  CONSTRAINT case_file_closed CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL))
);
`;

const OPEN = "SELECT count(*) AS open_cases FROM app.case_file WHERE status <> 'CLOSED'";
const NOT_CLOSED = 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL';
const SOME = "SELECT count(*) FROM app.case_file WHERE status NOT IN ('CLOSED', 'DUPLICATE')";
const MONTHLY = "SELECT date_trunc('month', opened_at) AS month, count(*) FROM app.case_file GROUP BY 1";

const answer = z.object({
  id: z.union([z.string(), z.number()]).nullable(),
  verdict: z.string(),
  restsOn: z.array(z.string()),
  witness: z.object({ rows: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))), a: z.unknown(), b: z.unknown() }).nullable(),
  bound: z.unknown(),
  why: z.string(),
  cosmetic: z.boolean().optional(),
});

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-compare-'));
  const files: Record<string, string | Buffer> = {
    'schema.sql': DDL,
    'open.sql': `${OPEN};\n`,
    'closed.sql': `-- the backlog\n${NOT_CLOSED}`,
    'some.sql': SOME,
    'monthly.sql': MONTHLY,
    'broken.sql': 'SELEC count(*) FROM app.case_file',
    'two.sql': 'SELECT 1; SELECT 2',
    'delete.sql': 'DELETE FROM app.case_file',
    'escape.sql': "SELECT count(*) FROM app.case_file WHERE status = E'\u001b[31mRED'",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  await build();
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function compare(columns: number, ...args: string[]) {
  return tidemark(['metrics', 'compare', ...args], { cwd: folder, env: { COLUMNS: String(columns) } });
}

async function answers(lines: readonly unknown[]) {
  writeFileSync(path.join(folder, 'pairs.ndjson'), lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  const { stdout, stderr, code } = await shell('tidemark metrics compare --ndjson < pairs.ndjson', { cwd: folder });
  return { stderr, code, lines: stdout.trimEnd().split('\n').map((line) => answer.parse(JSON.parse(line))) };
}

describe('two files', () => {
  test('that are equal because of a constraint', async () => {
    const { stdout, stderr, code } = await compare(100, 'open.sql', 'closed.sql', '--ddl', 'schema.sql');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout.replace(/in [\d,]+ small databases.*$/s, 'in …')).toMatchInlineSnapshot(`
      "✓ equal-under  A and B are equal, and only while constraints hold
        rests on  CHECK case_file_closed on app.case_file: (status = 'CLOSED') = (closed_at IS NOT NULL);
                  NOT NULL on app.case_file.status
        Proved: A and B give the same as long as CHECK case_file_closed on app.case_file: (status =
        'CLOSED') = (closed_at IS NOT NULL) and NOT NULL on app.case_file.status hold. A search against it
        found no difference in …"
    `);
  });

  test('of which one counts less, at 80 columns', async () => {
    const { stdout, stderr, code } = await compare(80, 'some.sql', 'open.sql', '--ddl', 'schema.sql', '--name-a', 'Backlog weekly', '--name-b', 'Open cases');
    expect({ stderr, code }).toEqual({ stderr: '', code: 1 });
    expect(stdout).toMatchInlineSnapshot(`
      "⊂ stricter  Backlog weekly counts only some of the rows that Open cases counts
        in               which rows count
        only Open cases  status = DUPLICATE and closed_at is null
        Proved: every row that Backlog weekly counts is counted by Open cases, which
        also counts rows where status = DUPLICATE and closed_at is null. The rows of
        the witness were run on real tables with the real constraints.

      The rows
          a case_file with status DUPLICATE is counted by Open cases and not by
          Backlog weekly
          app.case_file
            case_id  status
            1        DUPLICATE
          there Backlog weekly answers 0, and Open cases 1

      The same command with --sql prints SQL that shows it on an empty database.
      "
    `);
    expect(Math.max(...stdout.split('To see it')[0]?.split('\n').map((line) => line.length) ?? [])).toBeLessThanOrEqual(80);
  });

  test('in two time zones, at 120 columns', async () => {
    const { stdout, stderr, code } = await compare(120, 'monthly.sql', 'monthly.sql', '--ddl', 'schema.sql', '--session', 'a.timezone=UTC', '--session', 'b.timezone=Asia/Jakarta');
    expect({ stderr, code }).toEqual({ stderr: '', code: 1 });
    expect(stdout).toMatchInlineSnapshot(`
      "≠ different  A and B differ
        in  the time zone
        Their days begin in different time zones. The rows of the witness were run on real tables with the real constraints.

      The rows
          opened_at 2024-06-30 20:30Z is June for A and July for B
          app.case_file
            case_id  opened_at
            1        2024-06-30 20:30:00+00
          there A answers 1 row: (2024-06-01 00:00:00+00, 1), and B 1 row: (2024-07-01 00:00:00+07, 1)

      The same command with --sql prints SQL that shows it on an empty database.
      "
    `);
  });

  test('as JSON', async () => {
    const { stdout, code } = await compare(80, 'some.sql', 'open.sql', '--ddl', 'schema.sql', '--format', 'json');
    expect(code).toBe(1);
    const form: unknown = JSON.parse(stdout);
    expect(form).toMatchObject({
      schemaVersion: 1, verdict: 'stricter', kind: 'population', restsOn: [], by: 'replay', region: { onlyA: null },
      witness: { a: 0, b: 1, rows: { 'app.case_file': [{ status: 'DUPLICATE', closed_at: null }] } },
    });
  });

  test('that cannot be compared cost exit code 3 and one line', async () => {
    for (const [file, line] of [
      ['broken.sql', 'tidemark: not compared: broken.sql does not parse at 1:1: syntax error at or near "SELEC"\n'],
      ['two.sql', 'tidemark: not compared: two.sql holds 2 statements, and one query is compared with one\n'],
      ['delete.sql', 'tidemark: not compared: delete.sql is no query but DELETE\n'],
    ] as const) {
      expect(await compare(80, file, 'open.sql', '--ddl', 'schema.sql')).toEqual({ stdout: '', stderr: line, code: 3 });
    }
  });

  test('escape sequences of a query never reach the terminal', async () => {
    for (const flags of [[], ['--sql'], ['--format', 'json']]) {
      const { stdout } = await compare(80, 'escape.sql', 'open.sql', '--ddl', 'schema.sql', ...flags);
      expect(stdout).toMatch(flags.length === 0 ? /counts only some/ : /RED/);
      expect(stdout).not.toContain('\u001b');
    }
  });

  test('wrong usage is said before any work', async () => {
    const said: string[] = [];
    for (const args of [[], ['open.sql'], ['open.sql', 'closed.sql'], ['-', '-', '--ddl', 'schema.sql'], ['open.sql', 'closed.sql', '--ddl', 'schema.sql', '--session', 'DateStyle=SQL'], ['open.sql', 'closed.sql', '--engine', 'mysql'], ['open.sql', '--ndjson'], ['open.sql', 'closed.sql', '--ddl', 'schema.sql', '--timeout', '1ms'], ['open.sql', 'missing.sql', '--ddl', 'schema.sql']]) {
      const { stderr, code } = await compare(80, ...args);
      said.push(`${code}: ${stderr.trimEnd()}`);
    }
    expect(said.join('\n').replaceAll(folder, '…')).toMatchInlineSnapshot(`
      "2: tidemark: there is nothing to compare
        name two files of SQL, as in tidemark metrics compare a.sql b.sql --ddl schema.sql
      2: tidemark: there is no second query to compare with
        name two files of SQL, as in tidemark metrics compare a.sql b.sql --ddl schema.sql
      2: tidemark: there is no schema to compare on
        name the DDL of the tables with --ddl FILE, or a bundle that has them with --bundle FILE
      2: tidemark: standard input can be read once, and - stands there twice
        put one of the texts in a file
      2: tidemark: the session setting datestyle can change what a query answers and is not reproduced: only TimeZone and search_path are
        as in --session timezone=Europe/Berlin
      2: tidemark: there is no engine 'mysql'
        engines: pglite, duckdb, or a URL such as postgres://scratch@localhost/scratch
      2: tidemark: --ndjson reads everything from standard input
        give each line its own "sql_a", "sql_b" and "schema_ddl"
      2: tidemark: --timeout takes a duration from 50ms to 10min, not '1ms'
        as in --timeout 3s
      2: tidemark: …/missing.sql does not exist"
    `);
  });
});

describe('lines', () => {
  test('each has its answer, in order, as the contract has it', async () => {
    const { lines, code, stderr } = await answers([
      { id: 'under', sql_a: OPEN, sql_b: NOT_CLOSED, schema_ddl: DDL },
      { id: 2, sql_a: SOME, sql_b: OPEN, schema_ddl: DDL },
      { id: 'zones', sql_a: MONTHLY, sql_b: MONTHLY, schema_ddl: DDL, session_a: { TimeZone: 'UTC' }, session_b: { TimeZone: 'Asia/Jakarta' } },
      { id: 'same zone', sql_a: MONTHLY, sql_b: MONTHLY, schema_ddl: DDL, session: { timezone: 'Asia/Jakarta' } },
      { id: 'cosmetic', sql_a: 'SELECT sum(case_id) FROM app.case_file', sql_b: 'SELECT coalesce(sum(case_id), 0) FROM app.case_file', schema_ddl: DDL },
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines.map(({ id, verdict, cosmetic }) => [id, verdict, cosmetic ?? false])).toEqual([
      ['under', 'equal-under', false], [2, 'stricter', false], ['zones', 'different', false], ['same zone', 'equal', false], ['cosmetic', 'different', true],
    ]);
    expect(lines[0]?.restsOn).toEqual(["CHECK case_file_closed on app.case_file: (status = 'CLOSED') = (closed_at IS NOT NULL)", 'NOT NULL on app.case_file.status']);
    expect(lines[1]?.witness).toMatchObject({ a: 0, b: 1 });
  });

  test('DDL that comes late binds new rows only', async () => {
    const ddl = 'CREATE TABLE case_file (case_id int PRIMARY KEY, status text NOT NULL, closed_at date)';
    const check = "ALTER TABLE case_file ADD CONSTRAINT closed CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL))";
    const pair = { sql_a: "SELECT count(*) FROM case_file WHERE status <> 'CLOSED'", sql_b: 'SELECT count(*) FROM case_file WHERE closed_at IS NULL', schema_ddl: ddl };
    const { lines } = await answers([
      { id: 'none', ...pair },
      { id: 'not valid', ...pair, late_ddl: `${check} NOT VALID` },
      { id: 'validated', ...pair, late_ddl: check },
    ]);
    expect(lines.map(({ id, verdict }) => [id, verdict])).toEqual([['none', 'overlapping'], ['not valid', 'overlapping'], ['validated', 'equal-under']]);
  });

  test('a bad line costs itself only', async () => {
    const { lines, code, stderr } = await answers([
      '{"id": 1',
      { id: 2, sql_a: OPEN, schema_ddl: DDL },
      { id: 3, sql_a: 'SELEC 1', sql_b: OPEN, schema_ddl: DDL },
      { id: 4, sql_a: 'INSERT INTO app.officer VALUES (1, \'x\')', sql_b: OPEN, schema_ddl: DDL },
      { id: 5, sql_a: 'SELECT 1; SELECT 2', sql_b: OPEN, schema_ddl: DDL },
      { id: 6, sql_a: '', sql_b: OPEN, schema_ddl: DDL },
      { id: 7, sql_a: 'SELECT count(*) FROM app.missing', sql_b: OPEN, schema_ddl: DDL },
      { id: 8, sql_a: OPEN, sql_b: OPEN, schema_ddl: 'CREATE TABEL app.case_file ()' },
      { id: 9, sql_a: `SELECT '${'x'.repeat(10_000_000)}'`, sql_b: OPEN, schema_ddl: DDL },
      { id: 10, sql_a: 'SELECT count(*) FROM app.case_file WHERE case_id = $1', sql_b: OPEN, schema_ddl: DDL },
      { id: 11, sql_a: `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`, sql_b: OPEN, schema_ddl: DDL },
      '',
      { id: 12, sql_a: SOME, sql_b: OPEN, schema_ddl: DDL },
      { id: 13, sql_a: SOME, sql_b: OPEN, schema_ddl: DDL, session: { TimeZone: 'Mars/Olympus' } },
      { id: 14, sql_a: 'SELECT count(*) FROM app.case_file, generate_series(1, 100000000000)', sql_b: OPEN, schema_ddl: DDL },
      { id: 15, sql_a: SOME, sql_b: OPEN, schema_ddl: DDL },
    ]);
    expect(code).toBe(0);
    expect(lines.map(({ id, verdict, why }) => `${id} ${verdict}: ${why}`)).toMatchInlineSnapshot(`
      [
        "null undecided: The line is no JSON.",
        "2 undecided: The line has no usable "sql_b", as in {"id": 1, "sql_a": "SELECT …", "sql_b": "SELECT …", "schema_ddl": "CREATE TABLE …"}.",
        "3 undecided: sql_a does not parse at 1:1: syntax error at or near "SELEC".",
        "4 undecided: sql_a is no query but INSERT.",
        "5 undecided: sql_a holds 2 statements, and one query is compared with one.",
        "6 undecided: sql_a is empty.",
        "7 undecided: A cannot be run: relation app.missing is not in the schema. It was not proved: app.missing is not in the schema.",
        "8 undecided: A cannot be run: relation app.case_file is not in the schema. B cannot be run: relation app.case_file is not in the schema. It was not proved: app.case_file is not in the schema. Not part of the schema, since the engine refused it: CREATE TABEL app.case_file () (syntax error at or near "TABEL").",
        "9 undecided: sql_a does not parse at 1:4194305: the text has 10000009 characters; more than 4194304 are not parsed.",
        "10 undecided: sql_a has a parameter, whose value is not known.",
        "11 undecided: sql_a does not parse at 1:10004: memory exhausted at or near "(".",
        "12 stricter: Proved: every row that A counts is counted by B, which also counts rows where status = DUPLICATE and closed_at is null. The rows of the witness were run on real tables with the real constraints.",
        "13 undecided: The session's time zone Mars/Olympus is not known to PostgreSQL.",
        "14 undecided: A cannot be run: it did not finish in time. It was not proved: their joins cannot be put side by side.",
        "15 stricter: Proved: every row that A counts is counted by B, which also counts rows where status = DUPLICATE and closed_at is null. The rows of the witness were run on real tables with the real constraints.",
      ]
    `);
    expect(stderr).toMatchInlineSnapshot(`
      "tidemark: 10 lines could not be compared; the answer of each says why
      "
    `);
  });

  test('a line is answered before the next one comes', async () => {
    const child = spawn(process.execPath, [program, 'metrics', 'compare', '--ndjson'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (const id of [1, 2]) {
      child.stdin.write(`${JSON.stringify({ id, sql_a: OPEN, sql_b: SOME, schema_ddl: DDL })}\n`);
      const { value } = await lines.next();
      expect(answer.parse(JSON.parse(String(value)))).toMatchObject({ id, verdict: 'looser' });
    }
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('who has seen enough may leave, and Ctrl-C ends it', async () => {
    writeFileSync(path.join(folder, 'many.ndjson'), Array.from({ length: 200 }, (_, id) => JSON.stringify({ id, sql_a: OPEN, sql_b: SOME, schema_ddl: DDL })).join('\n'));
    const { stdout, stderr, code } = await shell('tidemark metrics compare --ndjson < many.ndjson | head -n 1', { cwd: folder });
    expect({ lines: stdout.trimEnd().split('\n').length, stderr, code }).toEqual({ lines: 1, stderr: '', code: 0 });

    const child = spawn(process.execPath, [program, 'metrics', 'compare', '--ndjson'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stdin.write(`${JSON.stringify({ id: 1, sql_a: OPEN, sql_b: SOME, schema_ddl: DDL })}\n`);
    await lines.next();
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
  });
});
