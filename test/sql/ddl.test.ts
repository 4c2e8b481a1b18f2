import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Catalog } from '../../src/model/catalog.js';
import { catalogFromDdl, DdlError, readDdl } from '../../src/sql/parse/postgres/ddl.js';
import { engine } from '../../src/stores/postgres.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';

/** Each is a text of its own. What we read in it is compared with what a server makes of it. */
const TEXTS: Record<string, string> = {
  'tables, keys and types': `
    CREATE SCHEMA app;
    CREATE TYPE app.status AS ENUM ('OPEN', 'CLOSED');
    CREATE DOMAIN app.required_status AS app.status NOT NULL;
    CREATE TABLE app.officer (officer_id int PRIMARY KEY, email text NOT NULL UNIQUE, grades int[], "Größe" numeric(5,1));
    CREATE TABLE app.case_file (
      case_id bigint GENERATED ALWAYS AS IDENTITY, number text DEFAULT 'C-(1)', status app.status NOT NULL, was app.required_status,
      officer_id int REFERENCES app.officer, opened_at timestamptz, days int GENERATED ALWAYS AS (1) STORED,
      CONSTRAINT case_key PRIMARY KEY (case_id), UNIQUE (number, officer_id),
      CONSTRAINT number_form CHECK (number LIKE 'C-(%' /* ) */ AND number <> ''));
    CREATE TABLE note (note_id serial, text varchar(20));
    CREATE INDEX case_opened ON app.case_file (opened_at, lower(number));
    COMMENT ON TABLE app.officer IS 'Who decides.';
    COMMENT ON COLUMN app.officer.email IS 'work address';`,
  'tables made of tables': `
    CREATE TABLE base (id int PRIMARY KEY, name text NOT NULL);
    COMMENT ON COLUMN base.name IS 'as it is written';
    CREATE TABLE copied (LIKE base);
    CREATE TABLE copied_whole (LIKE base INCLUDING ALL, more date);
    CREATE TABLE grown (extra text, name text) INHERITS (base);
    CREATE TYPE address AS (street text, city varchar(10));
    CREATE TABLE typed OF address;
    CREATE TABLE event (at timestamptz NOT NULL, kind text) PARTITION BY RANGE (at);
    CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (kind);
    CREATE TABLE event_2026_mail PARTITION OF event_2026 FOR VALUES IN ('mail');
    CREATE TABLE event_2027 (kind text, at timestamptz NOT NULL);
    ALTER TABLE event ATTACH PARTITION event_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
    ALTER TABLE event ADD COLUMN actor int;`,
  'tables made of queries, and views': `
    CREATE TABLE case_file (case_id int, status text);
    CREATE TABLE open_case AS SELECT case_id, status AS state, count(*) OVER () FROM case_file WHERE status = 'OPEN';
    SELECT case_id, 'x' || status AS label INTO labelled FROM open_case JOIN case_file USING (case_id);
    CREATE VIEW v AS SELECT * FROM open_case;
    CREATE OR REPLACE VIEW v AS SELECT *, 1 AS more FROM open_case;
    CREATE VIEW w (a, b) AS SELECT v.*, now() AS at FROM v;
    CREATE MATERIALIZED VIEW m WITH (fillfactor = 70) AS TABLE w WITH NO DATA;
    CREATE VIEW secured WITH (security_barrier, check_option = local) AS SELECT case_id FROM case_file;
    CREATE RECURSIVE VIEW n (i) AS VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5;`,
  'a search path': `
    CREATE SCHEMA app; CREATE SCHEMA archive;
    CREATE TABLE archive.case_file (old_id int);
    SET search_path TO app, public;
    CREATE TABLE case_file (case_id int);
    CREATE TABLE public.unit (unit_id int);
    CREATE VIEW v AS SELECT * FROM case_file, unit;
    SET search_path = archive;
    CREATE VIEW v AS SELECT * FROM case_file;
    RESET search_path;
    CREATE TABLE last (id int);`,
  'changes': `
    CREATE SCHEMA app; CREATE SCHEMA history;
    CREATE TABLE app.case_file (case_id int, number text, note text, UNIQUE (number), fee int);
    CREATE INDEX by_note ON app.case_file (note);
    CREATE TABLE app.task (case_id int);
    ALTER TABLE ONLY app.case_file ADD CONSTRAINT key PRIMARY KEY (case_id);
    ALTER TABLE app.task ADD FOREIGN KEY (case_id) REFERENCES app.case_file, ADD COLUMN done boolean NOT NULL DEFAULT false;
    ALTER TABLE app.case_file DROP COLUMN note, ALTER COLUMN fee TYPE numeric(10,2), ALTER COLUMN number SET NOT NULL;
    ALTER TABLE app.case_file RENAME COLUMN number TO case_number;
    ALTER TABLE app.case_file ENABLE ROW LEVEL SECURITY;
    ALTER TABLE app.task RENAME TO step;
    ALTER TABLE app.step SET SCHEMA history;
    CREATE TABLE app.scratch (a int); DROP TABLE app.scratch;
    CREATE TABLE app.gone (a int) PARTITION BY LIST (a);
    CREATE TABLE app.gone_1 PARTITION OF app.gone FOR VALUES IN (1);
    DROP TABLE IF EXISTS app.gone, app.never;
    CREATE SCHEMA temporary; CREATE TABLE temporary.a (x int); CREATE FUNCTION temporary.f() RETURNS int LANGUAGE sql AS 'select 1';
    DROP SCHEMA temporary CASCADE;
    CREATE TYPE app.mood AS ENUM ('a', 'c');
    ALTER TYPE app.mood ADD VALUE 'b' BEFORE 'c';
    ALTER TYPE app.mood RENAME VALUE 'a' TO 'A';
    CREATE TABLE app.day (mood app.mood);
    ALTER SCHEMA history RENAME TO archive;
    DROP INDEX IF EXISTS app.by_note;`,
  'functions': `
    CREATE SCHEMA app;
    CREATE TABLE app.case_file (case_id int, status text, at date);
    CREATE TYPE app.address AS (street text, city text);
    CREATE FUNCTION app.age(opened date, today date DEFAULT current_date) RETURNS int LANGUAGE sql AS 'select today - opened';
    CREATE FUNCTION app.label(text) RETURNS text LANGUAGE sql IMMUTABLE AS $f$ select 'it''s ' || $1 $f$;
    CREATE FUNCTION app.cases(state text, VARIADIC numbers int[]) RETURNS TABLE (case_id int, state_shown text) LANGUAGE sql AS $$ select case_id, status from app.case_file $$;
    CREATE FUNCTION app.rows() RETURNS SETOF app.case_file LANGUAGE sql STABLE BEGIN ATOMIC SELECT * FROM app.case_file; END;
    CREATE FUNCTION app.late(opened date) RETURNS boolean RETURN app.age(opened) > 30;
    CREATE FUNCTION app.of_type(n app.case_file.case_id%TYPE, OUT a text, INOUT b app.address) LANGUAGE sql AS $$ select 'x', b $$;
    CREATE FUNCTION app.home() RETURNS app.address LANGUAGE sql AS $$ select 'a', 'b' $$;
    CREATE FUNCTION app.one(OUT total bigint) LANGUAGE sql AS $$ select count(*) from app.case_file $$;
    CREATE FUNCTION app.built(name text) RETURNS void LANGUAGE plpgsql AS $$ begin execute 'drop table ' || name; end $$;
    CREATE FUNCTION app.plain() RETURNS trigger LANGUAGE plpgsql AS $$ begin -- execute
      return new; end $$;
    CREATE PROCEDURE app.archive(before date, INOUT moved int DEFAULT 0) LANGUAGE sql AS $$ select 1 $$;
    CREATE AGGREGATE app.longest(text) (sfunc = textcat, stype = text);
    CREATE OR REPLACE FUNCTION app.label(text) RETURNS text LANGUAGE sql AS $$ select $1 $$;
    CREATE FUNCTION app.label(int) RETURNS text LANGUAGE sql AS $$ select 'n' $$;
    CREATE FUNCTION app.dropped(int) RETURNS int LANGUAGE sql AS 'select 1';
    DROP FUNCTION app.dropped(int);
    ALTER FUNCTION app.label(int) RENAME TO label_of_number;
    ALTER FUNCTION app.label_of_number SET SCHEMA public;`,
  'a schema with its elements': `
    CREATE SCHEMA app
      CREATE VIEW titles AS SELECT title FROM task
      CREATE TABLE task (title text, done boolean)
      GRANT SELECT ON titles TO public;`,
};

