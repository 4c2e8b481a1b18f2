import type { Call } from '../../model/syntax-tree.js';
import type { MaskLevel } from '../flow.js';
import { type MaskRule, type MaskRules, rulesOf, wordsOf } from './context.js';
import { functionName, numberOf } from './literals.js';

/** Work over many values, and counts of what is within one. A group of one row gives its value away all the same. */
const COUNTS_AND_SUMS = wordsOf(`
  count sum total avg mean stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_slope regr_intercept regr_r2 regr_count
  regr_avgx regr_avgy regr_sxx regr_sxy regr_syy skewness kurtosis entropy sum_distinct sumwithoverflow sumkahan fsum kahan_sum favg geomean product
  stddevpop stddevsamp varpop varsamp stddevpopstable varpopstable covarpop covarsamp std mad avgweighted summap deltasum deltasumtimestamp
  approx_count_distinct approx_distinct approximate_count_distinct count_distinct count_big hll hll_count.extract hll_count.init hll_count.merge
  hll_count.merge_partial hll_accumulate hll_estimate hll_combine hll_sketch_agg hll_add_agg hll_cardinality hll_create_sketch
  ndv ndistinct uniq uniqexact uniqcombined uniqcombined64 uniqhll12 uniqthetasketch uniqthetastate
  median quantile_cont percentile_cont approx_percentile approx_quantile approx_median percentile_approx percentile approxmedian
  quantiletdigest quantilesdigest quantiletdigestweighted quantilebfloat16 quantile_tdigest quantilegk quantiledd quantiletiming quantilestiming
  bit_and bit_or bit_xor groupbitand groupbitor groupbitxor bitmap_count bitmap_construct_agg groupbitmap hash_agg checksum_agg bit_and_agg bit_or_agg bit_xor_agg
  rank dense_rank row_number percent_rank cume_dist ntile histogram_numeric
  length len char_length character_length characters octet_length bit_length lengthutf8 lengthb datalength byte_length string_length strlen
  array_length cardinality jsonb_array_length json_array_length json_length array_size list_length array_ndims array_upper array_lower map_size size
  position strpos instr charindex locate positioncaseinsensitive positionutf8 find_in_set patindex regexp_count regexp_instr countsubstrings countmatches
  pg_column_size bytesize jsonb_object_length num_nulls num_nonnulls`);

/** Functions of a group that show values which are in it: a minimum is somebody's. */
const PICKS = wordsOf(`
  min max mode any_value any anylast anyheavy any_last first last first_value last_value nth_value lag lead laginframe leadinframe
  array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg json_arrayagg json_objectagg xmlagg range_agg range_intersect_agg
  group_concat listagg list collect_list collect_set array_concat_agg array_union_agg array_unique_agg object_agg map_agg multimap_agg wm_concat
  grouparray groupuniqarray grouparraysorted grouparrayinsertat grouparraylast grouparraysample grouparraymovingsum groupconcat
  percentile_disc quantile_disc quantile quantiles quantileexact quantilesexact quantileexactlow quantileexacthigh quantileexactweighted
  approx_quantiles approx_top_count approx_top_sum approx_top_k topk topkweighted histogram map_from_entries
  simplelinearregression minmap maxmap`);

/** The group shows the first argument; the others decide which of its values. */
const PICKS_BY = wordsOf('arg_max arg_min argmax argmin max_by min_by maxby minby max_n min_n argandmax argandmin');

const pick: MaskRule = () => 'raw';
const pickBy: MaskRule = (call) => call.arguments.map((_, index) => (index === 0 ? 'raw' : 'predicate'));

/** ClickHouse's quantile and quantiles are interpolated from a sample, DuckDB's quantile is a value. */
const quantile: MaskRule = (_, { dialect }) => (dialect === 'clickhouse' ? 'aggregate' : 'raw');

/** The ends of an interpolated percentile are the smallest and the largest value. */
const interpolated: MaskRule = (call) => (call.arguments.map(numberOf).some((value) => value === 0 || value === 1) ? 'raw' : 'aggregate');

export const aggregateRules: MaskRules = {
  ...rulesOf(COUNTS_AND_SUMS.join(' '), () => 'aggregate'),
  ...rulesOf(PICKS.join(' '), pick),
  ...rulesOf(PICKS_BY.join(' '), pickBy),
  ...rulesOf('quantile quantiles', quantile),
  ...rulesOf('percentile_cont quantile_cont', interpolated),
  ...rulesOf('bool_and bool_or every logical_and logical_or any_match all_match booland_agg boolor_agg', () => 'predicate'),
  ...rulesOf('count_if countif', () => 'aggregate'),
};

const AGGREGATE_NAMES = new Set([...COUNTS_AND_SUMS, ...PICKS, ...PICKS_BY]);
const COMBINATORS = /(?:if|array|distinct|ornull|ordefault|state|merge|mergestate|simplestate|foreach|map|resample)$/;

/**
 * ClickHouse's combinators change what an aggregate runs over, and not what it shows: `sumIf`, `anyLastOrNull`. The condition of `-If` is its
 * last argument.
 */
export function maskOfCombinator(call: Call, ruleOf: (name: string) => MaskRule | undefined, context: Parameters<MaskRule>[1]): MaskLevel[] | null {
  let name = functionName(call);
  let hasCondition = false;
  while (!AGGREGATE_NAMES.has(name)) {
    const ending = COMBINATORS.exec(name)?.[0];
    if (ending === undefined) return null;
    hasCondition ||= ending === 'if';
    name = name.slice(0, -ending.length);
  }
  const inner = { ...call, name: [name], arguments: hasCondition ? call.arguments.slice(0, -1) : call.arguments };
  const level = ruleOf(name)?.(inner, context) ?? 'raw';
  const levels = Array.isArray(level) ? level : inner.arguments.map(() => level);
  return hasCondition ? [...levels, 'predicate'] : levels;
}
