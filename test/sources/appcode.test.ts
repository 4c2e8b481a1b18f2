import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Gap } from '../../src/model/snapshot.js';
import { source } from '../../src/sources/appcode.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { alone, fixtures, queriesOf, textAt } from './fixture.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  queries = await queriesOf('appcode');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`appcode:appcode/${id}`);
  if (found === undefined) throw new Error(`${id} was not read: ${[...queries.keys()].join(' ')}`);
  return found;
}

function sql(id: string): string | undefined {
  return query(id).variants[0]?.sql;
}

function read(text: string, path: string): { queries: CollectedQuery[]; gaps: Gap[] } {
  const gaps: Gap[] = [];
  return { queries: source.read([new SourceFile(path, text)], { connection: null, gap: (gap) => gaps.push(gap) }), gaps };
}

describe('Python', () => {
  test('begins a text where its statement does, behind the quotes and blank lines', () => {
    const { queries: [found] } = read('cur.execute("""\n\n    SELECT id\n    FROM app.fee\n""")', 'a.py');
    expect(found).toMatchObject({ raw: 'SELECT id\n    FROM app.fee', origin: { line: 3, column: 5 } });
  });

  test('shows what stands between two literals as the program has it', () => {
    const { queries: found } = read('cur.execute("SELECT id FROM app.fee WHERE office = \'" + office + "\' AND paid")', 'a.py');
    expect(found.map(({ raw, variants }) => [raw, variants[0]?.sql])).toEqual([
      ["SELECT id FROM app.fee WHERE office = '+ office +' AND paid", "SELECT id FROM app.fee WHERE office = '1' AND paid"],
    ]);
  });

  test('names the connection that Hex hands out, and the host behind an expression with quotes', () => {
    const { queries: [register] } = read('register = hextoolkit.get_data_connection("Permit register")\nregister.query("SELECT id FROM app.permit")', 'a.py');
    expect(register?.connection?.name).toBe('Permit register');
    const { queries: [stay] } = read(`engine = create_engine(f"postgresql://{os.environ['USER']}:{os.environ['WORD']}@ward.internal/patients")\nq = "SELECT id FROM app.stay"`, 'a.py');
    expect(stay?.connection).toMatchObject({ host: 'ward.internal', database: 'patients' });
  });

  test('takes an entry of a dictionary that the file writes down for known', () => {
    const { queries: found } = read('Q = {"mark": "UPDATE app.fee SET paid = true"}\ncursor.execute(Q["mark"])\ncursor.execute(Q.get("mark"))\ncursor.execute(made["mark"])', 'a.py');
    expect(found.map(({ id, problems }) => [id, problems.map(({ message }) => message)])).toEqual([
      ['appcode:a.py:mark', []],
      ['appcode:a.py:file', ['the program builds the text that execute(made["mark"]) sends']],
    ]);
  });

  test('gives every statement once, under the function or constant around it', () => {
    expect([...queries.keys()].filter((id) => id.includes('fees.py')).map((id) => id.slice('appcode:appcode/'.length))).toEqual([
      'jobs/fees.py:FeeJob.TOTALS', 'jobs/fees.py:FeeJob.by_table', 'jobs/fees.py:FeeJob.by_table#2', 'jobs/fees.py:FeeJob.by_table#3', 'jobs/fees.py:FeeJob.by_table#4',
      'jobs/fees.py:FeeJob.by_table#5', 'jobs/fees.py:FeeJob.grown', 'jobs/fees.py:FeeJob.monthly', 'jobs/fees.py:FeeJob.unknown', 'jobs/fees.py:OPEN_CASES', 'tests/test_fees.py:test_totals',
    ]);
  });

  test('joins literals and sums', () => {
    expect(sql('jobs/fees.py:OPEN_CASES')).toBe("SELECT c.reference, c.opened_at FROM app.case_file AS c WHERE c.status = 'open'");
    expect(sql('jobs/fees.py:FeeJob.by_table#2')).toBe('UPDATE app.case_file SET closed_at = $1 WHERE id = $2 AND closed_at IS NULL');
  });

  test('fills the holes of f-strings, format and % by their slot, constants with their text', () => {
    expect(sql('jobs/fees.py:FeeJob.monthly')).toBe("SELECT f.amount, f.office FROM app.fee AS f WHERE f.booked_on >= $1 AND f.office = '1'");
    expect(sql('jobs/fees.py:FeeJob.by_table')).toBe("SELECT $1 FROM app.case_file WHERE id IN ($2) AND note LIKE '%sé%%'");
    expect(sql('jobs/fees.py:FeeJob.by_table#3')).toBe("SELECT * FROM app.case_file WHERE opened_at > '2024-02-01'");
    expect(sql('jobs/fees.py:FeeJob.by_table#4')).toBe('SELECT reference FROM app.case_file WHERE office = $1');
    expect(sql('jobs/fees.py:FeeJob.by_table#5')).toBe('SELECT "officer id" FROM "app"."officer"');
  });

  test('reads what is appended to a variable with it', () => {
    expect(sql('jobs/fees.py:FeeJob.grown')).toBe("SELECT reference FROM app.case_file WHERE note ~ '\\d+' AND opened_at >= $1");
  });

  test('says where a program builds the text elsewhere', () => {
    expect(query('jobs/fees.py:FeeJob.unknown').problems).toEqual([{ code: 'dynamic-sql', message: 'the program builds the text that execute(statement) sends' }]);
  });

  test('takes its connection apart', () => {
    expect(query('jobs/fees.py:FeeJob.monthly').connection).toEqual({ id: null, name: null, engine: 'postgresql', host: 'replica.cases.example', database: 'casework' });
  });

  test('of tests is a draft', () => {
    expect(query('tests/test_fees.py:test_totals').lifecycle).toBe('draft');
    expect(query('jobs/fees.py:OPEN_CASES').lifecycle).toBe('active');
  });

  test('names a relation that only the running program knows', () => {
    const [found] = read('def load(cur, table):\n    cur.execute(f"SELECT id FROM {table} WHERE a = {a}")\n', 'a.py').queries;
    expect(found?.variants[0]?.sql).toMatch(/^SELECT id FROM tpl_table WHERE a = \$\d$/);
    expect(found?.problems).toEqual([{ code: 'dynamic-relation', message: 'the expression table names a relation that only the running tool knows' }]);
  });

  test('follows a connection through engine, cursor and with', () => {
    const program = [
      'import os', 'a = psycopg2.connect(host="db-a", dbname="cases", password="s3cr3t")', 'b = create_engine(os.environ["REPORTING_URL"])', 'cur = a.cursor()',
      'cur.execute("SELECT id FROM app.fee")', 'with b.connect() as conn:', '    conn.execute(text("SELECT id FROM app.officer"))', 'pd.read_sql("SELECT id FROM app.note", b)', 'duckdb.sql("SELECT x FROM frame")',
    ].join('\n');
    expect(read(program, 'a.py').queries.map(({ connection }) => [connection?.name, connection?.host, connection?.database, connection?.engine])).toEqual([
      [null, 'db-a', 'cases', 'postgresql'], ['REPORTING_URL', null, null, null], ['REPORTING_URL', null, null, null], [null, null, null, 'duckdb-extract'],
    ]);
  });
});

