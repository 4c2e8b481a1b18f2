import type { Constraint } from '../../model/catalog.js';

export interface InsertOrder {
  /** Relations as `schema.name`, parents before children. */
  relations: string[];
  /** Foreign keys that stand in a circle: no order of the relations satisfies all of them. */
  circular: Constraint[];
}

/** In which order rows go into relations so that foreign keys find their parents. A key of a relation to itself is no circle: it is checked at the end of a statement. */
export function insertOrder(relations: readonly string[], constraints: readonly Constraint[]): InsertOrder {
  const wanted = new Set(relations);
  const keys = constraints.flatMap((constraint) => {
    if (constraint.kind !== 'foreign_key' || constraint.references === null) return [];
    const child = `${constraint.schema}.${constraint.relation}`;
    const parent = `${constraint.references.schema}.${constraint.references.relation}`;
    return child !== parent && wanted.has(child) && wanted.has(parent) ? [{ child, parent, constraint }] : [];
  });
  const left = new Set([...relations].sort());
  const ordered: string[] = [];
  const circular = new Set<Constraint>();
  while (left.size > 0) {
    const open = keys.filter(({ child, parent, constraint }) => left.has(child) && left.has(parent) && !circular.has(constraint));
    const ready = [...left].filter((name) => !open.some(({ child }) => child === name));
    for (const name of ready) {
      ordered.push(name);
      left.delete(name);
    }
    if (ready.length > 0) continue;
    // Only those from which a way leads back are in a circle; some of them may hang on another circle, which does no harm.
    for (const { constraint } of open) circular.add(constraint);
  }
  return { relations: ordered, circular: [...circular] };
}
