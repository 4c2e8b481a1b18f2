import type { Expression } from '../model/syntax-tree.js';
import type { LineageContext } from './lineage.js';
import { walkExpression } from './walk.js';

/** Aggregate functions of PostgreSQL 18 ("Aggregate Functions") and the common ones of the warehouses. */
export const AGGREGATES: ReadonlySet<string> = new Set(
  `any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or count every json_agg jsonb_agg json_object_agg jsonb_object_agg
   json_agg_strict jsonb_agg_strict json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict jsonb_object_agg_strict
   jsonb_object_agg_unique jsonb_object_agg_unique_strict
   json_arrayagg json_objectagg max min range_agg range_intersect_agg string_agg sum xmlagg corr covar_pop covar_samp regr_avgx
   regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp var_pop
   var_samp variance mode percentile_cont percentile_disc
   approx_count_distinct approx_quantile approx_quantiles approx_percentile approx_top_count approx_top_k approx_distinct arg_max arg_min
   argmax argmin max_by min_by count_if countif sum_if sumif first last list listagg median quantile quantile_cont quantile_disc
   quantileexact quantiletdigest quantiles uniq uniqexact uniqcombined uniqhll12 group_concat group_array grouparray groupuniqarray
   array_concat_agg array_union_agg array_unique_agg object_agg hll hll_accumulate logical_and logical_or boolor_agg booland_agg
   collect_list collect_set skewness kurtosis product fsum sumkahan histogram topk stddevpop stddevsamp varpop varsamp anylast any
   checksum bitor_agg bitand_agg bitxor_agg`.split(/\s+/),
);

/** ClickHouse makes further aggregates by endings ("Aggregate Function Combinators"). */
const COMBINATOR = /(?:if|array|map|merge|state|simplestate|foreach|distinct|ornull|ordefault|resample|argmin|argmax)$/;

/** Whether a function of this name puts many rows together, by the name alone; ClickHouse's combinators are used by nobody else. */
export function isAggregateName(name: string): boolean {
  let base = name;
  while (!AGGREGATES.has(base)) {
    const shorter = base.replace(COMBINATOR, '');
    if (shorter === base) return false;
    base = shorter;
  }
  return true;
}

/** Whether a function of this name puts many rows together. */
export function isAggregate(name: readonly string[], { dialect, index, searchPath }: LineageContext): boolean {
  const last = name.at(-1) ?? '';
  if (AGGREGATES.has(last) || (dialect.id === 'clickhouse' && isAggregateName(last))) return true;
  return index.functions.length > 0 && index.functionsNamed(name.at(-2) ?? null, last, searchPath).some(({ kind }) => kind === 'aggregate');
}

/** Whether an expression aggregates the rows of its own query. */
export function callsAggregate(expression: Expression, context: LineageContext): boolean {
  let found = false;
  walkExpression(expression, {
    query: () => false,
    expression: (inner) => {
      if (inner.type === 'call' && inner.over === null && isAggregate(inner.name, context)) found = true;
      return !found;
    },
  });
  return found;
}
