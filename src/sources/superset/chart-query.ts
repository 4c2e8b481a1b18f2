import type { Problem } from '../../model/query.js';
import { isObject } from '../common/json.js';
import { filterPredicate } from './filter-predicate.js';
import type { DatasetEntry } from './inventory.js';
import { unwrapped } from './items.js';
import { uniqueBy } from './lists.js';
import type { QueryObject } from './query-object.js';
import type { OrderBy } from './query-order.js';
import { adhocShape, columnShape, metricShape } from './shapes.js';
import { quotedName, type Templates } from './templates.js';
import { rangeOn, truncated } from './time-column.js';

/** What a chart asks for, as SQL. */
export interface BuiltQuery {
  sql: string | null;
  problems: Problem[];
}

/** An output, or what rows are grouped by. */
interface Term {
  sql: string;
  label: string;
}

interface Column {
  /** The expression of a calculated column; empty for one of the table. */
  expression: string;
  type: string | null;
  isTime: boolean;
}

/** `ROW_LIMIT` of a server that is not configured; every query of a chart has a limit (`query_context_factory.py`). */
const ROW_LIMIT = 50_000;
/** PostgreSQL has at most 1,664 columns in a list of a SELECT; what asks for more does not run. */
const TERMS_MAX = 1_664;
const TIMESTAMP = '__timestamp';
const SERIES = 'series_limit';

/**
 * The SQL that Superset sends for a query of a chart (`superset/models/helpers.py`, `get_sqla_query`, versions 3 to 5), so that
 * it can be found again among the statements of the database: outputs with their names, times cut to their grain, filters of
 * columns before what is written in SQL, names of metrics in ORDER BY, a limit always. The days of ranges are examples. What
 * the export does not hold is not in it: rules for rows, and what people choose on a dashboard.
 */
export class QueryBuilder {
  readonly #problems = new Map<string, Problem>();
  readonly #metrics = new Map<string, string>();
  readonly #columns = new Map<string, Column>();

  /** @param engine the word of the connection for its engine; null where nobody knows it */
  constructor(
    readonly dataset: DatasetEntry,
    readonly templates: Templates,
    readonly engine: string | null,
  ) {
    for (const item of dataset.value.metrics) {
      const metric = metricShape.safeParse(unwrapped(item).value).data;
      if (metric?.metric_name && metric.expression) this.#metrics.set(metric.metric_name, metric.expression);
    }
    for (const item of dataset.value.columns) {
      const column = columnShape.safeParse(unwrapped(item).value).data;
      if (!column?.column_name) continue;
      this.#columns.set(column.column_name, { expression: column.expression?.trim() ? column.expression : '', type: column.type ?? null, isTime: column.is_dttm === true });
    }
  }

