import { callable, isUnknown, object, unknown, type JinjaEnvironment, type JinjaFunction, type JinjaKeywords, type JinjaSite, type JinjaValue } from '../../template/jinja.js';
import { quote, SAMPLE_DATE } from '../../template/placeholder.js';
import { isObject } from '../common/json.js';

/** What templates ask of the other objects of the export. */
export interface Lookup {
  /** The SQL of a dataset in parentheses, by its number, with some or with all of its columns. */
  dataset(id: string, columns: readonly string[]): string | null;
  /** The expression of a metric, of the dataset with that number or of the one in which the template stands. */
  metric(name: string, dataset: string | null): string | null;
  load(name: string): string | null;
}

/** Values nest at most so deep when they become values of templates. */
const VALUE_DEPTH_MAX = 8;

/**
 * Superset's template context (`superset/jinja_context.py`, version 5; docs "SQL Templating"): nobody has chosen a filter,
 * and who looks is not known.
 *
 * @param params `template_params` of the dataset, which the template sees by their names
 */
export function supersetEnvironment(lookup: Lookup, params: unknown): JinjaEnvironment {
  const globals = new Map<string, JinjaValue>([...CONTEXT, ...FUNCTIONS.map(([name, call]): [string, JinjaValue] => [name, callable(name, call)])]);
  globals.set('dataset', callable('dataset', ([id, , columns], kwargs, site) => datasetOf(lookup, site.text(id), columns ?? kwargs.get('columns'), site)));
  globals.set('metric', callable('metric', ([name, id], kwargs, site) => metricOf(lookup, name, id ?? kwargs.get('dataset_id'), site)));
  if (isObject(params)) for (const [name, value] of Object.entries(params)) if (name !== '_filters') globals.set(name, valueOf(value));
  return { globals, filters: FILTERS, load: (name) => lookup.load(name) };
}

const CONTEXT: readonly (readonly [string, JinjaValue])[] = [
  ['from_dttm', unknown('from_dttm', { type: 'timestamp' })],
  ['to_dttm', unknown('to_dttm', { type: 'timestamp' })],
  ['time_grain', unknown('time_grain', { type: 'text' })],
  ['time_column', unknown('time_column', {})],
  ['time_range', unknown('time_range', { type: 'text' })],
  ['columns', unknown('columns', {})],
  ['groupby', unknown('groupby', {})],
  ['metrics', unknown('metrics', {})],
  ['table_columns', unknown('table_columns', {})],
  ['filter', unknown('filter', { isEmptyUntouched: true })],
  ['row_limit', unknown('row_limit', { type: 'number' })],
  ['row_offset', unknown('row_offset', { type: 'number' })],
  ['form_data', unknown('form_data', { isEmptyUntouched: true })],
  // Up to version 1 the context held these modules of Python.
  ['datetime', object('', ['now', 'utcnow', 'today', 'strptime', 'fromisoformat'].map((name) => [name, callable(name, () => unknown(`datetime.${name}()`, { type: 'timestamp' }))]), () => unknown('datetime()', { type: 'timestamp' }))],
  ['timedelta', callable('timedelta', () => unknown('timedelta()'))],
  ['relativedelta', callable('relativedelta', () => unknown('relativedelta()'))],
  ['presto', partitions('presto')],
  ['trino', partitions('trino')],
  ['hive', partitions('hive')],
];

/** Partition functions look into the metastore for the newest value. */
function partitions(engine: string): JinjaValue {
  const latest = (name: string): [string, JinjaValue] => [
    name,
    callable(name, ([table], _, site) => {
      site.assume(`${engine}.${name}() gives ${SAMPLE_DATE} and reads the partitions of ${site.text(table).slice(0, 80)}`);
      return SAMPLE_DATE;
    }),
  ];
  return object('', ['latest_partition', 'latest_sub_partition', 'first_latest_partition'].map(latest));
}

