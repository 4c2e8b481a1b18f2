import type { Expression } from '../../model/syntax-tree.js';
import { AGGREGATES } from '../../sql/functions.js';
import { walkExpression } from '../../sql/walk.js';
import { NotReducible } from './not-reducible.js';
import { STRICT } from '../rows/opacity.js';

/** Functions in a select list that surely give one value a row. Any other may return a set and multiply the rows. */
const ONE_VALUE = new Set([...STRICT, ...'now current_date current_timestamp localtimestamp concat concat_ws date age make_date width_bucket'.split(' ')]);

/** Whether an aggregate is computed in it, sub-queries and windows left aside. */
export function hasAggregate(expression: Expression): boolean {
  let found = false;
  walkExpression(expression, {
    expression: (inner) => {
      if (inner.type === 'subquery') return false;
      if (inner.type === 'call' && inner.over === null && AGGREGATES.has(inner.name.at(-1) ?? '')) found = true;
      return true;
    },
  });
  return found;
}

/**
 * A function that returns a set, in the select list, multiplies the rows.
 *
 * @throws NotReducible for a function that may be one.
 */
export function refuseSets(expression: Expression): void {
  walkExpression(expression, {
    expression: (inner) => {
      if (inner.type !== 'call' || inner.over !== null) return;
      const name = inner.name.at(-1) ?? '';
      if (!ONE_VALUE.has(name) && !AGGREGATES.has(name)) throw new NotReducible(`calls ${name}(), which may give several rows for one`);
    },
  });
}
