import { isObject, parsedJson } from '../common/json.js';
import { listOf } from './lists.js';

/** A column or metric, as stored, by which rows are ordered. */
export interface OrderBy {
  item: unknown;
  isRising: boolean;
}

interface Asked {
  columns: readonly unknown[];
  metrics: readonly unknown[];
  limitMetric: unknown;
  isRaw: boolean;
}

/** Charts that are ordered by what limits their series, or by their first metric (`normalizeOrderBy.ts`, `viz.py`). */
const BY_FIRST_METRIC = /^(?:echarts_timeseries(?:_\w{1,20})?|echarts_area|mixed_timeseries|line|area|bar|dist_bar|compare|dual_line|line_multi|pivot_table|pivot_table_v2)$/;
const COLUMN_ORDER_LENGTH_MAX = 2_000;

/** How Superset orders the rows of a chart when nobody has clicked on a column (`buildQuery.ts` of each chart). */
export function chartOrder(form: Readonly<Record<string, unknown>>, vizType: string, { columns, metrics, limitMetric, isRaw }: Asked): OrderBy[] {
  const written = listOf(form['order_by_cols']).flatMap(columnOrder);
  if (isRaw) return written;
  const [first] = metrics;
  const isDescending = form['order_desc'] !== false;
  if (vizType === 'table') return limitMetric ? [{ item: limitMetric, isRising: form['order_desc'] !== true }] : first ? [{ item: first, isRising: false }] : written;
  if (vizType === 'waterfall') return columns.map((item) => ({ item, isRising: true }));
  if (/^bubble(?:_v2)?$/.test(vizType)) return listOf(form['orderby']).slice(0, 1).map((item) => ({ item, isRising: !isDescending }));
  if (/^heatmap(?:_v2)?$/.test(vizType)) return axisOrder(form, columns, first);
  if (written.length > 0) return written;
  if (limitMetric) return [{ item: limitMetric, isRising: !isDescending }];
  if (BY_FIRST_METRIC.test(vizType)) return listOf(form['legacy_order_by'] ?? first).slice(0, 1).map((item) => ({ item, isRising: !isDescending }));
  return form['sort_by_metric'] === true && first ? [{ item: first, isRising: false }] : [];
}

function axisOrder(form: Readonly<Record<string, unknown>>, columns: readonly unknown[], metric: unknown): OrderBy[] {
  return ['sort_x_axis', 'sort_y_axis'].flatMap((key, index) => {
    const order = form[key];
    const item = typeof order === 'string' && order.includes('value') ? metric : columns[index];
    return typeof order === 'string' && order !== '' && item ? [{ item, isRising: order.includes('asc') }] : [];
  });
}

/** Items are JSON texts of a column and whether it rises: `["due_at", true]`. */
function columnOrder(item: unknown): OrderBy[] {
  const pair = typeof item === 'string' ? parsedPair(item) : item;
  if (!Array.isArray(pair) || pair.length === 0) return [];
  const name: unknown = pair[0];
  return typeof name === 'string' || isObject(name) ? [{ item: name, isRising: isRising(pair[1]) }] : [];
}

function parsedPair(text: string): unknown {
  return text.length > COLUMN_ORDER_LENGTH_MAX ? undefined : parsedJson(text);
}

export function isRising(value: unknown): boolean {
  return value === true || value === 'true';
}
