import type { TestServer } from './postgres.js';

/** The case work of a regulator, with one of everything that a catalogue can hold. Each entry is one statement. */
export function caseworkCatalog(major: number): string[] {
  return [
    'create schema monitoring',
    'create extension pg_stat_statements schema monitoring',
    'grant usage on schema monitoring to public',
    'create schema app',
    'create schema integration',
    'create schema read_model',
    "create type app.case_status as enum ('OPEN', 'IN_REVIEW', 'CLOSED')",
    'create domain app.required_status as app.case_status not null',
    `create table app.officer (
       officer_id int primary key,
       email text not null unique,
       display_name text)`,
    "comment on table app.officer is 'Who decides a case.'",
    "comment on column app.officer.email is 'work address'",
    `create table app.case_file (
       case_id bigint primary key,
       case_number text not null,
       status app.case_status not null default 'OPEN',
       previous_status app.required_status,
       officer_id int references app.officer (officer_id),
       opened_at timestamptz not null,
       closed_at timestamptz,
       fee numeric(10,2),
       constraint closed_has_date check ((status = 'CLOSED') = (closed_at is not null)),
       constraint fee_is_positive check (fee > 0 or fee is null))`,
    "alter table app.case_file add constraint number_format check (case_number like 'C-%') not valid",
    "create index case_file_open on app.case_file (opened_at, lower(case_number)) where status <> 'CLOSED'",
    'create table app.transition (at timestamptz not null, case_id bigint, primary key (at)) partition by range (at)',
    "create table app.transition_2026 partition of app.transition for values from ('2026-01-01') to ('2027-01-01')",
    'create view integration.case_v1 as select case_id, case_number, status from app.case_file',
    'create materialized view read_model.open_cases as select officer_id, count(*) as cases from app.case_file group by 1',
    `create function app.case_age(opened timestamptz, today date default date '2026-03-01') returns int language sql stable
       as 'select today - opened::date'`,
    `create function app.cases_of(officer int, variadic statuses app.case_status[]) returns table (case_id bigint, fee numeric) language sql stable
       as $$ select c.case_id, c.fee from app.case_file c where c.officer_id = officer and c.status = any (statuses) $$`,
    `create function app.open_cases() returns setof app.case_file language plpgsql stable
       as $$ begin /* execute format(…) was slow */ raise notice 'execute %', now(); return query select * from app.case_file; end $$`,
    'create type app.address as (street text, city text)',
    "create function app.address_of(number text) returns app.address language sql immutable as $$ select number, 'Vienna' $$",
    `create procedure app.archive(before date, inout moved bigint default 0) language plpgsql
       as $$ begin execute format('delete from %I.case_file where opened_at < $1', 'app') using before; end $$`,
    "create aggregate app.longest(text) (sfunc = textcat, stype = text, initcond = '')",
    ...(major >= 14
      ? [
          'create function app.is_late(opened timestamptz) returns boolean return app.case_age(opened) > 30',
          'create function app.fees(out total numeric, out cases bigint) begin atomic select sum(fee), count(*) from app.case_file; end',
        ]
      : []),
    'create foreign data wrapper archive',
    'create server archive_server foreign data wrapper archive',
    'create foreign table app.archived_case (case_id bigint) server archive_server',
    'alter table app.case_file enable row level security',
    'create role casework_app login',
    'create role reporting',
    "create role metabase login connection limit 5 password 'dashboard'",
    'grant reporting to metabase',
    "alter role metabase set statement_timeout = '30s'",
    "alter role metabase in database casework set statement_timeout = '10s'",
    "alter role metabase in database postgres set statement_timeout = '1h'",
    "alter role all set lock_timeout = '4s'",
    "alter database casework set idle_in_transaction_session_timeout = '1min'",
    'create policy own_cases on app.case_file for select to metabase, casework_app using (officer_id > 0)',
    'grant usage on schema app, integration to public',
    'grant select, insert, update on app.case_file to casework_app',
    'grant select (case_id, status) on app.case_file to reporting',
    'grant select on integration.case_v1 to public',
    major >= 15
      ? "create publication warehouse for table app.case_file (case_id, status) where (case_id > 0), app.officer"
      : 'create publication warehouse for table app.case_file, app.officer',
    'create publication everything for all tables',
    // Labels need a provider; a superuser may write what one would have written.
    'set allow_system_table_mods = on',
    `insert into pg_seclabel
       values ('app.officer'::regclass, 'pg_class'::regclass, 2, 'anon', 'MASKED WITH FUNCTION anon.fake_email()')`,
    'insert into app.officer select g, $$officer$$ || g from generate_series(1, 200) g',
    `insert into app.case_file select g, 'C-' || g, 'OPEN', 'OPEN', 1 + g % 200, now(), null, 10 from generate_series(1, 3000) g`,
    "insert into app.transition select timestamptz '2026-02-01' + g * interval '1 minute', g from generate_series(1, 1000) g",
    'analyze app.officer, app.case_file, app.transition_2026',
    "create role tidemark login password 'spring tide'",
    'grant pg_monitor to tidemark',
    "create role bare login password 'neap tide'",
  ];
}

export async function loadCasework(server: TestServer): Promise<void> {
  await server.run('create database casework');
  await server.run(caseworkCatalog(server.major), 'casework');
}
