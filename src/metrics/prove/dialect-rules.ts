import type { ConstraintKind } from '../../model/catalog.js';
import type { DialectId } from '../../sql/dialect.js';

/** What of a dialect is not as in PostgreSQL, as far as proofs rest on it. */
export interface DialectRules {
  id: DialectId;
  /** What `/` gives for two integers. */
  integerQuotient: 'whole' | 'fraction';
  /** What a quotient by zero gives. */
  zeroDivisor: 'error' | 'null' | 'infinity';
  /** `collation`: texts of other letters or trailing blanks may be equal, so that nothing is concluded from their letters. */
  textEquality: 'bytes' | 'collation';
  /** Where NULL comes in an order that does not say: above all values, below them, at the end both ways, or as a setting of the session says. */
  nullOrder: 'greatest' | 'least' | 'last' | 'setting';
  /** A backslash in a LIKE pattern escapes without ESCAPE. */
  backslashEscapes: boolean;
  /** GREATEST and LEAST pass over NULL; in other dialects one NULL makes them NULL. */
  greatestSkipsNull: boolean;
  /** `||` joins texts. In MySQL it is OR. */
  barsJoin: boolean;
  /** NaN is equal to itself and above all numbers, as in PostgreSQL; IEEE 754 says neither. */
  nanOrdered: boolean;
  /** Timestamps have fractions below a microsecond. */
  nanoseconds: boolean;
  /** A date and a number may be added. In MySQL the date is a number then. */
  dateArithmetic: boolean;
  /** Sums of nothing are 0 and outer joins fill with defaults, so that NULL is not what it is elsewhere. */
  defaultsForNothing: boolean;
  /** Constraints that the engine keeps; the others are only declared. */
  enforced: readonly ConstraintKind[];
  /** Types by PostgreSQL's names where the same name is another type; `unknown` where it depends on settings. */
  types: Readonly<Record<string, string>>;
  /** Functions that give what PostgreSQL's give, under their names or those that `canonicalStatement` knows. */
  same: ReadonlySet<string>;
  /** Functions of one value that are only known to give the same for the same. */
  own: ReadonlySet<string>;
}

const ALL: readonly ConstraintKind[] = ['primary_key', 'unique', 'foreign_key', 'check', 'not_null', 'exclusion'];
const words = (...lists: string[]): ReadonlySet<string> => new Set(lists.flatMap((list) => list.split(' ')));

const TEXT = 'lower upper trim ltrim rtrim length replace reverse';
const NUMBER = 'abs floor ceil ceiling nullif coalesce';
const CHOICE = 'ifnull greatest least';
const OWN = 'round left right concat concat_ws md5 substring substr split_part regexp_replace regexp_extract starts_with power pow sqrt exp ln log sign last_day';

const BASE = {
  integerQuotient: 'whole', zeroDivisor: 'error', textEquality: 'bytes', nullOrder: 'greatest', backslashEscapes: false, greatestSkipsNull: false, barsJoin: true, nanOrdered: true,
  nanoseconds: false, dateArithmetic: true, defaultsForNothing: false, types: {},
} satisfies Partial<DialectRules>;

const DUCKDB: DialectRules = {
  ...BASE, id: 'duckdb', integerQuotient: 'fraction', zeroDivisor: 'infinity', nullOrder: 'last', greatestSkipsNull: true, enforced: ALL, nanoseconds: true,
  types: { decimal: 'numeric(18,3)', numeric: 'numeric(18,3)', 'timestamp_s': 'timestamp(0) without time zone', 'timestamp_ms': 'timestamp(3) without time zone', 'timestamp_us': 'timestamp without time zone', 'timestamp_ns': 'timestamp without time zone' },
  same: words(TEXT, NUMBER, CHOICE, 'round left right substring substr position strpos split_part md5 if len trunc date_trunc datetrunc date_part datepart extract year quarter month day hour minute now current_timestamp current_date today get_current_timestamp date_add'),
  own: words(
    'concat concat_ws contains starts_with ends_with prefix suffix list_contains array_contains list_has list_has_any list_has_all list_sum list_min list_max list_avg list_distinct list_sort list_unique list_position list_value list_filter list_transform array_length',
    'regexp_matches regexp_full_match regexp_replace regexp_extract strftime strptime date_diff datediff date_sub datesub dayname monthname last_day second epoch epoch_ms epoch_us dayofweek isodow dayofyear weekofyear week yearweek isoyear decade',
    'make_date make_timestamp age time_bucket to_timestamp to_days to_hours to_minutes to_seconds to_months to_years struct_extract struct_pack json_extract json_extract_string array_extract list_extract element_at map_extract cardinality',
    'hash lpad rpad repeat strip_accents levenshtein sign sqrt power pow exp ln log log2 log10 mod round_even isfinite isnan isinf bit_count printf format epoch_ns even instr ascii chr unicode nfc_normalize string_split str_split',
  ),
};

