import type { Engine } from '../../../model/store.js';
import type { PlannedColumn } from '../../../reconcile/keys/types.js';
import type { EngineExpressions } from '../../../stores/expressions/expression.js';

/** What one engine needs to give rows away in a file and to take them from one. SQL texts without a semicolon. */
export interface ReloadEngine {
  /** Takes the rows of a SELECT out as CSV with a head. */
  extract(select: string, file: string): string;
  /** A table of this session with the rows of the file. `columns` are quoted; `relation` has them with their types. */
  stage(table: string, relation: string, columns: readonly string[], file: string): string[];
  /** Null where a reader may see the target between two of its statements. */
  transaction: { begin: string; commit: string } | null;
  /** Bytes as hexadecimal digits and back. */
  hex(expression: string): string;
  unhex(expression: string): string;
  /** The moment of a change, for a column of times of deletion. */
  now: string;
  /** Where `file` is, and who moves it, as a comment. */
  place(file: string): string;
  /** How a target without a transaction, or with one of its own kind, is to be treated. */
  note: string | null;
}

const BEGIN = { begin: 'BEGIN', commit: 'COMMIT' } as const;

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const emptyCopy = (table: string, relation: string, columns: readonly string[]): string => `CREATE TEMP TABLE ${table} AS SELECT ${columns.join(', ')} FROM ${relation} WHERE 1 = 0`;

/** By the manuals of PostgreSQL 18, DuckDB 1.5, ClickHouse 26.7 and, as of 2026, of Snowflake, BigQuery, Redshift, Databricks and Trino. */
export const RELOAD_ENGINES: Record<Engine, ReloadEngine> = {
  postgres: {
    extract: (select) => `COPY (${select}) TO STDOUT WITH (FORMAT csv, HEADER true)`,
    stage: (table, relation, columns) => [emptyCopy(table, relation, columns), `COPY ${table} (${columns.join(', ')}) FROM STDIN WITH (FORMAT csv, HEADER true)`],
    transaction: BEGIN,
    hex: (expression) => `encode(${expression}, 'hex')`,
    unhex: (expression) => `decode(${expression}, 'hex')`,
    now: 'now()',
    place: (file) => `${file} is what COPY sends or takes: psql with its output or input in that file`,
    note: null,
  },
  duckdb: {
    extract: (select, file) => `COPY (${select}) TO ${text(file)} (FORMAT csv, HEADER true)`,
    stage: (table, _relation, _columns, file) => [`CREATE TEMP TABLE ${table} AS SELECT * FROM read_csv(${text(file)}, header = true, all_varchar = true, allow_quoted_nulls = false)`],
    transaction: BEGIN,
    hex: (expression) => `lower(hex(${expression}))`,
    unhex: (expression) => `unhex(${expression})`,
    now: 'now()',
    place: (file) => `${file} is read from the folder in which duckdb runs`,
    note: null,
  },
  clickhouse: {
    extract: (select) => `${select} FORMAT CSVWithNames`,
    stage: (table, relation, columns, file) => [`CREATE TEMPORARY TABLE ${table} AS SELECT ${columns.join(', ')} FROM ${relation} WHERE 1 = 0`, `INSERT INTO ${table} FROM INFILE ${text(file)} FORMAT CSVWithNames`],
    transaction: null,
    hex: (expression) => `lower(hex(${expression}))`,
    unhex: (expression) => `unhex(${expression})`,
    now: 'now()',
    place: (file) => `${file} is read from the folder in which clickhouse-client runs`,
    note: 'ClickHouse has no transaction over these statements: between DELETE and INSERT readers see neither the old rows nor the new ones',
  },
  snowflake: {
    extract: (select, file) => `COPY INTO @~/${file} FROM (${select}) FILE_FORMAT = (TYPE = CSV FIELD_OPTIONALLY_ENCLOSED_BY = '"' NULL_IF = () COMPRESSION = NONE) HEADER = TRUE SINGLE = TRUE OVERWRITE = TRUE`,
    stage: (table, relation, columns, file) => [
      `CREATE TEMPORARY TABLE ${table} AS SELECT ${columns.join(', ')} FROM ${relation} WHERE 1 = 0`,
      `COPY INTO ${table} (${columns.join(', ')}) FROM @~/${file} FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '"' EMPTY_FIELD_AS_NULL = TRUE)`,
    ],
    transaction: BEGIN,
    hex: (expression) => `hex_encode(${expression})`,
    unhex: (expression) => `hex_decode_binary(${expression})`,
    now: 'current_timestamp()',
    place: (file) => `${file} is in the stage of your user: PUT file://${file} @~ puts it there, GET fetches it`,
    note: null,
  },
  bigquery: {
    extract: (select, file) => `EXPORT DATA OPTIONS (uri = 'gs://BUCKET/${file.replace(/\.csv$/, '-*.csv')}', format = 'CSV', header = true, overwrite = true) AS ${select}`,
    stage: (table, _relation, _columns, file) => [`LOAD DATA OVERWRITE TEMP TABLE ${table} FROM FILES (format = 'CSV', uris = ['gs://BUCKET/${file.replace(/\.csv$/, '*.csv')}'], skip_leading_rows = 1)`],
    transaction: { begin: 'BEGIN TRANSACTION', commit: 'COMMIT TRANSACTION' },
    hex: (expression) => `to_hex(${expression})`,
    unhex: (expression) => `from_hex(${expression})`,
    now: 'current_timestamp()',
    place: () => 'BUCKET is a bucket that BigQuery may read; run the statements as one script',
    note: null,
  },
  redshift: {
    extract: (select, file) => `UNLOAD (${text(select)}) TO 's3://BUCKET/${file}' IAM_ROLE default FORMAT AS CSV HEADER PARALLEL OFF`,
    stage: (table, relation, columns, file) => [emptyCopy(table, relation, columns), `COPY ${table} (${columns.join(', ')}) FROM 's3://BUCKET/${file}' IAM_ROLE default FORMAT AS CSV IGNOREHEADER 1`],
    transaction: BEGIN,
    hex: (expression) => `to_hex(${expression})`,
    unhex: (expression) => `from_hex(${expression})`,
    now: 'getdate()',
    place: () => 'BUCKET is a bucket that the role of the cluster may read',
    note: null,
  },
  databricks: {
    extract: (select) => select,
    stage: (table, _relation, _columns, file) => [`CREATE OR REPLACE TEMPORARY VIEW ${table} AS SELECT * FROM read_files('/Volumes/CATALOG/SCHEMA/VOLUME/${file}', format => 'csv', header => true, inferSchema => false)`],
    transaction: null,
    hex: (expression) => `lower(hex(${expression}))`,
    unhex: (expression) => `unhex(${expression})`,
    now: 'current_timestamp()',
    place: (file) => `upload ${file} to a volume, and put its path for /Volumes/CATALOG/SCHEMA/VOLUME`,
    note: 'each statement is a transaction of its own in Databricks: between DELETE and INSERT readers see neither the old rows nor the new ones',
  },
  trino: {
    extract: (select) => select,
    stage: (table, relation, columns) => [`CREATE TABLE ${table} AS SELECT ${columns.join(', ')} FROM ${relation} WHERE 1 = 0`],
    transaction: null,
    hex: (expression) => `lower(to_hex(${expression}))`,
    unhex: (expression) => `from_hex(${expression})`,
    now: 'current_timestamp',
    place: (file) => `fill the table with the rows of ${file}; where Trino reaches the source by a catalog, insert its SELECT instead`,
    note: 'most connectors of Trino have no transaction over several statements: between DELETE and INSERT readers see neither the old rows nor the new ones',
  },
};

