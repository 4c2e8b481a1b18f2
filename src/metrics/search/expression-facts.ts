import type { Call, Case, Composite, Expression, Operation, Query, Subquery } from '../../model/syntax-tree.js';
import { expressionText } from '../../sql/expression-text.js';
import { mapExpression } from '../../sql/map-tree.js';
import { children, walkExpression } from '../../sql/walk.js';
import { asksTheTime } from './clock.js';
import type { ColumnKey, Constant, Facts, Meeting } from './facts.js';
import { merged, type Output, type QueryScope } from './scope.js';

const AGGREGATES = new Set([
  'count', 'sum', 'avg', 'min', 'max', 'array_agg', 'string_agg', 'listagg', 'group_concat', 'bool_or', 'bool_and', 'every', 'stddev', 'stddev_pop', 'stddev_samp',
  'variance', 'var_pop', 'var_samp', 'percentile_cont', 'percentile_disc', 'mode', 'json_agg', 'jsonb_agg', 'median', 'approx_count_distinct', 'any_value',
  'quantile', 'quantile_cont', 'first', 'last', 'arg_max', 'arg_min', 'max_by', 'min_by', 'count_if', 'countif', 'regr_count', 'corr',
]);
const LIKES = new Set(['like', 'not_like', 'ilike', 'not_ilike', 'similar', 'not_similar', '~~', '!~~', '~~*', '!~~*']);
const REGEXES = new Set(['~', '!~', '~*', '!~*']);
const ORDERS = new Set(['<', '<=', '>', '>=']);
const COMPARISONS = new Set([
  '=', '<>', '!=', 'in', 'not_in', 'between', 'not_between', 'between_symmetric', 'not_between_symmetric', 'is_distinct', 'is_not_distinct', 'nullif', 'coalesce', 'greatest', 'least',
  ...ORDERS, ...LIKES, ...REGEXES,
]);
const JSON_LOOKUPS = new Set(['->', '->>', '#>', '#>>', '?', '?|', '?&', '@>', '<@']);
/** An aggregate is compared with a number up to this as with a count of rows. */
const THRESHOLD_MAX = 60;

export function isAggregate(expression: Expression): boolean {
  return expression.type === 'call' && expression.over === null && AGGREGATES.has(expression.name.at(-1) ?? '');
}

/** Reads out of expressions which constants meet which columns. */
export class ExpressionFacts {
  constructor(
    private readonly facts: Facts,
    private readonly subquery: (query: Query, scope: QueryScope) => readonly Output[],
  ) {}

  /** The stored columns that a value is made of. Sub-queries give their outputs. */
  origin(expression: Expression, scope: QueryScope): Output {
    const parts: Output[] = [];
    walkExpression(expression, {
      query: () => false,
      expression: (inner) => {
        if (inner.type === 'column') parts.push(scope.find(inner) ?? NONE);
        if (inner.type === 'star') parts.push(...scope.star(inner));
        if (isAggregate(inner)) parts.push({ ...NONE, aggregate: true });
        if (inner.type === 'subquery') parts.push(...(inner.kind === 'exists' ? [] : this.subquery(inner.query, scope)));
      },
    });
    return merged('', parts);
  }

  look(expression: Expression, scope: QueryScope): void {
    switch (expression.type) {
      case 'column':
        for (const column of scope.find(expression)?.origins ?? []) this.facts.use(column);
        return;
      case 'star':
        for (const { origins } of scope.star(expression)) for (const column of origins) this.facts.use(column);
        return;
      case 'subquery':
        return this.inSubquery(expression, scope);
      case 'operation':
        this.operation(expression, scope);
        break;
      case 'call':
        this.call(expression, scope);
        break;
      case 'case':
        this.choice(expression, scope);
        break;
      case 'composite':
        this.element(expression, scope);
        break;
      default:
    }
    for (const child of children(expression)) this.look(child, scope);
  }

