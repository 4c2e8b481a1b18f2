import { readFileSync } from 'node:fs';

/** `server_version_num` of the first PostgreSQL in which NOT NULL is a constraint that can be NOT VALID, and others NOT ENFORCED. */
const CONSTRAINTS_OF_18 = 180_000;
/** The first with NULLS NOT DISTINCT. */
const NULLS_OF_15 = 150_000;

const texts = new Map<string, string>();

function read(name: string): string {
  const text = texts.get(name) ?? readFileSync(new URL(`./${name}`, import.meta.url), 'utf8').replace(/^--.*\n/gm, '').trim();
  texts.set(name, text);
  return text;
}

export function duckdbCatalogSql(): string {
  return read('catalog.duckdb.sql');
}

/** The query of PostgreSQL's catalogue; one row of one JSON text. */
export function postgresCatalogSql(version: number): string {
  const parts: Readonly<Record<string, string>> = {
    not_null: version >= CONSTRAINTS_OF_18
      ? "'[]'::json"
      : "coalesce((select json_agg(json_build_array(a.attrelid::bigint, a.attname)) from pg_attribute a join relation r on r.oid = a.attrelid where a.attnotnull and a.attnum > 0 and not a.attisdropped), '[]')",
    enforced: version >= CONSTRAINTS_OF_18 ? 'k.conenforced' : 'true',
    constraint_nulls: version >= NULLS_OF_15 ? 'coalesce((select i.indnullsnotdistinct from pg_index i where i.indexrelid = k.conindid), false)' : 'false',
    index_nulls: version >= NULLS_OF_15 ? 'i.indnullsnotdistinct' : 'false',
  };
  return read('catalog.postgres.sql').replace(/\{\{(\w+)\}\}/g, (_, name: string) => parts[name] ?? '');
}
