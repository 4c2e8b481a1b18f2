import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { TestServer } from './postgres.js';

/** What PostgreSQL has and Redshift has not (guide, Unsupported PostgreSQL functions and features; configuration reference). */
const UNKNOWN = /\b(json_agg|json_build_object|jsonb_\w+|string_agg|array_agg|generate_series|unnest|to_regclass|format\(|lateral|with ordinality|cardinality|to_json)\b|filter\s*\(\s*where|::(?:jsonb?|regclass|text\[\])|'(?:lock_timeout|default_transaction_read_only|idle_in_transaction_session_timeout|idle_session_timeout|transaction_timeout|jit|client_min_messages|max_parallel_workers_per_gather)'/i;

/** What Redshift has and PostgreSQL has not. A session sees the views of `mimic` as Redshift's own are seen. */
const SETTINGS: readonly [RegExp, string][] = [
  [/'search_path', 'pg_catalog'/g, "'search_path', 'mimic, pg_catalog'"],
  [/'query_group'/g, "'mimic.query_group'"],
  // Units are words there, not values.
  [/\bdatediff\((microsecond|second|day)\s*,/g, "datediff('$1',"],
  [/\bsysdate\b/g, 'localtimestamp'],
];

const SCHEMA = [
  'create schema mimic; grant usage on schema mimic to public',
  `create function mimic.strtol(digits text, base int) returns bigint immutable strict language sql as $$ select ('x' || lpad(digits, 16, '0'))::bit(64)::bigint $$`,
  `create function mimic.datediff(unit text, since timestamp, until timestamp) returns bigint immutable strict language sql as
     $$ select case unit when 'microsecond' then (extract(epoch from until - since) * 1000000)::bigint when 'second' then floor(extract(epoch from until - since))::bigint else until::date - since::date end $$`,
  `create function mimic.datediff(unit text, since date, until date) returns bigint immutable strict language sql as $$ select (until - since)::bigint $$`,
  `create function mimic.version() returns text language sql as $$ select 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.131500'::text $$`,
  'create function mimic.getdate() returns timestamp language sql as $$ select localtimestamp $$',
  `create function mimic.pg_get_late_binding_view_cols() returns setof record language sql as $$
     select 'mart'::name, 'open_case_ages'::name, c.n::name, c.t::varchar, c.i from (values ('case_id', 'bigint', 1), ('age_days', 'integer', 2)) c (n, t, i) $$`,
  `create view mimic.svv_user_info as select usename::varchar as user_name, usesysid as user_id, case usename when 'auditor' then 'UNRESTRICTED' else 'RESTRICTED' end::varchar as syslog_access from pg_user`,
  `create view mimic.svv_mv_info as select current_database()::varchar(128) as database_name, 'mart'::char(128) as schema_name, 'daily_case_count'::char(128) as name`,
  `create view mimic.svv_external_tables as select current_database()::varchar as redshift_database_name, 'lake'::varchar as schemaname, 'bank_holiday'::varchar as tablename
     union all select 'finance', 'mart', 'ledger'`,
  `create view mimic.svv_external_columns as select current_database()::varchar as redshift_database_name, 'lake'::varchar as schemaname, 'bank_holiday'::varchar as tablename, c.n::varchar as columnname, c.t::varchar as external_type, c.i as columnnum
     from (values ('day', 'date', 1), ('name', 'varchar(80)', 2)) c (n, t, i)`,
  `create table mimic.svv_table_info as select current_database()::text as "database", 'mart'::text as "schema", coalesce(to_regclass('mart.case_file')::oid, 0) as table_id, 'case_file'::text as "table",
     3::bigint as size, 12400::numeric(38, 0) as tbl_rows, 12345::numeric(38, 0) as estimated_visible_rows`,
  `create table mimic.svv_rls_attached_policy (relschema text, relname text, polname text, grantee text, is_pol_on boolean, is_rls_on boolean);
   insert into mimic.svv_rls_attached_policy values ('mart', 'case_file', 'own_region', 'officer', true, true)`,
  `create table mimic.svv_attached_masking_policy (schema_name text, table_name text, policy_name text, output_columns text, grantee text, grantee_type text);
   insert into mimic.svv_attached_masking_policy values ('mart', 'case_file', 'mask_email', '["applicant_email"]', 'officer', 'role'), ('mart', 'case_file', 'mask_fee', 'fee', 'clerk', 'user')`,
  `create view mimic.svv_relation_privileges as select table_schema::text as namespace_name, table_name::text as relation_name, privilege_type::text, grantee::text as identity_name, case grantee when 'PUBLIC' then 'public' else 'user' end as identity_type
     from information_schema.table_privileges where table_schema in ('mart', 'shop', 'analytics') and grantee <> 'postgres'`,
  `create table mimic.sys_query_detail (query_id bigint, table_id int, table_name char(136), step_name char(50), start_time timestamp, end_time timestamp, input_bytes bigint);
   insert into mimic.sys_query_detail values (1, 0, 'postgres.mart.case_file', 'insert', '2026-03-02 04:00:00', '2026-03-02 04:00:00', 10), (1, coalesce(to_regclass('mart.case_file')::oid::int, 0), '', 'delete', '2026-03-01 04:00:00', '2026-03-01 04:00:00', 10),
     (11, coalesce(to_regclass('mart.case_file')::oid::int, 0), '', 'scan', localtimestamp, localtimestamp, 70000), (12, coalesce(to_regclass('mart.case_file')::oid::int, 0), '', 'scan', localtimestamp, localtimestamp, 30000), (12, 0, '', 'scan', localtimestamp, localtimestamp, 999)`,
  `create table mimic.sys_connection_log (session_id int, record_time timestamp, application_name char(250))`,
  `create table mimic.sys_query_history (user_id int, query_id bigint, query_label char(320), session_id int, database_name char(128), query_type char(32), status char(10), result_cache_hit boolean,
     start_time timestamp, elapsed_time bigint, returned_rows bigint, query_text char(4000), generic_query_hash char(40))`,
  `create table mimic.sys_query_text (query_id bigint, "sequence" int, "text" char(4000))`,
  `grant select on mimic.svv_user_info, mimic.svv_relation_privileges, mimic.svv_mv_info, mimic.svv_external_tables, mimic.svv_external_columns, mimic.sys_query_history, mimic.sys_query_text, mimic.sys_query_detail to public`,
];

export interface Redshift {
  port: number;
  /** Texts that reached it, as they were sent. */
  texts: string[];
  stop(): Promise<void>;
}

/**
 * A PostgreSQL server behind a door that makes it answer as Redshift does: its system views, `query_group`, no settings in the
 * connection request, and refusals of what Redshift does not know. Relations that its statistics tell of are made before.
 */
export async function startRedshift(behind: TestServer): Promise<Redshift> {
  await behind.run(SCHEMA);
  const texts: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(behind.port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => void [client.destroy(), upstream.destroy()]);
    }
    let waiting = Buffer.alloc(0);
    let isStarted = false;
    client.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      for (;;) {
        const head = isStarted ? 1 : 0;
        if (waiting.length < head + 4 || waiting.length < head + waiting.readInt32BE(head)) return;
        const message = waiting.subarray(0, head + waiting.readInt32BE(head));
        waiting = waiting.subarray(message.length);
        if (!isStarted && message.includes('\0options\0')) return void client.end(failure('unrecognized configuration parameter'));
        if (isStarted && message[0] === 0x51) query(message.subarray(5, -1).toString('utf8'));
        else upstream.write(message);
        isStarted = true;
      }
    });
    const query = (text: string): void => {
      texts.push(text);
      const unknown = UNKNOWN.exec(text);
      const sent = unknown === null ? SETTINGS.reduce((sql, [from, to]) => sql.replace(from, to), text) : `select "Redshift does not know ${unknown[0].replaceAll('"', '')}"`;
      const body = Buffer.from(`${sent}\0`);
      const head = Buffer.from([0x51, 0, 0, 0, 0]);
      head.writeInt32BE(body.length + 4, 1);
      upstream.write(Buffer.concat([head, body]));
    };
    upstream.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    texts,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** ErrorResponse of the protocol, version 3. */
function failure(message: string): Buffer {
  const body = Buffer.from(`SFATAL\0C42704\0M${message}\0\0`);
  const head = Buffer.from([0x45, 0, 0, 0, 0]);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
