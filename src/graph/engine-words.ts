import { type Dialect, type DialectId, dialectOf } from '../sql/dialect.js';

/** What the queries of a connection never reach: a tool's own extracts, results of other queries, data in memory. */
const NO_STORE: ReadonlySet<string> = new Set([
  'duckdb-extract', 'results', 'query_results', 'python', 'google_spreadsheets', 'csv', 'excel-direct', 'textscan', 'hyper', 'dataengine', 'federated-extract',
  'pandas', 'dataframe', 'grafana-testdata-datasource', 'grafana', '__expr__', '-- grafana --', 'prometheus', 'loki', 'tempo', 'jaeger',
]);

/**
 * The words that tools use for their engines and that no part of which is the name of a dialect: Grafana's plug-ins, Superset's
 * and dbt's drivers, Tableau's connection classes, Power BI's access functions, Redash's query runners.
 */
const WORDS: Record<string, DialectId> = {
  pg: 'postgres', pgsql: 'postgres', psycopg: 'postgres', psycopg2: 'postgres', asyncpg: 'postgres', timescaledb: 'postgres', cockroachdb: 'postgres', cockroach: 'postgres',
  alloydb: 'postgres', aurora: 'postgres', greenplum: 'postgres', materialize: 'postgres', yugabyte: 'postgres', hologres: 'postgres', crunchydata: 'postgres',
  pymysql: 'mysql', mariadb: 'mysql', mysqldb: 'mysql', mysqlconnector: 'mysql', singlestore: 'mysql', memsql: 'mysql', starrocks: 'mysql', doris: 'mysql', tidb: 'mysql',
  'sql.database': 'tsql', 'sql.databases': 'tsql', mssql: 'tsql', sqlserver: 'tsql', pymssql: 'tsql', synapse: 'tsql', fabric: 'tsql', azure_sqldw: 'tsql', azuresql: 'tsql', sqldw: 'tsql', fabricspark: 'spark',
  motherduck: 'duckdb', bigquery: 'bigquery', googlebigquery: 'bigquery', presto: 'trino', prestodb: 'trino', starburst: 'trino', pyhive: 'hive', impala: 'hive',
  sparksql: 'spark', spark2: 'spark', amazonredshift: 'redshift', amazonathena: 'athena', awsathena: 'athena', pyathena: 'athena', clickhousedb: 'clickhouse', chdb: 'clickhouse',
};

/**
 * The dialect of SQL behind a tool's word for an engine: `grafana-clickhouse-datasource`, `postgresql+psycopg2`, `redshift+redshift_connector`,
 * `jdbc:sqlserver`, `PostgreSQL.Database`, `bigquery-cloud-sdk`, `presto-jdbc`. `none` where it is no database; null where the word
 * tells nothing.
 */
export function engineOfWord(word: string): DialectId | 'none' | null {
  const folded = word.trim().toLowerCase();
  if (NO_STORE.has(folded)) return 'none';
  const whole = named(folded.replace(/^jdbc:/, ''));
  if (whole) return whole;
  // Of `dialect+driver` the dialect counts; of other words the first part that means something.
  for (const part of folded.split(/[^a-z0-9]+/)) {
    const known = named(part);
    if (known) return known;
  }
  return null;
}

function named(word: string): DialectId | null {
  if (Object.hasOwn(WORDS, word)) return WORDS[word] ?? null;
  return dialectOf(word)?.id ?? null;
}

/** The dialect in which the queries of a connection are written; null where its engine tells nothing. */
export function dialectOfWord(word: string | null | undefined): Dialect | null {
  const engine = word === null || word === undefined ? null : engineOfWord(word);
  // Extracts are read by the engine that the tool carries with it.
  return engine === null ? null : dialectOf(engine === 'none' ? 'duckdb' : engine);
}
