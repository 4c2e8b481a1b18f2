import type pg from 'pg';
import type { LabelledCase } from './cases.js';

/** What the server itself says of a statement. */
export interface ServerRecord {
  /** Names of what it returns. */
  names: string[];
  /** Columns of tables that its record of dependencies holds, `schema.table.column`; those of views are followed to their tables. */
  columns: Set<string>;
  /** It reads a view: then the record holds every column behind it. */
  throughView: boolean;
}

/**
 * Columns that a function body refers to. A body in the SQL standard's form (BEGIN ATOMIC) is parsed when it
 * is created and its references are recorded like those of a view, writing statements included (dependency.c, PostgreSQL 18).
 */
const RECORDED = `
  WITH RECURSIVE reached (classid, objid) AS (
    SELECT 'pg_proc'::regclass::oid, p.oid FROM pg_proc p WHERE p.proname = 'seen' AND p.pronamespace = 'judged'::regnamespace
    UNION
    SELECT 'pg_rewrite'::regclass::oid, r.oid FROM reached
    JOIN pg_depend d ON d.classid = reached.classid AND d.objid = reached.objid AND d.refclassid = 'pg_class'::regclass
    JOIN pg_rewrite r ON r.ev_class = d.refobjid AND r.rulename = '_RETURN'
  )
  SELECT DISTINCT n.nspname || '.' || c.relname || '.' || a.attname AS name, c.relkind
  FROM reached
  JOIN pg_depend d ON d.classid = reached.classid AND d.objid = reached.objid AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
  JOIN pg_class c ON c.oid = d.refobjid AND c.relkind <> 'c'
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  ORDER BY 1`;

/** Statements that a function body cannot hold; `inner` is the query in them. */
const UTILITY = /^(?:COPY \((?<copied>.*)\) TO|(?:DECLARE .*? CURSOR FOR|EXPLAIN \(.*?\)|PREPARE .*? AS|CREATE (?:TABLE|VIEW|MATERIALIZED VIEW) .*? AS)\s(?<inner>.*))/s;

/**
 * Asks a server what it reads in the statement of a case. Everything is rolled back. Parameters are nulls of the types that
 * the server infers.
 *
 * @throws Error when the server refuses the statement
 */
export async function askServer(client: pg.Client, one: LabelledCase): Promise<ServerRecord> {
  await client.query('BEGIN');
  try {
    await client.query('CREATE SCHEMA judged');
    const parameters = /\$1\b/.test(one.sql) && !one.sql.startsWith('PREPARE') ? await parameterTypes(client, one.sql) : [];
    const names = await returnedNames(client, one.sql, parameters);
    const columns = await recordedColumns(client, one.sql, parameters);
    return { names, columns: new Set(columns.filter((row) => row.relkind !== 'v').map((row) => row.name)), throughView: columns.some((row) => row.relkind === 'v') };
  } finally {
    await client.query('ROLLBACK');
  }
}

async function parameterTypes(client: pg.Client, sql: string): Promise<string[]> {
  await client.query(`PREPARE judged AS ${sql}`);
  const { rows } = await client.query<{ types: string[] }>("SELECT parameter_types::text[] AS types FROM pg_prepared_statements WHERE name = 'judged'");
  await client.query('DEALLOCATE judged');
  return rows[0]?.types ?? [];
}

/** The tables are empty, so that running it costs nothing; COPY and cursors return rows in ways of their own. */
async function returnedNames(client: pg.Client, sql: string, parameters: readonly string[]): Promise<string[]> {
  const { copied, inner } = UTILITY.exec(sql)?.groups ?? {};
  if (/^(?:COPY|DECLARE|EXPLAIN|PREPARE)/.test(sql)) {
    const query = copied ?? inner;
    return query === undefined ? [] : (await client.query(query.replaceAll(/\$\d+/g, 'NULL'))).fields.map((field) => field.name);
  }
  // A row of nulls would break the constraints of its table.
  if (/^INSERT\b.* VALUES\b/s.test(sql) && !/RETURNING/.test(sql)) return [];
  await client.query('SAVEPOINT before');
  const { fields } = await client.query({ text: sql, values: parameters.map(() => null) });
  await client.query('ROLLBACK TO before');
  return fields.map((field) => field.name);
}

async function recordedColumns(client: pg.Client, sql: string, parameters: readonly string[]): Promise<{ name: string; relkind: string }[]> {
  const { copied, inner } = UTILITY.exec(sql)?.groups ?? {};
  // SELECT INTO is a CREATE TABLE AS in disguise.
  const body = (copied ?? inner ?? sql).replace(/^(SELECT .*?) INTO \S+ FROM /s, '$1 FROM ');
  const types = sql.startsWith('PREPARE') ? ['bigint'] : parameters;
  await client.query(`CREATE FUNCTION judged.seen(${types.join(', ')}) RETURNS void LANGUAGE sql BEGIN ATOMIC ${body}; END`);
  return (await client.query<{ name: string; relkind: string }>(RECORDED)).rows;
}
