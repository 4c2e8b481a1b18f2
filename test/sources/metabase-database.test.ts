import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Gap } from '../../src/model/snapshot.js';
import { ApiRefused, type ApiAnswer } from '../../src/sources/api/client.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/metabase.js';
import { readSources } from '../../src/sources/reading/read.js';
import { openApplicationDatabase } from '../../src/stores/postgres/application-database.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

/** The tables of Metabase v0.57, as far as they matter here. */
const TABLES = `
create table core_user (id int primary key, email text, first_name text, last_name text, is_active boolean, password text);
create table collection (id int primary key, name text, location text, archived boolean, personal_owner_id int, authority_level text);
create table metabase_database (id int primary key, name text, engine text, details text);
create table metabase_table (id int primary key, db_id int, schema text, name text, active boolean);
create table metabase_field (id int primary key, table_id int, name text, base_type text, effective_type text, database_type text,
  semantic_type text, fk_target_field_id int, visibility_type text, active boolean, parent_id int, position int);
create table report_card (id int primary key, entity_id char(21), name text, description text, type text, display text, archived boolean,
  dataset_query text, result_metadata text, database_id int, table_id int, collection_id int, dashboard_id int, document_id int,
  creator_id int, public_uuid char(36), enable_embedding boolean, view_count int, last_used_at timestamptz);
create table report_dashboard (id int primary key, name text, archived boolean, parameters text, public_uuid char(36), enable_embedding boolean, collection_id int, creator_id int);
create table report_dashboardcard (id int primary key, dashboard_id int, card_id int, parameter_mappings text);
create table dashboardcard_series (id int primary key, dashboardcard_id int, card_id int, position int);
create table native_query_snippet (id int primary key, name text, description text, content text, archived boolean, creator_id int, collection_id int);
create table segment (id int primary key, name text, description text, archived boolean, table_id int, creator_id int, definition text);
create table query (query_hash bytea primary key, average_execution_time int, query text);
create table query_execution (id serial primary key, hash bytea, started_at timestamptz, running_time int, context text, executor_id int, card_id int, database_id int);
create table revision (id serial primary key, model text, model_id int, user_id int, "timestamp" timestamptz);
create table action (id int primary key, entity_id char(21), name text, description text, archived boolean, model_id int, creator_id int, public_uuid char(36), type text);
create table query_action (action_id int primary key, database_id int, dataset_query text);
create table pulse (id int primary key, name text, archived boolean, dashboard_id int);
create table pulse_card (id int primary key, pulse_id int, card_id int, include_csv boolean, include_xls boolean);
create table pulse_channel (id int primary key, pulse_id int, enabled boolean, schedule_type text, schedule_hour int, schedule_day text, schedule_frame text, details text, channel_type text);
create table notification_handler (id int primary key, notification_id int, channel_type text, active boolean);
create table notification (id int primary key, payload_type text, payload_id int, active boolean);
create table notification_card (id int primary key, card_id int);
create table notification_subscription (id int primary key, notification_id int, type text, cron_schedule text);
`;

const native = (query: string, database = 2): string => JSON.stringify({ type: 'native', database, native: { query } }).replaceAll("'", "''");

