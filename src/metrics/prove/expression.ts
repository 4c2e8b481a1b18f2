import type { Call, Expression, Span } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';

/** What the proof cannot take on, in words. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export const NOWHERE: Span = { start: 0, end: 0 };

export const column = (name: string): Expression => ({ type: 'column', parts: [name], span: NOWHERE });
export const operation = (operator: string, ...operands: Expression[]): Expression => ({ type: 'operation', operator, operands, span: NOWHERE });
export const number = (value: number | string): Expression => ({ type: 'literal', kind: 'number', value: String(value), span: NOWHERE });
export const text = (value: string): Expression => ({ type: 'literal', kind: 'string', value, span: NOWHERE });
export const TRUE: Expression = { type: 'literal', kind: 'boolean', value: 'true', span: NOWHERE };
export const FALSE: Expression = { type: 'literal', kind: 'boolean', value: 'false', span: NOWHERE };
export const NULL: Expression = { type: 'literal', kind: 'null', value: null, span: NOWHERE };

export function call(name: string[], operands: Expression[], more: Partial<Call> = {}): Call {
  return { type: 'call', name, arguments: operands, distinct: false, star: false, filter: null, orderBy: [], withinGroup: false, over: null, span: NOWHERE, ...more };
}

const keys = new WeakMap<Expression, string>();

/** The same for the same expression, whatever its place in the text. */
export function keyOf(expression: Expression): string {
  const known = keys.get(expression);
  if (known !== undefined) return known;
  const key = written(expression);
  keys.set(expression, key);
  return key;
}

/** By type, since this is asked for all the time; what is rare as JSON. */
function written(expression: Expression): string {
  switch (expression.type) {
    case 'column':
      return `@${JSON.stringify(expression.parts)}`;
    case 'literal':
      return `#${expression.kind} ${JSON.stringify(expression.value)}`;
    case 'operation':
      return `(${JSON.stringify(expression.operator)} ${expression.operands.map(keyOf).join()})`;
    case 'cast':
      return `cast(${keyOf(expression.operand)} ${JSON.stringify(expression.target)})`;
    case 'call':
      if (expression.over === null && expression.orderBy.length === 0) {
        return `call(${JSON.stringify(expression.name)} ${expression.arguments.map(keyOf).join()} ${String(expression.distinct)} ${String(expression.star)} ${String(expression.withinGroup)} ${expression.filter === null ? '' : keyOf(expression.filter)})`;
      }
      break;
    default:
  }
  return JSON.stringify(expression, (name, value: unknown) => (name === 'span' ? undefined : value));
}

export const sameText = (a: Expression, b: Expression): boolean => keyOf(a) === keyOf(b);

/** Visits an expression and everything in it, but not what is in its sub-queries. */
export function visit(expression: Expression, see: (inner: Expression) => void): void {
  mapExpression(expression, {
    expression: (inner) => {
      see(inner);
      return inner;
    },
    keepsQueries: true,
  });
}

export function some(expression: Expression, test: (inner: Expression) => boolean): boolean {
  let found = false;
  visit(expression, (inner) => {
    found ||= test(inner);
  });
  return found;
}

/** The bare names of resolved columns in it, `alias.column` each. Those of sub-queries are not among them. */
export function ownColumns(expression: Expression): string[] {
  const names = new Set<string>();
  visit(expression, (inner) => {
    if (inner.type === 'column') names.add(inner.parts[0] ?? '');
  });
  return [...names];
}

export const aliasOf = (name: string): string => name.slice(0, name.indexOf('.'));
export const columnPart = (name: string): string => name.slice(name.indexOf('.') + 1);

/** The name of a resolved column; null for another expression. */
export function nameOf(expression: Expression | undefined): string | null {
  return expression?.type === 'column' ? (expression.parts[0] ?? null) : null;
}

const AGGREGATES = new Set(
  'count sum avg min max bool_or bool_and every array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_slope regr_intercept regr_r2 regr_count regr_avgx regr_avgy bit_and bit_or percentile_cont percentile_disc mode any_value median quantile quantile_cont quantile_disc approx_count_distinct first last arg_min arg_max list product group_concat listagg max_by min_by'.split(' '),
);

export const isAggregate = (expression: Expression): boolean => asAggregate(expression) !== null;

/** The call of an aggregate; null for another expression, a window function among them. */
export function asAggregate(expression: Expression): Call | null {
  const aggregate = expression.type === 'call' && expression.over === null && expression.name.length === 1 && (AGGREGATES.has(expression.name[0] ?? '') || expression.withinGroup);
  return aggregate ? expression : null;
}

