import type { RelationMovement } from '../../model/movement.js';
import { rank } from '../../sql/flow.js';
import { addColumn, type CarriedColumn, mergedWays, sortedColumns } from './way.js';

/** More stops one after the other, and more ways into one relation, are not followed. */
const STOPS_MAX = 6;
const WAYS_MAX = 50;

/**
 * Movements with what goes through a relation that is not stored, or not for long (an ephemeral model, a temporary table of a session),
 * joined to one: from where it came to where it went.
 *
 * @param isKnown whether a relation is in the catalogue
 */
export function withoutStops(movements: readonly RelationMovement[], isKnown: (relation: string) => boolean): RelationMovement[] {
  const into = new Map<string, RelationMovement[]>();
  for (const movement of movements) {
    if (isKnown(movement.to.relation)) continue;
    into.set(movement.to.relation, [...(into.get(movement.to.relation) ?? []), movement]);
  }
  const origins = (movement: RelationMovement, stops: number): RelationMovement[] => {
    const before = isKnown(movement.from.relation) ? [] : (into.get(movement.from.relation) ?? []);
    if (before.length === 0 || stops === 0) return [movement];
    return mergedWays(before.flatMap((first) => joined(first, movement))).slice(0, WAYS_MAX).flatMap((whole) => origins(whole, stops - 1)).slice(0, WAYS_MAX);
  };
  return movements.filter(({ to }) => isKnown(to.relation)).flatMap((movement) => origins(movement, STOPS_MAX));
}

function joined(first: RelationMovement, then: RelationMovement): RelationMovement[] {
  const columns = new Map<string, CarriedColumn>();
  for (const column of then.columns) {
    for (const before of first.columns) {
      if (before.to !== column.from) continue;
      const mask = rank(before.mask) >= rank(column.mask) ? before.mask : column.mask;
      addColumn(columns, { from: before.from, to: column.to, mask, identity: before.identity && column.identity });
    }
  }
  if (columns.size === 0) return [];
  const deciding = first.columns.filter(({ to }) => then.conditions.includes(to)).map(({ from }) => from);
  return [{ ...then, from: first.from, rowFilter: first.rowFilter ?? then.rowFilter, columns: sortedColumns(columns.values()), conditions: [...new Set([...first.conditions, ...deciding])].toSorted(), confidence: first.confidence * then.confidence }];
}
