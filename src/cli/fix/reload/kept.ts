import type { Engine } from '../../../model/store.js';
import type { PairPlan } from '../../../reconcile/keys/types.js';
import type { EngineExpressions } from '../../../stores/expressions/expression.js';
import { imported } from './engines.js';
import { conditionOf, type Scope } from './scope.js';

/** What the target has in columns that the file does not fill, set aside while its rows are loaded anew. */
export interface Kept {
  /** Sets it aside; to run before rows are deleted. */
  create: string;
  /** Rows of the stage that get it back. */
  from: string;
  /** Rows of the stage that have nothing to get back. */
  others: string;
  columns: string[];
  drop: string;
}

/** Nobody's table or column is called so. */
const TABLE = 'tidemark_kept';
const KEY = 'tidemark_key_';

const CREATE: Record<Engine, string> = {
  postgres: 'CREATE TEMP TABLE', duckdb: 'CREATE TEMP TABLE', redshift: 'CREATE TEMP TABLE', bigquery: 'CREATE TEMP TABLE', clickhouse: 'CREATE TEMPORARY TABLE', snowflake: 'CREATE TEMPORARY TABLE',
  // A view would be read after the rows are gone.
  databricks: 'CREATE TABLE', trino: 'CREATE TABLE',
};

/**
 * Null where no row has anything to keep: a DELETE with an INSERT of the compared columns alone would empty all others, which an
 * update by the loader would not.
 * @param unfilled columns of the target that the file does not have
 */
export function keptColumns(plan: PairPlan, scope: Scope, { stage, unfilled, target }: { stage: string; unfilled: readonly string[]; target: EngineExpressions }): Kept | null {
  if (scope.by !== 'keys' || scope.keep === undefined) return null;
  // Who is loaded anew is not deleted, whatever its mark said.
  const columns = unfilled.filter((column) => column.toLowerCase() !== plan.target.deleted?.column.toLowerCase()).map((column) => target.name(column));
  if (columns.length === 0) return null;
  const engines = { source: plan.source.engine, target: plan.target.engine };
  const keys = plan.key.map((column, index) => ({ own: target.name(column.target), aside: `${KEY}${index + 1}`, staged: imported(column, engines, target) }));
  const conditions = [conditionOf(scope, scope.keep, 'target', plan, target), plan.target.living].filter((condition) => condition !== null && condition !== '');
  const same = keys.map(({ aside, staged }) => `${aside} = ${staged}`).join(' AND ');
  return {
    create: `${CREATE[engines.target]} ${TABLE} AS SELECT ${[...keys.map(({ own, aside }) => `${own} AS ${aside}`), ...columns].join(', ')} FROM ${plan.target.from}\nWHERE ${conditions.map((condition) => `(${condition})`).join('\n  AND ')}`,
    from: `${stage} JOIN ${TABLE} ON ${same}`,
    others: engines.target === 'clickhouse'
      ? `${stage} WHERE (${keys.map(({ staged }) => staged).join(', ')}) NOT IN (SELECT ${keys.map(({ aside }) => aside).join(', ')} FROM ${TABLE})`
      : `${stage} WHERE NOT EXISTS (SELECT 1 FROM ${TABLE} WHERE ${same})`,
    columns,
    drop: `DROP TABLE ${TABLE}`,
  };
}