export const hasAggregate = (expression: Expression): boolean => some(expression, isAggregate);
export const hasWindow = (expression: Expression): boolean => some(expression, (inner) => inner.type === 'call' && inner.over !== null);
export const isConstant = (expression: Expression): boolean => !some(expression, (inner) => inner.type === 'column' || inner.type === 'call');
export const isNull = (expression: Expression | null | undefined): boolean => expression?.type === 'literal' && expression.kind === 'null';

export function isNumber(expression: Expression | null | undefined, value: number): boolean {
  return expression?.type === 'literal' && expression.kind === 'number' && Number(expression.value) === value;
}

/** Both sides of `a = b`. */
export function equation(expression: Expression): [Expression, Expression] | null {
  if (expression.type !== 'operation' || expression.operator !== '=') return null;
  const [left, right] = expression.operands;
  return left && right ? [left, right] : null;
}

const OPPOSITE: Record<string, string> = {
  '=': '<>', '<>': '=', '<': '>=', '>': '<=', '<=': '>', '>=': '<', in: 'not_in', not_in: 'in', is_null: 'is_not_null', is_not_null: 'is_null',
  between: 'not_between', not_between: 'between', is_true: 'is_not_true', is_not_true: 'is_true', is_false: 'is_not_false', is_not_false: 'is_false',
  like: 'not_like', not_like: 'like', is_distinct: 'is_not_distinct', is_not_distinct: 'is_distinct',
};

const isRow = (expression: Expression): boolean => expression.type === 'composite';

/** NOT moved inwards. Each step is exact in three-valued logic; of rows, IS NULL and IS NOT NULL are no opposites. */
export function negationsInside(expression: Expression, negated = false): Expression {
  if (expression.type === 'operation') {
    const { operator, operands } = expression;
    const [first] = operands;
    if (operator === 'not' && first) return negationsInside(first, !negated);
    if (operator === 'and' || operator === 'or') {
      const flipped = operator === 'and' ? 'or' : 'and';
      return { ...expression, operator: negated ? flipped : operator, operands: operands.map((operand) => negationsInside(operand, negated)) };
    }
    const opposite = OPPOSITE[operator];
    if (negated && opposite !== undefined && !operands.some(isRow)) return { ...expression, operator: opposite };
  }
  return negated ? operation('not', expression) : expression;
}

/** The conditions that must all be true, each once, without those that always are. */
export function conjuncts(expression: Expression | null): Expression[] {
  if (expression === null) return [];
  const found = new Map<string, Expression>();
  const collect = (part: Expression): void => {
    if (part.type === 'operation' && part.operator === 'and') part.operands.forEach(collect);
    else if (part.type === 'operation' && part.operator === 'between' && part.operands.length === 3) {
      const [value, low, high] = part.operands;
      if (value && low && high) for (const side of [operation('>=', value, low), operation('<=', value, high)]) found.set(keyOf(side), side);
    } else if (!isAlwaysTrue(part)) found.set(keyOf(part), part);
  };
  collect(negationsInside(expression));
  return [...found.values()];
}

function isAlwaysTrue(expression: Expression): boolean {
  if (expression.type === 'literal') return expression.kind === 'boolean' && expression.value === 'true';
  const sides = equation(expression);
  return sides !== null && sides[0].type === 'literal' && sides[0].kind !== 'null' && sameText(sides[0], sides[1]);
}

export function conjunction(parts: readonly Expression[]): Expression {
  const [first, ...rest] = parts;
  return first === undefined ? TRUE : rest.length === 0 ? first : operation('and', ...parts);
}

export function uniqueBy<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

/** Parts replaced from the outside inwards; a part that is replaced is not looked into. */
export function replaceParts(expression: Expression, by: (part: Expression) => Expression | null): Expression {
  const own = by(expression);
  if (own !== null) return own;
  const map = (part: Expression): Expression => replaceParts(part, by);
  switch (expression.type) {
    case 'operation':
      return { ...expression, operands: expression.operands.map(map) };
    case 'cast':
      return { ...expression, operand: map(expression.operand) };
    case 'call':
      return { ...expression, arguments: expression.arguments.map(map) };
    case 'case':
      return { ...expression, operand: expression.operand && map(expression.operand), branches: expression.branches.map(({ when, then }) => ({ when: map(when), then: map(then) })), otherwise: expression.otherwise && map(expression.otherwise) };
    case 'composite':
      return { ...expression, elements: expression.elements.map(map) };
    default:
      return expression;
  }
}
