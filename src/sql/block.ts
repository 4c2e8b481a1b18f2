import type { Query } from '../model/syntax-tree.js';

/**
 * What decides how far one SELECT (or UPDATE, DELETE) must look into the tables it names. A table that is named twice is read
 * twice, each time by its own way: tables are written `schema.table@n`, columns `schema.table.column@n`, n being the place.
 */
export interface Block {
  /** Tables named here. */
  tables: string[];
  /** Columns that must equal a constant, a parameter, or one of a list of them. */
  bindings: Set<string>;
  /** Columns that must equal one after a cast, or may both be NULL: indexes of the type below may serve them. */
  likened: Set<string>;
  /** Columns of which a function that keeps values apart must equal one, as in `lower(email) = $1`: only an index on the same serves them. */
  likenedByCall: Set<string>;
  /** Of each OR of which every alternative binds something: the bindings of its alternatives. */
  either: Set<string>[][];
  /** Columns that must equal each other. */
  equalities: [string, string][];
  /** Queries and views read here. */
  children: Block[];
  /**
   * `optional`: the side of an outer join that may be missing, with the condition of the join. `semijoin`: EXISTS (…) that
   * must hold. Null for every other query.
   */
  role: 'optional' | 'semijoin' | null;
  /**
   * The only columns by which a condition outside of this query narrows what it reads; null for all. A condition cannot be
   * pushed below LIMIT, or below a window on a column that does not partition it (subquery_is_pushdown_safe in allpaths.c).
   */
  pushable: Set<string> | null;
  /** The query that is read here; null for the outermost of a statement that changes rows. */
  query: Query | null;
}

export function emptyBlock(role: Block['role'] = null): Block {
  return { tables: [], bindings: new Set(), likened: new Set(), likenedByCall: new Set(), either: [], equalities: [], children: [], role, pushable: null, query: null };
}

/** A new block below one. */
export function child(block: Block, role: Block['role'] = null): Block {
  const inner = emptyBlock(role);
  block.children.push(inner);
  return inner;
}

/** The same block read at another place: `relabel` gives the tables and columns their new names. */
export function copyBlock(block: Block, relabel: (name: string) => string, copies = new Map<Block, Block>()): Block {
  const known = copies.get(block);
  if (known) return known;
  const copy = emptyBlock(block.role);
  copy.query = block.query;
  copies.set(block, copy);
  copy.tables = block.tables.map(relabel);
  copy.bindings = new Set([...block.bindings].map(relabel));
  copy.likened = new Set([...block.likened].map(relabel));
  copy.likenedByCall = new Set([...block.likenedByCall].map(relabel));
  copy.either = block.either.map((alternatives) => alternatives.map((bindings) => new Set([...bindings].map(relabel))));
  copy.equalities = block.equalities.map(([left, right]) => [relabel(left), relabel(right)]);
  copy.pushable = block.pushable && new Set([...block.pushable].map(relabel));
  copy.children = block.children.map((inner) => copyBlock(inner, relabel, copies));
  return copy;
}

/** `schema.table@n` of `schema.table.column@n`. */
export function tableOf(column: string): string {
  const at = column.lastIndexOf('@');
  return column.slice(0, column.lastIndexOf('.', at)) + column.slice(at);
}

/** `schema.table.column@n` of `schema.table@n`. */
export function columnAt(table: string, column: string): string {
  const at = table.lastIndexOf('@');
  return `${table.slice(0, at)}.${column}${table.slice(at)}`;
}

/** The name in the catalogue of a table or column with a place. */
export function withoutPlace(name: string): string {
  return name.slice(0, name.lastIndexOf('@'));
}
