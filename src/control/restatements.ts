import type { RestatementFacts } from '../facts/restatement.js';
import type { StoreFacts } from '../facts/store.js';
import type { Subject } from '../facts/subjects.js';
import type { StoreBoundary } from '../graph/boundary.js';
import { subject } from '../graph/subject.js';
import type { Configuration } from '../model/configuration.js';
import type { RestatementRecord } from '../model/control-record.js';
import type { Snapshot } from '../model/snapshot.js';
import { dayOf, foldedName, placeOf } from './place.js';

/** Each recorded restatement. */
export function restatementSubjects(boundary: StoreBoundary, store: StoreFacts, { snapshot, configuration }: { snapshot: Snapshot; configuration: Configuration }): Subject[] {
  const { control } = boundary.store;
  if (control === undefined || control.restatements.length === 0) return [];
  const known = knownProducts(snapshot, configuration);
  return control.restatements.map((record) => {
    const lacking = control.tables.find(({ kind, relation }) => kind === 'restatement' && relation === record.relation)?.lacking ?? [];
    return subject('restatement', { restatement: restatementFacts(record, lacking, known, control.restatements.find(({ relation }) => relation === record.relation) === record), store }, placeOf(boundary, record.id, configuration));
  });
}

function restatementFacts(record: RestatementRecord, lacking: string[], known: ReadonlySet<string> | null, isNewest: boolean): RestatementFacts {
  const { periodStart, periodEnd } = record;
  return {
    name: record.id,
    table: record.relation,
    speaks_for_table: isNewest,
    executed: dayOf(record.executedAt),
    status: record.status ?? '',
    products: record.products,
    period: periodStart === null || periodEnd === null ? '' : `${periodStart} to ${periodEnd}`,
    period_reversed: periodStart !== null && periodEnd !== null && periodEnd < periodStart,
    missing: record.missing,
    lacking,
    unknown_products: known === null ? [] : record.products.filter((product) => !known.has(foldedName(product)) && !known.has(foldedName(product.split('.').at(-1) ?? ''))),
  };
}

/**
 * Folded names of all that a restatement may change: products of tables of watermarks, of the configuration and of contracts,
 * relations of every store, metrics and reports. Null where no place lists products: then a name that is met nowhere says nothing.
 */
function knownProducts({ stores, contracts = [] }: Snapshot, { live, metrics = [] }: Configuration): ReadonlySet<string> | null {
  const products = [...live.dataProducts.map(({ name }) => name), ...stores.flatMap(({ control }) => (control?.watermarks ?? []).map(({ product }) => product))];
  if (products.length === 0) return null;
  const others = [
    ...contracts.flatMap(({ id, name }) => [id, name]),
    ...stores.flatMap(({ catalog }) => catalog.relations.flatMap(({ schema, name }) => [name, `${schema}.${name}`])),
    ...stores.flatMap(({ control }) => (control?.reports ?? []).map(({ report }) => report)),
    ...metrics.map(({ name }) => name),
  ];
  return new Set([...products, ...others].map(foldedName));
}
