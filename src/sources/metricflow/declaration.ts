import type { MetricDeclaration } from '../../model/metric-declaration.js';
import type { Problem } from '../../model/query.js';
import { declarationOf, type FreeFields } from '../common/declaration.js';
import type { MetricValue } from './lower.js';
import type { Aggregation, Metric, Named, SemanticLayer, SemanticModel } from './model.js';

/** What a metric of the semantic layer declares besides its SQL. */
export function metricDeclaration(layer: SemanticLayer, metric: Metric, value: MetricValue | null, by: string, problems: readonly Problem[]): MetricDeclaration {
  const measure = metric.input === null ? undefined : (layer.measure(metric.input.name)?.measure ?? layer.metrics.get(metric.input.name)?.own);
  const aggregation: Aggregation | null = metric.own ?? measure ?? null;
  const conversion = metric.conversion === null ? null : 'the order of both events and the window of the conversion are left out of the SQL';
  const { owners, free } = metric;
  return declared(metric, { by, free, owners, value, layer, aggregation, fill: metric.fillNullsWith ?? metric.input?.fillNullsWith ?? null, problems, incomplete: conversion });
}

/** What a measure with `create_metric` declares: a simple metric of its name. */
export function measureDeclaration(layer: SemanticLayer, model: SemanticModel, measure: Named & Aggregation, value: MetricValue | null, by: string, problems: readonly Problem[]): MetricDeclaration {
  return declared(measure, { by, owners: model.owners, value, layer, aggregation: measure, fill: null, problems, incomplete: null });
}

interface Details extends Pick<Metric, 'owners'> {
  by: string;
  free?: FreeFields;
  value: MetricValue | null;
  layer: SemanticLayer;
  aggregation: Aggregation | null;
  fill: string | null;
  problems: readonly Problem[];
  incomplete: string | null;
}

function declared({ name, label, description }: Named, { by, free, owners, value, layer, aggregation, fill, problems, incomplete }: Details): MetricDeclaration {
  const model = value?.model ?? null;
  const time = value?.timeDimension ?? model?.timeDimension ?? null;
  const dimension = time === null ? undefined : model?.dimensions.get(time);
  const nonAdditive = aggregation?.nonAdditive ?? null;
  const stock = nonAdditive === null ? null : `it must not be added up over ${nonAdditive.slice(0, 80)}, of which the SQL takes no account`;
  return declarationOf({
    by, name, label, owners, problems,
    intent: description,
    ...(free === undefined ? {} : { free }),
    column: dimension?.expr ? layer.sqlOf(dimension.expr).trim() : (dimension?.name ?? time),
    timeGrain: dimension?.grain ?? null,
    dimensions: model === null ? null : [...model.dimensions.keys()],
    fillNullsWith: fill,
    nonAdditive,
    incomplete: incomplete ?? stock,
  });
}
