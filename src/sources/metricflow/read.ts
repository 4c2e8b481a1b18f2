import { freeFields, type FreeFields } from '../common/declaration.js';
import { isObject } from '../common/json.js';
import { descriptionOf, titleOf } from '../common/words.js';
import type { Aggregation, Dimension, Entity, Fragment, Measure, Metric, MetricInput, Named, Place, SavedQuery, SemanticModel } from './model.js';
import { ownersOf, type OwnerFields } from './owners.js';
import { relationName } from './relation.js';
import { dimensionShape, measureShape, metricShape, savedQueryShape, semanticModelShape } from './shapes.js';
import { below, fillOf, filtersOf, fragment, inputOf, inputsOf, itemsOf, windowOf } from './values.js';

/** What the readers of semantic models ask of those who know the project. */
export interface SemanticContext {
  /** The dbt project that texts belong to unless they say otherwise; null outside of dbt. */
  project: string | null;
  /** The relation that `ref('orders')` stands for, as SQL; null where the text is no reference. */
  relationOf(reference: string): string | null;
  groupOwners(group: string): readonly string[];
}

/** The part of an object's shape that all kinds share. */
type Common = OwnerFields & {
  name?: string | null | undefined;
  label?: string | null | undefined;
  description?: string | null | undefined;
  package_name?: string | null | undefined;
  config?: { enabled?: boolean | null | undefined } | null | undefined;
};

export function named(value: Common, place: Place): Named {
  return { name: value.name ?? '', label: titleOf(value.label), description: descriptionOf(value.description), place };
}

export function owned(value: Common, context: SemanticContext): { project: string | null; owners: ReturnType<typeof ownersOf>; enabled: boolean } {
  return { project: value.package_name ?? context.project, owners: ownersOf(value, (group) => context.groupOwners(group)), enabled: value.config?.enabled !== false };
}

/** `config.meta` stands above `meta`. */
export function freeOf({ meta, config }: { meta?: unknown; config?: { meta?: unknown; tags?: unknown } | null | undefined }): FreeFields {
  return freeFields([config?.meta, meta], config?.tags);
}

/** A semantic model as dbt (`semantic_models:`), manifests and MetricFlow (`semantic_model:`) write it. */
export function readSemanticModel(value: Record<string, unknown>, place: Place, context: SemanticContext): SemanticModel | null {
  const model = semanticModelShape.parse(value);
  if (!model.name) return null;
  const { node_relation: node } = model;
  const reference = model.model ? context.relationOf(model.model) : null;
  const known = node?.relation_name || (node?.alias ? relationName(node.schema_name, node.alias) : null);
  const entities = new Map<string, Entity>();
  for (const item of itemsOf(model.entities, below(place, 'entities'))) {
    const dimension = readDimension(item.value, item.place);
    const { type } = item.value;
    if (dimension !== null) entities.set(dimension.name, { ...dimension, type: typeof type === 'string' ? type.toLowerCase() : 'foreign' });
  }
  return {
    ...named(model, place),
    ...owned(model, context),
    relation: known ?? reference ?? relationName(null, model.name),
    primaryEntity: model.primary_entity ?? [...entities.values()].find(({ type }) => type === 'primary')?.name ?? null,
    timeDimension: model.defaults?.agg_time_dimension ?? null,
    measures: itemsOf(model.measures, below(place, 'measures')).flatMap((item) => readMeasure(item.value, item.place) ?? []),
    dimensions: dimensionMap(model.dimensions, below(place, 'dimensions')),
    entities,
  };
}

export function dimensionMap(value: unknown, place: Place): Map<string, Dimension> {
  const found = itemsOf(value, place).flatMap((item) => readDimension(item.value, item.place) ?? []);
  return new Map(found.map((dimension) => [dimension.name, dimension]));
}

export function readDimension(value: Record<string, unknown>, place: Place): Dimension | null {
  const { name, expr, granularity, type_params: parameters } = dimensionShape.parse(value);
  return name ? { name, expr: fragment(expr, below(place, 'expr')), grain: parameters?.time_granularity?.toLowerCase() ?? granularity?.toLowerCase() ?? null, place } : null;
}

function readMeasure(value: Record<string, unknown>, place: Place): Measure | null {
  const measure = measureShape.parse(value);
  return measure.name ? { ...named(measure, place), ...aggregation(measure, below(place, 'expr')), createsMetric: measure.create_metric === true } : null;
}

interface AggregationFields {
  agg?: string | null | undefined;
  expr?: string | null | undefined;
  agg_params?: { percentile?: number | null | undefined; use_discrete_percentile?: boolean | null | undefined } | null | undefined;
  agg_time_dimension?: string | null | undefined;
  non_additive_dimension?: { name?: string | null | undefined } | null | undefined;
}

function aggregation(fields: AggregationFields, place: Place): Aggregation {
  return {
    agg: (fields.agg ?? '').toLowerCase(),
    expr: fragment(fields.expr, place),
    percentile: fields.agg_params?.percentile ?? null,
    discrete: fields.agg_params?.use_discrete_percentile === true,
    timeDimension: fields.agg_time_dimension ?? null,
    nonAdditive: fields.non_additive_dimension?.name ?? null,
  };
}

