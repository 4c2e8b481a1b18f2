import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetricSchema } from '../../../src/metrics/definition.js';
import { schemaFromDdl } from '../../../src/metrics/schema/read.js';
import type { ScratchEngine } from '../../../src/model/scratch-engine.js';
import { scratchEngine } from '../../../src/scratch/index.js';

const engines: Record<'pglite' | 'duckdb', ScratchEngine> = { pglite: scratchEngine('pglite'), duckdb: scratchEngine('duckdb') };

beforeAll(async () => {
  await (await engines.pglite.open()).close();
});

afterAll(async () => {
  await engines.pglite.close();
  await engines.duckdb.close();
});

async function read(ddl: string, late = '', kind: 'pglite' | 'duckdb' = 'pglite'): Promise<MetricSchema> {
  const space = await engines[kind].open();
  try {
    return await schemaFromDdl(space, ddl, late);
  } finally {
    await space.close();
  }
}

function columnsOf({ catalog }: MetricSchema, name: string): string[] {
  const relation = catalog.relations.find((one) => one.name === name);
  return (relation?.columns ?? []).map((column) => `${column.name} ${column.type}${column.nullable ? '' : ' not null'}`);
}

function constraintsOf({ catalog }: MetricSchema, kind: string): string[] {
  return catalog.constraints.filter((one) => one.kind === kind).map(({ relation, columns, expression, references, validated, enforced }) =>
    [relation, columns.join('+'), expression, references && `-> ${references.schema}.${references.relation}(${references.columns.join('+')})`, validated ? null : 'not valid', enforced ? null : 'not enforced']
      .filter((part) => part !== null)
      .join(' '));
}

/** As pg_dump 18 writes it. */
const DUMP = `--
-- PostgreSQL database dump
--

\\restrict 5T9hQ2

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);
SET row_security = off;

CREATE SCHEMA app;
ALTER SCHEMA app OWNER TO casework;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements WITH SCHEMA public;
COMMENT ON EXTENSION pg_stat_statements IS 'track statistics';

CREATE TYPE app.status AS ENUM (
    'OPEN',
    'CLOSED'
);
ALTER TYPE app.status OWNER TO casework;

CREATE FUNCTION app.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin new.touched_at := now(); return new; end;
$$;

SET default_table_access_method = heap;

CREATE TABLE app.case_file (
    case_id bigint NOT NULL,
    status app.status DEFAULT 'OPEN'::app.status NOT NULL,
    touched_at timestamp with time zone,
    note text DEFAULT 'semi;colon'::text
);
ALTER TABLE app.case_file OWNER TO casework;
ALTER TABLE app.case_file ALTER COLUMN case_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.case_file_case_id_seq
    START WITH 1
);

COPY app.case_file (case_id, status, touched_at, note) FROM stdin;
1	OPEN	\\N	drop table app.case_file;
2	CLOSED	\\N	it's
\\.

SELECT pg_catalog.setval('app.case_file_case_id_seq', 2, true);

ALTER TABLE ONLY app.case_file
    ADD CONSTRAINT case_file_pkey PRIMARY KEY (case_id);
CREATE INDEX case_file_status ON app.case_file USING btree (status);
CREATE TRIGGER touch BEFORE UPDATE ON app.case_file FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.case_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.case_file USING (note = CURRENT_USER);
GRANT SELECT ON TABLE app.case_file TO metabase;
ALTER DEFAULT PRIVILEGES FOR ROLE casework IN SCHEMA app GRANT SELECT ON TABLES TO metabase;

\\unrestrict 5T9hQ2
`;

describe('a dump', () => {
  test('is read whole: rights, owners, rows, triggers and row security make no difference', async () => {
    const schema = await read(DUMP);
    expect(schema.failures).toEqual([]);
    expect(schema.searchPath).toEqual(['public']);
    expect(columnsOf(schema, 'case_file')).toEqual(['case_id bigint not null', 'status app.status not null', 'touched_at timestamp with time zone', 'note text']);
    expect(constraintsOf(schema, 'primary_key')).toEqual(['case_file case_id']);
    expect(schema.catalog.relations[0]?.rowSecurity).toBe(false);
  });

  test('leaves its tables in the space, empty', async () => {
    const space = await engines.pglite.open();
    try {
      await schemaFromDdl(space, DUMP);
      expect((await space.rows('select count(*) from app.case_file')).rows).toEqual([['0']]);
    } finally {
      await space.close();
    }
  });
});