const ROWS = `
insert into core_user values (1, 'tom.reuter@shop.example', 'Tom', 'Reuter', true, 's3cr3t'), (2, 'ines.krall@shop.example', 'Ines', 'Krall', false, 's3cr3t');
insert into collection values (1, 'Sales', '/', false, null, 'official'), (4, 'Weekly', '/1/', false, null, null), (7, 'Old', '/', true, null, null);
insert into metabase_database values (2, 'Shop', 'postgres', '{"host":"shop-db.internal","port":5432,"dbname":"shop","user":"mb","password":"s3cr3t"}'), (3, 'Sealed', 'postgres', 's3cr3tAAAA==');
insert into metabase_table values (10, 2, 'public', 'orders', true), (11, 2, 'public', 'gone', false);
insert into metabase_field values (100, 10, 'id', 'type/Integer', null, 'int4', 'type/PK', null, 'normal', true, null, 0), (101, 10, 'total', 'type/Decimal', null, 'numeric', null, null, 'normal', true, null, 1);
insert into report_card values
 (12, 'aaaaaaaaaaaaaaaaaaa12', 'Late orders', null, 'question', 'table', false, '${native("select id from public.orders where status = 'OPEN'")}', null, 2, null, 4, null, null, 2, null, false, 54, '2099-10-01T10:00:00+02:00'),
 (13, 'aaaaaaaaaaaaaaaaaaa13', 'Revenue', 'Of all orders.', 'question', 'scalar', false, '{"database":2,"type":"query","query":{"source-table":10,"aggregation":[["sum",["field",101,null]]],"filter":["segment",5]}}', '[{"name":"sum"}]', 2, 10, 1, null, null, 1, '6c1f0f1c-6a0c-4a3e-9a53-0f2b5e0f7d11', false, 0, null),
 (14, 'aaaaaaaaaaaaaaaaaaa14', 'Broken', null, 'question', 'table', false, '{"database":2,', null, 2, null, 1, null, null, 1, null, false, 0, null),
 (15, 'aaaaaaaaaaaaaaaaaaa15', 'Forgotten', null, 'question', 'table', false, '${native('select 1', 3)}', null, 3, null, 7, null, null, 1, null, false, 0, null);
insert into report_card (id, name, display, dataset_query, database_id, creator_id) values (16, 'Orders', 'scalar', '{"database":2,"type":"query","query":{"source-table":10,"aggregation":[["count"]]}}', 2, 1);
insert into report_dashboard values (3, 'Sales at a glance', false, '[{"id":"p","name":"Total","type":"number/>="}]', null, false, 1, 1), (4, 'Before', true, null, null, false, 1, 1);
insert into report_dashboardcard values (30, 3, 12, '[]'), (31, 3, null, '[]'), (32, 4, 13, null), (33, 3, 16, '[{"parameter_id":"p","card_id":16,"target":["dimension",["field",101,null]]}]');
insert into dashboardcard_series values (1, 30, 15, 0);
insert into native_query_snippet values (9, 'large', null, 'total > 1000', false, 1, null);
insert into segment values (5, 'Paid', null, false, 10, 1, '{"source-table":10,"filter":[">",["field",101,null],0]}');
insert into query values ('\\xabcdef0123456789', 12, '${native('select email from public.customers')}'), ('\\x00ff00ff00ff00ff', 12, '${native('select 2')}');
insert into query_execution (hash, started_at, running_time, context, executor_id, card_id, database_id) values
 ('\\x1111111111111111', now() - interval '2 days', 40, 'question', 1, 12, 2), ('\\x2222222222222222', now() - interval '3 days', 50, 'dashboard', 1, 12, 2),
 ('\\x3333333333333333', now() - interval '200 days', 50, 'dashboard', 1, 12, 2),
 ('\\xabcdef0123456789', now() - interval '1 day', 5, 'ad-hoc', 2, null, 2), ('\\xabcdef0123456789', now() - interval '1 day', 5, 'ad-hoc', 2, null, 2),
 ('\\x00ff00ff00ff00ff', now() - interval '120 days', 5, 'ad-hoc', 2, null, 2);
insert into revision (model, model_id, user_id, "timestamp") values ('Card', 12, 2, now()), ('Card', 12, 1, now()), ('Dashboard', 12, 2, now());
insert into action values (6, 'aaaaaaaaaaaaaaaaaaaa6', 'Cancel', null, false, 12, 1, null, 'query');
insert into query_action values (6, 2, '${native('update public.orders set status = 2')}');
insert into pulse values (1, 'Weekly numbers', false, 3), (2, 'Off', false, 3), (3, 'Mail', true, 3);
insert into pulse_card values (1, 1, 12, true, false);
insert into pulse_channel values (1, 1, true, 'weekly', 8, 'mon', null, '{"emails":["s3cr3t"]}', 'email'), (2, 2, false, 'daily', 9, null, null, '{}', 'email'), (3, 3, true, 'hourly', null, null, null, '{}', 'email');
insert into notification_handler values (1, 1, 'channel/slack', true), (2, 2, 'channel/email', true);
insert into notification values (1, 'notification/card', 1, true), (2, 'notification/card', 2, false);
insert into notification_card values (1, 13), (2, 12);
insert into notification_subscription values (1, 1, 'notification-subscription/cron', '0 0 7 * * ? *'), (2, 2, 'notification-subscription/cron', '0 0 8 * * ? *');
`;

let server: TestServer;

beforeAll(async () => {
  server = await startServer(bundledServer());
  await server.run(['create database metabase', 'create database old', 'create database other']);
  await server.run([TABLES, ROWS, "create role reader login password 'reader'", 'grant select on all tables in schema public to reader'], 'metabase');
}, 120_000);

afterAll(() => server.stop());

/** The answers of a database, and what of it could not be read. */
async function answersOf(database: string): Promise<{ answers: ApiAnswer[]; failures: string[] }> {
  const session = await openApplicationDatabase(server.url(database), 'Metabase', { environment: {}, homeDirectory: '/nonexistent', signal: undefined });
  const failures: string[] = [];
  const answers: ApiAnswer[] = [];
  const query = async (sql: string): Promise<Record<string, unknown>[] | null> => {
    try {
      return await session.query(sql);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : 'unknown');
      return null;
    }
  };
  try {
    for await (const answer of source.applicationDatabase?.fetch(query) ?? []) answers.push(answer);
  } finally {
    await session.close();
  }
  return { answers, failures };
}

