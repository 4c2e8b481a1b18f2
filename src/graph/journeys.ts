import type { Column } from '../model/catalog.js';
import type { Configuration } from '../model/configuration.js';
import type { ColumnPlace, RelationMovement } from '../model/movement.js';
import type { ColumnDeclaration, PersonalColumn, PersonalUse } from '../model/personal-column.js';
import type { Zone } from '../model/store.js';
import { type Classification, overrideOf } from '../privacy/classify.js';
import { declarationsByColumn, declarationsForStore } from '../privacy/declared.js';
import { ColumnGraph, placeKey } from '../privacy/follow/column-graph.js';
import { rank } from '../sql/flow.js';
import { relationKey } from '../sql/schema-index.js';
import type { StoreBoundary } from './boundary.js';
import { originNodes, type Stop, stopsFrom } from './journeys/copies.js';
import { type ColumnUses, columnUses } from './journeys/uses.js';
import { compare, placeOf } from './movement/way.js';

export interface JourneyInput {
  boundaries: readonly StoreBoundary[];
  movements: readonly RelationMovement[];
  /** As carried along the movements: by the name of the store, then by `schema.table.column`. */
  classified: ReadonlyMap<string, ReadonlyMap<string, Classification>>;
  configuration: Pick<Configuration, 'thresholds' | 'columns'>;
  /** What tools and contracts say of columns. */
  declarations?: readonly ColumnDeclaration[];
}

/**
 * Every column of personal data where it stands first, with what became of it: its copies, and who uses it or one of them.
 * Columns below the configured confidence are left out. Sorted by store, relation and column.
 */
export function personalColumns({ boundaries, movements, classified, configuration, declarations = [] }: JourneyInput): PersonalColumn[] {
  const columns = new StoredColumns(boundaries, configuration, declarations);
  const classificationOf = ({ store, relation, column }: ColumnPlace): Classification | undefined => {
    const known = classified.get(store)?.get(`${relation}.${column}`);
    return known !== undefined && known.confidence >= configuration.thresholds.privacy_confidence ? known : undefined;
  };
  const isFollowed = (place: ColumnPlace): boolean => classificationOf(place) !== undefined;
  const personal = columns.places.filter(isFollowed);
  const graph = new ColumnGraph(movements, personal, (place) => !isFollowed(place));
  const carriers = new Set(movements.filter(({ via }) => via === 'load').map(({ by, from }) => `${by}\n${from.store}\n${from.relation}`));
  const used = columnUses(boundaries, isFollowed, (by, store, relation) => carriers.has(`${by}\n${store}\n${relation}`));
  // Where values of a person stand first is an operational store, if there is a choice.
  const preferred = personal.toSorted((one, other) => Number(columns.isWarehouse(one)) - Number(columns.isWarehouse(other)));
  return originNodes(graph, preferred, isFollowed).flatMap((origin) => {
    const classification = classificationOf(origin.place);
    return classification === undefined ? [] : [journeyOf(origin.place, classification, [...stopsFrom(origin, isFollowed).values()], columns, used)];
  }).sort((one, other) => comparePlaces(one.place, other.place));
}

function journeyOf(place: ColumnPlace, { kind, class: kindClass, confidence, reasons, against = [] }: Classification, stops: readonly Stop[], columns: StoredColumns, { uses, readers }: ColumnUses): PersonalColumn {
  const copies = stops.flatMap((stop) =>
    stop.step === null ? [] : [{ place: stop.place, zone: columns.zoneOf(stop.place), mask: stop.mask, ...stop.step, confidence: Math.round(stop.confidence * 1000) / 1000, readers: readers.get(placeKey(stop.place))?.size ?? 0 }],
  );
  const used = stops.flatMap((stop) => (uses.get(placeKey(stop.place)) ?? []).map((use): PersonalUse => ({ ...use, mask: rank(use.mask) > rank(stop.mask) ? use.mask : stop.mask })));
  return {
    place,
    zone: columns.zoneOf(place),
    dataType: columns.typeOf(place),
    kind, class: kindClass, confidence, reasons, against,
    declarations: columns.declarationsOf(place),
    copies: copies.sort((one, other) => comparePlaces(one.place, other.place)),
    uses: used.sort((one, other) => compare(one.consumer, other.consumer) || comparePlaces(one.place, other.place) || compare(one.use, other.use) || compare(one.output ?? '', other.output ?? '')),
  };
}

/** What catalogues and people say of columns. */
class StoredColumns {
  /** Of all stores, in the order of their catalogues. */
  readonly places: ColumnPlace[] = [];
  readonly #columns = new Map<string, Column>();
  readonly #boundaries: ReadonlyMap<string, StoreBoundary>;
  readonly #declared: ReadonlyMap<string, ReadonlyMap<string, readonly ColumnDeclaration[]>>;
  readonly #overrides: Configuration['columns'];

  constructor(boundaries: readonly StoreBoundary[], { columns }: Pick<Configuration, 'columns'>, declarations: readonly ColumnDeclaration[]) {
    this.#overrides = columns;
    this.#boundaries = new Map(boundaries.map((boundary) => [boundary.store.name, boundary]));
    this.#declared = new Map(boundaries.map(({ store: { name, catalog } }) => [name, declarationsByColumn(catalog, declarationsForStore(declarations, name))]));
    for (const { store: { name: store, catalog } } of boundaries) {
      for (const relation of catalog.relations) {
        // Of a table that is parted, the table is told of.
        if (relation.kind === 'partition') continue;
        for (const column of relation.columns) {
          const place = { store, relation: relationKey(relation), column: column.name };
          this.places.push(place);
          this.#columns.set(placeKey(place), column);
        }
      }
    }
  }

  isWarehouse({ store }: ColumnPlace): boolean {
    return this.#boundaries.get(store)?.store.role === 'warehouse';
  }

  zoneOf({ store, relation }: ColumnPlace): Zone {
    return this.#boundaries.get(store)?.zones.get(relation)?.zone ?? 'unknown';
  }

  typeOf(place: ColumnPlace): string {
    return this.#columns.get(placeKey(place))?.type ?? '';
  }

  declarationsOf({ store, relation, column }: ColumnPlace): ColumnDeclaration[] {
    const name = `${relation}.${column}`;
    const override = overrideOf(name, this.#overrides);
    const [schema = ''] = placeOf(relation);
    const configured: ColumnDeclaration[] = override === undefined ? [] : [{
      schema, relation: relation.slice(schema.length + 1), column, verdict: override.kind === 'none' ? 'harmless' : 'personal', kind: override.kind === 'none' ? null : override.kind,
      words: `${override.pattern}: ${override.kind}`, by: 'tidemark.yaml', store,
    }];
    return [...configured, ...(this.#declared.get(store)?.get(name) ?? [])];
  }
}

function comparePlaces(one: ColumnPlace, other: ColumnPlace): number {
  return compare(one.store, other.store) || compare(one.relation, other.relation) || compare(one.column, other.column);
}
