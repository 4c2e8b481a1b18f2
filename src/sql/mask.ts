import type { Call, Expression } from '../model/syntax-tree.js';
import type { MaskLevel } from './flow.js';

/** What functions leave of their arguments; those not named here leave everything (`raw`). */
const LEVELS: readonly (readonly [MaskLevel, string])[] = [
  ['reversible', 'reverse encode decode translate age pgp_sym_decrypt decrypt to_base64 base64 hex to_hex'],
  [
    'pseudonymous-weak',
    `md5 md5_number sha1 sha224 sha256 sha384 sha512 digest hash hashtext hashtextextended encrypt pgp_sym_encrypt crc32 crc32c
     murmur_hash xxhash64 farm_fingerprint cityhash64 siphash64`,
  ],
  ['pseudonymous-keyed', 'hmac crypt'],
  [
    'partial',
    `date_trunc date_part extract year month quarter dayofweek width_bucket network broadcast masklen family date_bin time_bucket
     trunc floor ceil ceiling monthname dayname`,
  ],
  [
    'aggregate',
    `count sum avg stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_slope regr_intercept
     regr_r2 regr_count percentile_cont approx_count_distinct count_if rank dense_rank row_number percent_rank cume_dist ntile
     length char_length character_length octet_length bit_length array_length cardinality jsonb_array_length grouping`,
  ],
  ['predicate', 'bool_and bool_or every starts_with ends_with contains regexp_like json_exists jsonb_exists'],
  ['constant', 'pg_typeof pg_column_size row_count'],
];

const BY_FUNCTION = new Map(LEVELS.flatMap(([level, names]) => names.split(/\s+/).map((name) => [name, level] as const)));

/** A substring of at most so many characters is a part and no longer the value. */
const PART_LENGTH_MAX = 6;

/** What a call leaves of its arguments. */
export function maskOfCall(call: Call): MaskLevel {
  const name = call.name.at(-1) ?? '';
  switch (name) {
    case 'left':
    case 'right':
      return isShort(call.arguments[1]) ? 'partial' : 'raw';
    case 'substr':
    case 'substring':
      return isShort(call.arguments[2]) ? 'partial' : 'raw';
    case 'split_part':
      // The domain of an address is a part of it; the first part is the person.
      return number(call.arguments[2]) === 1 ? 'raw' : 'partial';
    case 'overlay':
      return 'partial';
    case 'round':
      return (number(call.arguments[1]) ?? 0) <= 2 ? 'partial' : 'raw';
    case 'regexp_replace':
    case 'replace':
      return replacesByMask(call.arguments[2]) ? 'partial' : 'raw';
    default:
      return BY_FUNCTION.get(name) ?? 'raw';
  }
}

const PREDICATES = new Set([
  '=', '<>', '<', '<=', '>', '>=', 'like', 'not_like', 'ilike', 'not_ilike', 'similar', 'not_similar', 'in', 'not_in', 'between',
  'not_between', 'between_symmetric', 'not_between_symmetric', 'is_null', 'is_not_null', 'is_true', 'is_not_true', 'is_false',
  'is_not_false', 'is_unknown', 'is_not_unknown', 'is_distinct', 'is_not_distinct', 'and', 'or', 'not', '~', '!~', '~*', '!~*', '@>', '<@', '?', '&&',
]);

/** What an operator leaves of its operands: a comparison tells one bit, everything else may tell all. */
export function maskOfOperator(operator: string): MaskLevel {
  return PREDICATES.has(operator) || operator.endsWith(' any') || operator.endsWith(' all') ? 'predicate' : 'raw';
}

function number(expression: Expression | undefined): number | null {
  if (expression?.type === 'literal' && expression.kind === 'number') return Number(expression.value);
  // A parameter's value is unknown; -1 is neither first nor short.
  return null;
}

function isShort(expression: Expression | undefined): boolean {
  const length = number(expression);
  return length !== null && length <= PART_LENGTH_MAX;
}

/** `regexp_replace(email, '^.*@', '***@')` masks; `replace(phone, '-', '')` only formats. */
function replacesByMask(replacement: Expression | undefined): boolean {
  return replacement?.type === 'literal' && /[*#•xX█]{2,}/.test(replacement.value ?? '');
}