describe('other languages', () => {
  test.each([
    ['web/src/orders.ts:OrderReport.daily', "SELECT o.id, o.total\n       FROM shop.orders AS o\n       WHERE o.placed_on = $1 AND o.note <> 'it''s' LIMIT 1"],
    ['web/src/orders.ts:OrderReport.totals', 'SELECT o.customer_id, sum(o.total) AS total FROM shop.orders AS o GROUP BY 1'],
    ['web/src/orders.ts:cancelled', 'select id, reason from shop.cancellation where order_id = $1'],
    ['web/src/orders.ts:search', "SELECT id FROM shop.product WHERE name ILIKE '%' || $1"],
    ['svc/repo/case.go:CaseRepo.ByOffice', 'SELECT id, "office" FROM app.case_file WHERE office = $1'],
    ['svc/repo/case.go:openCases', 'SELECT reference, opened_at\nFROM app.case_file\nWHERE closed_at IS NULL'],
    ['svc/repo/case.go:Archive', "DELETE FROM tpl_table WHERE closed_at < now() - interval '10 years'"],
    ['java/CaseRepository.java:CaseRepository.BASE', 'SELECT c.id FROM app.case_file c'],
    ['java/CaseRepository.java:CaseRepository.referencesOf', 'SELECT c.reference\nFROM app.case_file c\nWHERE c.officer_id = $1'],
    ['java/CaseRepository.java:CaseRepository.count', "SELECT count(*) FROM app.case_file WHERE office = '1'"],
    ['mobile/OrderDao.kt:OrderDao.BY_DAY', 'SELECT id, total FROM shop.orders WHERE placed_on = $1'],
    ['mobile/OrderDao.kt:OrderDao.totals', 'SELECT customer_id, sum(total)\n        FROM tpl_table\n        GROUP BY customer_id'],
    ['app/models/report.rb:Report.OVERDUE', 'SELECT reference, due_on\n    FROM app.case_file\n    WHERE due_on < current_date'],
    ['app/models/report.rb:Report.by_officer', 'SELECT * FROM app.case_file WHERE officer_id = $1'],
    ['app/models/report.rb:Report.close_all', "UPDATE app.case_file SET status = 'closed' WHERE due_on < current_date"],
    ['net/FeeStore.cs:FeeStore.Totals', 'SELECT office, "sum" FROM app.fee_total'],
    ['net/FeeStore.cs:FeeStore.Count', "SELECT count(*) FROM app.fee WHERE office = '1'"],
    ['php/orders.php:OrderList.recent', "SELECT id, total FROM shop.orders WHERE placed_on > now() - interval '1 days'"],
    ['php/orders.php:OrderList.recent#2', 'SELECT name FROM shop.customer WHERE id = $1'],
    ['php/orders.php:OrderList.recent#3', 'SELECT reason FROM shop.cancellation\n            WHERE order_id = $1'],
  ])('%s', (id, expected) => {
    expect(sql(id)).toBe(expected);
  });

  test('queries over entities are kept with the reason why they cannot be read', () => {
    expect(query('java/CaseRepository.java:CaseRepository.open')).toMatchObject({
      raw: "SELECT c FROM CaseFile c WHERE c.status = 'OPEN'",
      variants: [],
      problems: [{ code: 'unsupported', message: 'the query names entities of the program (JPQL), whose tables only their mapping tells' }],
    });
  });

  test('views of migrations are views', () => {
    expect(query('migrations/0007_decision.py:upgrade#2').role).toBe('view');
  });
});

