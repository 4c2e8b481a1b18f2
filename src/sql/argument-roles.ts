import type { Call } from '../model/syntax-tree.js';
import type { Dialect } from './dialect.js';
import { AGGREGATES } from './functions.js';
import type { ConditionRole } from './resolution.js';

/**
 * What each argument of a call decides, null for one that is shown: functions of the warehouses that are FILTER, CASE or ORDER BY in
 * the shape of a call. Null where all are shown.
 */
export function argumentRoles({ name, arguments: { length } }: Call, { id }: Dialect): (ConditionRole | null)[] | null {
  if (id === 'postgres') return null;
  const last = name.at(-1) ?? '';
  const positions = Array.from({ length }, (_, position) => position);
  if (IF.has(last)) return positions.map((position) => (position === 0 ? 'case' : null));
  if (last === 'multiif') return positions.map((position) => (position % 2 === 0 && position < length - 1 ? 'case' : null));
  // DECODE (expression, search, result … , default)
  if (last === 'decode' && length > 2) return positions.map((position) => (position === 0 || (position % 2 === 1 && position < length - 1) ? 'case' : null));
  if (BY.has(last)) return positions.map((position) => (position === 1 ? 'order' : null));
  if (!endsWithIf(last)) return null;
  const by = BY.has(last.slice(0, -'if'.length));
  return positions.map((position) => (position === length - 1 ? 'filter' : by && position === 1 ? 'order' : null));
}

const IF = new Set(['if', 'iff', 'iif', 'nvl2']);
/** The value of the row in which another one is largest or smallest. */
const BY = new Set(['arg_max', 'arg_min', 'argmax', 'argmin', 'max_by', 'min_by', 'argmaxn', 'arg_max_null', 'arg_min_null']);

/** `sumIf`, `COUNTIF`, `count_if`: an aggregate with its FILTER as last argument. */
function endsWithIf(name: string): boolean {
  if (!name.endsWith('if')) return false;
  const base = name.replace(/_?if$/, '');
  return AGGREGATES.has(base) || /^(?:uniq|quantile|topk|group|any|sum|avg|count|min|max|stddev|var)/.test(base);
}