describe('constraints', () => {
  test('hold only as far as the engine vouches for them', async () => {
    const schema = await read(
      `create table officer (officer_id int primary key, email text unique nulls not distinct);
       create table case_file (
         case_id int primary key, status text not null check (status in ('OPEN', 'CLOSED')), officer_id int references officer, closed_at date,
         constraint closed_has_date check ((status = 'CLOSED') = (closed_at is not null)),
         constraint recorded check (case_id > 0) not enforced);
       alter table case_file add constraint fee_of_old check (case_id < 100) not valid;`,
      'alter table case_file add constraint late_not_valid check (case_id <> 13) not valid; alter table case_file add constraint late_valid unique (closed_at)',
    );
    expect(schema.failures).toEqual([]);
    expect(constraintsOf(schema, 'check')).toEqual([
      "case_file status status = ANY (ARRAY['OPEN'::text, 'CLOSED'::text])",
      "case_file status+closed_at (status = 'CLOSED'::text) = (closed_at IS NOT NULL)",
      'case_file case_id case_id < 100 not valid',
      'case_file case_id case_id <> 13 not valid',
      'case_file case_id case_id > 0 not valid not enforced',
    ]);
    expect(constraintsOf(schema, 'foreign_key')).toEqual(['case_file officer_id -> public.officer(officer_id)']);
    expect(constraintsOf(schema, 'unique')).toEqual(['case_file closed_at', 'officer email']);
    expect(schema.catalog.constraints.filter(({ nullsNotDistinct }) => nullsNotDistinct === true).map(({ name }) => name)).toEqual(['officer_email_key']);
  });

  test('of a domain are those of its columns, down to its base', async () => {
    const schema = await read(
      `create domain positive as numeric(12, 2) check (value > 0);
       create domain fee as positive not null constraint fee_max check (value < 1000 and 'value' <> 'x');
       create type status as enum ('OPEN', 'CLOSED');
       create domain known_status as status check (value is not null);
       create table case_file (fee fee, status known_status, "value" positive)`,
    );
    expect(columnsOf(schema, 'case_file')).toEqual(['fee numeric(12,2) not null', 'status public.status', 'value numeric(12,2)']);
    expect(schema.catalog.relations[0]?.columns.map(({ domain, enumValues }) => [domain, enumValues])).toEqual([
      ['public.fee', null], ['public.known_status', ['OPEN', 'CLOSED']], ['public.positive', null],
    ]);
    expect(constraintsOf(schema, 'check')).toEqual([
      "case_file fee ((fee)::numeric < (1000)::numeric) AND ('value'::text <> 'x'::text)",
      'case_file status status IS NOT NULL',
      'case_file fee fee > (0)::numeric',
      'case_file value value > (0)::numeric',
    ]);
  });

  test('NOT NULL that is NOT VALID leaves a column nullable', async () => {
    const schema = await read('create table case_file (closed_at date, opened_at date not null); alter table case_file add constraint has_date not null closed_at not valid');
    expect(columnsOf(schema, 'case_file')).toEqual(['closed_at date', 'opened_at date not null']);
  });
});

