import type { z } from 'zod';
import type { MetricDeclaration } from '../../model/metric-declaration.js';
import type { Owner } from '../../model/query.js';
import { declarationOf, freeFields } from '../common/declaration.js';
import { isObject, parsedJson } from '../common/json.js';
import type { DatasetEntry } from './inventory.js';
import { unwrapped } from './items.js';
import { columnShape, type metricShape } from './shapes.js';

/** What a metric of a dataset declares besides its SQL: `extra` may certify it and warn, and charts take the main time column. */
export function metricDeclaration({ value }: DatasetEntry, metric: z.infer<typeof metricShape>, owners: readonly Owner[]): MetricDeclaration {
  const extra = parsed(metric.extra);
  const columns = value.columns.flatMap((item) => columnShape.safeParse(unwrapped(item).value).data?.column_name ?? []);
  const warning = [metric.warning_text, extra['warning_markdown']].find((text): text is string => typeof text === 'string' && text.trim() !== '');
  const isDeprecated = warning !== undefined && /\b(?:deprecated|superseded|do not use|retired)\b/i.test(warning);
  return declarationOf({
    by: 'superset', name: `${value.table_name ?? 'dataset'}.${metric.metric_name ?? 'metric'}`, label: metric.verbose_name || null, intent: metric.description, owners,
    column: value.main_dttm_col || null,
    dimensions: columns.length === 0 ? null : columns,
    free: freeFields([extra, certifiedBy(extra)], null),
    ...(isDeprecated ? { deprecated: { since: null, use: null } } : {}),
  });
}

function parsed(extra: unknown): Record<string, unknown> {
  if (isObject(extra)) return extra;
  const value = typeof extra === 'string' && extra.length <= 20_000 ? parsedJson(extra) : undefined;
  return isObject(value) ? value : {};
}

function certifiedBy(extra: Record<string, unknown>): Record<string, unknown> {
  const { certification } = extra;
  return isObject(certification) ? certification : {};
}
