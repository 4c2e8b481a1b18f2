import { z } from 'zod';

/** What is read of semantic models, metrics and saved queries, in all syntaxes. Nothing is required: versions differ. */
export const text = z.string().nullish().catch(null);
export const flag = z.boolean().nullish().catch(null);
/** Names and expressions that YAML reads as a number: `expr: 1`. */
export const word = z.union([z.string(), z.number(), z.boolean()]).transform(String).nullish().catch(null);
export const anything = z.unknown().optional();
export const list = z.array(z.unknown()).nullish().catch(null);
export const object = z.record(z.string(), z.unknown()).nullish().catch(null);
const amount = z.number().nullish().catch(null);

/** Owner and switches of an object of dbt; `config.meta` stands above `meta`. */
export const configShape = z.object({ enabled: flag, meta: object, group: text, owner: anything, tags: anything });

const common = { name: text, label: text, description: text, meta: object, group: text, config: configShape.nullish().catch(null) };

/** What stands for no value. */
const fill = z.union([z.number(), z.string()]).transform(String).nullish().catch(null);
const nonAdditive = z.object({ name: text }).nullish().catch(null);

export const aggParamsShape = z.object({ percentile: amount, use_discrete_percentile: flag });

export const measureShape = z.object({ ...common, agg: text, expr: word, agg_params: aggParamsShape.nullish().catch(null), agg_time_dimension: text, non_additive_dimension: nonAdditive, create_metric: flag });

export const dimensionShape = z.object({ name: text, type: text, expr: word, granularity: text, type_params: z.object({ time_granularity: text }).nullish().catch(null) });

export const semanticModelShape = z.object({
  ...common,
  package_name: text,
  model: text,
  node_relation: z.object({ alias: text, schema_name: text, database: text, relation_name: text }).nullish().catch(null),
  defaults: z.object({ agg_time_dimension: text }).nullish().catch(null),
  primary_entity: text,
  entities: list,
  dimensions: list,
  measures: list,
});

export const inputShape = z.object({ name: text, alias: text, filter: anything, offset_window: anything, offset_to_grain: text, fill_nulls_with: fill });

const windowParts = { window: anything, grain_to_date: text };

export const metricShape = z.object({
  ...common,
  package_name: text,
  type: text,
  filter: anything,
  // Before version 1.6: an expression over one model.
  model: text,
  calculation_method: text,
  expression: word,
  sql: word,
  filters: list,
  type_params: z
    .object({
      measure: anything,
      numerator: anything,
      denominator: anything,
      expr: word,
      fill_nulls_with: fill,
      metrics: list,
      ...windowParts,
      cumulative_type_params: z.object({ ...windowParts, metric: anything }).nullish().catch(null),
      conversion_type_params: z
        .object({ base_measure: anything, conversion_measure: anything, base_metric: anything, conversion_metric: anything, entity: text, calculation: text })
        .nullish()
        .catch(null),
      metric_aggregation_params: z
        .object({ semantic_model: text, agg: text, expr: word, agg_params: aggParamsShape.nullish().catch(null), agg_time_dimension: text, non_additive_dimension: nonAdditive })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
});

/** A metric within or beside models, as dbt writes it since its newer syntax: no `type_params`. */
export const plainMetricShape = z.object({
  ...common,
  type: text,
  agg: text,
  expr: word,
  percentile: amount,
  percentile_type: text,
  agg_time_dimension: text,
  non_additive_dimension: nonAdditive,
  fill_nulls_with: fill,
  filter: anything,
  numerator: anything,
  denominator: anything,
  input_metrics: list,
  input_metric: anything,
  ...windowParts,
  base_metric: anything,
  conversion_metric: anything,
  entity: text,
  calculation: text,
});

export const savedQueryShape = z.object({
  ...common,
  package_name: text,
  query_params: z.object({ metrics: list, group_by: list, where: anything }).nullish().catch(null),
  metrics: list,
  group_by: list,
  where: anything,
});

/** A model of a property file, as far as the semantic layer reads it. */
export const annotatedModelShape = z.object({
  name: text,
  description: text,
  semantic_model: anything,
  agg_time_dimension: text,
  primary_entity: text,
  columns: list,
  derived_semantics: z.object({ entities: list, dimensions: list }).nullish().catch(null),
  metrics: list,
});
export const annotatedColumnShape = z.object({ name: text, entity: anything, dimension: anything, granularity: anything });
