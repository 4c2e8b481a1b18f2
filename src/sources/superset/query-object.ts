import { isObject } from '../common/json.js';
import { METRIC_KEY } from './chart-parts.js';
import { listOf } from './lists.js';
import { chartOrder, isRising, type OrderBy } from './query-order.js';
import { adhocShape } from './shapes.js';

/**
 * One query that a chart asks for, between the parameters of its form and SQL (`superset/common/query_object.py`). Columns,
 * metrics and filters are as stored: names, or objects of free SQL.
 */
export interface QueryObject {
  columns: unknown[];
  /** Null for rows as they are, which are not grouped. */
  metrics: unknown[] | null;
  orderby: OrderBy[];
  filters: unknown[];
  /** Free SQL, as stored. */
  where: string[];
  having: string[];
  /** Only the first so many values of the series are shown; 0 for all. */
  seriesLimit: number;
  seriesColumns: unknown[];
  seriesLimitMetric: unknown;
  isDescending: boolean;
  /** The time column is the first dimension, cut to its grain. */
  isTimeSeries: boolean;
  granularity: string | null;
  timeGrain: string | null;
  timeRange: string | null;
  usesFetchPredicate: boolean;
  /** Only the number of its rows is asked for. */
  isRowCount: boolean;
}

type Form = Readonly<Record<string, unknown>>;

const TIME_SERIES = /^(?:echarts_timeseries(?:_\w{1,20})?|echarts_area|mixed_timeseries)$/;
/** Charts that the server itself took apart (`superset/viz.py`, up to version 4). */
const OLD_TIME_SERIES = /^(?:line|area|bar|compare|dual_line|line_multi|time_pivot|time_table|cal_heatmap)$/;
/** What names columns in the forms of charts that are not told apart here. */
const OTHER_COLUMNS = ['entity', 'source', 'target', 'all_columns_x', 'all_columns_y', 'line_column', 'geojson', 'id', 'parent', 'start_time', 'end_time', 'y_axis'];
const SPATIAL_COLUMNS = ['latCol', 'lonCol', 'lonlatCol', 'geohashCol'];
const METRICS = new Set(['metric', 'metrics', 'metric_2', 'secondary_metric', 'x', 'y', 'size']);
/** Of what a metric is only asked for to order and to limit. */
const LIMIT_METRICS = new Set(['timeseries_limit_metric', 'series_limit_metric', 'sort_by_metric', 'orderby', 'percent_metrics']);

/** A query object that Superset kept with the chart. */
export function keptQuery(value: Form): QueryObject {
  const extras = isObject(value['extras']) ? value['extras'] : {};
  const columns = listOf(value['columns']);
  const groups = listOf(value['groupby']);
  return {
    ...emptyQuery(),
    columns: columns.length > 0 ? columns : groups,
    metrics: Array.isArray(value['metrics']) ? value['metrics'] : groups.length > 0 ? [] : null,
    orderby: listOf(value['orderby']).flatMap(orderPair),
    filters: [...listOf(value['filters']), ...listOf(value['filter'])],
    where: texts(extras['where']),
    having: texts(extras['having']),
    seriesLimit: numberOf(value['series_limit'] ?? value['timeseries_limit']),
    seriesColumns: listOf(value['series_columns']),
    seriesLimitMetric: value['series_limit_metric'] ?? value['timeseries_limit_metric'],
    isDescending: value['order_desc'] !== false,
    isTimeSeries: value['is_timeseries'] === true,
    granularity: textOf(value['granularity']),
    timeGrain: textOf(extras['time_grain_sqla']),
    timeRange: textOf(value['time_range']),
    usesFetchPredicate: value['apply_fetch_values_predicate'] === true,
    isRowCount: value['is_rowcount'] === true,
  };
}

/** The query with which a filter of a dashboard asks for its values (`src/filters/components/Select/buildQuery.ts`, `…/Range`). */
export function filterQuery(column: string, isRange: boolean, filters: readonly unknown[], sortMetric: unknown, sortsRising: unknown): QueryObject {
  const own = adhocFilters({ adhoc_filters: filters });
  if (isRange) {
    const ends = ['MIN', 'MAX'].map((aggregate) => ({ expressionType: 'SIMPLE', aggregate, column: { column_name: column }, label: aggregate.toLowerCase() }));
    return { ...emptyQuery(), ...own, metrics: ends };
  }
  const isSorted = Boolean(sortMetric) || sortsRising !== false;
  return {
    ...emptyQuery(),
    ...own,
    columns: [column],
    metrics: sortMetric ? [sortMetric] : [],
    filters: [...own.filters, { col: column, op: 'IS NOT NULL' }],
    orderby: isSorted ? [{ item: sortMetric ? sortMetric : column, isRising: sortsRising !== false }] : [],
    usesFetchPredicate: true,
  };
}

