import { regions } from '../../sql/lexer.js';
import type { Notes } from '../../template/result.js';
import { Rewriter } from '../../template/rewrite.js';
import { renderFilter, qualified, type FilterScope } from './filter.js';
import type { Aggregation, Fragment, Metric, MetricInput, SemanticLayer, SemanticModel } from './model.js';

/** Metrics of metrics nest so deep at most. */
const DEPTH_MAX = 20;
/** Metrics that stand for each other twice double at every level. */
const STEPS_MAX = 500;
/** One metric may stand in many others: what grows beyond this is refused. */
const SQL_LENGTH_MAX = 200_000;
/** What statements call the relation of a model. */
export const ALIAS = 't';

/** The value of a metric as SQL: over the rows of one model, or by itself. */
export interface MetricValue {
  sql: string;
  /** Null where `sql` holds subqueries of its own. */
  model: SemanticModel | null;
  conditions: string[];
  timeDimension: string | null;
  /** True where an operator beside it would bind to a part of it. */
  isCompound: boolean;
}

/** The SQL before and behind the expression that it aggregates; null for an aggregation that nobody knows. */
export function frameOf({ agg, percentile, discrete }: Aggregation): { before: string; after: string } | null {
  switch (agg) {
    case 'sum':
    case 'min':
    case 'max':
    case 'count':
      return { before: `${agg.toUpperCase()}(`, after: ')' };
    case 'average':
    case 'avg':
      return { before: 'AVG(', after: ')' };
    case 'count_distinct':
      return { before: 'COUNT(DISTINCT ', after: ')' };
    case 'sum_boolean':
      return { before: 'SUM(CASE WHEN ', after: ' THEN 1 ELSE 0 END)' };
    case 'median':
      return { before: 'PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY ', after: ')' };
    case 'percentile':
      return { before: `PERCENTILE_${discrete ? 'DISC' : 'CONT'}(${percentile ?? 0.5}) WITHIN GROUP (ORDER BY `, after: ')' };
    default:
      return null;
  }
}

/** Builds one metric, of any type, from what it is made of. */
export class MetricLowering {
  #steps = 0;

  constructor(
    readonly layer: SemanticLayer,
    readonly notes: Notes,
  ) {}

  /** Null with a problem noted. */
  metric(metric: Metric, inherited: readonly Fragment[] = [], path: readonly string[] = []): MetricValue | null {
    if (path.includes(metric.name)) {
      this.notes.problem('cyclic-reference', `the metric ${metric.name} is made of itself`);
      return null;
    }
    if (++this.#steps > STEPS_MAX) {
      this.notes.problem('too-large', `the metric is made of more than ${STEPS_MAX} others`);
      return null;
    }
    if (path.length > DEPTH_MAX) {
      this.notes.problem('unsupported', `the metric ${metric.name} stands more than ${DEPTH_MAX} metrics deep`);
      return null;
    }
    const filters = [...inherited, ...metric.filters];
    const inner = [...path, metric.name];
    if (metric.window !== null) this.notes.problem('unsupported', `the window of ${metric.name} (${metric.window}) is left out of the SQL`);
    if (metric.own !== null) return this.#own(metric, filters, inner);
    if (metric.conversion !== null) return this.#conversion(metric, metric.conversion, filters, inner);
    if (metric.numerator !== null || metric.denominator !== null) return this.#ratio(metric, filters, inner);
    if (metric.input !== null) return this.#input(metric.input, filters, inner, metric.name, 'measure');
    if (metric.expr !== null) return this.#derived(metric.expr, metric.inputs, filters, inner);
    this.notes.problem('missing-reference', `the metric ${metric.name} names neither a measure nor an expression`);
    return null;
  }

