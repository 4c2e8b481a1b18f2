import { MASK_LEVELS, type MaskLevel } from '../../model/masking.js';
import type { PersonalColumn } from '../../model/personal-column.js';

/** Columns of personal data by which consumers group the rows of one relation. */
export interface Grouping {
  store: string;
  /** `schema.name`. */
  relation: string;
  /** Sorted. */
  columns: string[];
  /** Who groups by them, sorted. */
  consumers: string[];
  /** True where every consumer makes something coarser of a column first: its groups are larger than those of the columns. */
  coarser: boolean;
}

/** Direct identifiers that many persons share: they tell of one only together with others. */
const TOGETHER: ReadonlySet<string> = new Set(['date_of_birth', 'postal_code', 'city', 'age', 'gender']);

/**
 * What consumers group by, each combination once. A grouping by an address or a name shows persons one by one: that is
 * no question of sizes, and it is left out. Sorted by store, relation and columns.
 */
export function groupingsOf(columns: readonly PersonalColumn[]): Grouping[] {
  const byConsumer = new Map<string, { store: string; relation: string; consumer: string; columns: Map<string, boolean>; single: boolean }>();
  for (const column of columns) {
    for (const { use, place, consumer, mask } of column.uses) {
      if (use !== 'grouping') continue;
      const stored = column.copies.find((copy) => copy.place.store === place.store && copy.place.relation === place.relation && copy.place.column === place.column)?.mask ?? 'raw';
      const key = JSON.stringify([place.store, place.relation, consumer]);
      const known = byConsumer.get(key) ?? { store: place.store, relation: place.relation, consumer, columns: new Map<string, boolean>(), single: false };
      byConsumer.set(key, known);
      known.single ||= !TOGETHER.has(column.kind) && column.class !== 'quasi';
      known.columns.set(place.column, isCoarser(mask, stored) && (known.columns.get(place.column) ?? true));
    }
  }
  const groupings = new Map<string, Grouping>();
  for (const { store, relation, consumer, columns: used, single } of byConsumer.values()) {
    if (single) continue;
    const names = [...used.keys()].toSorted();
    const key = [store, relation, ...names].join('\n');
    const coarser = [...used.values()].some((one) => one);
    const known = groupings.get(key);
    if (known === undefined) groupings.set(key, { store, relation, columns: names, consumers: [consumer], coarser });
    else groupings.set(key, { ...known, consumers: [...new Set([...known.consumers, consumer])].toSorted(), coarser: known.coarser && coarser });
  }
  return [...groupings].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, grouping]) => grouping);
}

/** The consumer leaves less of a value than is stored: a year of a day, an area of a code. */
function isCoarser(mask: MaskLevel, stored: MaskLevel): boolean {
  return MASK_LEVELS.indexOf(mask) > Math.max(MASK_LEVELS.indexOf(stored), MASK_LEVELS.indexOf('pseudonymous-keyed'));
}
