import { z } from 'zod';
import { isObject } from '../common/json.js';

/**
 * What is read of Lightdash's content: charts, SQL charts and dashboards as code (`lightdash download`, version 1) and as the
 * interface tells them. Nothing is required; secrets of connections are not among the fields.
 */
const text = z.string().nullish().catch(null);
const count = z.number().nullish().catch(null);
const list = z.array(z.unknown()).nullish().catch(null);
const names = z.array(z.string().catch('')).nullish().catch(null);

const person = z.object({ firstName: text, lastName: text, email: text }).nullish().catch(null);

export const metricQueryShape = z.object({
  exploreName: text,
  dimensions: names,
  metrics: names,
  filters: z.unknown().optional(),
  additionalMetrics: list,
  tableCalculations: list,
  customDimensions: list,
});
export type MetricQuery = z.infer<typeof metricQueryShape>;

export const chartShape = z.object({
  contentType: text,
  uuid: text,
  slug: text,
  name: text,
  description: text,
  tableName: text,
  spaceSlug: text,
  spaceUuid: text,
  spaceName: text,
  space: z.object({ name: text, uuid: text }).nullish().catch(null),
  dashboardSlug: text,
  dashboardUuid: text,
  dashboardName: text,
  dashboard: z.object({ name: text, uuid: text }).nullish().catch(null),
  metricQuery: metricQueryShape.nullish().catch(null),
  sql: text,
  connection: z.unknown().optional(),
  projectUuid: text,
  project: z.object({ projectUuid: text }).nullish().catch(null),
  owner: z.unknown().optional(),
  createdBy: person,
  updatedByUser: person,
  lastUpdatedBy: person,
  views: count,
  lastViewedAt: text,
  deletedAt: text,
});
export type Chart = z.infer<typeof chartShape>;

export const additionalMetricShape = z.object({ name: text, label: text, description: text, table: text, type: text, sql: text, percentile: count });
export const calculationShape = z.object({ name: text, displayName: text, sql: text });
export const customDimensionShape = z.object({ id: text, name: text, table: text, type: text, sql: text });

export const dashboardShape = z.object({ slug: text, uuid: text, name: text, tiles: list });
export const tileShape = z.object({ properties: z.object({ chartSlug: text, savedChartUuid: text, savedSqlUuid: text }).nullish().catch(null) });

export const projectShape = z.object({
  projectUuid: z.string(),
  name: text,
  warehouseConnection: z.object({ type: text, host: text, dbname: text, database: text, project: text, account: text }).nullish().catch(null),
});

export type ContentKind = 'chart' | 'sql-chart' | 'dashboard' | 'project' | 'explore' | 'compiled';

/** What an object is, by its keys. */
export function contentKind(value: unknown): ContentKind | null {
  if (!isObject(value)) return null;
  const has = (name: string): boolean => Object.hasOwn(value, name);
  const { contentType, metricQuery } = value;
  if (contentType === 'chart' || contentType === 'sql_chart' || contentType === 'dashboard') return contentType === 'sql_chart' ? 'sql-chart' : contentType;
  if (isObject(metricQuery) && (has('tableName') || typeof metricQuery['exploreName'] === 'string')) return 'chart';
  if (typeof value['sql'] === 'string' && (has('chartKind') || has('savedSqlUuid')) && (has('slug') || has('savedSqlUuid'))) return 'sql-chart';
  if (Array.isArray(value['tiles']) && (has('slug') || has('dashboardVersionId')) && has('name')) return 'dashboard';
  if (typeof value['baseTable'] === 'string' && isObject(value['tables'])) return 'explore';
  if (typeof value['compiledSql'] === 'string' && typeof value['chartUuid'] === 'string') return 'compiled';
  if (typeof value['projectUuid'] === 'string' && isObject(value['warehouseConnection'])) return 'project';
  return null;
}
