import type { ColumnPlace, RelationMovement } from '../../model/movement.js';
import { relationKey } from '../../sql/schema-index.js';
import type { StoreBoundary } from '../boundary.js';

/** Movements from and to partitions as those of their tables: next month it is another partition. */
export function ofWholeTables(movements: readonly RelationMovement[], boundaries: readonly Pick<StoreBoundary, 'store'>[]): RelationMovement[] {
  const tables = new Map(boundaries.map(({ store }) => [store.name, wholeTables(store)]));
  const whole = ({ store, relation }: Pick<ColumnPlace, 'store' | 'relation'>): { store: string; relation: string } => ({ store, relation: tables.get(store)?.get(relation) ?? relation });
  return movements.map((movement) => ({ ...movement, from: whole(movement.from), to: whole(movement.to) })).filter(({ from, to }) => from.store !== to.store || from.relation !== to.relation);
}

/** Of each partition of a store, the table that it is a part of in the end. */
export function wholeTables({ catalog }: Pick<StoreBoundary['store'], 'catalog'>): Map<string, string> {
  const parents = new Map(catalog.relations.flatMap((relation) => (relation.partitionOf === null ? [] : [[relationKey(relation), relation.partitionOf] as const])));
  return new Map([...parents.keys()].map((key) => {
    const passed = new Set<string>();
    let table = key;
    for (let parent = parents.get(key); parent !== undefined && !passed.has(parent); parent = parents.get(parent)) {
      passed.add(parent);
      table = parent;
    }
    return [key, table];
  }));
}
