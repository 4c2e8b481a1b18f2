import type { Call, Expression } from '../../model/syntax-tree.js';

/** The expression inside of casts, collations and argument names. */
export function bare(expression: Expression | undefined): Expression | undefined {
  if (expression?.type === 'cast') return bare(expression.operand);
  if (expression?.type === 'operation' && (expression.operator.startsWith('collate ') || expression.operator.endsWith(' =>'))) return bare(expression.operands[0]);
  return expression;
}

/** The number that is written there, a sign before it included; null for anything else. */
export function numberOf(expression: Expression | undefined): number | null {
  const inner = bare(expression);
  if (inner?.type === 'operation' && inner.operator === '-' && inner.operands.length === 1) {
    const value = numberOf(inner.operands[0]);
    return value === null ? null : -value;
  }
  if (inner?.type !== 'literal' || inner.value === null || (inner.kind !== 'number' && inner.kind !== 'string')) return null;
  const value = Number(inner.value);
  return inner.value.trim() === '' || Number.isNaN(value) ? null : value;
}

/** The text that is written there; null for anything else. */
export function textOf(expression: Expression | undefined): string | null {
  const inner = bare(expression);
  return inner?.type === 'literal' && inner.kind === 'string' ? inner.value : null;
}

/**
 * A keyword among the arguments, in lower case: a text, or a bare word that a front end read as a column (`DATE_TRUNC(day, MONTH)`)
 * or as a call (`WEEK(MONDAY)`).
 */
export function keywordOf(expression: Expression | undefined): string | null {
  const text = textOf(expression);
  if (text !== null) return text.toLowerCase();
  const inner = bare(expression);
  if (inner?.type === 'column' && inner.parts.length === 1) return inner.parts[0]?.toLowerCase() ?? null;
  return inner?.type === 'call' ? functionName(inner) : null;
}

export function functionName(call: Call): string {
  return (call.name.at(-1) ?? '').toLowerCase();
}

/** Expressions directly inside; the columns of sub-queries are no part of it. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.type) {
    case 'call':
      return expression.arguments;
    case 'operation':
      return expression.operands;
    case 'cast':
      return [expression.operand];
    case 'case':
      return [...expression.branches.map(({ then }) => then), ...(expression.otherwise ? [expression.otherwise] : [])];
    case 'composite':
      return expression.elements;
    case 'lambda':
      return [expression.body];
    case 'opaque':
      return expression.parts;
    default:
      return [];
  }
}

/** How deep an expression is searched: what is nested deeper says nothing that a person wrote. */
const SEARCH_DEPTH_MAX = 12;

export function some(expression: Expression, test: (inner: Expression) => boolean, depth = 0): boolean {
  if (test(expression)) return true;
  return depth < SEARCH_DEPTH_MAX && childrenOf(expression).some((child) => some(child, test, depth + 1));
}

/** The name of the first column inside, in lower case; null where there is none. */
export function columnNameIn(expression: Expression | undefined): string | null {
  if (!expression) return null;
  let found: string | null = null;
  some(expression, (inner) => {
    if (inner.type === 'column') found = inner.parts.at(-1)?.toLowerCase() ?? null;
    return found !== null;
  });
  return found;
}
