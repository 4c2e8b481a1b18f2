import type { Expression, Query, Select } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import type { Fields } from './data.js';
import { expressions } from './expression.js';
import { literal } from './literal.js';
import { both, call, operation } from './make.js';

const BEFORE = /\blimit\s+(\S+?)(?:\s*,\s*(\S+?)|\s+offset\s+(\S+?))?\s+by\s*\(?\s*$/i;
const AFTER = /^\s*\)?\s*limit\s+\S+?(\s*,|\s+offset\b)?/i;

/**
 * `LIMIT n BY a` (ClickHouse) keeps the first n rows of each a, which is a condition on the row's number in its group. The
 * parser keeps only one number of LIMIT BY and LIMIT, so that both are looked up in the text.
 */
export function lowerLimitBy(query: Query, select: Select, fields: Fields, context: Context): Query {
  const partitionBy = expressions(fields['limit_by'], context);
  const { start, end } = context.spanOf(...partitionBy);
  const [, first, second, third] = BEFORE.exec(context.text.slice(0, start)) ?? [];
  const after = end > 0 ? AFTER.exec(context.text.slice(end)) : null;
  if (first === undefined) context.warn('the number of LIMIT BY was not read');
  const number: Expression = { ...call(['row_number'], []), over: { partitionBy, orderBy: query.orderBy, reference: null } };
  // `LIMIT skip, n BY` and `LIMIT n OFFSET skip BY`.
  const count = Number(second ?? first ?? '1');
  const skip = Number(second === undefined ? (third ?? '0') : first);
  const last = operation('<=', [number, literal('number', Number.isNaN(skip + count) ? (second ?? first ?? '1') : String(skip + count))]);
  const rows = skip > 0 ? both(operation('>', [number, literal('number', String(skip))]), last) : last;
  const qualify = both(select.qualify, rows);
  return { ...query, body: { ...select, qualify }, limit: after ? query.limit : null, offset: after?.[1] === undefined ? null : query.offset };
}
