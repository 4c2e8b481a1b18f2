import type { StoreBoundary } from '../../graph/boundary.js';
import type { Configuration } from '../../model/configuration.js';
import type { Snapshot } from '../../model/snapshot.js';
import { type Classification, classifyCatalog } from '../../privacy/classify.js';

/** By store: the columns that hold personal data or secrets, as sure as a report must be. */
export function personalColumns(boundaries: readonly StoreBoundary[], { columnDeclarations = [] }: Snapshot, { columns, thresholds }: Configuration): Map<string, Map<string, Classification>> {
  return new Map(boundaries.map(({ store }) => {
    const declared = columnDeclarations.filter((declaration) => declaration.store === null || declaration.store === store.name);
    const classified = classifyCatalog(store.catalog, columns, declared);
    return [store.name, new Map([...classified].filter(([, { confidence }]) => confidence >= thresholds.privacy_confidence))];
  }));
}
