import type { Call, Expression } from '../../model/syntax-tree.js';
import { keyOf } from './expression.js';

/** Whether two window functions look at the same rows in the same way. Frames with distances never do: the tree does not hold them. */
export function sameWindows(a: Call, b: Call, same: (x: Expression, y: Expression) => boolean): boolean {
  const [x, y] = [a.over, b.over];
  if (x === null || y === null || a.name.join('.') !== b.name.join('.') || a.distinct !== b.distinct || a.star !== b.star) return false;
  if (x.reference !== null || y.reference !== null || (x.frame ?? '') !== (y.frame ?? '') || hasDistance(x.frame)) return false;
  if ((a.filter === null) !== (b.filter === null) || (a.filter !== null && b.filter !== null && keyOf(a.filter) !== keyOf(b.filter))) return false;
  if (a.arguments.length !== b.arguments.length || !a.arguments.every((argument, place) => same(argument, b.arguments[place] ?? argument))) return false;
  const left = [...y.partitionBy];
  const partitioned = x.partitionBy.length === y.partitionBy.length && x.partitionBy.every((expression) => {
    const place = left.findIndex((other) => same(expression, other));
    if (place >= 0) left.splice(place, 1);
    return place >= 0;
  });
  return partitioned && x.orderBy.length === y.orderBy.length && x.orderBy.every((item, place) => {
    const other = y.orderBy[place];
    const nulls = (one: typeof item): string => one.nulls ?? (one.descending ? 'first' : 'last');
    return other !== undefined && item.descending === other.descending && nulls(item) === nulls(other) && same(item.expression, other.expression);
  });
}

/** `rows from preceding to current row`: by how many rows is not in the tree. */
export function hasDistance(frame: string | undefined): boolean {
  return frame !== undefined && /(?:from|to) (?:preceding|following)/.test(frame);
}