const REDSHIFT: DialectRules = {
  ...BASE, id: 'redshift', textEquality: 'collation', backslashEscapes: true, greatestSkipsNull: true, enforced: ['not_null'],
  types: {}, same: words(NUMBER, CHOICE, 'nvl lower upper length date_trunc extract date_part current_date getdate dateadd'), own: words(OWN, 'trim ltrim rtrim reverse replace add_months datediff trunc to_char months_between nvl2 btrim decode'),
};

const SNOWFLAKE: DialectRules = {
  ...BASE, id: 'snowflake', integerQuotient: 'fraction', nullOrder: 'setting', nanoseconds: true, enforced: ['not_null'],
  types: { number: 'numeric(38,0)', decimal: 'numeric(38,0)', numeric: 'numeric(38,0)', int: 'numeric(38,0)', integer: 'numeric(38,0)', bigint: 'numeric(38,0)', smallint: 'numeric(38,0)', tinyint: 'numeric(38,0)', float: 'double precision', timestamp: 'unknown', timestamp_tz: 'unknown', timestamp_ltz: 'timestamp with time zone' },
  same: words(TEXT, NUMBER, CHOICE, 'nvl iff zeroifnull nullifzero equal_null date_trunc extract date_part year quarter month day hour minute current_timestamp current_date dateadd'),
  own: words(OWN, 'datediff to_char to_varchar trunc contains startswith endswith add_months dayofweek dayofweekiso weekiso week monthname dayname decode div0 try_to_number array_contains'),
};

const BIGQUERY: DialectRules = {
  ...BASE, id: 'bigquery', integerQuotient: 'fraction', nullOrder: 'least', backslashEscapes: true, nanOrdered: false, enforced: ['not_null'],
  types: { int64: 'bigint', numeric: 'numeric(38,9)', bignumeric: 'numeric', float64: 'double precision', timestamp: 'timestamp with time zone', datetime: 'timestamp without time zone', bool: 'boolean' },
  same: words(TEXT, NUMBER, CHOICE, 'if date_trunc timestamp_trunc datetime_trunc extract current_timestamp current_date date_sub date_add timestamp_sub timestamp_add datetime_sub datetime_add safe_divide'),
  own: words(OWN, 'date_diff timestamp_diff datetime_diff format_date format_timestamp parse_date date timestamp datetime regexp_contains ends_with array_length'),
};

const DATABRICKS: DialectRules = {
  ...BASE, id: 'databricks', integerQuotient: 'fraction', nullOrder: 'least', backslashEscapes: true, greatestSkipsNull: true, enforced: ['not_null', 'check'],
  types: { decimal: 'numeric(10,0)', numeric: 'numeric(10,0)', timestamp: 'timestamp with time zone', float: 'real', long: 'bigint', short: 'smallint', byte: 'tinyint' },
  same: words(TEXT, NUMBER, CHOICE, 'nvl if date_trunc extract date_part year quarter month day hour minute current_timestamp now current_date'),
  own: words(OWN, 'datediff date_add date_sub add_months trunc to_date date_format contains startswith endswith array_contains size months_between weekofyear dayofweek dateadd'),
};

const TRINO: DialectRules = {
  ...BASE, id: 'trino', nullOrder: 'last', nanOrdered: false, nanoseconds: true, enforced: ['not_null'], types: { decimal: 'numeric(38,0)', real: 'real' },
  same: words('lower upper length replace reverse abs floor ceil ceiling nullif coalesce greatest least if date_trunc extract year quarter month day hour minute now current_timestamp current_date'),
  own: words(OWN, 'trim ltrim rtrim date_diff date_add date_format contains cardinality try strpos element_at date'),
};