describe('relations', () => {
  test('have what the engine computes, their views and partitions', async () => {
    const schema = await read(
      `create table sale (sale_id int generated always as identity, at date not null, net numeric, gross numeric generated always as (net * 1.2) stored, region text default 'EU') partition by range (at);
       create table sale_2024 partition of sale for values from ('2024-01-01') to ('2025-01-01');
       create view open_sale as select sale_id, net from sale where region = 'EU';
       create materialized view sale_by_region as select region, count(*) as sales from sale group by 1;
       create unique index one_a_day on sale_2024 (at) where region = 'EU'`,
    );
    expect(schema.failures).toEqual([]);
    expect(schema.catalog.relations.map(({ name, kind, partitionOf }) => [name, kind, partitionOf])).toEqual([
      ['open_sale', 'view', null], ['sale', 'partitioned_table', null], ['sale_2024', 'partition', 'public.sale'], ['sale_by_region', 'materialized_view', null],
    ]);
    const sale = schema.catalog.relations.find(({ name }) => name === 'sale');
    expect(sale?.columns.flatMap(({ name, generated, default: expression }) => (generated ?? expression ? [[name, generated ?? null, expression ?? null]] : []))).toEqual([
      ['sale_id', null, 'identity'], ['gross', '(net * 1.2)', null], ['region', null, "'EU'::text"],
    ]);
    expect(schema.catalog.relations[0]?.definition?.replace(/\s+/g, ' ')).toBe("SELECT sale_id, net FROM public.sale WHERE (region = 'EU'::text)");
    expect(schema.catalog.indexes.map(({ relation, columns, unique, predicate }) => [relation, columns, unique, predicate])).toEqual([['sale_2024', ['at'], true, "region = 'EU'::text"]]);
  });

  test('are looked up where the script says', async () => {
    const schema = await read('create schema app; set search_path to app, public; create table case_file (case_id int)');
    expect(schema.searchPath).toEqual(['app', 'public']);
    expect(schema.catalog.relations.map(({ schema: of, name }) => `${of}.${name}`)).toEqual(['app.case_file']);
  });
});

describe('a statement that the engine refuses', () => {
  test('costs itself, and is told with the reason', async () => {
    const schema = await read("create table officer (officer_id int); create table case_file (id nonsense, at date); create table task (task_id int check (task_id > 0))");
    expect(schema.failures).toEqual([{ statement: 'create table case_file (id nonsense, at date)', message: 'type "nonsense" does not exist' }]);
    expect(schema.catalog.relations.map(({ name }) => name)).toEqual(['officer', 'task']);
    expect(schema.ddl).toBe('create table officer (officer_id int);\ncreate table task (task_id int check (task_id > 0));\n');
  });

  test('is mended where it lacks a schema, or an extension that every database of its author has', async () => {
    const schema = await read('create table app.officer (officer_id uuid default uuid_generate_v4(), email citext)');
    expect(schema.failures).toEqual([]);
    expect(schema.ddl.split('\n').slice(0, 3)).toEqual(['create schema if not exists "app";', 'create extension if not exists "citext";', 'create extension if not exists "uuid-ossp";']);
    expect(columnsOf(schema, 'officer')).toEqual(['officer_id uuid', 'email public.citext']);
  });
});

test('a schema of 2,000 tables is read whole', async () => {
  const tables = Array.from({ length: 2_000 }, (_, number) => `create table app.t${number} (id int primary key, parent int${number === 0 ? '' : ` references app.t${number - 1}`}, fee numeric(10,2) check (fee > 0));`);
  const space = await engines.pglite.open();
  // The machine may be busy.
  space.limit(50_000);
  const schema = await schemaFromDdl(space, `create schema app; ${tables.join('\n')}`).finally(() => space.close());
  expect(schema.failures).toEqual([]);
  expect(schema.catalog.relations).toHaveLength(2_000);
  expect(constraintsOf(schema, 'foreign_key')).toHaveLength(1_999);
});

