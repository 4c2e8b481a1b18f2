import type { Problem } from '../../model/query.js';
import { literalOf, quote, SAMPLE_DATE, SAMPLE_DATE_AFTER } from '../../template/placeholder.js';
import { isObject } from '../common/json.js';
import type { Parameters } from './chart-parts.js';
import { METRIC_KEY } from './chart-parts.js';
import type { DatasetEntry } from './inventory.js';
import { unwrapped } from './items.js';
import { adhocShape, columnShape, metricShape, type Adhoc } from './shapes.js';
import { quotedName, type Templates } from './templates.js';

/** What a chart asks for, as SQL. */
export interface BuiltQuery {
  sql: string | null;
  problems: Problem[];
}

const DIMENSION_KEYS = ['groupby', 'columns', 'x_axis', 'series', 'entity', 'groupbyRows', 'groupbyColumns', 'series_columns', 'all_columns_x', 'all_columns_y', 'groupby_b'];
/** Of what a metric is only asked for to order and to limit. */
const LIMIT_KEYS = new Set(['timeseries_limit_metric', 'series_limit_metric', 'sort_by_metric', 'orderby']);
/** ISO 8601 durations of `time_grain_sqla` (`superset/db_engine_specs/postgres.py`). */
const TIME_GRAINS: Readonly<Record<string, string>> = { PT1S: 'second', PT1M: 'minute', PT1H: 'hour', P1D: 'day', P1W: 'week', P1M: 'month', P3M: 'quarter', P1Y: 'year' };
const NO_RANGE = /^no filter$/i;
const PLAIN_OPERATORS: Readonly<Record<string, string>> = {
  '==': '=', '=': '=', '!=': '<>', '<>': '<>', '>': '>', '<': '<', '>=': '>=', '<=': '<=', LIKE: 'LIKE', 'NOT LIKE': 'NOT LIKE', ILIKE: 'ILIKE', 'NOT ILIKE': 'NOT ILIKE',
};
const UNARY_OPERATORS = new Set(['IS NULL', 'IS NOT NULL', 'IS TRUE', 'IS FALSE']);

/**
 * The query that Superset makes of a chart's parameters or of a kept query object (`superset/models/helpers.py`,
 * `get_sqla_query`): dimensions and metrics of the dataset, with its filters; without metrics and in raw mode no groups.
 */
export class QueryBuilder {
  readonly #problems = new Map<string, Problem>();
  readonly #metrics = new Map<string, string>();
  readonly #columns = new Map<string, string>();
  readonly #times = new Set<string>();

  constructor(
    readonly dataset: DatasetEntry,
    readonly templates: Templates,
  ) {
    for (const item of dataset.value.metrics) {
      const metric = metricShape.safeParse(unwrapped(item).value).data;
      if (metric?.metric_name && metric.expression) this.#metrics.set(metric.metric_name, metric.expression);
    }
    for (const item of dataset.value.columns) {
      const column = columnShape.safeParse(unwrapped(item).value).data;
      if (!column?.column_name) continue;
      this.#columns.set(column.column_name, column.expression ?? '');
      if (column.is_dttm === true) this.#times.add(column.column_name);
    }
  }

