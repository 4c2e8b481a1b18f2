import type { Expression } from '../../model/syntax-tree.js';
import type { ColumnNames } from './dialect-schema.js';
import type { DialectRules } from './dialect-rules.js';
import { Refused, some } from './expression.js';

const NUMBER_IN_TEXT = /^\s*[-+]?\d*\.\d+(?:e[-+]?\d+)?\s*$|^\s*[-+]?\d+(?:\.\d*)?e[-+]?\d+\s*$/i;

/** Whether one of some columns is looked at. */
export function looksAt(operands: readonly Expression[], names: ReadonlySet<string>): boolean {
  return operands.some((operand) => some(operand, (inner) => inner.type === 'column' && names.has(inner.parts.at(-1) ?? '')));
}

/** @throws Refused where values of two types are brought together in another way than PostgreSQL does */
export function refuseForeignComparison(operator: string, operands: readonly Expression[], rules: DialectRules, columns: ColumnNames): void {
  const texts = operands.flatMap(literalText);
  if (texts.some((value) => NUMBER_IN_TEXT.test(value))) throw new Refused('a number is written as a text');
  if (rules.nanoseconds && texts.some((value) => /:\d\d\.\d/.test(value))) throw new Refused('a time is finer than a second');
  if (rules.id !== 'duckdb' && looksAt(operands, columns.dates) && texts.some((value) => value.includes(':'))) throw new Refused('a date is compared with a time of day');
  if (!rules.nanOrdered && (looksAt(operands, columns.doubles) || operands.some((operand) => some(operand, isQuotient)))) throw new Refused('NaN is equal to nothing in this dialect');
  if (rules.textEquality === 'collation' && operands.filter((operand) => operand.type === 'column' && columns.texts.has(operand.parts.at(-1) ?? '')).length > 1) throw new Refused('texts are compared by a collation');
  if (rules.defaultsForNothing && (operator === 'in' || operator === 'not_in') && looksAt(operands, columns.nullable)) throw new Refused('IN of NULL is another one in this dialect');
}

function literalText(operand: Expression): string[] {
  const literal = operand.type === 'cast' ? operand.operand : operand;
  if (literal.type !== 'literal' || (literal === operand && literal.kind !== 'string')) return [];
  return [literal.value ?? ''];
}

function isQuotient(expression: Expression): boolean {
  return (expression.type === 'operation' && expression.operator === '/') || (expression.type === 'call' && expression.name[0] === 'safe_divide');
}
