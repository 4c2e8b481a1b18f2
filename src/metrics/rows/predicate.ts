import type { Value } from './point.js';

/**
 * A predicate over one row, in the language that the evaluation understands. Columns and variables are numbers in a
 * `Vocabulary`. Comparisons are reduced to `=` and `<`: the others are their negation and reflection, which is exact in
 * three-valued logic for the families of `ColumnType`.
 */
export type Predicate =
  | { type: 'constant'; value: boolean | null }
  /** A boolean column. */
  | { type: 'column'; column: number }
  | { type: 'and' | 'or'; operands: Predicate[] }
  | { type: 'not'; operand: Predicate }
  /** IS TRUE, IS FALSE, IS UNKNOWN: never null. */
  | { type: 'test'; operand: Predicate; is: boolean | null }
  /** `=` of two booleans. */
  | { type: 'equivalent'; left: Predicate; right: Predicate }
  | { type: 'compare'; operator: '=' | '<'; left: Scalar; right: Scalar }
  | { type: 'null'; scalar: Scalar }
  | { type: 'coalesce'; operands: Predicate[] }
  | { type: 'case'; branches: { when: Predicate; then: Predicate }[]; otherwise: Predicate }
  /** LIKE of a text column with a constant pattern. The variable answers for texts that are named nowhere. */
  | { type: 'like'; column: number; pattern: string; variable: number }
  /** What is not understood: any truth value, the same wherever the same text stands. */
  | { type: 'opaque'; variable: number };

/** A value that is one of the row's columns, a literal, or a choice between such. */
export type Scalar =
  | { type: 'column'; column: number }
  | { type: 'literal'; value: Value | null }
  | { type: 'coalesce'; operands: Scalar[] }
  | { type: 'case'; branches: { when: Predicate; then: Scalar }[]; otherwise: Scalar }
  | { type: 'nullif'; left: Scalar; right: Scalar };

export const TRUE: Predicate = { type: 'constant', value: true };
export const FALSE: Predicate = { type: 'constant', value: false };
export const UNKNOWN: Predicate = { type: 'constant', value: null };

export function and(operands: Predicate[]): Predicate {
  return operands.length === 1 && operands[0] ? operands[0] : { type: 'and', operands };
}

export function or(operands: Predicate[]): Predicate {
  return operands.length === 1 && operands[0] ? operands[0] : { type: 'or', operands };
}

export function not(operand: Predicate): Predicate {
  return { type: 'not', operand };
}
