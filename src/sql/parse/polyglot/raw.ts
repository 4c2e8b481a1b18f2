import type { Expression } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { listOf, nodeOf } from './data.js';
import { lowerExpression } from './expression.js';
import { opaque, operation } from './make.js';

const NOT = /^\s*not\s+/i;

/**
 * Text that the parser left as it is. It does so with `NOT a LIKE b`, which is looked up in the statement, since the parser
 * writes it anew without quotes and parameters, and read without its NOT. Of any other text nothing is known, and it is said so.
 */
export function lowerRaw(printed: string, context: Context): Expression {
  const place = NOT.test(printed) ? context.written.place(printed) : null;
  const written = place ? context.text.slice(place.start, place.end) : '';
  const length = NOT.exec(written)?.[0].length ?? 0;
  const inner = place && length > 0 ? innerExpression(written.slice(length), place.start + length, context) : null;
  if (inner) return operation('not', [inner]);
  const read = innerExpression(printed.replace(NOT, ''), null, context);
  context.warn('an expression could not be read', place);
  return opaque('raw', read ? [read] : []);
}

const SELECT = 'SELECT ';

function innerExpression(sql: string, base: number | null, context: Context): Expression | null {
  // The parser reads statements only, so that the expression is given a SELECT, as many characters before its place.
  const inner = context.inner(SELECT + sql, base === null ? null : base - SELECT.length);
  const [tree, more] = inner?.trees ?? [];
  const [value, another] = listOf(nodeOf(tree, 'select')?.['expressions']);
  return inner && more === undefined && value !== undefined && another === undefined ? lowerExpression(value, inner.context) : null;
}
