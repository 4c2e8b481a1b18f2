import type { Engine } from '../model/store.js';
import { suggestion } from '../text/nearest-name.js';

/** With which schemes the URL of a store may begin. DuckDB reads files, PostgreSQL also takes connection strings and services. */
const SCHEMES: Readonly<Record<Engine, readonly string[]>> = {
  bigquery: ['bigquery'],
  clickhouse: ['clickhouse', 'clickhouses', 'http', 'https', 'http+clickhouse', 'https+clickhouse'],
  databricks: ['databricks', 'https'],
  duckdb: [],
  postgres: ['postgresql', 'postgres'],
  redshift: ['redshift', 'postgresql', 'postgres'],
  snowflake: ['snowflake', 'https'],
  trino: ['trino', 'trinos', 'http', 'https'],
};

/** What each scheme means where nothing names the engine; `http` and `https` alone name none. */
const ENGINE_OF_SCHEME: ReadonlyMap<string, Engine> = new Map(
  (Object.keys(SCHEMES) as Engine[]).toReversed().flatMap((engine) => SCHEMES[engine].filter((scheme) => !/^https?$/.test(scheme)).map((scheme) => [scheme, engine] as const)),
);
const EXAMPLES: Readonly<Record<Engine, string>> = {
  bigquery: 'bigquery://my-project/analytics?location=EU',
  clickhouse: 'clickhouse://audit_ro@ch.example:8123/analytics',
  databricks: 'databricks://dbc-a1b2.cloud.databricks.com/main/mart?warehouse=abc123',
  duckdb: 'warehouse.duckdb or lake/*.parquet',
  postgres: 'postgresql://audit_ro@db.example:5432/casework',
  redshift: 'redshift://audit_ro@cluster.example:5439/analytics',
  snowflake: 'snowflake://audit_ro@myorg-account/ANALYTICS?warehouse=AUDIT_WH',
  trino: 'trino://audit_ro@trino.example:8443/hive',
};

/** Files that DuckDB reads: a database, Parquet, a folder or a pattern of Parquet files. */
const FILE = /\.(duckdb|ddb|db|parquet)$|[*?[]|[\\/]$/i;
const CONNECTION_STRING = /^\s*\w+\s*=/;

/** The scheme of a URL in lower case, as `https+clickhouse`; null where there is none. One letter is a drive of Windows. */
function schemeOf(text: string): string | null {
  return /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1]?.toLowerCase() ?? null;
}

/** The URL of a store of this engine, as an example. */
export function exampleUrl(engine: Engine): string {
  return EXAMPLES[engine];
}

/** Why this cannot be the URL of a store of the engine, in words that begin with a verb; null where it can. Says the scheme only: the rest may hold a secret. */
export function urlProblem(engine: Engine, url: string): string | null {
  const scheme = schemeOf(url);
  const schemes = SCHEMES[engine];
  if (engine === 'duckdb') {
    if (scheme === null) return null;
    const other = ENGINE_OF_SCHEME.get(scheme);
    const hint = other === undefined ? '; tidemark reads DuckDB and Parquet from the files of this machine' : `; that is a URL of ${other}`;
    return `begins with ${scheme}://, and a store of duckdb is a file${hint}`;
  }
  // A text without one is the engine's to judge: connection strings have none.
  if (scheme === null || schemes.includes(scheme)) return null;
  const other = ENGINE_OF_SCHEME.get(scheme);
  const hint = other === undefined ? suggestion(scheme, schemes) : `; that is a URL of ${other}`;
  return `begins with ${scheme}://, and one of ${engine} begins with ${schemes.map((word) => `${word}://`).join(' or ')}${hint}`;
}

/** Which engine answers at a URL, a connection string or a file; or why it cannot be told, in words. */
export function engineAt(url: string): { engine: Engine } | { problem: string } {
  const scheme = schemeOf(url);
  if (scheme === null) {
    if (CONNECTION_STRING.test(url)) return { engine: 'postgres' };
    if (FILE.test(url)) return { engine: 'duckdb' };
    return { problem: 'is neither a URL nor a .duckdb or .parquet file' };
  }
  const engine = ENGINE_OF_SCHEME.get(scheme);
  if (engine !== undefined) return { engine };
  if (scheme === 'http' || scheme === 'https') return { problem: `begins with ${scheme}://, which does not say what answers there; clickhouse://, databricks://, snowflake:// and trino:// do` };
  if (['s3', 's3a', 'gs', 'gcs', 'az', 'abfss', 'azure', 'r2', 'hdfs'].includes(scheme)) return { problem: `begins with ${scheme}://, and tidemark reads Parquet from the files of this machine only` };
  return { problem: `begins with ${scheme}://, which is no engine that tidemark knows${suggestion(scheme, [...ENGINE_OF_SCHEME.keys()])}` };
}