  #own(metric: Metric, filters: readonly Fragment[], path: readonly string[]): MetricValue | null {
    const { own } = metric;
    if (own === null) return null;
    const model = this.layer.models.get(own.model);
    if (model !== undefined) return filled(this.aggregate(model, own, metric.name, filters, path), metric.fillNullsWith);
    this.notes.problem('missing-reference', `the semantic model ${own.model} of the metric ${metric.name} is not in these files`);
    return null;
  }

  aggregate(model: SemanticModel, aggregation: Aggregation, name: string, filters: readonly Fragment[], path: readonly string[] = []): MetricValue | null {
    const frame = frameOf(aggregation);
    if (frame === null) {
      this.notes.problem('unsupported', `the aggregation ${aggregation.agg || '(none)'} of ${name} is not known`);
      return null;
    }
    const timeDimension = aggregation.timeDimension ?? model.timeDimension;
    const scope = this.scope(model, timeDimension, path);
    const expr = aggregation.expr === null ? name : this.#rendered(aggregation.expr).trim();
    const sql = isCountOfRows(aggregation) ? 'COUNT(*)' : frame.before + withoutOpenComment(expr) + frame.after;
    return { sql, model, conditions: this.conditions(filters, scope), timeDimension, isCompound: false };
  }

  scope(model: SemanticModel, timeDimension: string | null, path: readonly string[]): FilterScope {
    const metric = (name: string): string | null => {
      const value = this.#input({ name, alias: null, offset: null, fillNullsWith: null, filters: [] }, [], path, name);
      return value === null ? null : scalar(value);
    };
    return { layer: this.layer, model, alias: ALIAS, timeDimension, notes: this.notes, metric };
  }

  conditions(filters: readonly Fragment[], scope: FilterScope): string[] {
    const rendered = filters.flatMap(({ text }) => renderFilter(text, scope).variant?.sql.trim() ?? []);
    return [...new Set(rendered)];
  }

  /** A simple metric often has the name of the measure that it takes: `prefer` says which one is meant. */
  #input(input: MetricInput, filters: readonly Fragment[], path: readonly string[], owner: string, prefer: 'measure' | 'metric' = 'metric'): MetricValue | null {
    const all = [...filters, ...input.filters];
    const metric = this.layer.metrics.get(input.name);
    const found = this.layer.measure(input.name);
    if (input.offset !== null) this.notes.problem('unsupported', `the offset of ${input.name} (${input.offset}) is left out of the SQL`);
    const isItself = prefer === 'measure' && path.at(-1) === input.name;
    if (metric !== undefined && !isItself && (found === undefined || prefer === 'metric')) return filled(this.metric(metric, all, path), input.fillNullsWith);
    if (found !== undefined) return filled(this.aggregate(found.model, found.measure, found.measure.name, all, path), input.fillNullsWith);
    this.notes.problem('missing-reference', `${input.name}, which the metric ${owner} is made of, is not in these files`);
    return null;
  }

  #ratio({ name, numerator, denominator }: Metric, filters: readonly Fragment[], path: readonly string[]): MetricValue | null {
    if (numerator === null || denominator === null) {
      this.notes.problem('missing-reference', `the metric ${name} is a ratio without its ${numerator === null ? 'numerator' : 'denominator'}`);
      return null;
    }
    const upper = this.#input(numerator, filters, path, name);
    const lower = this.#input(denominator, filters, path, name);
    if (upper === null || lower === null) return null;
    return together([upper, lower], divide);
  }

  #derived(expr: Fragment, inputs: readonly MetricInput[], filters: readonly Fragment[], path: readonly string[]): MetricValue | null {
    const values = this.inputs(inputs, filters, path);
    if (values === null) return null;
    const all = [...values.values()];
    const joined = together(all, (parts) => {
      const byName = new Map([...values.keys()].map((name, index) => [name, parts[index] ?? '']));
      return this.#bounded(substitute(this.#rendered(expr).trim(), byName).finish().sql);
    });
    return joined.sql === '' ? null : joined;
  }

  /** The values of a derived metric's parts by the names that its expression calls them; null where one is missing. */
  inputs(inputs: readonly MetricInput[], filters: readonly Fragment[], path: readonly string[]): Map<string, MetricValue> | null {
    const values = new Map<string, MetricValue>();
    for (const input of inputs) {
      const value = this.#input(input, filters, path, path.at(-1) ?? input.name);
      if (value === null) return null;
      values.set(input.alias ?? input.name, value);
    }
    return values;
  }

  /** Rows of the base whose entity converted, over all of them. */
  #conversion(metric: Metric, { base, converted, entity, countsOnly }: NonNullable<Metric['conversion']>, filters: readonly Fragment[], path: readonly string[]): MetricValue | null {
    if (base === null || converted === null) {
      this.notes.problem('missing-reference', `the metric ${metric.name} is a conversion without its ${base === null ? 'base' : 'conversion'} measure`);
      return null;
    }
    const from = this.#input(base, filters, path, metric.name, 'measure');
    const to = this.#input(converted, [], path, metric.name, 'measure');
    if (from === null || to === null) return null;
    const condition = entity !== null && from.model !== null && to.model !== null ? this.#entityCondition(from, from.model, to.model, entity) : null;
    const narrowed: MetricValue = condition === null ? to : { ...to, conditions: [...to.conditions, condition] };
    return countsOnly ? narrowed : together([narrowed, from], divide);
  }

  #entityCondition(from: MetricValue, base: SemanticModel, converted: SemanticModel, entity: string): string {
    const key = (model: SemanticModel, alias: string): string => {
      const expr = model.entities.get(entity)?.expr ?? null;
      return qualified(expr === null ? entity : this.layer.sqlOf(expr), alias);
    };
    const where = from.conditions.length === 0 ? '' : ` WHERE ${conjunction(from.conditions)}`;
    return `${key(converted, ALIAS)} IN (SELECT ${key(base, ALIAS)} FROM ${base.relation} AS ${ALIAS}${where})`;
  }

  /** The SQL of an expression, with what its templates assume. */
  #rendered(expr: Fragment): string {
    const { variant, problems } = this.layer.rendered(expr);
    for (const { code, message } of problems) this.notes.problem(code, message);
    for (const assumption of variant.assumptions) this.notes.assume(assumption);
    return variant.sql;
  }

  #bounded(sql: string): string {
    if (sql.length <= SQL_LENGTH_MAX) return sql;
    this.notes.problem('too-large', `the metric has more than ${SQL_LENGTH_MAX} characters of SQL`);
    return '';
  }
}

