import { compareDecimals, parseDecimal } from './decimal.js';
import type { Operand } from './operand.js';
import { readLiteral } from './point.js';
import { FALSE, not, TRUE, UNKNOWN, type Predicate, type Scalar } from './predicate.js';

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

export const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

/** The comparison that says the same with its sides exchanged. */
export const FLIPPED: Record<Comparison, Comparison> = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

export function isComparison(operator: string): operator is Comparison {
  return COMPARISONS.has(operator);
}

export function negatedIf(negated: boolean, predicate: Predicate): Predicate {
  return negated ? not(predicate) : predicate;
}

/** A comparison in terms of `=` and `<`. */
export function comparisonOf(operator: Comparison, left: Scalar, right: Scalar): Predicate {
  if (operator === '=' || operator === '<>') return negatedIf(operator === '<>', { type: 'compare', operator: '=', left, right });
  const [a, b] = operator === '<' || operator === '>=' ? [left, right] : [right, left];
  return negatedIf(operator === '<=' || operator === '>=', { type: 'compare', operator: '<', left: a, right: b });
}

/** A literal that stands as a condition of its own; null when it cannot. */
export function literalPredicate(kind: string, value: string | null): Predicate | null {
  if (value === null) return UNKNOWN;
  if (kind !== 'boolean' && kind !== 'string') return null;
  const read = readLiteral({ family: 'boolean' }, value, kind);
  return read?.value.kind === 'boolean' ? { type: 'constant', value: read.value.boolean } : null;
}

/** `1 = 1` and `'a' = 'b'`, which templates leave behind. */
export function constantComparison(operator: Comparison, a: Operand, b: Operand): Predicate | null {
  if (a.kind !== 'untyped' || b.kind !== 'untyped' || a.literal !== b.literal) return null;
  if (a.literal === 'string') {
    if (operator !== '=' && operator !== '<>') return null;
    return (a.text === b.text) === (operator === '=') ? TRUE : FALSE;
  }
  const [left, right] = [a, b].map(({ text }) => parseDecimal(text));
  if (!left || !right) return null;
  const order = compareDecimals(left, right);
  return { '=': order === 0, '<>': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator] ? TRUE : FALSE;
}