const MYSQL: DialectRules = {
  ...BASE, id: 'mysql', integerQuotient: 'fraction', zeroDivisor: 'null', textEquality: 'collation', nullOrder: 'least', backslashEscapes: true, barsJoin: false, dateArithmetic: false, enforced: ALL,
  types: { timestamp: 'timestamp with time zone', decimal: 'numeric(10,0)', numeric: 'numeric(10,0)', float: 'real', mediumint: 'integer', double: 'double precision' },
  same: words('lower upper abs floor ceil ceiling nullif coalesce ifnull if extract year quarter month day hour minute now current_timestamp current_date curdate date_add date_sub'),
  own: words(OWN, 'length char_length trim ltrim rtrim replace reverse greatest least date date_format datediff timestampdiff week weekday dayofweek yearweek find_in_set locate truncate'),
};

const TSQL: DialectRules = {
  ...BASE, id: 'tsql', textEquality: 'collation', nullOrder: 'least', greatestSkipsNull: true, nanoseconds: true, enforced: ALL, dateArithmetic: false,
  types: { tinyint: 'utinyint', bit: 'unknown', datetime: 'timestamp(3) without time zone', smalldatetime: 'timestamp(0) without time zone', datetime2: 'timestamp without time zone', datetimeoffset: 'unknown', timestamp: 'unknown', float: 'double precision', decimal: 'numeric(18,0)', numeric: 'numeric(18,0)', money: 'numeric(19,4)' },
  same: words('lower upper abs floor ceiling nullif coalesce iif getdate year month day dateadd'),
  own: words(OWN, 'len trim ltrim rtrim replace reverse isnull datepart datediff datetrunc eomonth format charindex greatest least datename quarter'),
};

const CLICKHOUSE: DialectRules = {
  ...BASE, id: 'clickhouse', integerQuotient: 'fraction', zeroDivisor: 'infinity', nullOrder: 'last', backslashEscapes: true, nanOrdered: false, defaultsForNothing: true, enforced: ['not_null', 'check'],
  types: { string: 'text', int8: 'tinyint', uint8: 'utinyint', int16: 'smallint', uint16: 'usmallint', int32: 'integer', uint32: 'uinteger', int64: 'bigint', uint64: 'ubigint', float64: 'double precision', float32: 'real', datetime: 'unknown', datetime64: 'unknown', date32: 'date', bool: 'boolean' },
  same: words('lower upper equals notequals less lessorequals greater greaterorequals and or not isnull isnotnull if'),
  own: words('length empty notempty tostartofmonth tostartofweek tostartofyear tostartofquarter tostartofday tostartofhour tomonday toyear tomonth todate now today datediff startswith endswith has positioncaseinsensitive'),
};

/**
 * What differs from PostgreSQL, by dialect. Sources: DuckDB 1.5 (run: `1/0`, `5 % 0`, NULLS LAST, casts, date_trunc) and its
 * documentation "Constraints", "Numeric Types", "Enum"; Amazon Redshift Database Developer Guide, "Significance of trailing blanks"
 * and "Constraints"; Snowflake SQL reference, "Constraints", "Date & time data types", "GREATEST", "COUNT_IF", "ORDER BY" (DEFAULT_NULL_ORDERING); BigQuery GoogleSQL reference,
 * "Data types" (NaN, NULL order), "Primary and foreign keys"; Databricks SQL reference, "CONSTRAINT clause", "NaN semantics",
 * "NULL semantics"; Trino 470 documentation, "SELECT" (NULLS LAST), "Data types"; MySQL 8.4 reference manual, "Arithmetic
 * Operators", "The utf8mb4 Character Set" (default collation `utf8mb4_0900_ai_ci`), "Working with NULL Values"; SQL Server 2022,
 * "Collation and Unicode support", "datetime2"; ClickHouse documentation, "Aggregate functions" (of nothing),
 * `join_use_nulls`, "Constraints".
 */
const RULES = new Map<DialectId, DialectRules>(
  [DUCKDB, REDSHIFT, SNOWFLAKE, BIGQUERY, DATABRICKS, { ...DATABRICKS, id: 'spark' as const, enforced: ['not_null'] as const }, TRINO, { ...TRINO, id: 'athena' as const, enforced: [] }, MYSQL, TSQL, CLICKHOUSE]
    .map((rules) => [rules.id, rules]),
);

/** What is known of a dialect; null for PostgreSQL itself and for a dialect whose rules are not known. */
export function rulesOf(dialect: DialectId): DialectRules | null {
  return RULES.get(dialect) ?? null;
}
