import { type Flows, mergeFlows, through } from './flow.js';
import type { Slot, VisibleRelation } from './scope.js';

/** The outputs of a set operation: by position, named by the first branch. What EXCEPT takes away only decides. */
export function combineBranches(left: Slot[], right: Slot[], operator: 'union' | 'intersect' | 'except', asCondition: (flows: Flows) => void): Slot[] {
  return left.map((slot, position) => {
    const other = right[position]?.flows ?? new Map();
    if (operator !== 'except') return { name: slot.name, flows: mergeFlows(new Map(slot.flows), other) };
    asCondition(through(other, 'predicate'));
    return slot;
  });
}

/** Slots under other names, as far as these go. */
export function rename(slots: readonly Slot[], names: readonly string[]): Slot[] {
  return slots.map((slot, position) => ({ name: names[position] ?? slot.name, flows: slot.flows }));
}

/** A common table as FROM sees it. */
export function relationFromColumns(alias: string, columns: Slot[], aliases: readonly string[]): VisibleRelation {
  const known = columns.filter((slot) => slot.name !== '*');
  const open = columns.filter((slot) => slot.name === '*').flatMap((slot) => [...slot.flows.keys()].map((source) => source.replace(/\.\*$/, '')));
  return { alias, schema: null, key: null, columns: rename(known, aliases), open, scalar: false };
}

/** How many sources flow in all; it stops growing when a recursive common table is complete. */
export function flowCount(slots: readonly Slot[]): number {
  return slots.reduce((count, slot) => count + slot.flows.size, 0);
}
