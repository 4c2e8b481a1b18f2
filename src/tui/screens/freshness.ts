import { STATES, type FreshnessObjective, type LiveView, type PipelineView, type ProductView, type State } from '../../model/live.js';
import { count } from '../../text/quantity.js';
import { fit, span, type Line } from '../cells.js';
import { bar } from '../meter.js';
import { stateSpan } from '../panels.js';
import { defineScreen } from '../screen.js';
import { THEME, UNKNOWN } from '../theme.js';
import { clean, percent, quantity } from '../words.js';
import { pipelinePanels, productPanels } from './freshness-panels.js';

/** Data products, and the pipelines that feed them. */
export type FreshnessRow = { kind: 'product'; product: ProductView } | { kind: 'pipeline'; pipeline: PipelineView; age_seconds: number | null };

export const screen = defineScreen<FreshnessRow>({
  id: 'freshness',
  title: 'Freshness',
  rows: rowsOf,
  key: (row) => `${row.kind}/${itemOf(row).store}/${itemOf(row).name}`,
  subjects: (row) => [itemOf(row).name, ...(row.kind === 'product' && row.product.relation !== null ? [row.product.relation] : [])],
  columns: [
    { title: 'PRODUCT', priority: 1, min: 18, max: 32, sort: 'name', cell: (row) => nameOf(row) },
    { title: 'WATERMARK FROM', priority: 8, min: 14, max: 24, only: 'wide', cell: (row) => (row.kind === 'product' ? clean(row.product.watermark_from) : '') },
    { title: 'OBJECTIVE', priority: 4, min: 13, max: 16, cell: (row) => (row.kind === 'product' ? objectiveText(row.product.objective) : '') },
    { title: 'AGE', priority: 3, min: 8, max: 9, align: 'right', sort: 'age', cell: (row) => quantity(ageOf(row), 'seconds') },
    { title: 'P95 24 h', priority: 7, min: 8, max: 9, align: 'right', only: 'wide', cell: (row) => (row.kind === 'product' ? quantity(row.product.age_p95_24h_seconds, 'seconds') : '') },
    { title: 'BURN', priority: 6, min: 6, max: 8, align: 'right', sort: 'burn', cell: burnText },
    { title: 'BUDGET', priority: 5, min: 11, max: 16, grows: true, sort: 'budget', cell: (row, { width }) => budgetText(row, width) },
    { title: 'STATE', priority: 2, min: 12, max: 26, sort: 'state', cell: (row) => [stateSpan(itemOf(row).state, itemOf(row).detail)] },
  ],
  sorts: [
    { name: 'state', value: (row) => STATES.indexOf(itemOf(row).state), descending: false },
    { name: 'burn', value: (row) => budgetOf(row)?.burn_1h ?? null, descending: true },
    { name: 'budget', value: (row) => budgetOf(row)?.left ?? null, descending: false },
    { name: 'age', value: ageOf, descending: true },
    { name: 'name', value: (row) => clean(itemOf(row).name).toLowerCase(), descending: false },
  ],
  fields: {
    name: { text: (row) => itemOf(row).name },
    state: { text: (row) => `${itemOf(row).state} ${itemOf(row).detail}` },
    store: { text: (row) => itemOf(row).store },
    kind: { text: ({ kind }) => kind },
    relation: { text: (row) => (row.kind === 'product' ? (row.product.relation ?? '') : '') },
    reader: { text: (row) => (row.kind === 'product' ? row.product.readers.map(({ consumer, owner }) => `${consumer} ${owner ?? ''}`).join(' ') : '') },
    age: { number: ageOf, unit: 'seconds' },
    burn: { number: (row) => budgetOf(row)?.burn_1h ?? null, unit: 'count' },
    budget: { number: (row) => budgetOf(row)?.left ?? null, unit: 'share' },
  },
  isProblem: (row) => itemOf(row).state !== 'ok',
  summary: ({ products, pipelines }) => [
    count(products.length, 'product'),
    `${products.filter(({ objective }) => objective !== null).length} with an objective`,
    ...(pipelines.length === 0 ? [] : [count(pipelines.length, 'pipeline')]),
  ],
  empty: () => [
    'no data product is known',
    'a control table with watermarks, the columns that loaders leave and dbt projects are found without being named',
    'name the rest in tidemark.yaml:  data_products: [{ name, relation, watermark: { relation, column }, freshness: { target: 5min, share: 0.99 } }]',
  ],
  below: (row, room) => (row === null ? [] : row.kind === 'product' ? productPanels(row.product, room) : pipelinePanels(row.pipeline, room)),
  sentence: (row) => itemOf(row).cause,
  copy: (row) => ({ what: 'the sentence', text: () => clean(itemOf(row).cause, 2_000) }),
});

function rowsOf({ products, pipelines, at }: LiveView): FreshnessRow[] {
  return [
    ...products.map((product) => ({ kind: 'product' as const, product })),
    ...pipelines.map((pipeline) => ({ kind: 'pipeline' as const, pipeline, age_seconds: pipeline.last_started_at === null ? null : at - pipeline.last_started_at })),
  ];
}

function itemOf(row: FreshnessRow): { name: string; store: string; state: State; detail: string; cause: string } {
  return row.kind === 'product' ? row.product : row.pipeline;
}

function nameOf(row: FreshnessRow): string {
  return row.kind === 'product' ? clean(row.product.name) : `run ${clean(row.pipeline.name)}`;
}

function ageOf(row: FreshnessRow): number | null {
  return row.kind === 'product' ? row.product.age_seconds : row.age_seconds;
}

function budgetOf(row: FreshnessRow): ProductView['budget'] {
  return row.kind === 'product' ? row.product.budget : null;
}

/** `99 % ≤ 60 s`. */
export function objectiveText(objective: FreshnessObjective | null): string | Line {
  return objective === null ? [span('no objective', THEME.label)] : `${percent(objective.share)} ≤ ${quantity(objective.within_seconds, 'seconds')}`;
}

function burnText(row: FreshnessRow): string {
  if (row.kind === 'pipeline') return '';
  const burn = row.product.budget?.burn_1h ?? null;
  if (row.product.budget === null) return '';
  return burn === null ? UNKNOWN : `${burn < 99.95 ? burn.toFixed(1) : Math.round(Math.min(burn, 9_999))}×`;
}

function budgetText(row: FreshnessRow, width: number): string | Line {
  const budget = budgetOf(row);
  if (budget === null) return '';
  const share = budget.left === null ? UNKNOWN : `${Math.round(Math.max(-9.99, budget.left) * 100)}%`;
  return `${bar(budget.left, width - 6)} ${fit(share, 5)}`;
}