/** A metric with `type_params`, as dbt, manifests and MetricFlow write it. */
export function readMetric(value: Record<string, unknown>, place: Place, context: SemanticContext): Metric | null {
  const metric = metricShape.parse(value);
  if (!metric.name) return null;
  const old = readOldMetric(metric, place);
  if (old !== null) return { ...named(metric, place), ...owned(metric, context), free: freeOf(metric), ...old };
  const at = below(place, 'type_params');
  const parameters = metric.type_params ?? {};
  const { cumulative_type_params: cumulative, conversion_type_params: conversion, metric_aggregation_params: aggregated } = parameters;
  const own =
    aggregated?.semantic_model && aggregated.agg
      ? { ...aggregation(aggregated, below(at, 'metric_aggregation_params', 'expr')), model: aggregated.semantic_model }
      : null;
  if (own !== null) own.expr ??= fragment(parameters.expr, below(at, 'expr'));
  const cumulativeMetric = inputOf(cumulative?.metric, below(at, 'cumulative_type_params', 'metric'));
  return {
    ...named(metric, place),
    ...owned(metric, context),
    free: freeOf(metric),
    fillNullsWith: fillOf(parameters.fill_nulls_with),
    type: (metric.type ?? 'simple').toLowerCase(),
    own,
    input: inputOf(parameters.measure, below(at, 'measure')) ?? cumulativeMetric,
    numerator: inputOf(parameters.numerator, below(at, 'numerator')),
    denominator: inputOf(parameters.denominator, below(at, 'denominator')),
    expr: own === null ? fragment(parameters.expr, below(at, 'expr')) : null,
    inputs: inputsOf(parameters.metrics, below(at, 'metrics')),
    conversion: conversion
      ? conversionOf(conversion, below(at, 'conversion_type_params'))
      : null,
    window: windowOf(cumulative?.window ?? parameters.window, cumulative?.grain_to_date ?? parameters.grain_to_date),
    filters: filtersOf(metric.filter, below(place, 'filter')),
  };
}

type MetricFields = ReturnType<typeof metricShape.parse>;
type OldMetric = Omit<Metric, keyof Named | 'project' | 'owners' | 'enabled' | 'free'>;

/** A metric of dbt before version 1.6: `calculation_method` (first `type`) and `expression` (first `sql`) over a `model`. */
function readOldMetric(metric: MetricFields, place: Place): OldMetric | null {
  const key = metric.expression ? 'expression' : 'sql';
  const method = metric.calculation_method ?? metric.type;
  const expr = fragment(metric[key], below(place, key));
  if (metric.type_params || !method || expr === null) return null;
  if (method === 'derived' || method === 'expression') return { ...NOTHING_OLD, type: 'derived', expr, inputs: oldInputs(expr.text) };
  if (!metric.model) return null;
  const own = { ...aggregation({ agg: method }, place), expr, model: metric.model };
  return { ...NOTHING_OLD, own, filters: oldFilters(metric.filters, below(place, 'filters')) };
}

const NOTHING_OLD: OldMetric = { type: 'simple', own: null, input: null, numerator: null, denominator: null, expr: null, inputs: [], conversion: null, window: null, fillNullsWith: null, filters: [] };

/** Metrics that one expression names, at most. */
const OLD_INPUTS_MAX = 1_000;

/** `{{ metric('held') }} / {{ metric('sitting') }}` is made of what it calls; rendered, a call gives the name. */
function oldInputs(text: string): MetricInput[] {
  const names = [...text.matchAll(/\bmetric\(\s{0,20}['"]([A-Za-z_]\w{0,200})['"]/g)].flatMap((match) => match[1] ?? []);
  return [...new Set(names)].slice(0, OLD_INPUTS_MAX).map((name) => ({ name, alias: null, offset: null, fillNullsWith: null, filters: [] }));
}

/** `{ field, operator, value }`, the value as SQL. */
function oldFilters(value: unknown, place: Place): Fragment[] {
  return itemsOf(value, place).flatMap((item) => {
    const { field, operator, value: compared } = item.value;
    if (typeof field !== 'string' || typeof operator !== 'string' || (typeof compared !== 'string' && typeof compared !== 'number')) return [];
    return { text: `${field} ${operator} ${compared}`, place: item.place, isBuilt: true };
  });
}

interface ConversionFields {
  base_measure?: unknown;
  conversion_measure?: unknown;
  base_metric?: unknown;
  conversion_metric?: unknown;
  entity?: string | null | undefined;
  calculation?: string | null | undefined;
}

export function conversionOf(fields: ConversionFields, place: Place): NonNullable<Metric['conversion']> {
  const input = (...keys: (keyof ConversionFields)[]): MetricInput | null => {
    for (const key of keys) {
      const found = inputOf(fields[key], below(place, key));
      if (found !== null) return found;
    }
    return null;
  };
  return {
    base: input('base_measure', 'base_metric'),
    converted: input('conversion_measure', 'conversion_metric'),
    entity: fields.entity ?? null,
    countsOnly: fields.calculation?.toLowerCase() === 'conversions',
  };
}

export function readSavedQuery(value: Record<string, unknown>, place: Place, context: SemanticContext): SavedQuery | null {
  const query = savedQueryShape.parse(value);
  if (!query.name) return null;
  const inner = query.query_params ?? query;
  const at = query.query_params ? below(place, 'query_params') : place;
  return {
    ...named(query, place),
    ...owned(query, context),
    metrics: namesIn(inner.metrics),
    groupBy: namesIn(inner.group_by),
    filters: filtersOf(inner.where, below(at, 'where')),
  };
}

function namesIn(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, 1_000).flatMap((item: unknown) => (typeof item === 'string' ? [item] : isObject(item) && typeof item['name'] === 'string' ? [item['name']] : []));
}