  build({ value }: Parameters, isKept: boolean): BuiltQuery {
    const isRaw = isKept ? !Array.isArray(value['metrics']) : value['query_mode'] === 'raw';
    const dimensions = isRaw && !isKept ? this.#dimensions(value, ['all_columns', 'columns']) : this.#dimensions(value, this.#dimensionKeys(value));
    const metrics = isRaw ? [] : this.#metricsOf(value);
    const { where, having } = this.#filters(value, isKept);
    const relation = this.templates.relation(this.dataset);
    if (relation.sql === null) {
      return { sql: null, problems: [{ code: 'missing-reference', message: 'the SQL of its dataset cannot be read' }] };
    }
    const shown = [...dimensions, ...metrics];
    if (shown.length === 0 && where.length + having.length === 0) return { sql: null, problems: [...this.#problems.values(), { code: 'unsupported', message: 'the chart names no column and no metric of its dataset' }] };
    const from = relation.sql.startsWith('(') ? `${relation.sql} AS ${relation.alias}` : relation.sql;
    const parts = [`SELECT ${shown.length > 0 ? shown.map(({ sql, label }) => (label === null ? sql : `${sql} AS ${quotedName(label)}`)).join(', ') : '*'}`, `FROM ${from}`];
    if (where.length > 0) parts.push(`WHERE ${where.join(' AND ')}`);
    if (!isRaw && dimensions.length > 0) parts.push(`GROUP BY ${dimensions.map(({ sql }) => sql).join(', ')}`);
    if (having.length > 0) parts.push(`HAVING ${having.join(' AND ')}`);
    const order = [...this.#order(value['order_by_cols']), ...(isRaw ? [] : this.#metricOrder(value))];
    if (order.length > 0) parts.push(`ORDER BY ${order.join(', ')}`);
    return { sql: parts.join(' '), problems: [...this.#problems.values()] };
  }

  #dimensionKeys(value: Record<string, unknown>): readonly string[] {
    return value['query_mode'] === undefined && Array.isArray(value['all_columns']) ? [...DIMENSION_KEYS, 'all_columns'] : DIMENSION_KEYS;
  }

  #dimensions(value: Record<string, unknown>, keys: readonly string[]): { sql: string; label: string | null }[] {
    const found = new Map<string, { sql: string; label: string | null }>();
    for (const item of keys.flatMap((key) => listOf(value[key]))) {
      const column = this.#column(item);
      if (column !== null) found.set(column.sql, column);
    }
    return [...found.values()];
  }

  /** A column of the dataset, with the expression of a calculated one, or a free expression. */
  #column(item: unknown): { sql: string; label: string | null } | null {
    if (typeof item === 'string') {
      if (item === '') return null;
      const expression = this.#columns.get(item);
      return expression?.trim() ? { sql: this.#expression(expression), label: item } : { sql: quotedName(item), label: null };
    }
    if (!isObject(item)) return null;
    const { sqlExpression, label, column, timeGrain } = adhocShape.parse(item);
    if (sqlExpression && this.#columns.has(sqlExpression)) return this.#grained(sqlExpression, timeGrain ?? '');
    if (sqlExpression?.trim()) return { sql: this.#expression(sqlExpression), label: label ?? null };
    const name = column?.['column_name'] ?? item['column_name'];
    return typeof name === 'string' ? this.#column(name) : null;
  }

  /** A column of the dataset that an axis names; of a time, the start of its period. */
  #grained(name: string, timeGrain: string): { sql: string; label: string | null } | null {
    const column = this.#column(name);
    const unit = this.#times.has(name) ? TIME_GRAINS[timeGrain] : undefined;
    return column === null || unit === undefined ? column : { sql: `DATE_TRUNC('${unit}', ${column.sql})`, label: name };
  }

  #expression(raw: string): string {
    const sql = this.templates.plain(raw, this.dataset) ?? 'NULL';
    return sql.includes('--') ? `(\n${sql}\n)` : sql;
  }

  #metricsOf(value: Record<string, unknown>): { sql: string; label: string | null }[] {
    const found = new Map<string, { sql: string; label: string | null }>();
    for (const [key, items] of Object.entries(value)) {
      if (!METRIC_KEY.test(key) || LIMIT_KEYS.has(key)) continue;
      for (const item of listOf(items)) {
        const metric = this.#metric(item, /^[xy]$|^size$/.test(key));
        if (metric !== null) found.set(`${metric.sql} ${metric.label}`, metric);
      }
    }
    return [...found.values()];
  }

  #metric(item: unknown, isPerhaps: boolean): { sql: string; label: string | null } | null {
    if (typeof item === 'string') {
      const expression = this.#metrics.get(item);
      if (expression !== undefined) return { sql: this.#expression(expression), label: item };
      if (item === 'count') return { sql: 'COUNT(*)', label: item };
      if (!isPerhaps && item !== '') this.#problem(`the metric ${item.slice(0, 80)} of the chart is not among those of its dataset`);
      return null;
    }
    if (!isObject(item)) return null;
    const { sqlExpression, label, aggregate, column } = adhocShape.parse(item);
    if (sqlExpression?.trim()) return { sql: this.#expression(sqlExpression), label: label ?? null };
    const name = column?.['column_name'];
    if (!aggregate || typeof name !== 'string') return null;
    const operand = this.#column(name)?.sql ?? quotedName(name);
    return { sql: aggregate.toUpperCase() === 'COUNT_DISTINCT' ? `COUNT(DISTINCT ${operand})` : `${functionName(aggregate)}(${operand})`, label: label ?? null };
  }

  #filters(value: Record<string, unknown>, isKept: boolean): { where: string[]; having: string[] } {
    const where: string[] = [];
    const having: string[] = [];
    const keys = isKept ? ['filters', 'filter'] : ['adhoc_filters', 'adhoc_filters_b'];
    for (const item of keys.flatMap((key) => listOf(value[key]))) {
      if (!isObject(item)) continue;
      const filter = adhocShape.parse(item);
      const predicate = this.#predicate(filter);
      if (predicate !== null) (filter.clause?.toUpperCase() === 'HAVING' ? having : where).push(predicate);
    }
    const time = value['granularity_sqla'] ?? value['granularity'];
    const range = value['time_range'];
    if (typeof time === 'string' && this.#columns.has(time) && typeof range === 'string' && !NO_RANGE.test(range)) where.push(this.#range(time));
    const extras = isObject(value['extras']) ? value['extras'] : {};
    if (typeof extras['where'] === 'string' && extras['where'].trim() !== '') where.push(`(\n${this.#expression(extras['where'])}\n)`);
    if (typeof extras['having'] === 'string' && extras['having'].trim() !== '') having.push(`(\n${this.#expression(extras['having'])}\n)`);
    return { where, having };
  }

  #predicate(filter: Adhoc): string | null {
    if (filter.expressionType?.toUpperCase() === 'SQL' || filter.sqlExpression?.trim()) {
      return filter.sqlExpression?.trim() ? `(\n${this.#expression(filter.sqlExpression)}\n)` : null;
    }
    const column = this.#column(filter.subject ?? filter.col);
    const operator = (filter.operator ?? filter.op ?? '').toUpperCase();
    if (column === null || operator === '') return null;
    const value = filter.comparator ?? filter.val;
    if (operator === 'TEMPORAL_RANGE') return typeof value === 'string' && NO_RANGE.test(value) ? null : this.#range(column.sql, true);
    if (UNARY_OPERATORS.has(operator)) return `${column.sql} ${operator}`;
    if (operator === 'IN' || operator === 'NOT IN') {
      const values = listOf(value).map(literal);
      return values.length === 0 ? null : `${column.sql} ${operator} (${values.join(', ')})`;
    }
    const plain = PLAIN_OPERATORS[operator];
    if (plain !== undefined) return `${column.sql} ${plain} ${literal(Array.isArray(value) ? value[0] : value)}`;
    this.#problem(`the filter operator ${operator.slice(0, 40)} is not known`, 'unsupported');
    return null;
  }

  #range(column: string, isSql = false): string {
    const sql = isSql ? column : (this.#column(column)?.sql ?? quotedName(column));
    return `${sql} >= TIMESTAMP '${SAMPLE_DATE} 00:00:00' AND ${sql} < TIMESTAMP '${SAMPLE_DATE_AFTER} 00:00:00'`;
  }

  /** Items are JSON texts of a column and whether it rises. */
  #order(items: unknown): string[] {
    return listOf(items).flatMap((item) => {
      const pair = /^\s*\[\s*"((?:[^"\\]|\\.){1,500})"\s*,\s*(true|false)\s*\]\s*$/.exec(typeof item === 'string' ? item : JSON.stringify(item) ?? '');
      const name = pair?.[1]?.replace(/\\(["\\])/g, '$1');
      const column = name === undefined ? null : this.#column(name);
      return column === null ? [] : [`${column.sql}${pair?.[2] === 'false' ? ' DESC' : ''}`];
    });
  }

  #metricOrder(value: Record<string, unknown>): string[] {
    const kept = listOf(value['orderby']).flatMap((pair) => (Array.isArray(pair) ? [{ item: pair[0] as unknown, isRising: pair[1] === true }] : []));
    const limits = listOf(value['timeseries_limit_metric']).map((item) => ({ item, isRising: value['order_desc'] === false }));
    return [...kept, ...limits].flatMap(({ item, isRising }) => {
      const metric = this.#metric(item, true) ?? this.#column(item);
      return metric === null ? [] : [`${metric.sql}${isRising ? '' : ' DESC'}`];
    });
  }

  #problem(message: string, code: Problem['code'] = 'missing-reference'): void {
    this.#problems.set(message, { code, message });
  }
}

function functionName(aggregate: string): string {
  return /^\w{1,40}$/.test(aggregate) ? aggregate.toUpperCase() : 'COUNT';
}

function literal(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return typeof value === 'string' ? quote(value) : literalOf('unknown', 'NULL');
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
}
