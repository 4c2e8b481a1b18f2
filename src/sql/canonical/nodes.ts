import type { Call, Expression, Span } from '../../model/syntax-tree.js';

/** Nodes that stand for a call in another spelling. They have the span of the call. */

export function operation(operator: string, operands: Expression[], span: Span): Expression {
  return { type: 'operation', operator, operands, span };
}

export function cast(operand: Expression, target: string, span: Span): Expression {
  return { type: 'cast', operand, target, span };
}

export function number(value: string, span: Span): Expression {
  return { type: 'literal', kind: 'number', value, span };
}

export function text(value: string, span: Span): Expression {
  return { type: 'literal', kind: 'string', value, span };
}

export function choice(branches: { when: Expression; then: Expression }[], otherwise: Expression | null, span: Span): Expression {
  return { type: 'case', operand: null, branches, otherwise, span };
}

/** The call under another name and with other arguments. */
export function renamed(call: Call, name: string, operands: Expression[] = call.arguments): Call {
  return { ...call, name: [name], arguments: operands };
}

/** Whether it is a plain call: no DISTINCT, FILTER, star or order in it. */
export function isPlain(call: Call): boolean {
  return !call.distinct && !call.star && call.filter === null && call.orderBy.length === 0;
}

const CONDITIONS = new Set([
  '=', '<>', '<', '<=', '>', '>=', 'and', 'or', 'not', 'in', 'not_in', 'between', 'not_between', 'like', 'not_like', 'ilike', 'not_ilike', 'is_null',
  'is_not_null', 'is_true', 'is_not_true', 'is_false', 'is_not_false', 'is_distinct', 'is_not_distinct',
]);

/** Whether an expression surely is true, false or null. */
export function isCondition(expression: Expression): boolean {
  return expression.type === 'operation' && CONDITIONS.has(expression.operator);
}

/** For comparing trees by JSON. */
export function withoutSpans(key: string, value: unknown): unknown {
  return key === 'span' ? undefined : value;
}