/**
 * The queries that Superset's charts make of the parameters of a form (`buildQuery.ts` of each chart and
 * `extractQueryFields.ts`, versions 3 to 5; for older ones `viz.py`).
 */
export function formQueries(form: Form, vizType: string): QueryObject[] {
  if (vizType === 'mixed_timeseries') {
    const keys = Object.keys(form);
    if (!keys.some((key) => key.endsWith('_b'))) return [formQuery(form, vizType)];
    const first = Object.fromEntries(Object.entries(form).filter(([key]) => !key.endsWith('_b')));
    const second = { ...first, ...Object.fromEntries(Object.entries(form).flatMap(([key, value]) => (key.endsWith('_b') ? [[key.slice(0, -2), value]] : []))) };
    return [formQuery(first, vizType), formQuery(second, vizType)];
  }
  const query = formQuery(form, vizType);
  if (vizType === 'big_number' && form['aggregation'] === 'raw') return [query, { ...query, columns: [], isTimeSeries: false }];
  return vizType === 'table' ? [query, ...tableQueries(form, query)] : [query];
}

/** A table may count its rows and ask for its totals besides. */
function tableQueries(form: Form, query: QueryObject): QueryObject[] {
  const bare = { ...query, columns: [], orderby: [] };
  const percent = listOf(form['percent_metrics']);
  return [
    ...(form['server_pagination'] === true ? [{ ...query, isRowCount: true }] : []),
    ...(form['percent_metric_calculation'] === 'all_records' && percent.length > 0 ? [{ ...bare, metrics: percent }] : []),
    ...(form['show_totals'] === true && (query.metrics ?? []).length > 0 ? [bare] : []),
  ];
}

function formQuery(form: Form, vizType: string): QueryObject {
  const isRaw = isRawForm(form, vizType);
  const groups = listOf(form['groupby']);
  const isSeries = TIME_SERIES.test(vizType);
  const isOldSeries = OLD_TIME_SERIES.test(vizType) || vizType === 'big_number';
  const columns = isRaw ? rawColumns(form, vizType) : groupedColumns(form, vizType);
  const metrics = isRaw ? null : formMetrics(form, vizType);
  const limitMetric = form['timeseries_limit_metric'] ?? form['series_limit_metric'];
  const [firstLimit] = listOf(limitMetric);
  // Old charts show the metric that they are ordered by.
  const shown = metrics !== null && firstLimit && (OLD_TIME_SERIES.test(vizType) || vizType === 'dist_bar') ? [...metrics, firstLimit] : metrics;
  return {
    ...emptyQuery(),
    ...adhocFilters(form),
    columns,
    metrics: shown,
    orderby: chartOrder(form, vizType, { columns, metrics: shown ?? [], limitMetric: firstLimit, isRaw }),
    seriesLimit: isSeries || isOldSeries || vizType === 'box_plot' ? numberOf(form['limit'] ?? form['series_limit']) : 0,
    seriesColumns: isSeries || vizType === 'box_plot' ? groups : [],
    seriesLimitMetric: firstLimit,
    isDescending: form['order_desc'] !== false,
    isTimeSeries: (isSeries || isOldSeries) && !form['x_axis'],
    granularity: textOf(form['granularity_sqla']) ?? textOf(form['granularity']),
    timeGrain: textOf(form['time_grain_sqla']),
    timeRange: textOf(form['time_range']),
  };
}

function isRawForm(form: Form, vizType: string): boolean {
  if (vizType.startsWith('histogram')) return true;
  if (form['query_mode'] === 'raw' || form['query_mode'] === 'aggregate') return form['query_mode'] === 'raw';
  return /^(?:table|handlebars|ag-grid-table)$/.test(vizType) && listOf(form['all_columns']).length > 0;
}

function rawColumns(form: Form, vizType: string): unknown[] {
  if (vizType.startsWith('histogram')) return [...listOf(form['groupby']), ...listOf(form['column'] ?? form['all_columns_x'])];
  return ['all_columns', 'columns'].flatMap((key) => listOf(form[key]));
}