/** Engines that cannot take the text of a bytes column as their own. */
const TYPED_STAGE: ReadonlySet<Engine> = new Set(['postgres']);

/** A column in the file: so that the target's loader takes it for what it is, wherever it comes from. */
export function exported({ source: name, sourceForm: own, form }: PlannedColumn, { source, target }: { source: Engine; target: Engine }, expressions: EngineExpressions): string {
  const column = expressions.name(name);
  if (form.kind === 'bytes') {
    const hex = RELOAD_ENGINES[source].hex(column);
    return TYPED_STAGE.has(target) ? `'\\x' || ${hex}` : hex;
  }
  // Offsets are read differently, or not at all: the file holds UTC without one.
  if (own.kind === 'timestamp' && own.zoned && source === 'postgres') return `${column} AT TIME ZONE 'UTC'`;
  if (own.kind === 'array' && source === 'postgres' && target !== 'postgres') return `array_to_json(${column})`;
  return column;
}

/** A column of the stage as the target keeps it. */
export function imported({ target: name, targetForm: own, form }: PlannedColumn, { source, target }: { source: Engine; target: Engine }, expressions: EngineExpressions): string {
  const column = expressions.name(name);
  if (form.kind === 'bytes' && !TYPED_STAGE.has(target)) return RELOAD_ENGINES[target].unhex(column);
  if (own.kind === 'timestamp' && own.zoned && source === 'postgres' && target === 'duckdb') return `CAST(${column} || '+00' AS TIMESTAMPTZ)`;
  return column;
}
