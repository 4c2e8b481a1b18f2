import type { DialectId } from '../../dialect.js';
import { type Fields, textOf } from './data.js';

/** Kinds of nodes that are functions, each with its name in snake case. */
const FUNCTIONS = new Set(
  `abs acos add_months any_value approx_count_distinct approx_distinct approx_percentile approx_quantile array_agg array_append array_compact array_concat
   array_concat_agg array_contains array_distinct array_except array_filter array_flatten array_intersect array_join array_length array_position array_prepend array_remove array_reverse
   array_size array_sort array_sum array_to_string array_transform array_union array_unique_agg array_zip ascii asin atan atan2 avg base64_encode bitwise_and_agg bitwise_count bitwise_or_agg
   bitwise_xor_agg bool_xor_agg byte_length cardinality cbrt ceil char_func chr concat concat_ws contains corr cos count_if covar_pop covar_samp cume_dist current_date
   current_schemas current_time current_timestamp current_timestamp_l_t_z current_datetime current_user date date_add date_diff date_format date_from_unix_date date_sub date_trunc day
   day_of_month day_of_week day_of_week_iso day_of_year decode degrees dense_rank element_at ends_with epoch epoch_ms exp explode explode_outer first first_value floor format_date
   from_unixtime generate_date_array generate_series generate_timestamp_array grouping group_concat hex hour if_func if_null initcap is_inf is_nan j_s_o_n_array j_s_o_n_array_agg
   j_s_o_n_exists j_s_o_n_extract j_s_o_n_extract_array j_s_o_n_extract_scalar j_s_o_n_b_extract j_s_o_n_b_extract_scalar j_s_o_n_object j_s_o_n_object_agg j_s_o_n_b_object_agg
   j_s_o_n_value j_s_o_n_value_array j_s_o_n_keys j_s_o_n_type json_array json_array_agg json_array_length json_extract json_extract_path json_extract_scalar json_keys json_merge_patch
   json_object json_object_agg json_query json_remove json_set json_insert json_type json_value lag last last_day last_value lead least greatest left length levenshtein list_agg ln log logical_and logical_or lower
   lower_hex lpad m_d5_digest make_date make_timestamp map map_concat map_contains_key map_from_arrays map_from_entries map_keys map_values match_against max median min minute mod_func mode month
   months_between n_tile named_struct next_day normalize nth_value null_if nullif nvl nvl2 parse_date parse_datetime parse_json parse_time percent_rank percentile percentile_cont percentile_disc pi
   position quantile quarter radians rand random rank regexp_count regexp_extract regexp_extract_all regexp_instr regexp_replace regexp_split repeat replace reverse right round
   row_number rpad r_trim l_trim s_h_a s_h_a2 s_h_a1_digest s_h_a2_digest safe_divide second sequence session_user sign sin skewness soundex split split_part sqrt starts_with stddev stddev_pop
   stddev_samp str_to_date str_to_time string_agg substring_index sum sum_if tan time time_to_str timestamp timestamp_trunc to_array to_binary to_char to_date to_json to_number to_timestamp trunc_func
   typeof unhex unicode unix_date unix_micros unix_millis unix_seconds unix_timestamp unnest upper uuid var_pop var_samp variance week week_of_year width_bucket x_m_l_element year year_of_week year_of_week_iso`.split(/\s+/),
);

/** Names that are not the kind of the node in snake case. */
const NAMES: Record<string, string> = {
  n_tile: 'ntile', list_agg: 'listagg', mod_func: 'mod', char_func: 'char', trunc_func: 'trunc', null_if: 'nullif', if_null: 'ifnull', if_func: 'if', sum_if: 'sumif',
  l_trim: 'ltrim', r_trim: 'rtrim', logical_and: 'bool_and', logical_or: 'bool_or', day_of_month: 'dayofmonth', day_of_week: 'dayofweek', day_of_year: 'dayofyear',
  week_of_year: 'weekofyear', current_timestamp_l_t_z: 'localtimestamp', s_h_a: 'sha', s_h_a2: 'sha2', m_d5_digest: 'md5', x_m_l_element: 'xmlelement', date_diff: 'datediff',
  approx_quantile: 'approx_quantile',
};

/** Names of one function that the parser does not tell apart. */
export const POSSIBLE_NAMES: Record<string, readonly string[]> = {
  length: ['length', 'len', 'char_length', 'character_length'],
  ceil: ['ceil', 'ceiling'],
  lower: ['lower', 'lcase'],
  upper: ['upper', 'ucase'],
  ln: ['ln', 'log'],
  starts_with: ['starts_with', 'startswith'],
  ends_with: ['ends_with', 'endswith'],
  day_of_month: ['dayofmonth', 'day_of_month'],
  day_of_week: ['dayofweek', 'day_of_week'],
  day_of_year: ['dayofyear', 'day_of_year'],
  week_of_year: ['weekofyear', 'week_of_year'],
  to_number: ['to_number', 'to_decimal', 'to_numeric', 'try_to_number', 'try_to_decimal', 'try_to_numeric'],
  date_diff: ['datediff', 'date_diff', 'timestampdiff', 'timediff'],
  typeof: ['typeof', 'totypename'],
  rand: ['rand', 'random'],
};

/** The name of a function whose node is of its own kind; null for kinds that are no functions. */
export function functionName(kind: string, fields: Fields, dialect: DialectId): string | null {
  if (!FUNCTIONS.has(kind)) return null;
  const written = textOf(fields['original_name']) ?? textOf(fields['name']);
  if (written !== null) return written.toLowerCase();
  // Trino and Athena write it with an underscore.
  if (kind === 'week_of_year' && (dialect === 'trino' || dialect === 'athena')) return kind;
  return NAMES[kind] ?? kind.replace(/j_s_o_n_b/g, 'jsonb').replace(/j_s_o_n/g, 'json');
}