  private inSubquery({ query, operand, operator }: Subquery, scope: QueryScope): void {
    const outputs = this.subquery(query, scope);
    if (operand === null) return;
    const tested = operand.type === 'composite' && operand.kind === 'row' ? operand.elements : [operand];
    tested.forEach((value, index) => {
      const origins = this.origin(value, scope).origins;
      const isEqual = operator === null || operator === '=';
      this.facts.pair(isEqual ? this.facts.equal : this.facts.compared, origins, outputs[index]?.origins ?? new Set());
      this.look(value, scope);
    });
  }

  private operation({ operator, operands }: Operation, scope: QueryScope): void {
    const base = operator.replace(/ (any|all)$/, '');
    if (JSON_LOOKUPS.has(base)) this.lookup(operands, scope);
    if (operator === 'at_time_zone' && operands[1]?.type === 'literal') this.facts.zones.add(operands[1].value ?? 'UTC');
    if (base === '/' || base === '%') for (const column of operands[1] === undefined ? [] : this.origin(operands[1], scope).origins) this.facts.divisors.add(column);
    if (COMPARISONS.has(base)) this.compare(operands, meetingOf(base), base === '=' || base === 'in', scope, [base]);
    else if ('+-*/%'.includes(base) && operands.length === 2) this.pairUp(operands, false, scope);
    else if (operator.startsWith('is_')) return;
    else if (operands.length > 1 && operator !== 'and' && operator !== 'or') this.compare(operands, 'function', false, scope);
  }

  /** Every constant of a comparison belongs to every column of it. */
  private compare(parts: readonly Expression[], meeting: Meeting, isEqual: boolean, scope: QueryScope, operators: readonly string[] = []): void {
    const origins = parts.map((part) => this.origin(part, scope));
    const all = merged('', origins);
    const functions = [...new Set([...parts.flatMap(functionsIn), ...operators.filter((operator) => LIKES.has(operator) || REGEXES.has(operator))])];
    const where = { columns: [...all.origins], aggregate: all.aggregate, meeting, functions };
    for (const part of [...parts, ...(all.constants ?? [])]) this.constantsIn(part, where);
    this.pairUp(parts, isEqual, scope);
  }

  private pairUp(parts: readonly Expression[], isEqual: boolean, scope: QueryScope): void {
    const [first, ...others] = parts.map((part) => this.origin(part, scope));
    if (first === undefined) return;
    for (const other of others) this.facts.pair(isEqual ? this.facts.equal : this.facts.compared, first.origins, other.origins);
    for (const [left, right] of others.entries()) {
      const next = others[left + 1];
      if (next !== undefined) this.facts.pair(this.facts.compared, right.origins, next.origins);
    }
  }

  private constantsIn(expression: Expression, where: { columns: ColumnKey[]; aggregate: boolean; meeting: Meeting; functions: string[] }): void {
    if (expression.type === 'subquery') return;
    if (expression.type === 'literal') return this.literal(expression, where);
    if (expression.type === 'composite' || (expression.type === 'cast' && expression.operand.type === 'composite')) {
      for (const child of children(expression)) this.constantsIn(child, where);
      return;
    }
    if (expression.type !== 'column' && isConstant(expression)) {
      this.facts.expressions.push({ ...where, text: expressionText(frozen(expression, this.facts.present)) });
      if (expression.type === 'cast' && expression.operand.type === 'literal') this.literal(expression.operand, where);
      return;
    }
    for (const child of children(expression)) this.constantsIn(child, where);
  }

  private literal({ kind, value }: { kind: string; value: string | null }, where: { columns: readonly ColumnKey[]; aggregate: boolean; meeting: Meeting; functions: readonly string[] }): void {
    if (value === null || kind === 'null') return;
    const constant: Constant = { value, isNumber: kind === 'number', meeting: where.meeting, functions: where.functions, aggregate: where.aggregate, type: null };
    this.facts.meet(where.columns, constant);
    const number = Number(value);
    if (where.aggregate && kind === 'number' && Number.isInteger(number) && number >= 0 && number <= THRESHOLD_MAX) this.facts.thresholds.add(number);
  }

