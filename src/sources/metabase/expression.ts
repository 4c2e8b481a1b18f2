import { EXTRACTIONS, functionSql } from './functions.js';
import { isClause, MBQL_DEPTH_MAX, MbqlError, type Argument, type Clause } from './mbql.js';
import { stringLiteral, untyped, type TypedSql } from './sql-text.js';
import { addInterval, bucket, NOW, relativeMoment, type WeekStart } from './temporal.js';

/** What an expression refers to outside itself, answered by the stage it stands in. */
export interface ExpressionScope {
  weekStart: WeekStart;
  field(clause: Clause): TypedSql;
  expression(name: string): TypedSql;
  /** An aggregation of the same stage by its index or uuid. */
  aggregation(reference: Argument): TypedSql;
  predicate(clause: Clause, depth: number): string;
  /** ORDER BY of a cumulative aggregation; empty without breakouts. */
  cumulativeOrder(): string;
  /** An aggregation that is defined elsewhere: a metric card, a measure. */
  metric(clause: Clause): string;
  unsupported(message: string): void;
}

const AGGREGATES: Readonly<Record<string, string>> = {
  sum: 'SUM',
  avg: 'AVG',
  min: 'MIN',
  max: 'MAX',
  stddev: 'STDDEV_POP',
  var: 'VAR_POP',
};

const PREDICATES = new Set([
  '=', '!=', '<', '<=', '>', '>=', 'between', 'inside', 'and', 'or', 'not', 'is-null', 'not-null', 'is-empty', 'not-empty', 'contains',
  'does-not-contain', 'starts-with', 'ends-with', 'time-interval', 'relative-time-interval', 'segment', 'during', 'in', 'not-in',
]);

/** An expression or aggregation as Metabase writes it. Operators it does not know keep their arguments in a call. */
export function expressionSql(argument: Argument | undefined, scope: ExpressionScope, depth = 0): TypedSql {
  if (depth > MBQL_DEPTH_MAX) throw new MbqlError(`an expression nests deeper than ${MBQL_DEPTH_MAX}`);
  if (argument === null || argument === undefined) return untyped('NULL');
  if (typeof argument === 'string') return { sql: stringLiteral(argument), databaseType: null, baseType: 'type/Text' };
  if (typeof argument === 'number') return { sql: String(argument), databaseType: null, baseType: 'type/Number' };
  if (typeof argument === 'boolean') return { sql: argument ? 'TRUE' : 'FALSE', databaseType: 'boolean', baseType: 'type/Boolean' };
  if (Array.isArray(argument)) return untyped(argument.map((item) => expressionSql(item, scope, depth + 1).sql).join(', '));
  return clauseSql(argument, scope, depth);
}

function clauseSql(clause: Clause, scope: ExpressionScope, depth: number): TypedSql {
  const { operator } = clause;
  const [first, second] = clause.arguments;
  const inner = (argument: Argument | undefined): string => expressionSql(argument, scope, depth + 1).sql;
  switch (operator) {
    case 'field':
      return scope.field(clause);
    case 'expression':
      return bucketed(scope.expression(String(first)), clause, scope);
    case 'aggregation':
      return scope.aggregation(first ?? null);
    case 'aggregation-options':
    case 'value':
      return expressionSql(first, scope, depth + 1);
    case 'metric':
    case 'measure':
      return untyped(scope.metric(clause));
    case '+':
    case '-':
    case '*':
      return arithmetic(clause, scope, depth);
    case '/':
      return untyped(division(clause.arguments, scope, depth));
    case 'log':
      return untyped(`LOG(10, ${inner(first)})`);
    case 'case':
    case 'if':
      return untyped(caseSql(clause, scope, depth));
    case 'regex-match-first':
      return untyped(`SUBSTRING(${inner(first)} FROM ${inner(second)})`);
    case 'text':
      return untyped(`CAST(${inner(first)} AS TEXT)`);
    case 'integer':
      return untyped(`CAST(${inner(first)} AS BIGINT)`);
    case 'float':
      return untyped(`CAST(${inner(first)} AS DOUBLE PRECISION)`);
  }
  if (PREDICATES.has(operator)) return { sql: `(${scope.predicate(clause, depth + 1)})`, databaseType: 'boolean', baseType: 'type/Boolean' };
  return temporalSql(clause, scope, depth) ?? aggregateSql(clause, scope, depth) ?? callSql(clause, scope, depth);
}

/** A custom column in the time unit of its reference. */
function bucketed(column: TypedSql, { options }: Clause, scope: ExpressionScope): TypedSql {
  const unit = options['temporal-unit'];
  return typeof unit === 'string' && unit !== 'default' ? bucket(unit, column, scope.weekStart) : column;
}

