import type { Call, Composite, Expression, Operation } from '../../../model/syntax-tree.js';
import { around } from './spans.js';

/** The parser tells no place of calls and operators: theirs is around what stands in them. */
function spanOf(inner: readonly Expression[]): Call['span'] {
  return around(inner.map(({ span }) => span));
}

export function call(name: string[], operands: Expression[]): Call {
  return {
    type: 'call', name, arguments: operands, distinct: false, star: false, filter: null, orderBy: [], withinGroup: false, over: null, span: spanOf(operands),
  };
}

export function operation(operator: string, operands: Expression[]): Operation {
  return { type: 'operation', operator, operands, span: spanOf(operands) };
}

export function composite(kind: Composite['kind'], elements: Expression[], field: string | null = null): Composite {
  return { type: 'composite', kind, elements, field, span: spanOf(elements) };
}

/** A value under a name: a named argument, a field of a row. */
export function named(name: string | null, value: Expression): Expression {
  return name === null ? value : operation(`${name} =>`, [value]);
}

export function opaque(what: string, parts: Expression[]): Expression {
  return { type: 'opaque', what, parts, span: spanOf(parts) };
}

/** Both conditions; either may be missing. */
export function both(first: Expression | null, second: Expression | null): Expression | null {
  return first && second ? operation('and', [first, second]) : (first ?? second);
}
