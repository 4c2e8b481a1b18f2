import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CodeText } from '../../src/sources/code/code-text.js';
import { connectionOfUrl } from '../../src/sources/code/connection-url.js';
import { decodeEscapes } from '../../src/sources/code/escapes.js';
import { driverParameters } from '../../src/sources/code/parameters.js';
import { sqlLikeness } from '../../src/sources/code/sql-text.js';
import { scanText } from '../../src/sources/code/code-file.js';

/** Statements as programs hold them. */
const STATEMENTS = [
  'SELECT id FROM app.case_file',
  'select * from orders',
  'select name, city from customer where id = $1',
  'select count(*) from shop.orders o join shop.customer c on c.id = o.customer_id',
  '\n    SELECT\n        a.id,\n        a.name\n    FROM accounts a\n    ',
  '-- fees by office\nSELECT office FROM app.fee',
  '/* report */ SELECT office FROM app.fee',
  '(SELECT id FROM a) UNION ALL (SELECT id FROM b)',
  'SELECT DISTINCT ON (office) office, amount FROM app.fee ORDER BY office',
  "SELECT CASE WHEN amount > 0 THEN 'paid' ELSE 'due' END AS state FROM app.fee",
  'SELECT TOP 10 id FROM dbo.Orders',
  'SELECT id FROM a.b',
  'select x from a where y = 1',
  'SET search_path TO app; SELECT id FROM case_file',
  'SELECT [id] FROM [dbo].[Order Details]',
  'SELECT `id` FROM `project-x.dataset.table`',
  "SELECT extract(year from opened_at) AS year FROM app.case_file",
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity',
  'WITH open AS (SELECT id FROM app.case_file) SELECT count(*) FROM open',
  'with recursive tree(id, parent) as (select id, parent from node) select * from tree',
  'INSERT INTO app.fee (office, amount) VALUES (?, ?)',
  'insert into log select * from staging',
  'INSERT INTO fee VALUES (%s, %s)',
  'INSERT OR REPLACE INTO cache (key) VALUES (?)',
  "UPDATE app.case_file SET status = 'closed' WHERE id = 7",
  'update orders o set total = 0 from customer c where c.id = o.customer_id',
  'DELETE FROM app.fee WHERE id = %s',
  'delete from shop.basket',
  'MERGE INTO dwh.fee AS t USING staging.fee AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET amount = s.amount',
  'CREATE TABLE IF NOT EXISTS app.note (id int)',
  'create temp table t as select 1 as a',
  'CREATE OR REPLACE VIEW v AS SELECT 1 AS a',
  'CREATE UNIQUE INDEX fee_office ON app.fee (office)',
  'CREATE INDEX CONCURRENTLY ON app.fee (office)',
  'ALTER TABLE app.fee ADD COLUMN note text',
  'DROP TABLE IF EXISTS app.note',
  'TRUNCATE TABLE staging.fee',
  'REFRESH MATERIALIZED VIEW CONCURRENTLY report.totals',
  'COPY app.officer TO STDOUT',
  'COPY (SELECT id FROM app.officer) TO STDOUT WITH CSV',
  "COPY INTO stage FROM 's3://bucket/file'",
  'EXPLAIN (ANALYZE, BUFFERS) SELECT id FROM app.fee',
  "DO $$ BEGIN PERFORM 1; END $$",
  'SELECT id FROM {{ params.table }} WHERE day = \'{{ ds }}\'',
  "GRANT SELECT ON app.fee TO reporter",
  "COMMENT ON TABLE app.fee IS 'fees'",
];

/** Sentences, labels and messages that begin like statements. */
const PROSE = [
  'select a file',
  'Select a file from the list',
  'Select the rows from your table.',
  'select items from a list',
  'select one of the options from this menu',
  'Select items from cart.',
  'Select all files from disk to continue',
  'Select name from users that match your filter',
  'Select (or deselect) every row',
  'Selected 4 rows from the table',
  'select_from_menu',
  'with love',
  'With this release we select names from a list.',
  'with open(path) as f: (read)',
  'With great power comes (great) responsibility',
  'update your profile',
  'Update the settings and set a password',
  'Update available: set it up now',
  'update_profile',
  'insert into the slot the card that you got',
  'Insert coin (into machine)',
  'Insert the key into the lock',
  'delete from the cart',
  'Delete from your device?',
  'Delete files older than 30 days',
  'create table of contents',
  'Create a table from the selection',
  'Create an index on disk',
  'create view',
  'Create user account',
  'alter the table settings',
  'Alter ego',
  'Drop files here',
  'drop table tennis balls',
  'Drop the table from the menu',
  'truncate long lines',
  'Truncate the text to fit',
  'merge into main',
  'Merge into the branch when checks pass',
  'copy from clipboard',
  'Copy to clipboard',
  'copy the file to disk',
  'Call me maybe (tonight)',
  'call of duty',
  'exec format error',
  'execute the plan',
  'explain the select from menu',
  'grant access to the folder on request',
  'Refresh the materialized page',
  'values are compared',
  'Values (in EUR)',
  'do it now',
  'comment on this table',
  'Replace into position',
  'from the start',
  'SELECT',
  'SELECT ',
  'UPDATE',
  'Begin to select the end',
];

