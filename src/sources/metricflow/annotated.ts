import { isObject } from '../common/json.js';
import type { Dimension, Entity, Metric, Place, SemanticModel } from './model.js';
import { conversionOf, dimensionMap, freeOf, named, owned, readDimension, type SemanticContext } from './read.js';
import { annotatedColumnShape, annotatedModelShape, configShape, plainMetricShape } from './shapes.js';
import { below, fillOf, filtersOf, fragment, inputOf, inputsOf, itemsOf, windowOf } from './values.js';

/** What a model of a property file says to the semantic layer in dbt's newer syntax: the model itself is annotated. */
export interface Annotated {
  model: SemanticModel;
  metrics: Metric[];
}

/** Null for a model without `semantic_model`. */
export function readAnnotatedModel(value: Record<string, unknown>, place: Place, context: SemanticContext): Annotated | null {
  const model = annotatedModelShape.parse(value);
  const { semantic_model: stated } = model;
  if (!model.name || stated === undefined || stated === null || stated === false) return null;
  const detail = isObject(stated) ? stated : {};
  const name = typeof detail['name'] === 'string' && detail['name'] !== '' ? detail['name'] : model.name;
  const config = configShape.catch({ enabled: null, meta: null, group: null, owner: null, tags: null }).parse(detail['config'] ?? {});
  const group = typeof detail['group'] === 'string' ? detail['group'] : null;
  const columns = columnsOf(model.columns, below(place, 'columns'));
  const derived = below(place, 'derived_semantics');
  const entities = new Map([...columns.entities, ...entitiesOf(model.derived_semantics?.entities, below(derived, 'entities'))]);
  const dimensions = new Map([...columns.dimensions, ...dimensionMap(model.derived_semantics?.dimensions, below(derived, 'dimensions'))]);
  const fields = { name, label: null, description: model.description, group, config: { ...config, enabled: detail['enabled'] === false ? false : config.enabled } };
  return {
    model: {
      ...named(fields, place),
      ...owned(fields, context),
      relation: context.relationOf(`ref('${model.name}')`) ?? model.name,
      primaryEntity: model.primary_entity ?? [...entities.values()].find(({ type }) => type === 'primary')?.name ?? null,
      timeDimension: model.agg_time_dimension ?? null,
      measures: [],
      dimensions,
      entities,
    },
    metrics: itemsOf(model.metrics, below(place, 'metrics')).flatMap((item) => readPlainMetric(item.value, item.place, name, context) ?? []),
  };
}

function columnsOf(value: unknown, place: Place): { entities: Map<string, Entity>; dimensions: Map<string, Dimension> } {
  const entities = new Map<string, Entity>();
  const dimensions = new Map<string, Dimension>();
  for (const item of itemsOf(value, place)) {
    const { name: column, entity, dimension, granularity } = annotatedColumnShape.parse(item.value);
    if (!column) continue;
    // The name of a column is no text of its own.
    const expr = { text: column, place: below(item.place, 'name'), isBuilt: true };
    if (entity !== undefined && entity !== null) {
      const { name, type } = nameAndType(entity, column);
      entities.set(name, { name, type: type ?? 'foreign', expr: name === column ? null : expr, grain: null, place: item.place });
    }
    if ((dimension !== undefined && dimension !== null) || granularity !== undefined) {
      const { name } = nameAndType(dimension, column);
      dimensions.set(name, { name, expr: name === column ? null : expr, grain: typeof granularity === 'string' ? granularity.toLowerCase() : null, place: item.place });
    }
  }
  return { entities, dimensions };
}

function nameAndType(value: unknown, column: string): { name: string; type: string | null } {
  if (typeof value === 'string') return { name: column, type: value.toLowerCase() };
  if (!isObject(value)) return { name: column, type: null };
  const { name, type } = value;
  return { name: typeof name === 'string' && name !== '' ? name : column, type: typeof type === 'string' ? type.toLowerCase() : null };
}

function entitiesOf(value: unknown, place: Place): Map<string, Entity> {
  const entities = new Map<string, Entity>();
  for (const item of itemsOf(value, place)) {
    const dimension = readDimension(item.value, item.place);
    const { type } = item.value;
    if (dimension !== null) entities.set(dimension.name, { ...dimension, type: typeof type === 'string' ? type.toLowerCase() : 'foreign' });
  }
  return entities;
}

/** A metric without `type_params`; `model` is the semantic model that it aggregates, null for one over other metrics. */
export function readPlainMetric(value: Record<string, unknown>, place: Place, model: string | null, context: SemanticContext): Metric | null {
  const metric = plainMetricShape.parse(value);
  if (!metric.name) return null;
  const type = (metric.type ?? 'simple').toLowerCase();
  const expr = fragment(metric.expr, below(place, 'expr'));
  const own =
    metric.agg && model !== null
      ? {
          model,
          agg: metric.agg.toLowerCase(),
          expr,
          percentile: metric.percentile ?? null,
          discrete: metric.percentile_type?.toLowerCase() === 'discrete',
          timeDimension: metric.agg_time_dimension ?? null,
          nonAdditive: metric.non_additive_dimension?.name ?? null,
        }
      : null;
  return {
    ...named(metric, place),
    ...owned(metric, context),
    free: freeOf(metric),
    fillNullsWith: fillOf(metric.fill_nulls_with),
    type,
    own,
    input: inputOf(metric.input_metric, below(place, 'input_metric')),
    numerator: inputOf(metric.numerator, below(place, 'numerator')),
    denominator: inputOf(metric.denominator, below(place, 'denominator')),
    expr: own === null ? expr : null,
    inputs: inputsOf(metric.input_metrics, below(place, 'input_metrics')),
    conversion: type === 'conversion' ? conversionOf(metric, place) : null,
    window: windowOf(metric.window, metric.grain_to_date),
    filters: filtersOf(metric.filter, below(place, 'filter')),
  };
}
