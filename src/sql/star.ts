import type { Star } from '../model/syntax-tree.js';
import type { Block } from './block.js';
import { referred } from './flow.js';
import type { Lineage } from './lineage.js';
import { type Scope, type Slot, named } from './scope.js';

/** The columns of a star in order, after EXCEPT, REPLACE and RENAME. */
export function expandStar(slots: readonly Slot[], star: Star, lineage: Lineage, scope: Scope, block: Block): Slot[] {
  const { except, replace, rename, span } = star;
  const columns: Slot[] = [];
  const replaced = new Map(replace.map((projection) => [projection.alias ?? '', projection.expression]));
  const renamed = new Map(rename.map(({ column, name }) => [column, name]));
  for (const slot of slots) {
    if (except.includes(slot.name)) continue;
    const value = replaced.get(slot.name);
    const flows = value ? lineage.flows(value, scope, block) : referred(slot.flows, span);
    const own = value ? { name: slot.name, flows } : { ...slot, flows };
    const name = renamed.get(slot.name);
    columns.push(name === undefined ? own : named(own, name));
    replaced.delete(slot.name);
    renamed.delete(slot.name);
  }
  return columns.some((slot) => slot.name === '*') ? [...ofUnknown(star, replaced, renamed, slots, lineage, scope, block), ...columns] : columns;
}

/** What REPLACE and RENAME name, though the star stands for columns that are not known. */
function ofUnknown(star: Star, replaced: Map<string, Star['replace'][number]['expression']>, renamed: Map<string, string>, slots: readonly Slot[], lineage: Lineage, scope: Scope, block: Block): Slot[] {
  const open = slots.filter((slot) => slot.name === '*');
  const values = [...replaced].map(([name, value]): Slot => ({ name, flows: lineage.flows(value, scope, block) }));
  const [only, another] = open;
  if (!only || another) return values;
  return [...values, ...[...renamed].map(([column, name]): Slot => ({ name, flows: lineage.flows({ type: 'column', parts: [...star.qualifier, column], span: star.span }, scope, block) }))];
}
