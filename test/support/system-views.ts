import pg from 'pg';
import type { TestServer } from './postgres.js';

interface Row {
  name: string;
  text: string;
}

const DATABASE = 'system_views';

/**
 * A database with a copy of every table and view of the server's own two schemas, as `engine` and `standard`. Of its own views
 * the server records no columns that they refer to, as their tables cannot be dropped; of the copies it does.
 * @returns the connection URL and how many views there are
 */
export async function copySystemViews(server: TestServer): Promise<{ url: string; views: number }> {
  await server.run(`create database ${DATABASE}`);
  const url = server.url(DATABASE);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('create schema engine; create schema standard');
    // A column of type anyarray is the privilege of pg_statistic.
    const tables = await client.query<Row>(`
      select format('create table %I.%I (%s)', case n.nspname when 'pg_catalog' then 'engine' else 'standard' end, c.relname,
        string_agg(format('%I %s', a.attname, case t.typname when 'anyarray' then 'text[]' else format_type(t.oid, a.atttypmod) end), ', ' order by a.attnum)) as text
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        join pg_type t on t.oid = a.atttypid
      where n.nspname in ('pg_catalog', 'information_schema') and c.relkind = 'r'
      group by n.nspname, c.relname, c.oid order by c.oid`);
    const views = await client.query<Row>(`
      select case n.nspname when 'pg_catalog' then 'engine' else 'standard' end || '.' || quote_ident(c.relname) as name, pg_get_viewdef(c.oid) as text
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('pg_catalog', 'information_schema') and c.relkind = 'v' order by c.oid`);
    // Functions over rows of system tables, for rows of the copies.
    const functions = await client.query<Row>(`
      select regexp_replace(pg_get_functiondef(p.oid), 'pg_attribute|pg_type', 'engine.\\&', 'g') as text
      from pg_proc p where p.pronamespace = 'information_schema'::regnamespace and 'pg_attribute'::regtype = any (p.proargtypes)`);
    // In front of the schema that is searched first where none is named.
    await client.query('set search_path = engine, pg_catalog');
    for (const { text } of [...tables.rows, ...functions.rows]) await client.query(text);
    const relations = new Set([...views.rows.map(({ name }) => name), ...tables.rows.map(({ text }) => /^create table (\S+)/.exec(text)?.[1] ?? '')]);
    for (const { name, text } of views.rows) {
      const own = text.replaceAll('::anyarray', '::text[]').replace(/\binformation_schema\.(\w+)/g, (found, relation: string) => (relations.has(`standard.${relation}`) ? `standard.${relation}` : found));
      await client.query(`create view ${name} as ${own}`);
    }
    return { url, views: views.rows.length };
  } finally {
    await client.end();
  }
}
