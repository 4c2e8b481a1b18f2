import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coverageOf } from '../../src/graph/coverage.js';
import { doubtsOf, selfCheck, type SelfCheck } from '../../src/graph/self-check.js';
import type { Catalog } from '../../src/model/catalog.js';
import { lineageContext, resolveStatement } from '../../src/sql/lineage.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { SchemaIndex } from '../../src/sql/schema-index.js';
import { engine } from '../../src/stores/postgres.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';

const DDL = [
  'create schema app',
  'create schema integration',
  'create table app.case_file (case_id bigint primary key, status text, officer_id int, opened_at timestamptz, profile jsonb)',
  'create table app.officer (officer_id int primary key, name text, email text)',
  'create type app.address as (street text, city text)',
  'create table app.party (party_id int primary key, home app.address)',
  "create function app.open_cases() returns setof app.case_file language sql stable as $$ select * from app.case_file where status = 'OPEN' $$",
  // Each view is one way in which the server records something else than the columns that are read.
  "create view integration.case_v1 as select case_id, opened_at from app.case_file where status = 'OPEN'",
  'create view integration.case_count as select count(*) as cases from app.case_file',
  'create view integration.case_document as select case_id, to_jsonb(c) as document from app.case_file c',
  'create view integration.case_officer_row as select row_to_json(j) as both_sides from (app.case_file c join app.officer o using (officer_id)) as j',
  'create view integration.open_case as select f.case_id, f.opened_at from app.open_cases() f',
  'create view integration.case_of_document as select r.status from app.officer o, jsonb_populate_record(null::app.case_file, to_jsonb(o)) r',
  'create view integration.party_city as select party_id, (home).city from app.party',
  "create view integration.size as select pg_relation_size('app.officer'::regclass) as bytes",
  'create view integration.of_view as select case_id from integration.case_v1 where opened_at > now()',
  'create materialized view integration.stored as select o.name, count(*) filter (where status is null) as without_status from app.case_file natural join app.officer o group by o.officer_id',
  "create view integration.one as select 1 as one, current_user as reader from pg_catalog.pg_class where relname = 'case_file'",
];

let server: TestServer;
let parse: Parse;
let catalog: Catalog;

beforeAll(async () => {
  parse = await createPostgresParser();
  server = await startServer(bundledServer());
  await server.run(['create database casework']);
  await server.run(DDL, 'casework');
  const store = await engine.open({ name: 'production', url: server.url('casework') }, noContext);
  ({ value: catalog } = await store.catalog());
  await store.close();
});
afterAll(() => server.stop());

const check = (changed: Catalog = catalog): SelfCheck => selfCheck(lineageContext(new SchemaIndex(changed), parse));

/** The catalogue as it would be if the server had recorded other columns for one view. */
function withRecorded(name: string, recordedColumns: string[]): Catalog {
  return { ...catalog, relations: catalog.relations.map((relation) => (relation.name === name ? { ...relation, recordedColumns } : relation)) };
}

describe('views of an audited PostgreSQL', () => {
  test('are collected with what the server recorded', () => {
    const recorded = new Map(catalog.relations.map((relation) => [relation.name, relation.recordedColumns]));
    expect(recorded.get('case_file')).toBeNull();
    expect(recorded.get('case_v1')).toEqual(['app.case_file.case_id', 'app.case_file.opened_at', 'app.case_file.status']);
    expect(recorded.get('case_count')).toEqual(['app.case_file.*']);
    expect(recorded.get('stored')).toEqual(['app.case_file.officer_id', 'app.case_file.status', 'app.officer.name', 'app.officer.officer_id']);
    expect(recorded.get('one')).toEqual([]);
  });

  test('are read as the server recorded them', () => {
    const { counts, doubts } = check();
    expect([...doubts.values()]).toEqual([]);
    expect(counts).toEqual({ total: 11, agree: 11, differ: 0 });
  });

  test('that are read otherwise are in doubt, and so is all that reads them', () => {
    const { counts, doubts } = check(withRecorded('case_v1', ['app.case_file.case_id', 'app.case_file.officer_id', 'app.case_file.status']));
    expect(counts).toEqual({ total: 11, agree: 10, differ: 1 });
    expect([...doubts]).toMatchInlineSnapshot(`
      [
        [
          "integration.case_v1",
          "view integration.case_v1 is not read as the server recorded it: the server has app.case_file.officer_id and tidemark has not; tidemark has app.case_file.opened_at and the server has not",
        ],
        [
          "integration.of_view",
          "view integration.case_v1 is not read as the server recorded it: the server has app.case_file.officer_id and tidemark has not; tidemark has app.case_file.opened_at and the server has not",
        ],
      ]
    `);
  });

  test('of which the server recorded a relation that we do not see are in doubt', () => {
    expect([...check(withRecorded('case_count', ['app.case_file.status'])).doubts.values()]).toMatchInlineSnapshot(`
      [
        "view integration.case_count is not read as the server recorded it: the server has app.case_file.status and tidemark has not; tidemark has app.case_file.* and the server has not",
      ]
    `);
  });

  test('that cannot be compared are neither right nor wrong', () => {
    const unread = { ...catalog, relations: catalog.relations.map((relation) => (relation.name === 'party_city' ? { ...relation, definition: null } : relation)) };
    const { counts, doubts } = check(unread);
    expect(counts).toEqual({ total: 11, agree: 10, differ: 0 });
    expect([...doubts.values()]).toMatchInlineSnapshot(`
      [
        "view integration.party_city could not be compared: its definition is not known",
      ]
    `);
    const garbled = { ...catalog, relations: catalog.relations.map((relation) => (relation.name === 'party_city' ? { ...relation, definition: 'SELECT FROM WHERE' } : relation)) };
    expect([...check(garbled).doubts.values()]).toMatchInlineSnapshot(`
      [
        "view integration.party_city could not be compared: syntax error at or near "WHERE"",
      ]
    `);
  });

  test('lower what reads them, and are counted', () => {
    const doubtful = check(withRecorded('case_v1', []));
    const read = (sql: string) => {
      const statement = parse(sql).statements[0]?.statement;
      if (!statement) throw new Error('not parsed');
      return doubtsOf(resolveStatement(statement, lineageContext(new SchemaIndex(catalog), parse)), doubtful);
    };
    expect(read('select case_id from integration.of_view')).toHaveLength(1);
    expect(read('select status from app.case_file')).toEqual([]);
    expect(coverageOf([], [], [doubtful, check()]).views).toEqual({ total: 22, agree: 21, differ: 1 });
  });
});
