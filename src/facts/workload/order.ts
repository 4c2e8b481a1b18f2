import type { Expression, FromItem, Query, SqlStatement, TableReference } from '../../model/syntax-tree.js';
import { type SchemaIndex, relationKey } from '../../sql/schema-index.js';
import { outerQuery } from '../../sql/shape.js';
import type { Place } from './extent.js';
import { readsLikeIdentifier, tellsNoKeys } from './identifier.js';
import { searchedBy } from './search.js';

/**
 * What the order of a list costs before its first row can be shown: `none`, it has no order or follows an index; `sorts`, all rows must
 * be sorted, since no index begins with what it is ordered by; `shuffles`, the same by chance; `measure`, no catalogue tells, and it is
 * ordered by a quantity, the largest first; `unknown`.
 */
export type Sorting = 'none' | 'sorts' | 'shuffles' | 'measure' | 'unknown';

const CHANCE = /^(?:random|rand|newid|uuid|gen_random_uuid|uniform)$/i;

/** How the outermost query of a statement orders the rows of tables that are read in full. */
export function sortingOf(statement: SqlStatement, index: SchemaIndex, wide: readonly Place[]): Sorting {
  const query = outerQuery(statement);
  const [first] = query?.orderBy ?? [];
  if (query === null || first === undefined || query.body.type !== 'select') return 'none';
  const by = shownAs(first.expression, query);
  if (searchedBy(statement, index, wide) === 'index') return 'unknown';
  if (by.type === 'call' && CHANCE.test(by.name.at(-1) ?? '')) return 'shuffles';
  const tables = query.body.from.flatMap(tablesOf);
  const known = wide.every((place) => place.known);
  if (by.type !== 'column') return known && wide.length > 0 ? ofExpression(by, index, wide) : 'unknown';
  const name = by.parts.at(-1) ?? '';
  if (!known) return first.descending && tables.length > 0 && isQuantity(name) ? 'measure' : 'unknown';
  const owner = ownerOf(by.parts.at(-2) ?? null, name, tables, index, wide);
  if (owner === null) return 'unknown';
  return wide.some(({ table }) => table === owner) && index.leadsAnIndex(owner, name) ? 'none' : 'sorts';
}

/** What an ordinal or the name of an output stands for. */
function shownAs(by: Expression, { body }: Query): Expression {
  if (body.type !== 'select') return by;
  if (by.type === 'literal' && by.kind === 'number') return body.projections[Number(by.value) - 1]?.expression ?? by;
  if (by.type !== 'column' || by.parts.length > 1) return by;
  return body.projections.find(({ alias }) => alias === by.parts[0])?.expression ?? by;
}

/** By what is computed of the columns; an index on an expression may hold it, as one of points holds distances. */
function ofExpression(by: Expression, index: SchemaIndex, wide: readonly Place[]): Sorting {
  if (by.type === 'operation' && by.operator !== '<>' && /^<.*>$/.test(by.operator)) return 'none';
  if (by.type !== 'call' && by.type !== 'operation') return 'unknown';
  return wide.some(({ table }) => index.hasExpressionIndex(table)) ? 'unknown' : 'sorts';
}

function tablesOf(item: FromItem): TableReference[] {
  if (item.type === 'table') return [item];
  return item.type === 'join' ? [item.left, item.right].flatMap(tablesOf) : [];
}

/** What a view shows is ordered in the tables below it. */
const STORED = new Set(['table', 'partitioned_table', 'partition', 'materialized_view']);

function ownerOf(qualifier: string | null, column: string, tables: readonly TableReference[], index: SchemaIndex, wide: readonly Place[]): string | null {
  for (const { schema, name, alias } of tables) {
    if (qualifier !== null && qualifier !== (alias ?? name)) continue;
    const relation = found(schema, name, index, wide);
    if (relation !== null && STORED.has(relation.kind) && relation.columns.some((own) => own.name === column) && !tellsNoKeys(index, relationKey(relation))) return relationKey(relation);
  }
  return null;
}

/** Without a schema the one of this name that is read in full, since the search path has already decided. */
function found(schema: string | null, name: string, index: SchemaIndex, wide: readonly Place[]): ReturnType<SchemaIndex['find']> {
  if (schema !== null) return index.find(schema, name, []);
  const read = wide.find(({ table }) => table.endsWith(`.${name}`));
  if (read !== undefined) return index.get(read.table) ?? null;
  for (const relation of index.relations()) if (relation.name === name) return relation;
  return null;
}

/** A sum of money, a length, a count: neither a key nor a moment nor a name nor a rank that somebody keeps. */
function isQuantity(column: string): boolean {
  if (readsLikeIdentifier(column)) return false;
  return /(?:^|_)(?:amount|price|total|sum|revenue|cost|fare|value|quantity|qty|size|bytes|weight|duration|seconds|minutes|ms|length|count|salary|balance|distance|views|sales|profit|spend|budget)$/i.test(column);
}