/** What both sides can know. A server knows indexes behind keys and the types of a view's columns too. */
function comparable(catalog: Catalog): unknown {
  const isQuery = (kind: string) => kind === 'view' || kind === 'materialized_view';
  const made = new Set(['open_case', 'labelled']);
  return {
    relations: catalog.relations.map((relation) => ({
      name: `${relation.schema}.${relation.name}`, kind: relation.kind, comment: relation.comment, rowSecurity: relation.rowSecurity, partitionOf: relation.partitionOf, options: relation.options,
      columns: relation.columns.map(({ name, type, nullable, comment, enumValues }) =>
        isQuery(relation.kind) || made.has(relation.name) ? name : { name, type, nullable, comment, enumValues },
      ),
    })),
    keys: catalog.constraints
      .filter(({ kind }) => kind === 'primary_key' || kind === 'unique' || kind === 'foreign_key')
      .map(({ schema, relation, kind, columns, references }) => `${schema}.${relation} ${kind} (${columns.join()})${references ? ` → ${references.schema}.${references.relation} (${references.columns.join()})` : ''}`)
      .sort(),
    checks: catalog.constraints.filter(({ kind }) => kind === 'check').map(({ relation, name }) => `${relation} ${name}`).sort(),
    functions: catalog.functions.map(({ body, ...rest }) => ({ ...rest, hasBody: body !== null })).sort((a, b) => (`${a.schema}.${a.name}` < `${b.schema}.${b.name}` ? -1 : 1)),
  };
}

