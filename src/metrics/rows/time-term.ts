import type { Expression } from '../../model/syntax-tree.js';
import { DAY_US } from './instant.js';
import { unsettledPart } from './opacity.js';
import { expressionText } from '../../sql/expression-text.js';
import type { ColumnType } from './types.js';

/** A moment that is the same for every row of a query and another in every run: `now() - interval '30 days'`. */
export interface TimeTerm {
  /** Equal texts are equal moments. */
  text: string;
  type: ColumnType;
}

const ZONED: ColumnType = { family: 'zoned', unit_us: 1n };
const MOMENT: ColumnType = { family: 'instant', unit_us: 1n };
const DAY: ColumnType = { family: 'instant', unit_us: DAY_US };

/** Types of the date and time functions that hold still within a transaction (PostgreSQL 18, 9.9.5 "Current Date/Time"). */
const FUNCTIONS: Record<string, ColumnType> = {
  now: ZONED,
  current_timestamp: ZONED,
  transaction_timestamp: ZONED,
  localtimestamp: MOMENT,
  current_date: DAY,
};

/** Reads an expression as such a moment; null when it is none. */
export function timeTerm(expression: Expression): TimeTerm | null {
  const type = typeOf(expression);
  return type === null || unsettledPart(expression) !== null ? null : { text: expressionText(expression), type };
}

function typeOf(expression: Expression): ColumnType | null {
  if (expression.type === 'call' && expression.over === null) {
    const name = expression.name.filter((part) => part !== 'pg_catalog').join('.');
    const [unit, moment, more] = expression.arguments;
    if (name === 'date_trunc' && unit?.type === 'literal' && moment !== undefined && more === undefined) {
      const inner = typeOf(moment);
      // Of a date it is a timestamp with time zone.
      return inner === null ? null : inner === MOMENT ? MOMENT : ZONED;
    }
    return expression.arguments.length === 0 ? (FUNCTIONS[name] ?? null) : null;
  }
  if (expression.type !== 'operation' || (expression.operator !== '-' && expression.operator !== '+')) return null;
  const [moment, span] = expression.operands;
  const type = moment === undefined ? null : typeOf(moment);
  if (type === null || span === undefined) return null;
  if (span.type === 'literal' && span.kind === 'number') return type === DAY ? DAY : null;
  const interval = span.type === 'cast' && span.target === 'interval' && span.operand.type === 'literal' && span.operand.kind === 'string';
  return interval ? (type === DAY ? MOMENT : type) : null;
}