  private call({ name, arguments: values, filter, over, distinct }: Call, scope: QueryScope): void {
    const last = name.at(-1) ?? '';
    if (filter !== null) this.look(filter, scope);
    for (const expression of [...(over?.partitionBy ?? []), ...(over?.orderBy ?? []).map((item) => item.expression)]) this.look(expression, scope);
    if (AGGREGATES.has(last)) {
      for (const column of values.flatMap((value) => [...this.origin(value, scope).origins])) (distinct ? this.facts.grouped : this.facts.aggregated).add(column);
    }
    if (last === 'timezone' && values[0]?.type === 'literal') this.facts.zones.add(values[0].value ?? 'UTC');
    if (/^jsonb?_|^json$/.test(last)) this.lookup(values, scope);
    if (last === 'date_trunc' || last === 'date_part' || last === 'extract' || last === 'to_char') return;
    const columns = [...merged('', values.map((value) => this.origin(value, scope))).origins];
    for (const value of values) if (value.type === 'literal') this.literal(value, { columns, aggregate: false, meeting: 'function', functions: [last] });
    this.pairUp(values, false, scope);
  }

  private choice({ operand, branches, otherwise }: Case, scope: QueryScope): void {
    if (operand !== null) this.compare([operand, ...branches.map(({ when }) => when)], 'compared', false, scope);
    // What a CASE gives is compared by whoever uses it; its parts may tell columns apart.
    this.pairUp([...branches.map(({ then }) => then), ...(otherwise === null ? [] : [otherwise])], false, scope);
  }

  private lookup(operands: readonly Expression[], scope: QueryScope): void {
    const [document, ...paths] = operands;
    if (document === undefined) return;
    const columns = this.origin(document, scope).origins;
    const outer = document.type === 'operation' && JSON_LOOKUPS.has(document.operator) ? pathOf(document) : [];
    for (const path of paths) if (path.type === 'literal' && path.value !== null) this.facts.path(columns, [...outer, path.value].join('\u0001'));
  }

  private element(composite: Composite, scope: QueryScope): void {
    if (composite.kind === 'subscript') this.lookup(composite.elements, scope);
  }
}

const NONE: Output = { name: '', origins: new Set(), aggregate: false };

function pathOf({ operands: [document, path] }: Operation): string[] {
  const own = path?.type === 'literal' && path.value !== null ? [path.value] : [];
  return document?.type === 'operation' && JSON_LOOKUPS.has(document.operator) ? [...pathOf(document), ...own] : own;
}

function meetingOf(operator: string): Meeting {
  if (LIKES.has(operator)) return 'like';
  if (REGEXES.has(operator)) return 'regex';
  return ORDERS.has(operator) || operator.includes('between') ? 'ordered' : 'compared';
}

function functionsIn(expression: Expression): string[] {
  const names: string[] = [];
  walkExpression(expression, {
    query: () => false,
    expression: (inner) => {
      if (inner.type === 'call') {
        const [unit] = inner.arguments;
        const name = inner.name.at(-1) ?? '';
        names.push(name);
        if (/^(extract|date_part|datepart)$/.test(name) && unit?.type === 'literal') names.push(`unit:${(unit.value ?? '').toLowerCase()}`);
      }
      if (inner.type === 'operation' && /like|\*$/.test(inner.operator)) names.push(inner.operator);
    },
  });
  return names;
}

/** Made of literals alone, so that the engine can work it out. */
export function isConstant(expression: Expression): boolean {
  let constant = true;
  walkExpression(expression, {
    query: () => false,
    expression: (inner) => {
      if (['column', 'star', 'subquery', 'parameter', 'lambda', 'opaque'].includes(inner.type)) constant = false;
      if (isAggregate(inner) || (inner.type === 'call' && inner.over !== null)) constant = false;
      return constant;
    },
  });
  return constant;
}

function frozen(expression: Expression, present: string): Expression {
  return mapExpression(expression, {
    expression: (inner) => {
      if (!asksTheTime(inner)) return inner;
      const literal: Expression = { type: 'literal', kind: 'string', value: present, span: inner.span };
      const instant: Expression = { type: 'cast', operand: literal, target: 'timestamptz', span: inner.span };
      const isDate = inner.type === 'call' ? /date|today/.test(inner.name.at(-1) ?? '') : inner.type === 'cast' && inner.target.endsWith('date');
      return isDate ? { type: 'cast', operand: instant, target: 'date', span: inner.span } : instant;
    },
  });
}
