import type { MetricConfiguration } from '../model/configuration.js';
import { suggestion } from '../text/nearest-name.js';
import type { ConfigurationDocument } from './document.js';
import type { Problem } from './problem.js';
import type { FileConfiguration } from './schema.js';

type Metric = NonNullable<FileConfiguration['metrics']>[number];

/** The metrics of the file after defaults, in its order. */
export function metricsConfigurationOf(file: FileConfiguration): MetricConfiguration[] {
  const [only, another] = file.stores ?? [];
  const single = only !== undefined && another === undefined ? only.name : null;
  return (file.metrics ?? []).map((metric) => metricOf(metric, single));
}

function metricOf(metric: Metric, onlyStore: string | null): MetricConfiguration {
  const { time, deprecated } = metric;
  const isDefined = metric.formula !== undefined || metric.sql !== undefined;
  return {
    name: metric.name,
    intent: metric.intent ?? null,
    store: metric.store ?? (isDefined ? onlyStore : null),
    relation: metric.relation ?? null,
    eligibility: metric.eligibility ?? null,
    formula: metric.formula ?? null,
    sql: metric.sql ?? null,
    time: time === undefined ? null : { column: time.column, kind: time.kind, zone: time.zone ?? null, grain: time.grain ?? null, latePolicy: time.late ?? null },
    dimensions: metric.dimensions ?? null,
    grain: metric.grain ?? null,
    owner: metric.owner ?? null,
    version: metric.version ?? null,
    deprecated: deprecated === undefined ? null : { since: deprecated.since ?? null, use: deprecated.use ?? null },
    access: metric.access ?? null,
    changelog: metric.changelog ?? null,
    pin: metric.pin ?? [],
    split: metric.split ?? [],
    aliases: metric.aliases ?? [],
  };
}

/** What is wrong between metrics and the rest of the file: a metric without a store to run on, one that is replaced by none. */
export function metricProblems(file: FileConfiguration, document: ConfigurationDocument): Problem[] {
  const metrics = file.metrics ?? [];
  const stores = (file.stores ?? []).map(({ name }) => name);
  const names = metrics.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
  return metrics.flatMap((metric, index): Problem[] => {
    const problems: Problem[] = [];
    const isDefined = metric.formula !== undefined || metric.sql !== undefined;
    if (isDefined && metric.store === undefined && stores.length > 1) {
      problems.push({ message: `metrics[${index}].store is missing: one of ${stores.join(', ')}`, place: document.placeOf(['metrics', index]) });
    }
    const use = metric.deprecated?.use;
    if (use !== undefined && !names.some((name) => name.toLowerCase() === use.toLowerCase())) {
      problems.push({ message: `there is no metric '${use}' under metrics${suggestion(use, names)}`, place: document.placeOf(['metrics', index, 'deprecated', 'use']) });
    }
    if (use !== undefined && [metric.name, ...(metric.aliases ?? [])].some((name) => name.toLowerCase() === use.toLowerCase())) {
      problems.push({ message: `metrics[${index}] is to be replaced by itself`, place: document.placeOf(['metrics', index, 'deprecated', 'use']) });
    }
    return problems;
  });
}
