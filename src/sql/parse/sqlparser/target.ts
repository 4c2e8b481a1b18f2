import type { Expression, FromItem, Join, TableReference } from '../../../model/syntax-tree.js';
import { conjunction, operation } from './build.js';
import { plainQuery } from './query.js';

/** What remains of FROM when the relation that is written is taken out of it. */
export interface Detached {
  target: TableReference | null;
  rest: FromItem[];
}

/**
 * Takes the relation that UPDATE or DELETE writes out of the relations that it is joined to (MySQL, T-SQL): the tree has it
 * apart, and twice it would be two. In a join a row without columns stands in its place, so that the join keeps its kind and its
 * condition. `name` null means the first.
 */
export function detach(from: readonly FromItem[], name: string | null): Detached {
  for (const [index, item] of from.entries()) {
    const found = take(item, name);
    if (!found) continue;
    const kept = item === found.target ? [] : [found.item];
    return { target: found.target, rest: [...from.slice(0, index), ...kept, ...from.slice(index + 1)] };
  }
  return { target: null, rest: [...from] };
}

/** Whether a relation of this name stands in the item. */
export function matches(item: FromItem, name: string | null): boolean {
  return take(item, name) !== null;
}

interface Taken {
  target: TableReference;
  /** The item without it. */
  item: FromItem;
}

function oneRow(): FromItem {
  return { type: 'derived', query: plainQuery({ type: 'values', rows: [[]] }), alias: null, columnAliases: [], lateral: false };
}

function take(item: FromItem, name: string | null): Taken | null {
  if (item.type === 'table') return name === null || (item.alias ?? item.name) === name ? { target: item, item: oneRow() } : null;
  if (item.type !== 'join') return null;
  const left = take(item.left, name);
  if (left) return { target: left.target, item: joined(item, left.item, item.right, left.target, item.right) };
  const right = take(item.right, name);
  return right && { target: right.target, item: joined(item, item.left, right.item, item.left, right.target) };
}

/** The join of what is left, with the columns of USING compared as those of the two relations before. */
function joined(join: Join, left: FromItem, right: FromItem, before: FromItem, after: FromItem): Join {
  const equal = join.using.map((column) => operation('=', [side(before, column), side(after, column)]));
  return { ...join, left, right, on: conjunction([join.on, ...equal]), using: [] };
}

/** The column of USING on one side. */
function side(item: FromItem, column: string): Expression {
  const name = item.type === 'table' ? (item.alias ?? item.name) : item.alias;
  return { type: 'column', parts: name === null ? [column] : [name, column], span: { start: 0, end: 0 } };
}
