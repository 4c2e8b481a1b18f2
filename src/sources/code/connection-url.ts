import type { ConnectionReference } from '../../model/query.js';

/** `engine[+driver]://…`, also behind `jdbc:`. */
const SCHEME = /^(?:jdbc:)?([a-z][a-z\d]{1,30})(?:\+[a-z\d_]{1,40})?:\/\//i;
/** `host[:port][/database]` once user and password are gone. */
const PLACE = /^([^/?#\s:;@]{0,255})(?::[^/?#;@]{0,40})?(?:[/;]([^?#;\s@]{0,200}))?$/;

const ENGINES = /^(postgres|postgresql|redshift|mysql|mariadb|mssql|sqlserver|oracle|sqlite|duckdb|snowflake|bigquery|clickhouse|clickhousedb|trino|presto|databricks|cockroachdb|hive|impala|vertica|athena|awsathena|teradatasql|exasol|db2|mongodb|ibmi|motherduck)$/i;

/** What the address of a database says of it, without user, password and options; null where it is none. */
export function connectionOfUrl(url: string): ConnectionReference | null {
  const text = url.trim();
  const scheme = SCHEME.exec(text);
  const engine = scheme?.[1]?.toLowerCase();
  if (scheme === null || engine === undefined || !ENGINES.test(engine)) return null;
  const place = PLACE.exec(withoutCredentials(text.slice(scheme[0].length)) ?? '');
  const host = shownPart(place?.[1]);
  const path = shownPart(place?.[2]);
  const database = path === null || engine === 'sqlite' || engine === 'duckdb' ? path : (path.split('/')[0] ?? null);
  if (engine === 'duckdb' && (database === null || database === ':memory:')) return { id: null, name: null, engine: 'duckdb-extract', host: null, database: null };
  return { id: null, name: null, engine: engine === 'postgres' ? 'postgresql' : engine, host, database };
}

/** Null where a sign of the password may be taken for the end of it. */
function withoutCredentials(rest: string): string | null {
  const question = rest.search(/[?#]/);
  const options = question < 0 ? '' : rest.slice(question + 1);
  if (options !== '' && !/^[\w.-]+=/.test(options)) return null;
  const place = question < 0 ? rest : rest.slice(0, question);
  if (!place.includes('@') && options.includes('@')) return null;
  return place.slice(place.lastIndexOf('@') + 1);
}

function shownPart(text: string | undefined): string | null {
  return text === undefined || text === '' || /[{}$%]/.test(text) ? null : text;
}

/** True for a text that may begin with the address of a database. */
export function looksLikeConnectionUrl(text: string): boolean {
  return text.length < 2_000 && text.includes('://') && connectionOfUrl(text) !== null;
}
