import type { Column, Relation } from '../model/catalog.js';
import type { FromItem, Query, Select } from '../model/syntax-tree.js';
import { relationKey } from '../sql/schema-index.js';
import { outerQuery } from '../sql/shape.js';
import type { LineageContext } from '../sql/lineage.js';
import { type ResolvedView, soleSource } from './contracts.js';

/**
 * A view over fewer columns that has them all may have been written by hand, column by column; the catalogue of PostgreSQL
 * keeps no star.
 */
const WHOLE_COLUMNS_MIN = 10;
const DEPTH_MAX = 10;

/** Relations of which a view shows whatever columns they have. */
export interface Whole {
  /** By a star in its definition. */
  stars: string[];
  /** By a list of all their columns in their order, which is what a server leaves of a star. */
  listed: string[];
}

/** The relations that a view shows with every column that they have. */
export function wholeOf(relation: Relation, view: ResolvedView, context: LineageContext): Whole {
  const query = outerQuery(view.statement);
  const stars = query === null ? [] : [...new Set(starredIn(query, context, new Map(), 0))].sort();
  const listed = [...view.resolution.direct].flatMap(([key, used]) => {
    const source = context.index.get(key);
    const isWhole = source !== undefined && source !== null && source.columns.length >= WHOLE_COLUMNS_MIN && source.columns.every(({ name }) => used.has(name)) && showsInOrder(relation, view, source);
    return isWhole && !stars.includes(key) ? [key] : [];
  });
  return { stars, listed: listed.sort() };
}

/** Whether its columns hold all those of another relation, one after another, under their names and unchanged. */
function showsInOrder({ columns }: Relation, { slots }: ResolvedView, source: Relation): boolean {
  const start = columns.findIndex(({ name }) => name === source.columns[0]?.name);
  return start !== -1 && source.columns.every(({ name }, at) => {
    const slot = slots[start + at];
    return columns[start + at]?.name === name && slot !== undefined && soleSource(slot.flows) !== null;
  });
}

/** The relations behind the stars of a query, through its derived and common tables. */
function starredIn(query: Query, context: LineageContext, around: ReadonlyMap<string, Query>, depth: number): string[] {
  if (depth > DEPTH_MAX) return [];
  const common = new Map(around);
  for (const { name, statement } of query.ctes) if (statement.type === 'query_statement') common.set(name, statement.query);
  if (query.body.type === 'set_operation') return [query.body.left, query.body.right].flatMap((branch) => starredIn(branch, context, common, depth + 1));
  return query.body.type === 'select' ? starredOf(query.body, context, common, depth) : [];
}

function starredOf({ projections, from }: Select, context: LineageContext, common: ReadonlyMap<string, Query>, depth: number): string[] {
  const items = from.flatMap(leaves);
  return projections.flatMap(({ expression }) => {
    if (expression.type !== 'star') return [];
    const wanted = expression.qualifier.at(-1);
    return items.filter((item) => wanted === undefined || nameOf(item) === wanted).flatMap((item) => behind(item, context, common, depth));
  });
}

function behind(item: FromItem, context: LineageContext, common: ReadonlyMap<string, Query>, depth: number): string[] {
  if (item.type === 'derived') return starredIn(item.query, context, common, depth + 1);
  if (item.type !== 'table') return [];
  const own = item.schema === null ? common.get(item.name) : undefined;
  if (own !== undefined) {
    // A common table that is named like the table it reads must not be looked for in itself.
    const others = new Map([...common].filter(([name]) => name !== item.name));
    return starredIn(own, context, others, depth + 1);
  }
  const relation = context.index.find(item.schema, item.name, context.searchPath);
  return relation === null ? [] : [relationKey(relation)];
}

function leaves(item: FromItem): FromItem[] {
  return item.type === 'join' ? [...leaves(item.left), ...leaves(item.right)] : [item];
}

function nameOf(item: FromItem): string | null {
  if (item.type === 'table') return item.alias ?? item.name;
  return item.alias;
}

/** The relation with the types of columns that a view passes on; a schema that is known from DDL alone has none for views. */
export function withPassedTypes(relation: Relation, view: ResolvedView | null, context: LineageContext): Relation {
  if (view === null || relation.columns.every(({ type }) => type !== '')) return relation;
  const columns = relation.columns.map((column, at) => {
    const stored = column.type === '' ? storedColumn(soleSource(view.slots[at]?.flows ?? new Map()), context) : null;
    return stored === null ? column : { ...column, type: stored.column.type, enumValues: stored.column.enumValues };
  });
  return { ...relation, columns };
}

function storedColumn(source: string | null, context: LineageContext): { relation: Relation; column: Column } | null {
  if (source === null) return null;
  const relation = context.index.get(source.slice(0, source.lastIndexOf('.')));
  const column = relation?.columns.find(({ name }) => source.endsWith(`.${name}`));
  return relation === undefined || column === undefined ? null : { relation, column };
}

/**
 * Columns of a relation that may have no value although nothing says so where the relation is read: a view's columns are nullable to the
 * catalogue, so the stored column decides, unless a condition of the view asks for it.
 */
export function mayBeNull(relation: Relation, view: ResolvedView | null, context: LineageContext, checked: (relation: Relation, column: string) => boolean): Set<string> {
  if (view === null) return new Set(relation.definition === null ? relation.columns.filter(({ name, nullable }) => nullable && !checked(relation, name)).map(({ name }) => name) : []);
  const conditions = new Set(view.resolution.uses.filter(({ kind }) => kind === 'condition').map(({ column }) => column));
  return new Set(relation.columns.flatMap(({ name }, at) => {
    const source = soleSource(view.slots[at]?.flows ?? new Map());
    const stored = source === null || conditions.has(source) ? null : storedColumn(source, context);
    return stored !== null && stored.column.nullable && stored.relation.definition === null && !checked(stored.relation, stored.column.name) ? [name] : [];
  }));
}
