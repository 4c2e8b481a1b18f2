import type { Catalog } from '../model/catalog.js';
import type { ColumnDeclaration } from '../model/personal-column.js';
import { type Classification, type ColumnOverride, classifyCatalog } from './classify.js';

const known = new WeakMap<Catalog, { by: string; columns: ReadonlyMap<string, Classification> }[]>();

/** As `classifyCatalog`, worked out once for a catalogue that is judged several times: both sides of a change have one. */
export function classifiedOnce(catalog: Catalog, overrides: readonly ColumnOverride[], declarations: readonly ColumnDeclaration[] = []): ReadonlyMap<string, Classification> {
  const by = JSON.stringify([overrides, declarations]);
  const before = known.get(catalog) ?? [];
  const kept = before.find((one) => one.by === by);
  if (kept) return kept.columns;
  const columns = classifyCatalog(catalog, overrides, declarations);
  known.set(catalog, [...before, { by, columns }]);
  return columns;
}
