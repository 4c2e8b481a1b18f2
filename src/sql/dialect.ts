import type { Engine } from '../model/store.js';
import type { FrontEndId } from '../model/syntax-tree.js';

/** Dialects of SQL, by the names under which dashboards and tools know them. */
export type DialectId =
  | 'postgres' | 'redshift' | 'duckdb' | 'snowflake' | 'bigquery' | 'clickhouse' | 'mysql' | 'databricks' | 'spark' | 'hive' | 'trino'
  | 'athena' | 'tsql' | 'oracle' | 'sqlite' | 'teradata';

/** What the one resolver must know of a dialect. How it is parsed is the matter of its front ends. */
export interface Dialect {
  id: DialectId;
  /** Parsers in the order in which they are asked; the next one only where the one before cannot read the text. */
  frontEnds: readonly FrontEndId[];
  /**
   * How names are folded, by front ends and by the index of the catalogue. `lower`: unquoted names to lower case, quoted ones
   * stay (PostgreSQL). `insensitive`: all to lower case, since two names that differ in case only are one. `as_written`: none.
   */
  folding: 'lower' | 'insensitive' | 'as_written';
  /**
   * Whether a name may mean an output of the same SELECT outside of ORDER BY and GROUP BY: never (`none`), where no column has
   * it (`after_columns`), or before any column (`before_columns`).
   */
  outputNames: 'none' | 'after_columns' | 'before_columns';
  /** Schemas in which unqualified names are looked for where no session tells. */
  searchPath: readonly string[];
}

const WAREHOUSE = ['sqlparser-ts', 'polyglot'] as const;
/** What only the second parser reads. */
const SECOND = ['polyglot'] as const;

/**
 * The dialects. Order of parsers by the share of real statements that each reads: sqlparser-ts 94.9 to 99.7 % of Snowflake,
 * BigQuery and Redshift; ClickHouse 79.6 % against 99.6 % for polyglot.
 */
export const POSTGRES: Dialect = { id: 'postgres', frontEnds: ['libpg-query'], folding: 'lower', outputNames: 'none', searchPath: ['public'] };

const DIALECTS: readonly Dialect[] = [
  POSTGRES,
  { id: 'redshift', frontEnds: ['libpg-query', ...WAREHOUSE], folding: 'insensitive', outputNames: 'after_columns', searchPath: ['public'] },
  { id: 'duckdb', frontEnds: WAREHOUSE, folding: 'insensitive', outputNames: 'after_columns', searchPath: ['main'] },
  { id: 'snowflake', frontEnds: WAREHOUSE, folding: 'insensitive', outputNames: 'after_columns', searchPath: ['public'] },
  { id: 'bigquery', frontEnds: WAREHOUSE, folding: 'insensitive', outputNames: 'none', searchPath: [] },
  { id: 'clickhouse', frontEnds: ['polyglot', 'sqlparser-ts'], folding: 'as_written', outputNames: 'before_columns', searchPath: ['default'] },
  { id: 'mysql', frontEnds: WAREHOUSE, folding: 'insensitive', outputNames: 'none', searchPath: [] },
  { id: 'databricks', frontEnds: WAREHOUSE, folding: 'insensitive', outputNames: 'after_columns', searchPath: ['default'] },
  { id: 'spark', frontEnds: WAREHOUSE, folding: 'insensitive', outputNames: 'after_columns', searchPath: ['default'] },
  { id: 'hive', frontEnds: WAREHOUSE, folding: 'insensitive', outputNames: 'none', searchPath: ['default'] },
  { id: 'trino', frontEnds: SECOND, folding: 'insensitive', outputNames: 'none', searchPath: [] },
  { id: 'athena', frontEnds: SECOND, folding: 'insensitive', outputNames: 'none', searchPath: ['default'] },
  { id: 'tsql', frontEnds: WAREHOUSE, folding: 'insensitive', outputNames: 'none', searchPath: ['dbo'] },
  { id: 'oracle', frontEnds: WAREHOUSE, folding: 'insensitive', outputNames: 'none', searchPath: [] },
  { id: 'sqlite', frontEnds: WAREHOUSE, folding: 'insensitive', outputNames: 'none', searchPath: ['main'] },
  { id: 'teradata', frontEnds: WAREHOUSE, folding: 'insensitive', outputNames: 'after_columns', searchPath: [] },
];

const ALIASES: Record<string, DialectId> = {
  postgresql: 'postgres', pg: 'postgres', mariadb: 'mysql', mssql: 'tsql', sqlserver: 'tsql', sparksql: 'spark', presto: 'trino', motherduck: 'duckdb',
};

export const DIALECT_IDS: readonly DialectId[] = DIALECTS.map(({ id }) => id);

/** The dialect of a name, its usual other names included; null for one that is not known. */
export function dialectOf(name: string): Dialect | null {
  const wanted = name.toLowerCase();
  const id = ALIASES[wanted] ?? wanted;
  return DIALECTS.find((dialect) => dialect.id === id) ?? null;
}

/** The dialect that a store speaks. */
export function dialectOfEngine(engine: Engine): Dialect {
  return dialectOf(engine) ?? POSTGRES;
}

/** A name as its dialect compares it. */
export function foldName(name: string, quoted: boolean, { folding }: Dialect): string {
  if (folding === 'as_written') return name;
  return quoted && folding === 'lower' ? name : name.toLowerCase();
}