const FUNCTIONS: readonly (readonly [string, JinjaFunction])[] = [
  ['filter_values', ([column, preset], kwargs, site) => listOr(preset ?? kwargs.get('default'), unknown(`filter_values('${site.text(column)}')`, { type: 'text', isEmptyUntouched: true }))],
  ['get_filters', ([column], _, site) => unknown(`get_filters('${site.text(column)}')`, { isEmptyUntouched: true })],
  ['get_time_filter', timeFilter],
  ['current_username', () => unknown('current_username()', { type: 'text' })],
  ['current_user_id', () => unknown('current_user_id()', { type: 'number' })],
  ['current_user_email', () => unknown('current_user_email()', { type: 'text' })],
  ['current_user_roles', () => unknown('current_user_roles()', { type: 'text' })],
  ['current_user_rls_rules', () => unknown('current_user_rls_rules()', { isEmptyUntouched: true })],
  ['get_guest_user_attribute', orDefault('get_guest_user_attribute')],
  ['url_param', orDefault('url_param')],
  ['cache_key_wrapper', ([value]) => value],
];

function listOr(preset: JinjaValue, otherwise: JinjaValue): JinjaValue {
  if (preset === undefined || preset === null) return otherwise;
  return Array.isArray(preset) ? preset : [preset];
}

/** Without the attribute or the parameter the given default holds. */
function orDefault(name: string): JinjaFunction {
  return ([key, preset], kwargs, site) => preset ?? kwargs.get('default') ?? unknown(`${name}('${site.text(key)}')`, { type: 'text' });
}

function timeFilter(args: readonly JinjaValue[], kwargs: JinjaKeywords, site: JinjaSite): JinjaValue {
  const column = args[0] ?? kwargs.get('column');
  const name = column === undefined || column === null ? 'get_time_filter()' : `get_time_filter('${site.text(column)}')`;
  const preset = args[1] ?? kwargs.get('default');
  site.assume(`${name} takes the range of time over from the filter of the chart`);
  return object(name, [
    ['from_expr', unknown(`${name}.from_expr`, { type: 'timestamp' })],
    ['to_expr', unknown(`${name}.to_expr`, { type: 'timestamp' })],
    ['time_range', preset ?? unknown(`${name}.time_range`, { type: 'text' })],
  ]);
}

function datasetOf(lookup: Lookup, id: string, columns: JinjaValue, site: JinjaSite): JinjaValue {
  const sql = lookup.dataset(id, Array.isArray(columns) ? columns.map((column) => site.text(column)) : []);
  if (sql !== null) return `${sql} AS dataset_${id.replace(/\W+/g, '_')}`;
  site.problem('missing-reference', `the dataset ${id.slice(0, 80)} that the SQL includes is not in the export, includes itself, or is too long`);
  return unknown(`dataset(${id})`);
}

function metricOf(lookup: Lookup, name: JinjaValue, id: JinjaValue, site: JinjaSite): JinjaValue {
  const key = site.text(name);
  const sql = lookup.metric(key, id === undefined || id === null ? null : site.text(id));
  if (sql !== null) return sql;
  site.problem('missing-reference', `the metric ${key.slice(0, 80)} that the SQL includes is not in the export, includes itself, or is too long`);
  return unknown(`metric('${key}')`, { type: 'number' });
}

const whereIn: JinjaFunction = ([values], _, site) => {
  if (!Array.isArray(values)) return `(${isUnknown(values) && values.type === 'number' ? '1' : quote('x')})`;
  return `(${values.map((value) => (typeof value === 'number' ? String(value) : quote(site.text(value)))).join(', ')})`;
};

const FILTERS: ReadonlyMap<string, JinjaFunction> = new Map<string, JinjaFunction>([
  ['where_in', whereIn],
  ['to_datetime', ([value]) => value],
]);

function valueOf(value: unknown, depth = 0): JinjaValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (depth > VALUE_DEPTH_MAX) return undefined;
  if (Array.isArray(value)) return value.slice(0, 1_000).map((item) => valueOf(item, depth + 1));
  if (isObject(value)) return new Map(Object.entries(value).map(([key, item]): [string, JinjaValue] => [key, valueOf(item, depth + 1)]));
  return undefined;
}