  build(query: QueryObject): BuiltQuery {
    const relation = this.templates.over(this.dataset);
    if ([query.columns, query.metrics ?? [], query.orderby, query.filters, query.where, query.having].some(({ length }) => length > TERMS_MAX)) {
      return { sql: null, problems: [{ code: 'too-large', message: `the chart names more than ${TERMS_MAX} columns, metrics or filters` }] };
    }
    if (relation.sql === null) return { sql: null, problems: [{ code: 'missing-reference', message: 'the SQL of its dataset cannot be read or is too long; see the dataset' }] };
    const table = relation.sql.startsWith('(') ? `${relation.sql} AS ${relation.alias}` : relation.sql;
    const isGrouped = query.metrics !== null || query.orderby.some(({ item }) => this.#isMetric(item));
    const dimensions = uniqueBy(query.columns.flatMap((item) => this.#column(item) ?? []), ({ label }) => label);
    const metrics = uniqueBy((query.metrics ?? []).flatMap((item) => this.#metric(item, false) ?? []), ({ label }) => label);
    const time = query.isTimeSeries ? this.#timestamp(query) : null;
    const shown = uniqueBy([...(time === null ? [] : [time]), ...dimensions, ...metrics], ({ label }) => label);
    const where = this.#where(query);
    const having = query.having.map((raw) => this.#clause(raw));
    if (shown.length === 0 && where.length + having.length === 0) {
      return { sql: null, problems: [...this.#problems.values(), { code: 'unsupported', message: 'the chart names no column and no metric of its dataset' }] };
    }
    const groups = isGrouped ? [...dimensions, ...(time === null ? [] : [time])] : [];
    const order = query.orderby.flatMap((one) => this.#order(one, metrics, query.columns));
    const sql = [
      `SELECT ${shown.length > 0 ? shown.map(named).join(', ') : '*'}`,
      `FROM ${table}${this.#seriesJoin(query, table, dimensions, metrics, where)}`,
      ...(where.length > 0 ? [`WHERE ${where.join(' AND ')}`] : []),
      ...(groups.length > 0 ? [`GROUP BY ${groups.map((one) => one.sql).join(', ')}`] : []),
      ...(having.length > 0 ? [`HAVING ${having.join(' AND ')}`] : []),
      ...(order.length > 0 ? [`ORDER BY ${order.join(', ')}`] : []),
      `LIMIT ${ROW_LIMIT}`,
    ].join(' ');
    return { sql: query.isRowCount ? `SELECT COUNT(*) AS rowcount FROM (${sql}) AS rowcount_qry` : sql, problems: [...this.#problems.values()] };
  }

  /** The time column of a series that has no axis of its own. */
  #timestamp({ granularity, timeGrain }: QueryObject): Term | null {
    const name = this.#timeColumn(granularity);
    return name === null ? null : { sql: truncated(this.#sqlOf(name), timeGrain), label: TIMESTAMP };
  }

  #timeColumn(granularity: string | null): string | null {
    const main = this.dataset.value.main_dttm_col ?? null;
    return granularity !== null && (this.#columns.get(granularity)?.isTime === true || main === null) ? granularity : main;
  }

  /** Only the first values of a series are shown: they are found by a query of their own. */
  #seriesJoin({ seriesLimit, seriesColumns, seriesLimitMetric, isDescending, isTimeSeries }: QueryObject, table: string, dimensions: readonly Term[], metrics: readonly Term[], where: readonly string[]): string {
    if (seriesLimit <= 0) return '';
    const labels = new Set(seriesColumns.flatMap((item) => this.#column(item)?.label ?? []));
    const series = labels.size > 0 ? dimensions.filter(({ label }) => labels.has(label)) : isTimeSeries ? dimensions : [];
    if (series.length === 0) return '';
    const inner = series.map(({ sql, label }) => ({ sql, label: `${label}__` }));
    const measure = { sql: metrics[0]?.sql ?? 'COUNT(*)', label: 'mme_inner__' };
    const by = this.#metric(seriesLimitMetric, true)?.sql ?? measure.label;
    const condition = where.length > 0 ? ` WHERE ${where.join(' AND ')}` : '';
    const first = `SELECT ${[...inner, measure].map(named).join(', ')} FROM ${table}${condition} GROUP BY ${inner.map(({ sql }) => sql).join(', ')} ORDER BY ${by} ${isDescending ? 'DESC' : 'ASC'} LIMIT ${seriesLimit}`;
    return ` JOIN (${first}) AS ${SERIES} ON ${inner.map(({ sql, label }) => `${sql} = ${quotedName(label)}`).join(' AND ')}`;
  }

  /** A column of the dataset, with the expression of a calculated one, or a free expression. */
  #column(item: unknown): Term | null {
    if (typeof item === 'string') return item === '' ? null : { sql: this.#sqlOf(item), label: item };
    if (!isObject(item)) return null;
    const { sqlExpression, label, column, timeGrain } = adhocShape.parse(item);
    if (sqlExpression && this.#columns.has(sqlExpression)) {
      const sql = this.#sqlOf(sqlExpression);
      return { sql: this.#columns.get(sqlExpression)?.isTime === true ? truncated(sql, timeGrain ?? null) : sql, label: label ?? sqlExpression };
    }
    if (sqlExpression?.trim()) return { sql: this.#expression(sqlExpression), label: label ?? sqlExpression };
    const name = column?.['column_name'] ?? item['column_name'];
    return typeof name === 'string' ? this.#column(name) : null;
  }

  #sqlOf(name: string): string {
    const expression = this.#columns.get(name)?.expression;
    return expression ? this.#expression(expression) : quotedName(name);
  }

  #expression(raw: string): string {
    const sql = this.templates.plain(raw, this.dataset) ?? 'NULL';
    return sql.includes('--') ? `(\n${sql}\n)` : sql;
  }

  #clause(raw: string): string {
    return `(\n${this.#expression(raw)}\n)`;
  }

  #metric(item: unknown, isPerhaps: boolean): Term | null {
    if (typeof item === 'string') {
      const expression = this.#metrics.get(item);
      if (expression !== undefined) return { sql: this.#expression(expression), label: item };
      if (item === 'count' && !this.#columns.has(item)) return { sql: 'COUNT(*)', label: item };
      if (!isPerhaps && item !== '') this.#problem(`the metric ${item.slice(0, 80)} of the chart is not among those of its dataset`);
      return null;
    }
    if (!isObject(item)) return null;
    const { sqlExpression, label, aggregate, column } = adhocShape.parse(item);
    if (sqlExpression?.trim()) return { sql: this.#expression(sqlExpression), label: label ?? sqlExpression };
    const name = column?.['column_name'];
    if (!aggregate || typeof name !== 'string') return null;
    const operand = this.#sqlOf(name);
    const sql = aggregate.toUpperCase() === 'COUNT_DISTINCT' ? `COUNT(DISTINCT ${operand})` : `${functionName(aggregate)}(${operand})`;
    return { sql, label: label ?? sql };
  }

  #isMetric(item: unknown): boolean {
    if (typeof item === 'string') return this.#metrics.has(item);
    return isObject(item) && typeof item['aggregate'] === 'string';
  }

  #where(query: QueryObject): string[] {
    const { granularity, timeRange, filters, where, usesFetchPredicate } = query;
    const predicate = this.dataset.value.fetch_values_predicate;
    const time = granularity === null && !query.isTimeSeries ? null : this.#timeColumn(granularity);
    return [
      ...(usesFetchPredicate && predicate?.trim() ? [this.#clause(predicate)] : []),
      ...(time !== null && timeRange !== null ? this.#range(time, timeRange) : []),
      ...filters.flatMap((filter) => (isObject(filter) ? this.#predicate(filter) : [])),
      ...where.map((raw) => this.#clause(raw)),
    ];
  }

  #predicate(item: Record<string, unknown>): string[] {
    const filter = adhocShape.parse(item);
    const subject = filter.subject ?? filter.col;
    const column = this.#column(subject);
    const operator = (filter.operator ?? filter.op ?? '').toUpperCase();
    if (column === null || operator === '') return [];
    const value = filter.comparator ?? filter.val;
    if (operator === 'TEMPORAL_RANGE') return typeof subject === 'string' && typeof value === 'string' ? this.#range(subject, value) : [];
    const found = filterPredicate(column.sql, typeof subject === 'string' ? (this.#columns.get(subject)?.type ?? null) : null, operator, value);
    if (found !== 'unknown') return found === null ? [] : [found];
    this.#problem(`the filter operator ${operator.slice(0, 40)} is not known`, 'unsupported');
    return [];
  }

  #range(column: string, range: string): string[] {
    return rangeOn(this.#sqlOf(column), this.#columns.get(column)?.type ?? null, range, this.engine);
  }

  /** A metric that is shown is named; all else is written out. */
  #order({ item, isRising }: OrderBy, shown: readonly Term[], columns: readonly unknown[]): string[] {
    const onAxis = isObject(item) && item['columnType'] === 'BASE_AXIS' ? item['sqlExpression'] : item;
    const metric = this.#metric(onAxis, true);
    const output = shown.find(({ sql, label }) => (metric === null ? label === onAxis : sql === metric.sql && (typeof onAxis !== 'string' || label === onAxis)));
    const isColumn = typeof onAxis !== 'string' || this.#columns.has(onAxis) || columns.includes(onAxis);
    const sql = output === undefined ? (metric ?? (isColumn ? this.#column(onAxis) : null))?.sql : quotedName(output.label);
    return sql === undefined ? [] : [`${sql} ${isRising ? 'ASC' : 'DESC'}`];
  }

  #problem(message: string, code: Problem['code'] = 'missing-reference'): void {
    this.#problems.set(message, { code, message });
  }
}

function named({ sql, label }: Term): string {
  return `${sql} AS ${quotedName(label)}`;
}

function functionName(aggregate: string): string {
  return /^\w{1,40}$/.test(aggregate) ? aggregate.toUpperCase() : 'COUNT';
}
