import type { StoreBoundary } from '../graph/boundary.js';
import type { Relation } from '../model/catalog.js';
import type { Expression } from '../model/syntax-tree.js';
import { expressionText } from '../sql/expression-text.js';
import { mapExpression } from '../sql/map-tree.js';
import type { Parse } from '../sql/parse/front-end.js';
import { relationKey } from '../sql/schema-index.js';
import type { Slot } from '../sql/scope.js';
import { conjuncts } from '../sql/walk.js';
import { placesOf } from './places.js';

/** A contract view that shows rows of one relation as they are. */
export interface ExistingContract {
  view: Relation;
  relation: string;
  /** Column of the relation → its name in the view. */
  columns: ReadonlyMap<string, string>;
  /** The conditions of its WHERE over bare columns; empty where it shows all rows. */
  conditions: readonly string[];
  /** Registered as deprecated, or declared so by a contract on file. */
  deprecated: boolean;
  stem: string;
  version: number;
}

const VERSIONED = /^(.*?)_?v(\d+)$/;

/** `v_case_state` and 2 of `v_case_state_v2`; 1 where the name tells none. */
export function versionOf(name: string): { stem: string; version: number } {
  const [, stem, version] = VERSIONED.exec(name) ?? [];
  return stem === undefined || stem === '' ? { stem: name, version: 1 } : { stem, version: Number(version) };
}

/** Views that group, join, or leave out repeated rows show something else than a relation: nobody is moved onto them. */
export function existingContracts(boundary: StoreBoundary, parse: Parse, withdrawn: ReadonlySet<string>): ExistingContract[] {
  return boundary.store.catalog.relations.flatMap((view) => {
    if (view.definition === null || view.kind !== 'view' || boundary.zones.get(relationKey(view))?.zone !== 'contract') return [];
    const projection = projectionOf(view, boundary, parse);
    if (projection === null) return [];
    return [{ view, ...projection, ...versionOf(view.name), deprecated: withdrawn.has(relationKey(view)) }];
  });
}

function projectionOf(view: Relation, boundary: StoreBoundary, parse: Parse): Pick<ExistingContract, 'relation' | 'columns' | 'conditions'> | null {
  const statement = parse(view.definition ?? '').statements[0]?.statement;
  const query = statement?.type === 'query_statement' || statement?.type === 'create' ? statement.query : null;
  if (!statement || query === null || query.body.type !== 'select' || query.ctes.length > 0 || query.limit || query.offset) return null;
  const { body } = query;
  const isPlain = body.distinct === null && body.groupBy.length === 0 && body.having === null && body.from.length === 1 && body.from[0]?.type === 'table';
  const part = boundary.reader.read(view.definition ?? '', null).parts[0];
  const [place, another] = isPlain && part ? placesOf(statement, part.resolution.direct.keys()) : [];
  if (place === undefined || another !== undefined || part === undefined) return null;
  const slots = statement.type === 'create' ? (part.resolution.writes.values().next().value ?? []) : part.resolution.outputs;
  return { relation: place.relation, columns: columnsOf(view, slots, place.relation), conditions: conjuncts(body.where).map((condition) => expressionText(bare(condition))) };
}

/** The columns of the relation that the view gives unchanged, by its own names for them. */
function columnsOf(view: Relation, slots: readonly Slot[], relation: string): Map<string, string> {
  const columns = new Map<string, string>();
  for (const [position, { flows }] of slots.entries()) {
    const name = view.columns[position]?.name;
    for (const [source, { identity }] of flows) {
      const column = source.startsWith(`${relation}.`) ? source.slice(relation.length + 1) : null;
      if (identity && column !== null && name !== undefined && !columns.has(column)) columns.set(column, name);
    }
  }
  return columns;
}

/** A condition with its columns by their own names. */
export function bare(condition: Expression): Expression {
  return mapExpression(condition, { keepsQueries: true, expression: (inner) => (inner.type === 'column' ? { ...inner, parts: inner.parts.slice(-1) } : inner) });
}

/** Contract views that were withdrawn, by the registry of the store or by a contract on file: `schema.name`. */
export function withdrawnContracts({ store }: StoreBoundary, declared: readonly { status: string | null; relations: readonly { schema: string | null; name: string }[] }[]): Set<string> {
  const names = new Set<string>();
  for (const { name, deprecatedAt } of store.contractRegistry?.rows ?? []) if (deprecatedAt !== null) names.add(name);
  for (const { status, relations } of declared) {
    if (/^(deprecated|retired)$/i.test(status ?? '')) for (const { schema, name } of relations) names.add(schema === null ? name : `${schema}.${name}`);
  }
  return new Set(store.catalog.relations.filter((relation) => names.has(relation.name) || names.has(relationKey(relation))).map(relationKey));
}
