/** Aggregate functions of PostgreSQL 18 ("Aggregate Functions") and the common ones of the warehouses. */
export const AGGREGATES: ReadonlySet<string> = new Set(
  `any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or count every json_agg jsonb_agg json_object_agg jsonb_object_agg
   json_arrayagg json_objectagg max min range_agg range_intersect_agg string_agg sum xmlagg corr covar_pop covar_samp regr_avgx
   regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp var_pop
   var_samp variance mode percentile_cont percentile_disc
   approx_count_distinct approx_quantile arg_max arg_min count_if countif first last list listagg median quantile quantile_cont
   quantile_disc sumif uniq uniqexact group_concat`.split(/\s+/),
);
