import type { StoreBoundary } from '../graph/boundary.js';
import type { RelationMovement } from '../model/movement.js';
import type { MetricSummary } from '../model/report.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import { comment, guess, scalar } from './yaml.js';

/** Data products that the stores' own watermark tables name; what they promise a person must say. */
export function productLines(stores: readonly StoreSnapshot[]): string[] {
  return stores.flatMap(({ name: store, control, catalog }) => (control?.watermarks ?? []).flatMap(({ product, relation }) => {
    const home = catalog.relations.find(({ name }) => name === product);
    return [
      `  - name: ${scalar(product)}${comment(`named by ${relation} of ${store}`)}`,
      ...(home === undefined ? [] : [`    relation: ${JSON.stringify(`${home.schema}.${home.name}`)}${guess('the relation of that name')}`]),
      '    # freshness: { target: 1h, within: 2h, share: 0.99, window: 30d, degraded: 6h }  # to be agreed with its readers',
    ];
  }));
}

/** How many pairs one begins with. */
const PAIRS_MAX = 10;
const TIME_COLUMN = /^(?:created|opened|placed|ordered|occurred|requested|captured|registered|inserted)_(?:at|on)$|_(?:at|date)$/;

/** Tables whose rows come from production, as pairs to be compared: comments, as a wrong pair would cost production a scan. */
export function pairLines(movements: readonly RelationMovement[], boundaries: readonly StoreBoundary[]): string[] {
  const across = movements.filter(({ from, to }) => from.store !== to.store).slice(0, PAIRS_MAX);
  return across.flatMap(({ from, to, evidence }) => {
    const column = boundaries.find(({ store }) => store.name === from.store)?.store.catalog.relations.find(({ schema, name }) => `${schema}.${name}` === from.relation)?.columns.map(({ name }) => name).find((name) => TIME_COLUMN.test(name));
    const time = column === undefined ? '' : `, time_column: ${scalar(column)}`;
    return [
      `#  - name: ${scalar(to.relation.slice(to.relation.indexOf('.') + 1))}${guess(evidence)}`,
      `#    source: { store: ${scalar(from.store)}, relation: ${JSON.stringify(from.relation)}${time} }`,
      `#    target: { store: ${scalar(to.store)}, relation: ${JSON.stringify(to.relation)}${time} }`,
    ];
  });
}

const METRICS_MAX = 12;

/** Metrics that several dashboards define: names to be declared, once somebody has decided what they mean. */
export function metricLines(metrics: readonly MetricSummary[]): string[] {
  return metrics.toSorted((a, b) => b.definitions - a.definitions || (a.name < b.name ? -1 : 1)).slice(0, METRICS_MAX).map(({ name, store, relation, definitions }) => `#  - { name: ${JSON.stringify(name)}, store: ${scalar(store)}, relation: ${JSON.stringify(relation)} }${comment(`${definitions === 1 ? 'one definition' : `${definitions} definitions`}: tidemark metrics show ${JSON.stringify(name)}`)}`);
}
