import { isJinjaObject, isUnknown, JinjaText, sqlFunction, unknown, type JinjaArguments, type JinjaKeywords, type JinjaValue } from '../../template/jinja.js';
import { quote } from '../../template/placeholder.js';

/** Columns that `group_by(n)` counts up to. */
const GROUP_COLUMNS_MAX = 200;
const LIST_MAX = 200;

/** One call of a macro of dbt or of a package that every project uses. */
interface MacroCall {
  args: JinjaArguments;
  kwargs: JinjaKeywords;
  /** The argument of a name, or at a position. */
  value(name: string, position: number): JinjaValue;
  /** The same as SQL; '' where it is not given. */
  sql(name: string, position: number): string;
  text(value: JinjaValue): string;
}

type Rule = (call: MacroCall) => string | null;

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  timestamp: 'timestamp',
  numeric: 'numeric',
  int: 'integer',
  bigint: 'bigint',
  float: 'double precision',
  boolean: 'boolean',
};

/** Macros whose texts cannot be expanded without a database, or whose arguments are not all SQL: what they write, with the columns they read. */
const RULES: Readonly<Record<string, Rule>> = {
  star: (call) => {
    const alias = call.sql('relation_alias', 1);
    return call.kwargs.has('relation_alias') && alias !== '' ? `${alias}.*` : '*';
  },
  union_relations: (call) => unionOf(call),
  union_data: (call) => unionOf(call),
  deduplicate: (call) => {
    const relation = firstRelation(call);
    if (relation === null) return null;
    const keys = call.sql('partition_by', 1) || call.sql('group_by', 1);
    const order = call.sql('order_by', 2);
    const window = [keys === '' ? '' : `partition by ${keys}`, order === '' ? '' : `order by ${order}`].filter((part) => part !== '').join(' ');
    return `(select *, row_number() over (${window}) as row_number from ${relation})`;
  },
  unpivot: (call) => wholeRelation(call),
  get_filtered_columns_in_relation: () => null,
  date_spine: (call) => {
    const part = call.sql('datepart', 0).replace(/\W/g, '') || 'day';
    const [start, end] = [call.sql('start_date', 1), call.sql('end_date', 2)];
    return `(select ${start || 'current_date'} as date_${part}${end === '' ? '' : `, ${end} as end_date`})`;
  },
  generate_series: () => '(select 1 as generated_number)',
  pivot: (call) => {
    const column = call.sql('column', 0);
    const values = call.value('values', 1);
    if (column === '') return null;
    const then = call.kwargs.has('then_value') ? call.text(call.kwargs.get('then_value')) : '1';
    const agg = call.kwargs.has('agg') ? call.text(call.kwargs.get('agg')).replace(/\W/g, '') : 'sum';
    const names = Array.isArray(values) ? values.slice(0, LIST_MAX).map((value) => call.text(value)) : ['x'];
    return names.map((name) => `${agg}(case when ${column} = ${quote(name)} then ${then} else 0 end) as "${name.replaceAll('"', '""')}"`).join(', ');
  },
  group_by: (call) => {
    const count = Number(call.sql('n', 0));
    if (!Number.isInteger(count) || count < 1 || count > GROUP_COLUMNS_MAX) return null;
    return `group by ${Array.from({ length: count }, (_, index) => index + 1).join(', ')}`;
  },
  date_trunc: (call) => `date_trunc(${quote(call.sql('datepart', 0))}, ${call.sql('date', 1)})`,
  dateadd: (call) => `dateadd(${quote(call.sql('datepart', 0))}, ${call.sql('interval', 1) || '1'}, ${call.sql('from_date_or_timestamp', 2)})`,
  datediff: (call) => `datediff(${quote(call.sql('datepart', 2))}, ${call.sql('first_date', 0)}, ${call.sql('second_date', 1)})`,
  last_day: (call) => `last_day(${call.sql('date', 0)}, ${quote(call.sql('datepart', 1))})`,
  safe_cast: (call) => `cast(${call.sql('field', 0)} as ${call.sql('type', 1) || 'text'})`,
  cast: (call) => `cast(${call.sql('field', 0)} as ${call.sql('type', 1) || 'text'})`,
  concat: (call) => {
    const fields = call.value('fields', 0);
    return Array.isArray(fields) && fields.length > 0 ? `concat(${fields.slice(0, LIST_MAX).map((field) => call.text(field)).join(', ')})` : null;
  },
  string_literal: (call) => quote(call.sql('value', 0)),
  current_timestamp: () => 'current_timestamp',
  current_timestamp_in_utc: () => 'current_timestamp',
  safe_divide: (call) => `(${call.sql('numerator', 0)}) / nullif((${call.sql('denominator', 1)}), 0)`,
  get_url_parameter: (call) => `get_url_parameter(${call.sql('field', 0)}, ${quote(call.sql('url_parameter', 1))})`,
};

