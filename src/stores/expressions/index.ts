import type { Engine } from '../../model/store.js';
import { BIGQUERY } from './bigquery.js';
import { expressionsFrom } from './canonical.js';
import { CLICKHOUSE } from './clickhouse.js';
import { DATABRICKS } from './databricks.js';
import type { Dialect } from './dialect.js';
import { DUCKDB } from './duckdb.js';
import type { EngineExpressions } from './expression.js';
import { POSTGRES } from './postgres.js';
import { REDSHIFT } from './redshift.js';
import { SNOWFLAKE } from './snowflake.js';
import { TRINO } from './trino.js';

const DIALECTS: Readonly<Record<Engine, Dialect>> = {
  bigquery: BIGQUERY, clickhouse: CLICKHOUSE, databricks: DATABRICKS, duckdb: DUCKDB, postgres: POSTGRES, redshift: REDSHIFT, snowflake: SNOWFLAKE, trino: TRINO,
};

/** How an engine writes what comparisons compute on both sides. */
export function expressionsOf(engine: Engine): EngineExpressions {
  return expressionsFrom(DIALECTS[engine]);
}