describe('a text of a program', () => {
  test('is SQL by its structure', () => {
    expect(STATEMENTS.filter((text) => sqlLikeness(text) !== 'certain')).toEqual([]);
  });

  test('is not SQL because it begins with a word of SQL', () => {
    expect(PROSE.filter((text) => sqlLikeness(text) === 'certain')).toEqual([]);
  });

  test('of either kind is told apart in the argument of a database call too', () => {
    // What may pass there has the grammar of SQL by chance.
    expect(PROSE.filter((text) => sqlLikeness(text) !== 'no')).toEqual([]);
  });

  test('that is short is taken in the argument of a database call or under the name of a query only', () => {
    for (const text of ['select name from users', 'SELECT 1', 'select now()', 'CALL close_month(7)', 'EXEC close_month @year = 2024', 'DROP SCHEMA staging']) {
      expect(sqlLikeness(text), text).toMatch(/certain|likely/);
    }
    const python = 'title = "select name from users"\nquery = "select name from users"\ncursor.execute("select name from users")\nlog.info("select name from app.users")\n';
    expect(scanText(python, 'a.py').texts.map(({ from }) => python.slice(0, from).split('\n').length)).toEqual([2, 3]);
  });

  test('of any form is judged without an error', () => {
    const word = fc.constantFrom('select', 'from', 'with', 'as', '(', ')', ',', 'update', 'set', '=', "'", '"', '--', '/*', '$$', '{{', '}}', 'table', '.', '*', 'x', '\n', ';', '[', '@', '\ud800');
    fc.assert(fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        expect(sqlLikeness(words.join(' '))).toMatch(/certain|likely|no/);
      }));
  });
});

describe('escapes', () => {
  test('of Python strings keep the place of every character', () => {
    const source = String.raw`a\n\x41\u00e9\N{DASH}\\\'\101\
b\qc`;
    const text = new CodeText();
    decodeEscapes(source, 0, source.length, 'python', text);
    expect(text.text).toBe("a\nAé\\N{DASH}\\'Ab\\qc");
    for (const character of ['a', 'b', 'c', 'q']) expect(source.charAt(text.offsetOf(text.text.indexOf(character)))).toBe(character);
  });

  test('that are plain stay where they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\\', 'n', "'", '\n', 'u', '0', '\u20ac') }), fc.constantFrom('python' as const, 'javascript' as const, 'go' as const, 'ruby' as const), (source, style) => {
        const text = new CodeText();
        decodeEscapes(source, 0, source.length, style, text);
        let last = -1;
        for (let at = 0; at < text.length; at++) {
          const offset = text.offsetOf(at);
          expect(offset).toBeGreaterThanOrEqual(last);
          expect(offset).toBeLessThan(source.length);
          last = offset;
        }
      }),
    );
  });
});

describe('parameters of drivers', () => {
  function names(text: string): string[] {
    return driverParameters(text, []).map(({ name }) => name);
  }

  test('are found where an operand stands', () => {
    expect(names('select a from t where b = %s and c = %(c)s and d = :d and e = ? and f = @f')).toEqual(['parameter 1', 'c', 'd', 'parameter 2', 'f']);
    expect(names("select a::text, b[1:2], c ->> 'x', d ? 'key', '%s :x' from t -- :y\nwhere e @> f")).toEqual([]);
    expect(names('select a %% 2 from t')).toEqual(['%%']);
  });
});

describe('addresses of databases', () => {
  test('are taken apart without user, password and options', () => {
    expect(connectionOfUrl('postgresql+psycopg2://u:s3cr3t@db.example:5432/cases?password=s3cr3t')).toEqual({ id: null, name: null, engine: 'postgresql', host: 'db.example', database: 'cases' });
    expect(connectionOfUrl('jdbc:postgresql://db.example/cases')).toMatchObject({ host: 'db.example', database: 'cases' });
    expect(connectionOfUrl('mysql://db.example')).toMatchObject({ engine: 'mysql', host: 'db.example', database: null });
    expect(connectionOfUrl('duckdb://')).toMatchObject({ engine: 'duckdb-extract' });
    expect(connectionOfUrl('snowflake://u:p@acme/dwh/public')).toMatchObject({ host: 'acme', database: 'dwh' });
    expect(connectionOfUrl('https://example.org/a')).toBeNull();
  });

  test('never show a part of a password, however it is written', () => {
    const part = fc.string({ unit: fc.constantFrom('s3cr3t', '@', '/', ':', '?', '#', '%40', '&', '='), maxLength: 8 });
    fc.assert(fc.property(part, (password) => {
        expect(JSON.stringify(connectionOfUrl(`postgres://u:s3cr3t${password}@db.example/cases`))).not.toContain('s3cr3t');
      }));
  });
});