/** `fill_nulls_with`: MetricFlow puts COALESCE around what is aggregated. */
function filled(value: MetricValue | null, fill: string | null): MetricValue | null {
  return value === null || fill === null ? value : { ...value, sql: `COALESCE(${value.sql}, ${fill})`, isCompound: false };
}

/** MetricFlow divides as floating-point numbers (its `SqlRatioComputationExpression`), so that counts do not divide as integers. */
function divide([upper = '', lower = '']: string[]): string {
  return `CAST(${upper} AS DOUBLE PRECISION) / CAST(NULLIF(${lower}, 0) AS DOUBLE PRECISION)`;
}

/** `expr: 1` under a count counts rows. */
export function isCountOfRows({ agg, expr }: Aggregation): boolean {
  return agg === 'count' && (expr?.text.trim() === '1' || expr?.text.trim() === '*');
}

function withoutOpenComment(expr: string): string {
  return expr.includes('--') ? `${expr}\n` : expr;
}

/** Values over the rows of one model under the same conditions stay one aggregation; others are subqueries. */
export function together(values: readonly MetricValue[], join: (parts: string[]) => string): MetricValue {
  const [first] = values;
  const isOne = first !== undefined && first.model !== null && values.every((value) => value.model === first.model && sameConditions(value, first));
  const parts = values.map((value) => (isOne ? inParentheses(value) : scalar(value)));
  return { sql: join(parts), model: isOne ? first.model : null, conditions: isOne ? first.conditions : [], timeDimension: first?.timeDimension ?? null, isCompound: true };
}

export function sameConditions(one: MetricValue, other: MetricValue): boolean {
  return one.conditions.length === other.conditions.length && one.conditions.every((condition, index) => condition === other.conditions[index]);
}

function inParentheses({ sql, isCompound }: MetricValue): string {
  return isCompound ? `(${sql})` : sql;
}

/** A value that stands by itself within another statement. */
export function scalar(value: MetricValue): string {
  return value.model === null ? inParentheses(value) : `(SELECT ${value.sql}${fromClause(value)})`;
}

export function conjunction(conditions: readonly string[]): string {
  const [only] = conditions;
  const whole = conditions.map(withoutOpenComment);
  return conditions.length === 1 && only !== undefined ? withoutOpenComment(only) : whole.map((condition) => `(${condition})`).join(' AND ');
}

export function fromClause({ model, conditions }: MetricValue): string {
  if (model === null) return '';
  return ` FROM ${model.relation} AS ${ALIAS}${conditions.length === 0 ? '' : ` WHERE ${conjunction(conditions)}`}`;
}

/** An expression over metric names with their SQL in place; texts, quoted names and comments are left alone. */
export function substitute(expr: string, values: ReadonlyMap<string, string>): Rewriter {
  const rewriter = new Rewriter(expr);
  let copied = 0;
  for (const { kind, start, end } of regions(expr)) {
    if (kind !== 'code') continue;
    for (const match of expr.slice(start, end).matchAll(/[A-Za-z_]\w*/g)) {
      const value = values.get(match[0]);
      const at = start + match.index;
      if (value === undefined || expr.charAt(at - 1) === '.') continue;
      rewriter.copy(copied, at);
      rewriter.generate(value, at, at + match[0].length);
      copied = at + match[0].length;
    }
  }
  rewriter.copy(copied, expr.length);
  return rewriter;
}