function groupedColumns(form: Form, vizType: string): unknown[] {
  const list = (...keys: string[]): unknown[] => keys.flatMap((key) => listOf(form[key]));
  const grain = textOf(form['time_grain_sqla']);
  const onAxis = (item: unknown): unknown => (typeof item === 'string' && grain !== null ? { columnType: 'BASE_AXIS', expressionType: 'SQL', sqlExpression: item, label: item, timeGrain: grain } : item);
  const times = isObject(form['temporal_columns_lookup']) ? form['temporal_columns_lookup'] : {};
  const onTime = (item: unknown): unknown => (typeof item === 'string' && times[item] === true ? onAxis(item) : item);
  switch (vizType) {
    case 'pivot_table_v2':
      return list('groupbyColumns', 'groupbyRows').map(onTime);
    case 'box_plot':
      return list('columns', 'groupby').map(onTime);
    case 'bubble':
    case 'bubble_v2':
      return list('entity', 'series');
    case 'waterfall':
      return [...listOf(form['x_axis'] ?? form['granularity_sqla']).map(onAxis), ...list('groupby')];
    case 'big_number_total':
      return [];
    case 'big_number':
      return list('x_axis').map(onAxis);
    case 'table': {
      const columns = list('groupby');
      const first = columns.find((item) => onTime(item) !== item);
      return first === undefined ? columns : [onTime(first), ...columns.filter((item) => item !== first)];
    }
    default:
      break;
  }
  if (form['x_axis']) return [...list('x_axis').map(onAxis), ...list('groupby')];
  // The order of the form is that of the query.
  const named = Object.keys(form).filter((key) => ['groupby', 'columns', 'series'].includes(key) || (key === 'all_columns' && form['query_mode'] !== 'aggregate'));
  return [...list(...named, 'groupbyColumns', 'groupbyRows', ...OTHER_COLUMNS), ...['spatial', 'start_spatial', 'end_spatial'].flatMap((key) => spatialColumns(form[key]))];
}

/** Maps name the columns of places by the kind of coordinate. */
function spatialColumns(value: unknown): unknown[] {
  return isObject(value) ? SPATIAL_COLUMNS.flatMap((key) => listOf(value[key])) : [];
}

function formMetrics(form: Form, vizType: string): unknown[] {
  const known = Object.keys(form).filter((key) => METRICS.has(key));
  const others = Object.keys(form).filter((key) => METRIC_KEY.test(key) && !METRICS.has(key) && !LIMIT_METRICS.has(key));
  const sized = isObject(form['point_radius_fixed']) && form['point_radius_fixed']['type'] === 'metric' ? [form['point_radius_fixed']['value']] : [];
  const numbers = vizType === 'table' ? listOf(form['percent_metrics']) : [];
  return [...[...known, ...others].flatMap((key) => listOf(form[key])), ...sized, ...numbers];
}

/** Filters of columns come first, then what is written in SQL (`processFilters.ts`). */
function adhocFilters(form: Form): Pick<QueryObject, 'filters' | 'where' | 'having'> {
  const found: Pick<QueryObject, 'filters' | 'where' | 'having'> = { filters: [], where: texts(form['where']), having: texts(form['having']) };
  for (const item of listOf(form['adhoc_filters'])) {
    if (!isObject(item)) continue;
    const { expressionType, sqlExpression, clause } = adhocShape.parse(item);
    const isHaving = clause?.toUpperCase() === 'HAVING';
    if (expressionType?.toUpperCase() === 'SQL' || sqlExpression?.trim()) {
      if (sqlExpression?.trim()) (isHaving ? found.having : found.where).push(sqlExpression);
    } else if (!isHaving) found.filters.push(item);
  }
  return found;
}

function orderPair(pair: unknown): OrderBy[] {
  return Array.isArray(pair) && pair.length > 0 ? [{ item: pair[0], isRising: isRising(pair[1]) }] : [];
}

function emptyQuery(): QueryObject {
  return {
    columns: [], metrics: null, orderby: [], filters: [], where: [], having: [], seriesLimit: 0, seriesColumns: [], seriesLimitMetric: null, isDescending: true,
    isTimeSeries: false, granularity: null, timeGrain: null, timeRange: null, usesFetchPredicate: false, isRowCount: false,
  };
}

function texts(value: unknown): string[] {
  return typeof value === 'string' && value.trim() !== '' ? [value] : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function numberOf(value: unknown): number {
  const number = Number(typeof value === 'string' || typeof value === 'number' ? value : 0);
  return Number.isFinite(number) && number > 0 ? number : 0;
}