describe('DuckDB', () => {
  test('is read out of its own catalogue', async () => {
    const schema = await read(
      `create type app.status as enum ('OPEN', 'it''s'); create table app.officer (officer_id int primary key);
       create table app.case_file (case_id int primary key, status app.status not null, fee decimal(5,2) default 3 check (fee > 0), doubled int as (case_id * 2), officer_id int references app.officer (officer_id));
       create view app.open_case (id, state) as select case_id, status from app.case_file; create table broken (x nonsense)`,
      '', 'duckdb',
    );
    expect(schema.failures).toEqual([{ statement: 'create table broken (x nonsense)', message: 'Catalog Error: Type with name nonsense does not exist!' }]);
    expect(columnsOf(schema, 'case_file')).toEqual(['case_id INTEGER not null', "status ENUM('OPEN', 'it''s') not null", 'fee DECIMAL(5,2)', 'doubled INTEGER', 'officer_id INTEGER']);
    const caseFile = schema.catalog.relations.find(({ name }) => name === 'case_file');
    expect(caseFile?.columns.map(({ enumValues, generated }) => enumValues ?? generated ?? null)).toEqual([null, ['OPEN', "it's"], null, 'CAST((case_id * 2) AS INTEGER)', null]);
    expect(constraintsOf(schema, 'foreign_key')).toEqual(['case_file officer_id -> app.officer(officer_id)']);
    expect(constraintsOf(schema, 'check')).toEqual(['case_file fee fee > 0']);
    expect(schema.catalog.relations.find(({ kind }) => kind === 'view')?.definition).toBe('SELECT * FROM (SELECT case_id, status FROM app.case_file) AS renamed("id", "state")');
  });
});

describe('a table that others inherit from', () => {
  const HEIRS = `create table vehicle (
      vehicle_id int primary key, plate text unique, wheels int check (wheels > 0), doors int,
      constraint vehicle_has_doors check (doors > 0) no inherit);
    create table lorry (axles int) inherits (vehicle);
    create table trip (trip_id int primary key, vehicle_id int references vehicle);`;

  test('is read with the rows of its heirs, which its keys do not bind', async () => {
    const schema = await read(HEIRS);
    expect(constraintsOf(schema, 'primary_key')).toEqual(['trip trip_id', 'vehicle vehicle_id not valid']);
    expect(constraintsOf(schema, 'unique')).toEqual(['vehicle plate not valid']);
    expect(constraintsOf(schema, 'foreign_key')).toEqual(['trip vehicle_id -> public.vehicle(vehicle_id) not valid']);
    expect(schema.catalog.indexes.filter(({ relation }) => relation === 'vehicle').map(({ valid }) => valid)).toEqual([false, false]);
  });

  test('binds them by what they inherit', async () => {
    const schema = await read(HEIRS);
    expect(constraintsOf(schema, 'check').toSorted()).toEqual(['lorry wheels wheels > 0', 'vehicle doors doors > 0 not valid', 'vehicle wheels wheels > 0']);
    expect(columnsOf(schema, 'lorry')[0]).toBe('vehicle_id integer not null');
  });

  test('is no partitioned one, whose keys hold of all its partitions', async () => {
    const schema = await read(`create table reading (taken_on date primary key) partition by range (taken_on);
      create table reading_2024 partition of reading for values from ('2024-01-01') to ('2025-01-01');`);
    expect(constraintsOf(schema, 'primary_key')).toContain('reading taken_on');
  });
});

describe('what is not reproduced', () => {
  test('is named where it changes or hides rows', async () => {
    const schema = await read(`create table case_file (case_id int primary key, note text);
      create function stamp() returns trigger language plpgsql as $$ begin new.note := 'x'; return new; end $$;
      create trigger stamp_note before insert or update of note on only_mine.case_file for each row execute function stamp();
      create constraint trigger "Check it" after insert on case_file deferrable for each row execute function stamp();
      create or replace rule keep as on delete to case_file do instead nothing;
      alter table only case_file enable row level security;
      comment on table case_file is 'row level security, a trigger and a rule';`);
    expect(schema.leftOut).toEqual(['the trigger stamp_note on only_mine.case_file', 'the trigger "Check it" on case_file', 'the rule keep on case_file', 'row level security of case_file']);
    expect(schema.failures).toEqual([]);
  });

  test('is not there in a plain schema, and a temporary table is none of it', async () => {
    const schema = await read('create table case_file (case_id int primary key); create temp table case_file (case_id int);');
    expect(schema.leftOut).toEqual([]);
    expect(schema.catalog.relations.map(({ schema: of, name }) => `${of}.${name}`)).toEqual(['public.case_file']);
  });
});