async function queriesOf(database: string): Promise<Map<string, CollectedQuery>> {
  const { answers, failures } = await answersOf(database);
  expect(failures).toEqual([]);
  const files = answers.map(({ path, text }) => new SourceFile(path, text));
  return new Map(source.read(files, { connection: null, gap: () => undefined }).map((query) => [query.id, query]));
}

describe('the application database', () => {
  test('gives what the API would, and what people ran without saving it', async () => {
    const queries = await queriesOf('metabase');
    expect([...queries.keys()]).toEqual([
      'metabase:Shop:card:12',
      'metabase:Shop:card:13',
      'metabase:Shop:card:14',
      'metabase:Sealed:card:15',
      'metabase:Shop:card:16',
      'metabase:Shop:action:6',
      'metabase:Shop:adhoc:abcdef0123456789',
      'metabase:Shop:segment:5',
      'metabase:unknown:snippet:9',
    ]);
    expect(queries.get('metabase:Shop:card:12')).toMatchObject({
      title: 'Late orders',
      raw: "select id from public.orders where status = 'OPEN'",
      container: { kind: 'dashboard', id: '3', title: 'Sales at a glance' },
      owners: [{ name: 'Ines Krall', via: 'author', inactive: true }, { name: 'Tom Reuter', via: 'editor' }],
      connection: { id: '2', name: 'Shop', engine: 'postgres', host: 'shop-db.internal', database: 'shop' },
      schedule: 'weekly on mon at 8:00',
      deliveries: [{ kind: 'mail', format: 'csv', schedule: 'weekly on mon at 8:00' }],
      origin: { file: 'api/card/12.json', pointer: '/dataset_query/native/query' },
      signatures: ['1111111111111111', '2222222222222222'],
      lifecycle: 'active',
      problems: [],
    });
  });

  test('lowers questions with its own metadata, segments and alerts', async () => {
    const revenue = (await queriesOf('metabase')).get('metabase:Shop:card:13');
    expect(revenue?.variants[0]?.sql).toBe('SELECT SUM("public"."orders"."total") AS "sum" FROM "public"."orders" WHERE "public"."orders"."total" > 0');
    expect(revenue).toMatchObject({ schedule: '0 0 7 * * ? *', isPublic: true, container: { kind: 'collection', id: '1', title: 'Sales' }, owners: [{ name: 'Tom Reuter', via: 'author' }] });
    expect(revenue).not.toHaveProperty('signatures');
  });

  test('knows the filters of dashboards', async () => {
    const orders = (await queriesOf('metabase')).get('metabase:Shop:card:16');
    expect(orders?.variants.map(({ label, sql }) => [label, sql])).toEqual([
      ['default', 'SELECT COUNT(*) AS "count" FROM "public"."orders"'],
      ['maximal', 'SELECT COUNT(*) AS "count" FROM "public"."orders" WHERE "public"."orders"."total" >= 1'],
    ]);
  });

  test('counts what cards count themselves, and the last run of all', async () => {
    const queries = await queriesOf('metabase');
    expect(queries.get('metabase:Shop:card:12')?.usage).toEqual({ views: 54, lastUsedAt: '2099-10-01T08:00:00Z' });
    expect(queries.get('metabase:Shop:adhoc:abcdef0123456789')).toMatchObject({
      title: 'unsaved question abcdef01',
      lifecycle: 'draft',
      raw: 'select email from public.customers',
      owners: [{ name: 'Ines Krall', via: 'author', inactive: true }],
      usage: { views: 2 },
      signatures: ['abcdef0123456789'],
    });
  });

  test('is a source like any other, named by its address', async () => {
    const remote = { kind: 'database' as const, url: server.url('metabase'), token: null, username: null, password: null };
    const { queries, gaps, sources } = await readSources([{ path: 'metabase database', tool: 'metabase', store: null, remote }], {
      baseDirectory: '/',
      openDatabase: (url) => openApplicationDatabase(url, 'Metabase', { environment: {}, homeDirectory: '/nonexistent', signal: undefined }),
    });
    expect(gaps).toEqual([]);
    expect(sources[0]?.queries).toEqual({ metabase: 9 });
    expect(queries.find(({ id }) => id === 'metabase:Shop:card:12')).toMatchObject({
      origin: { file: 'metabase database/api/card/12.json' },
      signatures: ['1111111111111111', '2222222222222222'],
      connection: { host: 'shop-db.internal', database: 'shop' },
    });
  });

  test('says how many unsaved questions are left out', () => {
    const data = [{ query_hash: 'abcdef0123456789', name: 'unsaved question abcdef01', dataset_query: { type: 'native', database: 2, native: { query: 'select 1' } } }];
    const gaps: Gap[] = [];
    const files = [new SourceFile('api/adhoc.json', JSON.stringify({ unsaved_total: 2_501, data }))];
    const queries = source.read(files, { connection: null, gap: (gap) => gaps.push(gap) });
    expect(queries.map(({ id, lifecycle }) => [id, lifecycle])).toEqual([['metabase:2:adhoc:abcdef0123456789', 'draft']]);
    expect(gaps).toEqual([
      { subject: 'api/adhoc.json', missing: '2500 queries that nobody saved', cause: 'of the 2501 that were run in 90 days, only the most frequent ones are read', remedy: null, severity: 'partial' },
    ]);
  });

  test('keeps what cannot be read, and what an archived collection holds', async () => {
    const queries = await queriesOf('metabase');
    expect(queries.get('metabase:Shop:card:14')?.problems).toEqual([{ code: 'unreadable', message: 'the card holds no query that can be read' }]);
    expect(queries.get('metabase:Sealed:card:15')).toMatchObject({
      lifecycle: 'archived',
      connection: { id: '3', name: 'Sealed', engine: 'postgres', host: null, database: null },
    });
  });

  test('lets no secret out of the database', async () => {
    const { answers } = await answersOf('metabase');
    expect(JSON.stringify(answers)).not.toContain('s3cr3t');
  });

  test('of an old release lacks tables and columns, and is read all the same', async () => {
    await server.run(
      [
        `create table if not exists core_user (id int primary key, email text, first_name text, last_name text);
         create table metabase_database (id int primary key, name text, engine text, details text);
         create table report_card (id int primary key, name text, archived boolean, dataset_query text, database_id int, creator_id int, collection_id int, public_uuid text);
         create table view_log (id serial, user_id int, model text, model_id int, "timestamp" timestamptz);
         create table metabase_table (id int primary key, db_id int, schema text, name text, active boolean);
         create table metabase_field (id int primary key, table_id int, name text, base_type text, special_type text, fk_target_field_id int, active boolean, position int);
         insert into core_user values (1, 'tom.reuter@shop.example', 'Tom', 'Reuter');
         insert into metabase_database values (2, 'Shop', 'postgres', '{"host":"h","db":"shop"}');
         insert into metabase_table values (10, 2, null, 'orders', true);
         insert into metabase_field values (100, 10, 'id', 'type/Integer', 'type/PK', null, true, 0);
         insert into report_card values (1, 'Orders', false, '{"database":2,"type":"query","query":{"source-table":10}}', 2, 1, null, null);
         insert into view_log (user_id, model, model_id, "timestamp") values (1, 'card', 1, '2026-03-01 10:00Z'), (1, 'card', 1, '2026-02-01 10:00Z'), (1, 'dashboard', 1, '2026-05-01 10:00Z');`,
      ],
      'old',
    );
    const queries = await queriesOf('old');
    expect(queries.get('metabase:Shop:card:1')).toMatchObject({
      usage: { views: 2, lastUsedAt: '2026-03-01T10:00:00Z' },
      connection: { host: 'h', database: 'shop' },
      owners: [{ name: 'Tom Reuter', via: 'author' }],
      variants: [{ sql: 'SELECT "orders"."id" AS "id" FROM "orders" LIMIT 2000' }],
    });
  });

  test('that is not Metabase is refused with what to do', async () => {
    await expect(answersOf('other')).rejects.toThrow(ApiRefused);
    await expect(answersOf('other')).rejects.toThrow(
      'this database has no table report_card: it is not the application database of a Metabase; give the database that MB_DB_CONNECTION_URI names, and a role that may read it',
    );
  });

  test('loses only the part that the role may not read', async () => {
    await server.run('revoke select on query_execution, core_user from reader', 'metabase');
    const client = new pg.Client({ connectionString: server.url('metabase', 'reader', 'reader') });
    await client.connect();
    const failures: string[] = [];
    const files: SourceFile[] = [];
    const query = async (sql: string): Promise<Record<string, unknown>[] | null> => {
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } catch (error) {
        failures.push(error instanceof Error ? error.message : 'unknown');
        return null;
      }
    };
    try {
      for await (const { path, text } of source.applicationDatabase?.fetch(query) ?? []) files.push(new SourceFile(path, text));
    } finally {
      await client.end();
    }
    expect(failures).toEqual(['permission denied for table core_user', 'permission denied for table query_execution', 'permission denied for table query_execution']);
    const card = source.read(files, { connection: null, gap: () => undefined }).find(({ id }) => id === 'metabase:Shop:card:12');
    expect([card?.title, card?.owners, card?.usage?.views]).toEqual(['Late orders', [], 54]);
  });
});
