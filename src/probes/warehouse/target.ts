import type { Catalog, Relation } from '../../model/catalog.js';
import type { DataProductConfiguration } from '../../model/configuration.js';
import type { ProbeTarget } from '../probe.js';
import { keyOf } from './name.js';

/** Where analytical data is kept: these stores are searched for what loaders leave; others only for what is configured. */
export function isAnalytical({ role }: ProbeTarget): boolean {
  return role === 'warehouse' || role === 'projection';
}

/** The data products that live in this store: by name, or, where they name none, by holding their relation. */
export function productsIn(target: ProbeTarget): DataProductConfiguration[] {
  return target.settings.dataProducts.filter(({ store, relation, watermark }) => {
    if (store !== null) return store === target.store;
    const named = watermark !== null && 'relation' in watermark ? watermark.relation : relation;
    return target.role === 'warehouse' || (named !== null && relationIn(target.catalog, named) !== undefined);
  });
}

/** A relation by `schema.name`; where the case of letters differs, the only one that is equal without it. */
export function relationIn(catalog: Catalog | null, key: string): Relation | undefined {
  const relations = catalog?.relations ?? [];
  const exact = relations.find((relation) => keyOf(relation) === key);
  if (exact) return exact;
  const folded = key.toLowerCase();
  const similar = relations.filter((relation) => keyOf(relation).toLowerCase() === folded);
  return similar.length === 1 ? similar[0] : undefined;
}

/** What may be read as a table: a partition is read through its parent, a foreign table would be read from another server. */
export function isReadable({ kind }: Relation): boolean {
  return kind === 'table' || kind === 'partitioned_table' || kind === 'materialized_view' || kind === 'view';
}