function arithmetic(clause: Clause, scope: ExpressionScope, depth: number): TypedSql {
  const intervals = clause.arguments.filter((argument) => isClause(argument) && argument.operator === 'interval').filter(isClause);
  const operands = clause.arguments.filter((argument) => !(isClause(argument) && argument.operator === 'interval'));
  if (intervals.length > 0 && operands.length === 1) {
    const sign = clause.operator === '-' ? -1 : 1;
    return intervals.reduce(
      (sum, interval) => addInterval(sum, sign * Number(interval.arguments[0]), String(interval.arguments[1])),
      expressionSql(operands[0], scope, depth + 1),
    );
  }
  const parts = clause.arguments.map((argument) => operand(argument, scope, depth));
  return untyped(parts.length === 1 ? `${clause.operator}${parts[0]}` : parts.join(` ${clause.operator} `));
}

/** An operand in parentheses where it is an operation itself. */
function operand(argument: Argument, scope: ExpressionScope, depth: number): string {
  const { sql } = expressionSql(argument, scope, depth + 1);
  return isClause(argument) && /^[-+*/]$/.test(argument.operator) ? `(${sql})` : sql;
}

/** Never integer division and never division by zero: `CAST(a AS DOUBLE PRECISION) / NULLIF(CAST(b AS DOUBLE PRECISION), 0.0)`. */
function division(parts: readonly Argument[], scope: ExpressionScope, depth: number): string {
  const [numerator, ...denominators] = parts;
  const top = typeof numerator === 'number' ? decimal(numerator) : `CAST(${expressionSql(numerator, scope, depth + 1).sql} AS DOUBLE PRECISION)`;
  const bottoms = denominators.map((part) => {
    if (typeof part === 'number') return part === 0 ? 'NULL' : decimal(part);
    return `NULLIF(CAST(${expressionSql(part, scope, depth + 1).sql} AS DOUBLE PRECISION), 0.0)`;
  });
  return [top, ...bottoms].join(' / ');
}

function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** MBQL 4: `[[predicate, value]…]` and `default` in the options; MBQL 5: the default is the second argument. */
function caseSql(clause: Clause, scope: ExpressionScope, depth: number): string {
  const [branches, otherwise] = clause.arguments;
  const parts = (Array.isArray(branches) ? branches : []).map((branch) => {
    const [predicate, value] = Array.isArray(branch) ? branch : [];
    const condition = isClause(predicate) ? scope.predicate(predicate, depth + 1) : 'TRUE';
    return ` WHEN ${condition} THEN ${expressionSql(value, scope, depth + 1).sql}`;
  });
  const fallback = otherwise ?? optionArgument(clause.options['default']);
  const tail = fallback === undefined || fallback === null ? '' : ` ELSE ${expressionSql(fallback, scope, depth + 1).sql}`;
  return `CASE${parts.join('')}${tail} END`;
}

function optionArgument(value: unknown): Argument | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (!Array.isArray(value) || value[0] !== 'field') return undefined;
  const options: unknown = value[2];
  const id: unknown = value[1];
  const read = typeof options === 'object' && options !== null && !Array.isArray(options) ? Object.entries(options) : [];
  return { operator: 'field', options: Object.fromEntries(read), arguments: [typeof id === 'number' || typeof id === 'string' ? id : null] };
}

function temporalSql(clause: Clause, scope: ExpressionScope, depth: number): TypedSql | null {
  const { operator } = clause;
  const [first, second, third] = clause.arguments;
  const inner = (argument: Argument | undefined): TypedSql => expressionSql(argument, scope, depth + 1);
  const extraction = Object.hasOwn(EXTRACTIONS, operator) ? EXTRACTIONS[operator] : undefined;
  if (extraction !== undefined) return bucket(extraction, inner(first), scope.weekStart);
  switch (operator) {
    case 'now':
      return NOW;
    case 'today':
      return bucket('day', NOW, scope.weekStart);
    case 'temporal-extract':
      return bucket(String(second), inner(first), scope.weekStart);
    case 'absolute-datetime':
      return inner(first);
    case 'relative-datetime':
      return untyped(first === 'current' ? NOW.sql : relativeMoment(Number(first), String(second ?? 'day'), scope.weekStart));
    case 'datetime-add':
      return addInterval(inner(first), Number(second), String(third));
    case 'datetime-subtract':
      return addInterval(inner(first), -Number(second), String(third));
    case 'datetime-diff':
      return untyped(difference(inner(first).sql, inner(second).sql, String(third)));
    case 'convert-timezone':
      return { sql: `TIMEZONE(${inner(second).sql}, ${third === undefined || third === null ? inner(first).sql : `TIMEZONE(${inner(third).sql}, ${inner(first).sql})`})`, databaseType: 'timestamp', baseType: 'type/DateTime' };
    default:
      return null;
  }
}

