import type { ProductFacts } from '../facts/product.js';
import type { StoreFacts } from '../facts/store.js';
import type { Subject } from '../facts/subjects.js';
import type { StoreBoundary } from '../graph/boundary.js';
import { subject } from '../graph/subject.js';
import type { Configuration, DataProductConfiguration } from '../model/configuration.js';
import type { ProductWatermark } from '../model/control-record.js';
import type { QueryRole } from '../model/query.js';
import type { Snapshot } from '../model/snapshot.js';
import { foldedName, placeOf } from './place.js';

/** Words by which tables of watermarks say that all is well: HEALTHY of Part 066 §8, and what others write. */
const HEALTHY = /^(healthy|ok|okay|good|green|fresh|current|up[ _-]?to[ _-]?date|success|succeeded|successful|passed|complete|completed)$/i;

interface Given {
  snapshot: Snapshot;
  configuration: Configuration;
}

/** Each data product of the store that is declared or has a watermark. */
export function productSubjects(boundary: StoreBoundary, store: StoreFacts, given: Given): Subject[] {
  const { control } = boundary.store;
  if (control === undefined) return [];
  const declared = declaredIn(boundary, given);
  const rows = control.watermarks;
  const undeclared = rows.filter(({ product }) => !declared.some(({ name }) => name === product));
  const products = [
    ...declared.map((product) => ({ name: product.name, product, row: rows.find((row) => row.product === product.name) ?? null })),
    ...undeclared.map((row) => ({ name: row.product, product: null, row })),
  ];
  const table = control.tables.find(({ kind }) => kind === 'watermark')?.relation ?? '';
  // A look into a table that failed says nothing of what is in it.
  const isRead = rows.length > 0;
  return products.toSorted((one, other) => (one.name < other.name ? -1 : 1)).map(({ name, product, row }) => {
    const facts = productFacts({ name, product, row, table: row?.relation ?? (isRead ? table : ''), boundary, given });
    return subject('product', { product: facts, store }, placeOf(boundary, name, given.configuration, product?.owner ?? null));
  });
}

/** Those that the configuration places here: by the store, else by the relation, else in the only warehouse. */
function declaredIn({ store }: StoreBoundary, { snapshot, configuration }: Given): DataProductConfiguration[] {
  const isHere = (key: string): boolean => store.catalog.relations.some(({ schema, name }) => `${schema}.${name}` === key);
  const warehouses = snapshot.stores.filter(({ role }) => role === 'warehouse').length;
  return configuration.live.dataProducts.filter((product) => {
    if (product.store !== null) return product.store === store.name;
    if (product.relation !== null) return isHere(product.relation);
    return store.role === 'warehouse' && warehouses === 1;
  });
}

function productFacts({ name, product, row, table, boundary, given }: { name: string; product: DataProductConfiguration | null; row: ProductWatermark | null; table: string; boundary: StoreBoundary; given: Given }): ProductFacts {
  const relation = product?.relation ?? relationOf(name, boundary);
  const objective = product?.objective ?? null;
  const readers = relation === '' ? [] : readersOf(relation, boundary);
  const { live } = given.configuration;
  const { contracts = [], takenAt } = given.snapshot;
  const loaded = secondsOf(row?.lastSuccessfulLoadAt ?? null);
  return {
    name,
    relation,
    table,
    listed: row !== null,
    declared: product !== null,
    own_watermark: (product?.watermark ?? null) !== null,
    status: row?.status ?? '',
    says_healthy: HEALTHY.test(row?.status?.trim() ?? ''),
    age_seconds: row?.age_seconds ?? Number.NaN,
    load_age_seconds: Math.max(0, secondsOf(takenAt) - loaded),
    behind_load_seconds: loaded - secondsOf(row?.sourceHighWatermark ?? null),
    has_watermark: (row?.sourceHighWatermark ?? null) !== null,
    has_loaded: !Number.isNaN(loaded),
    promised: objective !== null,
    promises_known: live.contracts.length === 0 && live.dbt.length === 0 && contracts.length === 0,
    target_seconds: objective?.target_seconds ?? Number.NaN,
    limit_seconds: objective?.degraded_seconds ?? objective?.within_seconds ?? Number.NaN,
    readers,
    reader_count: readers.length,
  };
}

/** A product without a relation is the only relation of its name, if there is one. */
function relationOf(product: string, { store }: StoreBoundary): string {
  const found = store.catalog.relations.filter(({ schema, name }) => foldedName(name) === foldedName(product) || `${schema}.${name}` === product);
  const [only] = found;
  return only !== undefined && found.length === 1 ? `${only.schema}.${only.name}` : '';
}

/** What nobody looks at: tests, models, and declarations of metrics. */
const UNSEEN: ReadonlySet<QueryRole> = new Set(['quality-check', 'relation', 'hook', 'metric', 'dimension', 'join']);

/** By what their texts name; roles whose statements no card explains are none that somebody looks at. */
function readersOf(relation: string, { accesses }: StoreBoundary): string[] {
  const reading = accesses.filter(({ query, statement }) => query !== null && !UNSEEN.has(query.role) && statement.direct_relations.includes(relation));
  return [...new Set(reading.map(({ consumer }) => consumer.name))].toSorted();
}

function secondsOf(moment: string | null): number {
  return moment === null ? Number.NaN : Date.parse(moment) / 1000;
}