/** Macros that ask the database for a list of names or values: nobody knows it here. */
const ASKS = /^(?:get_column_values|get_relations_by_\w+|get_tables_by_\w+|get_query_results_as_dict|get_single_value|get_filtered_columns_in_relation|get_columns_in_relation)$/;

/** Names that a rule stands for within the packages `dbt` and `dbt_utils`. */
export const RULED_NAMES: readonly string[] = [...Object.keys(RULES), ...Object.keys(TYPES).map((name) => `type_${name}`), 'get_column_values', 'get_relations_by_pattern', 'get_relations_by_prefix', 'get_tables_by_pattern_sql', 'get_query_results_as_dict', 'get_single_value'];

/** What a well-known macro writes; undefined for one that no rule knows. `path` may name the package: `dbt_utils.star`. */
export function packageMacro(path: string, args: JinjaArguments, kwargs: JinjaKeywords, text: (value: JinjaValue) => string): JinjaValue {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const assumption = `the macro ${path.slice(0, 80)} is written by its rule`;
  if (ASKS.test(name)) return unknown(`${path}()`, { isEmptyUntouched: true });
  if (name.startsWith('type_') && Object.hasOwn(TYPES, name.slice(5))) return TYPES[name.slice(5)];
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule === undefined) return undefined;
  const value = (key: string, position: number): JinjaValue => (kwargs.has(key) ? kwargs.get(key) : args[position]);
  const sql = rule({ args, kwargs, value, sql: (key, position) => text(value(key, position)).trim(), text });
  return sql === null ? sqlFunction(path, args, kwargs, text) : unknown(path, { sql, assumption });
}

/** A relation, or the name of one as a text. */
function relationsIn(value: JinjaValue, call: MacroCall): string[] {
  if (Array.isArray(value)) return value.slice(0, LIST_MAX).flatMap((item) => relationsIn(item, call));
  if (isJinjaObject(value) || typeof value === 'string' || isUnknown(value) || value instanceof JinjaText) {
    const text = call.text(value).trim();
    return text === '' ? [] : [text];
  }
  return [];
}

function firstRelation(call: MacroCall): string | null {
  return relationsIn(call.kwargs.get('relation') ?? call.kwargs.get('from') ?? call.args[0], call)[0] ?? null;
}

function wholeRelation(call: MacroCall): string | null {
  const relation = firstRelation(call);
  return relation === null ? null : `(select * from ${relation})`;
}

function unionOf(call: MacroCall): string | null {
  const relations = relationsIn(call.kwargs.get('relations') ?? call.kwargs.get('tables') ?? call.args[0], call);
  return relations.length === 0 ? null : `(${relations.map((relation) => `select * from ${relation}`).join(' union all ')})`;
}

/** The text of a value where no rendering stands behind: unknown ones have the SQL that stands for them. */
export function plainText(value: JinjaValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isJinjaObject(value)) return value.text;
  if (value instanceof JinjaText) return value.pieces.map((piece) => (piece.kind === 'hole' ? (piece.unknown.sql ?? 'NULL') : piece.text)).join('');
  return isUnknown(value) ? (value.sql ?? 'NULL') : '';
}