function difference(from: string, to: string, unit: string): string {
  if (unit === 'day') return `CAST(${to} AS DATE) - CAST(${from} AS DATE)`;
  if (unit === 'week') return `(CAST(${to} AS DATE) - CAST(${from} AS DATE)) / 7`;
  if (unit === 'hour' || unit === 'minute' || unit === 'second') {
    const seconds = `CAST(TRUNC(extract(epoch from ${to}) - extract(epoch from ${from})) AS integer)`;
    return unit === 'second' ? seconds : `${seconds} / ${unit === 'hour' ? 3600 : 60}`;
  }
  const age = `AGE(DATE_TRUNC('day', ${to}), DATE_TRUNC('day', ${from}))`;
  if (unit === 'year') return `CAST(extract(year from ${age}) AS integer)`;
  const months = `CAST(extract(month from ${age}) + (extract(year from ${age}) * 12) AS integer)`;
  return unit === 'quarter' ? `${months} / 3` : months;
}

function aggregateSql(clause: Clause, scope: ExpressionScope, depth: number): TypedSql | null {
  const { operator } = clause;
  const [first, second] = clause.arguments;
  const inner = (argument: Argument | undefined): string => expressionSql(argument, scope, depth + 1).sql;
  const when = (argument: Argument | undefined): string => (isClause(argument) ? scope.predicate(argument, depth + 1) : 'TRUE');
  const simple = Object.hasOwn(AGGREGATES, operator) ? AGGREGATES[operator] : undefined;
  if (simple !== undefined) return untyped(`${simple}(${inner(first)})`);
  const counted = first === undefined || first === null ? '*' : inner(first);
  switch (operator) {
    case 'count':
      return untyped(`COUNT(${counted})`);
    case 'distinct':
      return untyped(`COUNT(DISTINCT ${inner(first)})`);
    case 'median':
      return untyped(`PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY ${inner(first)})`);
    case 'percentile':
      return untyped(`PERCENTILE_CONT(${inner(second)}) WITHIN GROUP (ORDER BY ${inner(first)})`);
    case 'count-where':
      return untyped(`SUM(CASE WHEN ${when(first)} THEN 1 ELSE 0.0 END)`);
    case 'sum-where':
      return untyped(`SUM(CASE WHEN ${when(second)} THEN ${inner(first)} ELSE 0.0 END)`);
    case 'distinct-where':
      return untyped(`COUNT(DISTINCT CASE WHEN ${when(second)} THEN ${inner(first)} END)`);
    case 'share':
      return untyped(`SUM(CASE WHEN ${when(first)} THEN 1 ELSE 0.0 END) / COUNT(*)`);
    case 'cum-count':
      return untyped(cumulative(`COUNT(${counted})`, scope));
    case 'cum-sum':
      return untyped(cumulative(`SUM(${inner(first)})`, scope));
    case 'offset':
      return untyped(offsetSql(inner(first), Number(second), scope));
    default:
      return null;
  }
}

function cumulative(aggregate: string, scope: ExpressionScope): string {
  const order = scope.cumulativeOrder();
  return order === '' ? aggregate : `SUM(${aggregate}) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING)`;
}

/** `[offset, expression, n]`: the value of so many groups before (negative) or after. */
function offsetSql(value: string, count: number, scope: ExpressionScope): string {
  const order = scope.cumulativeOrder();
  const rows = Number.isFinite(count) ? count : -1;
  return `${rows < 0 ? 'LAG' : 'LEAD'}(${value}, ${Math.abs(rows)}) OVER (${order === '' ? '' : `ORDER BY ${order}`})`;
}

function callSql(clause: Clause, scope: ExpressionScope, depth: number): TypedSql {
  const values = clause.arguments.map((argument) => expressionSql(argument, scope, depth + 1).sql);
  const known = functionSql(clause.operator, values);
  if (known !== null) return untyped(known);
  scope.unsupported(`the operator ${clause.operator.slice(0, 60)} is unknown; its columns are kept`);
  const name = clause.operator.replace(/\W+/g, '_').replace(/^(\d|$)/, 'f_$1') || 'f';
  return untyped(`${name}(${values.join(', ')})`);
}