describe('all of them', () => {
  test('stand where they say', async () => {
    for (const { id, raw, origin } of queries.values()) {
      if (raw === '') continue;
      const text = await readFile(join(fixtures, origin.file), 'utf8');
      const start = /^\s*\S+/.exec(raw)?.[0] ?? '';
      expect(textAt(text, origin).replace(/\\n/g, '\n').startsWith(start), id).toBe(true);
    }
  });

  test('parse as PostgreSQL', async () => {
    await loadModule();
    for (const { id, variants } of queries.values()) for (const { sql: text } of variants) expect(() => parseSync(text), `${id} ${text}`).not.toThrow();
  });

  test('hold no line of prose, log or comparison', () => {
    const all = [...queries.values()].map(({ raw }) => raw.toLowerCase()).join('\n');
    for (const words of ['from the ledger', 'from the list', 'with love', 'from your basket', 'o.id from shop.orders o', 'select from the database', 'select office from app.fee', 'select reference from app.case_file\n']) expect(all).not.toContain(words);
  });
});

describe('files', () => {
  test('are claimed by what they hold', () => {
    const certainty = (text: string, path: string): number => source.recognises(new SourceFile(path, text), alone);
    expect(certainty('cursor.execute("SELECT id FROM app.fee")', 'a.py')).toBeGreaterThanOrEqual(0.5);
    expect(certainty('print("select a file from the list")', 'a.py')).toBeLessThan(0.3);
    expect(certainty('def model(dbt, session):\n    return session.sql("select id from a.b")', 'a.py')).toBeLessThan(0.3);
    expect(certainty('from airflow import DAG\ndag = DAG("x")\ncur.execute("select id from a.b")', 'a.py')).toBeLessThan(0.3);
    expect(certainty('cube(`Orders`, { sql: `SELECT * FROM shop.orders` })', 'a.js')).toBeLessThan(0.3);
    expect(certainty('cursor.execute("SELECT id FROM app.fee")', 'a.txt')).toBe(0);
  });

  test('that a bundler made are left out, with a gap where they were asked for', () => {
    const bundle = `var q="SELECT id FROM app.fee";${'x=1;'.repeat(4_000)}`;
    expect(source.recognises(new SourceFile('a.js', bundle), alone)).toBe(0.4);
    expect(read(bundle, 'a.js')).toMatchInlineSnapshot(`
      {
        "gaps": [
          {
            "cause": "its lines are so long that a bundler made it",
            "missing": "the queries of this file, or of its end",
            "remedy": "name the folder of the sources instead of what is built from them",
            "severity": "partial",
            "subject": "a.js",
          },
        ],
        "queries": [],
      }
    `);
  });

  test('with constants that are made of each other is read in part, and each statement once', () => {
    const doubled = Array.from({ length: 40 }, (_, index) => `q${index + 1} = q${index} + q${index}`).join('\n');
    const { queries: found } = read(`q0 = "SELECT id FROM app.fee "\n${doubled}\ncur.execute(q40)`, 'a.py');
    expect(found.length).toBeGreaterThan(0);
    expect(Math.max(...found.map(({ raw }) => raw.length))).toBeLessThanOrEqual(1_000_000);
  });

  test('with more statements than are read says so', () => {
    const { queries: found, gaps } = read(`Q = [\n${Array.from({ length: 6_000 }, (_, index) => `  "SELECT id FROM fee_${index}",`).join('\n')}\n]`, 'a.py');
    expect([found.length, found.at(-1)?.id]).toEqual([5_000, 'appcode:a.py:Q#5000']);
    expect(gaps.map(({ cause }) => cause)).toEqual(['only the first 5000000 characters and 5000 statements of a program are read']);
  });

  test.each([
    ['a.py', 'x = "SELECT id FROM a.b" + '.repeat(30_000)],
    ['a.py', `q = ${'('.repeat(20_000)}"SELECT id FROM a.b"`],
    ['a.py', `q = f"SELECT {${'f"{'.repeat(2_000)}`],
    ['a.py', `q = {${"'a': 'b', ".repeat(20_000)}}`],
    ['a.py', `a = b\nb = a\ncur.execute(a)\nc = c + "SELECT id FROM x.y"`],
    ['a.ts', `const q = ${'`SELECT ${'.repeat(3_000)}`],
    ['a.ts', `const q = 1${' + 1'.repeat(50_000)}`],
    ['a.go', `var q = "SELECT id FROM a.b${'\\'.repeat(50_001)}`],
    ['A.java', `String q = """\n${'SELECT '.repeat(20_000)}`],
    ['a.rb', `${'<<~SQL\n'.repeat(5_000)}`],
    ['a.php', `<?php $q = "${'{$a'.repeat(5_000)}`],
    ['a.kt', `val q = "${'${'.repeat(5_000)}`],
    ['a.cs', `${'$"{'.repeat(5_000)}`],
    ['a.py', 'q = "SELECT id FROM a.b \u0000 \u001b[31m"\n\u0000\u0000def f(:\n  """'],
  ])('%s in pieces costs nothing but itself', (path, text) => {
    const { queries: found } = read(text, path);
    for (const { variants, problems } of found) expect(variants.length + problems.length).toBeGreaterThan(0);
  });
});

test('a constant that a variable begins with, and what is appended to it, are one text', () => {
  const program = `BASE = "SELECT case_id FROM app.case_file"

def listing(cur, court):
    query = BASE
    query += " WHERE court = %s"
    cur.execute(query, (court,))

def built(cur, court):
    query = BASE
    query += where(court)
    cur.execute(query)
`;
  const { queries } = read(program, 'reports.py');
  expect(queries.map(({ title, raw }) => [title, raw])).toEqual([
    ['BASE', 'SELECT case_id FROM app.case_file'],
    ['listing', 'SELECT case_id FROM app.case_file WHERE court = %s'],
    ['built', expect.stringContaining('where(court)')],
  ]);
});
