import type { ColumnPlace, MovementKind, RelationMovement } from '../../model/movement.js';
import { rank } from '../../sql/flow.js';
import type { MaskLevel } from '../../model/masking.js';
import type { Resolution } from '../../sql/resolution.js';
import { isSystemSchema } from '../../sql/schema-index.js';
import type { Slot } from '../../sql/scope.js';

/** One column that comes into another. */
export type CarriedColumn = RelationMovement['columns'][number];

/** Ways, and the columns that the SQL which fills them leaves empty of any stored value. */
export interface Ways {
  movements: RelationMovement[];
  emptied: ColumnPlace[];
}

/** What a text says of its way, whatever it reads. */
export interface WayOf {
  /** Of what it reads and of what it fills. */
  store: string;
  /** The relation that it fills or shows. */
  to: string;
  via: MovementKind;
  by: string;
  rowFilter: string | null;
  confidence: number;
  evidence: string;
}

/**
 * The movements that a text makes: one for each relation of which some value arrives.
 *
 * @param slots what flows into the columns of the target, under their names
 */
export function waysOf(slots: readonly Slot[], { uses }: Pick<Resolution, 'uses'>, { store, to, via, by, rowFilter, confidence, evidence }: WayOf): RelationMovement[] {
  const carried = new Map<string, Map<string, CarriedColumn>>();
  for (const { name, flows } of slots) {
    if (name === '*' || name === '') continue;
    for (const [source, { mask, identity }] of flows) {
      const [relation, column] = placeOf(source);
      if (column === '*' || isSystemSchema(schemaOf(relation))) continue;
      const columns = carried.get(relation) ?? new Map<string, CarriedColumn>();
      carried.set(relation, columns);
      addColumn(columns, { from: column, to: name, mask, identity });
    }
  }
  const conditions = new Map<string, Set<string>>();
  for (const use of uses) {
    const [relation, column] = placeOf(use.column);
    if (carried.has(relation) && column !== '*') conditions.set(relation, (conditions.get(relation) ?? new Set()).add(column));
  }
  return [...carried].map(([relation, columns]) => ({
    from: { store, relation },
    to: { store, relation: to },
    via, by, rowFilter, confidence, evidence,
    columns: sortedColumns(columns.values()),
    conditions: [...(conditions.get(relation) ?? [])].toSorted(),
  }));
}

/** Adds a column to those of one movement: of two ways the one that shows more counts. */
export function addColumn(columns: Map<string, CarriedColumn>, column: CarriedColumn): void {
  const key = `${column.to}\n${column.from}`;
  const known = columns.get(key);
  if (!known) columns.set(key, column);
  else columns.set(key, { ...known, mask: weaker(known.mask, column.mask), identity: known.identity && column.identity });
}

export function weaker(one: MaskLevel, other: MaskLevel): MaskLevel {
  return rank(other) < rank(one) ? other : one;
}

export function sortedColumns(columns: Iterable<CarriedColumn>): CarriedColumn[] {
  return [...columns].sort((one, other) => compare(one.to, other.to) || compare(one.from, other.from));
}

/** Movements of the same rows by the same hands are one. Sorted by target, source and what moves them. */
export function mergedWays(movements: readonly RelationMovement[]): RelationMovement[] {
  const merged = new Map<string, RelationMovement>();
  for (const movement of movements) {
    const key = keyOf(movement);
    const known = merged.get(key);
    merged.set(key, known ? mergeTwo(known, movement) : movement);
  }
  return [...merged.entries()].sort(([one], [other]) => compare(one, other)).map(([, movement]) => movement);
}

function mergeTwo(one: RelationMovement, other: RelationMovement): RelationMovement {
  const columns = new Map<string, CarriedColumn>();
  for (const column of [...one.columns, ...other.columns]) addColumn(columns, column);
  return {
    ...one,
    columns: sortedColumns(columns.values()),
    conditions: [...new Set([...one.conditions, ...other.conditions])].toSorted(),
    // Two that bring different rows bring the rows of both.
    rowFilter: one.rowFilter === other.rowFilter ? one.rowFilter : null,
    confidence: Math.max(one.confidence, other.confidence),
  };
}

function keyOf({ from, to, via, by }: RelationMovement): string {
  return [to.store, to.relation, from.store, from.relation, via, by].join('\n');
}

/** `schema.table` and `column` of `schema.table.column`. */
export function placeOf(column: string): [relation: string, column: string] {
  const point = column.lastIndexOf('.');
  return [column.slice(0, point), column.slice(point + 1)];
}

function schemaOf(relation: string): string {
  return relation.slice(0, Math.max(relation.indexOf('.'), 0));
}

export function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
