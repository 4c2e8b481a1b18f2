/** What a database is for. The operational store is the authority; a replica is a physical copy of it. */
export type StoreRole = 'operational' | 'replica' | 'projection' | 'warehouse';

/** The database engines that tidemark connects to. */
export const ENGINES = ['bigquery', 'clickhouse', 'databricks', 'duckdb', 'postgres', 'redshift', 'snowflake', 'trino'] as const;
export type Engine = (typeof ENGINES)[number];

/** What a schema or relation is for. `unknown` is a state of its own: it is never judged as if it were internal. */
export type Zone =
  | 'internal'
  | 'contract'
  | 'read_model'
  | 'raw'
  | 'mart'
  | 'semantic'
  | 'secure'
  | 'control'
  | 'unknown';

/** What a database role is used for, from the configuration or by a stated guess. */
export type RolePurpose = 'application' | 'reporting' | 'loader' | 'person' | 'administration' | 'unknown';
