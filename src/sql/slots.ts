import { type Flows, mergeFlows, rank } from './flow.js';
import { type Slot, named, openColumn } from './scope.js';

/**
 * The outputs of UNION and INTERSECT: by position, named by the first branch. Both branches of INTERSECT are shown: its values
 * are in both. Where a branch has columns that are not known, and in UNION BY NAME, columns are matched by name.
 */
export function combineBranches(left: Slot[], right: Slot[], byName: boolean): Slot[] {
  if (byName || [...left, ...right].some((slot) => slot.name === '*')) return combineByName(left, right);
  return left.map((slot, position) => {
    const other = right[position]?.flows;
    return other === undefined || other.size === 0 ? slot : { ...slot, flows: mergeFlows(new Map(slot.flows), other) };
  });
}

function combineByName(left: Slot[], right: Slot[]): Slot[] {
  const names = [...new Set([...left, ...right].map((slot) => slot.name))].filter((name) => name !== '*');
  const columns = names.map((name): Slot => {
    const flows: Flows = new Map();
    for (const branch of [left, right]) mergeFlows(flows, inBranch(branch, name));
    return { name, flows };
  });
  const unknown = [...left, ...right].filter((slot) => slot.name === '*');
  if (unknown.length === 0) return columns;
  // Unknown columns of both sides are the same columns: of each name, both sources.
  const sides = [left, right].map((branch) => branch.filter((slot) => slot.name === '*'));
  if (sides.some((side) => side.length > 1)) return [...columns, ...unknown];
  return [...columns, { name: '*', flows: unknown.reduce<Flows>((merged, slot) => mergeFlows(merged, slot.flows), new Map()) }];
}

function inBranch(branch: Slot[], name: string): Flows {
  const slot = branch.find((candidate) => candidate.name === name);
  if (slot) return slot.flows;
  const open = branch.filter((candidate) => candidate.name === '*');
  return open.length === 1 && open[0] ? openColumn(open[0].flows, name) : new Map();
}

/** Slots under other names, as far as these go. */
export function rename(slots: readonly Slot[], names: readonly string[]): Slot[] {
  if (names.length === 0) return [...slots];
  return slots.map((slot, position) => {
    const name = names[position];
    return name === undefined ? slot : named(slot, name);
  });
}

/** Slots of which each name stands once, with everything that flows into it. */
export function mergedByName(slots: readonly Slot[]): Slot[] {
  const byName = new Map<string, Slot>();
  for (const slot of slots) {
    const known = byName.get(slot.name);
    byName.set(slot.name, known ? { ...known, flows: mergeFlows(new Map(known.flows), slot.flows) } : slot);
  }
  return [...byName.values()];
}

/** How much flows in all; it stops growing when a recursive common table is complete. */
export function flowMeasure(slots: readonly Slot[]): number {
  let measure = 0;
  for (const { flows } of slots) for (const { mask, transformation } of flows.values()) measure += 20 - rank(mask) + (transformation === 'identity' ? 0 : transformation === 'transformation' ? 1 : 2);
  return measure;
}
