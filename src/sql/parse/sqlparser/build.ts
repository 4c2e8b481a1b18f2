import type { Call, Composite, Expression, Literal, OrderItem, Span, Star } from '../../../model/syntax-tree.js';
import { cover } from './positions.js';

/** Makers of expressions whose span is that of their parts, where no other is given. */

export function operation(operator: string, operands: Expression[], span?: Span): Expression {
  return { type: 'operation', operator, operands, span: span ?? spanOf(operands) };
}

export function call(name: string[], operands: Expression[], span?: Span): Call {
  return {
    type: 'call', name, arguments: operands, distinct: false, star: false, filter: null, orderBy: [], withinGroup: false, over: null,
    span: span ?? spanOf(operands),
  };
}

export function composite(kind: Composite['kind'], elements: Expression[], field: string | null = null): Expression {
  return { type: 'composite', kind, elements, field, span: spanOf(elements) };
}

export function literal(kind: Literal['kind'], value: string | null, span: Span): Literal {
  return { type: 'literal', kind, value, span };
}

export function opaque(what: string, parts: Expression[], span?: Span): Expression {
  return { type: 'opaque', what, parts, span: span ?? spanOf(parts) };
}

export function star(qualifier: string[], span: Span): Star {
  return { type: 'star', qualifier, except: [], replace: [], rename: [], span };
}

export function spanOf(parts: readonly (Expression | null)[]): Span {
  return cover(parts.flatMap((part) => (part ? [part.span] : [])));
}

export function ascending(parts: readonly Expression[]): OrderItem[] {
  return parts.map((expression) => ({ expression, descending: false }));
}

/** The conjunction of what is there; null of nothing. */
export function conjunction(conditions: readonly (Expression | null)[]): Expression | null {
  const [first, ...rest] = conditions.flatMap((condition) => (condition ? [condition] : []));
  if (!first) return null;
  return rest.length === 0 ? first : operation('and', [first, ...rest]);
}