describe('DDL', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(bundledServer());
  });
  afterAll(() => server.stop());

  test.each(Object.entries(TEXTS))('of %s says what a server makes of it', async (name, text) => {
    const database = name.replace(/\W+/g, '_');
    await server.run(`create database ${database}`);
    const client = new pg.Client({ connectionString: server.url(database) });
    await client.connect();
    await client.query(text);
    await client.end();
    const store = await engine.open({ name: 'production', url: server.url(database) }, noContext);
    const { value: onServer } = await store.catalog();
    await store.close();
    const { catalog, diagnostics } = await readDdl(text);
    expect(diagnostics.filter(({ message }) => !message.endsWith('app.never'))).toEqual([]);
    expect(comparable(catalog)).toEqual(comparable(onServer));
  });
});

describe('DDL text', () => {
  test('keeps the bodies of functions of language sql as plain statements', async () => {
    const { functions } = await catalogFromDdl(TEXTS['functions'] ?? '');
    const bodies = Object.fromEntries(functions.map(({ name, body }) => [name, body?.trim() ?? null]));
    expect(bodies).toMatchObject({
      age: 'select today - opened',
      label: 'select $1',
      rows: 'SELECT * FROM app.case_file;',
      late: 'SELECT app.age(opened) > 30',
      built: null,
      longest: null,
    });
  });

  test('as pg_dump writes it', async () => {
    const dump = [
      '--', '-- PostgreSQL database dump', '--', '', '\\restrict dq8Z', '', "SET statement_timeout = 0;", "SELECT pg_catalog.set_config('search_path', '', false);",
      'CREATE SCHEMA app;', 'ALTER SCHEMA app OWNER TO mara;', "SET default_tablespace = '';", 'SET default_table_access_method = heap;',
      'CREATE TABLE app.officer (\n    officer_id integer NOT NULL,\n    email text\n);', 'ALTER TABLE app.officer OWNER TO mara;',
      'CREATE SEQUENCE app.officer_id_seq START WITH 1;', 'ALTER SEQUENCE app.officer_id_seq OWNED BY app.officer.officer_id;',
      "ALTER TABLE ONLY app.officer ALTER COLUMN officer_id SET DEFAULT nextval('app.officer_id_seq'::regclass);",
      'COPY app.officer (officer_id, email) FROM stdin;', "1\tanna; drop table app.officer; -- '", '2\t\\N', '\\.', '', "SELECT pg_catalog.setval('app.officer_id_seq', 2, true);",
      'ALTER TABLE ONLY app.officer\n    ADD CONSTRAINT officer_pkey PRIMARY KEY (officer_id);', 'CREATE VIEW app.mail AS\n SELECT email\n   FROM app.officer;',
      'CREATE RULE keep AS ON DELETE TO app.officer DO INSTEAD NOTHING;', 'CREATE TRIGGER t AFTER INSERT ON app.officer FOR EACH ROW EXECUTE FUNCTION app.f();',
      'GRANT SELECT ON TABLE app.mail TO reporting;', "SECURITY LABEL FOR anon ON COLUMN app.officer.email IS 'MASKED WITH VALUE NULL';", '\\unrestrict dq8Z', '',
    ].join('\n');
    const { catalog, searchPath, diagnostics } = await readDdl(dump);
    expect(diagnostics).toEqual([]);
    expect(searchPath).toEqual(['public']);
    expect(catalog.relations.map(({ schema, name, kind, owner }) => [schema, name, kind, owner])).toEqual([['app', 'mail', 'view', null], ['app', 'officer', 'table', 'mara']]);
    expect(catalog.relations[1]?.columns).toEqual([
      { name: 'officer_id', type: 'integer', nullable: false, comment: null, label: null, enumValues: null },
      { name: 'email', type: 'text', nullable: true, comment: null, label: 'MASKED WITH VALUE NULL', enumValues: null },
    ]);
    expect(catalog.constraints.map(({ name, kind }) => [name, kind])).toEqual([['officer_officer_id_not_null', 'not_null'], ['officer_pkey', 'primary_key']]);
  });

  test('that is broken in one place loses that statement only, and says where', async () => {
    const text = "CREATE TABLE a (x int);\nCREATE TABEL b (x int);\n\nCREATE TABLE c (größe int, y int y);\nALTER TABLE missing ADD COLUMN z int;\nCREATE TABLE d (LIKE nowhere, y int);\n'";
    const { catalog, diagnostics } = await readDdl(text);
    expect(catalog.relations.map(({ name }) => name)).toEqual(['a', 'd']);
    await expect(catalogFromDdl(text)).rejects.toThrow(new DdlError('line 2: syntax error at or near "TABEL"'));
    expect(diagnostics.map(({ severity, message, line, offset }) => `${line}: ${severity}: ${message} (${text.slice(offset ?? 0).split(/\s/)[0]})`)).toMatchInlineSnapshot(`
      [
        "2: error: syntax error at or near "TABEL" (TABEL)",
        "4: error: syntax error at or near "y" (y);)",
        "5: warning: no statement before creates missing (ALTER)",
        "6: warning: no statement before creates nowhere (CREATE)",
        "7: error: unterminated quoted string at or near "'" (')",
      ]
    `);
  });

  test('that no one should have written is bounded', async () => {
    const deep = `CREATE VIEW deep AS SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)} AS x;`;
    const nul = 'CREATE TABLE n (x int \0);';
    const { catalog, diagnostics } = await readDdl(`${deep}${nul}CREATE TABLE kept (x int);`);
    expect(catalog.relations.map(({ name }) => name)).toEqual(['kept']);
    expect(diagnostics).toHaveLength(2);
    const many = Array.from({ length: 1_500 }, (_, at) => `CREATE TABLE t${at} (a int, b text); CREATE VIEW v${at} AS SELECT * FROM t${at};`).join('\n');
    expect((await catalogFromDdl(many)).relations).toHaveLength(3_000);
  });

  test('gives the search path that it leaves behind', async () => {
    expect((await readDdl('CREATE TABLE a (x int)')).searchPath).toEqual(['public']);
    expect((await readDdl(`SET search_path = "$user", app, "Odd Name"; CREATE TABLE a (x int)`)).searchPath).toEqual(['app', 'Odd Name']);
    expect((await readDdl("SELECT set_config('search_path', 'app, public', false)")).searchPath).toEqual(['app', 'public']);
  });

  test('keeps what a view reads when the search path changes after it', async () => {
    const { catalog } = await readDdl(TEXTS['a search path'] ?? '');
    const definitions = catalog.relations.flatMap(({ schema, definition }) => (definition === null ? [] : [`${schema}: ${definition}`]));
    expect(definitions).toEqual(['app: CREATE VIEW v AS SELECT * FROM "app".case_file, unit', 'archive: CREATE VIEW v AS SELECT * FROM "archive".case_file']);
  });
});
