import type { Call } from '../../model/syntax-tree.js';
import type { MaskLevel } from '../flow.js';
import { type MaskContext, type MaskRules, rulesOf } from './context.js';
import { functionName, numberOf, textOf } from './literals.js';
import { piece } from './text.js';

/** Functions whose arguments choose, wrap, encode or are tested. */
export const plainRules: MaskRules = {
  ...rulesOf(
    `reverse reverseutf8 encode to_base64 base64 base64_encode base64encode base64_encode_string base64_decode_string base64_decode_binary from_base64
     base64decode unbase64 try_base64_decode_string hex hex_encode hex_decode_string hex_decode_binary unhex from_hex to_base32 from_base32
     base58encode base58decode base64urlencode base64urldecode encodeurlcomponent decodeurlcomponent url_encode url_decode quote_printable
     to_binary compress uncompress rot13 bin_to_uuid uuid_to_bin bittostring url_encode_component encode_html_component strtol from_base to_base
     encodexmlcomponent decodexmlcomponent swapcase`,
    () => 'reversible',
  ),
  decode: (call) => (call.arguments.length > 2 ? choice(call, 1) : 'reversible'),
  ...rulesOf('if iff iif', (call) => ['predicate', ...call.arguments.slice(1).map((): MaskLevel => 'raw')]),
  nvl2: () => ['predicate', 'raw', 'raw'],
  // multiIf(condition, value, condition, value, …, otherwise)
  multiif: (call) => call.arguments.map((_, index) => (index % 2 === 0 && index < call.arguments.length - 1 ? 'predicate' : 'raw')),
  nullif: () => ['raw', 'predicate'],
  isnull: (call) => (call.arguments.length === 1 ? 'predicate' : 'raw'),
  ...rulesOf('choose elt', (call) => ['partial', ...call.arguments.slice(1).map((): MaskLevel => 'raw')]),
  ...rulesOf(
    `starts_with startswith startswithcaseinsensitive ends_with endswith endswithcaseinsensitive contains contains_substr regexp_like regexp_contains regexp rlike match
     like ilike notlike notilike multimatchany hastoken has hasany hasall hassubsequence array_contains array_has list_contains arraycontains json_exists
     jsonb_exists jsonb_exists_any jsonb_exists_all jsonb_path_exists jsonb_path_match json_contains jsonhas json_valid xpath_exists isnotnull empty notempty is_null_value
     equals notequals less greater lessorequals greaterorequals in notin exists overlaps and or not xor isdistinctfrom isnotdistinctfrom
     equal_null is_date is_integer isnumeric try_cast_ok to_boolean bool text_match string_similarity_test isvalidutf8 is_valid_json regexp_matches_test
     st_intersects st_within st_contains st_dwithin`,
    () => 'predicate',
  ),
  ...rulesOf('pg_typeof typeof totypename grouping grouping_id row_count ignore rand randcanonical rand32 rand64 generateuuidv4 nextval', () => 'constant'),
  // regexp_matches tests in DuckDB and gives the match in PostgreSQL.
  ...rulesOf('element_at arrayelement list_extract list_element array_extract get', element),
  ...rulesOf('mask', hiveMask),
  ...rulesOf('mask_first_n mask_last_n mask_show_first_n mask_show_last_n', (_, context) => (MASK_DIALECTS.has(context.dialect ?? '') ? 'partial' : null)),
  ...rulesOf('mask_hash', (_, context) => (MASK_DIALECTS.has(context.dialect ?? '') ? 'pseudonymous-weak' : null)),
  ...rulesOf('mask_inner mask_outer mask_pan mask_ssn mask_iban mask_pan_relaxed mask_uuid mask_canada_sin mask_uk_nin', (call, context) =>
    context.dialect === 'mysql' ? mysqlMask(call) : null,
  ),
};

/** DECODE(x, search, result, …, default) of Oracle, Snowflake and Redshift. */
function choice(call: Call, first: number): MaskLevel[] {
  return call.arguments.map((_, index) => {
    const isLast = index === call.arguments.length - 1 && (call.arguments.length - first) % 2 === 1;
    return index < first || ((index - first) % 2 === 0 && !isLast) ? 'predicate' : 'raw';
  });
}

const ZERO_BASED = new Set(['snowflake']);
const SPLITS = new Set('split string_to_array string_split str_split splitbychar splitbystring split_to_array strtok_to_array regexp_split_to_array string_to_list'.split(' '));

/** One element of a split text is a piece of it: `element_at(split(email, '@'), 2)`. */
function element(call: Call, context: MaskContext): MaskLevel | null {
  const [array, position] = call.arguments;
  const index = numberOf(position);
  return maskOfElement(array, index === null ? null : ZERO_BASED.has(context.dialect ?? '') && index >= 0 ? index + 1 : index);
}

/** What the element at a position, counted from 1, leaves of the text that was split into it. */
export function maskOfElement(array: Call['arguments'][number] | undefined, position: number | null): MaskLevel {
  if (array?.type !== 'call' || !SPLITS.has(functionName(array))) return 'raw';
  const [first, second] = array.arguments;
  // ClickHouse has the separator first.
  const swapped = functionName(array).startsWith('splitby');
  const separator = swapped ? first : second;
  return piece(swapped ? second : first, textOf(separator), position);
}

const MASK_DIALECTS = new Set(['hive', 'spark', 'databricks']);

/** Letters and digits to x, X and n; a NULL in place of a character leaves that class of characters as it is. */
function hiveMask(call: Call, { dialect = 'postgres' }: MaskContext): MaskLevel | null {
  if (!MASK_DIALECTS.has(dialect)) return null;
  return call.arguments.slice(1).some((argument) => argument.type !== 'literal' || argument.value === null) ? 'raw' : 'constant';
}

/** mask_inner(text, margin, margin) hides what lies between, mask_outer the margins alone; the others leave the last four digits. */
function mysqlMask(call: Call): MaskLevel {
  const margins = (numberOf(call.arguments[1]) ?? 0) + (numberOf(call.arguments[2]) ?? 0);
  return functionName(call) === 'mask_inner' && margins > 8 ? 'raw' : 'partial';
}
