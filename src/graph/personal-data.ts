import type { RelationMovement } from '../model/movement.js';
import type { PrivacyReport } from '../model/personal-column.js';
import type { Configuration } from '../model/configuration.js';
import type { Snapshot } from '../model/snapshot.js';
import { type Classification, type ValueEvidence, classifyCatalog } from '../privacy/classify.js';
import { classifiedOnce } from '../privacy/classified-once.js';
import { declarationsForStore } from '../privacy/declared.js';
import { disagreements } from '../privacy/disagreements.js';
import { carry } from '../privacy/follow/carry.js';
import { placeKey } from '../privacy/follow/column-graph.js';
import type { Parsers } from '../sql/parse/parsers.js';
import { relationKey } from '../sql/schema-index.js';
import type { StoreBoundary } from './boundary.js';
import { HarmlessColumns } from './harmless-columns.js';
import { movementsAndNotes } from './movement/index.js';
import { wholeTables } from './movement/whole-table.js';

export interface FollowInput {
  boundaries: readonly StoreBoundary[];
  snapshot: Snapshot;
  configuration: Configuration;
  parsers: Pick<Parsers, 'parse'>;
  /** What was counted over sampled values, by the name of the store, then by `schema.table.column`. */
  values?: SampledValues | undefined;
}

export type SampledValues = ReadonlyMap<string, ReadonlyMap<string, readonly ValueEvidence[]>>;

/** Personal data of every store: what each column holds, and how it came there. */
export interface Followed {
  movements: RelationMovement[];
  /** By the name of the store, then by `schema.table.column`; what came along movements included. */
  carried: ReadonlyMap<string, ReadonlyMap<string, Classification>>;
  /** What could not be told of the ways, in words. */
  notes: string[];
  /** How many columns were looked at. */
  looked: number;
  disagreements: PrivacyReport['disagreements'];
}

/** Classifies the columns of every store and follows what is personal along the movements. */
export function followed({ boundaries, snapshot, configuration, parsers, values }: FollowInput): Followed {
  const declarations = snapshot.columnDeclarations ?? [];
  const ofStore = (store: string) => declarationsForStore(declarations, store);
  const { columns } = configuration;
  const options = (store: string) => ({ values: values?.get(store) ?? new Map<string, readonly ValueEvidence[]>(), confidence_min: configuration.thresholds.privacy_confidence });
  const classified = new Map(boundaries.map(({ store: { name, catalog } }) => [name, values === undefined ? classifiedOnce(catalog, columns, ofStore(name)) : classifyCatalog(catalog, columns, ofStore(name), options(name))]));
  const { movements, emptied, notes } = movementsAndNotes({ boundaries, snapshot, configuration, parsers, classified });
  const harmless = new HarmlessColumns(boundaries.map(({ store }) => store), configuration.columns, declarations);
  const carried = carry(movements, classified, { isHarmless: (place) => harmless.has(place), emptied });
  for (const { store } of boundaries) toPartitions(store, carried.get(store.name));
  const disagreeing = boundaries.flatMap(({ store: { name: store, catalog } }) =>
    disagreements(catalog, configuration.columns, ofStore(store), options(store)).map(({ relation, column, declarations: own, inferred }) => ({ place: { store, relation, column }, declarations: own, inferred })),
  );
  // What comes into a column says more of it than its name.
  const contradicted = harmless.contradicted(movements, carried, configuration.thresholds.privacy_confidence);
  const told = new Set(contradicted.map(({ place }) => placeKey(place)));
  const looked = boundaries.reduce((sum, { store }) => sum + store.catalog.relations.reduce((columns, relation) => columns + relation.columns.length, 0), 0);
  return { movements, carried, notes, looked, disagreements: [...disagreeing.filter(({ place }) => !told.has(placeKey(place))), ...contradicted] };
}

/** What came into a table lies in its partitions. */
function toPartitions(store: StoreBoundary['store'], columns: Map<string, Classification> | undefined): void {
  const tables = wholeTables(store);
  if (columns === undefined || tables.size === 0) return;
  for (const relation of store.catalog.relations) {
    const key = relationKey(relation);
    const table = tables.get(key);
    if (table === undefined) continue;
    for (const { name } of relation.columns) {
      const ofTable = columns.get(`${table}.${name}`);
      if (ofTable?.carriedFrom !== undefined) columns.set(`${key}.${name}`, ofTable);
    }
  }
}
